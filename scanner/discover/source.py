"""The text of a Python file as it is: pieces of it, and edits of calls that keep its form."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from scanner.discover.interface import Edit
from scanner.discover.marks import EXPRESSION

_PLAIN_LITERAL = re.compile(rb"""[rRuU]?(?:"[^"\\\n]*"|'[^'\\\n]*')\Z""")


class Original:
    """One source file with ``\\n`` for its line ends; ``newline`` is what they are in the file.

    It is null where no edit could be trusted, as in a text that was put together.
    """

    def __init__(self, text: str, offset: int = 0, newline: str | None = "\n") -> None:
        self._text = text
        self.offset = offset
        self.newline = newline

    @cached_property
    def data(self) -> bytes:
        """The bytes that columns count."""
        return self._text.encode("utf-8", "surrogatepass")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.data.split(b"\n"))]

    def at(self, line: int, column: int) -> int:
        """The byte at a line of the syntax tree, from 1, and a column of bytes."""
        return self._starts[min(line, len(self._starts)) - 1] + column

    def span(self, node: ast.expr) -> tuple[int, int]:
        """The bytes of a node."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self.at(node.lineno, node.col_offset), self.at(end_line, end_column)

    def written(self, node: ast.expr) -> str:
        """The source of a node on one line, cut off where it is long."""
        if not hasattr(node, "lineno"):
            return ast.unparse(node)[:EXPRESSION]
        start, end = self.span(node)
        text = self.data[start : min(end, start + 8 * EXPRESSION)].decode("utf-8", "replace")
        return " ".join(text.split())[:EXPRESSION]

    def edit(self, start: int, end: int, text: str) -> Edit | None:
        """The edit that puts ``text`` for these bytes."""
        if self.newline is None:
            return None
        first, last = bisect_right(self._starts, start), bisect_right(self._starts, end)
        return Edit(
            first + self.offset,
            start - self._starts[first - 1],
            last + self.offset,
            end - self._starts[last - 1],
            text,
        )

    def replaced(self, node: ast.expr, text: str) -> Edit | None:
        """The edit that puts ``text`` in the place of a node."""
        return self.edit(*self.span(node), text)

    def literal(self, node: ast.expr, value: str) -> Edit | None:
        """The edit that makes a string literal, or None, the literal of ``value``, with the quotes it has."""
        start, end = self.span(node)
        quote = "'" if self.data[end - 1 : end] == b"'" else '"'
        return self.edit(start, end, f"{quote}{value}{quote}")

    def appended(self, node: ast.expr, value: str, text: str) -> Edit | None:
        """The edit that puts ``text`` right after ``value`` in a plain string literal that holds it once."""
        start, end = self.span(node)
        raw, wanted = self.data[start:end], value.encode()
        if not _PLAIN_LITERAL.match(raw) or raw.count(wanted) != 1:
            return None
        place = start + raw.index(wanted) + len(wanted)
        return self.edit(place, place, text)

    def with_keyword(self, call: ast.Call, keyword: str, value: str) -> Edit | None:
        """The edit that adds ``keyword=value`` after the last argument, in the form the arguments have."""
        written = f"{keyword}={value}"
        last = self._last_argument(call)
        if last is None or any(isinstance(one, ast.GeneratorExp) for one in call.args):
            return None
        end = self.span(call)[1]
        close, comma = self._tail(last, end - 1)
        place = close if comma is None else comma + 1
        rest = self.data[place : end - 1]
        if b"\n" not in rest:
            return self.edit(place, place, f"{',' if comma is None else ''} {written}")
        line_end = self.data.find(b"\n", place)
        note = self.data[place:line_end].decode("utf-8", "replace")
        indent = self._indent(last)
        before, after = (",", "") if comma is None else ("", ",")
        return self.edit(place, line_end, f"{before}{note}{self.newline}{indent}{written}{after}")

    def _tail(self, at: int, end: int) -> tuple[int, int | None]:
        """Where the last argument is closed, after parentheses around it, and the comma behind it."""
        close = at
        while 0 <= at < end:
            char = self.data[at : at + 1]
            if char == b",":
                return close, at
            if char == b")":
                close = at + 1
            at = self.data.find(b"\n", at, end) if char == b"#" else at + 1
        return close, None

    def _last_argument(self, call: ast.Call) -> int | None:
        parts = [*call.args, *(word.value for word in call.keywords)]
        return max((self.span(part)[1] for part in parts), default=None)

    def _indent(self, at: int) -> str:
        start = self._starts[bisect_right(self._starts, at - 1) - 1]
        line = self.data[start:at]
        return line[: len(line) - len(line.lstrip(b" \t"))].decode()
