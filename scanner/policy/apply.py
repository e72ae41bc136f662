"""The policy applied: what was found in, a judgement out. Pure: no clock, no files, no environment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from scanner.domain import Finding, Incomplete, PolicySummary, Severity, Totals, Verdict, Vulnerability
from scanner.evidence import BaseConfig, Inputs
from scanner.policy.accept import accept, waiver
from scanner.policy.config import Config
from scanner.policy.lists import denied
from scanner.policy.material import Material
from scanner.policy.tighten import tighten
from scanner.policy.verdict import blocks, conclude
from scanner.policy.vulnerabilities import judge_vulnerabilities, unassessed


@dataclass(frozen=True)
class Judgement:
    """What the policy makes of a scan; the fields go into the report as they are."""

    findings: list[Finding]
    """Worst first; with the configured severities, suppressions and ``blocking`` set."""
    incomplete: list[Incomplete]
    """As given, with ``waived`` set."""
    verdict: Verdict
    reasons: list[str]
    warnings: list[str]
    totals: Totals
    policy: PolicySummary
    vulnerabilities: list[Vulnerability]
    """As given, with suppressions and ``blocking`` set."""


EXIT = {Verdict.PASS: 0, Verdict.WARN: 0, Verdict.FAIL: 1, Verdict.INCOMPLETE: 3}


def exit_status(verdict: Verdict) -> int:
    """0 for ``pass`` and ``warn``, 1 for ``fail``, 3 for ``incomplete``."""
    return EXIT[verdict]


def judge(
    config: Config, material: Material, *, today: date, inputs: Inputs, source: BaseConfig
) -> Judgement:
    """Apply a configuration to what was found.

    ``today`` is the ``policy_date`` of the evidence. ``source`` says where ``config`` came from: unless it
    is ``default``, ``inputs`` can only make the configuration stricter.
    """
    configured = source.source != "default"
    config, warnings = tighten(config, inputs, configured=configured)
    found = [
        _with_severity(config, finding)
        for finding in (*material.findings, *denied(config, material))
        if config.rules.get(finding.rule) != "off"
    ]
    vulnerabilities, matched = judge_vulnerabilities(config, material.vulnerabilities, today)
    accepted, notices = accept(config, material, found, today, matched)
    findings = sorted(
        (finding.model_copy(update={"blocking": blocks(config, material, finding)}) for finding in accepted),
        key=_order,
    )
    unread = [*material.incomplete, *unassessed(config, material.assessment)]
    gaps = [gap.model_copy(update={"waived": waiver(config, material, gap)}) for gap in unread]
    gate = config.fail_on_severity
    vulnerable = config.fail_on_vulnerability
    verdict, reasons = conclude(config, material, findings, gaps, vulnerabilities)
    return Judgement(
        findings=findings,
        incomplete=gaps,
        verdict=verdict,
        reasons=reasons,
        warnings=warnings + notices,
        totals=_totals(material, findings, vulnerabilities),
        policy=PolicySummary(
            source=source.source,
            path=source.path if configured else None,
            fail_on_severity="never" if gate == "never" else Severity(gate),
            fail_on_incomplete=config.fail_on_incomplete,
            fail_on_vulnerability="never" if vulnerable == "never" else Severity(vulnerable),
        ),
        vulnerabilities=vulnerabilities,
    )


def _with_severity(config: Config, finding: Finding) -> Finding:
    level = config.rules.get(finding.rule)
    return finding if level is None else finding.model_copy(update={"severity": Severity(level)})


def _order(finding: Finding) -> tuple[int, str, int, str, str]:
    return (-finding.severity.rank, finding.path or "", finding.line or 0, finding.rule, finding.fingerprint)


def _totals(material: Material, findings: list[Finding], vulnerabilities: list[Vulnerability]) -> Totals:
    artifacts = [artifact for artifact in material.artifacts if artifact.change != "removed"]
    status = Counter(artifact.status for artifact in artifacts)
    active = [finding for finding in findings if finding.suppressed is None]
    severities = Counter(finding.severity for finding in active)
    old = sum(1 for finding in active if finding.new is False)
    return Totals(
        artifacts=len(artifacts),
        scanned=status["scanned"],
        incomplete=status["incomplete"],
        skipped=status["skipped"],
        references=len([one for one in material.references if one.change != "removed"]),
        repositories=len(material.repositories),
        findings={severity.value: severities[severity] for severity in Severity if severities[severity]},
        new_findings=len(active) - old,
        old_findings=old,
        suppressed=len(findings) - len(active),
        vulnerabilities=sum(one.suppressed is None for one in vulnerabilities),
        new_vulnerabilities=sum(one.suppressed is None and one.new is True for one in vulnerabilities),
    )
