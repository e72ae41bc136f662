"""References in Jupyter notebooks: all code cells as one module, shell lines as shell; lines of the raw file.

Formats 3 and 4 of nbformat. What a cell put out is not searched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scanner.discover import jsonstrings, python, shell
from scanner.discover.addresses import find_addresses
from scanner.discover.interface import Edit, Found, Mention
from scanner.discover.jsonstrings import Piece

LONGEST = 200_000
"""Lines of all cells together that are searched."""

_SHELL_CELL = re.compile(r"%%(?:bash|sh|script|system|!)")
_OTHER_CELL = re.compile(r"%%(?!time|timeit|capture|memit|prun|debug|python3?\b)[A-Za-z]")
_SHELL_LINE = re.compile(r"^(?P<lead>\s*(?:\w+\s*=\s*)?)(?:!{1,2}|%(?:pip|conda|sh|system|env)\b)")
_MAGIC = re.compile(r"^\s*(?:%|\?|.*\?\s*$)")


@dataclass(slots=True)
class _Text:
    """A text that was put together from lines of cells, each with the place it comes from."""

    lines: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    """Where the cells begin in ``lines``."""

    def add(self, line: str, piece: Piece) -> None:
        self.lines.append(line)
        self.pieces.append(piece)

    def without_bad_cells(self) -> list[int]:
        """Blank the cells that do not parse, if any; where they begin in the raw file."""
        if not python.names_in("\n".join(self.lines)) or _parses(self.lines):
            return []
        bad: list[int] = []
        for start, end in zip(self.starts, [*self.starts[1:], len(self.lines)], strict=True):
            if not _parses(self.lines[start:end]):
                bad.append(self.pieces[start].line)
                self.lines[start:end] = [""] * (end - start)
        return bad

    def find(self, search: Callable[[str], Found]) -> Found:
        found = search("\n".join(self.lines) + "\n")
        for mention in found.mentions:
            mention.pin = self._edit(mention.pin)
            self._move(mention)
        for load in found.unsafe:
            load.fix = self._edit(load.fix)
            load.line, load.end_line = self._line(load.line), self._line(load.end_line)
        return found

    def _move(self, mention: Mention) -> None:
        mention.line, mention.end_line = self._line(mention.line), self._line(mention.end_line)
        mention.call_line = self._line(mention.call_line)
        mention.call_end_line = self._line(mention.call_end_line)

    def _line(self, line: int) -> int:
        return self.pieces[min(max(line, 1), len(self.pieces)) - 1].line if self.pieces else 1

    def _edit(self, edit: Edit | None) -> Edit | None:
        """The edit in the raw file; null where JSON could not hold it line by line."""
        if edit is None or not 0 < edit.line <= len(self.pieces) or edit.line != edit.end_line:
            return None
        piece, line = self.pieces[edit.line - 1], self.lines[edit.line - 1]
        first, last = (_characters(line, column) for column in (edit.column, edit.end_column))
        return piece.edit(first, last, edit.text)


def _parses(lines: list[str]) -> bool:
    try:
        python.parse("\n".join(lines) + "\n")
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        return False
    return True


def _characters(line: str, column: int) -> int:
    return len(line.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))


def find(text: str, path: str) -> Found:
    """What the code, the shell lines and the addresses of a notebook name; no JSON is a gap."""
    code, commands, prose = _Text(), _Text(), _Text()
    try:
        for kind, pieces in jsonstrings.cells(text):
            if len(code.lines) + len(prose.lines) > LONGEST:
                break
            _sort(kind, list(pieces), code, commands, prose)
    except ValueError as error:
        return Found(gaps=[f"{path}: no notebook that can be read ({error}); only addresses were searched"])
    bad = code.without_bad_cells()
    found = code.find(lambda source: python.find(source, path))
    if bad:
        lines = ", ".join(map(str, bad[:10]))
        found.gaps.append(f"{path}: the cells at lines {lines} do not parse as Python 3; review them by hand")
    for other in (commands.find(lambda source: shell.find(source, path)), prose.find(_addresses)):
        found.mentions += other.mentions
        found.lack_as(other)
    found.mentions.sort(key=lambda one: (one.line, one.call_line, one.repo_id or "", one.loader))
    return found


def _addresses(source: str) -> Found:
    return Found(mentions=find_addresses(source))


def _sort(kind: str, pieces: list[Piece], code: _Text, commands: _Text, prose: _Text) -> None:
    """Put the lines of one cell where they are searched; what is no Python leaves a blank."""
    if kind != "code":
        for piece in pieces:
            prose.add(piece.text, piece)
        return
    head = next((piece.text for piece in pieces if piece.text.strip()), "")
    if _SHELL_CELL.match(head):
        for piece in pieces[1:]:
            commands.add(piece.text, piece)
        commands.add("", pieces[-1])
        return
    if _OTHER_CELL.match(head):
        return
    if pieces:
        code.starts.append(len(code.lines))
    for piece, line, shelled in _lines(pieces):
        if shelled:
            commands.add(line, piece)
            prose.add(piece.text, piece)
            indent = piece.text[: len(piece.text) - len(piece.text.lstrip())]
            code.add(f"{indent}pass", piece)
        else:
            code.add(line, piece)
            prose.add(line, piece)


def _lines(pieces: list[Piece]) -> Iterator[tuple[Piece, str, bool]]:
    """The lines of a code cell; true for those of the shell, whose mark is a blank so that columns stay."""
    goes_on = False
    for piece in pieces:
        text = piece.text
        shelled = _SHELL_LINE.match(text)
        if goes_on or shelled:
            goes_on = text.rstrip().endswith("\\")
            mark = shelled.end() - len(shelled["lead"]) if shelled else 0
            lead = len(shelled["lead"]) if shelled else 0
            keep = (
                text[lead + mark :]
                if shelled and text[lead] == "!"
                else text[lead + 1 :]
                if shelled
                else text
            )
            yield piece, " " * (len(text) - len(keep)) + keep, True
        elif _MAGIC.match(text) and not re.match(r"\s*%\s", text):
            indent = text[: len(text) - len(text.lstrip())]
            yield piece, f"{indent}pass", False
        else:
            yield piece, text, False
