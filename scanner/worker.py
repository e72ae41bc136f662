"""The one door to hostile bytes: tasks run in child processes with limits, and may die there.

A *task* is ``"package.module:function"``, a function from one JSON value to one JSON value. Each worker is
``python -I`` in an empty environment, in ``/``, and takes one job at a time, so the job a dead worker was
busy with is known; where earlier jobs may have led to the death, it gets one more try in a fresh worker
before it is called the culprit.
Counts (bytes, opcodes, members) are the task's own business and are reproducible; the limits here stop only
what slips through them.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
_ANSWER_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use. ``wall`` and ``cpu`` are seconds, the others bytes or counts; -1 is no bound.

    ``processes`` counts every process and thread of the user, not of the worker alone, so 0 is the one bound
    that means the same everywhere: no further process and no thread. The kernel does not hold root to it.
    """

    memory: int
    cpu: int
    wall: int
    file_size: int = 0
    open_files: int = 64
    processes: int = 0


PARSER = Limits(memory=3 << 30, cpu=60, wall=180)
"""For our readers and the engines written in Python."""


@dataclass(frozen=True, slots=True)
class Done:
    """The task's answer."""

    value: Any


@dataclass(frozen=True, slots=True)
class Died:
    """The worker ended before it answered; ``reason`` says how, for a reader."""

    reason: str


Outcome = Done | Died

_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from scanner.worker import serve; serve(sys.argv[2], sys.argv[3])"
)


def environment() -> dict[str, str]:
    """The environment of every process that sees hostile bytes: nothing of the caller's but the language."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": "/nonexistent",
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def run(
    task: str, jobs: Sequence[Any], limits: Limits = PARSER, *, parallel: int | None = None
) -> list[Outcome]:
    """Do every job with workers of its own; see :meth:`Crew.run`."""
    with Crew(task, limits, parallel) as crew:
        return crew.run(jobs)


class Crew:
    """Workers for one task, which wait for further jobs until the crew is closed; a context manager.

    ``parallel`` is how many there may be, by default one for each core.
    """

    def __init__(self, task: str, limits: Limits = PARSER, parallel: int | None = None) -> None:
        self._task, self._limits = task, limits
        self._most = parallel or os.cpu_count() or 1
        self._workers: list[_Worker] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        while self._workers:
            self._workers.pop().close()

    def hire(self) -> None:
        """Start a worker ahead of its first job, so that it is ready when the job comes."""
        self._workers.append(_Worker(self._task, self._limits))

    def run(self, jobs: Sequence[Any], progress: Callable[[int], None] | None = None) -> list[Outcome]:
        """Do every job and return the outcomes in the order of the jobs; never raises for what a job does.

        ``progress`` is called with the number of finished jobs.
        """
        outcomes: dict[int, Outcome] = {}
        waiting = list(range(len(jobs)))[::-1]
        suspects: list[int] = []
        with selectors.DefaultSelector() as selector:
            while len(outcomes) < len(jobs):
                self._assign(jobs, waiting, suspects, selector)
                _wait(selector, self._workers)
                for worker in [busy for busy in self._workers if busy.outcome is not None]:
                    index, outcome, conclusive = worker.take(selector)
                    if isinstance(outcome, Died):
                        self._workers.remove(worker)
                        worker.close()
                    if not conclusive:
                        suspects.append(index)
                        continue
                    outcomes[index] = outcome
                    if progress:
                        progress(len(outcomes))
        return [outcomes[index] for index in range(len(jobs))]

    def _assign(
        self, jobs: Sequence[Any], waiting: list[int], suspects: list[int], selector: selectors.BaseSelector
    ) -> None:
        """Give every free worker a job, suspects to fresh ones only, and hire as many as are useful."""
        for worker in [idle for idle in self._workers if idle.job is None]:
            if waiting:
                index = waiting.pop()
                worker.start(index, jobs[index], selector)
            elif suspects:
                self._workers.remove(worker)
                worker.close()
        while len(self._workers) < self._most and (waiting or suspects):
            self.hire()
            index = suspects.pop() if suspects else waiting.pop()
            self._workers[-1].start(index, jobs[index], selector)


def _wait(selector: selectors.BaseSelector, workers: list[_Worker]) -> None:
    """Read from whoever has something to say; kill whoever is past its wall clock."""
    busy = [worker for worker in workers if worker.job is not None]
    patience = min((worker.deadline for worker in busy), default=0.0) - time.monotonic()
    for key, _ in selector.select(max(0.0, patience)):
        key.data.receive()
    for worker in busy:
        if worker.outcome is None and time.monotonic() >= worker.deadline:
            worker.expire()


class _Worker:
    """One child process and the job it is busy with."""

    def __init__(self, task: str, limits: Limits) -> None:
        self.limits = limits
        self.job: int | None = None
        self.outcome: Outcome | None = None
        self.deadline = 0.0
        self._finished = 0
        self._out_of_time = False
        self._buffer = bytearray()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT, str(ROOT), task, json.dumps(asdict(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            cwd="/",
            start_new_session=True,
        )
        assert self._process.stdin and self._process.stdout
        self._jobs: IO[bytes] = self._process.stdin
        self.answers: IO[bytes] = self._process.stdout

    def start(self, index: int, job: Any, selector: selectors.BaseSelector) -> None:
        """Hand the worker its next job and listen for the answer."""
        self.job, self.deadline = index, time.monotonic() + self.limits.wall
        self._buffer.clear()
        selector.register(self.answers, selectors.EVENT_READ, self)
        try:
            self._jobs.write(json.dumps(job).encode() + b"\n")
            self._jobs.flush()
        except BrokenPipeError:
            self.outcome = Died(self._epitaph())

    def receive(self) -> None:
        """Take in what the worker wrote; an answer is one line of JSON."""
        chunk = os.read(self.answers.fileno(), 1 << 16)
        self._buffer += chunk
        if not chunk:
            self.outcome = Died(self._epitaph())
        elif self._buffer.endswith(b"\n"):
            try:
                self.outcome = Done(json.loads(self._buffer))
            except ValueError:
                self.outcome = Died("the worker's answer was not JSON")
        elif len(self._buffer) > _ANSWER_LIMIT:
            self.outcome = Died("the worker's answer was too long")

    def expire(self) -> None:
        """The wall clock ran out."""
        self._out_of_time = True
        self.outcome = Died(f"it took longer than {self.limits.wall} s")

    def take(self, selector: selectors.BaseSelector) -> tuple[int, Outcome, bool]:
        """The job, its outcome, and whether that is conclusive.

        A death is not where earlier jobs of the same worker may have led to it.
        """
        assert self.job is not None and self.outcome is not None
        conclusive = isinstance(self.outcome, Done) or self._finished == 0 or self._out_of_time
        taken = (self.job, self.outcome, conclusive)
        selector.unregister(self.answers)
        self.job, self.outcome, self._finished = None, None, self._finished + 1
        return taken

    def close(self) -> None:
        """End the process and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):
            self._jobs.close()
        self.answers.close()

    def _epitaph(self) -> str:
        """How the process ended, in words."""
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "the worker closed its answers and went on"
        if code == -signal.SIGXCPU:
            self._out_of_time = True
            return f"it used more than {self.limits.cpu} s of processor time"
        if code == _OUT_OF_MEMORY:
            return f"it needed more than {self.limits.memory >> 20} MiB of memory"
        if code == _TOO_DEEP:
            return "its content is nested too deeply"
        if code < 0:
            return f"the worker was ended by {signal.Signals(-code).name}"
        return f"the worker ended with status {code}"


_OUT_OF_MEMORY, _TOO_DEEP = 86, 87


def serve(task: str, limits_json: str) -> None:
    """The worker's side: take limits, then answer one job a line until standard input ends."""
    limits = Limits(**json.loads(limits_json))
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)  # a library that prints must not garble an answer
    _die_with_parent()
    sys.dont_write_bytecode = True  # no file may be written, so trying would only cost time
    module, _, name = task.partition(":")
    function = getattr(__import__(module, fromlist=[name]), name)
    _limit(limits)
    for line in sys.stdin.buffer:
        _allow_cpu(limits.cpu)
        try:
            answer = json.dumps(function(json.loads(line))).encode()
        except MemoryError:
            os._exit(_OUT_OF_MEMORY)
        except RecursionError:
            os._exit(_TOO_DEEP)
        answers.write(answer + b"\n")


def confine(limits: Limits) -> None:
    """Bind this process to ``limits`` and to its parent's life: for a child that becomes a tool."""
    _die_with_parent()
    _limit(limits)
    _allow_cpu(limits.cpu)


def _limit(limits: Limits) -> None:
    import resource

    for kind, value in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_CORE, 0),
    ):
        value = _granted(value, resource.getrlimit(kind)[1])
        resource.setrlimit(kind, (value, value))


def _granted(wanted: int, most: int) -> int:
    """As much as is wanted and the caller may have: only root could raise a limit again. -1 is no bound."""
    return max(wanted, most) if -1 in (wanted, most) else min(wanted, most)


def _allow_cpu(seconds: int) -> None:
    """Give the next job ``seconds`` of processor time beyond what earlier jobs have used."""
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (_granted(used + seconds, most), most))


def _die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends, and give it no new rights (prctl)."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(1, int(signal.SIGKILL), 0, 0, 0)  # PR_SET_PDEATHSIG
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
