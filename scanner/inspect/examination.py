"""One look in progress: what was seen so far, what it cost, and the way into each further layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from scanner.inspect import limits
from scanner.inspect.engines import engines_for
from scanner.inspect.formats import FORMATS
from scanner.inspect.gravest import Kept, gravity, weight
from scanner.inspect.interface import Facts, Gap, Layer, Look, Sighting
from scanner.inspect.parts import Parts
from scanner.inspect.readers.executables import PROGRAM_BYTES, kind_of_program
from scanner.inspect.readers.reading import READER, REVIEW, SPLIT, Reading, Unreadable
from scanner.inspect.recognise import recognise
from scanner.inspect.recognise_models import PROGRAM, severity_of_program
from scanner.inspect.stream import NotCollected, Stream, memory
from scanner.inspect.witnesses import Known, reconciled

Fact = str | int | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One stream to look at: the file itself, or something in it. ``depth`` counts the archives around it."""

    format: str
    stream: Stream
    name: str
    member: str | None = None
    depth: int = 0


CONTAINERS = frozenset({"zip", "tar", "7z", "gzip", "bzip2", "xz", "lzma", "zlib", "lz4", "zstd"})
"""Wrappers that are no model by themselves; what is in them decides."""
_BY_DESIGN = frozenset({("tflite", "zip")})
"""Two formats in one file that a known writer makes: a TensorFlow Lite model with its label files."""
PROGRAM_RULE = "executable-in-model"
_NO_MODELS = CONTAINERS | {"empty", "executable"}

READERS = {
    "tar": "torch.load tries tar first",
    "zip": "zipfile goes by the end of the file, torch.load and numpy.load by its beginning",
    "pickle": "pickle.load starts at the first byte",
    "joblib": "joblib.load starts at the first byte",
    "torch-legacy": "torch.load reads the five pickles at the beginning",
    "npy": "numpy.load goes by the first bytes",
    "hdf5": "h5py looks for its mark at several places",
    "safetensors": "safetensors reads the header at the beginning",
    "gguf": "llama.cpp reads the header at the beginning",
}
"""How the loader of a format finds it: the reason why one file can be two."""

Handler = Callable[["Examination", Item], "str | None"]
"""Looks at one item; may return the id of the format that it turned out to be."""


class Examination:
    """Collects sightings and gaps of one file and keeps count of what is spent on it."""

    def __init__(self, handlers: Mapping[str, Handler], role: str = "") -> None:
        self.look = Look()
        self.expanded = 0
        self.members = 0
        self.opcodes = 0
        self.unpacked = 0
        """Bytes that the texts within pickles unpacked to."""
        self.looked = False
        self.models = 0
        """Streams recognised so far that are more than wrappers."""
        self._handlers = handlers
        self._role = role
        self._sightings = Kept(self.look.sightings, limits.SIGHTINGS, gravity)
        self._gaps = Kept(self.look.gaps, limits.GAPS, weight)
        self._open: set[str | None] = set()
        """Members with a gap, listed or not."""
        self._seen: set[tuple[str | None, ...]] = set()
        self._parts = Parts()
        self._known = Known()

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
        formats = [found for found in formats if found != PROGRAM or self.program(stream, name, depth)[1]]
        if not formats or (formats == ["unknown"] and depth and name.lower().endswith(".bin")):
            return None
        self.models += any(found not in _NO_MODELS for found in formats)
        turned_out = [self.handle(Item(found, stream, name, member, depth)) for found in formats]
        if len(formats) > 1 and self.models and tuple(formats) not in _BY_DESIGN:
            titles = " and as ".join(FORMATS[found].title for found in turned_out)
            readers = "; ".join(READERS[found] for found in formats if found in READERS)
            self.malformed(member, f"it reads as {titles}", "high", f": {readers}" if readers else "")
        return turned_out[0]

    def program(self, stream: Stream, name: str, depth: int) -> tuple[str, str]:
        """Which program a stream is, and how bad that is here; no word of it if the latter is empty."""
        kind = kind_of_program(stream.at(0, min(stream.size, PROGRAM_BYTES)), stream.size, name)
        return (kind, severity_of_program(kind, name, depth, self._role)) if kind else ("", "")

    def handle(self, item: Item) -> str:
        """Look at an item as its format; returns what it turned out to be. What cannot be read is a gap."""
        part = self._parts.met(item.member, item.format, item.stream.size)
        handler = self._handlers.get(item.format)
        if handler is None:
            self.unread(item)
            return item.format
        try:
            part.format = handler(self, item) or item.format
            return part.format
        except Unreadable as error:
            if item.format in CONTAINERS or item.format == "npy":
                self.refuse(item.member, error)
            else:
                self.gap(item.member, str(error), error.cause, error.action)
        except (NotCollected, MemoryError):
            raise
        except RecursionError:
            self.gap(item.member, f"{FORMATS[item.format].title} is nested too deeply to be read", "hostile")
        except Exception as error:
            kind = type(error).__name__
            self.gap(item.member, f"{FORMATS[item.format].title} cannot be read ({kind})")
        return item.format

    def refuse(self, member: str | None, error: Unreadable) -> None:
        """Say that something packed was not read; what no writer makes is a finding as well."""
        if error.cause == "hostile":
            self.malformed(member, str(error), "high")
        self.gap(member, str(error), error.cause, error.action)

    def unread(self, item: Item) -> None:
        """Say that nobody looks at this format yet."""
        if item.format == "unknown":
            self.gap(item.member, "the content is none of the formats that are read")
        else:
            self.gap(item.member, f"no engine reads {FORMATS[item.format].title} yet")

    def engines(self, layer: Layer) -> None:
        """Show a layer to every engine for its format; what one does not cover is a gap.

        Unless our own machine read the layer to its end: then the engines are witnesses, and nothing is
        missing without them.
        """
        judged = layer.known is not None
        if layer.opcodes is not None:
            self._looked_at(layer.member, READER)
        if layer.format == "pickle":
            self._known.note(layer.member, layer.known, layer.walked)
            if layer.size > limits.WITNESS_BYTES or (layer.opcodes or 0) > limits.WITNESS_OPCODES:
                if not judged:
                    self.gap(layer.member, "it is too large to be shown to the engines", "budget", SPLIT)
                return
        for engine in engines_for(layer.format):
            result = engine.look(layer)
            self.looked |= result.covered
            if result.covered or result.sightings:
                self._looked_at(layer.member, engine.name)
            for sighting in result.sightings:
                self.sighting(replace(sighting, member=layer.member))
            if judged:
                continue
            for gap in result.gaps:
                self.gap(layer.member, gap.detail, gap.cause, gap.action)
            if not result.covered and not result.gaps:
                self.gap(layer.member, f"{engine.name} did not look at it")

    def reading(self, member: str | None, reading: Reading, facts: bool = False) -> None:
        """Take over what a reader saw; ``facts`` only of the file itself."""
        self.looked = True
        self._looked_at(member, READER)
        for sighting in reading.sightings:
            self.sighting(replace(sighting, member=member))
        for gap in reading.gaps:
            self.gap(member, gap.detail, gap.cause, gap.action)
        if facts:
            self.look.facts.update(reading.facts)

    def read_by(self, read: Callable[[Stream], Reading], item: Item) -> None:
        """Look at an item with a reader; where no writer makes what it cannot read, that is a finding, too.

        Raises:
            Unreadable: what the reader raises.
        """
        try:
            self.read(item, read(item.stream))
        except Unreadable as error:
            if error.cause == "hostile":
                self.malformed(item.member, str(error), "high")
            raise

    def read(self, item: Item, reading: Reading) -> None:
        """Take over what a reader saw in an item, and look at the files that it found in texts."""
        self.reading(item.member, reading, facts=item.member is None)
        for label, data in reading.embedded:
            self.enter(item)
            path = label if item.member is None else f"{item.member}!{label}"
            self.inspect(memory(data), label, path, item.depth + 1)

    def _looked_at(self, member: str | None, engine: str) -> None:
        self._parts.looked_at(member, engine)
        if engine not in self.look.engines:
            self.look.engines.append(engine)

    def malformed(
        self,
        member: str | None,
        detail: str,
        severity: str | None = None,
        more: str = "",
        offset: int | None = None,
    ) -> None:
        """Note a layout that no writer makes, and where if one place of the member is the matter.

        ``more`` is for the reader, no part of its identity.
        """
        self.sighting(
            Sighting(
                "malformed-model",
                READER,
                symbol=detail,
                member=member,
                offset=offset,
                evidence=detail + more,
                severity=severity,
            )
        )

    def sighting(self, sighting: Sighting) -> None:
        """Keep a sighting; of too many the gravest."""
        key = (sighting.rule, sighting.engine, sighting.member, sighting.symbol, sighting.arguments)
        if key not in self._seen:
            self._seen.add(key)
            self._sightings.add(sighting)

    def gap(self, member: str | None, detail: str, cause: str = "unreadable", action: str = REVIEW) -> None:
        """Keep a gap; of too many those that weigh most."""
        found = Gap(cause, detail, action, member)
        self._open.add(member)
        if found not in self.look.gaps:
            self._gaps.add(found)

    def _say_what_is_left_out(self) -> None:
        for kept, what, than in (
            (self._sightings, "findings in one file are not listed", "none is graver"),
            (self._gaps, "reasons why it was not read in full are not listed", "none weighs more"),
        ):
            if kept.left_out:
                detail = f"{kept.left_out:,} further {what}; {than} than those that are"
                self.look.gaps.append(Gap("budget", detail, REVIEW))

    def enter(self, item: Item) -> None:
        """Count one member of an archive.

        Raises:
            Unreadable: there are too many, or archives are nested too deeply.
        """
        self.members += 1
        if self.members > limits.CONTAINER_MEMBERS:
            detail = f"more than {limits.CONTAINER_MEMBERS:,} members"
            self.malformed(None, detail, "low")
            raise Unreadable(detail, "budget", SPLIT)
        if item.depth >= limits.CONTAINER_DEPTH:
            raise Unreadable(f"archives nested more than {limits.CONTAINER_DEPTH} deep", "hostile")

    def finish(self, format_id: str | None, bytes_read: int, whole: bool) -> Look:
        """The look, in a fixed order and with every text clipped and printable.

        Unless the file is here ``whole``, nobody can claim more than its structure.
        """
        self._say_what_is_left_out()
        look = self.look
        look.format = format_id
        look.bytes_read = bytes_read
        if not look.gaps and whole:
            look.coverage = "full"
        else:
            look.coverage = "structural" if self.looked or not look.gaps else "none"
        look.engines.sort()
        sightings = reconciled(look.sightings, self._known)
        look.sightings = sorted(map(_clean_sighting, sightings), key=_order)
        look.parts = [
            replace(part, member=_clip_member(part.member))
            for part in self._parts.judged(self._open, CONTAINERS)
        ]
        look.part_count = self._parts.count
        look.gaps = [
            replace(gap, detail=_clip(gap.detail), member=_clip_member(gap.member)) for gap in look.gaps
        ]
        look.facts = dict(_clean_facts(look.facts))
        return look


def _order(sighting: Sighting) -> tuple[str, int, str, str, str]:
    offset = -1 if sighting.offset is None else sighting.offset
    return sighting.member or "", offset, sighting.rule, sighting.symbol or "", sighting.engine


def _clean_sighting(sighting: Sighting) -> Sighting:
    return replace(
        sighting,
        symbol=None if sighting.symbol is None else _clip(sighting.symbol),
        arguments=None if sighting.arguments is None else _clip(sighting.arguments),
        member=_clip_member(sighting.member),
        evidence=_clip(sighting.evidence),
    )


def _clip_member(member: str | None) -> str | None:
    return None if member is None else _clip(member)


def _clip(text: str) -> str:
    """At most so many characters, none of them half of a surrogate pair or of a credential."""
    from scanner.inspect.secrets import without_secrets

    text = without_secrets(text[: limits.TEXT * 20])
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= limits.TEXT else text[: limits.TEXT - 1] + "…"


def _clean_facts(facts: Facts) -> Iterator[tuple[str, Fact]]:
    """The facts in order; beside a list that is too long, how many of it are left out."""
    for key, value in sorted(facts.items()):
        yield key, _clean_fact(value)
        if isinstance(value, list) and len(value) > limits.FACT_ITEMS:
            yield f"{key}_left_out", len(value) - limits.FACT_ITEMS


def _clean_fact(value: Fact) -> Fact:
    if isinstance(value, str):
        return _clip(value)
    return [_clip(item) for item in value[: limits.FACT_ITEMS]] if isinstance(value, list) else value
