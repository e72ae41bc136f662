"""collect and scan in turn, on one machine: what 'run' and 'inspect' do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.collect.wish import Wish
from scanner.scan import output
from scanner.worker import ROOT, environment

if TYPE_CHECKING:
    from scanner.domain import Report

MOST_ROUNDS = 8

_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from scanner.scan.serve import serve; serve()"

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much (0 of 0 when not known)."""


class ConfigurationError(Exception):
    """The configuration cannot be used; the text says where and why."""


class ScanFailed(Exception):
    """scan ended without a report; the text says why."""


class ScanProcess:
    """A waiting scan: no environment of ours, no standard input but our questions, a session of its own."""

    def __init__(self, scratch: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT, str(ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                **environment(),
                "TMPDIR": str(scratch),
            },  # what it leaves when it is killed goes away with ours
            cwd="/",
            start_new_session=True,
        )

    def __enter__(self) -> ScanProcess:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def scan(
        self,
        evidence: Path,
        folder: Path,
        syft: str | None,
        progress: Progress,
        meanwhile: Callable[[], None],
    ) -> int:
        """One pass; returns how many requests it left. ``meanwhile`` is called while it is under way.

        Raises:
            ConfigurationError: the configuration is wrong.
            ScanFailed: there is no report.
        """
        question = {"evidence": str(evidence.absolute()), "output": str(folder.absolute()), "syft": syft}
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ScanFailed("scan ended before it began") from None
        meanwhile()
        for line in self._process.stdout:
            answer: dict[str, Any] = json.loads(line)
            if "progress" in answer:
                progress("looking", *answer["progress"])
            elif "wrong" in answer:
                raise ConfigurationError(answer["wrong"])
            elif "broken" in answer:
                raise ScanFailed(answer["broken"])
            else:
                return int(answer["done"])
        raise ScanFailed(f"scan ended with status {self._process.wait()}")


def run(wish: Wish, folder: Path, *, syft: str | None, progress: Progress) -> Report:
    """Collect and scan in turn until nothing new is asked, at most eight times; the report is in ``folder``.

    An older report is taken away first: what is there afterwards is of this run.

    Raises:
        CollectError: there is nothing to collect.
        ConfigurationError: the configuration is wrong.
        ScanFailed: there is no report.
        OSError: the evidence cannot be written.
    """
    _hide()
    output.prepare(folder)
    with tempfile.TemporaryDirectory(prefix="modelward-") as name, ScanProcess(Path(name)) as scanner:
        from scanner.collect.collector import Collector  # loaded while the child loads what it needs
        from scanner.exchange import Requests

        evidence = Path(name, "evidence")
        progress("collecting", 0, 0)
        with Collector(evidence, wish) as collector:
            manifest = collector.collect()
            for _ in range(MOST_ROUNDS):
                if not scanner.scan(evidence, folder, syft, progress, _warm):
                    break
                requests = Requests.model_validate_json((folder / "requests.json").read_bytes()).requests
                progress("collecting", 0, len(requests))
                before = len(manifest.answers)
                manifest = collector.answer(manifest, requests)
                if len(manifest.answers) == before:
                    break
    from scanner.domain import Report

    return Report.model_validate_json((folder / "report.json").read_bytes())


def _warm() -> None:
    """Load what the end of a run needs."""
    import scanner.policy.apply
    import scanner.report.console  # noqa: F401
    from scanner.domain import Report

    Report.model_rebuild()


def _hide() -> None:
    """Make this process undumpable, so that its children cannot read its environment from /proc."""
    import ctypes

    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
