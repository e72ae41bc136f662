"""Whole documents, kept in ``tests/golden``; ``python -m tests.sbom.goldens --write`` makes them anew."""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from scanner.domain import Change, EngineRef, Finding, Suppression, Vulnerability, fingerprint
from scanner.sbom import document, spdx
from scanner.sbom.advisories import advisories
from scanner.sbom.containers import Image, containers
from scanner.sbom.cyclonedx import Component, Dependency, SpecVersion
from scanner.sbom.datasets import DataFile
from scanner.sbom.described import describe
from scanner.sbom.findings import vulnerabilities
from scanner.sbom.frameworks import frameworks
from scanner.sbom.packages import software_part
from scanner.sbom.part import Part
from scanner.sbom.software import Software
from tests.sbom.hub_samples import COMMIT, FULL, THIRD, WORLD, reference, repository
from tests.sbom.samples import CHANGE, artifact

FOLDER = Path(__file__).resolve().parent.parent / "golden"
ALL = Change(repository="acme/demo", mode="all", head=CHANGE.head)
_DIGEST = "sha256:" + "e" * 64
_ACCEPTED = Suppression(reason="replaced in Q3", owner="ml-platform", expires=date(2027, 1, 31))

Node = dict[str, Any]


def _document(parts: list[Part], version: SpecVersion = "1.6", author: str | None = None) -> bytes:
    tools = [EngineRef(name="modelscan", version="0.8.8")]
    about = document.About(ALL, 1_700_000_000, "1.0.0", tools, author, version)
    return document.serialise(document.build(about, parts))


def _package(name: str, version: str | None, kind: str = "pypi", **more: Any) -> Component:
    purl = f"pkg:{kind}/{name}" + (f"@{version}" if version else "")
    return Component(type="library", bom_ref=purl, name=name, version=version, purl=purl, **more)


def _finding(rule: str, **more: Any) -> Finding:
    given: Node = {
        "fingerprint": fingerprint(rule, str(more.get("path")), None, None, None),
        "rule": rule,
        "severity": "critical",
        "title": "Loading runs a command",
        "message": "loading runs posix.system",
        "remediation": "Remove the file.",
        "cwe": ["CWE-502"],
        "engines": ["modelward"],
        "new": True,
    }
    return Finding.model_validate({**given, **more})


def _small() -> list[Part]:
    """Two model files, three packages of which one is not pinned, an image, findings of both kinds."""
    models = [artifact("git:a", "models/a.safetensors"), artifact("git:b", "models/b.pkl", format="pickle")]
    packages = (_package("torch", "2.4.0"), _package("filelock", "3.15.4"), _package("numpy", None))
    torch, filelock, numpy = (each.bom_ref or "" for each in packages)
    software = Software(
        components=packages,
        dependencies=(Dependency(ref=torch, depends_on=[filelock]),),
        direct=(torch, numpy),
        resolved=(torch, filelock),
    )
    findings = [
        _finding("pickle-dangerous-import", artifact="git:b", path="models/b.pkl", line=None, offset=39),
        _finding("model-unpinned", severity="medium", path="serve.py", line=7, suppressed=_ACCEPTED),
    ]
    known = Vulnerability.model_validate(
        {"id": "GHSA-aaaa-bbbb-cccc", "aliases": ["CVE-2026-1"], "purl": torch, "severity": "high",
         "score": 8.1, "vector": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H", "summary": "Bad",
         "cwe": ["CWE-79"], "fixed": ["2.4.1"]}
    )  # fmt: skip
    return [
        describe(ALL, models, [], []),
        vulnerabilities(findings, models, [], [], document.root_ref(ALL)),
        software_part(software),
        advisories([known], packages),
        containers([Image("Dockerfile", 1, "python:3.11", "base")]),
    ]


def _big(count: int = 130) -> list[Part]:
    """More components than the validator is shown at once, each with edges."""
    packages = [_package(f"module-{number}", f"{number}.0.0", "npm") for number in range(count)]
    names = [each.bom_ref or "" for each in packages]
    edges = tuple(
        Dependency(
            ref=ref, depends_on=sorted({*names[2 * number + 1 : 2 * number + 3], names[(number * 7) % count]})
        )
        for number, ref in enumerate(names)
    )
    software = Software(
        components=tuple(packages), dependencies=edges, direct=(names[0],), resolved=tuple(names)
    )
    models = [artifact(f"git:{number}", f"models/{number}.safetensors") for number in range(5)]
    return [describe(ALL, models, [], []), software_part(software)]


def _full() -> list[Part]:
    """A model of the Hub with all that a card can say, its base and data, and the code that loads it."""
    weights = artifact(
        f"hub:acme/ner@{COMMIT}/model.safetensors",
        "model.safetensors",
        source="hub",
        repository_id="acme/ner",
        revision=COMMIT,
        facts={"parameter_count": 110106428, "dtypes": ["F32"]},
    )
    loads = [
        reference(package="transformers"),
        reference("acme/news", id="train.py:4", repo_type="dataset", path="train.py", line=4, revision=None,
                  loader="datasets.load_dataset", package="datasets", resolved_revision=THIRD),
        reference("acme/gated", id="serve.py:9", line=9, revision=None, resolved_revision=None, pinned=False,
                  resolution="gated"),
    ]  # fmt: skip
    places = [DataFile("data/train.csv", "added", 12, "6" * 40, "9" * 40, "b" * 64, "c" * 128, "computed")]
    software = Software(components=(_package("transformers", "4.44.0"), _package("datasets", "3.0.0")))
    findings = [
        _finding("model-unpinned", severity="medium", reference="serve.py:9", path="serve.py", line=9)
    ]
    return [
        describe(ALL, [weights], loads, WORLD, places),
        vulnerabilities(findings, [weights], loads, WORLD, document.root_ref(ALL)),
        software_part(software),
        frameworks(loads, software.components),
        containers([Image("deploy/Dockerfile", 3, f"ghcr.io/acme/serve:2@{_DIGEST}", "base")]),
    ]


def _bare() -> list[Part]:
    """A model of the Hub of which the Hub knows files and nothing else."""
    bare = repository("acme/bare", author=None, license=None, origins={}, card=None)
    return [describe(ALL, [], [reference("acme/bare")], [bare])]


def documents() -> Iterator[tuple[str, bytes]]:
    """Each file by name, in order."""
    sources: Mapping[str, tuple[Callable[[], list[Part]], SpecVersion, str | None]] = {
        "small": (_small, "1.6", "sbom@acme.example"),
        "big": (_big, "1.6", None),
        "hub-full-card": (_full, "1.6", "https://acme.example/sbom"),
        "hub-full-card-17": (_full, "1.7", "Model office"),
        "hub-no-card": (_bare, "1.6", None),
    }
    for name, (parts, version, author) in sources.items():
        data = _document(parts(), version, author)
        yield f"{name}.cdx.json", data
        yield f"{name}.spdx.json", spdx.convert(json.loads(data))
    for name, (version, harm) in NEGATIVES.items():
        broken = copy.deepcopy(_base(version))
        harm(broken)
        yield f"{name}.invalid.cdx.json", json.dumps(broken, indent=2).encode() + b"\n"


def _base(version: SpecVersion) -> Node:
    """A small document of one model with a card, which is valid."""
    model = FULL.model_copy(update={"files": [], "base_models": [], "datasets": [], "parameters": None})
    found = json.loads(_document([describe(ALL, [], [reference()], [model])], version))
    assert isinstance(found, dict)
    return found


def _model(data: Node) -> Node:
    found = data["components"][0]
    assert isinstance(found, dict)
    return found


def _card(data: Node) -> Node:
    found = _model(data)["modelCard"]
    assert isinstance(found, dict)
    return found


NEGATIVES: Mapping[str, tuple[SpecVersion, Callable[[Node], None]]] = {
    "ethical-key": (
        "1.6",
        lambda data: _card(data)["considerations"].update(ethicalConsiderations=[{"description": "Bias."}]),
    ),
    "dataset-url": (
        "1.6",
        lambda data: _card(data)["modelParameters"].update(
            datasets=[{"type": "dataset", "name": "news", "url": "https://acme.example/news"}]
        ),
    ),
    "dataset-url-17": (
        "1.7",
        lambda data: _card(data)["modelParameters"].update(
            datasets=[{"type": "dataset", "name": "news", "url": "https://acme.example/news"}]
        ),
    ),
    "parameter-properties": (
        "1.6",
        lambda data: _card(data)["modelParameters"].update(properties=[{"name": "n", "value": "1"}]),
    ),
    "energy-without-kwh": (
        "1.6",
        lambda data: _card(data)["considerations"].update(
            environmentalConsiderations={"energyConsumptions": [{"activity": "training"}]}
        ),
    ),
    "metric-number": (
        "1.6",
        lambda data: _card(data).update(
            quantitativeAnalysis={"performanceMetrics": [{"type": "f1", "value": 0.9}]}
        ),
    ),
    "commit-as-sha1": (
        "1.6",
        lambda data: _model(data).update(hashes=[{"alg": "SHA1", "content": COMMIT}]),
    ),
    "licence-and-expression": (
        "1.6",
        lambda data: _model(data).update(licenses=[{"license": {"id": "MIT"}}, {"expression": "MIT OR ISC"}]),
    ),
    "licence-not-of-spdx": (
        "1.6",
        lambda data: _model(data).update(licenses=[{"license": {"id": "llama3"}}]),
    ),
    "mime-type-key": ("1.6", lambda data: _model(data).update(mimeType="text/plain")),
    "citations-in-16": (
        "1.6",
        lambda data: data.update(
            citations=[
                {"pointers": ["/version"], "timestamp": "2026-01-01T00:00:00Z", "attributedTo": document.TOOL}
            ]
        ),
    ),
    "same-component-twice": ("1.6", lambda data: data["components"].append(copy.deepcopy(_model(data)))),
    "no-type": ("1.7", lambda data: _model(data).pop("type")),
    "aggregate": ("1.7", lambda data: data["compositions"][0].update(aggregate="mostly")),
}
"""What the schema of a version does not allow, as tools have written it."""


def main() -> None:
    """Write every document, and take away what is made no more."""
    parser = argparse.ArgumentParser(prog="python -m tests.sbom.goldens", description=__doc__)
    parser.add_argument("--write", action="store_true", required=True, help="write the documents")
    parser.parse_args()
    made = dict(documents())
    for path in (*FOLDER.glob("*.cdx.json"), *FOLDER.glob("*.spdx.json")):
        if path.name not in made:
            path.unlink()
    for name, data in made.items():
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()
