"""A document in pieces that a schema can be held against one by one.

The validator compares each entry of a list with every other one to see that they differ, which takes
minutes for thousands of components. So long lists, at any depth, are shown to it in slices: the first with
the document itself, each further one in a frame of its own that keeps only the plain values of the objects
around it. Whether the entries differ is counted here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SLICE = 100
"""Entries that are shown at once."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document that is valid where the whole is; the place in the whole is kept."""

    document: dict[str, Any]
    path: Path = ()
    """Of the sliced list in the whole; empty for the document itself."""
    start: int = 0
    """The entry of the whole list that the piece's list begins with."""

    def place(self, found: list[str | int]) -> Path:
        """Where an objection to the piece lies in the whole."""
        depth = len(self.path)
        if not depth or len(found) <= depth:
            return (*self.path, *found[depth:]) if depth else tuple(found)
        entry = found[depth]
        number = entry + self.start if isinstance(entry, int) else entry
        return (*self.path, number, *found[depth + 1 :])


def pieces(document: dict[str, Any]) -> Iterator[Piece]:
    """The document cut to short lists, then the rest of each long one."""
    rest: list[tuple[Path, list[dict[str, Any]], list[Any]]] = []
    yield Piece(_cut(document, (), [], rest))
    while rest:
        path, around, entries = rest.pop()
        for start in range(SLICE, len(entries), SLICE):
            shown = [
                _cut(entry, (*path, number), around, rest) if isinstance(entry, dict) else entry
                for number, entry in enumerate(entries[start : start + SLICE], start)
            ]
            yield Piece(_frame(path, around, shown), path, start)


def repetitions(document: Any) -> Iterator[tuple[Path, str]]:
    """Long lists whose entries are not all different, each with the first entry that is there twice."""
    waiting: list[tuple[Path, Any]] = [((), document)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, dict):
            waiting += [((*path, key), value) for key, value in node.items()]
        elif isinstance(node, list):
            waiting += [((*path, number), value) for number, value in enumerate(node)]
            if _is_long(node):
                counted = Counter(json.dumps(entry, sort_keys=True) for entry in node)
                twice = next((entry for entry, count in counted.items() if count > 1), None)
                if twice is not None:
                    yield path, twice


def _cut(
    node: dict[str, Any],
    path: Path,
    around: list[dict[str, Any]],
    rest: list[tuple[Path, list[dict[str, Any]], list[Any]]],
) -> dict[str, Any]:
    """A copy with short lists; the long ones are noted in ``rest``. ``around`` are the objects it lies in."""
    inside = [*around, node]
    copy: dict[str, Any] = {}
    for key, value in node.items():
        here = (*path, key)
        if isinstance(value, dict):
            copy[key] = _cut(value, here, inside, rest)
        elif isinstance(value, list):
            if long := _is_long(value):
                rest.append((here, inside, value))
            copy[key] = [
                _cut(entry, (*here, number), inside, rest) if isinstance(entry, dict) else entry
                for number, entry in enumerate(value[:SLICE] if long else value)
            ]
        else:
            copy[key] = value
    return copy


def _frame(path: Path, around: list[dict[str, Any]], shown: list[Any]) -> dict[str, Any]:
    """``shown`` at its place in objects that have their plain values and nothing else."""
    keys = [part for part in path if isinstance(part, str)]
    value: Any = shown
    for position in range(len(keys) - 1, -1, -1):
        owner = around[position]
        plain = {key: each for key, each in owner.items() if _is_plain(each)}
        value = {**plain, keys[position]: value}
        if position and _in_list(path, position):
            value = [value]
    assert isinstance(value, dict)
    return value


def _is_long(value: list[Any]) -> bool:
    return len(value) > SLICE and any(isinstance(entry, dict) for entry in value)


def _is_plain(value: Any) -> bool:
    """Whether a value is cheap to show again with each slice of its neighbour."""
    if isinstance(value, list):
        return len(value) <= SLICE and not any(isinstance(entry, dict | list) for entry in value)
    return not isinstance(value, dict)


def _in_list(path: Path, position: int) -> bool:
    """Whether the object that holds the key at ``position`` is an entry of a list."""
    count = -1
    for index, part in enumerate(path):
        count += isinstance(part, str)
        if count == position:
            return isinstance(path[index - 1], int)
    return False
