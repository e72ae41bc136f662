"""Which row of the table of keys a key belongs to."""

from __future__ import annotations

from functools import lru_cache

from scanner.discover.keytable import KEYS, Key
from scanner.discover.keywords import ALLOWED_TARGETS, TARGETS

_EXACT: dict[str, Key] = {}
for _row in reversed(KEYS):
    for _name in _row.names:
        _EXACT[_name] = _row
_SUFFIXES = {name: row for name, row in _EXACT.items() if row.suffix}


@lru_cache(maxsize=4096)
def row_of(key: str) -> Key | None:
    """The row of a key in ``snake_case``: by its whole name, else by the longest of its endings."""
    if TARGETS.search(key) and key not in ALLOWED_TARGETS:
        return None
    found = _EXACT.get(key)
    if found is not None:
        return found
    at = key.find("_")
    while at >= 0:
        found = _SUFFIXES.get(key[at + 1 :])
        if found is not None:
            return found
        at = key.find("_", at + 1)
    stripped = key.rstrip("0123456789_")
    return row_of(stripped) if stripped != key and stripped else None
