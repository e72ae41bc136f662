"""Places in a text as GitHub shows it, and lists of mentions put in order.

Only ``\\n`` ends a line: Python's ``splitlines`` and YAML's marks know more line ends than git does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace

from scanner.discover.interface import Edit, Mention
from scanner.discover.keytable import KEYS

EXPRESSION = 200
"""Longest expression that is kept, in characters."""

COMMIT = "{commit}"
"""What stands for the commit in the text of an edit."""

_GENERAL = {
    "address": 3,
    "script-argument": 2,
    "key": 1,
    "flag": 1,
    **dict.fromkeys((row.id for row in KEYS), 1),
}
"""Loaders that know less of a place than another one that names the same repository there."""


class Lines:
    """Line numbers (from 1) and byte columns (from 0) of the characters of one text."""

    def __init__(self, text: str, offset: int = 0) -> None:
        self.text = text
        self.offset = offset
        self.starts = [0]
        at = text.find("\n")
        while at >= 0:
            self.starts.append(at + 1)
            at = text.find("\n", at + 1)

    def line(self, at: int) -> int:
        """The line in which the character ``at`` stands."""
        return bisect_right(self.starts, at) + self.offset

    def start(self, at: int) -> int:
        """Where the line of the character ``at`` begins."""
        return self.starts[bisect_right(self.starts, at) - 1]

    def end(self, at: int) -> int:
        """Where the line of the character ``at`` ends, before its ``\\r\\n`` or ``\\n``."""
        row = bisect_right(self.starts, at)
        end = self.starts[row] - 1 if row < len(self.starts) else len(self.text)
        return end - 1 if end > self.starts[row - 1] and self.text[end - 1] == "\r" else end

    def indent(self, at: int) -> str:
        """The blanks that begin the line of the character ``at``."""
        line = self.text[self.start(at) : self.end(at)]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def column(self, at: int) -> int:
        """How many bytes of UTF-8 stand before the character ``at`` in its line."""
        return len(self.text[self.start(at) : at].encode("utf-8", "surrogatepass"))

    def edit(self, start: int, end: int, text: str) -> Edit:
        """The edit that puts ``text`` for the characters from ``start`` to ``end``."""
        return Edit(self.line(start), self.column(start), self.line(end), self.column(end), text)

    def newline(self) -> str:
        """The line end that this text uses."""
        first = self.text.find("\n")
        return "\r\n" if first > 0 and self.text[first - 1] == "\r" else "\n"


def mention(
    lines: Lines,
    span: tuple[int, int],
    loader: str,
    *,
    call: tuple[int, int] | None = None,
    kind: str = "model",
    repo_id: str | None = None,
    expression: str | None = None,
) -> Mention:
    """A mention of the characters ``span``; ``call`` are those of the command, call or key around it."""
    outer = call or span
    return Mention(
        loader=loader,
        repo_type=kind,  # type: ignore[arg-type]
        line=lines.line(span[0]),
        end_line=lines.line(max(span[0], span[1] - 1)),
        repo_id=repo_id,
        call_line=lines.line(outer[0]),
        call_end_line=lines.line(max(outer[0], outer[1] - 1)),
        expression=(lines.text[span[0] : span[1]] if expression is None else expression)[:EXPRESSION],
    )


def merge(mentions: Iterable[Mention]) -> list[Mention]:
    """Those mentions in the order of the file, each repository once a line, the better informed one kept."""
    best: dict[tuple[object, ...], Mention] = {}
    for one in mentions:
        key = (one.line, one.repo_type, one.repo_id, one.expression if one.repo_id is None else None)
        kept = best.get(key)
        if kept is None:
            best[key] = one
            continue
        first, second = (one, kept) if _rank(one) < _rank(kept) else (kept, one)
        if first.revision is None and second.revision is not None and first.loader != second.loader:
            first = replace(first, revision=second.revision, revision_state=second.revision_state)
        if first.pin is None and second.pin is not None:
            first = replace(first, pin=second.pin)
        best[key] = first
    return sorted(best.values(), key=lambda m: (m.line, m.repo_id or "", m.repo_type, m.loader, m.expression))


def _rank(one: Mention) -> int:
    return _GENERAL.get(one.loader, 0)
