"""Model files as components of a document: digests and who says them, facts, places."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sbom import document
from scanner.sbom.lint import lint
from tests.sbom.samples import A, artifact
from tests.sbom.whole import UNKNOWN, about, component, files, properties, said, written


def test_a_model_file_is_a_component_with_both_digests() -> None:
    model = component(written(files(artifact("m1", "models/a.safetensors"))), "model:m1")
    assert (model["type"], model["name"]) == ("machine-learning-model", "a.safetensors")
    assert model["hashes"] == [{"alg": "SHA-256", "content": A}, {"alg": "SHA-512", "content": "d" * 128}]
    assert model["evidence"] == {"occurrences": [{"location": "models/a.safetensors"}]}
    assert properties(model) == {
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
    none = {"sha256": None, "sha512": None, "sha256_origin": None}
    unchanged = artifact("m2", "b.bin", change="unchanged", coverage="none", status="skipped", **none)
    data = written(files(declared, unchanged))
    assert properties(component(data, "model:m1"))["modelward:digest_origin"] == "declared"
    assert properties(component(data, "model:m1"))["modelward:origin:hashes"] == "stated by the publisher"
    assert component(data, "model:m1")["hashes"] == [{"alg": "SHA-256", "content": A}]
    assert "hashes" not in component(data, "model:m2")
    assert "modelward:digest_origin" not in properties(component(data, "model:m2"))
    assert {"hash", "hash-algorithm"} <= set(said(component(data, "model:m2"), UNKNOWN))


def test_facts_come_under_the_official_names_where_there_are_any() -> None:
    facts = {
        "parameter_count": 110106428,
        "context_length": 512,
        "quantization": "q4_k_m",
        "architecture": "llama",
        "dtypes": ["F16", "F32"],
        "has_template": True,
    }
    model = component(written(files(artifact("m1", "a.gguf", facts=facts))), "model:m1")
    assert model["modelCard"] == {
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
    origins = {name: value for name, value in properties(model).items() if ":origin:" in name}
    assert set(origins.values()) == {"computed from bytes"}
    assert {name.rpartition(":")[2] for name in origins} == {"architecture", "hashes", "model_properties"}


def test_removed_files_are_not_part_of_head() -> None:
    data = written(files(artifact("m1", "a.bin", change="removed"), artifact("m2", "b.bin")))
    assert [each["bom-ref"] for each in data["components"]] == ["model:m2"]


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
    model = component(written(files(artifact("m1", path))), "model:m1")
    assert model["evidence"]["occurrences"] == [{"location": location}]
    assert properties(model)["modelward:path"] == location


@given(
    st.text(min_size=1, max_size=30),
    st.dictionaries(
        st.text(max_size=10), st.one_of(st.text(max_size=10), st.integers(), st.lists(st.text(max_size=5)))
    ),
)
def test_any_path_and_any_fact_make_a_document_without_defects(path: str, facts: dict[str, Any]) -> None:
    data = document.serialise(document.build(about(), [files(artifact("m1", path, facts=facts))]))
    assert data.isascii()
    assert lint(json.loads(data)) == []
