"""Pickles: one or several in a row, legacy torch checkpoints, joblib's arrays between the opcodes.

Each pickle is walked first (counted, split, judged) and then shown to the engines by itself, without the raw
arrays that joblib puts in the middle, and only up to the point where the unpickler would stop.
"""

from __future__ import annotations

from scanner.inspect import limits
from scanner.inspect.examination import Examination, Item
from scanner.inspect.needs import ask_for_more, ask_for_whole
from scanner.inspect.opcodes import Walker
from scanner.inspect.pickle_findings import look_at_one
from scanner.inspect.pickle_machine import Walk
from scanner.inspect.readers.reading import SPLIT
from scanner.inspect.strays import look_at_stray
from scanner.inspect.stream import NotCollected, Stream, window

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
            rest = window(item.stream, position, size - position)
            title = look_at_stray(examination, item, rest, f"bytes at {position}")
            what = f"hold {title}" if title else "are no pickle"
            detail = f"{rest.size} bytes behind the last pickle {what}"
            severity = "high" if title else "low"
            examination.malformed(item.member, detail, severity, offset=position)
            examination.gap(item.member, detail, "hostile", _REWRITE)
            break
        if count >= limits.PICKLE_STREAMS:
            examination.gap(
                item.member, f"more than {limits.PICKLE_STREAMS:,} pickles in a row", "budget", SPLIT
            )
            break
        walk = look_at_one(examination, item, position)
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
    _look_behind_storages(examination, item, walks)


def _look_behind_storages(examination: Examination, item: Item, walks: list[Walk]) -> None:
    """Look at what stands behind the storages; where their length is not known, behind the pickles."""
    if len(walks) < _TORCH_LEGACY_PICKLES or not all(walk.stopped for walk in walks):
        return
    known = all(walk.storages.known for walk in walks)
    end = walks[-1].end + (sum(walk.storages.length for walk in walks) if known else 0)
    if not walks[-1].end <= end < item.stream.size:
        return
    rest = window(item.stream, end, item.stream.size - end)
    title = look_at_stray(examination, item, rest, f"bytes at {end}")
    if title or known:
        what = f", {title}," if title else ""
        detail = f"{rest.size} bytes{what} stand behind the storages, where torch.load does not look"
        examination.malformed(item.member, detail, "high" if title else "low", offset=end)


def _five_pickles(examination: Examination, item: Item) -> list[Walk]:
    """Walk the pickles, up to the first that does not come to its end."""
    walks: list[Walk] = []
    position = 0
    while len(walks) < _TORCH_LEGACY_PICKLES:
        if position >= item.stream.size:
            detail = f"the file ends after {len(walks)} of {_TORCH_LEGACY_PICKLES} pickles"
            examination.gap(item.member, detail, "unreadable", _REWRITE)
            break
        walks.append(look_at_one(examination, item, position))
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


def _starts_a_pickle(item: Item, position: int) -> bool:
    """Whether at least two opcodes stand at ``position``; one byte alone says nothing."""
    probe = Walker(item.stream, position).run(3)
    return probe.stopped or (probe.limited and probe.opcodes >= 2)
