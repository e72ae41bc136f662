"""What goes into a look at one file and what comes out of it: plain data that crosses the worker's door.

Nothing here imports pydantic: workers start often and must start fast.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, Protocol

BUNDLED = "bundled"
"""The role of a file that a loader imports because it comes with a model."""
GIVEN = "given"
"""The role of a file that somebody asks about by its own name."""

Facts = dict[str, "str | int | float | bool | list[str]"]


@dataclass(frozen=True, slots=True)
class Subject:
    """One file to look at: its bytes are in ``data``, at their own offsets, as far as ``extents`` say."""

    name: str
    """Base name, for formats that are recognised by name and for the rows of the format table."""
    data: str
    size: int
    extents: list[tuple[int, int]]
    role: str = ""
    """:data:`BUNDLED`, so that Python is looked at, too; :data:`GIVEN`; or nothing."""


@dataclass(slots=True)
class Sighting:
    """One thing an engine or a reader saw; the rule registry turns it into a finding."""

    rule: str
    engine: str
    symbol: str | None = None
    arguments: str | None = None
    member: str | None = None
    offset: int | None = None
    evidence: str = ""
    severity: str | None = None
    """Only where this sighting differs from the rule's default."""
    witnesses: list[str] = field(default_factory=list)
    """Further engines that say the same."""


@dataclass(slots=True)
class Gap:
    """Something that was not looked at. ``cause`` is a value of :class:`scanner.domain.Cause`."""

    cause: str
    detail: str
    action: str
    member: str | None = None


@dataclass(slots=True)
class Part:
    """One layer that was met: the file itself, a member of an archive, or a stream within one.

    ``read`` says how far: ``full``, ``partial`` (the gaps say what is missing), or ``none``.
    """

    member: str | None
    format: str
    size: int
    read: str = "none"
    engines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Look:
    """What is known of one file after looking at it.

    ``format`` is null when it is no model file and nothing in it can act. ``need`` asks for bytes that were
    not collected: a list of (offset, length), or ``"whole"``; the look is then provisional.
    """

    format: str | None = None
    coverage: str = "none"
    """``full``: every byte that can act was read; ``structural``: headers and directories only; ``none``."""
    bytes_read: int = 0
    engines: list[str] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    facts: Facts = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    """The first layers that were met, in that order; ``part_count`` counts all of them."""
    part_count: int = 0
    need: list[tuple[int, int]] | str | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One stream to look at: a whole file, a member of an archive, or one pickle of several.

    ``stream`` is seekable and starts at 0; ``member`` is null for the file itself.
    """

    format: str
    stream: IO[bytes]
    size: int
    member: str | None = None
    opcodes: int | None = None
    """How many opcodes a pickle has, where that is known."""
    known: frozenset[str] | None = None
    """Names that our own machine judged harmless, as ``module.name`` and as the pickle spells them.

    Null unless the machine read the layer to its end.
    """
    walked: frozenset[str] = frozenset()
    """Names of packages whose sources were walked, in which nothing was found, and of whose use neither."""


@dataclass(slots=True)
class EngineResult:
    """What an engine says of one layer. ``covered`` is false for every skip and error."""

    covered: bool
    sightings: list[Sighting] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


class Engine(Protocol):
    """A further opinion: layer in, sightings and coverage out. One file and one row in the registry."""

    name: str
    formats: frozenset[str]

    def version(self) -> str:
        """The installed version."""
        ...

    def look(self, layer: Layer) -> EngineResult:
        """Look at one layer; never raises for what the bytes hold."""
        ...
