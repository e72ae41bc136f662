"""A server of ranges for the tests of ``inspect``: it hands out exactly what a look asks for, and counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from scanner.evidence import edges, merge_extents
from scanner.inspect.interface import Look
from tests.inspect.looking import Extents, look_at_file

MOST_ASKS = 4
"""Rounds that a run has for files, the first answer apart."""


@dataclass
class Course:
    """How a look at a file came to its end."""

    look: Look
    asks: list[Extents | str] = field(default_factory=list)
    """What was asked for after the first answer, in order."""
    collected: Extents = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether the look asked for the whole file."""
        return "whole" in self.asks

    @property
    def fetched(self) -> int:
        """Bytes that were handed out."""
        return sum(length for _, length in self.collected)

    @property
    def ranges(self) -> int:
        """Ranges that were handed out, those of the first answer among them."""
        return sum(1 if isinstance(ask, str) else len(ask) for ask in self.asks) + 2


def drive(path: Path, name: str | None = None) -> Course:
    """Look at a file of which only the ends are here, then at more and more of it, until the look is done.

    Holds every ask to what it must be: bytes of the file, and some of them not had yet.
    """
    size = path.stat().st_size
    course = Course(Look(), collected=edges(size))
    while True:
        course.look = look_at_file(path, name or path.name, course.collected)
        need = course.look.need
        if need is None:
            return course
        assert len(course.asks) < MOST_ASKS, course.asks
        course.asks.append(need)
        asked = [(0, size)] if isinstance(need, str) else need
        assert asked
        assert asked == sorted(asked)
        assert all(offset >= 0 and length > 0 and offset + length <= size for offset, length in asked)
        have = merge_extents([*course.collected, *asked])
        assert sum(length for _, length in have) > course.fetched
        course.collected = have
