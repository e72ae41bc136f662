"""Many inputs through one target, in a child process that may die: a crash, a hang or too much memory of a C
library costs one input, which is kept, and the run goes on behind it."""

from __future__ import annotations

import codecs
import encodings
import hashlib
import mmap
import os
import pkgutil
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path

import scanner.discover
import scanner.hub
import scanner.inspect
import scanner.policy
import scanner.sbom
from scanner.inspect.names.tables import renamed, table_of, tables
from tests.fuzz.guard import PEAK, peak
from tests.fuzz.seeds import seeds_for
from tests.fuzz.targets import TARGETS, check, unguarded
from tests.inspect.layouts import EVIL

_PACKAGES = (scanner.discover, scanner.hub, scanner.inspect, scanner.policy, scanner.sbom)
_LIBRARIES = (
    *("backports.zstd", "h5py", "jinja2.ext", "jinja2.parser", "lz4.frame", "markdown_it"),
    *(
        "modelscan.modelscan",
        "numpy",
        "packaging.pylock",
        "picklescan.scanner",
        "pydantic",
        "tomllib",
        "tree_sitter",
        "yaml",
    ),
    *("tree_sitter_javascript", "tree_sitter_typescript", "xml.parsers.expat"),
)
"""What parsers import when they first need it."""
_TINY = (b"", b"x: [1]\n", b"{}", b"[model]\na = 1\n", EVIL, b"(")

CPU = 20
"""Seconds of processor time beyond which one small input is a hang."""
CPU_HDF5 = 3
"""The same where the HDF5 library may be what hangs."""
SLOW = 2.0
"""Seconds from which on an input is kept as slow: no failure, but worth a look."""
_MEMORY = 3 << 30
"""Address space, as a worker has it."""
_HDF5 = b"\x89HDF"
_FOUND, _DONE, _SLOW_AT = 70, 71, 72
_GIVE_UP = 25
"""Failures of one target after which the run ends."""


@dataclass
class Outcome:
    """What became of one target."""

    target: str
    runs: int = 0
    seconds: float = 0.0
    peak: int = 0
    failures: dict[str, bytes] = field(default_factory=dict)
    """Inputs by what they did; of several that did the same, the first."""
    contained: dict[str, bytes] = field(default_factory=dict)
    """Inputs on which the HDF5 library, which is C, hung or crashed: a worker's limits end that."""
    slow: dict[str, bytes] = field(default_factory=dict)


@cache
def _import_everything() -> None:
    for package in _PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    for name in _LIBRARIES:
        import_module(name)
    for codec in pkgutil.iter_modules(encodings.__path__):
        with suppress(LookupError, ImportError):
            codecs.lookup(codec.name)
    for top in sorted(tables()):
        table_of(top)
    renamed("copy_reg", "x")


def warm(target: str) -> None:
    """Have everything imported that a parser loads on first use, so that each later import is its own."""
    _import_everything()
    for data in (*_TINY, *seeds_for(target)[0], *seeds_for(target)[1]):
        with suppress(Exception):
            unguarded(TARGETS[target], data)


def problem(target: str, data: bytes) -> str | None:
    """What is wrong with one input, in one line: the exception and where it came from."""
    before = peak()
    try:
        check(TARGETS[target], data)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if "/scanner/" in frame.filename
        ]
        place = f" in {Path(frames[-1].filename).name}:{frames[-1].name}" if frames else ""
        return f"{type(error).__name__}: {str(error)[:120]!a}{place}"
    return f"it took {peak() - before >> 20} MiB" if peak() - before > PEAK else None


def run(target: str, inputs: Callable[[int], bytes], count: int, seconds: float | None = None) -> Outcome:
    """Run inputs 0 to ``count``, or as many as fit into ``seconds``."""
    outcome = Outcome(target)
    warm(target)
    shared = mmap.mmap(-1, 4096)
    started = time.monotonic()
    number = 0
    while number < count and len(outcome.failures) < _GIVE_UP:
        left = None if seconds is None else seconds - (time.monotonic() - started)
        if left is not None and left <= 0:
            break
        status, number = _child(target, inputs, number, count, left, shared)
        outcome.runs = number
        if status == _DONE:
            break
        data = inputs(number)
        if status == _SLOW_AT:
            outcome.slow.setdefault(hashlib.sha256(data).hexdigest()[:12], data)
        elif status < 0 and _HDF5 in data:
            outcome.contained.setdefault(hashlib.sha256(data).hexdigest()[:12], data)
        else:
            outcome.failures.setdefault(_told(status, shared), data)
        number += 1
        outcome.runs = number
    outcome.seconds = time.monotonic() - started
    outcome.peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    return outcome


def _told(status: int, shared: mmap.mmap) -> str:
    if status == _FOUND:
        return shared[8:].rstrip(b"\0").decode("ascii", "replace")
    if status < 0:
        name = signal.Signals(-status).name
        return f"{name}: more than {CPU} s of processor time" if status == -signal.SIGXCPU else name
    return f"status {status}"


def _child(
    target: str,
    inputs: Callable[[int], bytes],
    number: int,
    count: int,
    left: float | None,
    shared: mmap.mmap,
) -> tuple[int, int]:
    """How a child ended that ran inputs from ``number`` on, and which was the last that it began."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return status, int.from_bytes(shared[:8], "little")
    status = 1
    try:
        status = _series(target, inputs, number, count, left, shared)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _series(
    target: str,
    inputs: Callable[[int], bytes],
    number: int,
    count: int,
    left: float | None,
    shared: mmap.mmap,
) -> int:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    started = time.monotonic()
    for current in _numbers(number, count, left, started):
        shared[:8] = current.to_bytes(8, "little")
        data = inputs(current)
        before = time.process_time()
        resource.setrlimit(
            resource.RLIMIT_CPU,
            (int(before) + 1 + (CPU_HDF5 if _HDF5 in data else CPU), resource.RLIM_INFINITY),
        )
        wrong = problem(target, data)
        if wrong is not None:
            shared[8:] = wrong.encode("ascii", "replace")[:4088].ljust(4088, b"\0")
            return _FOUND
        if time.process_time() - before > SLOW:
            return _SLOW_AT
        shared[:8] = (current + 1).to_bytes(8, "little")
    return _DONE


def _numbers(number: int, count: int, left: float | None, started: float) -> Iterator[int]:
    for current in range(number, count):
        if left is not None and time.monotonic() - started > left:
            return
        yield current
