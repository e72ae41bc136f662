"""From an edit of a range to a fix of whole lines, as a suggestion on GitHub needs it."""

from __future__ import annotations

from scanner.discover.interface import Edit
from scanner.domain import Fix
from scanner.evidence import ChangedPath, Evidence

_LARGEST = 1 << 20
_MOST_LINES = 20
_LONGEST = 4_000
"""Characters of a replacement: nobody reads a longer suggestion."""


def fix_of(evidence: Evidence, path: ChangedPath, edit: Edit | None, commit: str | None) -> Fix | None:
    """The lines of ``path`` on head with ``edit`` applied; ``{commit}`` in it becomes ``commit``.

    ``None`` where the file is not here whole, or the edit does not fit it.
    """
    if edit is None or path.new is None or ("{commit}" in edit.text and commit is None):
        return None
    data = evidence.read(path.new.key, _LARGEST)
    if data is None:
        return None
    lines = data.split(b"\n")
    if not (1 <= edit.line <= edit.end_line <= len(lines)) or edit.end_line - edit.line >= _MOST_LINES:
        return None
    before = lines[edit.line - 1][: edit.column]
    last = lines[edit.end_line - 1]
    if edit.column > len(lines[edit.line - 1]) or edit.end_column > len(last):
        return None
    text = edit.text.replace("{commit}", commit or "").encode()
    replaced = (before + text + last[edit.end_column :]).removesuffix(b"\r")
    try:
        replacement = replaced.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if len(replacement) > _LONGEST:
        return None
    return Fix(path=path.path, line=edit.line, end_line=edit.end_line, replacement=replacement)
