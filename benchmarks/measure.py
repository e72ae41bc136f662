"""Run commands side by side; measure wall-clock time and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str | Path]

_LOOK_EVERY = 0.01  # seconds between two looks at the memory of a process tree


class CommandFailed(Exception):
    """A measured command did not end as it should; the message holds the end of what it said."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one command took: wall-clock seconds, and the peak memory of its process tree in bytes."""

    seconds: float
    peak: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Times are seconds, memory is bytes, ``ratio`` is what the target is about."""

    what: str
    ours: float
    other_name: str
    other: float
    ratio: str
    target: str
    peak: int
    peak_target: str = ""
    note: str = ""


def run(command: Command, cwd: Path, *, watch: bool = False) -> Sample:
    """Run a command to its end.

    The peak is ``ru_maxrss`` of :func:`os.wait4`: that of the largest process among the command and the
    children that it waited for. With ``watch`` it is at least the largest sum over the whole tree that was
    seen while it ran; looking costs time, so that a watched run should not be timed. A process started from
    this one counts this one's peak too (the kernel keeps it across exec): this program imports little and
    builds its inputs piecewise.

    Raises:
        CommandFailed: the status was not 0.
    """
    peak = 0
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        ended, status, usage = os.wait4(process.pid, os.WNOHANG if watch else 0)
        while not ended:
            peak = max(peak, sum(map(_memory, _tree(process.pid))))
            time.sleep(_LOOK_EVERY)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(max(0, said.tell() - 2000))
            ending = said.read().decode(errors="replace")
            started = " ".join(map(str, command))[:300]
            raise CommandFailed(f"status {process.returncode} from {started}\n{ending}")
    return Sample(seconds, max(peak, usage.ru_maxrss * 1024))


def several(command: Command, cwd: Path, runs: int) -> Sample:
    """Median time of ``runs`` runs; the memory is that of a run before them, which also warms the caches."""
    return _median(run(command, cwd, watch=True), [run(command, cwd) for _ in range(runs)])


def side_by_side(ours: Command, other: Command, cwd: Path, runs: int) -> tuple[Sample, Sample]:
    """The same for two commands that take turns, so that a busy moment of the machine meets both."""
    watched = (run(ours, cwd, watch=True), run(other, cwd, watch=True))
    pairs = [(run(ours, cwd), run(other, cwd)) for _ in range(runs)]
    return _median(watched[0], [mine for mine, _ in pairs]), _median(watched[1], [its for _, its in pairs])


def _median(watched: Sample, timed: Sequence[Sample]) -> Sample:
    seconds = statistics.median(sample.seconds for sample in timed)
    return Sample(seconds, max(sample.peak for sample in (watched, *timed)))


def _tree(pid: int) -> Iterator[int]:
    """A process and its descendants, as far as they still run."""
    yield pid
    try:
        children = [
            child
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _memory(pid: int) -> int:
    """Bytes of a process, shared pages by its share of them (Pss); resident bytes where that is not told."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
    except OSError:
        pass
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
