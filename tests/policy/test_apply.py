"""The policy as a whole: verdicts, reasons, totals, rules."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.domain import Cause, Severity, Verdict
from scanner.policy.apply import exit_status
from scanner.policy.verdict import CAUSES
from tests.policy.makers import A, artifact, finding, gap, judged, reference, repository

NEVER = "fail-on-severity: never"
LENIENT = "fail-on-incomplete: false"
KEEP = {"artifacts": [artifact(change="unchanged")]}

TABLE: dict[str, tuple[str, dict[str, Any], Verdict]] = {
    "nothing": ("", {}, Verdict.PASS),
    "info alone": ("", {"findings": [finding("info")]}, Verdict.PASS),
    "low": ("", {"findings": [finding("low")]}, Verdict.WARN),
    "medium": ("", {"findings": [finding("medium")]}, Verdict.WARN),
    "high": ("", {"findings": [finding("high")]}, Verdict.FAIL),
    "critical": ("", {"findings": [finding("critical")]}, Verdict.FAIL),
    "a lower gate": ("fail-on-severity: medium", {"findings": [finding("medium")]}, Verdict.FAIL),
    "the lowest gate": ("fail-on-severity: info", {"findings": [finding("info")]}, Verdict.FAIL),
    "a higher gate": ("fail-on-severity: critical", {"findings": [finding("high")]}, Verdict.WARN),
    "no gate": (NEVER, {"findings": [finding("critical")]}, Verdict.WARN),
    "without a base": ("", {"findings": [finding(new=None)], **KEEP}, Verdict.FAIL),
    "old, in the change": ("", {"findings": [finding(new=False)]}, Verdict.FAIL),
    "old, in a modified file": (
        "",
        {"findings": [finding(new=False)], "artifacts": [artifact(change="modified")]},
        Verdict.FAIL,
    ),
    "old, in a renamed file": (
        "",
        {"findings": [finding(new=False)], "artifacts": [artifact(change="renamed")]},
        Verdict.FAIL,
    ),
    "old, elsewhere": ("", {"findings": [finding(new=False)], **KEEP}, Verdict.WARN),
    "old info, elsewhere": ("", {"findings": [finding("info", new=False)], **KEEP}, Verdict.PASS),
    "new, in an unchanged file": ("", {"findings": [finding()], **KEEP}, Verdict.FAIL),
    "old, on a line of the diff": (
        "",
        {"findings": [finding(new=False, artifact=None, reference="ref")], "references": [reference()]},
        Verdict.FAIL,
    ),
    "old, on another line": (
        "",
        {
            "findings": [finding(new=False, artifact=None, reference="ref")],
            "references": [reference(in_diff=False, change="unchanged")],
        },
        Verdict.WARN,
    ),
    "hostile": ("", {"incomplete": [gap("hostile")]}, Verdict.INCOMPLETE),
    "unreadable": ("", {"incomplete": [gap("unreadable")]}, Verdict.INCOMPLETE),
    "budget": ("", {"incomplete": [gap("budget")]}, Verdict.INCOMPLETE),
    "access": ("", {"incomplete": [gap("access")]}, Verdict.INCOMPLETE),
    "rate": ("", {"incomplete": [gap("rate")]}, Verdict.INCOMPLETE),
    "offline": ("", {"incomplete": [gap("offline")]}, Verdict.WARN),
    "unchanged": ("", {"incomplete": [gap("unchanged")]}, Verdict.PASS),
    "hostile, tolerated": (LENIENT, {"incomplete": [gap("hostile")]}, Verdict.WARN),
    "unchanged, tolerated": (LENIENT, {"incomplete": [gap("unchanged")]}, Verdict.PASS),
    "fail wins": ("", {"findings": [finding()], "incomplete": [gap("hostile")]}, Verdict.FAIL),
    "incomplete wins": ("", {"findings": [finding("low")], "incomplete": [gap("rate")]}, Verdict.INCOMPLETE),
    "an address that is not checked": (
        "",
        {"references": [reference(resolution="not_checked")]},
        Verdict.WARN,
    ),
    "the same outside the change": (
        "",
        {"references": [reference(resolution="not_checked", in_diff=False, change="unchanged")]},
        Verdict.PASS,
    ),
    "an expression": ("", {"references": [reference(resolution="unresolved", repo_id=None)]}, Verdict.PASS),
}


@pytest.mark.parametrize(("config", "given", "verdict"), TABLE.values(), ids=TABLE)
def test_verdicts(config: str, given: dict[str, Any], verdict: Verdict) -> None:
    judgement = judged(config, **given)
    assert judgement.verdict is verdict
    assert any(found.blocking for found in judgement.findings) is (verdict is Verdict.FAIL)


@pytest.mark.parametrize(
    ("verdict", "status"), [(Verdict.PASS, 0), (Verdict.WARN, 0), (Verdict.FAIL, 1), (Verdict.INCOMPLETE, 3)]
)
def test_exit_statuses(verdict: Verdict, status: int) -> None:
    assert exit_status(verdict) == status


def test_reasons_are_told_worst_first() -> None:
    judgement = judged(
        f"exceptions: [{{rule: keras-lambda-layer, sha256: {A}, reason: r, owner: o, expires: 2030-01-01}}]",
        findings=[
            finding("medium"),
            finding("high"),
            finding("critical"),
            finding("critical", fingerprint="f" * 32),
            finding("low", new=False, artifact="other", fingerprint="e" * 32),
            finding("high", rule="keras-lambda-layer", fingerprint="d" * 32),
        ],
        incomplete=[gap("offline"), gap("budget"), gap("hostile"), gap("budget"), gap("unchanged")],
        artifacts=[artifact(), artifact("other", change="unchanged")],
        references=[reference(resolution="not_checked")],
    )
    assert judgement.reasons == [
        "2 critical findings at or above high",
        "1 high finding at or above high",
        "1 file not read: broken or made to mislead",
        "2 files not read: over the budget",
        "1 medium finding below the gate",
        "1 low older finding outside the change",
        "1 file not read: offline",
        "1 reference not checked",
        "1 finding accepted by the policy",
    ]
    assert [found.severity.value for found in judgement.findings] == [
        "critical", "critical", "high", "high", "medium", "low",
    ]  # fmt: skip


def test_totals() -> None:
    judgement = judged(
        findings=[finding("high"), finding("low", new=False, fingerprint="e" * 32)],
        artifacts=[
            artifact(),
            artifact("b", status="incomplete"),
            artifact("c", status="skipped", change="unchanged"),
            artifact("d", status="skipped", change="removed"),
        ],
        references=[reference(), reference("gone", change="removed")],
        repositories=[repository()],
    )
    totals = judgement.totals
    assert (totals.artifacts, totals.scanned, totals.incomplete, totals.skipped) == (3, 1, 1, 1)
    assert (totals.references, totals.repositories) == (1, 1)
    assert totals.findings == {"high": 1, "low": 1}
    assert (totals.new_findings, totals.old_findings, totals.suppressed) == (1, 1, 0)


def test_the_order_of_what_is_found_does_not_matter() -> None:
    found = [
        finding(level, fingerprint=f"{number}" * 32) for number, level in enumerate(("low", "high", "low"))
    ]
    assert judged(findings=found) == judged(findings=found[::-1])


def test_rules_change_severities_or_vanish() -> None:
    louder = judged("rules: {malformed-model: critical}", findings=[finding("low")])
    assert [found.severity for found in louder.findings] == [Severity.CRITICAL]
    assert louder.verdict is Verdict.FAIL
    gone = judged("rules: {malformed-model: off}", findings=[finding("critical")])
    assert gone.findings == []
    assert gone.verdict is Verdict.PASS
    lists_too = judged(f"rules: {{denied-digest: low}}\ndeny: {{digests: [{A}]}}")
    assert [found.severity for found in lists_too.findings] == [Severity.LOW]


def test_every_cause_that_counts_has_words() -> None:
    assert set(CAUSES) == set(Cause) - {Cause.UNCHANGED}
