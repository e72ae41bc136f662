"""What a document has, states as unknown, or passes over; also of one that is made to hurt."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.domain import FieldResult
from scanner.sbom.completeness.evaluate import profiles, unstated
from scanner.sbom.completeness.fields import FIELDS
from scanner.sbom.completeness.mapping import MAPPINGS
from scanner.sbom.completeness.profiles import PROFILES
from scanner.sbom.completeness.saying import said

LIBRARY: dict[str, Any] = {
    "type": "library",
    "bom-ref": "a",
    "name": "a",
    "version": "1",
    "purl": "pkg:pypi/a@1",
    "licenses": [{"license": {"id": "MIT"}}],
    "hashes": [{"alg": "SHA-256", "content": "0" * 64}],
    "supplier": {"name": "A", "url": ["https://example.org"]},
}


def document(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    refs = [each["bom-ref"] for each in components if "bom-ref" in each]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": "2026-01-01T00:00:00Z"},
        "components": list(components),
        "dependencies": [{"ref": ref, "dependsOn": []} for ref in refs],
        **more,
    }


def field(data: dict[str, Any], name: str, profile: str = "cisa-2026") -> FieldResult:
    (found,) = [each for each in profiles(data) if each.profile == profile]
    return next(each for each in found.fields if each.field == name)


@pytest.mark.parametrize("name", ["producer", "version", "identifier", "hash", "license", "dependencies"])
def test_a_field_is_present_where_every_component_has_it(name: str) -> None:
    found = field(document(LIBRARY), name)
    assert (found.state, found.present, found.of, found.missing) == ("present", 1, 1, [])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("producer", "supplier"),
        ("version", "version"),
        ("identifier", "purl"),
        ("hash", "hashes"),
        ("license", "licenses"),
    ],
)
def test_silence_is_absent_and_the_component_is_named(name: str, key: str) -> None:
    silent = {name: value for name, value in LIBRARY.items() if name not in (key, "bom-ref")}
    found = field(document(LIBRARY, {**silent, "name": "b", "bom-ref": "b"}), name)
    assert (found.state, found.present, found.of, found.missing) == ("absent", 1, 2, ["b"])


def test_a_property_that_says_unknown_is_no_silence() -> None:
    stated = {**LIBRARY, "properties": [{"name": "modelward:unknown", "value": "license"}]}
    del stated["licenses"]
    assert field(document(stated), "license").state == "unknown"
    assert field(document(stated), "producer").state == "present"


@pytest.mark.parametrize("word", ["NOASSERTION", "unknown", " Unknown "])
def test_words_that_say_unknown_are_known(word: str) -> None:
    assert (
        field(document({**LIBRARY, "licenses": [{"license": {"name": word}}]}), "license").state == "unknown"
    )


def test_edges_of_which_nobody_knows_anything_are_stated_unknown() -> None:
    data = document(LIBRARY, compositions=[{"aggregate": "unknown", "dependencies": ["a"]}])
    assert field(data, "dependencies").state == "unknown"


def test_files_within_a_model_share_its_maker_and_bring_its_digest() -> None:
    inner = {"type": "file", "bom-ref": "f", "name": "f", "hashes": LIBRARY["hashes"]}
    model = {**LIBRARY, "type": "machine-learning-model", "components": [inner]}
    del model["hashes"]
    assert field(document(model), "producer").of == 1
    assert (field(document(model), "hash").state, field(document(model), "hash").of) == ("present", 1)


def test_a_field_that_nothing_can_have_is_not_applicable() -> None:
    assert field(document(LIBRARY), "model-task", "g7-ai-2026").state == "not-applicable"
    assert field(document(LIBRARY), "license", "g7-ai-2026").state == "not-applicable"


def test_what_passes_a_field_over_is_found() -> None:
    bare = {"type": "library", "bom-ref": "b", "name": "b"}
    silent = {(node.get("bom-ref"), name) for node, name in unstated(document(bare), ["cisa-2026"])}
    assert {("b", "license"), ("b", "hash"), (None, "sbom-author")} <= silent
    assert ("b", "name") not in silent


def test_every_field_that_is_asked_exists_and_every_field_is_asked() -> None:
    asked = {
        name.rpartition("/")[2]
        for table in (PROFILES, MAPPINGS)
        for each in table.values()
        for group in each.groups.values()
        for name in group
    }
    assert asked == set(FIELDS)


@pytest.mark.parametrize("value", [None, "", " ", [], {}, [None, ""]])
def test_what_says_nothing_is_absent(value: Any) -> None:
    assert said(value) == "absent"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "components",
                    "name",
                    "licenses",
                    "license",
                    "hashes",
                    "data",
                    "modelCard",
                    "bom-ref",
                    "type",
                    "properties",
                    "value",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*document(), "compositions", "signature", "externalReferences"]), JSON)
)
def test_any_json_is_looked_at_without_an_error(data: dict[str, Any]) -> None:
    found = profiles(data)
    assert [each.profile for each in found] == [*PROFILES, *MAPPINGS]
    assert json.loads(json.dumps([each.model_dump() for each in found]))
