"""Silence made explicit: what nobody states of a component is written down as unknown.

CISA's Minimum Elements count an explicit "unknown", and not silence. A document of ours says of every field
that they, or the G7's, ask for its value or, by the property ``modelward:unknown``, that nobody states it.
"""

from __future__ import annotations

from collections import defaultdict

from scanner.sbom.completeness.evaluate import unstated
from scanner.sbom.completeness.saying import UNKNOWN
from scanner.sbom.cyclonedx import Bom, Component, Property, plain

_STATED = ("cisa-2026", "g7-ai-2026")
"""BSI's further fields are of files on a disk, which a bill made before a build does not have."""


def state_unknown(bom: Bom) -> Bom:
    """The document with a property for each field that it would pass over in silence."""
    document = plain(bom)
    silent: dict[str | None, list[str]] = defaultdict(list)
    for node, name in unstated(document, _STATED):
        silent[node.get("bom-ref")].append(name)
    metadata = bom.metadata.model_copy(
        update={"properties": _with(bom.metadata.properties, silent.pop(None, []))}
    )
    return bom.model_copy(
        update={"metadata": metadata, "components": [_marked(each, silent) for each in bom.components]}
    )


def _marked(component: Component, silent: dict[str | None, list[str]]) -> Component:
    """The component, and what lies within it, with what is silent about it."""
    changes: dict[str, object] = {}
    if names := silent.get(component.bom_ref):
        changes["properties"] = _with(component.properties, names)
    if component.components:
        changes["components"] = [_marked(each, silent) for each in component.components]
    return component.model_copy(update=changes) if changes else component


def _with(properties: list[Property] | None, names: list[str]) -> list[Property] | None:
    added = [Property(name=UNKNOWN, value=name) for name in names]
    return sorted([*(properties or []), *added], key=lambda each: (each.name, each.value)) or None
