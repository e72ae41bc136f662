"""Pickles: one or several in a row, legacy torch checkpoints, joblib's arrays between the opcodes.

Each pickle is walked first (counted, split, checked) and then shown to the engines by itself, without the raw
arrays that joblib puts in the middle, and only up to the point where the unpickler would stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.inspect import limits
from scanner.inspect.examination import Examination, Item
from scanner.inspect.interface import Layer, Sighting
from scanner.inspect.needs import ask_for_more, ask_for_whole
from scanner.inspect.opcodes import Walker
from scanner.inspect.pickle_machine import Walk
from scanner.inspect.readers.reading import SPLIT
from scanner.inspect.stream import NotCollected, Stream, pieces

_STOP = b"."
_TORCH_LEGACY_PICKLES = 5
_TORCH_LEGACY_VERSION = b"M\xe9\x03."
"""The end of the second pickle: the number 1001."""
_PADDING = 16
"""So many blanks behind a pickle are not worth a word."""
_REWRITE = "Write the file again, or remove it."


def look_at_pickles(examination: Examination, item: Item, base: int = 0) -> str | None:
    """Look at every pickle from ``base`` to the end of the stream; what is none there is said."""
    position, count = base, 0
    turned_out = None
    size = item.stream.size
    while position < size:
        if count and not _starts_a_pickle(item, position):
            if size - position <= _PADDING and not item.stream.at(position, _PADDING).strip(b"\0\r\n "):
                break
            detail = f"{size - position} bytes behind the last pickle are no pickle"
            examination.malformed(item.member, detail, "low")
            examination.gap(item.member, detail, "hostile", _REWRITE)
            break
        if count >= limits.PICKLE_STREAMS:
            examination.gap(
                item.member, f"more than {limits.PICKLE_STREAMS:,} pickles in a row", "budget", SPLIT
            )
            break
        walk = _look_at_one(examination, item, position)
        turned_out = "joblib" if walk.joblib else turned_out
        if not walk.stopped:
            break
        count += 1
        position = walk.end
    return turned_out


def look_at_legacy_torch(examination: Examination, item: Item) -> None:
    """Look at the five pickles that ``torch.save`` wrote before 1.6; raw tensors follow them.

    Raises:
        NotCollected: the pickles are longer than what is here, or what follows them is not what they declare
            and only the whole file can tell.
    """
    try:
        walks = _five_pickles(examination, item)
    except NotCollected:
        ask_for_more(item.stream, limits.LEGACY_STEPS)
        raise
    if not item.stream.whole and not _explains(walks, item.stream):
        ask_for_whole()


def _five_pickles(examination: Examination, item: Item) -> list[Walk]:
    """Walk the pickles, up to the first that does not come to its end."""
    walks: list[Walk] = []
    position = 0
    while len(walks) < _TORCH_LEGACY_PICKLES:
        if position >= item.stream.size:
            detail = f"the file ends after {len(walks)} of {_TORCH_LEGACY_PICKLES} pickles"
            examination.gap(item.member, detail, "unreadable", _REWRITE)
            break
        walks.append(_look_at_one(examination, item, position))
        if not walks[-1].stopped:
            break
        position = walks[-1].end
    return walks


def _explains(walks: list[Walk], stream: Stream) -> bool:
    """Whether the file is the five pickles of torch's writer and the storages that they declare."""
    if len(walks) < _TORCH_LEGACY_PICKLES or not all(walk.stopped and walk.tidy for walk in walks):
        return False
    version, model = walks[1], walks[3]
    if (
        stream.at(version.end - len(_TORCH_LEGACY_VERSION), len(_TORCH_LEGACY_VERSION))
        != _TORCH_LEGACY_VERSION
    ):
        return False
    others = sum(walk.storages.length for walk in walks if walk is not model)
    known = all(walk.storages.known for walk in walks)
    return known and not others and walks[-1].end + model.storages.length == stream.size


def _look_at_one(examination: Examination, item: Item, position: int) -> Walk:
    """Walk one pickle and show it to the engines; unless it came to its STOP, what is missing is said."""
    walk = Walker(item.stream, position).run(limits.PICKLE_OPCODES - examination.opcodes)
    examination.opcodes += walk.opcodes
    examination.looked = True
    for part in _with_nested(walk):
        _show(examination, item, part)
    if walk.limited:
        detail = f"more than {limits.PICKLE_OPCODES:,} opcodes"
        examination.gap(item.member, detail, "budget", SPLIT)
    elif walk.broken:
        detail = f"the pickle at {position} breaks at {walk.end}: {walk.broken}"
        examination.gap(item.member, detail, "unreadable", _REWRITE)
    return walk


def _with_nested(walk: Walk) -> Iterator[Walk]:
    yield walk
    for nested in walk.nested:
        yield from _with_nested(nested)


def _show(examination: Examination, item: Item, walk: Walk) -> None:
    """Show the opcodes of one pickle to the engines; a broken one as far as it goes, closed by a STOP.

    Raises:
        NotCollected: the arguments of its opcodes are not all there.
    """
    if walk.limited and not walk.imports:
        return
    item.stream.require(walk.pieces)  # the walk steps over long arguments, which engines read
    tail = b"" if walk.stopped else _STOP
    stream = pieces(item.stream, walk.pieces, tail)
    before = len(examination.look.sightings)
    examination.engines(Layer("pickle", stream, stream.size, item.member))
    offsets = {f"{module}.{name}": offset for (module, name), offset in walk.imports.items()}
    found = examination.look.sightings
    found[before:] = [_placed(sighting, offsets) for sighting in found[before:]]


def _placed(sighting: Sighting, offsets: dict[str, int]) -> Sighting:
    """A sighting with the offset of the first opcode that names its import."""
    if sighting.offset is None and sighting.symbol in offsets:
        return replace(sighting, offset=offsets[sighting.symbol])
    return sighting


def _starts_a_pickle(item: Item, position: int) -> bool:
    """Whether at least two opcodes stand at ``position``; one byte alone says nothing."""
    probe = Walker(item.stream, position).run(3)
    return probe.stopped or (probe.limited and probe.opcodes >= 2)
