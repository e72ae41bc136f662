"""The verdict as the predicate of an attestation, and the files that it is about.

The predicate is in-toto's Simple Verification Result 0.2 (https://in-toto.io/attestation/svr/v0.2): who
verified what, when, under which policy, and the properties that hold. It names only what passed; a
verdict ``fail`` or ``incomplete`` leaves out the properties that an admission controller asks for. Nothing is
signed here: that is the next step's business, with ``actions/attest``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner.domain import Artifact, Report, Severity, Verdict
from scanner.event import Event

TYPE = "https://in-toto.io/attestation/svr/v0.2"
VERIFIER = "https://github.com/modelward/modelward"
PREDICATE, SUBJECTS = "verdict.svr.json", "subjects.sha256"
MAX_SUBJECTS = 1_024
"""What ``actions/attest`` takes as subjects of one attestation."""

_PREFIX = "MODELWARD_"


def write(report: Report, event: Event, folder: Path, now: float) -> dict[str, Path]:
    """Write the predicate, and the checksums of its subjects where there are any; the files by what they are.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {"predicate": folder / PREDICATE}
    written["predicate"].write_text(json.dumps(predicate(report, event, now), indent=2) + "\n", "ascii")
    if lines := subjects(report):
        written["subjects"] = folder / SUBJECTS
        written["subjects"].write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return written


def predicate(report: Report, event: Event, now: float) -> dict[str, Any]:
    """The predicate; ``now`` is seconds since 1970."""
    return {
        "verifier": {
            "id": f"{VERIFIER}/v{report.tool.version.split('.')[0]}",
            "policies": _policies(report, event),
        },
        "timeCreated": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "properties": properties(report),
    }


def properties(report: Report) -> list[str]:
    """What holds, sorted; each name begins with ``MODELWARD_``."""
    active = [finding.severity for finding in report.findings if finding.suppressed is None]
    assessment = report.sbom.assessment if report.sbom else None
    held = {
        "POLICY_PASSED": report.verdict in (Verdict.PASS, Verdict.WARN),
        "VERDICT_PASS": report.verdict is Verdict.PASS,
        "NO_CRITICAL_FINDINGS": Severity.CRITICAL not in active,
        "NO_HIGH_FINDINGS": not {Severity.CRITICAL, Severity.HIGH} & set(active),
        "ALL_MODELS_READ": not any(gap.waived is None for gap in report.incomplete),
        "SBOM_WRITTEN": report.sbom is not None and report.sbom.written,
        "VULNERABILITIES_ASSESSED": assessment is not None and assessment.state == "assessed",
    }
    if report.verdict is Verdict.INCOMPLETE:
        held |= {"NO_CRITICAL_FINDINGS": False, "NO_HIGH_FINDINGS": False}  # nobody knows
    return sorted(_PREFIX + name for name, holds in held.items() if holds)


def subjects(report: Report) -> list[str]:
    """Lines as ``sha256sum`` writes them: model files of the repository whose digest is of their bytes."""
    found = {
        artifact.path: artifact.sha256
        for artifact in report.artifacts
        if _is_subject(artifact) and artifact.sha256
    }
    return [f"{found[path]}  {path}" for path in sorted(found)][:MAX_SUBJECTS]


def _is_subject(artifact: Artifact) -> bool:
    computed = artifact.sha256_origin == "computed" and artifact.source in ("git", "lfs")
    plain = artifact.path.isprintable() and "\\" not in artifact.path  # sha256sum would escape the line
    return computed and plain and artifact.change != "removed" and artifact.status == "scanned"


def _policies(report: Report, event: Event) -> list[dict[str, str]]:
    """The configuration that was applied, where it is a file of the base commit."""
    policy, base = report.policy, report.change.base
    if policy.path is None or policy.source != "base" or base is None:
        return []
    return [{"name": policy.path, "uri": f"{event.server_url}/{event.repository}/blob/{base}/{policy.path}"}]
