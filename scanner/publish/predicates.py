"""The verdict as the predicate of an attestation, and the files that it is about.

The predicate is in-toto's Simple Verification Result 0.2 (https://in-toto.io/attestation/svr/v0.2): who
verified what, when, under which policy, and the properties that hold. It names only what passed; a
verdict ``fail`` or ``incomplete`` leaves out the properties that an admission controller asks for. Nothing is
signed here: that is the next step's business, with ``actions/attest``.

A ``workflow_run`` publishes a report that a stranger may have made, so nothing is written of it: what a
workflow of the default branch signs is believed.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scanner.domain import Artifact, Cause, Report, Severity, Verdict
from scanner.event import Event
from scanner.words import counted

TYPE = "https://in-toto.io/attestation/svr/v0.2"
VERIFIER = "https://github.com/modelward/modelward"
PREDICATE, SUBJECTS = "verdict.svr.json", "subjects.sha256"
MAX_SUBJECTS = 1_024
"""What ``actions/attest`` takes as subjects of one attestation."""
MAX_CHECKSUMS = 512 * 1_024
"""Bytes of checksums that it takes."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PREFIX = "MODELWARD_"
PROPERTIES = {
    f"{_PREFIX}{name}": meaning
    for name, meaning in (
        ("ALL_MODELS_READ", "nothing that was looked at is unread, not even what the policy allows to be"),
        ("NO_CRITICAL_FINDINGS", "no finding is critical, and no unread file that counts could hide one"),
        ("NO_HIGH_FINDINGS", "the same of high and critical findings"),
        ("POLICY_PASSED", "the verdict is `pass` or `warn`"),
        ("SBOM_WRITTEN", "there is a valid SBOM"),
        ("VERDICT_PASS", "the verdict is `pass`"),
        ("VULNERABILITIES_ASSESSED", "all packages were compared with a vulnerability database"),
        ("WHOLE_TREE", "the whole commit was looked at, and not only a change"),
    )
}
"""What can be verified, and what it means."""


def write(report: Report, event: Event, folder: Path, now: float) -> str | None:
    """Write the predicate, and the checksums of its subjects where there are any.

    Returns:
        what the maintainer should know: model files that no attestation has room for.

    Raises:
        OSError: the folder cannot be written.
    """
    if event.name == "workflow_run":
        return None
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(predicate(report, event, now), indent=2)
    (folder / PREDICATE).write_text(f"{text}\n", "ascii")
    lines = subjects(report)
    if lines:
        (folder / SUBJECTS).write_text("".join(lines), "utf-8")
    left = len({each.path for each in report.artifacts if _is_subject(each)}) - len(lines)
    if not left:
        return None
    limit = f"an attestation has room for {MAX_SUBJECTS:,} files with {MAX_CHECKSUMS:,} bytes of checksums"
    return f"{counted(left, 'model file')} left out of {SUBJECTS}: {limit}."


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
    """What holds of :data:`PROPERTIES`, sorted."""
    active = {finding.severity for finding in report.findings if finding.suppressed is None}
    unread = [gap for gap in report.incomplete if gap.cause is not Cause.UNCHANGED]
    known = report.verdict is not Verdict.INCOMPLETE and not any(gap.waived is None for gap in unread)
    unchecked = any(one.in_diff and one.resolution == "not_checked" for one in report.references)
    assessment = report.sbom.assessment if report.sbom else None
    held = {
        "POLICY_PASSED": report.verdict in (Verdict.PASS, Verdict.WARN),
        "VERDICT_PASS": report.verdict is Verdict.PASS,
        "NO_CRITICAL_FINDINGS": known and Severity.CRITICAL not in active,
        "NO_HIGH_FINDINGS": known and not {Severity.CRITICAL, Severity.HIGH} & active,
        "ALL_MODELS_READ": report.verdict is not Verdict.INCOMPLETE and not unread and not unchecked,
        "WHOLE_TREE": report.change.mode == "all",
        "SBOM_WRITTEN": report.sbom is not None and report.sbom.written,
        "VULNERABILITIES_ASSESSED": assessment is not None and assessment.state == "assessed",
    }
    return sorted(_PREFIX + name for name, holds in held.items() if holds)


def subjects(report: Report) -> list[str]:
    """Lines as ``sha256sum`` writes them: model files of the repository whose digest is of their bytes.

    As many of them, in the order of their paths, as one attestation has room for.
    """
    found = {each.path: each.sha256 for each in report.artifacts if _is_subject(each)}
    lines: list[str] = []
    room = MAX_CHECKSUMS
    for path in sorted(found)[:MAX_SUBJECTS]:
        line = f"{found[path]}  {path}\n"
        room -= len(line.encode("utf-8"))
        if room < 0:
            break
        lines.append(line)
    return lines


def _is_subject(artifact: Artifact) -> bool:
    computed = artifact.sha256_origin == "computed" and artifact.source in ("git", "lfs")
    plain = artifact.path.isprintable() and "\\" not in artifact.path  # sha256sum would escape the line
    digest = _SHA256.fullmatch(artifact.sha256 or "") is not None
    return computed and plain and digest and artifact.change != "removed" and artifact.status == "scanned"


def _policies(report: Report, event: Event) -> list[dict[str, str]]:
    """The configuration that was applied, where it is a file of a commit of this repository."""
    policy = report.policy
    commit = {"base": report.change.base, "head": report.change.head}.get(policy.source)
    if policy.path is None or commit is None:
        return []
    address = f"{event.server_url}/{event.repository}/blob/{commit}/{quote(policy.path)}"
    return [{"name": policy.path, "uri": address}]
