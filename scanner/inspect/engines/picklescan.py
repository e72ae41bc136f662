"""picklescan through its Python API: one pickle at a time, judged by the names that it imports.

What it cannot parse it returns as clean. So each pickle is followed by one of ours that imports a name which
occurs nowhere in it: unless picklescan reports that name, it did not come to the end.
"""

from __future__ import annotations

import io
import logging
from importlib.metadata import version
from typing import Any

from scanner.inspect.interface import Engine, EngineResult, Gap, Layer, Sighting
from scanner.inspect.readers.reading import REVIEW
from scanner.inspect.stream import NotCollected
from scanner.inspect.witnesses import DANGEROUS, SUSPICIOUS

_MARK = "modelward"
_SAID = {"dangerous": (DANGEROUS, "high"), "suspicious": (SUSPICIOUS, "low")}
"""Rule and severity by its safety level. ``suspicious`` only means that the name is on none of its lists."""


class Picklescan:
    """A second opinion on pickles."""

    name = "picklescan"
    formats = frozenset({"pickle"})

    def version(self) -> str:
        """The installed version."""
        return version("picklescan")

    def look(self, layer: Layer) -> EngineResult:
        """Look at one pickle; what it did not read to the end is a gap.

        Raises:
            NotCollected: the layer's bytes are not all there.
            MemoryError: the worker's limit was reached.
        """
        layer.stream.seek(0)
        data = layer.stream.read()
        end = _absent(data)
        try:
            found = _scan(data + f"c{_MARK}\n{end}\n.".encode())
        except (NotCollected, MemoryError):
            raise
        except Exception as error:
            return _not_covered(f"picklescan failed on it ({type(error).__name__})")
        names = sorted((str(one.module), str(one.name), str(one.safety.value)) for one in found)
        sightings = [
            _sighting(module, name, safety)
            for module, name, safety in names
            if safety in _SAID and (module, name) != (_MARK, end)
        ]
        if (_MARK, end) not in {(module, name) for module, name, _ in names}:
            result = _not_covered("picklescan did not read it to its end")
            result.sightings = sightings
            return result
        return EngineResult(covered=True, sightings=sightings)


def _scan(data: bytes) -> list[Any]:
    """Every import that picklescan sees, with its safety level."""
    from picklescan.scanner import scan_pickle_bytes

    logger = logging.getLogger("picklescan")
    logger.disabled = True  # its log repeats names out of the file on standard error
    return list(scan_pickle_bytes(io.BytesIO(data), "pickle").globals)


def _absent(data: bytes) -> str:
    """A name that does not occur in ``data``."""
    number = 0
    while f"end{number}".encode() in data:
        number += 1
    return f"end{number}"


def _sighting(module: str, name: str, safety: str) -> Sighting:
    rule, severity = _SAID[safety]
    symbol = f"{module}.{name}"
    return Sighting(rule, Picklescan.name, symbol=symbol, evidence=symbol, severity=severity)


def _not_covered(detail: str) -> EngineResult:
    return EngineResult(covered=False, gaps=[Gap("unreadable", detail, REVIEW)])


def engine() -> Engine:
    """The engine, for the registry."""
    return Picklescan()
