"""The unpickler's memo in bounded memory, and the part of its stack that lies deep.

Numbers are not kept at all. When there are too many other entries the oldest are let go of; a text among them
is read again from the stream when a global's name turns out to come from it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import Any

from scanner.inspect import limits
from scanner.inspect.pickle_values import FORGOTTEN, OPAQUE, SCALARS, Global, Made, Recall

_DTYPE = "dtype"
_FIRST = 4
"""Values at the bottom of a frame that stay what they are: the arguments of a call that matter most."""

_RUNS = 4_096
"""Different things that are remembered of one deep part of the stack."""


class Memo:
    """Which entries there are, and the values of those that may matter."""

    def __init__(self) -> None:
        self.kept: dict[int, Any] = {}
        self.count = 0
        """Every index below it was set; what was set beyond it is in ``sparse``."""
        self.sparse: set[int] = set()
        self.overwritten = False
        self.let_go = False
        self.full = False
        self._counts = array("Q")
        self._places = array("Q")

    def put(self, index: int, value: Any) -> None:
        """Set one entry."""
        if index == self.count:
            self.count += 1
            while self.sparse and self.count in self.sparse:
                self.sparse.discard(self.count)
                self.count += 1
        elif index < self.count or index in self.sparse:
            self.overwritten = True
            self.kept.pop(index, None)
        elif len(self.sparse) < limits.PICKLE_MEMO:
            self.sparse.add(index)
        else:
            self.full = True
        if value.__class__ not in SCALARS:
            self.kept[index] = value

    def memoize(self, value: Any) -> None:
        """Set the entry whose index is the number of entries."""
        if self.sparse:
            self.put(self.count + len(self.sparse), value)
            return
        if value.__class__ not in SCALARS:
            self.kept[self.count] = value
        self.count += 1

    def missing(self, index: int) -> Any:
        """What stands for an entry that is not kept."""
        return Recall(index) if self.let_go else OPAQUE

    def trim(self, position: int) -> None:
        """Note where in the stream the machine is, and let go of the oldest entries if there are too many."""
        self._counts.append(self.count)
        self._places.append(position)
        if len(self.kept) <= limits.PICKLE_MEMO:
            return
        self.let_go = True
        keep = {index: value for index, value in self.kept.items() if _lasts(value)}
        if len(keep) > limits.PICKLE_MEMO // 2:
            keep = {}
        spare = list(self.kept.items())[-(limits.PICKLE_MEMO // 4) :]
        self.kept = {**keep, **dict(spare)}

    def place_of(self, index: int) -> tuple[int, int] | None:
        """A position in the stream before the entry was set, and the number of entries there."""
        if index >= self.count or not self._counts:
            return None
        at = bisect_right(self._counts, index) - 1
        return (self._places[at], self._counts[at]) if at >= 0 else None


def _lasts(value: Any) -> bool:
    """Whether an entry is kept as long as there is room: names, and the array types that joblib repeats."""
    if isinstance(value, Made):
        return isinstance(value.what, Global) and value.what.name == _DTYPE
    return isinstance(value, Global)


class Depths:
    """The deep part of one frame of the stack: runs of equal things."""

    __slots__ = ("_runs",)

    def __init__(self) -> None:
        self._runs: list[list[Any]] = []

    def __len__(self) -> int:
        return sum(count for _, count in self._runs)

    def push(self, values: list[Any], keep: frozenset[str]) -> None:
        """Put values on top; only imports, results of calls, and the texts in ``keep`` stay what they are."""
        for place, value in enumerate(values):
            first = place < _FIRST and len(self._runs) == place
            if not first and (len(self._runs) >= _RUNS or not _stays(value, keep)):
                value = FORGOTTEN
            if self._runs and self._runs[-1][0] is value:
                self._runs[-1][1] += 1
            else:
                self._runs.append([value, 1])

    def pop(self, most: int) -> list[Any]:
        """Take up to ``most`` values from the top, in their order; empty when there are none."""
        taken: list[Any] = []
        while self._runs and len(taken) < most:
            value, count = self._runs[-1]
            part = min(count, most - len(taken))
            taken += [value] * part
            self._runs[-1][1] -= part
            if part == count:
                self._runs.pop()
        return taken[::-1]

    def head(self, most: int) -> list[Any]:
        """The lowest values."""
        found: list[Any] = []
        for value, count in self._runs:
            found += [value] * min(count, most - len(found))
            if len(found) >= most:
                break
        return found


def _stays(value: Any, keep: frozenset[str]) -> bool:
    kind = value.__class__
    return kind is Global or isinstance(value, Made) or (kind is str and value in keep)
