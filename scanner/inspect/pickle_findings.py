"""One pickle: walked and judged, shown to the engines, and its texts and bytes looked into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from scanner.inspect import limits
from scanner.inspect.examination import Examination, Item
from scanner.inspect.interface import Layer, Sighting
from scanner.inspect.opcodes import MEMO_TWICE, Walker
from scanner.inspect.pickle_embedded import ARCHIVE, content_of, decoded
from scanner.inspect.pickle_judge import RUNS, Judge, Ruling
from scanner.inspect.pickle_machine import TOO_DEEP, Blob, Walk
from scanner.inspect.pickle_scalars import STRADDLES
from scanner.inspect.pickle_steps import FRAME_IN_FRAME
from scanner.inspect.pickle_values import Long
from scanner.inspect.readers.reading import READER, REWRITE, SPLIT, Unreadable
from scanner.inspect.stream import Stream, memory, pieces, window

_STOP = b"."
_BAD: Final = ("high", "critical")
_EMBEDDED: Final = "(bytes at "
"""How the member path of an embedded pickle ends; it also tells how deep it lies."""


@dataclass(slots=True)
class _Judged:
    walk: Walk
    judge: Judge
    rulings: list[Ruling] = field(default_factory=list)


def look_at_one(examination: Examination, item: Item, position: int) -> Walk:
    """Walk and judge one pickle and show it to the engines; unless it came to its STOP, that is said."""
    judged = _judge(item.stream, position, limits.PICKLE_OPCODES - examination.opcodes)
    walk = judged.walk
    examination.opcodes += walk.opcodes
    examination.looked = True
    for ruling in judged.rulings:
        examination.sighting(_sighting(ruling, item.member))
    whole = walk.stopped and not walk.limited and not judged.judge.overflow
    known = frozenset(judged.judge.known()) if whole else None
    walked = frozenset(judged.judge.walked())
    for part in _with_nested(walk):
        _show(examination, item, part, known, walked)
    _say_what_is_odd(examination, item, judged)
    _note_facts(examination, judged)
    _look_inside(examination, item, judged)
    return walk


def _judge(stream: Stream, position: int, most: int) -> _Judged:
    def excerpt(value: Long, length: int) -> bytes:
        length = min(length, value.length)
        return b"" if stream.missing(value.offset, length) else stream.at(value.offset, length)

    judge = Judge(excerpt)
    walk = Walker(stream, position, judge).run(most)
    return _Judged(walk, judge, judge.rulings())


def _sighting(ruling: Ruling, member: str | None) -> Sighting:
    return Sighting(
        ruling.rule,
        READER,
        member=member,
        symbol=ruling.symbol,
        arguments=ruling.arguments,
        offset=ruling.offset,
        evidence=ruling.evidence,
        severity=ruling.severity,
    )


def _with_nested(walk: Walk) -> Iterator[Walk]:
    yield walk
    for nested in walk.nested:
        yield from _with_nested(nested)


def _show(
    examination: Examination, item: Item, walk: Walk, known: frozenset[str] | None, walked: frozenset[str]
) -> None:
    """Show the opcodes of one pickle to the engines; a broken one as far as it goes, closed by a STOP.

    Raises:
        NotCollected: the arguments of its opcodes are not all there.
    """
    item.stream.require(walk.pieces)  # the walk steps over long arguments, which engines read
    tail = b"" if walk.stopped else _STOP
    stream = pieces(item.stream, walk.pieces, tail)
    before = len(examination.look.sightings)
    examination.engines(Layer("pickle", stream, stream.size, item.member, walk.opcodes, known, walked))
    offsets = {f"{module}.{name}": offset for (module, name), offset in walk.imports.items()}
    found = examination.look.sightings
    found[before:] = [_placed(sighting, offsets) for sighting in found[before:]]


def _placed(sighting: Sighting, offsets: dict[str, int]) -> Sighting:
    """A sighting with the offset of the first opcode that names its import."""
    if sighting.offset is None and sighting.symbol in offsets:
        return replace(sighting, offset=offsets[sighting.symbol])
    return sighting


_ODD = {MEMO_TWICE: "low", STRADDLES: "high", FRAME_IN_FRAME: "high"}
"""What no pickler writes, where it is worth more or less than the rest of it."""


def _say_what_is_odd(examination: Examination, item: Item, judged: _Judged) -> None:
    walk = judged.walk
    for part in _with_nested(walk):
        for detail, offset in sorted(part.odd.items()):
            _odd(examination, item, detail, offset, _ODD.get(detail, "medium"))
        if part.stopped and not part.tidy:
            _odd(
                examination,
                item,
                "the pickle stops with more than one thing on its stack",
                part.end - 1,
                "medium",
            )
    if walk.limited:
        detail = f"more than {limits.PICKLE_OPCODES:,} opcodes"
        examination.gap(item.member, detail, "budget", SPLIT)
    elif walk.broken:
        detail = f"the pickle at {walk.start} breaks at {walk.end}: {walk.broken}"
        examination.gap(item.member, detail, "unreadable", REWRITE)
        if walk.broken == TOO_DEEP:
            _odd(examination, item, detail, walk.end, "high")
        elif walk.imports:
            _odd(examination, item, detail, walk.end, "medium", "pickle-broken-stream")
    if judged.judge.overflow:
        examination.gap(item.member, f"more than {limits.PICKLE_CALLS:,} different calls", "budget", SPLIT)


def _odd(
    examination: Examination,
    item: Item,
    detail: str,
    offset: int,
    severity: str,
    rule: str = "malformed-model",
) -> None:
    examination.sighting(
        Sighting(
            rule, READER, symbol=detail, member=item.member, offset=offset, evidence=detail, severity=severity
        )
    )


def _note_facts(examination: Examination, judged: _Judged) -> None:
    """What is imported and called, of all pickles of the file together."""
    imports = {f"{m}.{n}" for walk in _with_nested(judged.walk) for m, n in walk.imports}
    for key, more in (("imports", imports), ("calls", judged.judge.calls)):
        known = examination.look.facts.get(key, [])
        assert isinstance(known, list)
        if more - set(known):
            examination.look.facts[key] = sorted(more.union(known))[: limits.PICKLE_FACTS]


# What lies within.


def _look_inside(examination: Examination, item: Item, judged: _Judged) -> None:
    """Look at the texts and bytes that are pickles themselves, to a depth.

    Raises:
        NotCollected: the bytes of one are not all there.
    """
    depth = (item.member or "").count(_EMBEDDED)
    inner = [blob for walk in _with_nested(judged.walk) for blob in walk.blobs]
    if depth >= limits.PICKLE_NESTING:
        if inner or judged.judge.loaded:
            detail = f"pickles within pickles more than {limits.PICKLE_NESTING} deep"
            examination.malformed(item.member, detail, "high")
            examination.gap(item.member, detail, "hostile", REWRITE)
        return
    loaded = {value.offset for value in judged.judge.loaded if isinstance(value, Long)}
    for blob in inner:
        if blob.offset not in loaded:
            _look_at_blob(examination, item, blob)
    for place, value in enumerate(judged.judge.loaded):
        _look_at_loaded(examination, item, value, place)
    if any(walk.more_blobs for walk in _with_nested(judged.walk)):
        examination.gap(
            item.member, f"more than {limits.PICKLE_BLOBS:,} texts that may be pickles", "budget", SPLIT
        )


def _look_at_blob(examination: Examination, item: Item, blob: Blob) -> None:
    if examination.unpacked >= limits.PICKLE_BLOBS_TOTAL:
        raise Unreadable("the texts in its pickles unpack to too much", "budget", SPLIT)
    found = content_of(item.stream, blob)
    if found is None:
        return
    kind, stream = found
    examination.unpacked += stream.size
    member = _path(item, f"{_EMBEDDED}{blob.offset})")
    if kind == ARCHIVE:
        examination.enter(item)
        examination.inspect(stream, "bytes", member, item.depth + 1)
    elif _convinces(examination, stream):
        examination.enter(item)
        _look_as_pickle(examination, Item("pickle", stream, "bytes.pkl", member, item.depth + 1))


def _convinces(examination: Examination, stream: Stream) -> bool:
    """Whether bytes are a pickle beyond chance, or would do harm before they break."""
    probe = _judge(stream, 0, limits.PICKLE_OPCODES - examination.opcodes)
    examination.opcodes += probe.walk.opcodes
    tidy = probe.walk.stopped and probe.walk.tidy
    return (tidy and bool(probe.walk.imports or probe.walk.magic or probe.walk.blobs)) or any(
        ruling.severity in _BAD and ruling.rule == RUNS for ruling in probe.rulings
    )


def _look_as_pickle(examination: Examination, item: Item) -> None:
    if not examination.inspect(item.stream, item.name, item.member, item.depth):
        look_at_one(examination, item, 0)


def _look_at_loaded(examination: Examination, item: Item, value: Any, place: int) -> None:
    """Bytes that torch itself loads: whatever it would make of them."""
    if isinstance(value, Long):
        blob = Blob(value.offset, value.length, text=value.text)
        found = content_of(item.stream, blob)
        stream = found[1] if found else window(item.stream, value.offset, value.length)
        label = f"{_EMBEDDED}{value.offset})"
    else:
        data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        found = decoded(data, text=isinstance(value, str))
        stream = found[1] if found else memory(data)
        label = f"{_EMBEDDED}call {place})"
    examination.enter(item)
    examination.inspect(stream, "bytes.pt", _path(item, label), item.depth + 1)


def _path(item: Item, label: str) -> str:
    return label if item.member is None else f"{item.member} {label}"
