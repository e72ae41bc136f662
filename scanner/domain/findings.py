"""What is wrong, and what was not looked at."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from scanner.domain.base import Cause, Noun, Severity


class Fix(Noun):
    """A mechanical edit that resolves a finding: lines ``line`` to ``end_line`` become ``replacement``."""

    path: str
    line: int
    end_line: int
    replacement: str


class Suppression(Noun):
    """Why a finding does not count: an exception or an allow list of the base configuration."""

    reason: str
    owner: str | None = None
    expires: date | None = None


class Finding(Noun):
    """One thing wrong: rule, severity, subject, place, evidence, why it matters, what to do."""

    fingerprint: str
    rule: str
    severity: Severity
    title: str
    message: str
    remediation: str
    artifact: str | None = Field(None, description="id of the artifact it is about")
    reference: str | None = Field(None, description="id of the reference it is about")
    path: str | None = None
    line: int | None = None
    member: str | None = Field(None, description="member of an archive, outermost first, joined by '!'")
    offset: int | None = Field(None, description="bytes from the start of the member")
    symbol: str | None = Field(None, description="what would run or what is wrong, for example posix.system")
    engines: list[str] = []
    evidence: str = ""
    cwe: list[str] = []
    owasp: list[str] = []
    atlas: list[str] = []
    new: bool | None = Field(None, description="null when there is no base to compare with")
    fix: Fix | None = None
    suppressed: Suppression | None = None
    blocking: bool = Field(False, description="whether it is a reason for the verdict 'fail'")


class Incomplete(Noun):
    """Something that was not looked at, why, and what to do about it."""

    subject: str
    cause: Cause
    detail: str
    action: str
    artifact: str | None = None
    waived: str | None = Field(None, description="why it does not make the verdict 'incomplete'")
