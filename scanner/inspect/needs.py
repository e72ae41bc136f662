"""What a look asks for when bytes are missing: few ranges, all at once, or the whole file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NoReturn

from scanner.inspect import limits
from scanner.inspect.stream import Extent, NotCollected, Stream

WHOLE = "whole"
"""The need of a look that only the whole file can settle."""

Need = list[Extent] | str
"""Extents that were not collected, or :data:`WHOLE`."""


def need_of(missing: NotCollected, size: int) -> Need:
    """What to ask for so that the look at a file of ``size`` bytes comes further.

    The whole file when nothing less will do, or when it costs hardly more: then its digest is checked, too.
    """
    if not missing.exact or size <= limits.RANGES_FROM:
        return WHOLE
    ranges = joined(missing.extents)
    asked = sum(length for _, length in ranges)
    return WHOLE if asked * limits.RANGES_SHARE >= size else ranges


def ask_for_whole() -> NoReturn:
    """Give up on parts of a file.

    Raises:
        NotCollected: always; only the whole file will do.
    """
    raise NotCollected([])


def ask_for_more(stream: Stream, steps: Sequence[int]) -> None:
    """Ask for more of the beginning: as many bytes as the first of ``steps`` that is not here yet.

    Raises:
        NotCollected: unless the stream holds as much as the last step.
    """
    for step in steps:
        stream.require([(0, step)])


def ask_further(stream: Stream, extents: Iterable[Extent]) -> NoReturn:
    """Ask for missing bytes that lead to further ones, wherever they lie.

    Each time some more of the beginning is asked for as well, by which the times are counted.

    Raises:
        NotCollected: always; after a few times only the whole file will do.
    """
    step = next((step for step in limits.FURTHER_STEPS if stream.missing(0, step)), None)
    if step is not None:
        stream.require([(0, step), *extents])
    ask_for_whole()


def joined(extents: Iterable[Extent]) -> list[Extent]:
    """The same bytes in few ranges: sorted, disjoint, and with small gaps between them filled."""
    gap = limits.RANGES_GAP
    ranges = _joined(extents, gap)
    while len(ranges) > limits.RANGES:
        gap *= 2
        ranges = _joined(ranges, gap)
    return ranges


def _joined(extents: Iterable[Extent], gap: int) -> list[Extent]:
    ranges: list[Extent] = []
    for offset, length in sorted(extents):
        if ranges and offset - sum(ranges[-1]) <= gap:
            start, extent = ranges[-1]
            ranges[-1] = (start, max(extent, offset + length - start))
        else:
            ranges.append((offset, length))
    return ranges
