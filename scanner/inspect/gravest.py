"""What is kept of too much: a file full of small things must not push out the one that matters."""

from __future__ import annotations

from collections.abc import Callable, MutableSequence
from typing import Final, Generic, TypeVar

from scanner.inspect.interface import Gap, Sighting
from scanner.rules import RULES

_SEVERITIES: Final = ("info", "low", "medium", "high", "critical")
_CAUSES: Final = ("budget", "unreadable", "hostile")

Item = TypeVar("Item")


def gravity(sighting: Sighting) -> int:
    """How grave a sighting is, from 0."""
    return _SEVERITIES.index(sighting.severity or RULES[sighting.rule].severity)


def is_grave(sighting: Sighting) -> bool:
    """Whether it is high or critical, by itself or by its rule."""
    return gravity(sighting) >= _SEVERITIES.index("high")


def weight(gap: Gap) -> int:
    """How much a gap weighs, from 0: that a file is hostile says more than that it is large."""
    return _CAUSES.index(gap.cause) if gap.cause in _CAUSES else 0


class Kept(Generic[Item]):
    """Fills a list up to a number of items; after that a graver one takes the place of the mildest."""

    def __init__(self, items: MutableSequence[Item], most: int, rank: Callable[[Item], int]) -> None:
        self.left_out = 0
        self._items = items
        self._most = most
        self._rank = rank
        self._least = 0
        """No item of a full list ranks lower."""

    def add(self, item: Item) -> None:
        """Keep this item, or the graver ones."""
        if len(self._items) < self._most:
            self._items.append(item)
            return
        self.left_out += 1
        if self._rank(item) <= self._least:
            return
        mildest = min(range(len(self._items)), key=lambda place: self._rank(self._items[place]))
        self._least = self._rank(self._items[mildest])
        if self._rank(item) > self._least:
            self._items[mildest] = item
