"""How the tests of ``inspect`` look at bytes: through the worker's task, over a file on the disk."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scanner.inspect.interface import Gap, Look, Part, Sighting, Subject
from scanner.inspect.look import look

FIXTURES = Path(__file__).parent / "fixtures"
Extents = list[tuple[int, int]]


class Payload:
    """Pickles to a call of ``os.system``; the tests never load it."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("echo loaded",)


def job(path: Path, name: str, extents: Extents | None = None) -> dict[str, Any]:
    """The job for one file."""
    size = path.stat().st_size
    return asdict(Subject(name, str(path), size, [(0, size)] if extents is None else extents))


def look_at_file(path: Path, name: str | None = None, extents: Extents | None = None) -> Look:
    """Look at a file on the disk; the answer has crossed JSON, as it does in a worker."""
    answer = json.loads(json.dumps(look(job(path, name or path.name, extents))))
    answer["sightings"] = [Sighting(**sighting) for sighting in answer["sightings"]]
    answer["gaps"] = [Gap(**gap) for gap in answer["gaps"]]
    answer["parts"] = [Part(**part) for part in answer["parts"]]
    if isinstance(answer["need"], list):
        answer["need"] = [(start, length) for start, length in answer["need"]]
    return Look(**answer)


def look_at(directory: Path, name: str, data: bytes, extents: Extents | None = None) -> Look:
    """Look at ``data`` under ``name``."""
    path = directory / "subject"
    path.write_bytes(data)
    return look_at_file(path, name, extents)


def symbols(found: Look, rule: str) -> list[str | None]:
    """The symbols of the sightings of one rule, each once however many engines witness it."""
    return list(dict.fromkeys(sighting.symbol for sighting in found.sightings if sighting.rule == rule))


def details(found: Look) -> str:
    """Every gap, one a line: cause, member, detail."""
    return "\n".join(f"{gap.cause} {gap.member} {gap.detail}" for gap in found.gaps)


def assert_clean(found: Look, format_id: str, coverage: str = "full") -> None:
    """The look read everything that can act, and saw nothing."""
    assert (found.format, found.coverage, found.sightings, found.gaps, found.need) == (
        format_id,
        coverage,
        [],
        [],
        None,
    )
    assert found.engines
