"""The one comment on a pull request: found again, kept current, and not made to say nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from scanner.domain import Report, Severity, Verdict
from scanner.publish.client import Client
from scanner.publish.marker import RunMarker, run_marker

LIMIT = 65_536
"""Characters of a comment."""

CommentMode = Literal["auto", "always", "on-failure", "never"]


def keep(
    client: Client, number: int, mode: CommentMode, report: Report, text: str, marker: RunMarker
) -> str | None:
    """Make the comment of ``marker.key`` say ``text``; its address, or null when there is none.

    Ours are those that carry the marker and were written by our own login. A newer run's comment is left
    alone. The oldest one stays, so that two runs that both created one agree on which; its twins go.

    Raises:
        ApiError: GitHub did not take it.
        ValueError: ``text`` is longer than a comment can be.
    """
    if mode == "never":
        return None
    body = f"{text.rstrip()}\n\n{marker}"
    if len(body) > LIMIT:
        raise ValueError(f"a comment of {len(body)} characters; {LIMIT} are possible")
    path = f"/issues/{number}/comments"
    found = _ours(client, path, marker.key)
    if not found:
        if not _speaks(mode, report):
            return None
        created = client.post(path, {"body": body}, made=_made(client, path, marker))
        found = _ours(client, path, marker.key) or [created]
    oldest, *twins = found
    if any(_is_newer(comment, marker) for comment in found):
        return str(oldest["html_url"])
    if oldest["body"] != body:
        client.patch(f"/issues/comments/{oldest['id']}", {"body": body})
    for twin in twins:
        client.delete(f"/issues/comments/{twin['id']}")
    return str(oldest["html_url"])


def has_something_to_say(report: Report) -> bool:
    """Whether a reviewer would want to know: anything but a clean change that touches no model."""
    from scanner.report.view import view

    shown = view(report)
    told = (shown.rows, shown.folded, shown.notes, shown.removed, report.warnings)
    changes = [*(one.change for one in report.artifacts), *(one.change for one in report.references)]
    touched = any(change != "unchanged" for change in changes)
    return report.verdict is not Verdict.PASS or any(told) or touched


def _speaks(mode: CommentMode, report: Report) -> bool:
    """Whether a first comment is written. On failure means: also where the policy only warns of it."""
    if mode == "on-failure":
        severe = any(
            finding.severity.rank >= Severity.HIGH.rank and finding.new is not False
            for finding in report.findings
            if finding.suppressed is None
        )
        return severe or report.verdict in (Verdict.FAIL, Verdict.INCOMPLETE)
    return mode == "always" or has_something_to_say(report)


def _ours(client: Client, path: str, key: str) -> list[Any]:
    """Our comments, the oldest first."""
    login = client.login()
    mine = (
        comment
        for comment in client.pages(path)
        if (comment.get("user") or {}).get("login") == login and run_marker(comment.get("body") or "", key)
    )
    return sorted(mine, key=lambda comment: int(comment["id"]))


def _is_newer(comment: Any, marker: RunMarker) -> bool:
    """Whether a later run on the same commit wrote it; a run on another commit is not later, it is past."""
    other = run_marker(comment["body"], marker.key)
    return other is not None and other.head == marker.head and other.age > marker.age


def _made(client: Client, path: str, marker: RunMarker) -> Callable[[], Any]:
    def look() -> Any:
        mine = _ours(client, path, marker.key)
        return next((one for one in mine if run_marker(one["body"], marker.key) == marker), None)

    return look
