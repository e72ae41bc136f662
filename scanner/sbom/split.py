"""A bill that is too large for one document, as several that each fit, with no component and no edge lost.

The first document holds models and data before anything else, and refers to the others by BOM-Link
(https://cyclonedx.org/capabilities/bomlink/). ``dependsOn`` cannot lead out of a document, so an edge that
would is a property of the component that it starts at.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from scanner.sbom.cyclonedx import (
    AGGREGATES,
    Aggregate,
    Annotation,
    Bom,
    Component,
    Composition,
    Dependency,
    ExternalReference,
    Metadata,
    ModelCard,
    Vulnerability,
    plain,
    unique_properties,
)
from scanner.sbom.document import GAP, all_refs, sealed, serialise
from scanner.sbom.names import FIRST, NAMES
from scanner.sbom.validate import MAX_BYTES
from scanner.words import counted

ELSEWHERE = "modelward:depends_on"
"""Property: the reference of a component that another document of the same bill lists."""

_KINDS = ("machine-learning-model", "data", "container")
"""What comes first; a model before the data that its card refers to."""


def documents(bom: Bom, limit: int = MAX_BYTES) -> dict[str, bytes]:
    """The bill by file name: one document, written without white space if need be, else several.

    A bill that more documents than there are names could hold is one document, too large to be valid.

    Args:
        bom: the whole, sealed.
        limit: bytes of one document.
    """
    data = serialise(bom)
    if len(data) > limit:
        data = serialise(bom, compact=True)
    if len(data) > limit:
        for count in range(len(data) // limit + 1, len(NAMES) + 1):
            found = _cut(bom, count)
            if all(len(each) <= limit for each in found.values()):
                return found
    return {FIRST: data}


def _cut(bom: Bom, count: int) -> dict[str, bytes]:
    """The bill as ``count`` documents of about the same size, made from the last to the first."""
    shares = list(_shares(bom, count))
    places: dict[str, str] = {}
    links: list[ExternalReference] = []
    found: dict[str, bytes] = {}
    for number, name in reversed(list(enumerate(NAMES[: len(shares)]))):
        gap = f"the bill is too large for one document; this is number {number + 1} of {len(shares)}"
        part = _Part(bom, shares[number], places, is_first=number == 0).document(gap)
        if number == 0:
            part = part.model_copy(update={"external_references": [*(bom.external_references or ()), *links]})
        part = sealed(part)
        link = f"{(part.serial_number or '').replace('urn:uuid:', 'urn:cdx:')}/{part.version}"
        comment = (
            f"{counted(len(part.components), 'more component')} of this bill: {name} beside this document"
        )
        links.insert(0, ExternalReference(type="bom", url=link, comment=comment))
        places |= {ref: f"{link}#{quote(ref)}" for one in part.components for ref in all_refs(one)}
        found[name] = serialise(part, compact=True)
    return dict(reversed(found.items()))


def _shares(bom: Bom, count: int) -> Iterator[list[Component]]:
    """The components, models and data first, cut where a share of all that the bill says is full."""
    ranks = {kind: rank for rank, kind in enumerate(_KINDS)}
    ordered = sorted(bom.components, key=lambda one: (ranks.get(one.type, len(ranks)), one.bom_ref or ""))
    around = _around(bom)
    sizes = [_size(one) + sum(around.get(ref, 0) for ref in all_refs(one)) for one in ordered]
    share, filled = sum(sizes) / count, 0
    found: list[Component] = []
    cuts = 1
    for component, size in zip(ordered, sizes, strict=True):
        if found and cuts < count and filled + size > share * cuts:
            yield found
            found, cuts = [], cuts + 1
        found.append(component)
        filled += size
    yield found


def _around(bom: Bom) -> Mapping[str, int]:
    """How much the bill says of each component outside of it."""
    found: dict[str, int] = defaultdict(int)
    for entry in bom.dependencies:
        found[entry.ref] += _size(entry)
    for vulnerability in bom.vulnerabilities or ():
        size = _size(vulnerability)
        for place in vulnerability.affects or ():
            found[place.ref] += size
    return found


def _size(node: Component | Dependency | Vulnerability) -> int:
    return len(json.dumps(plain(node), separators=(",", ":")))


class _Part:
    """One document of several: some components, with everything that the whole says of them."""

    def __init__(
        self, bom: Bom, components: Sequence[Component], places: Mapping[str, str], *, is_first: bool
    ) -> None:
        self._bom = bom
        self._components = sorted(components, key=lambda one: one.bom_ref or "")
        self._places = places
        """BOM-Links of what later documents list."""
        self._is_first = is_first
        self._root = bom.metadata.component.bom_ref or ""
        self._here = {self._root, *(ref for one in components for ref in all_refs(one))}
        self._cut = {
            entry.ref: [ref for ref in entry.depends_on if ref not in self._here]
            for entry in bom.dependencies
            if entry.ref != self._root and entry.ref in self._here
        }

    def document(self, gap: str) -> Bom:
        """The document, not sealed; ``gap`` says in words that it is a part."""
        return self._bom.model_copy(
            update={
                "metadata": self._metadata(gap),
                "components": [self._component(one) for one in self._components],
                "external_references": None,
                "dependencies": [
                    Dependency(
                        ref=entry.ref, depends_on=[ref for ref in entry.depends_on if ref in self._here]
                    )
                    for entry in self._bom.dependencies
                    if entry.ref in self._here
                ],
                "compositions": list(self._compositions()),
                "vulnerabilities": list(self._vulnerabilities()) or None,
                "annotations": list(self._annotations()) or None,
            }
        )

    def _about(self, refs: Sequence[str]) -> list[str]:
        """Those that this document speaks of; of the root the first one does."""
        return [ref for ref in refs if ref in self._here and (self._is_first or ref != self._root)]

    def _metadata(self, gap: str) -> Metadata:
        """That of the whole; what the whole lacks is said once."""
        metadata = self._bom.metadata
        said = [one for one in metadata.properties or () if self._is_first or one.name != GAP]
        pairs = [(one.name, one.value) for one in said]
        return metadata.model_copy(update={"properties": unique_properties([*pairs, (GAP, gap)])})

    def _component(self, component: Component) -> Component:
        """The component and what lies within it, with what leads out of the document."""
        changes: dict[str, object] = {}
        if ends := self._cut.get(component.bom_ref or ""):
            pairs = [(one.name, one.value) for one in component.properties or ()]
            changes["properties"] = unique_properties([*pairs, *((ELSEWHERE, ref) for ref in ends)])
        if component.components:
            changes["components"] = [self._component(one) for one in component.components]
        if component.model_card:
            changes["model_card"] = self._card(component.model_card)
        return component.model_copy(update=changes)

    def _card(self, card: ModelCard) -> ModelCard:
        """The card; unlike ``dependsOn``, it may name a data set of another document."""
        parameters = card.model_parameters
        if not parameters or not parameters.datasets:
            return card
        named = [
            each
            if each.ref in self._here
            else each.model_copy(update={"ref": self._places.get(each.ref, each.ref)})
            for each in parameters.datasets
        ]
        return card.model_copy(update={"model_parameters": parameters.model_copy(update={"datasets": named})})

    def _compositions(self) -> Iterator[Composition]:
        """What the whole says; the root, and what has edges that lead elsewhere, is not complete here."""
        levels: tuple[dict[str, Aggregate], dict[str, Aggregate]] = ({}, {})
        for entry in self._bom.compositions or ():
            for found, named in zip(levels, (entry.assemblies, entry.dependencies), strict=True):
                found.update(dict.fromkeys(self._here.intersection(named or ()), entry.aggregate))
        assemblies, edges = levels
        for found, ref in [
            (assemblies, self._root),
            (edges, self._root),
            *((edges, ref) for ref in self._cut),
        ]:
            if found.get(ref) == "complete" and self._cut.get(ref, True):
                found[ref] = "incomplete"
        for aggregate in AGGREGATES:
            of = [sorted(ref for ref, level in found.items() if level == aggregate) for found in levels]
            if any(of):
                yield Composition(aggregate=aggregate, assemblies=of[0] or None, dependencies=of[1] or None)

    def _vulnerabilities(self) -> Iterator[Vulnerability]:
        for each in self._bom.vulnerabilities or ():
            kept = set(self._about([place.ref for place in each.affects or ()]))
            if kept or (self._is_first and not each.affects):
                places = [place for place in each.affects or () if place.ref in kept]
                yield each.model_copy(update={"affects": places or None})

    def _annotations(self) -> Iterator[Annotation]:
        for remark in self._bom.annotations or ():
            if subjects := self._about(remark.subjects):
                yield remark.model_copy(update={"subjects": subjects})
