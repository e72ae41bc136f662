"""Accepted risks: exceptions and trusted digests become suppressions and waivers, with warnings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from scanner.domain import Cause, Finding, Incomplete, Suppression
from scanner.policy.config import Config, Exemption
from scanner.policy.lists import DENY_RULES
from scanner.policy.material import HubSubject, Material, publisher
from scanner.policy.text import printable
from scanner.words import counted, is_aside

SOON = timedelta(days=14)
"""How long before its last day an exception is warned of."""


def accept(
    config: Config,
    material: Material,
    findings: Iterable[Finding],
    today: date,
    matched_elsewhere: frozenset[int] = frozenset(),
) -> tuple[list[Finding], list[str]]:
    """The findings, suppressed where an exception in force or a trusted digest covers them, and warnings.

    ``matched_elsewhere`` are the ids of exceptions that fit something else than a finding.
    """
    by_rule: dict[str, list[Exemption]] = {}
    for exemption in config.exceptions:
        if exemption.rule is not None:
            by_rule.setdefault(exemption.rule, []).append(exemption)
    trusted = frozenset(config.allow.digests)
    judged: list[Finding] = []
    matched: set[int] = set(matched_elsewhere)
    for finding in findings:
        fitting = [one for one in by_rule.get(finding.rule, ()) if _fits(one, finding, material)]
        matched.update(id(one) for one in fitting)
        in_force = [one for one in fitting if one.expires >= today]
        suppressed = None
        if in_force:
            latest = max(in_force, key=lambda one: one.expires)
            suppressed = Suppression(reason=latest.reason, owner=latest.owner, expires=latest.expires)
        elif material.digest(finding.artifact) in trusted and finding.rule not in DENY_RULES:
            suppressed = Suppression(reason="the digest of the file is on the allow list")
        judged.append(finding.model_copy(update={"suppressed": suppressed}))
    return judged, _warnings(config.exceptions, matched, today)


def waiver(config: Config, material: Material, incomplete: Incomplete) -> str | None:
    """Why something unread does not make the verdict incomplete, or ``None``."""
    if material.digest(incomplete.artifact) in config.allow.digests:
        return "the digest of the file is on the allow list"
    if incomplete.cause is Cause.ACCESS:
        artifact = material.artifact.get(incomplete.artifact or "")
        about = _repositories_of(incomplete, material)
        repository = artifact.repository_id if artifact else about[0].name if about else None
        name = publisher(repository) if repository else None
        if name and name.casefold() in config.allow.publishers:
            return f"the publisher {name} is on the allow list"
        places = [reference.path for subject in about for reference in subject.references]
        if places and all(is_aside(path) for path in places):
            return "only tests, examples or documents name it"
    return None


def _fits(exemption: Exemption, finding: Finding, material: Material) -> bool:
    if exemption.sha256 is not None:
        return exemption.sha256 == material.digest(finding.artifact)
    return exemption.repository == material.repository_at(finding)


def _repositories_of(incomplete: Incomplete, material: Material) -> list[HubSubject]:
    """The repositories that a gap without a file is about."""
    name = incomplete.subject.partition("@")[0].casefold()
    return [subject for subject in material.hub if subject.name.casefold() == name]


def _warnings(exemptions: list[Exemption], matched: set[int], today: date) -> list[str]:
    """A line for each exception that matters here and has expired or soon will; the others are counted."""
    warnings, expired, soon = [], 0, 0
    for one in exemptions:
        if one.expires > today + SOON:
            continue
        is_over = one.expires < today
        if id(one) in matched:
            what = f"the exception for {one.subject}"
            state = f"expired after {one.expires}" if is_over else f"expires after {one.expires}"
            warnings.append(f"{what} {state}: remove it, or have {printable(one.owner)} renew it")
        elif is_over:
            expired += 1
        else:
            soon += 1
    if expired:
        warnings.append(f"{counted(expired, 'exception')} without a finding here expired: remove or renew")
    if soon:
        warnings.append(f"{counted(soon, 'exception')} without a finding here will expire within 14 days")
    return warnings
