"""What the report says of a repository, and who says so."""

from __future__ import annotations

from pathlib import Path

from scanner.domain import Repository, RepositoryDiff
from scanner.hub.alarms import alarms
from scanner.hub.describe import FilesRead, describe
from tests.hub.bodies import HEAD, ROOT, WEIGHTS, bodies, info, record
from tests.hub.makers import a_record, hub_file


def test_everything_has_an_origin(tmp_path: Path) -> None:
    read = record(tmp_path, bodies())
    diff = RepositoryDiff(from_revision=ROOT, to_revision=HEAD)
    made = describe(read, named=["Acme/Ranker", "acme/ranker"], read=FilesRead(["Uses"]), diff=diff)
    assert made.named == ["Acme/Ranker"]
    assert (made.revision, made.commits, made.gated) == (HEAD, 3, False)
    assert made.remote_code == ["modeling.Ranker", "other/tok--tokenization.Tok", "modeling.py"]
    assert made.files[0].sha256 == WEIGHTS
    filled = {name for name, value in made if value not in (None, [], {})}
    aside = {"id", "type", "named", "origins", "files_complete", "card"}
    assert set(made.origins) == (filled - aside) | {"card.tags", "card.config"}
    by_origin = {
        origin: {name for name, who in made.origins.items() if who == origin}
        for origin in ("stated", "computed")
    }
    assert by_origin == {
        "stated": {
            "license", "languages", "base_models", "base_model_relation", "datasets", "card_sections",
        },
        "computed": {"diff"},
    }  # fmt: skip
    assert Repository.model_validate_json(made.model_dump_json()) == made


def test_a_licence_that_only_the_hub_names_is_asserted(tmp_path: Path) -> None:
    made = describe(record(tmp_path, bodies(info=info(cardData={}))))
    assert (made.license, made.origins["license"]) == ("apache-2.0", "asserted")


def test_what_is_not_known_has_no_value_and_no_origin(tmp_path: Path) -> None:
    made = describe(record(tmp_path, {}))
    assert made.revision is None
    assert made.gated is None
    assert set(made.origins) == {"author"}


SCANNED = [
    hub_file("a", scans={"avScan": "safe", "jFrogScan": "safe", "x": "safe"}),
    hub_file(
        "b",
        scans={"avScan": "unsafe", "jFrogScan": "queued", "x": "odd", "y": "error"},
        messages={"avScan": "Eicar"},
    ),
    hub_file("c", scans={"avScan": "suspicious", "jFrogScan": "unscanned", "x": "caution", "y": "safe"}),
]


def test_the_worst_of_each_scanner() -> None:
    made = describe(a_record(files=SCANNED))
    assert made.hub_scans == {"avScan": "unsafe", "jFrogScan": "queued", "x": "odd", "y": "error"}


def test_only_alarms_are_alarms() -> None:
    found = [
        (one.path, one.scanner, one.evidence, one.severity.value) for one in alarms(a_record(files=SCANNED))
    ]
    assert found == [
        ("b", "avScan", "unsafe: Eicar", "high"),
        ("c", "avScan", "suspicious", "medium"),
        ("b", "x", "odd", "low"),
        ("c", "x", "caution", "low"),
    ]
