"""What counts as saying something, as saying that it is not known, and as silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.domain import FieldState

UNKNOWN = "modelward:unknown"
"""Property: the id of a data field that nobody states."""

_UNKNOWN_WORDS = frozenset({"unknown", "noassertion", "not stated", "none stated", "unspecified"})


def said(value: Any) -> FieldState:
    """``present`` for a value that says something, ``unknown`` for one that says so, else ``absent``."""
    if isinstance(value, str):
        word = value.strip().lower()
        return "absent" if not word else "unknown" if word in _UNKNOWN_WORDS else "present"
    if isinstance(value, list):
        return best(said(each) for each in value)
    if isinstance(value, dict):
        return best(said(each) for each in value.values())
    return "absent" if value is None else "present"


def best(states: Iterator[FieldState]) -> FieldState:
    """The most that any of several places says."""
    found = set(states)
    return "present" if "present" in found else "unknown" if "unknown" in found else "absent"
