"""Known vulnerabilities of the software as a reader sees them: what decides first, then what is new."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.domain import Report, Vulnerability
from scanner.words import counted

_ADDRESS = re.compile(r"https://osv\.dev/vulnerability/[A-Za-z0-9._:-]{1,120}")
_NO_SEVERITY = "unknown"
_MOST_FIXED = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One vulnerability of one package; every text may be hostile, ``url`` is not."""

    severity: str
    package: str
    name: str
    url: str | None
    summary: str
    fixed: str
    place: str
    """The first manifest that names the package."""
    state: str
    """``new``, ``older``, or nothing where there is no base."""
    decides: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of vulnerabilities, and how far anybody asked."""

    entries: tuple[Entry, ...] = ()
    new: int = 0
    deciding: int = 0
    accepted: int = 0
    assessed: str = ""
    """``not assessed`` or ``partly assessed``; nothing where there is nothing to add."""
    reason: str = ""

    @property
    def told(self) -> str:
        """The counts in a few words; nothing where there is nothing to tell."""
        if not self.entries:
            return f"known vulnerabilities {self.assessed}" if self.assessed else ""
        new = f" ({self.new:,} new)" if self.new else ""
        return counted(len(self.entries), "known vulnerability", "known vulnerabilities") + new

    @property
    def title(self) -> str:
        """The heading of the list."""
        details = [f"{self.new:,} new"] if self.new else []
        details += [f"{self.accepted:,} accepted"] if self.accepted else []
        details += [self.assessed] if self.assessed else []
        return f"Known vulnerabilities ({', '.join([f'{len(self.entries):,}', *details])})"


def known(report: Report) -> Known:
    """The vulnerabilities of ``report`` that are not accepted, and the state of the assessment."""
    active = [one for one in report.vulnerabilities if one.suppressed is None]
    assessment = report.sbom.assessment if report.sbom else None
    state = assessment.state if assessment else "assessed"
    return Known(
        entries=tuple(_entry(one) for one in sorted(active, key=_order)),
        new=sum(one.new is True for one in active),
        deciding=sum(one.blocking for one in active),
        accepted=len(report.vulnerabilities) - len(active),
        assessed={"assessed": "", "partly": "partly assessed"}.get(state, "not assessed"),
        reason=assessment.reason if assessment else "",
    )


def _order(one: Vulnerability) -> tuple[bool, bool, int, str, str]:
    rank = one.severity.rank if one.severity else -1
    return not one.blocking, one.new is False, -rank, one.purl, one.id


def _entry(one: Vulnerability) -> Entry:
    return Entry(
        severity=one.severity.value if one.severity else _NO_SEVERITY,
        package=one.purl.removeprefix("pkg:"),
        name=one.id,
        url=one.url if one.url and _ADDRESS.fullmatch(one.url) else None,
        summary=one.summary,
        fixed=", ".join(one.fixed[:_MOST_FIXED]),
        place=one.paths[0] if one.paths else "",
        state="" if one.new is None else "new" if one.new else "older",
        decides=one.blocking,
    )
