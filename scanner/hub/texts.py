"""Text that strangers wrote, made printable and short, and the forms of names that the Hub gives out."""

from __future__ import annotations

import re

TEXT = 300
"""Characters of a text that are kept, unless said otherwise."""

_MOST_PROBLEMS = 20
_PROBLEM = 200

REPO_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9._-]{1,96})?")
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
"""A point in time as the Hub writes it."""


def clean(text: str, limit: int = TEXT) -> str:
    """At most ``limit`` characters on one line; each that cannot be printed is replaced by U+FFFD."""
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    if kept.isprintable():
        return kept
    return "".join(char if char.isprintable() else "\ufffd" for char in kept)


class Problems:
    """What is wrong with the documents, each told once; only the first are kept."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def tell(self, text: str) -> None:
        """Note it, if there is room."""
        problem = clean(text, _PROBLEM)
        if len(self.told) < _MOST_PROBLEMS and problem not in self.told:
            self.told.append(problem)
