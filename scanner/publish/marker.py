"""The last line of what we write on GitHub: an HTML comment by which a later run finds it again.

A marker is a hint, not a proof: anybody can write one. It counts only in a comment that our own login wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_FINGERPRINTS = 200
"""Fingerprints that one review comment can carry; 33 characters each."""

_RUN = re.compile(
    r"<!-- modelward:(?P<key>[A-Za-z0-9_.-]{1,64}) v1"
    r" head=(?P<head>[0-9a-f]{40,64}) run=(?P<run>\d{1,19})-(?P<attempt>\d{1,9}) -->"
)
_FINDINGS = re.compile(
    r"<!-- modelward:(?P<key>[A-Za-z0-9_.-]{1,64}) v1"
    r" findings=(?P<findings>[0-9a-f]{32}(?:,[0-9a-f]{32})*) -->"
)
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class RunMarker:
    """Which run wrote a comment, about which commit."""

    key: str
    head: str
    run: int
    attempt: int

    @property
    def age(self) -> tuple[int, int]:
        """What orders two runs on one commit."""
        return self.run, self.attempt

    def __str__(self) -> str:
        return f"<!-- modelward:{self.key} v1 head={self.head} run={self.run}-{self.attempt} -->"


def run_marker(body: str, key: str) -> RunMarker | None:
    """The marker of ``key`` at the end of ``body``."""
    found = _RUN.fullmatch(_last_line(body))
    if found is None or found["key"] != key:
        return None
    return RunMarker(key, found["head"], int(found["run"]), int(found["attempt"]))


def findings_marker(key: str, fingerprints: Iterable[str]) -> str:
    """The marker of a review comment; ValueError for what is no fingerprint."""
    told = list(fingerprints)[:MAX_FINGERPRINTS]
    if not all(map(_FINGERPRINT.fullmatch, told)):
        raise ValueError("a fingerprint is 32 hexadecimal digits")
    return f"<!-- modelward:{key} v1 findings={','.join(told)} -->"


def marked_findings(body: str, key: str) -> frozenset[str]:
    """The fingerprints that ``body`` carries for ``key``."""
    found = _FINDINGS.fullmatch(_last_line(body))
    if found is None or found["key"] != key:
        return frozenset()
    return frozenset(found["findings"].split(","))


def _last_line(body: str) -> str:
    return body.rstrip().rpartition("\n")[2].strip()
