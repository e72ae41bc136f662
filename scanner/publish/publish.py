"""The phase that speaks: a report directory in, words for the runner and for GitHub out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pydantic import ValidationError

from scanner.domain import Report
from scanner.event import Event, EventError, read_event
from scanner.inputs import ActionInputs, InputError
from scanner.publish import outputs
from scanner.publish.annotations import Annotation, lines, of
from scanner.publish.files import NotPlain, opened

if TYPE_CHECKING:
    from scanner.publish.client import Clock
    from scanner.publish.speak import Spoken
    from scanner.report.render import Links

MAX_REPORT = 64 * 1024 * 1024
"""Bytes of a ``report.json`` that is still read."""

LINKS = {"sbom": "MODELWARD_SBOM_URL", "report": "MODELWARD_REPORT_URL"}
"""Variables with the addresses of what was uploaded before."""

ATTESTATION = "MODELWARD_ATTESTATION"
"""Variable with the folder for what the next step signs; without it nothing is written."""


class PublishError(ValueError):
    """There is no report that could be spoken of; the message says what to do."""


def publish(
    report_dir: Path, env: Mapping[str, str], dry_run: bool, out: TextIO, clock: Clock | None = None
) -> None:
    """Render a report again and hand it to the runner that ``env`` describes, and through it to GitHub.

    A dry run prints the comment and changes nothing. Otherwise the summary, the outputs and the annotations
    go where ``GITHUB_STEP_SUMMARY``, ``GITHUB_OUTPUT`` and ``GITHUB_ACTIONS`` say, as far as they are set. In
    a run of a workflow the comment, the check run, the review comments and the release asset come in between:
    what the runner's files need not wait for is in them first, so that nothing GitHub does can lose it.

    Raises:
        PublishError: no report, too large a one, not a valid one, or one about another commit than the run's;
            or the runner's variables or the inputs cannot be used.
        OSError: a file of the runner cannot be written.
    """
    report = read_report(report_dir)
    on_runner = env.get("GITHUB_ACTIONS") == "true"
    if dry_run:
        from scanner.report.render import comment

        text = comment(report)
        out.write(_inert(text) if on_runner else text)
        return
    try:
        event, inputs = read_event(env), ActionInputs.read(env)
    except (EventError, InputError) as error:
        raise PublishError(str(error)) from error
    _check_subject(report, event, report_dir)
    links, notes = _links(env, event)
    summary = env.get("GITHUB_STEP_SUMMARY") if inputs.job_summary else None
    if summary:
        from scanner.report import render

        if not outputs.append_summary(Path(summary), render.summary(report, links)):
            out.write("modelward: no room for the summary in GITHUB_STEP_SUMMARY; see summary.md\n")
    written = env.get("GITHUB_OUTPUT")
    if written:
        outputs.append_outputs(Path(written), outputs.values(report, report_dir))
    if event is None:
        rest = of(report)
    else:
        from scanner.publish.client import Clock
        from scanner.publish.speak import speak

        spoken = speak(report, event, inputs, links, report_dir, clock)
        rest, notes = spoken.rest, [*notes, *spoken.notes]
        if folder := env.get(ATTESTATION):
            from scanner.publish import predicates

            if left := predicates.write(report, event, Path(folder), (clock or Clock()).now()):
                notes.append(Annotation("notice", "Modelward", left))
        if written:
            outputs.append_outputs(Path(written), _addresses(spoken))
    if summary and notes:
        outputs.append_summary(Path(summary), outputs.notes([note.message for note in notes]))
    if on_runner:
        out.writelines(f"{line}\n" for line in lines([*notes, *rest]))


def _check_subject(report: Report, event: Event | None, report_dir: Path) -> None:
    """Refuse a report about anything but the commit and repository that the trusted event names."""
    if event is None:
        return
    if report.change.head != event.head:
        raise PublishError(
            f"{report_dir}: the report is of {report.change.head}, the run of {event.head}; run scan again"
        )
    if report.change.repository not in (None, event.repository):
        raise PublishError(f"{report_dir}: the report is not of {event.repository}; run scan again")


def _links(env: Mapping[str, str], event: Event | None) -> tuple[Links, list[Annotation]]:
    """The addresses that can be linked, and a note for each that cannot."""
    from scanner.report.render import Links

    found: dict[str, str] = {}
    notes = []
    for name, variable in LINKS.items():
        url = env.get(variable, "")
        if not url:
            continue
        try:
            if not url.startswith("https://"):
                raise ValueError
            Links(**{name: url})
            found[name] = url
        except ValueError:
            text = f"{variable} is not an https address that can be linked; it is left out."
            notes.append(Annotation("notice", "Modelward", text))
    return Links(**found, run=event.run_url if event and event.run_id else None), notes


def _addresses(spoken: Spoken) -> dict[str, str]:
    return {"comment-url": spoken.comment_url or "", "check-run-url": spoken.check_run_url or ""}


def read_report(report_dir: Path) -> Report:
    """The validated report of a directory.

    Raises:
        PublishError: it is not there, larger than :data:`MAX_REPORT`, or not valid.
    """
    path = report_dir / "report.json"
    try:
        with opened(path, MAX_REPORT) as stream:
            data = stream.read(MAX_REPORT)
    except OSError as error:
        raise PublishError(f"{path}: cannot be read ({error.strerror}); run scan first") from None
    except NotPlain as error:
        raise PublishError(f"{path}: {error}; scan a smaller change") from None
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
