"""Review comments: where a finding is said when lines of the file cannot be annotated, or can be mended.

A finding has one inline place: a suggestion where there is a mechanical fix in the diff, else a comment on
the file if it is a model file, else an annotation. What one file has to be told is one comment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from scanner.domain import Artifact, Finding, Report
from scanner.publish.annotations import is_said, worst_first
from scanner.publish.client import Client, Refused
from scanner.publish.marker import MAX_FINGERPRINTS, findings_marker, marked_findings

MAX_NEW = 10
"""New review comments of one run."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one review comment goes: lines to put ``replacement`` in the place of, or a whole file."""

    path: str
    lines: tuple[int, int] | None = None
    replacement: str | None = None


@dataclass(slots=True)
class Said:
    """What the review comments say so far."""

    fingerprints: set[str] = field(default_factory=set)
    left_out: int = 0
    """Places that are annotated instead, since a run makes at most :data:`MAX_NEW` comments."""


def places(report: Report) -> dict[Place, list[Finding]]:
    """The places of a report and what is said there, the worst first."""
    artifacts = {artifact.id: artifact for artifact in report.artifacts}
    in_diff = {reference.id for reference in report.references if reference.in_diff}
    found: dict[Place, list[Finding]] = {}
    for finding in sorted(filter(is_said, report.findings), key=worst_first):
        place = _fix(finding, in_diff) or _file(artifacts.get(finding.artifact or ""))
        if place is not None:
            found.setdefault(place, []).append(finding)
    return found


def say(client: Client, number: int, head: str, key: str, report: Report, said: Said) -> None:
    """Say each finding once in its place; delete our comments about findings that are gone, unless answered.

    ``said`` is kept current, also when GitHub breaks off. A finding in a file that could not be read this
    time is not known to be gone.

    Raises:
        ApiError: GitHub did not take it. A place outside the diff is no error: it is annotated instead.
    """
    current = {finding.fingerprint for finding in report.findings if is_said(finding)}
    unread = {artifact.path for artifact in report.artifacts if artifact.status == "incomplete"}
    _tidy(client, number, key, current, unread, said.fingerprints)
    new = 0
    for place, findings in places(report).items():
        unsaid = [finding for finding in findings if finding.fingerprint not in said.fingerprints]
        del unsaid[MAX_FINGERPRINTS:]
        if not unsaid:
            continue
        if new == MAX_NEW:
            said.left_out += 1
            continue
        if _commented(client, number, head, key, place, unsaid):
            new += 1
            said.fingerprints.update(finding.fingerprint for finding in unsaid)


def _fix(finding: Finding, in_diff: Collection[str]) -> Place | None:
    fix = finding.fix
    if fix is None or finding.reference not in in_diff or not 1 <= fix.line <= fix.end_line:
        return None
    return Place(fix.path, (fix.line, fix.end_line), fix.replacement)


def _file(artifact: Artifact | None) -> Place | None:
    if artifact is None or artifact.source not in ("git", "lfs", "dvc"):
        return None
    return Place(artifact.path) if artifact.change in ("added", "modified", "renamed") else None


def _tidy(
    client: Client, number: int, key: str, current: Collection[str], unread: Collection[str], said: set[str]
) -> None:
    """Add to ``said`` what our comments say of ``current``; delete those that say nothing more of it."""
    theirs = list(client.pages(f"/pulls/{number}/comments"))
    answered = {comment.get("in_reply_to_id") for comment in theirs}
    for comment in sorted(_ours(client, theirs), key=lambda comment: int(comment["id"])):
        marked = marked_findings(comment.get("body") or "", key)
        alive = marked.intersection(current) - said
        kept = comment["id"] in answered or comment.get("path") in unread
        if marked and not alive and not kept:
            client.delete(f"/pulls/comments/{comment['id']}")
        said |= alive


def _ours(client: Client, comments: Iterable[Any]) -> list[Any]:
    login = client.login()
    return [comment for comment in comments if (comment.get("user") or {}).get("login") == login]


def _commented(
    client: Client, number: int, head: str, key: str, place: Place, findings: list[Finding]
) -> bool:
    """Whether GitHub took a comment at ``place``; it takes none outside the diff."""
    from scanner.report.render import review

    try:
        text = review(findings, place.replacement)
    except ValueError:
        return False
    marker = findings_marker(key, (finding.fingerprint for finding in findings))
    body: dict[str, Any] = {
        "body": f"{text.rstrip()}\n\n{marker}",
        "commit_id": head,
        "path": place.path,
    }
    if place.lines is None:
        body["subject_type"] = "file"
    else:
        start, end = place.lines
        body |= {"line": end, "side": "RIGHT"}
        if start != end:
            body |= {"start_line": start, "start_side": "RIGHT"}
    path = f"/pulls/{number}/comments"
    try:
        client.post(path, body, made=_made(client, path, body["body"]))
    except Refused as error:
        if error.status == 422:
            return False
        raise
    return True


def _made(client: Client, path: str, body: str) -> Callable[[], Any]:
    def look() -> Any:
        mine = _ours(client, client.pages(path))
        return next((comment for comment in mine if comment.get("body") == body), None)

    return look
