"""The check must see each defect, and nothing in a document that is fine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.domain import Change
from scanner.sbom import document
from scanner.sbom.described import describe
from scanner.sbom.lint import lint
from scanner.sbom.validate import MAX_BYTES, PLAIN_URI, check
from tests.sbom.samples import CHANGE, artifact

GOOD = json.loads(
    document.serialise(
        document.build(
            document.About(CHANGE, 0, "1.0"),
            [describe(Change(mode="all"), [artifact("m1", "a/model.safetensors")], [], [])],
        )
    )
)
ROOT = GOOD["metadata"]["component"]["bom-ref"]


def test_a_good_document_is_fine() -> None:
    assert check(json.dumps(GOOD).encode()) == []


def _set(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        node: Any = data
        for step in path[:-1]:
            node = node[step]
        if isinstance(node, list) and path[-1] == "+":
            node.append(value)
        else:
            node[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (_set("components", 0, "bom-ref", value=ROOT), f"the reference '{ROOT}' is used 2 times"),
        (
            _set("dependencies", 0, "dependsOn", value=["nowhere"]),
            "'nowhere' is no reference of this document",
        ),
        (_set("dependencies", "+", value={"ref": "nowhere"}), "'nowhere' is no reference of this document"),
        (_set("dependencies", "+", value={"ref": ROOT}), f"'{ROOT}' is listed 2 times"),
        (
            _set("compositions", 0, "assemblies", value=["nowhere"]),
            "'nowhere' is no reference of this document",
        ),
        (_set("components", 0, "purl", value="pkg:nonsense"), "'pkg:nonsense' is not a package URL"),
        (
            _set("components", 0, "evidence", "occurrences", 0, "location", value="/home/runner/model"),
            "/components/0/evidence/occurrences/0/location: '/home/runner/model' is not relative",
        ),
        (
            _set("components", 0, "properties", 0, value={"name": "modelward:path", "value": "C:\\model"}),
            "is not relative to the repository",
        ),
        (
            _set("components", 0, "externalReferences", value=[{"type": "vcs", "url": "file:///opt/model"}]),
            "'file:///opt/model' is an address on this machine",
        ),
        (
            _set(
                "components",
                0,
                "externalReferences",
                value=[{"type": "vcs", "url": "https://example.org/%zz"}],
            ),
            "/components/0/externalReferences/0/url",
        ),
        (_set("components", 0, "unheard", value=1), "Additional properties are not allowed"),
        (_set("components", 0, "hashes", 0, "content", value="12"), "does not match"),
        (_set("components", 0, "type", value="model"), "is not one of"),
        (_set("serialNumber", value="1"), "does not match"),
        (_set("specVersion", value=1.6), "is not of type 'string'"),
    ],
)
def test_each_defect_is_seen(change: Callable[[dict[str, Any]], None], complaint: str) -> None:
    data = json.loads(json.dumps(GOOD))
    change(data)
    found = check(json.dumps(data).encode())
    assert [line for line in found if complaint in line], found


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "is not JSON"),
        (b"[1]", "is not a JSON object"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff\xfe\xff", "is not JSON"),
        (b" " * (MAX_BYTES + 1), "more than 16777216"),
        (b"{}", "'bomFormat' is a required property"),
    ],
)
def test_what_is_no_document_is_said(data: bytes, complaint: str) -> None:
    assert complaint in check(data)[0]


def test_a_deep_document_does_not_hurt() -> None:
    node: dict[str, Any] = {"bom-ref": "a"}
    for _ in range(5_000):
        node = {"components": [node]}
    assert lint({"components": [node, {"bom-ref": "a"}]}) == ["the reference 'a' is used 2 times"]


def _long(count: int) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(GOOD))
    data["components"] += [{"type": "library", "name": f"n{number}"} for number in range(count)]
    return data


def test_every_slice_of_a_long_list_is_checked_and_named_by_its_place() -> None:
    data = _long(350)
    assert check(json.dumps(data).encode()) == []
    for index in (99, 100, 250, 350):
        data["components"][index]["hashes"] = [{"alg": "SHA-1", "content": "1"}]
    found = [line.partition(":")[0] for line in check(json.dumps(data).encode())]
    assert found == [f"/components/{index}/hashes/0/content" for index in (99, 100, 250, 350)]


def _nested(count: int, broken: int | None = None) -> dict[str, Any]:
    """A component within a component that has very many references; one of them may be broken."""
    references: list[dict[str, Any]] = [
        {"type": "distribution", "url": f"https://example.org/{number}"} for number in range(count)
    ]
    if broken is not None:
        references[broken]["unheard"] = 1
    inner = {"type": "file", "name": "inner", "externalReferences": references}
    outer = {"type": "library", "name": "outer", "components": [{"type": "file", "name": "a"}, inner]}
    data: dict[str, Any] = json.loads(json.dumps(GOOD))
    data["components"].append(outer)
    return data


@pytest.mark.parametrize("broken", [None, 0, 99, 100, 263])
def test_long_lists_within_components_are_checked_too(broken: int | None) -> None:
    data = _nested(264, broken)
    found = [line.partition(":")[0] for line in check(json.dumps(data).encode())]
    place = f"/components/{len(data['components']) - 1}/components/1/externalReferences/{broken}"
    assert found == ([] if broken is None else [place])


def test_equal_entries_of_a_nested_list_are_seen() -> None:
    data = _nested(264)
    references = data["components"][-1]["components"][1]["externalReferences"]
    references[250] = references[3]
    (found,) = check(json.dumps(data).encode())
    assert found.startswith(f"/components/{len(data['components']) - 1}/components/1/externalReferences: ")


_PLACES = st.sampled_from(
    [
        ("type", "model"),
        ("name", 3),
        ("unheard", 1),
        ("version", "2"),
        ("hashes", [{"alg": "x", "content": ""}]),
    ]
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 129), _PLACES), max_size=3))
def test_pieces_are_judged_as_the_whole(changes: list[tuple[int, tuple[str, object]]]) -> None:
    data = _long(130)
    for index, (key, value) in changes:
        data["components"][index][key] = value
    whole = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(data), all_errors=True)
    expected = {"/" + "/".join(str(part) for part in error.data.absolute_path) for error in whole or ()}
    assert {line.partition(":")[0] for line in check(json.dumps(data).encode())} == expected


@pytest.mark.parametrize(
    ("key", "entry", "complaint"),
    [
        ("annotations", {"subjects": ["nowhere"]}, "/annotations/0: 'nowhere' is no reference"),
        (
            "vulnerabilities",
            {"affects": [{"ref": "nowhere"}]},
            "/vulnerabilities/0: 'nowhere' is no reference",
        ),
        ("citations", {"attributedTo": "nowhere", "pointers": []}, "/citations/0: 'nowhere' is no reference"),
        ("citations", {"pointers": ["/components/9/name"]}, "'/components/9/name' leads to nothing"),
        ("compositions", {"vulnerabilities": ["nowhere"]}, "/compositions/0: 'nowhere' is no reference"),
    ],
)
def test_references_of_every_kind_are_followed(key: str, entry: dict[str, Any], complaint: str) -> None:
    found = lint({"components": [{"name": "a", "bom-ref": "a"}], key: [entry]})
    assert [line for line in found if complaint in line], found


@pytest.mark.parametrize(
    ("expression", "fine"),
    [
        ("MIT OR Apache-2.0", True),
        ("LicenseRef-own AND MIT", True),
        ("MIT WITH Classpath-exception-2.0", True),
        ("MIT OR", False),
        ("whatever we like", False),
    ],
)
def test_licence_expressions_must_mean_something(expression: str, fine: bool) -> None:
    assert (lint({"components": [{"licenses": [{"expression": expression}]}]}) == []) is fine


def test_a_document_of_the_next_version_is_held_against_its_own_schema() -> None:
    data: dict[str, Any] = json.loads(json.dumps(GOOD))
    data["citations"] = [
        {"pointers": ["/components/0/name"], "timestamp": "2026-01-01T00:00:00Z", "attributedTo": ROOT}
    ]
    assert any("citations" in line for line in check(json.dumps(data).encode()))
    data["specVersion"] = "1.7"
    data["$schema"] = "http://cyclonedx.org/schema/bom-1.7.schema.json"
    assert check(json.dumps(data).encode()) == []


def test_equal_entries_of_different_slices_are_seen() -> None:
    data = _long(350)
    data["components"][340] = data["components"][7]
    (found,) = check(json.dumps(data).encode())
    assert found.startswith("/components: entries are equal")


def test_the_number_of_complaints_is_bounded() -> None:
    data = _long(350)
    for component in data["components"]:
        component["unheard"] = 1
    assert len(check(json.dumps(data).encode())) == 20


def test_components_that_differ_in_an_address_alone_are_different() -> None:
    data = json.loads(json.dumps(GOOD))

    def add(address: str) -> None:
        references = [{"type": "vcs", "url": address}]
        data["components"].append({"type": "library", "name": "p", "externalReferences": references})

    add("https://example.org/1")
    add("https://example.org/2")
    assert check(json.dumps(data).encode()) == []
    add("https://example.org/1")
    assert "has non-unique elements" in check(json.dumps(data).encode())[0]


@settings(max_examples=25)
@given(st.lists(st.from_regex(PLAIN_URI, fullmatch=True), min_size=1, max_size=4, unique=True))
def test_what_is_taken_for_a_plain_address_is_one_for_the_validator(addresses: list[str]) -> None:
    references = [
        {"type": "website", "url": address[:80].rstrip("%0123456789ABCDEFabcdef")} for address in addresses
    ]
    kept = [each for each in references if PLAIN_URI.fullmatch(each["url"])]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6"}
    for reference in kept:
        text = json.dumps({**document, "externalReferences": [reference]})
        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
