"""Durations of the phases; they go into ``timings.json`` and never into the report."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timings:
    """Seconds by phase, in the order in which the phases ran."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure the block under ``name``; the same name adds up."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - start

    def to_json(self) -> bytes:
        """``{"seconds": {phase: seconds}}``."""
        rounded = {name: round(seconds, 4) for name, seconds in self._seconds.items()}
        return json.dumps({"seconds": rounded}, indent=2).encode() + b"\n"
