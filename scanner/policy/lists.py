"""Deny lists and allow lists turned into findings. What is on a deny list is denied, allowed or not."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.domain import Artifact, Finding, Severity, fingerprint
from scanner.policy.config import Config
from scanner.policy.material import HubSubject, Material, touched
from scanner.rules import RULES

DENY_RULES = ("denied-digest", "denied-license", "denied-publisher", "denied-repository")


def denied(config: Config, material: Material) -> list[Finding]:
    """A finding for each file and repository that the lists refuse; each fingerprint once."""
    found: dict[str, Finding] = {}
    for finding in (*_files(config, material), *_repositories(config, material)):
        known = found.get(finding.fingerprint)
        if known is None or (material.in_change(finding) and not material.in_change(known)):
            found[finding.fingerprint] = finding
    return list(found.values())


def _files(config: Config, material: Material) -> Iterator[Finding]:
    digests = frozenset(config.deny.digests)
    licenses = frozenset(config.deny.licenses)
    for artifact in material.artifacts:
        if artifact.change == "removed":
            continue
        if artifact.sha256 and artifact.sha256.lower() in digests:
            declared = artifact.sha256_origin == "declared"
            evidence = "the digest is declared, not computed" if declared else ""
            is_new = touched(artifact) and artifact.previous_sha256 != artifact.sha256
            yield _of_file("denied-digest", artifact, artifact.sha256, evidence, _new(material, is_new))
        for stated in _stated_licenses(artifact):
            if stated.strip().casefold() in licenses:
                evidence = "stated in the file itself"
                yield _of_file(
                    "denied-license", artifact, stated, evidence, _new(material, touched(artifact))
                )


def _stated_licenses(artifact: Artifact) -> list[str]:
    stated = artifact.facts.get("license")
    return stated if isinstance(stated, list) else [stated] if isinstance(stated, str) else []


def _repositories(config: Config, material: Material) -> Iterator[Finding]:
    for subject in material.hub:
        for rule, symbol, message in _objections(config, subject):
            yield _of_repository(rule, subject, symbol, message, material)


def _objections(config: Config, subject: HubSubject) -> Iterator[tuple[str, str, str | None]]:
    """Rule, what is objected to, and the message where the rule's own does not fit."""
    allow, deny = config.allow, config.deny
    for name in sorted(subject.publishers & frozenset(deny.publishers)):
        yield "denied-publisher", name, None
    if subject.is_one_of(deny.repositories):
        yield "denied-repository", subject.name, None
    named = bool(subject.publishers & frozenset(allow.publishers)) or subject.is_one_of(allow.repositories)
    if allow.publishers and not named:
        who = ", ".join(sorted(subject.publishers)) or f"of {subject.name}"
        yield "denied-publisher", who, f"The publisher {who} is not on the allow list of the configuration."
    elif allow.repositories and not named:
        message = f"The repository {subject.name} is not on the allow list of the configuration."
        yield "denied-repository", subject.name, message
    if subject.record is not None:
        stated = subject.record.license
        if stated and stated.casefold() in deny.licenses:
            yield "denied-license", stated, None
        elif allow.licenses and (stated or "").casefold() not in allow.licenses:
            shown = stated or "unknown"
            message = f"The licence {shown} is not on the allow list of the configuration."
            yield "denied-license", shown, message


def _of_file(rule: str, artifact: Artifact, symbol: str, evidence: str, new: bool | None) -> Finding:
    return _finding(rule, artifact.path, symbol, None).model_copy(
        update={"artifact": artifact.id, "path": artifact.path, "evidence": evidence, "new": new}
    )


def _of_repository(
    rule: str, subject: HubSubject, symbol: str, message: str | None, material: Material
) -> Finding:
    place = min(subject.references, key=lambda ref: (not ref.in_diff, ref.path, ref.line), default=None)
    finding = _finding(rule, subject.name, symbol, message)
    evidence = f"{subject.name}@{subject.commit}" if subject.commit else subject.name
    if place is not None:
        new = any(reference.change in ("added", "modified") for reference in subject.references)
        at = {"reference": place.id, "path": place.path, "line": place.line}
        return finding.model_copy(update={**at, "evidence": evidence, "new": _new(material, new)})
    files = (artifact for artifact in material.artifacts if artifact.repository_id == subject.name)
    first = min(files, key=lambda artifact: artifact.path, default=None)
    return finding.model_copy(
        update={"artifact": first.id if first else None, "evidence": evidence, "new": _new(material, True)}
    )


def _new(material: Material, new: bool) -> bool | None:
    return new if material.has_base else None


def _finding(rule_id: str, place: str, symbol: str, message: str | None) -> Finding:
    rule = RULES[rule_id]
    return Finding(
        fingerprint=fingerprint(rule.id, place, None, symbol.casefold(), None),
        rule=rule.id,
        severity=Severity(rule.severity),
        title=rule.title,
        message=message or rule.message.format(symbol=symbol),
        remediation=rule.remediation,
        symbol=symbol,
        cwe=list(rule.cwe),
        owasp=list(rule.owasp),
        atlas=list(rule.atlas),
    )
