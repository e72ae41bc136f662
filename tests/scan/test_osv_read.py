"""Reading what a vulnerability database says: hostile JSON of any shape, and the order of versions."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.scan.osv import read
from scanner.scan.osv.together import together
from scanner.scan.osv.versions import affects, in_order, later

KEYS = (
    "id", "aliases", "severity", "affected", "package", "ecosystem", "name", "ranges", "type", "events",
    "introduced", "fixed", "last_affected", "versions", "database_specific", "score", "summary", "withdrawn",
    "results", "vulns", "next_page_token",
)  # fmt: skip
WORDS = (
    "GHSA-a", "PyPI", "jinja2", "SEMVER", "ECOSYSTEM", "CVSS_V3", "CVSS_V4", "1.0.0", "0",
    "CVSS:3.1/AV:N", "CVSS:4.0/AV:N",
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(WORDS)
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=30,
)
PACKAGE = {"purl": "pkg:pypi/jinja2@1.0.0", "ecosystem": "PyPI", "name": "jinja2", "version": "1.0.0"}
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)


@ANY
@given(value=VALUES)
def test_a_batch_of_any_shape(tmp_path: Path, value: Any) -> None:
    made = read.batch({"path": written(tmp_path, value), "queries": 1})
    assert (made["problem"] is None) == bool(made["results"])
    for result in made["results"]:
        assert all(read.ID.fullmatch(each) for each in result["ids"])


@ANY
@given(affected=VALUES, more=st.dictionaries(st.sampled_from(KEYS[1:]), VALUES), local=st.booleans())
def test_an_advisory_of_any_shape(tmp_path: Path, affected: Any, more: dict[str, Any], local: bool) -> None:
    entry = {"package": {"ecosystem": "PyPI", "name": "jinja2"}}
    body = {
        **more,
        "id": "GHSA-a",
        "affected": [{**entry, "ranges": affected, "versions": affected}, affected],
    }
    body.pop("withdrawn", None)
    job = {
        "documents": {"GHSA-a": written(tmp_path, body)},
        "packages": [PACKAGE],
        "claims": None if local else {"GHSA-a": [PACKAGE["purl"]]},
    }
    made = read.advisories(job)
    if not local and not made["problems"]:
        (one,) = made["entries"]
        assert one["severity"] in (None, "info", "low", "medium", "high", "critical")
        assert one["summary"].isprintable()
        assert all(read.ID.fullmatch(alias) for alias in one["aliases"])
    json.dumps(made)


def written(folder: Path, value: Any) -> str:
    path = folder / "body"
    path.write_text(json.dumps(value), "utf-8")
    return str(path)


NUMBERS = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda pair: (*pair, 0))


@given(steps=st.lists(NUMBERS, min_size=1, max_size=6, unique=True), version=NUMBERS, data=st.data())
def test_ranges_are_evaluated_as_the_schema_says(
    steps: list[tuple[int, int, int]], version: tuple[int, int, int], data: st.DataObject
) -> None:
    """Alternating events; the reference goes through them in order, as the schema's pseudo-code does."""
    ends = st.sampled_from(("fixed", "last_affected"))
    kinds = [data.draw(ends) if place % 2 else "introduced" for place in range(len(steps))]
    events = list(zip(kinds, sorted(steps), strict=True))
    expected = False
    for kind, at in events:
        if kind == "introduced" and version >= at:
            expected = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            expected = False
    listed = data.draw(st.permutations([{kind: _text(at)} for kind, at in events]))
    entry = {"ranges": [{"type": "SEMVER", "events": listed}]}
    assert affects(entry, "npm", _text(version)) is expected


def _text(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))


@pytest.mark.parametrize(
    ("ecosystem", "versions"),
    [
        ("npm", ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta", "1.0.0", "1.2.3", "1.10.0"]),
        ("PyPI", ["1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1.1", "1!0.1"]),
        ("Maven", ["1.0-alpha", "1.0-rc1", "1.0-SNAPSHOT", "1.0", "1.0-sp", "1.0.1", "1.10"]),
        ("RubyGems", ["1.0.0.pre", "1.0.0", "5.2.4.3", "5.2.4.10"]),
        ("NuGet", ["1.0.0-beta", "1.0.0", "1.0.0.1", "13.0.1", "13.0.10"]),
        ("Packagist", ["1.0.0-beta1", "v1.0.0", "1.0.1"]),
        ("Hex", ["0.9.0", "0.10.0", "1.0.0"]),
    ],
)
def test_the_order_of_versions(ecosystem: str, versions: list[str]) -> None:
    assert in_order(reversed(versions), ecosystem) == versions
    for low, high in pairwise(versions):
        assert later([low, high], ecosystem, low) == [high]


@pytest.mark.parametrize(
    ("ecosystem", "version"),
    [("PyPI", "x y"), ("npm", "1.2.3.4"), ("npm", "1" * 300), ("Packagist", "1.2.3.4"), ("Elsewhere", "1")],
)
def test_a_version_without_an_order_is_not_guessed(ecosystem: str, version: str) -> None:
    entry: dict[str, Any] = {
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1"}, {"fixed": "3"}]}]
    }
    assert affects(entry, ecosystem, version) is None
    assert affects({**entry, "versions": ["5", version]}, ecosystem, version) is True


def test_only_listed_versions_are_affected_where_there_is_no_range() -> None:
    git = [{"type": "GIT", "repo": "https://a/b", "events": [{"introduced": "0"}]}]
    assert affects({"versions": ["1.0"], "ranges": git}, "PyPI", "1.1") is False
    assert affects({"ranges": git}, "PyPI", "1.1") is None


NAMES = st.sampled_from(["GHSA-1", "GHSA-2", "CVE-1", "CVE-2", "PYSEC-1", "X-1"])


@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=3)), max_size=6, unique_by=lambda pair: pair[0]))
def test_aliases_come_together_whatever_their_order(entries: list[tuple[str, list[str]]]) -> None:
    made = [_entry(name, aliases) for name, aliases in entries]
    first = together(made)
    assert first == together(reversed(made))
    names = [{one["id"], *one["aliases"]} for one in first]
    assert set().union(*names) == {each for name, aliases in entries for each in (name, *aliases)}
    assert sum(map(len, names)) == len(set().union(*names))  # no name is in two groups


def _entry(name: str, aliases: list[str]) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "severity": None,
        "score": None,
        "vector": None,
        "fixed": [],
        "summary": "",
        "cwe": [],
    }
    return {"id": name, "purl": PACKAGE["purl"], "aliases": aliases, **empty}
