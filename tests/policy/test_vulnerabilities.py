"""Known vulnerabilities and the verdict: the gate, what is new, exceptions, and what was not assessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scanner.domain import Severity, Verdict, Vulnerability, VulnerabilityAssessment
from scanner.evidence import BaseConfig, Inputs
from scanner.policy.apply import Judgement, judge
from scanner.policy.load import load
from scanner.policy.material import Material
from tests.policy.makers import TODAY, artifact, finding

GATE = "fail-on-vulnerability: high\n"
WHOLE = {"state": "assessed"}
EXCEPTION = """\
exceptions:
  - vulnerability: {name}
    reason: not reachable from our code
    owner: platform
    expires: {expires}
"""


def known(severity: str | None = "high", **more: Any) -> Vulnerability:
    fields = {"id": "GHSA-aaaa-bbbb-cccc", "aliases": ["CVE-2026-1"], "purl": "pkg:pypi/a@1", "new": True}
    return Vulnerability.model_validate({**fields, "severity": severity, **more})


def judged(
    config: str,
    *vulnerabilities: Vulnerability,
    assessment: dict[str, Any] | None = WHOLE,
    inputs: Inputs | None = None,
    **more: Any,
) -> Judgement:
    material = Material(
        artifacts=[artifact()],
        vulnerabilities=vulnerabilities,
        assessment=VulnerabilityAssessment.model_validate(assessment) if assessment else None,
        **more,
    )
    policy = load(config.encode(), "modelward.yml")
    return judge(policy, material, today=TODAY, inputs=inputs or Inputs(), source=BaseConfig(source="base"))


@pytest.mark.parametrize(
    ("config", "one", "verdict", "reasons"),
    [
        ("", known("critical"), Verdict.PASS, []),
        (GATE, known("high"), Verdict.FAIL, ["1 known high vulnerability at or above high"]),
        (GATE, known("critical"), Verdict.FAIL, ["1 known critical vulnerability at or above high"]),
        (GATE, known("high", new=None), Verdict.FAIL, ["1 known high vulnerability at or above high"]),
        (GATE, known("medium"), Verdict.PASS, ["1 known vulnerability below the gate"]),
        (
            GATE,
            known("critical", new=False),
            Verdict.PASS,
            ["1 known older vulnerability outside the change"],
        ),
        (GATE, known(None), Verdict.WARN, ["1 known vulnerability of unknown severity"]),
        (GATE, known(None, new=False), Verdict.PASS, ["1 known older vulnerability outside the change"]),
        ("fail-on-vulnerability: info", known("info"), Verdict.FAIL, None),
    ],
)
def test_the_gate(config: str, one: Vulnerability, verdict: Verdict, reasons: list[str] | None) -> None:
    made = judged(config, one)
    assert made.verdict is verdict
    assert reasons is None or made.reasons == reasons
    assert made.vulnerabilities[0].blocking == (verdict is Verdict.FAIL)
    assert (made.totals.vulnerabilities, made.totals.new_vulnerabilities) == (1, int(one.new is True))


def test_an_input_sets_the_gate_and_can_only_lower_it() -> None:
    strict = judged("", known("low"), inputs=Inputs(fail_on_vulnerability="low"))
    assert (strict.verdict, strict.policy.fail_on_vulnerability) == (Verdict.FAIL, Severity.LOW)
    loose = judged(GATE, known(), inputs=Inputs(fail_on_vulnerability="never"))
    assert loose.verdict is Verdict.FAIL
    assert "input fail-on-vulnerability: never was ignored" in loose.warnings[0]


def test_what_decides_is_the_first_reason() -> None:
    made = judged(GATE, known(), findings=[finding("low")])
    assert made.reasons[0] == "1 known high vulnerability at or above high"


@pytest.mark.parametrize("name", ["GHSA-aaaa-bbbb-cccc", "ghsa-AAAA-bbbb-cccc", "CVE-2026-1"])
def test_an_exception_accepts_it_by_any_of_its_names(name: str) -> None:
    made = judged(GATE + EXCEPTION.format(name=name, expires="2026-12-31"), known())
    (one,) = made.vulnerabilities
    assert one.suppressed is not None
    assert one.suppressed.model_dump() == {
        "reason": "not reachable from our code",
        "owner": "platform",
        "expires": date(2026, 12, 31),
    }
    assert not one.blocking
    assert (made.verdict, made.reasons) == (Verdict.PASS, ["1 known vulnerability accepted by the policy"])
    assert made.totals.vulnerabilities == 0
    assert made.warnings == []


def test_an_exception_that_expired_is_told() -> None:
    made = judged(GATE + EXCEPTION.format(name="CVE-2026-1", expires="2026-06-14"), known())
    assert made.verdict is Verdict.FAIL
    assert made.warnings == [
        "the exception for CVE-2026-1 expired after 2026-06-14: remove it, or have platform renew it"
    ]


def test_an_exception_for_another_vulnerability_accepts_nothing() -> None:
    made = judged(GATE + EXCEPTION.format(name="CVE-2026-2", expires="2026-12-31"), known(), known("medium"))
    assert made.verdict is Verdict.FAIL
    assert [one.suppressed for one in made.vulnerabilities] == [None, None]


@pytest.mark.parametrize(
    ("config", "assessment", "verdict"),
    [
        ("", {"state": "not-assessed", "cause": "rate"}, Verdict.PASS),
        ("", {"state": "not-assessed", "cause": "offline"}, Verdict.PASS),
        (GATE, {"state": "not-assessed", "cause": "rate"}, Verdict.INCOMPLETE),
        (GATE, {"state": "partly", "cause": "unreadable"}, Verdict.INCOMPLETE),
        (GATE, {"state": "not-assessed", "cause": "offline"}, Verdict.WARN),
        (GATE, {"state": "partly", "reason": "2 packages without a version"}, Verdict.WARN),
        (GATE, {"state": "assessed"}, Verdict.PASS),
        (GATE, None, Verdict.PASS),
    ],
)
def test_what_was_not_assessed_counts_where_the_policy_relies_on_it(
    config: str, assessment: dict[str, Any] | None, verdict: Verdict
) -> None:
    made = judged(config, assessment=assessment)
    assert made.verdict is verdict
    assert len(made.incomplete) == int(bool(config and assessment and assessment.get("cause")))
