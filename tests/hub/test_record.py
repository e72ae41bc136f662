"""What is read from the Hub's bodies, and what is not believed of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner import worker
from scanner.hub.interface import SCANNERS
from tests.hub.bodies import (
    BLOB,
    BODIES,
    DATE,
    HEAD,
    PARENT,
    ROOT,
    STRANGE,
    WEIGHTS,
    answer,
    bodies,
    commit,
    file,
    info,
    record,
    scan,
    security,
)

REPO = Path(__file__).resolve().parents[2]


def test_everything_that_the_hub_says(tmp_path: Path) -> None:
    found = record(tmp_path, bodies())
    assert found.problems == []
    assert (found.repo_id, found.commit, found.identity) == ("acme/ranker", HEAD, "621ffdc036468d709f17434d")
    assert (found.author, found.author_kind, found.author_verified) == ("acme", "organization", True)
    assert (found.license, found.library, found.task) == (
        "apache-2.0",
        "transformers",
        "text-classification",
    )
    assert found.languages == ["en", "de"]
    assert found.base_models == ["google-bert/bert-base-uncased"]
    assert found.base_model_relation == "finetune"
    assert found.datasets == ["stanfordnlp/imdb"]
    assert found.stated == ["license", "languages", "base_models", "base_model_relation", "datasets"]
    assert (found.gated, found.private, found.disabled) == ("no", False, False)
    assert (found.parameters, found.downloads, found.likes) == (110, 7, 3)
    assert found.auto_map == ["modeling.Ranker", "other/tok--tokenization.Tok"]
    assert [each.path for each in found.files] == ["model.safetensors", "modeling.py"]
    weights, code = found.files
    assert (weights.size, weights.oid, weights.sha256) == (440, BLOB, WEIGHTS)
    assert weights.scans == dict.fromkeys(SCANNERS, "safe")
    assert code.sha256 is None
    assert (code.scans["jFrogScan"], code.messages) == ("unscanned", {})
    assert found.files_complete
    assert [each.id for each in found.commits] == [HEAD, PARENT, ROOT]
    assert found.commits[0].authors == ["jane"]
    assert (found.commit_count, found.first_commit) == (3, ROOT)
    assert (found.branches, found.tags, found.reachable) == ({"main": HEAD}, {"v1": PARENT}, True)


def test_a_worker_reads_it_without_pydantic(tmp_path: Path) -> None:
    path = tmp_path / "info"
    path.write_text(json.dumps(BODIES["info"]))
    job = {"repo_type": "model", "repo_id": "acme/ranker", "documents": {"info": str(path)}}
    (outcome,) = worker.run("scanner.hub.record:read", [job])
    assert isinstance(outcome, worker.Done)
    assert outcome.value["commit"] == HEAD
    program = "import sys, scanner.hub.record, scanner.hub.card; print('pydantic' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program], cwd=REPO, capture_output=True, text=True)
    assert shown.stdout == "False\n"


@pytest.mark.parametrize(
    ("card", "tags", "expected", "stated"),
    [
        ({"license": "mit"}, ["license:apache-2.0"], "mit", True),
        ({"license": ["mit", "bsd"]}, [], "mit, bsd", True),
        ({}, ["license:apache-2.0"], "apache-2.0", False),
        ({"license": {"id": "mit"}}, [], None, False),
        ({"license": "  "}, ["license:"], None, False),
    ],
)
def test_licence(tmp_path: Path, card: Any, tags: Any, expected: str | None, stated: bool) -> None:
    found = record(tmp_path, bodies(info=info(cardData=card, tags=tags)))
    assert (found.license, "license" in found.stated) == (expected, stated)


def test_base_models_of_the_hub_where_the_card_names_none(tmp_path: Path) -> None:
    derived = {"relation": "quantized", "models": [{"_id": "1", "id": "org/base"}, {"_id": 2}, "org/other"]}
    found = record(tmp_path, bodies(info=info(cardData={}, baseModels=derived)))
    assert (found.base_models, found.base_model_relation) == (["org/base", "org/other"], "quantized")
    assert found.stated == []
    found = record(tmp_path, bodies(info=info(cardData={"base_model": ["./out", "org/x"]})))
    assert found.base_models == ["org/x"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [(False, "no"), ("auto", "auto"), ("manual", "manual"), (True, None), ("x", None), (None, None)],
)
def test_gated(tmp_path: Path, said: Any, expected: str | None) -> None:
    assert record(tmp_path, bodies(info=info(gated=said))).gated == expected


def test_values_of_the_wrong_type_are_dropped_and_told(tmp_path: Path) -> None:
    wrong = {
        "_id": 5,
        "private": "no",
        "downloads": True,
        "likes": -1,
        "createdAt": "yesterday",
        "tags": [1, {"a": 2}],
        "cardData": {"language": [1, "en"], "base_model": {"x": 1}, "datasets": 4.5, "library_name": []},
        "safetensors": [],
    }
    found = record(tmp_path, bodies(info=info(**wrong)))
    assert (found.identity, found.private, found.downloads, found.likes) == (None, None, None, None)
    assert (found.created, found.parameters, found.languages) == (None, None, ["en"])
    assert (found.base_models, found.datasets) == ([], [])
    for told in (
        "info._id is not of the form that the Hub gives it",
        "info.private is not true or false",
        "info.downloads is not a count",
        "info.safetensors is not an object",
        "info.cardData.language is not text",
    ):
        assert told in found.problems


def test_texts_are_printable_and_clipped_and_lists_bounded(tmp_path: Path) -> None:
    card = {
        "license_name": "a\x1b[31m\u202eb\ud800\n" + "x" * 1_000,
        "datasets": [f"set {number}" for number in range(10_000)],
        "tags": ["t"] * 10_000,
    }
    found = record(tmp_path, bodies(info=info(cardData=card)))
    assert found.license_name is not None
    assert found.license_name.isprintable()
    assert found.license_name.startswith("a\ufffd[31m\ufffdb\ufffd\ufffdx")
    assert len(found.license_name) == 300
    assert len(found.datasets) == 200
    assert "info.cardData.datasets has more than 200 entries" in found.problems


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"[" * 100_000, "info was not read: it is nested too deeply"),
        (b'{"a":' * 100_000, "info was not read: it is nested too deeply"),
        (b"\xff\xfe", "info was not read: it is not UTF-8"),
        (b"", "info was not read: it is not JSON"),
        (b"9" * 10_000, "info was not read: it is not JSON"),
        (b'{"sha": "a", "sha": "b"}', "info was not read: it has a key twice"),
        (b" " * ((16 << 20) + 1), "info was not read: it is larger than 16 MiB"),
        (b'{"sha": 1e999}', "info.sha is not of the form that the Hub gives it"),
        (b"NaN", "the Hub's description of the repository names no commit"),
        (b'"text"', "info is not an object"),
    ],
)
def test_a_description_that_is_none(tmp_path: Path, body: bytes, problem: str) -> None:
    found = record(tmp_path, bodies(info=body))
    assert (found.repo_id, found.commit, found.reachable) == ("Acme/Ranker", "", None)
    assert found.commits == []
    assert problem in found.problems


class TestFiles:
    @pytest.mark.parametrize(
        "row",
        [
            file("../up"),
            file("/etc/passwd"),
            file("a//b"),
            file("a/./b"),
            file(""),
            file("a\nb"),
            file("a\u202eb"),
            file("x" * 1_025),
            file("short", oid="abc"),
            file("upper", oid="A" * 40),
            file("negative", size=-1),
            file("float", size=1.0),
            file("large", lfs={"oid": "xyz", "size": 12}),
            file("large", lfs={}),
            file("two-sizes", lfs={"oid": WEIGHTS, "size": 13}),
            {"type": "commit", "path": "module", "oid": BLOB},
            {**file("number"), "path": 5},
            "text",
            None,
            file("modeling.py"),
        ],
    )
    def test_a_row_that_cannot_be_believed_leaves_the_list_incomplete(self, tmp_path: Path, row: Any) -> None:
        tree = [*BODIES["tree.0"], row]
        found = record(tmp_path, bodies(tree__0=tree))
        assert [each.path for each in found.files] == ["model.safetensors", "modeling.py"]
        assert not found.files_complete
        assert found.problems

    def test_pages(self, tmp_path: Path) -> None:
        pages = {f"tree.{number}": [file(f"{number}.json")] for number in range(3)}
        given = bodies(info=info(siblings=[]), **pages)
        assert record(tmp_path, given).files_complete
        assert len(record(tmp_path, given).files) == 3
        assert not record(tmp_path, given, "tree.3").files_complete
        assert not record(tmp_path, given, "tree").files_complete
        gone = record(tmp_path, {**given, "tree.1": None})
        assert ([each.path for each in gone.files], gone.files_complete) == (["0.json"], False)
        assert "tree.1 is not there, but later pages are" in gone.problems
        assert not record(tmp_path, {**given, "tree.2": b"{"}).files_complete
        assert not record(tmp_path, {**given, "tree.2": {"error": "x"}}).files_complete
        assert not record(tmp_path, bodies(tree__0=None)).files_complete

    def test_a_tree_without_a_file_that_the_description_names_is_not_complete(self, tmp_path: Path) -> None:
        found = record(tmp_path, bodies(info=info(siblings=[{"rfilename": "hidden.bin"}])))
        assert not found.files_complete
        assert "the tree lacks hidden.bin, which the repository's description names" in found.problems

    def test_scanners_and_what_they_say(self, tmp_path: Path) -> None:
        imports = [
            {"module": "posix", "name": "system", "safety": "dangerous"},
            {"module": "torch", "name": "FloatStorage", "safety": "innocuous"},
            {"module": 1},
        ]
        status = security(
            avScan=scan("unsafe", message="Eicar\x1b found"),
            pickleImportScan=scan("suspicious", pickleImports=imports),
            protectAiScan=scan("queued", message="later"),
            jFrogScan=scan(5),  # type: ignore[arg-type]
            virusTotalScan=scan("malign"),
        )
        found = record(tmp_path, bodies(tree__0=[file("x.bin", securityFileStatus=status)]))
        (one,) = found.files
        assert one.scans == {
            "avScan": "unsafe",
            "pickleImportScan": "suspicious",
            "protectAiScan": "queued",
            "virusTotalScan": "malign",
        }
        assert one.messages == {
            "avScan": "Eicar\ufffd found",
            "pickleImportScan": "imports posix.system (dangerous)",
        }

    def test_the_verdict_of_the_hub_counts_where_no_scanner_says_as_much(self, tmp_path: Path) -> None:
        rows = [
            file("a", securityFileStatus={"status": "unsafe", "avScan": scan("caution")}),
            file("b", securityFileStatus={"status": "unsafe", "avScan": scan("unsafe")}),
            file("c", securityFileStatus={"status": "queued", "avScan": scan("safe")}),
            file("d", securityFileStatus={"status": "suspicious"}),
        ]
        found = record(tmp_path, bodies(tree__0=rows))
        assert [each.scans for each in found.files] == [
            {"avScan": "caution", "hub": "unsafe"},
            {"avScan": "unsafe"},
            {"avScan": "safe"},
            {"hub": "suspicious"},
        ]


class TestHistory:
    def test_of_a_long_history_the_last_page_tells_the_first_commit(self, tmp_path: Path) -> None:
        given = bodies(commits__0=[commit(HEAD)], commits__last=[commit(PARENT), commit(ROOT)])
        found = record(tmp_path, given)
        assert (found.commit_count, found.first_commit) == (None, ROOT)
        assert [each.id for each in found.commits] == [HEAD]

    def test_a_history_that_is_not_all_there_has_no_count(self, tmp_path: Path) -> None:
        found = record(tmp_path, bodies(), "commits.1")
        assert (found.commit_count, found.first_commit, len(found.commits)) == (None, None, 3)
        found = record(tmp_path, bodies(commits__0=[commit(HEAD), {"id": "short"}]))
        assert (found.commit_count, found.first_commit) == (None, None)

    def test_a_history_of_another_commit_is_not_taken(self, tmp_path: Path) -> None:
        found = record(tmp_path, bodies(commits__0=[commit(STRANGE), commit(ROOT)]))
        assert (found.commits, found.commit_count, found.first_commit) == ([], None, None)

    @pytest.mark.parametrize(
        ("branches", "tags", "main", "lacking", "expected"),
        [
            ({"main": STRANGE}, {}, [STRANGE, ROOT], [], False),
            ({"main": STRANGE}, {"v1": ROOT}, [STRANGE, ROOT], [], False),
            ({"main": STRANGE}, {}, [STRANGE, HEAD, ROOT], [], True),
            ({"main": STRANGE}, {"v1": HEAD}, [STRANGE], [], True),
            ({"main": STRANGE, "fp16": HEAD}, {}, [STRANGE], [], True),
            ({"main": STRANGE, "dev": PARENT}, {}, [STRANGE, ROOT], [], None),
            ({"main": STRANGE}, {"v1": PARENT}, [STRANGE, ROOT], [], None),
            ({"main": STRANGE}, {}, [STRANGE, ROOT], ["main.1"], None),
            ({"main": STRANGE}, {}, [STRANGE, ROOT], ["refs"], True),
            ({"main": STRANGE}, {}, [ROOT], [], None),
            ({}, {}, [STRANGE, ROOT], [], None),
        ],
    )
    def test_reachable(
        self,
        tmp_path: Path,
        branches: dict[str, str],
        tags: dict[str, str],
        main: list[str],
        lacking: list[str],
        expected: bool | None,
    ) -> None:
        refs = {
            kind: [{"name": name, "targetCommit": target} for name, target in names.items()]
            for kind, names in (("branches", branches), ("tags", tags))
        }
        given = bodies(refs=refs, main__0=[commit(each) for each in main])
        if lacking == ["refs"]:
            given["refs"], expected = None, None
        assert record(tmp_path, given, *lacking).reachable is expected

    def test_names_that_are_not_usable_leave_reachability_open(self, tmp_path: Path) -> None:
        refs = {"branches": [{"name": "main", "targetCommit": STRANGE}, {"name": 5}], "tags": []}
        given = bodies(refs=refs, main__0=[commit(STRANGE)])
        assert record(tmp_path, given).reachable is None

    def test_conversions_of_the_hub_count_as_accepted(self, tmp_path: Path) -> None:
        converts = [{"name": "parquet", "ref": "refs/convert/parquet", "targetCommit": HEAD}]
        refs = {
            "branches": [{"name": "main", "targetCommit": STRANGE}],
            "tags": [],
            "converts": converts,
        }
        assert record(tmp_path, bodies(refs=refs, main__0=[commit(STRANGE)])).reachable is True


def test_a_user_has_the_date_of_its_account(tmp_path: Path) -> None:
    given = bodies(organization=None, user={"user": "jane", "createdAt": DATE, "isVerified": False})
    found = record(tmp_path, given)
    assert (found.author_kind, found.author_created, found.author_verified) == ("user", DATE, False)
    found = record(tmp_path, bodies(organization=[]))
    assert (found.author_kind, found.author_verified) == (None, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
KEYS = sorted({*BODIES["info"], "license", "models", "baseModels", "gguf", "auto_map", "total"})
KNOWN = st.recursive(
    JSON, lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=6), max_leaves=10
)
ROW = st.dictionaries(
    st.sampled_from(["type", "path", "oid", "size", "lfs", "securityFileStatus", "id", "date", "authors"]),
    JSON | st.sampled_from(["file", "a/b", BLOB, 5, HEAD]),
    max_size=9,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    description=KNOWN | st.dictionaries(st.sampled_from(KEYS), KNOWN, max_size=8),
    rows=st.lists(ROW | JSON, max_size=4),
    other=JSON,
    valid=st.booleans(),
)
def test_no_json_makes_it_raise(tmp_path: Path, description: Any, rows: Any, other: Any, valid: bool) -> None:
    described = {**description, "sha": HEAD} if isinstance(description, dict) and valid else description
    given_bodies = {
        "info": described,
        "tree.0": rows,
        "tree.1": other,
        "refs": {"branches": rows, "tags": other},
        "commits.0": [commit(HEAD), *rows],
        "commits.last": rows,
        "main.0": rows,
        "organization": other,
    }
    value = answer(tmp_path, given_bodies)
    text = json.dumps(value)
    assert len(text) < 1 << 20
    assert len(value["problems"]) <= 20

    def walk(node: Any) -> None:
        if isinstance(node, str):
            assert node.isprintable()
        elif isinstance(node, dict):
            for key, inner in node.items():
                walk(key)
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(value)
