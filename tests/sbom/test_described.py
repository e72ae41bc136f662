"""Models and data of the Hub in the document: complete, honest, and safe to read."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.domain import Artifact, Change, Reference, Repository
from scanner.sbom import origins
from scanner.sbom.ancestry import MOST_ANCESTORS
from scanner.sbom.completeness.saying import UNKNOWN
from scanner.sbom.cyclonedx import plain
from scanner.sbom.datasets import DataFile
from scanner.sbom.described import describe
from scanner.sbom.hub_files import MOST_IN_ALL
from scanner.sbom.part import Part
from tests.sbom.hub_samples import (
    COMMIT,
    FULL,
    OTHER,
    THIRD,
    WEIGHTS,
    WORLD,
    checked,
    of_ref,
    reference,
    repository,
    values,
)
from tests.sbom.samples import artifact

CHANGE = Change(repository="acme/demo", mode="all", head="9" * 40)
NER = f"pkg:huggingface/acme/ner@{COMMIT}"
BASE = f"pkg:huggingface/acme/base@{OTHER}"
NEWS = f"hub:datasets/acme/news@{THIRD}"

S3 = "s3://bucket/m.pt"


def part(
    repositories: list[Repository],
    references: list[Reference] | None = None,
    artifacts: list[Artifact] | None = None,
    data_files: list[DataFile] | None = None,
    change: Change = CHANGE,
) -> Part:
    return describe(change, artifacts or [], references or [], repositories, data_files or [])


def of_hub(path: str = "model.safetensors", **more: Any) -> Artifact:
    given = {"source": "hub", "repository_id": "acme/ner", "revision": COMMIT, "sha256": WEIGHTS, **more}
    return artifact(f"hub:acme/ner@{COMMIT}/{path}", path, **given)


@pytest.mark.parametrize("version", ["1.6", "1.7"])
def test_a_full_card(version: Any) -> None:
    made = part(WORLD, [reference()], [of_hub(facts={"parameter_count": 7})])
    model = of_ref(checked(made, version), NER)
    assert (model["type"], model["group"], model["name"], model["version"]) == (
        "machine-learning-model",
        "acme",
        "ner",
        COMMIT,
    )
    assert model["supplier"] == {"name": "acme", "url": ["https://huggingface.co/acme"]}
    assert (model["description"], model["tags"]) == ("Marks names.", ["ner"])
    card = model["modelCard"]
    assert card["modelParameters"] == {
        "task": "token-classification",
        "architectureFamily": "bert",
        "modelArchitecture": "BertForTokens",
        "datasets": [{"ref": "hub:datasets/The Pile"}, {"ref": NEWS}],
        "inputs": [{"format": "text"}],
        "outputs": [{"format": "label per token"}],
    }
    assert card["quantitativeAnalysis"]["performanceMetrics"] == [
        {"type": "f1", "value": "0.9", "slice": "ner / News / test / verified by the Hub"}
    ]
    assert card["considerations"] == {
        "users": ["Editors."],
        "useCases": ["Archives."],
        "technicalLimitations": ["Capitals."],
        "performanceTradeoffs": ["Slow."],
        "ethicalConsiderations": [{"name": "Europe."}],
        "environmentalConsiderations": {
            "properties": [
                {"name": "huggingface:co2_eq_emissions:emissions", "value": "1240.5"},
                {"name": "modelward:card:environmental", "value": "Eleven hours."},
            ]
        },
    }
    assert values(card, "cdx:ai-ml:model:parameter:count") == ["7"]
    assert values(card, "cdx:ai-ml:model:hyperparameter:hidden_size") == ["8"]
    assert values(card, "modelward:card:out-of-scope") == ["People."]
    assert values(model, f"{origins.PREFIX}parameters") == ["computed from bytes"]
    assert values(model, f"{origins.PREFIX}architecture") == ["asserted by the Hub"]
    assert values(model, f"{origins.PREFIX}inputs") == ["inferred"]
    assert values(model, UNKNOWN) == ["model-learning"]
    links = {(one["type"], one["url"]) for one in model["externalReferences"]}
    assert ("documentation", "https://arxiv.org/abs/1810.04805") in links
    assert ("documentation", "https://doi.org/10.1000/x") in links
    assert ("license", f"https://huggingface.co/acme/ner/blob/{COMMIT}/LICENSE") in links
    assert ("model-card", f"https://huggingface.co/acme/ner/blob/{COMMIT}/README.md") in links
    assert ("vcs", "https://huggingface.co/acme/ner") in links


def test_every_origin_points_at_something() -> None:
    for component in part(WORLD, [reference()]).components:
        written = plain(component)
        for name in origins.of(component):
            node: Any = written
            for key in origins.POINTERS.get(name, "/name").split("/")[1:]:
                assert key in node, (component.bom_ref, name)
                node = node[key]


def test_a_weight_file_is_a_part_with_its_digest_and_who_says_it() -> None:
    read = of_hub(sha512="d" * 128)
    made = part([FULL], [reference()], [read])
    files = {one["name"]: one for one in of_ref(checked(made), NER)["components"]}
    weights = files["model.safetensors"]
    assert weights["bom-ref"] == f"model:{read.id}"
    assert weights["purl"] == f"{NER}#model.safetensors"
    assert [one["alg"] for one in weights["hashes"]] == ["SHA-256", "SHA-512"]
    assert values(weights, f"{origins.PREFIX}hashes") == ["computed from bytes"]
    assert values(weights, "bsi:component:archive") == ["no archive"]
    assert values(weights, "modelward:size") == ["440"]
    assert values(files["README.md"], UNKNOWN) == ["hash", "hash-algorithm"]
    assert made.assemblies[NER] == "complete"
    assert made.assemblies[f"model:{read.id}"] == "complete"
    declared = of_ref(checked(part([FULL])), NER)["components"]
    assert values(declared[1], f"{origins.PREFIX}hashes") == ["asserted by the Hub"]
    cut = part([repository(files_complete=False)])
    assert cut.assemblies[NER] == "incomplete"
    assert "did not list all" in cut.remarks[0].text


def test_lineage_is_told_level_by_level_and_ends_in_circles() -> None:
    made = part([*WORLD, repository("acme/root", revision=THIRD)])
    ancestors = of_ref(checked(made), NER)["pedigree"]["ancestors"]
    (base,) = ancestors
    assert (base["purl"], values(base, "modelward:relation")) == (BASE, ["finetune"])
    assert "bom-ref" not in base
    assert "pedigree" not in base, "the base names the model itself"
    edges = {one.ref: one.depends_on for one in made.dependencies}
    assert edges[NER] == ["hub:datasets/The Pile", NEWS, BASE]
    assert edges[BASE] == [NER]
    assert made.edges[NER] == "incomplete"


def test_a_document_lists_no_more_files_than_it_has_room_for() -> None:
    def many(name: str, letter: str) -> Repository:
        files = [{"path": f"{n:04}.bin", "size": 1, "oid": "5" * 40, "sha256": WEIGHTS} for n in range(300)]
        return repository(name, files=files, revision=letter * 40)

    world = [many(f"acme/m{letter}", letter) for letter in "0123456789ab"]
    references = [reference(one.id, id=one.id, resolved_revision=one.revision) for one in world[1:]]
    made = part(world, references)
    listed = [len(one.components or ()) for one in made.components]
    assert sum(listed) == MOST_IN_ALL
    assert listed[0] == 0, "what the source names comes first"
    assert {one.text for one in made.remarks} >= {"The document lists 0 of 300 files of the repository."}
    assert set(made.assemblies.values()) == {"complete", "incomplete"}


def test_two_levels_and_no_more_ancestors_than_fit() -> None:
    deep = [
        repository(f"acme/m{number}", revision=str(number % 10) * 40, base_models=[f"acme/m{number + 1}"])
        for number in range(MOST_ANCESTORS + 5)
    ]
    found = of_ref(checked(part(deep)), f"pkg:huggingface/acme/m0@{'0' * 40}")
    names = []
    while "pedigree" in found:
        (found,) = found["pedigree"]["ancestors"]
        names.append(found["name"])
    assert names == [f"m{number + 1}" for number in range(MOST_ANCESTORS)]


def test_a_data_set_has_an_owner_and_what_its_card_states() -> None:
    found = of_ref(checked(part(WORLD)), NEWS)
    (data,) = found["data"]
    assert data["governance"] == {
        "owners": [{"organization": {"name": "acme", "url": ["https://huggingface.co/acme"]}}]
    }
    assert (data["name"], data["sensitiveData"]) == ("News", ["Names."])
    assert data["contents"]["url"] == "https://huggingface.co/datasets/acme/news"
    assert "purl" not in found, "the type huggingface is for models"
    assert "identifier" in values(found, UNKNOWN)


def test_what_is_only_named_is_there_and_said_to_be_unknown() -> None:
    loose = {"revision": None, "resolved_revision": None, "pinned": False}
    made = part(
        [FULL],
        [
            reference("acme/gated", id="a", resolution="gated", **loose),
            reference(
                "s3://bucket/m.pt", id="b", repo_type="other", store="s3", resolution="not_checked", **loose
            ),
            reference(None, id="c", resolution="unresolved", expression="NAME", **loose),
            reference("acme/gone", id="d", change="removed"),
            reference(
                "acme/unread", id="e", resolution="not_checked", revision=OTHER, resolved_revision=None
            ),
        ],
    )
    document = checked(made)
    gated = of_ref(document, "hub:acme/gated")
    assert gated["licenses"] == [{"license": {"name": "unknown"}}]
    assert {"version", "producer", "model-task"} <= set(values(gated, UNKNOWN))
    assert of_ref(document, f"other:s3:{S3}")["name"] == S3
    assert of_ref(document, f"pkg:huggingface/acme/unread@{OTHER}")["version"] == OTHER
    assert of_ref(document, "hub:datasets/The Pile")["type"] == "data"
    assert not [one for one in document["components"] if one["name"] == "gone"]
    assert made.gaps == ("what is loaded here could not be told: serve.py:3: NAME",)
    told = {one.subjects[0]: one.text for one in made.remarks}
    assert told["hub:acme/gated"] == (
        "Only the name is known: the Hub shows it only to those who accepted its terms."
    )
    assert (
        told["hub:datasets/The Pile"]
        == "Only the name is known: no repository of the Hub can have this name."
    )


def test_each_place_in_the_source_is_evidence_and_a_loose_one_is_remarked() -> None:
    loose = reference(id="b.py:9", path="b.py", line=9, revision=None, pinned=False)
    alike = reference(
        id="c.py:1", path="c.py", line=1, revision=None, pinned=False, resolved_revision=None,
        resolution="not_checked", change="unchanged",
    )  # fmt: skip
    made = part([FULL], [reference(), loose, alike])
    places = of_ref(checked(made), NER)["evidence"]["occurrences"]
    assert [(one["location"], one["line"], one["symbol"]) for one in places] == [
        ("b.py", 9, "transformers.from_pretrained"),
        ("c.py", 1, "transformers.from_pretrained"),
        ("serve.py", 3, "transformers.from_pretrained"),
    ]
    assert places[0]["additionalContext"] == "acme/ner, no revision"
    (loose_remark,) = [one.text for one in made.remarks if one.subjects == (NER,) and "commit" in one.text]
    assert loose_remark.startswith("No commit is named at b.py:9: ")
    assert made.direct == (NER,)


def test_local_models_and_data_files_are_the_repositorys_own() -> None:
    gone = artifact("git:gone.pt", "gone.pt", change="removed")
    rows = [
        DataFile("data/train.csv", "added", 12, "6" * 40, "9" * 40, "b" * 64, "c" * 128, "computed"),
        DataFile("data/test.csv", "modified", None, "7" * 40, "9" * 40),
        DataFile("data/old.csv", "removed", None, "8" * 40, None),
    ]
    made = part([], [], [artifact("git:a.pt", "models/a.pt"), gone], rows)
    assert made.direct == ("data:data/test.csv", "data:data/train.csv", "model:git:a.pt")
    document = checked(made)
    train = of_ref(document, "data:data/train.csv")
    assert [one["alg"] for one in train["hashes"]] == ["SHA-256", "SHA-512"]
    assert values(train, "modelward:commit") == ["9" * 40]
    assert train["evidence"] == {"occurrences": [{"location": "data/train.csv"}]}
    assert "data-hash" in values(of_ref(document, "data:data/test.csv"), UNKNOWN)


def test_a_change_says_that_the_rest_was_not_searched() -> None:
    assert part([], change=Change(mode="change")).gaps == (
        "files that the change leaves alone were not searched for models and data sets that they name",
    )


def test_parameters_are_counted_only_where_nothing_is_counted_twice() -> None:
    def counted(*artifacts: Artifact) -> list[str]:
        return values(
            of_ref(checked(part([FULL], [], list(artifacts))), NER)["modelCard"],
            "cdx:ai-ml:model:parameter:count",
        )

    def shard(number: int, **more: Any) -> Artifact:
        return of_hub(f"m-{number:05}-of-00002.safetensors", **{"facts": {"parameter_count": 4}, **more})

    assert counted(shard(1), shard(2)) == ["8"]
    assert counted(shard(1)) == ["5"], "what the Hub says"
    assert counted(shard(1), shard(2, facts={})) == ["5"]
    assert counted(shard(1), shard(2), of_hub("other.safetensors", facts={"parameter_count": 9})) == ["5"]


def test_the_order_of_what_is_given_does_not_matter() -> None:
    references = [reference(), reference("acme/gated", id="a", resolution="gated")]
    artifacts = [of_hub(), of_hub("a.bin"), artifact("git:a.pt", "a.pt")]
    there = part(WORLD, references, artifacts)
    back = part(WORLD[::-1], references[::-1], artifacts[::-1])
    assert [plain(one) for one in there.components] == [plain(one) for one in back.components]
    assert (there.dependencies, there.remarks, there.gaps) == (back.dependencies, back.remarks, back.gaps)
