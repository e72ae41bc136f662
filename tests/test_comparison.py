"""The public corpus, the results that were measured on it, and the page that tells of them, agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.comparison.engines import ENGINES, MODELWARD
from scripts.comparison.page import ANSWERS, PAGE, RESULTS, page
from scripts.comparison.peers import expected
from tests.corpus.corpus import MANIFEST, lines, manifest, write

ROWS = json.loads(MANIFEST.read_text("utf-8"))
MEASURED = json.loads(RESULTS.read_text("utf-8"))


def test_the_manifest_is_that_of_the_generators() -> None:
    assert lines(manifest()) == MANIFEST.read_text("utf-8")
    places = [row["place"] for row in ROWS]
    assert len(places) == len(set(places))


def test_the_corpus_is_the_same_every_time(tmp_path: Path) -> None:
    write(tmp_path / "one")
    write(tmp_path / "two")
    first, second = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("one", "two")
    )
    assert first == second
    assert len(first) == sum(len(row["files"]) for row in ROWS)


def test_every_engine_was_asked_about_every_file() -> None:
    places = {row["place"] for row in ROWS}
    assert MEASURED["versions"].keys() == MEASURED["answers"].keys()
    assert MODELWARD in MEASURED["versions"]
    assert set(MEASURED["versions"]) <= set(ENGINES)
    for engine, answers in MEASURED["answers"].items():
        assert answers.keys() == places, engine
        assert {answer.split()[0] for answer in answers.values()} <= set(ANSWERS)


def test_the_versions_are_those_that_are_pinned() -> None:
    for engine in set(MEASURED["versions"]) - {MODELWARD}:
        pinned = (RESULTS.parent / "requirements" / f"{engine}.txt").read_text("utf-8")
        assert f"=={MEASURED['versions'][engine]}\n" in pinned


def test_the_page_is_that_of_the_results() -> None:
    assert PAGE.read_text("utf-8") == page(ROWS, MEASURED)


def test_what_is_promised_holds() -> None:
    own = MEASURED["answers"][MODELWARD]
    hostile = [own[row["place"]].split() for row in ROWS if row["hostile"]]
    assert [words for words in hostile if words[0] == "silent"] == []
    assert sum(words[0] == "high" for words in hostile) >= 0.98 * len(hostile)
    for row in ROWS:
        words = own[row["place"]].split()
        if not row["hostile"]:
            assert words[1] in ("none", "info", "low"), row["place"]
        if row.get("layout"):
            assert words[2] == "named", row["place"]


@pytest.mark.parametrize(
    ("project", "path", "hostile"),
    [
        ("picklescan", "tests/data/malicious3.pkl", True),
        ("picklescan", "tests/data/benign0_v3.pkl", False),
        ("picklescan", "tests/data/bad_pytorch.pt", None),
        ("modelaudit", "tests/assets/samples/jinja2/standalone/suspicious_benign.template", False),
        ("modelaudit", "tests/assets/samples/jinja2/obfuscated/base64_payload.json", True),
        ("modelaudit", "tests/assets/generate.py", None),
        ("fickling", "test/x.pkl", None),
    ],
)
def test_what_a_project_expects_of_its_own_files(project: str, path: str, hostile: bool | None) -> None:
    assert expected(project, path) is hostile
