"""Tasks that misbehave, for the tests of the worker; they run in its child processes."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
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
