"""The document: the repository as root, the parts that the builders bring, and how much of each is known."""

from __future__ import annotations

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain import Change, EngineRef
from scanner.sbom import citations, purl, refs
from scanner.sbom.completeness.state_unknown import state_unknown
from scanner.sbom.cyclonedx import (
    AGGREGATES,
    Affects,
    Aggregate,
    Annotation,
    Annotator,
    Bom,
    Component,
    Composition,
    Contact,
    Dependency,
    ExternalReference,
    Lifecycle,
    Metadata,
    Organization,
    SpecVersion,
    Tools,
    Vulnerability,
    encode,
    plain,
    text,
    unique_properties,
)
from scanner.sbom.part import Part

_NAMESPACE = uuid.UUID("6b0a2a52-2a52-5d7c-9a35-1d0f6c2f8f2e")
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[\w./~%-]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class About:
    """What a document is of, and who makes it."""

    change: Change
    time: int
    """Seconds since 1970, for the document's own date alone."""
    version: str
    """Of Modelward."""
    tools: Sequence[EngineRef] = ()
    """The engines and feeders that took part."""
    author: str | None = None
    """Who answers for the document: a name, an e-mail address or a URL; else the owner of the repository."""
    spec_version: SpecVersion = "1.6"

    @property
    def timestamp(self) -> str:
        """``time`` as ISO 8601 in UTC."""
        return datetime.fromtimestamp(self.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def build(about: About, parts: Sequence[Part]) -> Bom:
    """The bill of materials of head; the same arguments, parts in any order, give an equal document."""
    root = _root(about.change)
    components = _components(parts)
    known = {_ref(root), *(ref for each in components for ref in all_refs(each))}
    vulnerabilities = _united(parts, known, _ref(root))
    authors, manufacturer = _author(about, root)
    bom = Bom(
        spec_version=about.spec_version,
        serial_number=_NAMESPACE.urn,  # until the content is whole: a document of ours has one
        metadata=Metadata(
            timestamp=about.timestamp,
            lifecycles=[Lifecycle(phase="pre-build")],
            tools=Tools(components=_tools(about)),
            authors=authors,
            component=root,
            manufacturer=manufacturer,
            properties=unique_properties((GAP, text(gap)) for part in parts for gap in part.gaps),
        ),
        components=components,
        external_references=_findings_elsewhere(vulnerabilities),
        dependencies=_dependencies(root, parts, known),
        compositions=_compositions(root, parts, known),
        vulnerabilities=vulnerabilities or None,
        annotations=_annotations(about, parts, known) or None,
    )
    return sealed(state_unknown(bom))


def sealed(bom: Bom) -> Bom:
    """The document with what is made of all the rest: citations, where its version has them, and its name."""
    if bom.spec_version != "1.6":
        bom = bom.model_copy(update={"citations": citations.of(bom, TOOL) or None})
    return bom.model_copy(update={"serial_number": _serial(bom)})


def serialise(bom: Bom, *, compact: bool = False) -> bytes:
    """The document's bytes, ASCII JSON; ``compact`` leaves out the white space that is for people."""
    return encode(bom, compact=compact)


TOOL = "tool:modelward"

GAP = "modelward:gap"
"""Property of the metadata: what the document lacks, in words."""

NOT_LISTED = "modelward:affects:not_listed"
"""Property of a vulnerability: a component that it affects, and that the document has no room for."""


def root_ref(change: Change) -> str:
    """The reference of the repository itself."""
    return _ref(_root(change))


def _root(change: Change) -> Component:
    if change.mode == "files":
        return Component(
            type="file",
            bom_ref=refs.INSPECTED,
            name="inspected models",
            description="What was given to be looked at, without a repository that it belongs to.",
        )
    owner, _, name = (change.repository or "").rstrip("/").rpartition("/")
    is_github = bool(owner) and "/" not in owner and ":" not in owner
    address = purl.make("github", owner, name, change.head) if is_github else None
    return Component(
        type="application",
        bom_ref=address or refs.ROOT,
        group=text(owner, 256) if is_github else None,
        name=text(name, 256) or "repository",
        version=change.head,
        purl=address,
    )


def _author(about: About, root: Component) -> tuple[list[Contact] | None, Organization | None]:
    """Who answers for the document: a person or office with an address, or the repository's owner by name."""
    given = text(about.author.strip(), 200) if about.author else None
    if given and _EMAIL.fullmatch(given):
        return [Contact(email=given)], None
    if given and _URL.fullmatch(given):
        return None, Organization(name=given.split("/")[2], url=[given])
    if given:
        return [Contact(name=given)], None
    return None, Organization(name=root.group) if root.group else None


def _tools(about: About) -> list[Component]:
    others = {(tool.name, tool.version) for tool in about.tools} - {("modelward", about.version)}
    own = Component(type="application", bom_ref=TOOL, name="modelward", version=about.version)
    rest = [
        Component(type="application", name=name, version=number or None) for name, number in sorted(others)
    ]
    return sorted([own, *rest], key=lambda tool: (tool.name, tool.version or ""))


def _components(parts: Sequence[Part]) -> list[Component]:
    """All components in order, with the properties that other parts add to them."""
    added: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for part in parts:
        for ref, pairs in part.properties.items():
            added[ref] += pairs
    found = []
    for component in (each for part in parts for each in part.components):
        if more := added.get(_ref(component)):
            own = [(each.name, each.value) for each in component.properties or ()]
            component = component.model_copy(update={"properties": unique_properties([*own, *more])})
        found.append(component)
    return sorted(found, key=_ref)


def all_refs(component: Component) -> Iterator[str]:
    """Of a component and of those within it: what an edge may lead to.

    Neither ancestors nor the bodies of data are among them, which readers do not know as components.
    """
    waiting = [component]
    while waiting:
        node = waiting.pop()
        if node.bom_ref:
            yield node.bom_ref
        waiting += node.components or ()


def _dependencies(root: Component, parts: Sequence[Part], known: set[str]) -> list[Dependency]:
    """Every component's edges; the root depends on what it uses itself, and on what nothing else does."""
    edges: dict[str, set[str]] = {ref: set() for ref in known}
    for dependency in (each for part in parts for each in part.dependencies):
        if dependency.ref in known:
            edges[dependency.ref] |= known.intersection(dependency.depends_on) - {dependency.ref}
    nested = {ref for part in parts for each in part.components for ref in all_refs(each)} - {
        _ref(each) for part in parts for each in part.components
    }
    reached = {ref for ends in edges.values() for ref in ends}
    direct = {ref for part in parts for ref in part.direct} & known
    edges[_ref(root)] = (direct | (known - reached - nested)) - {_ref(root)}
    return [Dependency(ref=ref, depends_on=sorted(edges[ref])) for ref in sorted(edges)]


def _compositions(root: Component, parts: Sequence[Part], known: set[str]) -> list[Composition]:
    """What is complete, what is not, what nobody knows; each reference once per kind.

    The root is complete where everything that is listed is, and no part lacks anything.
    """
    assemblies = {ref: level for part in parts for ref, level in part.assemblies.items() if ref in known}
    edges = {ref: level for part in parts for ref, level in part.edges.items() if ref in known}
    whole = set(assemblies.values()) <= {"complete"} and not any(part.gaps for part in parts)
    assemblies.setdefault(_ref(root), "complete" if whole else "incomplete")
    edges.setdefault(_ref(root), assemblies[_ref(root)])
    by_level: dict[Aggregate, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for number, levels in enumerate((assemblies, edges)):
        for ref, level in sorted(levels.items()):
            by_level[level][number].append(ref)
    return [
        Composition(
            aggregate=level, assemblies=by_level[level][0] or None, dependencies=by_level[level][1] or None
        )
        for level in AGGREGATES
        if level in by_level
    ]


def _united(parts: Sequence[Part], known: set[str], root: str) -> list[Vulnerability]:
    """Vulnerabilities in order.

    One of what the document does not list affects what that is a part of, or else the root, and says so.
    """
    within = {ref: whole for part in parts for ref, whole in part.within.items()}
    found = []
    for each in (one for part in parts for one in part.vulnerabilities):
        named = [place.ref for place in each.affects or ()]
        places = sorted({ref if ref in known else _whole(ref, within, known, root) for ref in named})
        pairs = [(one.name, one.value) for one in each.properties or ()]
        pairs += [(NOT_LISTED, ref) for ref in named if ref not in known]
        changes = {
            "affects": [Affects(ref=ref) for ref in places] or None,
            "properties": unique_properties(pairs),
        }
        found.append(each.model_copy(update=changes))
    return sorted(found, key=lambda each: (each.id or "", each.bom_ref or ""))


def _whole(ref: str, within: Mapping[str, str], known: set[str], root: str) -> str:
    whole = within.get(ref, root)
    return whole if whole in known else root


def _annotations(about: About, parts: Sequence[Part], known: set[str]) -> list[Annotation]:
    """The remarks of the parts, each text once with all that it is about."""
    subjects: dict[str, set[str]] = defaultdict(set)
    for remark in (one for part in parts for one in part.remarks):
        subjects[text(remark.text)] |= known.intersection(remark.subjects)
    annotator = Annotator(component=Component(type="application", name="modelward", version=about.version))
    return [
        Annotation(
            bom_ref=f"annotation:{number}",
            subjects=sorted(about_these),
            annotator=annotator,
            timestamp=about.timestamp,
            text=said,
        )
        for number, (said, about_these) in enumerate(sorted(subjects.items()), 1)
        if about_these
    ]


def _findings_elsewhere(vulnerabilities: Iterable[Vulnerability]) -> list[ExternalReference] | None:
    """The same findings as SARIF lie beside the document."""
    if not any((each.bom_ref or "").startswith("finding:") for each in vulnerabilities):
        return None
    comment = "the findings as SARIF 2.1.0, beside this document"
    return [ExternalReference(type="static-analysis-report", url="results.sarif", comment=comment)]


def _ref(component: Component) -> str:
    return component.bom_ref or ""


def _serial(bom: Bom) -> str:
    """A name made of the content: equal documents share it, apart from their date."""
    content = plain(bom)
    del content["metadata"]["timestamp"], content["serialNumber"]
    for dated in (*content.get("annotations", ()), *content.get("citations", ())):
        del dated["timestamp"]
    return uuid.uuid5(_NAMESPACE, json.dumps(content, sort_keys=True)).urn
