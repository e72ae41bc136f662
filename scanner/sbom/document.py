"""The document: the repository as root, its model files, its software, and how much of each is known."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from scanner.domain import Artifact, Change, EngineRef, Finding
from scanner.sbom import purl
from scanner.sbom.cyclonedx import (
    AGGREGATES,
    Aggregate,
    Bom,
    Component,
    Composition,
    Dependency,
    Lifecycle,
    Metadata,
    Property,
    Tools,
    encode,
    plain,
    text,
    unique_properties,
)
from scanner.sbom.models import coverage, model_component
from scanner.sbom.software import Software

_NAMESPACE = uuid.UUID("6b0a2a52-2a52-5d7c-9a35-1d0f6c2f8f2e")


def build(
    change: Change,
    document_time: int,
    tool_version: str,
    artifacts: Sequence[Artifact],
    findings: Sequence[Finding],
    software: Software | None,
    scanned_tools: Sequence[EngineRef],
) -> Bom:
    """The bill of materials of head; the same arguments give an equal document.

    Args:
        change: which commits; the repository's name and the head commit name the root.
        document_time: seconds since 1970, for the document's own date alone.
        tool_version: the version of Modelward.
        artifacts: the model files of head; removed ones are left out.
        findings: what was found; each is named on the model file it is about.
        software: what the feeders found, or ``None`` when they were not asked.
        scanned_tools: the engines that looked at the models.
    """
    root = _root(change)
    present = sorted(
        (each for each in artifacts if each.change != "removed"), key=lambda each: (each.path, each.id)
    )
    models = [model_component(artifact, findings) for artifact in present]
    packages = list(software.components) if software else []
    bom = Bom(
        metadata=Metadata(
            timestamp=datetime.fromtimestamp(document_time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            lifecycles=[Lifecycle(phase="pre-build")],
            tools=Tools(
                components=_tools(tool_version, [*scanned_tools, *(software.tools if software else ())])
            ),
            component=root,
            properties=_gaps(software),
        ),
        components=sorted([*models, *packages], key=_ref),
        dependencies=_dependencies(root, models, software),
        compositions=_compositions(root, present, models, software),
    )
    return bom.model_copy(update={"serial_number": _serial(bom)})


def serialise(bom: Bom) -> bytes:
    """The document's bytes, UTF-8 JSON."""
    return encode(bom)


def _root(change: Change) -> Component:
    owner, _, name = (change.repository or "").rstrip("/").rpartition("/")
    is_github = bool(owner) and "/" not in owner and ":" not in owner
    address = purl.make("github", owner, name, change.head) if is_github else None
    return Component(
        type="application",
        bom_ref=address or "repository",
        group=text(owner, 256) if is_github else None,
        name=text(name, 256) or "repository",
        version=change.head,
        purl=address,
    )


def _tools(version: str, others: Iterable[EngineRef]) -> list[Component]:
    pairs = {("modelward", version), *((tool.name, tool.version) for tool in others)}
    return [
        Component(type="application", name=name, version=number or None) for name, number in sorted(pairs)
    ]


def _gaps(software: Software | None) -> list[Property] | None:
    """What the list of software lacks, in words."""
    return (
        unique_properties([("modelward:software:gap", warning) for warning in software.warnings])
        if software
        else None
    )


def _dependencies(
    root: Component, models: Sequence[Component], software: Software | None
) -> list[Dependency]:
    """Every component's edges; the root depends on models, on what manifests name, and on what is left."""
    edges = list(software.dependencies) if software else []
    reached = {ref for edge in edges for ref in edge.depends_on}
    orphans = {edge.ref for edge in edges} - reached
    direct = {_ref(model) for model in models} | orphans | set(software.direct if software else ())
    edges += [Dependency(ref=_ref(model)) for model in models]
    edges.append(Dependency(ref=_ref(root), depends_on=sorted(direct)))
    return sorted(edges, key=lambda edge: edge.ref)


def _compositions(
    root: Component, artifacts: Sequence[Artifact], models: Sequence[Component], software: Software | None
) -> list[Composition]:
    """What is complete, what is not, what nobody knows; each reference once per kind."""
    parts: dict[Aggregate, list[str]] = {aggregate: [] for aggregate in AGGREGATES}
    edges: dict[Aggregate, list[str]] = {aggregate: [] for aggregate in AGGREGATES}
    for artifact, model in zip(artifacts, models, strict=True):
        parts[coverage(artifact)].append(_ref(model))
        edges["unknown"].append(_ref(model))
    whole = software is not None and software.complete and len(parts["complete"]) == len(models)
    level: Aggregate = "unknown" if software is None else "complete" if whole else "incomplete"
    parts[level].append(_ref(root))
    edges[level].append(_ref(root))
    for package in software.components if software else ():
        known = software is not None and _ref(package) in software.resolved
        edges["complete" if known else "unknown"].append(_ref(package))
    return [
        Composition(
            aggregate=aggregate,
            assemblies=sorted(parts[aggregate]) or None,
            dependencies=sorted(edges[aggregate]) or None,
        )
        for aggregate in AGGREGATES
        if parts[aggregate] or edges[aggregate]
    ]


def _ref(component: Component) -> str:
    return component.bom_ref or ""


def _serial(bom: Bom) -> str:
    """A name made of the content: equal documents share it, apart from their date."""
    content = plain(bom)
    del content["metadata"]["timestamp"]
    return uuid.uuid5(_NAMESPACE, json.dumps(content, sort_keys=True)).urn
