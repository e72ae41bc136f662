"""Tasks that misbehave, for the tests of the worker; they run in its child processes."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any


def echo(job: Any) -> Any:
    return job


def do(deed: str) -> str:
    if deed == "exit":
        os._exit(7)
    elif deed == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif deed == "segfault":
        ctypes.string_at(0)
    elif deed == "memory":
        bytearray(2 << 30)
    elif deed == "spin":
        while True:
            pass
    elif deed == "hang":
        signal.pause()
    elif deed == "garble":
        for descriptor in range(3, 32):
            try:
                os.write(descriptor, b"not an answer\n")
            except OSError:
                continue
    elif deed == "raise":
        raise RuntimeError(deed)
    elif deed == "work":
        end = time.process_time() + 0.7
        while time.process_time() < end:
            pass
    return "fine"


def surroundings(_: None) -> dict[str, Any]:
    return {
        "environment": dict(os.environ),
        "cwd": os.getcwd(),
        "isolated": sys.flags.isolated,
        "path": sys.path,
    }


def reach(_: None) -> dict[str, int]:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    name = f"/tmp/modelward-reach-{os.getpid()}"
    wrote = 0
    descriptor = os.open(name, os.O_CREAT | os.O_WRONLY)
    try:
        wrote = os.write(descriptor, b"x")
    except OSError:
        pass
    finally:
        os.close(descriptor)
        os.unlink(name)
    opened = []
    try:
        while True:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    for number in opened:
        os.close(number)
    return {"wrote": wrote, "opened": len(opened)}


def chatter(job: str) -> str:
    print("this is no answer", flush=True)
    os.write(1, b"nor is this\n")
    return f"answer to {job}"


def own_pid(_: None) -> int:
    return os.getpid()


def _allocate() -> None:
    bytearray(300 << 20)


def _compute() -> None:
    end = time.process_time() + 2.5
    while time.process_time() < end:
        pass


def _wait() -> None:
    select.select([], [], [], 2)


def _descend(levels: int = 3000) -> None:
    if levels:
        _descend(levels - 1)


def _descend_allowed() -> None:
    sys.setrecursionlimit(10_000)
    _descend()


def _open_many() -> None:
    opened: list[int] = []
    try:
        while len(opened) < 100:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    finally:
        for number in opened:
            os.close(number)


def _write() -> None:
    with tempfile.TemporaryFile(dir="/tmp") as file:
        file.write(b"x")
        file.flush()


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _start_a_thread() -> None:
    thread = threading.Thread(target=_open_many)
    thread.start()
    thread.join()


DEEDS: dict[str, Callable[[], None]] = {
    "allocate": _allocate,
    "compute": _compute,
    "wait": _wait,
    "descend": _descend,
    "descend, allowed": _descend_allowed,
    "open": _open_many,
    "write": _write,
    "fork": _fork,
    "thread": _start_a_thread,
}
"""Each needs more of one thing than a small limit grants."""


def attempt(deed: str) -> str:
    try:
        DEEDS[deed]()
    except (OSError, RuntimeError) as error:
        if isinstance(error, RecursionError):
            raise
        return f"refused: {type(error).__name__}"
    return "done"
