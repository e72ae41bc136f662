"""Several feeds as one list of packages: the same package once, every reference and every edge kept.

Two descriptions are of one package when their package URLs are equal apart from a tool's own qualifiers; or
when one URL lacks the qualifiers that say where the package comes from and both were read in the same file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.sbom import purl as purls
from scanner.sbom.cyclonedx import (
    Component,
    Dependency,
    Evidence,
    ExternalReference,
    Hash,
    LicenseChoice,
    Occurrence,
    unique_properties,
)
from scanner.sbom.feeders.cyclonedx_py import normalised
from scanner.sbom.feeders.interface import Feed

SOURCE = "modelward:software:source"
"""Property: which feeder named the package."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Packages under references of ours, sorted by them."""

    components: tuple[Component, ...]
    dependencies: tuple[Dependency, ...]
    direct: tuple[str, ...]
    resolved: tuple[str, ...]
    """References whose edges are all known."""


def merge(feeds: Iterable[tuple[str, Feed]]) -> Merged:
    """Merge feeds, each with the name of its feeder. The order of the feeds does not matter."""
    groups: dict[str, list[tuple[str, Component]]] = {}
    keys: dict[tuple[int, str], str] = {}
    numbered = list(enumerate(sorted(feeds, key=_order)))
    for number, (feeder, feed) in numbered:
        for component in feed.components:
            key = identity(component)
            groups.setdefault(key, []).append((feeder, component))
            if component.bom_ref is not None:
                keys[number, component.bom_ref] = key
    moved = _fold(groups)
    refs = {key: _reference(members) for key, members in groups.items()}
    refs |= {old: refs[new] for old, new in moved.items()}

    edges: dict[str, set[str]] = {ref: set() for ref in refs.values()}
    direct: set[str] = set()
    resolved: set[str] = set()
    for number, (_, feed) in numbered:
        known = {ref: refs[key] for (owner, ref), key in keys.items() if owner == number}
        direct |= {known[ref] for ref in feed.direct if ref in known}
        resolved |= {known[ref] for ref in feed.resolved if ref in known}
        for dependency in feed.dependencies:
            if dependency.ref in known:
                edges[known[dependency.ref]] |= {known[ref] for ref in dependency.depends_on if ref in known}
    components = [_combine(refs[key], members) for key, members in groups.items()]
    return Merged(
        components=tuple(sorted(components, key=lambda component: component.bom_ref or "")),
        dependencies=tuple(
            Dependency(ref=ref, depends_on=sorted(edges[ref] - {ref})) for ref in sorted(edges)
        ),
        direct=tuple(sorted(direct)),
        resolved=tuple(sorted(resolved)),
    )


def identity(component: Component) -> str:
    """What two descriptions of the same package have in common."""
    if component.purl is None:
        return f"{component.group or ''}/{component.name}@{component.version or ''}"
    parsed = purls.parse(component.purl)
    return purls.write(parsed._replace(name=normalised(parsed.name)) if parsed.type == "pypi" else parsed)


def _order(entry: tuple[str, Feed]) -> tuple[str, str]:
    feeder, feed = entry
    return feeder, "\n".join(component.model_dump_json() for component in feed.components)


def _fold(groups: dict[str, list[tuple[str, Component]]]) -> dict[str, str]:
    """Move groups without qualifiers into the one qualified group that was read in the same file."""
    moved = {}
    for key in [key for key in groups if "?" in key]:
        bare = key.partition("?")[0]
        if bare in groups and _places(groups[bare]) <= _places(groups[key]):
            groups[key] += groups.pop(bare)
            moved[bare] = key
    return moved


def _places(members: Sequence[tuple[str, Component]]) -> set[str]:
    return {occurrence.location for _, component in members for occurrence in _occurrences(component)}


def _occurrences(component: Component) -> list[Occurrence]:
    return (component.evidence.occurrences or []) if component.evidence else []


def _reference(members: Sequence[tuple[str, Component]]) -> str:
    purls = sorted(
        (component.purl for _, component in members if component.purl), key=lambda purl: (-len(purl), purl)
    )
    return purls[0] if purls else f"software:{identity(members[0][1])}"


def _combine(ref: str, members: Sequence[tuple[str, Component]]) -> Component:
    first = members[0][1]
    properties = [(SOURCE, feeder) for feeder, component in members if not _has_source(component)]
    properties += [(prop.name, prop.value) for _, component in members for prop in component.properties or ()]
    return Component(
        type=first.type,
        bom_ref=ref,
        group=next((component.group for _, component in members if component.group), None),
        name=first.name,
        version=next((component.version for _, component in members if component.version), None),
        scope="optional" if all(component.scope == "optional" for _, component in members) else None,
        licenses=_license_union([component.licenses for _, component in members if component.licenses]),
        purl=ref if first.purl else None,
        external_references=_reference_union(
            [found for _, component in members for found in component.external_references or ()]
        ),
        properties=unique_properties(properties),
        evidence=_evidence([found for _, component in members for found in _occurrences(component)]),
    )


def _has_source(component: Component) -> bool:
    """Whether it was merged before, and so says already who named it."""
    return any(each.name == SOURCE for each in component.properties or ())


def _evidence(found: Sequence[Occurrence]) -> Evidence | None:
    """Every place once; a place without a line says nothing beside one with a line of the same file."""
    lined = {occurrence.location for occurrence in found if occurrence.line is not None}
    places = {
        (each.location, each.line or 0)
        for each in found
        if each.line is not None or each.location not in lined
    }
    occurrences = [Occurrence(location=location, line=line or None) for location, line in sorted(places)]
    return Evidence(occurrences=occurrences) if occurrences else None


def _license_union(lists: Sequence[list[LicenseChoice]]) -> list[LicenseChoice] | None:
    """All licences that were named; an expression, which must stand alone, wins over names."""
    expressions = sorted({each.expression for choices in lists for each in choices if each.expression})
    if expressions:
        return [LicenseChoice(expression=expressions[0], acknowledgement="declared")]
    unique = {each.model_dump_json(): each for choices in lists for each in choices}
    return [unique[key] for key in sorted(unique)] or None


def _reference_union(references: Sequence[ExternalReference]) -> list[ExternalReference] | None:
    merged: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for reference in references:
        hashes = {(found.alg, found.content) for found in reference.hashes or ()}
        merged.setdefault((reference.type, reference.url), set()).update(hashes)
    return [
        ExternalReference(
            type=kind,
            url=url,
            hashes=[Hash(alg=alg, content=content) for alg, content in sorted(found)] or None,
        )
        for (kind, url), found in sorted(merged.items())
    ] or None
