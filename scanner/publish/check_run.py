"""The check run: one POST that is completed at once, then more annotations by PATCH of its output only.

A check run that goes from in progress to completed can get stuck there, and since March 2025 the token of a
workflow may not change the conclusion of one that Actions made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scanner.domain import Report, Verdict
from scanner.publish.annotations import Annotation
from scanner.publish.client import Client

TEXT_LIMIT = 65_535
"""Characters of ``output.summary``."""
BATCH = 50
"""Annotations of one request."""
MAX_ANNOTATIONS = 1_000
MAX_TITLE = 255

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
) -> str:
    """Make the check run on ``head``; its address.

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
        ApiError: GitHub did not take it.
    """
    placed = [_placed(each) for each in annotations if each.path is not None]
    output: dict[str, Any] = {"title": title, "summary": text(max(0, len(placed) - MAX_ANNOTATIONS))}
    first, *more = _batches(placed[:MAX_ANNOTATIONS])
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
        said += len(batch)
        client.patch(
            f"/check-runs/{made['id']}",
            {"output": {**output, "annotations": batch}},
            made=_appended(client, name, head, key, said),
        )
    return str(made["html_url"])


def _batches(placed: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [placed[start : start + BATCH] for start in range(0, len(placed), BATCH)] or [[]]


def _placed(annotation: Annotation) -> dict[str, Any]:
    line = annotation.line or 1
    return {
        "path": annotation.path,
        "start_line": line,
        "end_line": line,
        "annotation_level": _LEVELS[annotation.level],
        "title": annotation.title,
        "message": annotation.message,
    }


def _find(client: Client, name: str, head: str, key: str) -> Any:
    runs = client.pages(f"/commits/{head}/check-runs", "check_runs", check_name=name, filter="all")
    return next((run for run in runs if run.get("external_id") == key), None)


def _appended(client: Client, name: str, head: str, key: str, expected: int) -> Callable[[], Any]:
    """Finds the check run if a batch arrived, though the answer did not: annotations are added, not replaced."""

    def look() -> Any:
        run = _find(client, name, head, key)
        return run if run and run["output"]["annotations_count"] >= expected else None

    return look
