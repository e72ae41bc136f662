"""``results.sarif``: the findings as SARIF 2.1.0 (OASIS), as GitHub code scanning takes them.

GitHub keeps 5,000 results and 10 tags a rule, wants a place for every result, and renders ``[text](target)``
inside a message as a link (SARIF 2.1.0, section 3.11.6); so no message of ours can hold one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from scanner.domain import Artifact, Cause, Finding, Incomplete, Report, Severity
from scanner.report.plain import brief
from scanner.rules import DOCS, RULES, Rule
from scanner.words import is_report_only

Json = dict[str, Any]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_RESULTS = 5_000
MAX_NOTIFICATIONS = 1_000
_TEXT_LIMIT = 1_000
_ROOT = "%SRCROOT%"

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFO: "0.0",
}
"""``security-severity``: GitHub calls over 9.0 critical, from 7.0 high, from 4.0 medium."""

_EXPECTED = frozenset({Cause.OFFLINE, Cause.UNCHANGED})


def document(report: Report) -> Json:
    """The SARIF document of ``report``: the same report gives the same document."""
    artifacts = {artifact.id: artifact for artifact in report.artifacts}
    references = {reference.id: (reference.path, reference.line) for reference in report.references}
    told = [one for one in report.findings if not is_report_only(one.rule, one.severity, one.blocking)]
    findings = sorted(told, key=_worst_first)
    kept = findings[:MAX_RESULTS]
    used = {finding.rule for finding in kept}
    rules = [*(rule for rule in RULES if rule in used), *sorted(used - RULES.keys())]
    index = {rule: position for position, rule in enumerate(rules)}
    missing = [gap for gap in report.incomplete if gap.cause not in _EXPECTED]
    run: Json = {
        "tool": {
            "driver": {
                "name": "Modelward",
                "version": report.tool.version,
                "informationUri": DOCS.partition("/blob/")[0],
                "rules": [_rule(rule) for rule in rules],
            },
            "extensions": [
                {"name": engine.name, "version": engine.version} for engine in report.tool.engines
            ],
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [
            {
                "executionSuccessful": not missing,
                "toolExecutionNotifications": _notifications(report.incomplete, len(findings)),
            }
        ],
        "results": [
            _result(finding, index[finding.rule], artifacts.get(finding.artifact or ""), references)
            for finding in kept
        ],
        "properties": {
            "verdict": report.verdict.value,
            "head": report.change.head,
            "base": report.change.base,
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _worst_first(finding: Finding) -> tuple[object, ...]:
    """Worst first, and what is new and not accepted before the rest of its severity."""
    settled = finding.suppressed is not None, finding.new is False
    return (
        settled[0],
        -finding.severity.rank,
        settled[1],
        finding.rule,
        finding.path or "",
        finding.fingerprint,
    )


def _rule(rule_id: str) -> Json:
    """One reporting descriptor; a rule this version does not know is named and nothing else."""
    rule = RULES.get(rule_id)
    if rule is None:
        return {"id": _text(rule_id)}
    severity = Severity(rule.severity)
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.why} {rule.remediation}",
            "markdown": f"{rule.why}\n\n**Do:** {rule.remediation}",
        },
        "helpUri": rule.url,
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {
            "tags": _tags(rule),
            "precision": "high",
            "security-severity": _SCORES[severity],
        },
    }


def _tags(rule: Rule) -> list[str]:
    """At most 10; GitHub links ``external/cwe/cwe-502`` to the CWE's page."""
    weaknesses = [f"external/cwe/{cwe.lower()}" for cwe in rule.cwe]
    return ["security", "machine-learning", *weaknesses, *rule.owasp, *rule.atlas][:10]


def _result(
    finding: Finding, rule_index: int, artifact: Artifact | None, references: dict[str, tuple[str, int]]
) -> Json:
    result: Json = {
        "ruleId": _text(finding.rule),
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _text(f"{finding.message} {finding.remediation}")},
        "locations": [_location(finding, artifact, references)],
        "partialFingerprints": {"modelward/v1": _text(finding.fingerprint)},
        "properties": {
            "severity": finding.severity.value,
            "engines": [_text(engine) for engine in finding.engines],
        },
    }
    for name in ("member", "symbol"):
        if value := getattr(finding, name):
            result["properties"][name] = _text(value)
    if finding.offset is not None:
        result["properties"]["offset"] = finding.offset
    if finding.new is not None:
        result["baselineState"] = "new" if finding.new else "unchanged"
    if finding.suppressed:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": _text(finding.suppressed.reason)}
        ]
    return result


def _location(finding: Finding, artifact: Artifact | None, references: dict[str, tuple[str, int]]) -> Json:
    """Where GitHub shows it: the line that names the model, else the file, else the root."""
    path, line = finding.path, finding.line
    if finding.reference in references and (path is None or line is None):
        path, line = references[finding.reference]
    if path is None:
        path = artifact.path if artifact else "."
    place: Json = {"artifactLocation": _uri(path)}
    if line is not None and line > 0:
        place["region"] = {"startLine": line}
    elif finding.offset is not None and finding.offset >= 0 and not finding.member:
        place["region"] = {"byteOffset": finding.offset}
    return {"physicalLocation": place}


def _uri(path: str) -> Json:
    """A percent-encoded reference below the root; a path outside any repository keeps its whole address."""
    encoded = quote(path, safe="/", errors="replace")
    return {"uri": f"file://{encoded}"} if path.startswith("/") else {"uri": encoded, "uriBaseId": _ROOT}


def _notifications(gaps: Iterable[Incomplete], findings: int) -> list[Json]:
    """What was not looked at, and what was left out of this document."""
    ordered = sorted(gaps, key=lambda gap: (gap.cause in _EXPECTED, gap.subject, gap.detail))
    told = [
        _notification(
            "note" if gap.cause in _EXPECTED else "warning",
            _text(f"{gap.subject} was not looked at ({gap.cause}): {gap.detail} {gap.action}"),
        )
        for gap in ordered[:MAX_NOTIFICATIONS]
    ]
    for what, number, limit in (
        ("findings", findings, MAX_RESULTS),
        ("subjects that were not looked at", len(ordered), MAX_NOTIFICATIONS),
    ):
        if number > limit:
            text = f"{number - limit} of {number} {what} are left out here; report.json holds all of them."
            told.append(_notification("warning", text))
    return told


def _notification(level: str, text: str) -> Json:
    return {"level": level, "message": {"text": text}}


def _text(text: str) -> str:
    return brief(text, _TEXT_LIMIT).replace("](", "] (")
