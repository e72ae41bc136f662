"""The policy applied to known vulnerabilities of the software.

They decide nothing unless ``fail-on-vulnerability`` is set: then a new one at or above it makes the verdict
``fail``, and what was not assessed is a gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from scanner.domain import Incomplete, Suppression, Vulnerability, VulnerabilityAssessment
from scanner.policy.config import Config
from scanner.policy.tighten import gate_rank
from scanner.words import counted

SUBJECT = "known vulnerabilities"
_ACTION = "run again; or name a local database in MODELWARD_OSV_DATABASE"


def judge_vulnerabilities(
    config: Config, vulnerabilities: Sequence[Vulnerability], today: date
) -> tuple[list[Vulnerability], frozenset[int]]:
    """With ``suppressed`` and ``blocking`` set, in their order; and the ids of the exceptions that fit."""
    judged: list[Vulnerability] = []
    matched: set[int] = set()
    for one in vulnerabilities:
        names = {name.casefold() for name in (one.id, *one.aliases)}
        fitting = [each for each in config.exceptions if each.vulnerability in names]
        matched.update(id(each) for each in fitting)
        latest = max(
            (each for each in fitting if each.expires >= today), key=lambda each: each.expires, default=None
        )
        suppressed = latest and Suppression(reason=latest.reason, owner=latest.owner, expires=latest.expires)
        judged.append(
            one.model_copy(
                update={"suppressed": suppressed, "blocking": suppressed is None and _blocks(config, one)}
            )
        )
    return judged, frozenset(matched)


def unassessed(config: Config, assessment: VulnerabilityAssessment | None) -> list[Incomplete]:
    """The gap that a question left which was not asked or not answered, where the policy relies on it."""
    if not _gated(config) or assessment is None or assessment.cause is None:
        return []
    return [Incomplete(subject=SUBJECT, cause=assessment.cause, detail=assessment.reason, action=_ACTION)]


def failing(config: Config, vulnerabilities: Sequence[Vulnerability]) -> list[str]:
    """The reasons for ``fail``, worst first."""
    counts = Counter(one.severity for one in vulnerabilities if one.blocking and one.severity)
    return [
        f"{_counted(counts[severity], severity.value)} at or above {config.fail_on_vulnerability}"
        for severity in sorted(counts, key=lambda each: -each.rank)
    ]


def lesser(config: Config, vulnerabilities: Sequence[Vulnerability]) -> list[str]:
    """What else there is to say of them; nothing where the policy does not ask."""
    if not _gated(config):
        return []
    active = [one for one in vulnerabilities if one.suppressed is None]
    left = [one for one in active if not one.blocking]
    told = []
    unrated = [one for one in left if _is_unrated(one)]
    old = sum(one.new is False for one in left)
    if unrated:
        told.append(f"{_counted(len(unrated))} of unknown severity")
    if below := len(left) - len(unrated) - old:
        told.append(f"{_counted(below)} below the gate")
    if old:
        told.append(f"{_counted(old, 'older')} outside the change")
    if accepted := len(vulnerabilities) - len(active):
        told.append(f"{_counted(accepted)} accepted by the policy")
    return told


def warns(
    config: Config,
    vulnerabilities: Sequence[Vulnerability],
    assessment: VulnerabilityAssessment | None,
) -> bool:
    """Whether somebody has to look: the policy relies on an assessment that is not whole, or not rated."""
    if not _gated(config):
        return False
    unrated = any(one.suppressed is None and _is_unrated(one) for one in vulnerabilities)
    return unrated or (assessment is not None and assessment.state != "assessed")


def _is_unrated(one: Vulnerability) -> bool:
    """Whether a vulnerability that may be new has no severity to compare with the gate."""
    return one.severity is None and one.new is not False


def _gated(config: Config) -> bool:
    return config.fail_on_vulnerability != "never"


def _blocks(config: Config, one: Vulnerability) -> bool:
    if one.severity is None or one.new is False:
        return False
    return one.severity.rank >= gate_rank(config.fail_on_vulnerability)


def _counted(number: int, what: str = "") -> str:
    word = f"{what} vulnerability".strip()
    return counted(number, f"known {word}", f"known {word.removesuffix('y')}ies")
