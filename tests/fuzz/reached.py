"""Which lines of the program an input reaches, and the few inputs that reach them all."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import scanner
from tests.fuzz.corpus import named, store, stored
from tests.fuzz.targets import TARGETS, unguarded

_PROGRAM = str(Path(scanner.__file__).parent)
_MOST = 12 << 10
"""Bytes of the inputs kept for one target."""
_LONGEST = 4 << 10
"""Bytes of one of them."""

Lines = set[tuple[str, int, int]]
"""File, line, and the line that ran before it in the same function: an edge."""


def edges_of(target: str, data: bytes) -> Lines:
    """Every edge between two lines of the program that an input takes."""
    found: Lines = set()

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            last[id(frame)], before = frame.f_lineno, last.get(id(frame), 0)
            found.add((frame.f_code.co_filename, frame.f_lineno, before))
        elif event == "return":
            last.pop(id(frame), None)
        return line

    def call(frame: FrameType, _event: str, _: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(_PROGRAM) else None

    last: dict[int, int] = {}
    sys.settrace(call)
    try:
        with suppress(Exception):
            unguarded(TARGETS[target], data)
    finally:
        sys.settrace(None)
    return found


def keep(target: str, seeds: Iterable[bytes], candidates: Iterable[bytes]) -> tuple[int, int, int]:
    """Store what reaches more than the seeds, the shortest first; how many, and edges without and with them.

    What stands in the corpus under a name that is no digest is a regression, and stays.
    """
    reached: Lines = set()
    for data in seeds:
        reached |= edges_of(target, data)
    before = len(reached)
    kept = {name: data for name, data in stored(target).items() if name != named(data)}
    room = _MOST
    for data in sorted({one for one in candidates if len(one) <= _LONGEST}, key=lambda one: (len(one), one)):
        if len(data) <= room and (new := edges_of(target, data) - reached):
            reached |= new
            room -= len(data)
            kept[named(data)] = data
    store(target, kept)
    return len(kept), before, len(reached)


def _lines_of(code: CodeType) -> set[int]:
    """The lines of a function, without those that only run when the module is imported."""
    found = {line for _, _, line in code.co_lines() if line and line != code.co_firstlineno}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _lines_of(constant)
    return found


def executable(path: Path) -> set[int]:
    """The lines within the functions of a module."""
    module = compile(path.read_text("utf-8"), str(path), "exec")
    return {line for one in module.co_consts if isinstance(one, CodeType) for line in _lines_of(one)}
