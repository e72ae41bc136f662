"""Annotations as workflow commands: the way to speak on lines of the diff that needs no permission.

A runner shows ten of each level a step, cuts a message at 4,096 characters and a title at 255.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from scanner.domain import Artifact, Cause, Finding, Incomplete, Reference, Report, Severity
from scanner.report.plain import brief
from scanner.words import is_report_only

PER_LEVEL = 10
MAX_MESSAGE = 1000
MAX_TITLE = 120
MAX_PATH = 4096

Level = Literal["error", "warning", "notice"]
_LEVELS: tuple[Level, ...] = ("error", "warning", "notice")
_NOT_SAID = (Cause.OFFLINE, Cause.UNCHANGED)


class Annotation(NamedTuple):
    """One thing to say, and where; without a path it belongs to the run as a whole."""

    level: Level
    title: str
    message: str
    path: str | None = None
    line: int | None = None
    fingerprint: str | None = None
    """Of the finding it says; null for what was not read."""


def lines(said: Sequence[Annotation]) -> Iterator[str]:
    """The workflow commands of annotations, worst first, then a line that says how many did not fit."""
    left = 0
    for level in _LEVELS:
        of_level = [annotation for annotation in said if annotation.level == level]
        yield from (command(annotation) for annotation in of_level[:PER_LEVEL])
        left += max(0, len(of_level) - PER_LEVEL)
    if left:
        yield f"modelward: {left} more in the report; a step can show {PER_LEVEL} annotations of each level"


def of(report: Report) -> list[Annotation]:
    """What there is to annotate, worst first: what fails the change, what was not read, what is new."""
    artifacts = {artifact.id: artifact for artifact in report.artifacts}
    references = {reference.id: reference for reference in report.references}
    findings = [
        _of_finding(finding, artifacts, references) for finding in sorted(report.findings, key=worst_first)
    ]
    unread: Level = "error" if report.policy.fail_on_incomplete else "warning"
    gaps = [_of_gap(gap, unread, artifacts) for gap in report.incomplete if _is_gap_said(gap)]
    blocking = [found for found in findings if found is not None and found.level == "error"]
    other = [found for found in findings if found is not None and found.level != "error"]
    return blocking + gaps + other


def command(annotation: Annotation) -> str:
    """One line ``::level file=…,line=…,title=…::message``; a value can end neither itself nor the line."""
    properties = {
        "file": brief(annotation.path, MAX_PATH) if annotation.path else None,
        "line": str(annotation.line) if annotation.path and annotation.line else None,
        "title": brief(annotation.title, MAX_TITLE),
    }
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{annotation.level} {told}::{_data(brief(annotation.message, MAX_MESSAGE))}"


def is_said(finding: Finding) -> bool:
    """Whether a finding has a place of its own: not what is accepted, nor what the base had already."""
    told = finding.suppressed is None and not is_report_only(finding.rule, finding.severity, finding.blocking)
    return told and (finding.new is not False or finding.blocking)


def _of_finding(
    finding: Finding, artifacts: Mapping[str, Artifact], references: Mapping[str, Reference]
) -> Annotation | None:
    if not is_said(finding):
        return None
    level: Level = "error" if finding.blocking else "notice"
    if not finding.blocking and finding.severity is not Severity.INFO:
        level = "warning"
    path, line = finding.path, finding.line
    artifact = artifacts.get(finding.artifact or "")
    if artifact is not None and artifact.repository_id is not None:
        # The path is one of the Hub repository; what can be annotated is the line that names it.
        reference = references.get(finding.reference or "")
        path, line = (reference.path, reference.line) if reference else (None, None)
    text = f"{finding.message} {finding.remediation}"
    return Annotation(level, finding.title, text, path, line, finding.fingerprint)


def _of_gap(gap: Incomplete, level: Level, artifacts: Mapping[str, Artifact]) -> Annotation:
    artifact = artifacts.get(gap.artifact or "")
    path = artifact.path if artifact and artifact.repository_id is None else None
    return Annotation(level, "Not read", f"{gap.subject}: {gap.detail.rstrip('.')}. {gap.action}", path)


def _is_gap_said(gap: Incomplete) -> bool:
    return gap.waived is None and gap.cause not in _NOT_SAID


def worst_first(finding: Finding) -> tuple[int, str, int, str]:
    """The order in which findings are said."""
    return (-finding.severity.rank, finding.path or "", finding.line or 0, finding.fingerprint)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
