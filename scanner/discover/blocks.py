"""A piece of another language inside a text: taken out, searched, and its edits put back where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.discover.interface import Edit, Found
from scanner.discover.marks import Lines


@dataclass(slots=True)
class Block:
    """Lines of a text without what stands before them there."""

    first: int
    """Lines above it in the file."""
    rows: list[str]
    removed: list[int]
    """Bytes that were taken away at the start of each line."""

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    def restore(self, found: Found) -> Found:
        """Give the edits of ``found`` the columns that they have in the file."""
        for one in found.mentions:
            self._shift(one.pin)
        for load in found.unsafe:
            self._shift(load.fix)
        return found

    def _shift(self, edit: Edit | None) -> None:
        if edit is None or not self.removed:
            return
        last = len(self.removed) - 1
        edit.column += self.removed[min(last, max(0, edit.line - 1 - self.first))]
        edit.end_column += self.removed[min(last, max(0, edit.end_line - 1 - self.first))]


def size(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def cut(lines: Lines, start: int, end: int) -> Block:
    """The characters from ``start`` to ``end``, without the blanks that begin every line of them."""
    rows = lines.text[start:end].split("\n")
    before = lines.column(start)
    whole = not lines.text[lines.start(start) : start].strip()
    if whole and before:
        rows[0] = lines.text[lines.start(start) : start] + rows[0]
        before = 0
    filled = [row for row in (rows if whole else rows[1:]) if row.strip()]
    depth = min((len(row) - len(row.lstrip(" \t")) for row in filled), default=0)
    block = Block(lines.line(start) - 1, [], [])
    for number, row in enumerate(rows):
        lead = row[:depth] if number or whole else ""
        kept = row[depth:] if row[:depth].strip() == "" and lead else row
        block.rows.append(kept)
        block.removed.append(size(row) - size(kept) + (before if number == 0 else 0))
    return block


def search(lines: Lines, start: int, end: int, path: str, language: str, quote: str = "") -> Found:
    """What the piece names. One with escaped quotes is read without the escapes, and gets no edits.

    ``quote`` is the mark that is around it in the file: an edit must not hold it.
    """
    from scanner.discover import languages

    block = cut(lines, start, end)
    escaped = language == "python" and '\\"' in block.text
    text = block.text.replace('\\"', '"') if escaped else block.text
    found = block.restore(languages.find(text, path, language, block.first))
    for one in found.mentions:
        one.pin = _within(one.pin, quote, escaped)
    for load in found.unsafe:
        load.fix = _within(load.fix, quote, escaped)
    return found


def _within(edit: Edit | None, quote: str, escaped: bool) -> Edit | None:
    if edit is None or escaped:
        return None
    if quote and quote in edit.text:
        edit.text = edit.text.replace(quote, "'" if quote == '"' else '"')
    return edit
