"""The exception that would accept a finding, as YAML for the configuration of the base."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from scanner.domain import Artifact, Finding, Reference, Vulnerability
from scanner.report.plain import brief

_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_VULNERABILITY = re.compile(r"[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9._:-]{1,90}")
_KIND = {"dataset": "datasets/", "space": "spaces/"}
"""How the configuration tells a repository that is not a model's."""

_NAME_LIMIT, _NAME_TAIL = 120, 48


@dataclass(frozen=True, slots=True)
class Acceptable:
    """What an exception would have to say to accept one finding; only ``name`` can hold hostile text.

    ``rule`` is null where the subject is a vulnerability.
    """

    rule: str | None
    subject: Literal["sha256", "repository", "vulnerability"]
    value: str
    name: str


def acceptable(finding: Finding, about: Artifact | Reference | None, name: str) -> Acceptable | None:
    """The exception for ``finding``; null where there is nothing it could bind to.

    It binds to computed bytes or to a commit, never to a name, which can come to mean something else.
    """
    if not _RULE.fullmatch(finding.rule):
        return None
    if isinstance(about, Artifact) and about.sha256_origin == "computed" and _is(_SHA256, about.sha256):
        return Acceptable(finding.rule, "sha256", str(about.sha256), name)
    if (
        isinstance(about, Reference)
        and _is(_COMMIT, about.resolved_revision)
        and _is(_REPOSITORY, about.repo_id)
    ):
        value = f"{_KIND.get(about.repo_type, '')}{about.repo_id}@{about.resolved_revision}"
        return Acceptable(finding.rule, "repository", value, name)
    return None


def acceptable_vulnerability(one: Vulnerability) -> Acceptable | None:
    """The exception for a known vulnerability; null where its id is none that a configuration takes."""
    if not _VULNERABILITY.fullmatch(one.id):
        return None
    return Acceptable(None, "vulnerability", one.id, one.purl)


def exceptions(items: Iterable[Acceptable]) -> str:
    """The YAML that accepts ``items``; reason, owner and date are left for a person to fill in."""
    lines = ["exceptions:"]
    for item in items:
        binds = [f"{item.subject}: {item.value}"]
        first, *others = binds if item.rule is None else [f"rule: {item.rule}", *binds]
        lines += [
            f"  # {brief(item.name, _NAME_LIMIT, _NAME_TAIL)}",
            f"  - {first}",
            *(f"    {other}" for other in others),
            "    reason: why this is acceptable",
            "    owner: who answers for it",
            "    expires: YYYY-MM-DD",
        ]
    return "\n".join(lines)


def _is(shape: re.Pattern[str], value: str | None) -> bool:
    return value is not None and shape.fullmatch(value) is not None
