"""From judged findings and gaps to a verdict and its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum

from scanner.domain import Cause, Finding, Incomplete, Severity, Verdict, Vulnerability
from scanner.policy import vulnerabilities
from scanner.policy.config import Config
from scanner.policy.material import Material
from scanner.policy.tighten import gate_rank
from scanner.words import counted

CAUSES = {
    Cause.HOSTILE: "broken or made to mislead",
    Cause.UNREADABLE: "unreadable",
    Cause.BUDGET: "over the budget",
    Cause.ACCESS: "no access",
    Cause.RATE: "rate limit, run again",
    Cause.OFFLINE: "offline",
}
"""The causes that count, worst first, in words. ``unchanged`` is listed and does not count."""


class Weight(Enum):
    """What something unread does to the verdict."""

    BLOCKS = "incomplete"
    WARNS = "warn"
    LISTED = "nothing"


def weigh(config: Config, material: Material, incomplete: Incomplete) -> Weight:
    """What a gap does: a trusted digest needs no reading, and an allowed publisher may be unread."""
    if incomplete.cause is Cause.UNCHANGED:
        return Weight.LISTED
    if incomplete.waived is not None:
        trusted = material.digest(incomplete.artifact) in config.allow.digests
        return Weight.LISTED if trusted else Weight.WARNS
    if incomplete.cause is Cause.OFFLINE or not config.fail_on_incomplete:
        return Weight.WARNS
    return Weight.BLOCKS


def blocks(config: Config, material: Material, finding: Finding) -> bool:
    """Whether a finding makes the verdict ``fail``: grave enough, not accepted, and new or in the change."""
    grave = finding.severity.rank >= gate_rank(config.fail_on_severity)
    return grave and finding.suppressed is None and (finding.new is not False or material.in_change(finding))


def conclude(
    config: Config,
    material: Material,
    findings: Sequence[Finding],
    gaps: Sequence[Incomplete],
    known: Sequence[Vulnerability] = (),
) -> tuple[Verdict, list[str]]:
    """The verdict and its reasons, worst first; everything given is judged one by one already."""
    active = [finding for finding in findings if finding.suppressed is None]
    failing = [finding for finding in active if finding.blocking]
    old = [finding for finding in active if _is_old(finding, material)]
    lesser = [finding for finding in active if not finding.blocking and not _is_old(finding, material)]
    weighed = [(gap, weigh(config, material, gap)) for gap in gaps]
    blocked = [gap for gap, weight in weighed if weight is Weight.BLOCKS]
    warned = [gap for gap, weight in weighed if weight is Weight.WARNS]
    unchecked = sum(1 for one in material.references if one.in_diff and one.resolution == "not_checked")
    gate = config.fail_on_severity
    reasons = [
        *_by_severity(failing, "finding", f" at or above {gate}"),
        *vulnerabilities.failing(config, known),
        *_by_cause(blocked),
        *_by_severity(lesser, "finding", " below the gate"),
        *_by_severity(old, "older finding", " outside the change"),
        *_by_cause(warned),
        *([f"{counted(unchecked, 'reference')} not checked"] if unchecked else []),
        *vulnerabilities.lesser(config, known),
    ]
    if accepted := len(findings) - len(active):
        reasons.append(f"{counted(accepted, 'finding')} accepted by the policy")
    if failing or any(one.blocking for one in known):
        return Verdict.FAIL, reasons
    if blocked:
        return Verdict.INCOMPLETE, reasons
    if warned or unchecked or any(finding.severity is not Severity.INFO for finding in lesser + old):
        return Verdict.WARN, reasons
    if vulnerabilities.warns(config, known, material.assessment):
        return Verdict.WARN, reasons
    return Verdict.PASS, reasons


def _is_old(finding: Finding, material: Material) -> bool:
    return finding.new is False and not material.in_change(finding)


def _by_severity(findings: Iterable[Finding], noun: str, suffix: str) -> list[str]:
    counts = Counter(finding.severity for finding in findings)
    return [
        counted(counts[severity], f"{severity.value} {noun}") + suffix
        for severity in sorted(counts, key=lambda severity: -severity.rank)
    ]


def _by_cause(gaps: Iterable[Incomplete]) -> list[str]:
    counts = Counter((gap.cause, gap.waived is not None, _noun(gap)) for gap in gaps)
    return [
        f"{counted(counts[cause, waived, noun], noun)} not read: {words}{', allowed' if waived else ''}"
        for cause, words in CAUSES.items()
        for waived in (False, True)
        for noun in ("file", "subject")
        if counts[cause, waived, noun]
    ]


def _noun(gap: Incomplete) -> str:
    return "subject" if gap.artifact is None else "file"
