"""The engines: one row each. A further engine is one file beside this one, and its row here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import NamedTuple

from scanner.inspect.interface import Engine


class Row(NamedTuple):
    """Where an engine is and which formats it looks at, so that it is only loaded when it is needed."""

    module: str
    formats: frozenset[str]


REGISTRY: tuple[Row, ...] = (
    Row("scanner.inspect.engines.modelscan", frozenset({"pickle", "hdf5"})),
    Row("scanner.inspect.engines.picklescan", frozenset({"pickle"})),
)
"""Each module has a function ``engine() -> Engine``."""


@cache
def _load(module: str) -> Engine:
    factory: Callable[[], Engine] = import_module(module).engine
    return factory()


def engines_for(format_id: str) -> list[Engine]:
    """The engines that look at layers of this format, loaded on first use."""
    return [_load(row.module) for row in REGISTRY if format_id in row.formats]


def versions() -> list[tuple[str, str]]:
    """Name and installed version of every engine, without loading the engines' own machinery."""
    return [(engine.name, engine.version()) for engine in map(_load, (row.module for row in REGISTRY))]
