"""Which layers of a file were met, how far each was read, and by whom."""

from __future__ import annotations

from collections.abc import Set

from scanner.inspect import limits
from scanner.inspect.interface import Part


class Parts:
    """The first layers of one file, in the order in which they were met; the others are only counted."""

    def __init__(self) -> None:
        self.count = 0
        self._parts: list[Part] = []
        self._of: dict[str | None, list[Part]] = {}

    def met(self, member: str | None, format_id: str, size: int) -> Part:
        """Note a layer before it is looked at."""
        part = Part(member, format_id, size)
        self.count += 1
        if len(self._parts) < limits.PARTS:
            self._parts.append(part)
            self._of.setdefault(member, []).append(part)
        return part

    def looked_at(self, member: str | None, engine: str) -> None:
        """Note who looked at the layer of this member that was met last."""
        for part in self._of.get(member, [])[-1:]:
            if engine not in part.engines:
                part.engines.append(engine)

    def judged(self, open_members: Set[str | None], wrappers: frozenset[str]) -> list[Part]:
        """The layers, with how far each was read, given the members with a gap; wrappers are opened."""
        for part in self._parts:
            part.engines.sort()
            if part.member not in open_members:
                part.read = "full"
            elif part.engines or part.format in wrappers:
                part.read = "partial"
        return self._parts
