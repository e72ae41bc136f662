"""Repositories of the Hub, references and a document around a part, with what a test does not care about."""

from __future__ import annotations

import json
from typing import Any

from scanner.domain import Reference, Repository
from scanner.sbom import validate
from scanner.sbom.completeness.state_unknown import state_unknown
from scanner.sbom.cyclonedx import (
    Bom,
    Component,
    Composition,
    Dependency,
    Lifecycle,
    Metadata,
    SpecVersion,
    Tools,
    encode,
)
from scanner.sbom.part import Part

COMMIT, OTHER, THIRD = "1" * 40, "2" * 40, "3" * 40
WEIGHTS = "a" * 64


def repository(name: str = "acme/ner", **more: Any) -> Repository:
    given: dict[str, Any] = {
        "id": name,
        "type": "model",
        "revision": COMMIT,
        "author": name.partition("/")[0],
        "license": "apache-2.0",
        "files": [
            {"path": "README.md", "size": 9, "oid": "4" * 40},
            {"path": "model.safetensors", "size": 440, "oid": "5" * 40, "sha256": WEIGHTS},
        ],
        "files_complete": True,
        "origins": {"license": "stated", "base_models": "stated", "datasets": "stated", "task": "stated"},
    }
    return Repository.model_validate({**given, **more})


CARD: dict[str, Any] = {
    "license_files": ["LICENSE"],
    "tags": ["ner", "license:mit", "arxiv:1810.04805"],
    "papers": ["arxiv:1810.04805", "doi:10.1000/x", "odd:1"],
    "texts": {
        "description": "Marks names.",
        "intended-use": "Archives.",
        "limitations": "Capitals.",
        "bias": "Europe.",
        "users": "Editors.",
        "tradeoffs": "Slow.",
        "environmental": "Eleven hours.",
        "out-of-scope": "People.",
    },
    "metrics": [
        {"type": "f1", "value": "0.9", "task": "ner", "dataset": "News", "split": "test", "verified": True}
    ],
    "emissions": {"emissions": "1240.5"},
    "config": {"architecture": "BertForTokens", "model_type": "bert", "hidden_size": "8", "dtype": "float32"},
}
FULL = repository(
    task="token-classification",
    languages=["en"],
    library="transformers",
    parameters=5,
    base_models=["acme/base"],
    base_model_relation="finetune",
    datasets=["acme/news", "The Pile"],
    created="2024-01-01T00:00:00.000Z",
    not_followed={"datasets/The Pile": "no repository of the Hub can have this name"},
    card=CARD,
)
BASE_MODEL = repository("acme/base", revision=OTHER, base_models=["acme/ner"], license=None)
DATA_SET = repository(
    "acme/news",
    type="dataset",
    revision=THIRD,
    card={
        "dataset": {"pretty_name": ["News"], "size_categories": ["1K"]},
        "texts": {"personal-data": "Names."},
    },
)
WORLD = [FULL, BASE_MODEL, DATA_SET]


def reference(name: str | None = "acme/ner", **more: Any) -> Reference:
    given: dict[str, Any] = {
        "id": "serve.py:3",
        "repo_id": name,
        "repo_type": "model",
        "revision": COMMIT,
        "resolved_revision": COMMIT,
        "pinned": True,
        "loader": "transformers.from_pretrained",
        "path": "serve.py",
        "line": 3,
        "end_line": 3,
        "in_diff": True,
        "change": "added",
        "resolution": "resolved",
    }
    return Reference.model_validate({**given, **more})


def checked(part: Part, spec_version: SpecVersion = "1.6") -> dict[str, Any]:
    """The part as a document of its own, which has to be valid."""
    root = Component(type="application", bom_ref="root", name="root")
    aggregates = sorted({*part.assemblies.values(), *part.edges.values()})
    bom = Bom(
        spec_version=spec_version,
        metadata=Metadata(
            timestamp="2026-01-02T03:04:05Z",
            lifecycles=[Lifecycle(phase="pre-build")],
            tools=Tools(components=[Component(type="application", name="modelward")]),
            component=root,
        ),
        components=list(part.components),
        dependencies=[*part.dependencies, Dependency(ref="root", depends_on=list(part.direct))],
        compositions=[
            Composition(
                aggregate=aggregate,
                assemblies=[ref for ref, level in part.assemblies.items() if level == aggregate] or None,
                dependencies=[ref for ref, level in part.edges.items() if level == aggregate] or None,
            )
            for aggregate in aggregates
        ],
    )
    data = encode(state_unknown(bom))
    assert validate.check(data) == []
    parsed = json.loads(data)
    assert isinstance(parsed, dict)
    return parsed


def of_ref(document: dict[str, Any], ref: str) -> dict[str, Any]:
    """The component of that reference, at the top."""
    (found,) = [each for each in document["components"] if each["bom-ref"] == ref]
    assert isinstance(found, dict)
    return found


def values(node: dict[str, Any], name: str) -> list[str]:
    """The values of a property."""
    return [each["value"] for each in node.get("properties", ()) if each["name"] == name]
