"""The demonstration: both changes of the sample repository, looked at for real."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from scanner.collect.wish import Hub, Wish
from scanner.demo.hub.server import EmbeddedHub
from scanner.demo.hub_repositories import sample_hub
from scanner.demo.repository import BAD, BASE, GOOD, build
from scanner.domain import Report, Verdict

_MARK = ".modelward-demo"
_EXPECTED = {GOOD: Verdict.PASS, BAD: Verdict.FAIL}
_INTERNAL_ERROR = 4


class DemoError(Exception):
    """The demonstration cannot be built; the text says why."""


def demo(
    folder: Path, run: Callable[[Wish, Path], Report], show: Callable[[Report], None], out: TextIO
) -> int:
    """Build the sample in ``folder``, run on both changes, and show both reports.

    Returns 0 when the good change passed and the bad one failed, else 4.

    Raises:
        DemoError: ``folder`` holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise DemoError(f"{folder} holds something else; name an empty folder with --output")
    shutil.rmtree(folder, ignore_errors=True)
    repository = folder / "repository"
    repository.mkdir(parents=True)
    (folder / _MARK).touch()
    (folder / ".gitignore").write_text("*\n")
    sample = sample_hub()
    build(repository, sample)
    status = 0
    with EmbeddedHub(sample.state) as hub:
        print(f"\nA Hub of our own answers at {hub.endpoint}; nothing leaves this machine.", file=out)
        for branch, expected in _EXPECTED.items():
            output = folder / f"report-{branch}"
            command = f"modelward run --repo {repository} --base {BASE} --head {branch} --output {output}"
            print(f"\n$ HF_ENDPOINT={hub.endpoint} {command}", file=out, flush=True)
            report = run(Wish(repository, BASE, branch, hub=Hub(hub.endpoint)), output)
            show(report)
            if report.verdict is not expected:
                print(f"expected {expected.value}, got {report.verdict.value}", file=out)
                status = _INTERNAL_ERROR
    print(f"\nThe reports, the SBOMs and the repository are in {folder}.", file=out)
    return status
