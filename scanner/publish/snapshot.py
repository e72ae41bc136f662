"""What the repository depends on, handed to GitHub's dependency graph: models of the Hub beside packages.

With it an organisation can ask GitHub itself which of its repositories use a model. A snapshot takes the
place of the one before it that has the same correlator, so it is only ever submitted of a whole tree.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scanner.domain import Report
from scanner.domain.snapshot import Snapshot
from scanner.event import Event
from scanner.publish.client import Client, Refused
from scanner.publish.files import opened

SNAPSHOT = "dependency-snapshot.json"
MAX_SNAPSHOT = 32 * 1024 * 1024
"""Bytes of a snapshot that is still read."""

_DETECTOR = {"name": "modelward", "url": "https://github.com/modelward/modelward"}


def submit(client: Client, event: Event, report: Report, path: Path, key: str, now: float) -> str:
    """Submit the snapshot in ``path`` as that of the head of ``event``; what GitHub says of it.

    ``key`` tells the jobs of one workflow apart; ``now`` is seconds since 1970.

    Raises:
        ApiError: GitHub did not take it.
        OSError, NotPlain: there is no snapshot that could be read.
        ValueError: it is not a valid one.
    """
    body: dict[str, Any] = {
        "version": 0,
        "sha": event.head,
        "ref": event.ref,
        "job": {"id": str(event.run_id), "correlator": f"modelward/{key}", "html_url": event.run_url},
        "detector": {**_DETECTOR, "version": report.tool.version},
        "scanned": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "manifests": {
            name: manifest.model_dump(mode="json", exclude_none=True)
            for name, manifest in _read(path).manifests.items()
        },
    }
    answer = client.post("/dependency-graph/snapshots", body, lambda: None)
    if not isinstance(answer, dict) or answer.get("result") == "INVALID":
        raise Refused(422, str(answer.get("message") if isinstance(answer, dict) else answer))
    return str(answer.get("message") or answer.get("result") or "")


def _read(path: Path) -> Snapshot:
    with opened(path, MAX_SNAPSHOT) as stream:
        data = stream.read(MAX_SNAPSHOT)
    try:
        return Snapshot.model_validate_json(data)
    except ValidationError as error:
        raise ValueError(f"{path.name} is not a valid snapshot ({error.error_count()} errors)") from None
