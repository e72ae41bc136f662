"""The documents of a report directory that are made from the report."""

from __future__ import annotations

import json
from collections.abc import Mapping

from scanner.domain import Report
from scanner.evidence import Manifest
from scanner.exchange import Request, Requests
from scanner.scan.timings import Timings


def warm() -> None:
    """Load what every pass needs, ahead of its use."""
    from scanner.report import render, sarif  # noqa: F401

    render.warm()
    for noun in (Manifest, Report):
        noun.model_rebuild()


def files(
    report: Report, bill: Mapping[str, bytes], requests: list[Request], timings: Timings
) -> dict[str, bytes]:
    """Every file of the report directory by its name; ``bill`` are those of the SBOM."""
    from scanner.report import render, sarif

    return {
        "report.json": report.model_dump_json(indent=2).encode() + b"\n",
        "requests.json": Requests(requests=requests).model_dump_json(indent=2).encode() + b"\n",
        "results.sarif": _json(sarif.document(report)),
        "comment.md": render.comment(report).encode(),
        "summary.md": render.summary(report).encode(),
        "timings.json": timings.to_json(),
        **bill,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8") + b"\n"
