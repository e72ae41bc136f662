"""What the tests of the finders have in common: mentions as short tuples, and edits applied."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.discover.interface import Edit, Mention

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def ids(mentions: Iterable[Mention]) -> list[tuple[int, str | None]]:
    """Line and id of each."""
    return [(one.line, one.repo_id) for one in mentions]


def only(mentions: Iterable[Mention], repo_id: str) -> Mention:
    """The one mention of that id."""
    found = [one for one in mentions if one.repo_id == repo_id]
    assert len(found) == 1, found
    return found[0]


def applied(text: str, edit: Edit | None) -> str:
    """``text`` after the edit, with a commit put in."""
    assert edit is not None
    rows = text.encode().split(b"\n")
    head = b"\n".join([*rows[: edit.line - 1], rows[edit.line - 1][: edit.column]])
    tail = b"\n".join([rows[edit.end_line - 1][edit.end_column :], *rows[edit.end_line :]])
    return (head + edit.text.replace("{commit}", COMMIT).encode() + tail).decode()
