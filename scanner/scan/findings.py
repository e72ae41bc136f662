"""From what was seen to findings in the words of their rules."""

from __future__ import annotations

from scanner.domain import Finding, Severity, fingerprint
from scanner.inspect.interface import Sighting
from scanner.rules import RULES

ENGINE = "modelward"
"""Who saw what no engine did."""


def finding(
    sighting: Sighting, path: str, artifact: str | None, new: bool | None, *, place: str | None = None
) -> Finding:
    """A sighting in the words of its rule; ``place`` identifies it where ``path`` does not."""
    rule = RULES[sighting.rule]
    words = {
        "path": path,
        "symbol": sighting.symbol or "something",
        "member": sighting.member or "",
        "evidence": sighting.evidence,
    }
    return Finding(
        fingerprint=fingerprint(rule.id, place or path, sighting.member, sighting.symbol, sighting.arguments),
        rule=rule.id,
        severity=Severity(sighting.severity or rule.severity),
        title=rule.title,
        message=rule.message.format_map(words),
        remediation=rule.remediation,
        artifact=artifact,
        path=path,
        member=sighting.member,
        offset=sighting.offset,
        symbol=sighting.symbol,
        engines=sorted({sighting.engine, *sighting.witnesses}),
        evidence=sighting.evidence,
        cwe=list(rule.cwe),
        owasp=list(rule.owasp),
        atlas=list(rule.atlas),
        new=new,
    )


def milder(severity: Severity) -> Severity:
    """One step down: for tests, examples and documentation."""
    return list(Severity)[max(0, severity.rank - 1)]
