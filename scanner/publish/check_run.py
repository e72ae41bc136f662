"""The check run: one POST that is completed at once, then more annotations by PATCH of its output only.

A check run that goes from in progress to completed can get stuck there, and since March 2025 the token of a
workflow may not change the conclusion of one that Actions made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scanner.domain import Report, Verdict
from scanner.publish.annotations import MAX_MESSAGE, MAX_TITLE, Annotation
from scanner.publish.client import ApiError, Client
from scanner.report.plain import brief

BATCH = 50
"""Annotations of one request."""
MAX_ANNOTATIONS = 1_000

CONCLUSIONS = {
    Verdict.PASS: "success",
    Verdict.WARN: "neutral",
    Verdict.FAIL: "failure",
    Verdict.INCOMPLETE: "action_required",
}
"""A neutral check lets a pull request be merged; one that requires action does not."""

_LEVELS = {"error": "failure", "warning": "warning", "notice": "notice"}


def create(
    client: Client,
    name: str,
    head: str,
    key: str,
    report: Report,
    text: Callable[[int], str],
    title: str,
    annotations: Sequence[Annotation],
    run_url: str,
) -> tuple[str, list[Annotation]]:
    """Make the check run on ``head``; its address, and the annotations that it does not say though it could.

    Args:
        client: the repository.
        name: what reviewers see and branch protection names.
        head: the commit, of a pull request its own head.
        key: tells this run's check run from every other; by it a lost answer is found.
        report: gives the conclusion.
        text: gives the summary for a number of annotations that were left out.
        title: one line.
        annotations: those without a path are left to whoever can say them elsewhere.
        run_url: where the run can be seen.

    Raises:
        ApiError: GitHub did not take it. A later batch that it does not take is no error.
    """
    kept = [each for each in annotations if each.path is not None]
    left_out = max(0, len(kept) - MAX_ANNOTATIONS)
    del kept[MAX_ANNOTATIONS:]
    output: dict[str, Any] = {"title": brief(title, MAX_TITLE), "summary": text(left_out)}
    first, *more = _batches(kept)
    body = {
        "name": name,
        "head_sha": head,
        "status": "completed",
        "conclusion": CONCLUSIONS[report.verdict],
        "details_url": run_url,
        "external_id": key,
        "output": {**output, "annotations": first},
    }
    made = client.post("/check-runs", body, lambda: _find(client, name, head, key))
    said = len(first)
    for batch in more:
        found = _appended(client, name, head, key, said + len(batch))
        try:
            client.patch(f"/check-runs/{made['id']}", {"output": {**output, "annotations": batch}}, found)
        except ApiError:
            break
        said += len(batch)
    return str(made["html_url"]), kept[said:]


def _batches(annotations: Sequence[Annotation]) -> list[list[dict[str, Any]]]:
    placed = [_placed(each) for each in annotations]
    return [placed[start : start + BATCH] for start in range(0, len(placed), BATCH)] or [[]]


def _placed(annotation: Annotation) -> dict[str, Any]:
    line = annotation.line or 1
    return {
        "path": annotation.path,
        "start_line": line,
        "end_line": line,
        "annotation_level": _LEVELS[annotation.level],
        "title": brief(annotation.title, MAX_TITLE),
        "message": brief(annotation.message, MAX_MESSAGE),
    }


def _find(client: Client, name: str, head: str, key: str) -> Any:
    runs = client.pages(f"/commits/{head}/check-runs", "check_runs", check_name=name, filter="all")
    return next((run for run in runs if run.get("external_id") == key), None)


def _appended(client: Client, name: str, head: str, key: str, expected: int) -> Callable[[], Any]:
    """Finds the check run if a batch arrived though its answer did not: batches are added, not replaced."""

    def look() -> Any:
        run = _find(client, name, head, key)
        return run if run and run["output"]["annotations_count"] >= expected else None

    return look
