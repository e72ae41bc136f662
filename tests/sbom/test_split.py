"""A bill that one document cannot hold: several that can, with every component and every edge of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.domain import Change
from scanner.sbom import document, validate
from scanner.sbom.cyclonedx import (
    SPEC_VERSIONS,
    Affects,
    Bom,
    Component,
    Dependency,
    SpecVersion,
    Vulnerability,
)
from scanner.sbom.described import describe
from scanner.sbom.lint import lint
from scanner.sbom.names import FIRST, NAMES
from scanner.sbom.part import Part, Remark
from scanner.sbom.split import ELSEWHERE, documents
from tests.sbom.hub_samples import reference, repository
from tests.sbom.samples import CHANGE, artifact

COUNT = 60
LIMIT = 60_000
ROOT = document.root_ref(CHANGE)
DATA = [f"set-{number}" for number in range(20)]


def package(number: int) -> Component:
    purl = f"pkg:npm/module-{number:05}@1.0.0"
    return Component(
        type="library",
        bom_ref=purl,
        name=f"module-{number:05}",
        version="1.0.0",
        purl=purl,
        description="x" * 900,
    )


PACKAGES = [package(number) for number in range(COUNT)]
REFS = [each.bom_ref or "" for each in PACKAGES]
SOFTWARE = Part(
    components=tuple(PACKAGES),
    dependencies=tuple(
        Dependency(ref=ref, depends_on=[REFS[(number * 7 + 1) % COUNT], REFS[(number + 1) % COUNT]])
        for number, ref in enumerate(REFS)
    ),
    direct=(REFS[0],),
    edges=dict.fromkeys(REFS, "complete"),
    vulnerabilities=tuple(
        Vulnerability(bom_ref=f"vulnerability:{ref}", id="GHSA-1", affects=[Affects(ref=ref)])
        for ref in REFS[::9]
    ),
    remarks=(Remark(tuple(REFS[::5]), "Without a digest."),),
    gaps=("a manifest was not read",),
)
FINDINGS = Part(
    vulnerabilities=(
        Vulnerability(bom_ref="finding:root", id="r", affects=[Affects(ref=ROOT)]),
        Vulnerability(
            bom_ref="finding:model", id="r", affects=[Affects(ref="model:m1"), Affects(ref=REFS[-1])]
        ),
    )
)


def bill(version: SpecVersion = "1.6") -> Bom:
    models = describe(
        Change(mode="all"),
        [artifact("m1", "a.safetensors")],
        [reference()],
        [repository(datasets=DATA), *(repository(f"acme/m{number}", datasets=DATA) for number in range(12))],
    )
    frameworks = Part(dependencies=(Dependency(ref="model:m1", depends_on=[REFS[-1], REFS[0]]),))
    about = document.About(CHANGE, 1_700_000_000, "1", spec_version=version)
    return document.build(about, [models, SOFTWARE, FINDINGS, frameworks])


def parsed(found: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    for data in found.values():
        assert validate.check(data) == []
    return {name: json.loads(data) for name, data in found.items()}


def values(node: dict[str, Any], name: str) -> list[str]:
    return [each["value"] for each in node.get("properties", ()) if each["name"] == name]


def edges(data: dict[str, Any]) -> set[tuple[str, str]]:
    """Those of the graph, and those that a component says lead elsewhere."""
    found = {(each["ref"], end) for each in data["dependencies"] for end in each["dependsOn"]}
    waiting = list(data["components"])
    while waiting:
        node = waiting.pop()
        waiting += node.get("components", ())
        found |= {(node["bom-ref"], end) for end in values(node, ELSEWHERE)}
    return found


def affected(data: dict[str, Any]) -> set[tuple[str, str]]:
    entries = data.get("vulnerabilities", ())
    return {(each["bom-ref"], place["ref"]) for each in entries for place in each["affects"]}


def test_a_bill_that_fits_is_one_document_as_it_was() -> None:
    whole = bill()
    assert documents(whole) == {FIRST: document.serialise(whole)}


def test_white_space_goes_before_anything_else() -> None:
    whole = bill()
    limit = len(document.serialise(whole)) - 1
    found = documents(whole, limit)
    assert list(found) == [FIRST]
    assert len(found[FIRST]) < limit
    assert json.loads(found[FIRST]) == json.loads(document.serialise(whole))


@pytest.mark.parametrize("version", SPEC_VERSIONS)
def test_a_bill_in_several_documents_loses_nothing(version: SpecVersion) -> None:
    whole = json.loads(document.serialise(bill(version)))
    found = documents(bill(version), LIMIT)
    assert list(found) == list(NAMES[: len(found)])
    assert len(found) > 2
    assert all(len(data) <= LIMIT for data in found.values())
    parts = parsed(found)
    listed = [each["bom-ref"] for data in parts.values() for each in data["components"]]
    assert sorted(listed) == [each["bom-ref"] for each in whole["components"]]
    assert set().union(*map(edges, parts.values())) == edges(whole)
    assert set().union(*map(affected, parts.values())) == affected(whole)
    remarked = {
        ref for data in parts.values() for each in data.get("annotations", ()) for ref in each["subjects"]
    }
    assert remarked == {ref for each in whole["annotations"] for ref in each["subjects"]}
    assert all(("citations" in data) == (version == "1.7") for data in list(parts.values())[:1])


def test_the_first_document_holds_the_models_and_leads_to_the_others() -> None:
    parts = parsed(documents(bill(), LIMIT))
    first, *others = parts.values()
    assert "machine-learning-model" in {each["type"] for each in first["components"]}
    links = [each for each in first["externalReferences"] if each["type"] == "bom"]
    assert [each["url"] for each in links] == [
        f"{data['serialNumber'].replace('urn:uuid', 'urn:cdx')}/1" for data in others
    ]
    for name, link in zip(list(parts)[1:], links, strict=True):
        assert name in link["comment"]
    assert {each["type"] for each in first["externalReferences"]} == {"bom", "static-analysis-report"}


def test_a_part_says_that_it_is_one() -> None:
    parts = parsed(documents(bill(), LIMIT))
    for number, data in enumerate(parts.values(), 1):
        gaps = values(data["metadata"], document.GAP)
        assert f"the bill is too large for one document; this is number {number} of {len(parts)}" in gaps
        assert ("a manifest was not read" in gaps) == (number == 1)
        levels = {
            ref: each["aggregate"] for each in data["compositions"] for ref in each.get("assemblies", ())
        }
        assert levels[ROOT] == "incomplete"
        known = {
            ref: each["aggregate"] for each in data["compositions"] for ref in each.get("dependencies", ())
        }
        for node in data["components"]:
            if values(node, ELSEWHERE):
                assert known[node["bom-ref"]] != "complete"
    complete = [
        ref
        for data in parts.values()
        for each in data["compositions"]
        if each["aggregate"] == "complete"
        for ref in each.get("dependencies", ())
    ]
    assert set(complete) & set(REFS)


def test_a_model_names_data_of_another_document_by_its_link() -> None:
    parts = parsed(documents(bill(), LIMIT))
    (linked, *_) = [
        each["ref"]
        for data in parts.values()
        for node in data["components"]
        for each in node.get("modelCard", {}).get("modelParameters", {}).get("datasets", ())
        if each["ref"].startswith("urn:cdx:")
    ]
    address, _, ref = linked.partition("#")
    (owner,) = [
        data for data in parts.values() if address.startswith(data["serialNumber"].replace("uuid", "cdx"))
    ]
    assert ref.replace("%3A", ":").replace("%20", " ") in {each["bom-ref"] for each in owner["components"]}


GRAPHS = st.lists(st.sets(st.integers(0, 11), max_size=4), min_size=12, max_size=12)


@settings(max_examples=30, deadline=None)
@given(GRAPHS, st.integers(2, 5))
def test_however_it_is_cut_no_component_and_no_edge_is_lost(graph: list[set[int]], times: int) -> None:
    dependencies = tuple(
        Dependency(ref=REFS[number], depends_on=[REFS[end] for end in sorted(ends)])
        for number, ends in enumerate(graph)
    )
    part = Part(components=tuple(PACKAGES[:12]), dependencies=dependencies)
    whole = document.build(document.About(CHANGE, 0, "1"), [part])
    data = document.serialise(whole, compact=True)
    parts = [json.loads(each) for each in documents(whole, len(data) // times + 2_000).values()]
    assert [lint(each) for each in parts] == [[] for _ in parts]
    assert len(parts) > 1
    listed = [each["bom-ref"] for each_part in parts for each in each_part["components"]]
    assert sorted(listed) == sorted(REFS[:12])
    assert set().union(*map(edges, parts)) == edges(json.loads(data))


def test_two_times_are_the_same_bytes() -> None:
    assert documents(bill(), LIMIT) == documents(bill(), LIMIT)


def test_a_bill_beyond_all_documents_is_refused_by_the_check() -> None:
    found = documents(bill(), 5_000)
    assert list(found) == [FIRST]


def test_twenty_megabytes_of_packages_are_documents_that_can_be_attested() -> None:
    huge = Part(components=tuple(package(number) for number in range(16_000)))
    found = documents(document.build(document.About(CHANGE, 0, "1"), [huge]))
    assert len(found) == 2
    assert all(len(data) <= validate.MAX_BYTES for data in found.values())
    counts = [len(json.loads(data)["components"]) for data in found.values()]
    assert sum(counts) == 16_000
    assert min(counts) > 7_000
