"""One look in progress: what was seen so far, what it cost, and the way into each further layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from scanner.inspect import limits
from scanner.inspect.engines import engines_for
from scanner.inspect.formats import FORMATS
from scanner.inspect.interface import Gap, Layer, Look, Sighting
from scanner.inspect.readers.reading import READER, REVIEW, SPLIT, Reading, Unreadable
from scanner.inspect.recognise import recognise
from scanner.inspect.stream import NotCollected, Stream

Fact = str | int | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One stream to look at: the file itself, or something in it. ``depth`` counts the archives around it."""

    format: str
    stream: Stream
    name: str
    member: str | None = None
    depth: int = 0


CONTAINERS = frozenset({"zip", "tar", "gzip", "bzip2", "xz", "zlib"})
"""Wrappers that are no model by themselves; what is in them decides."""

Handler = Callable[["Examination", Item], "str | None"]
"""Looks at one item; may return the id of the format that it turned out to be."""


class Examination:
    """Collects sightings and gaps of one file and keeps count of what is spent on it."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self.look = Look()
        self.expanded = 0
        self.members = 0
        self.opcodes = 0
        self.looked = False
        self.models = 0
        """Streams recognised so far that are more than wrappers."""
        self._handlers = handlers
        self._overflow = False
        self._seen: set[tuple[str | None, ...]] = set()

    def inspect(
        self, stream: Stream, name: str, member: str | None, depth: int, tail: bool = True
    ) -> str | None:
        """Recognise a stream and look at everything it can be read as; returns its first format.

        ``tail`` is false when the end of the stream would have to be unpacked for it.

        Raises:
            NotCollected: bytes are missing that the look needs.
        """
        return self.look_as(recognise(stream, name, tail), stream, name, member, depth)

    def look_as(
        self, formats: list[str], stream: Stream, name: str, member: str | None, depth: int
    ) -> str | None:
        """Look at a stream as each of these formats; returns what the first turned out to be."""
        if not formats or (formats == ["unknown"] and depth and name.lower().endswith(".bin")):
            return None
        self.models += any(found not in CONTAINERS and found != "empty" for found in formats)
        turned_out = [self.handle(Item(found, stream, name, member, depth)) for found in formats]
        if len(formats) > 1 and self.models:
            titles = " and as ".join(FORMATS[found].title for found in turned_out)
            self.malformed(member, f"it reads as {titles}", "high")
        return turned_out[0]

    def handle(self, item: Item) -> str:
        """Look at an item as its format; returns what it turned out to be. What cannot be read is a gap."""
        handler = self._handlers.get(item.format)
        if handler is None:
            self.unread(item)
            return item.format
        try:
            return handler(self, item) or item.format
        except Unreadable as error:
            self.gap(item.member, str(error), error.cause, error.action)
        except (NotCollected, MemoryError):
            raise
        except RecursionError:
            self.gap(item.member, f"{FORMATS[item.format].title} is nested too deeply to be read", "hostile")
        except Exception as error:
            kind = type(error).__name__
            self.gap(item.member, f"{FORMATS[item.format].title} cannot be read ({kind})")
        return item.format

    def unread(self, item: Item) -> None:
        """Say that nobody looks at this format yet."""
        if item.format == "unknown":
            self.gap(item.member, "the content is none of the formats that are read")
        else:
            self.gap(item.member, f"no engine reads {FORMATS[item.format].title} yet")

    def engines(self, layer: Layer) -> None:
        """Show a layer to every engine for its format; a layer that none covers is a gap."""
        covered = False
        for engine in engines_for(layer.format):
            if engine.name not in self.look.engines:
                self.look.engines.append(engine.name)
            result = engine.look(layer)
            covered |= result.covered
            for sighting in result.sightings:
                self.sighting(replace(sighting, member=layer.member))
            for gap in result.gaps:
                self.gap(layer.member, gap.detail, gap.cause, gap.action)
            if not result.covered and not result.gaps:
                self.gap(layer.member, f"{engine.name} did not look at it")
        self.looked |= covered

    def reading(self, member: str | None, reading: Reading, facts: bool = False) -> None:
        """Take over what a reader saw; ``facts`` only of the file itself."""
        self.looked = True
        if READER not in self.look.engines:
            self.look.engines.append(READER)
        for sighting in reading.sightings:
            self.sighting(replace(sighting, member=member))
        for gap in reading.gaps:
            self.gap(member, gap.detail, gap.cause, gap.action)
        if facts:
            self.look.facts.update(reading.facts)

    def malformed(self, member: str | None, detail: str, severity: str | None = None) -> None:
        """Note a layout that no writer makes."""
        self.sighting(
            Sighting(
                "malformed-model", READER, symbol=detail, member=member, evidence=detail, severity=severity
            )
        )

    def sighting(self, sighting: Sighting) -> None:
        """Keep a sighting, up to a count."""
        key = (sighting.rule, sighting.engine, sighting.member, sighting.symbol, sighting.arguments)
        if key in self._seen:
            return
        self._seen.add(key)
        if len(self.look.sightings) < limits.SIGHTINGS:
            self.look.sightings.append(sighting)
        elif not self._overflow:
            self._overflow = True
            self.gap(
                None, f"more than {limits.SIGHTINGS} findings in one file; the rest is not listed", "budget"
            )

    def gap(self, member: str | None, detail: str, cause: str = "unreadable", action: str = REVIEW) -> None:
        """Keep a gap, up to a count; the first ones tell enough."""
        found = Gap(cause, detail, action, member)
        if len(self.look.gaps) < limits.GAPS and found not in self.look.gaps:
            self.look.gaps.append(found)

    def enter(self, item: Item) -> None:
        """Count one member of an archive.

        Raises:
            Unreadable: there are too many, or archives are nested too deeply.
        """
        self.members += 1
        if self.members > limits.CONTAINER_MEMBERS:
            raise Unreadable(f"more than {limits.CONTAINER_MEMBERS:,} members", "budget", SPLIT)
        if item.depth >= limits.CONTAINER_DEPTH:
            raise Unreadable(f"archives nested more than {limits.CONTAINER_DEPTH} deep", "hostile")

    def finish(self, format_id: str | None, bytes_read: int, whole: bool) -> Look:
        """The look, in a fixed order and with every text clipped and printable.

        Unless the file is here ``whole``, nobody can claim more than its structure.
        """
        look = self.look
        look.format = format_id
        look.bytes_read = bytes_read
        if not look.gaps and whole:
            look.coverage = "full"
        else:
            look.coverage = "structural" if self.looked or not look.gaps else "none"
        look.engines.sort()
        look.sightings = sorted(map(_clean_sighting, look.sightings), key=_order)
        look.gaps = [
            replace(gap, detail=_clip(gap.detail), member=_clip_member(gap.member)) for gap in look.gaps
        ]
        look.facts = {key: _clean_fact(value) for key, value in sorted(look.facts.items())}
        return look


def _order(sighting: Sighting) -> tuple[str, int, str, str, str]:
    offset = -1 if sighting.offset is None else sighting.offset
    return sighting.member or "", offset, sighting.rule, sighting.symbol or "", sighting.engine


def _clean_sighting(sighting: Sighting) -> Sighting:
    return replace(
        sighting,
        symbol=None if sighting.symbol is None else _clip(sighting.symbol),
        member=_clip_member(sighting.member),
        evidence=_clip(sighting.evidence),
    )


def _clip_member(member: str | None) -> str | None:
    return None if member is None else _clip(member)


def _clip(text: str) -> str:
    """At most so many characters, none of them half of a surrogate pair."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= limits.TEXT else text[: limits.TEXT - 1] + "…"


def _clean_fact(value: Fact) -> Fact:
    if isinstance(value, str):
        return _clip(value)
    return [_clip(item) for item in value[: limits.GAPS]] if isinstance(value, list) else value
