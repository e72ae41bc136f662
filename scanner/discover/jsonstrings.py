"""The cells of a notebook with the place of every line of their source in the raw JSON.

The JSON is read by the standard library first, which bounds its form; then its tokens are walked once, so that
each string is known with its place.
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


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of a cell's source: ``start`` and ``end`` are its characters in the raw file, inside the quotes."""

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


def _sources(text: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Kind and strings of the source of every cell: objects two (or four) levels deep in ``cells``."""
    path: list[str | None] = []
    key: str | None = None
    last: str | None = None
    kind, strings = "", []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "[{":
            if len(path) >= _DEEPEST:
                raise ValueError("it is nested too deep")
            path.append(key)
            if token == "{" and path[-1] is None and _is_cell(path):
                kind, strings = "", []
            key = last = None
        elif token in "]}":
            if token == "}" and _is_cell(path) and kind:
                yield kind, strings
                kind, strings = "", []
            if path:
                path.pop()
            key = last = None
        elif token == ":":
            key = last
        elif token == ",":
            key = last = None
        elif token.startswith('"'):
            last = token[1:-1]
            if key == "cell_type" and _is_cell(path):
                kind = last
            elif key in ("source", "input") and _is_cell(path):
                strings.append((match.start() + 1, match.end() - 1))
            elif path and path[-1] in ("source", "input") and _is_cell(path[:-1]):
                strings.append((match.start() + 1, match.end() - 1))


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
