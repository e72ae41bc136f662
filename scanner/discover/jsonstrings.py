"""The cells of a notebook with the place of every line of their source in the raw JSON.

The JSON is read by the standard library first, which bounds its form; then its tokens are walked once, so
that each string is known with its place.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.discover.interface import Edit

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_DEEPEST = 200
_SOURCES = ("source", "input")


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of a cell's source; ``raw`` is how the file has it, inside the quotes."""

    text: str
    line: int
    raw: str
    column: int
    """Bytes before it in its line of the raw file."""
    alone: bool
    """Whether it has a JSON string of its own, and so a line that may be split."""
    indent: str = ""

    def edit(self, first: int, last: int, text: str) -> Edit | None:
        """The edit of these characters of the text; a new line in ``text`` becomes a string of its own."""
        start, end = _raw_index(self.raw, first), _raw_index(self.raw, last)
        if start is None or end is None or ("\n" in text and not self.alone):
            return None
        lines = [json.dumps(line, ensure_ascii=False)[1:-1] for line in text.split("\n")]
        return Edit(
            self.line,
            self.column + len(self.raw[:start].encode("utf-8", "surrogatepass")),
            self.line,
            self.column + len(self.raw[:end].encode("utf-8", "surrogatepass")),
            f'\\n",\n{self.indent}"'.join(lines),
        )


def _raw_index(raw: str, characters: int) -> int | None:
    """The place in the escaped string of a place in the text; null behind its end."""
    at = count = 0
    while count < characters:
        if at >= len(raw):
            return None
        match = _ESCAPE.match(raw, at)
        if match is None:
            at += 1
        else:
            if match[0].startswith(("\\ud", "\\uD")):
                return None  # half of a pair: not worth its own arithmetic
            at = match.end()
        count += 1
    return at


def cells(text: str) -> Iterator[tuple[str, Iterator[Piece]]]:
    """Kind (``code``, ``markdown``, …) and lines of each cell, in the order of the file.

    Raises:
        ValueError: the text is no JSON, or not that of a notebook.
    """
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    if not isinstance(value, dict) or not ("cells" in value or "worksheets" in value):
        raise ValueError("it has no cells")
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    for kind, strings in _sources(text):
        yield kind, _pieces(text, starts, strings)


class _Walk:
    """Follows the tokens of the JSON: the keys to where it is, and the strings of the cell's source."""

    def __init__(self) -> None:
        self.path: list[str | None] = []
        self.key: str | None = None
        self.last: str | None = None
        self.kind = ""
        self.strings: list[tuple[int, int]] = []

    def enter(self) -> None:
        """An object or a list begins."""
        if len(self.path) >= _DEEPEST:
            raise ValueError("it is nested too deep")
        self.path.append(self.key)
        if _is_cell(self.path):
            self.kind, self.strings = "", []
        self.key = self.last = None

    def leave(self) -> tuple[str, list[tuple[int, int]]] | None:
        """An object or a list ends; a cell is given back."""
        cell = (self.kind, self.strings) if self.kind and _is_cell(self.path) else None
        if self.path:
            self.path.pop()
        self.key = self.last = None
        return cell

    def string(self, match: re.Match[str]) -> None:
        """A key or a value."""
        self.last = match[0][1:-1]
        inside = (match.start() + 1, match.end() - 1)
        if _is_cell(self.path):
            if self.key == "cell_type":
                self.kind = self.last
            elif self.key in _SOURCES:
                self.strings.append(inside)
        elif self.path and self.path[-1] in _SOURCES and _is_cell(self.path[:-1]):
            self.strings.append(inside)


def _sources(text: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Kind and strings of the source of every cell."""
    walk = _Walk()
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "[{":
            walk.enter()
        elif mark in "]}":
            cell = walk.leave()
            if cell is not None:
                yield cell
        elif mark == ":":
            walk.key = walk.last
        elif mark == ",":
            walk.key = walk.last = None
        elif mark.startswith('"'):
            walk.string(match)


def _is_cell(path: list[str | None]) -> bool:
    """Whether the path leads to an object in the list ``cells`` of the notebook or of a worksheet."""
    return path in ([None, "cells", None], [None, "worksheets", None, "cells", None])


def _pieces(text: str, starts: list[int], strings: list[tuple[int, int]]) -> Iterator[Piece]:
    for start, end in strings:
        row = bisect_right(starts, start)
        line_start = starts[row - 1]
        lead = text[line_start : start - 1]
        raw = text[start:end]
        column = len(text[line_start:start].encode("utf-8", "surrogatepass"))
        parts = _split(raw)
        alone = len(parts) == 1 and not lead.strip()
        for part, offset in parts:
            before = len(raw[:offset].encode("utf-8", "surrogatepass"))
            value = json.loads(f'"{part}"', strict=False)
            yield Piece(value, row, part, column + before, alone, lead if alone else "")


def _split(raw: str) -> list[tuple[str, int]]:
    """The lines of an escaped string with their places, without their line ends."""
    parts: list[tuple[str, int]] = []
    start = 0
    for match in _ESCAPE.finditer(raw):
        if match[0] == "\\n":
            end = match.start()
            cut = end - 2 if raw[start:end].endswith("\\r") else end
            parts.append((raw[start:cut], start))
            start = match.end()
    if start < len(raw) or not parts:
        parts.append((raw[start:], start))
    return parts
