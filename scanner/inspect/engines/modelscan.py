"""modelscan through its Python API: one stream at a time, under a name that makes it pick the right scanner.

The settings are the package's defaults, deep-copied; its command line, which reads a settings file from the
working directory, is never involved. Whatever it skips or fails at is not covered.
"""

from __future__ import annotations

from copy import deepcopy
from importlib.metadata import version
from typing import Any

from scanner.inspect.interface import Engine, EngineResult, Gap, Layer, Sighting
from scanner.inspect.readers.reading import REVIEW
from scanner.inspect.stream import NotCollected

_NAMES = {"pickle": "layer.pkl", "hdf5": "layer.h5"}
_DANGEROUS = {"CRITICAL": "critical", "HIGH": "high"}
_SUSPICIOUS = {"MEDIUM": "medium", "LOW": "low"}


class Modelscan:
    """A second opinion on pickles and Keras HDF5 files."""

    name = "modelscan"
    formats = frozenset(_NAMES)

    def __init__(self) -> None:
        self._scanners: dict[str, Any] | None = None
        self._settings: dict[str, Any] = {}

    def version(self) -> str:
        """The installed version."""
        return version("modelscan")

    def look(self, layer: Layer) -> EngineResult:
        """Look at one pickle or one HDF5 file; every skip and error is a gap.

        Raises:
            NotCollected: the layer's bytes are not all there.
            MemoryError: the worker's limit was reached.
        """
        try:
            issues, faults = self._scan(layer)
        except (NotCollected, MemoryError):
            raise
        except Exception as error:
            return _not_covered(f"modelscan failed on it ({type(error).__name__})")
        result = EngineResult(covered=not faults)
        result.sightings = sorted(
            (_sighting(issue) for issue in issues), key=lambda found: (found.rule, found.symbol or "")
        )
        for fault in sorted(set(faults)):
            result.gaps.append(Gap("unreadable", f"modelscan did not look at it: {fault}", REVIEW))
        return result

    def _scan(self, layer: Layer) -> tuple[list[Any], list[str]]:
        """Issues, and every reason why it did not look or not to the end."""
        import modelscan.modelscan  # noqa: F401  first, or the scanners' imports go round in a circle
        from modelscan.model import Model
        from modelscan.scanners import H5LambdaDetectScan, PickleUnsafeOpScan
        from modelscan.settings import DEFAULT_SETTINGS, SupportedModelFormats

        if self._scanners is None:
            self._settings = deepcopy(DEFAULT_SETTINGS)
            self._scanners = {
                "pickle": (PickleUnsafeOpScan(self._settings), SupportedModelFormats.PICKLE),
                "hdf5": (H5LambdaDetectScan(self._settings), SupportedModelFormats.KERAS_H5),
            }
        scanner, kind = self._scanners[layer.format]
        model = Model(_NAMES[layer.format], layer.stream)
        model.set_context("formats", [kind])
        results = scanner.scan(model)
        if results is None:
            return [], ["it returned nothing"]
        faults = [type(error).__name__ for error in results.errors]
        faults += [str(skip.category.name) for skip in results.skipped]
        return list(results.issues), faults


def _sighting(issue: Any) -> Sighting:
    details = issue.details
    severity = str(issue.severity.name)
    if details.module == "Keras":
        return Sighting("keras-lambda-layer", Modelscan.name, symbol=str(details.operator))
    if severity in _DANGEROUS:
        rule, level = "pickle-dangerous-import", _DANGEROUS[severity]
    else:
        rule, level = "pickle-suspicious-import", _SUSPICIOUS[severity]
    symbol = f"{details.module}.{details.operator}"
    return Sighting(rule, Modelscan.name, symbol=symbol, evidence=symbol, severity=level)


def _not_covered(detail: str) -> EngineResult:
    return EngineResult(covered=False, gaps=[Gap("unreadable", detail, REVIEW)])


def engine() -> Engine:
    """The engine, for the registry."""
    return Modelscan()
