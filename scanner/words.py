"""Words that every part of the program uses."""

from __future__ import annotations

CONFIG_PATH = ".github/modelward.yml"
"""Where a repository keeps its configuration."""


def counted(number: int, one: str, several: str | None = None) -> str:
    """``1 file`` or ``1,200 files``; ``several`` is the plural where it is not made with an s."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
