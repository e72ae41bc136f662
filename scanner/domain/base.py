"""What every noun is made of, and the words that they share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

Sha256 = str
"""64 lower-case hexadecimal digits."""


class Noun(BaseModel):
    """Base of every model that is written to a file: immutable, closed, built on first use."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Severity(StrEnum):
    """How bad a finding is; ordered by :attr:`rank`."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for ``info`` up to 4 for ``critical``."""
        return _RANK[self]


_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Verdict(StrEnum):
    """The answer to "may this be merged?"."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    INCOMPLETE = "incomplete"


class Cause(StrEnum):
    """Why something was not looked at; decides whether the verdict becomes ``incomplete`` or ``warn``."""

    HOSTILE = "hostile"
    UNREADABLE = "unreadable"
    BUDGET = "budget"
    ACCESS = "access"
    RATE = "rate"
    OFFLINE = "offline"
    UNCHANGED = "unchanged"


def fingerprint(rule: str, place: str, member: str | None, symbol: str | None, arguments: str | None) -> str:
    """The identity of a finding: 32 hexadecimal digits over rule, place, member, symbol and arguments.

    ``place`` is a path or a repository id. Lines, offsets and engines are left out on purpose: the same
    fact at another offset, or told by another engine, is the same finding.
    """
    parts: Iterable[str] = (rule, place, member or "", symbol or "", " ".join((arguments or "").split()))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
