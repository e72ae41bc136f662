"""The phase that speaks: a report directory in, words for the runner out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from pydantic import ValidationError

from scanner.domain import Report
from scanner.publish import outputs
from scanner.publish.annotations import lines

MAX_REPORT = 64 * 1024 * 1024
"""Bytes of a ``report.json`` that is still read."""


class PublishError(ValueError):
    """There is no report that could be spoken of; the message says what to do."""


def publish(report_dir: Path, env: Mapping[str, str], dry_run: bool, out: TextIO) -> None:
    """Render a report again and hand it to the runner that ``env`` describes.

    A dry run prints the comment and changes nothing. Otherwise the summary, the outputs and the annotations
    go where ``GITHUB_STEP_SUMMARY``, ``GITHUB_OUTPUT`` and ``GITHUB_ACTIONS`` say, as far as they are set.

    Raises:
        PublishError: no report, too large a one, or not a valid one.
        OSError: a file of the runner cannot be written.
    """
    report = read_report(report_dir)
    on_runner = env.get("GITHUB_ACTIONS") == "true"
    if dry_run:
        from scanner.report.render import comment

        text = comment(report)
        out.write(_inert(text) if on_runner else text)
        return
    if path := env.get("GITHUB_STEP_SUMMARY"):
        from scanner.report.render import summary

        if not outputs.append_summary(Path(path), summary(report)):
            out.write("modelward: no room for the summary in GITHUB_STEP_SUMMARY; see summary.md\n")
    if path := env.get("GITHUB_OUTPUT"):
        outputs.append_outputs(Path(path), outputs.values(report, report_dir))
    if on_runner:
        out.writelines(f"{line}\n" for line in lines(report))


def read_report(report_dir: Path) -> Report:
    """The validated report of a directory.

    Raises:
        PublishError: it is not there, larger than :data:`MAX_REPORT`, or not valid.
    """
    path = report_dir / "report.json"
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_REPORT + 1)
    except OSError as error:
        raise PublishError(f"{path}: cannot be read ({error.strerror}); run scan first") from None
    if len(data) > MAX_REPORT:
        raise PublishError(f"{path}: larger than {MAX_REPORT} bytes; scan a smaller change")
    try:
        return Report.model_validate_json(data)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors(include_url=False)[0]["loc"])
        raise PublishError(
            f"{path}: not a valid report (at {where or 'its start'}); run scan again"
        ) from None


def _inert(text: str) -> str:
    """``text`` between two lines that stop the runner from looking for commands in it."""
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::\n"
