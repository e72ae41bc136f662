"""Which row of the table of loaders a callee's full name fits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from fnmatch import fnmatchcase, translate
from functools import cache

from scanner.discover.callees import ANY, HERE, MADE
from scanner.discover.loader import Loader
from scanner.discover.loaders import PYTHON


@cache
def _rows() -> tuple[Mapping[str, list[Loader]], list[Loader]]:
    """Rows by the last name of the call, and those whose last name is a pattern."""
    exact: dict[str, list[Loader]] = {}
    patterns: list[Loader] = []
    for row in PYTHON.values():
        for name in row.names:
            if "*" in name:
                patterns.append(row)
            else:
                exact.setdefault(name, []).append(row)
    return exact, patterns


def names_in(words: Set[str]) -> frozenset[str]:
    """The last names of the table's calls that are among the words of a source."""
    exact, patterns = _rows()
    names = {
        name
        for name in exact.keys() & words
        for row in exact[name]
        if (_sure(row) or (not words.isdisjoint(row.roots) and _owner_among(row, words)))
        and _keyword_among(row, words)
    }
    forms = _form(
        tuple(row.names for row in patterns if not words.isdisjoint(row.roots) and _keyword_among(row, words))
    )
    return frozenset(names if forms is None else names.union(filter(forms.match, words)))


@cache
def _form(rows: tuple[tuple[str, ...], ...]) -> re.Pattern[str] | None:
    """What the last names of these rows look like."""
    return re.compile("|".join(translate(name) for names in rows for name in names)) if rows else None


def _sure(row: Loader) -> bool:
    return row.evidence == "anywhere" and not row.quiet


def _owner_among(row: Loader, words: Set[str]) -> bool:
    return not row.owners or any("*" in owner or owner in words for owner in row.owners)


def _keyword_among(row: Loader, words: Set[str]) -> bool:
    """Whether what the row takes by keyword only may be given."""
    return row.switch in words or any(
        one.position is not None or not words.isdisjoint(one.names) for one in row.ids
    )


def match(name: str) -> tuple[Loader, bool] | None:
    """The row that fits the full name of a callee, and whether the name's origin is known to be the row's."""
    if name.endswith(MADE):
        return None  # an object is called, not what made it
    parts = name.replace(MADE, "").split(".")
    exact, patterns = _rows()
    rows = exact.get(parts[-1], [])
    for row in rows:
        if _owned(row, parts) and parts[0] in row.roots:
            return row, True
    for row in patterns:
        if (
            parts[0] in row.roots
            and _owned(row, parts)
            and any(fnmatchcase(parts[-1], one) for one in row.names)
        ):
            return row, True
    for row in rows:
        if _owned(row, parts) and _loosely(row, parts):
            return row, False
    return None


def _owned(row: Loader, parts: list[str]) -> bool:
    owners = row.owners
    return not owners or any(fnmatchcase(part, owner) for owner in owners for part in parts[:-1])


def _loosely(row: Loader, parts: list[str]) -> bool:
    """Whether the row fits though the name does not come from one of its packages."""
    if row.evidence == "import":
        return False
    if parts[0] == ANY:
        return True
    if parts[0] == HERE:
        return row.evidence == "anywhere" and len(parts) > 2
    return row.evidence == "anywhere"
