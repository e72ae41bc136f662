"""Running tools on hostile input: no environment, an empty folder each, limits, and bounded answers."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from scanner.worker import ROOT, Limits, environment

OUTPUT_LIMIT = 64 << 20
"""Bytes of a tool's standard output."""

TOOL = Limits(memory=3 << 30, cpu=60, wall=120, file_size=64 << 20)
"""For a tool written in Python."""

GO_TOOL = Limits(memory=16 << 30, cpu=120, wall=120, file_size=64 << 20, open_files=512, processes=-1)
"""For a Go binary, which reserves far more address space than it uses and runs in threads."""

_LAUNCH = (
    "import sys, os, json; sys.path.insert(0, sys.argv[1]); from scanner.worker import Limits, confine; "
    "confine(Limits(**json.loads(sys.argv[2]))); os.execv(sys.argv[3], sys.argv[3:])"
)
_PLACES = ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_CACHE_HOME")
_GRACE = 5.0
"""Seconds to end in after the last word."""


class ToolError(Exception):
    """A tool did not give an answer; the message says why, for a reader."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: its first word is an absolute path, ``feed`` is its standard input."""

    words: tuple[str, ...]
    limits: Limits
    feed: bytes = b""
    variables: Mapping[str, str] = field(default_factory=dict)


def run(
    commands: Sequence[Command], *, parallel: int | None = None, output_limit: int = OUTPUT_LIMIT
) -> list[bytes | ToolError]:
    """Run the commands side by side; their standard outputs, or why there is none, in the order given.

    Each tool starts in an empty folder that is also its home and its place for temporary files. Its standard
    error is not kept: it may quote the input. ``parallel`` defaults to the number of cores. No tool outlives
    this function.
    """
    answers: dict[int, bytes | ToolError] = {}
    waiting = list(enumerate(commands))[::-1]
    running: list[_Process] = []
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or running:
                while waiting and len(running) < (parallel or os.cpu_count() or 1):
                    process = _Process(*waiting.pop(), output_limit)
                    running.append(process)
                    selector.register(process.output, selectors.EVENT_READ, process)
                patience = min(process.deadline for process in running) - time.monotonic()
                for key, _ in selector.select(max(0.0, patience)):
                    key.data.receive()
                for process in running:
                    if process.answer is None and time.monotonic() >= process.deadline:
                        process.answer = ToolError(f"it took longer than {process.command.limits.wall} s")
                for process in [each for each in running if each.answer is not None]:
                    assert process.answer is not None
                    answers[process.number] = process.answer
                    selector.unregister(process.output)
                    running.remove(process)
                    process.close()
        finally:
            for process in running:
                process.close()
    return [answers[number] for number in range(len(commands))]


class _Process:
    """One running tool; ``answer`` is set once it has none or all of it."""

    def __init__(self, number: int, command: Command, output_limit: int) -> None:
        self.number = number
        self.command = command
        self.answer: bytes | ToolError | None = None
        self._limit = output_limit
        self._said = bytearray()
        self._home = tempfile.TemporaryDirectory(prefix="modelward-")
        launcher = [sys.executable, "-I", "-S", "-c", _LAUNCH, str(ROOT), json.dumps(asdict(command.limits))]
        places = dict.fromkeys(_PLACES, self._home.name)
        with tempfile.TemporaryFile() as source:
            source.write(command.feed)
            source.seek(0)
            self._process = subprocess.Popen(
                [*launcher, *command.words],
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**environment(), **places, **command.variables},
                cwd=self._home.name,
                start_new_session=True,
            )
        assert self._process.stdout
        self.output = self._process.stdout
        self.deadline = time.monotonic() + command.limits.wall

    def receive(self) -> None:
        """Take what the tool says next; called only when there is something to read."""
        chunk = os.read(self.output.fileno(), 1 << 16)
        self._said += chunk
        if len(self._said) > self._limit:
            self.answer = ToolError(f"it wrote more than {self._limit} bytes")
        elif not chunk:
            self.answer = self._last_word()

    def _last_word(self) -> bytes | ToolError:
        try:
            status = self._process.wait(max(0.1, min(_GRACE, self.deadline - time.monotonic())))
        except subprocess.TimeoutExpired:
            return ToolError("it closed its output and did not end")
        if status < 0:
            return ToolError(f"it was ended by {signal.Signals(-status).name}")
        return ToolError(f"it ended with status {status}") if status else bytes(self._said)

    def close(self) -> None:
        """End the tool and whatever it started, and remove its folder."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.output.close()
        self._home.cleanup()


def place(folder: Path, name: str, data: bytes) -> None:
    """Write one manifest into a folder of ours; ``name`` must be a name we chose."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
