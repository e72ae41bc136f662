"""A part of a document: what one builder has to say, to be put together by :mod:`scanner.sbom.document`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.sbom.cyclonedx import Aggregate, Component, Dependency, Vulnerability


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about components, which becomes an annotation."""

    subjects: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """Components and what is known of them; every reference is one of :mod:`scanner.sbom.refs`.

    Several parts may name edges of the same component, and components that another part brings: edges are
    united, and an edge to what no part brings is left out.
    """

    components: tuple[Component, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    direct: tuple[str, ...] = ()
    """References of what the repository itself uses."""
    assemblies: Mapping[str, Aggregate] = field(default_factory=dict)
    """By reference: how much is known of what the component is made of."""
    edges: Mapping[str, Aggregate] = field(default_factory=dict)
    """By reference: how much is known of what it depends on."""
    vulnerabilities: tuple[Vulnerability, ...] = ()
    properties: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """By reference: names and values of properties that are added to a component, whoever brings it."""
    within: Mapping[str, str] = field(default_factory=dict)
    """By reference of what had no room: the component that it is a part of."""
    remarks: tuple[Remark, ...] = ()
    gaps: tuple[str, ...] = ()
    """In words, what the part lacks."""
