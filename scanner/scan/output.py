"""The report directory: written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from scanner.sbom.names import NAMES

REPORT = "report.json"
_OURS = (
    REPORT,
    *NAMES,
    "sbom.spdx.json",
    "dependency-snapshot.json",
    "results.sarif",
    "comment.md",
    "summary.md",
    "requests.json",
    "timings.json",
)


def prepare(folder: Path) -> None:
    """Make the report directory, keep it out of git, and take an older report away.

    A report that is there afterwards is of this run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):  # in a folder that holds something else, ignoring all of it would do harm
        (folder / ".gitignore").write_text("*\n")
    for name in _OURS:
        (folder / name).unlink(missing_ok=True)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files aside, then move them into place, the report last; others of ours go away.

    Raises:
        OSError: nothing was moved, and nothing is left aside.
    """
    aside = Path(tempfile.mkdtemp(dir=folder, prefix=".aside-"))
    try:
        for name, data in files.items():
            (aside / name).write_bytes(data)
        for name in set(_OURS) - files.keys():
            (folder / name).unlink(missing_ok=True)
        for name in sorted(files, key=lambda name: (name == REPORT, name)):
            os.replace(aside / name, folder / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
