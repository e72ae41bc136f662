"""The two files through which a step speaks to its runner: the summary and the outputs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from scanner.domain import Report

MAX_SUMMARY = 1024 * 1024
"""Bytes of one step's summary; the runner drops the whole of a larger one."""

SBOM = "sbom.cdx.json"
_FILES = {"report": "report.json", "sbom": SBOM, "spdx": "sbom.spdx.json", "sarif": "results.sarif"}


def append_summary(path: Path, text: str) -> bool:
    """Append to the summary what fits beside what the step wrote before; false when it does not fit.

    Raises:
        OSError: the file cannot be written.
    """
    data = text.rstrip().encode("utf-8", "backslashreplace") + b"\n"
    with path.open("ab") as stream:
        if stream.tell() + len(data) > MAX_SUMMARY:
            return False
        stream.write(data)
    return True


def notes(told: Iterable[str]) -> str:
    """Sentences about the reporting itself, as a list for the summary."""
    from scanner.report.escape import prose

    return "\n" + "\n".join(f"- {prose(each)}" for each in told)


def values(report: Report, report_dir: Path) -> dict[str, str]:
    """The outputs by name. What was not written, or is a link, which uploads follow, has an empty path."""
    active = [finding for finding in report.findings if finding.suppressed is None]
    highest = max((finding.severity for finding in active), key=lambda severity: severity.rank, default=None)
    paths = {name: report_dir / file for name, file in _FILES.items()}
    return {
        "verdict": report.verdict.value,
        "findings-count": str(len(active)),
        "highest-severity": highest.value if highest else "none",
        **{name: str(path) if _plain(path) else "" for name, path in paths.items()},
    }


def _plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def append_outputs(path: Path, outputs: dict[str, str]) -> None:
    """Append outputs, each between delimiters that nobody could have put into a value.

    Raises:
        OSError: the file cannot be written.
    """
    text = "".join(_heredoc(name, value) for name, value in outputs.items())
    with path.open("ab") as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


def _heredoc(name: str, value: str) -> str:
    delimiter = f"modelward-{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"
