"""What the Hub's own scanners say of the files of a repository: one witness among several."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.domain import Severity
from scanner.hub.interface import Record
from scanner.hub.tree import QUIET, rank

_SEVERITY = {"unsafe": Severity.HIGH, "suspicious": Severity.MEDIUM}
_QUIET = QUIET | {"error"}
"""No evidence for or against a file: recorded, no alarm."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One scanner that does not call one file safe. ``message`` is its explanation, often empty."""

    path: str
    scanner: str
    status: str
    message: str
    severity: Severity

    @property
    def evidence(self) -> str:
        """Status and explanation."""
        return f"{self.status}: {self.message}" if self.message else self.status


def alarms(record: Record) -> list[Alarm]:
    """Every alarm, the worst first; a status that we do not know is one, of the mildest kind."""
    found = [
        Alarm(file.path, scanner, status, file.messages.get(scanner, ""), _SEVERITY.get(status, Severity.LOW))
        for file in record.files
        for scanner, status in file.scans.items()
        if status not in _QUIET
    ]
    return sorted(found, key=lambda alarm: (-rank(alarm.status), alarm.path, alarm.scanner))
