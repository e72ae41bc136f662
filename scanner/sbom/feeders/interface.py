"""What a feeder gets and gives: manifests in, packages out; one run of its tool in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scanner.domain import EngineRef
from scanner.sbom.cyclonedx import Component, Dependency
from scanner.sbom.feeders.process import Command

Manifests = Mapping[str, bytes]
"""Repository path to bytes."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What one run of a feeder says; ``bom_ref`` values mean something only inside this feed."""

    components: tuple[Component, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    direct: tuple[str, ...] = ()
    """References of what the repository itself depends on, where the manifest says so."""
    resolved: tuple[str, ...] = ()
    """References of components all of whose edges are in ``dependencies``."""
    tools: tuple[EngineRef, ...] = ()
    gaps: tuple[str, ...] = ()
    """In words, what the file names and the feed lacks."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a feeder's tool: what to run, and how to read the answer.

    ``read`` raises :class:`~scanner.sbom.feeders.process.ToolError` when the answer is none.
    """

    feeder: str
    subject: str
    """What it is about, in words for a warning."""
    command: Command
    read: Callable[[bytes], Feed]
