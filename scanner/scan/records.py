"""What the Hub says of repositories: asked for once, read in workers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from scanner.domain import Cause, HubType, Incomplete
from scanner.evidence import Evidence
from scanner.exchange import Answer, HubRecordRequest
from scanner.hub.interface import Record, restored
from scanner.scan.asking import Asking
from scanner.scan.workshop import Job, Workshop

MOST_REPOSITORIES = 300
"""So many repositories are looked up in one run."""


class Name(NamedTuple):
    """One repository at one revision, as the source names it; null is the default branch."""

    repo_type: HubType
    repo_id: str
    revision: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a name: its record, or why there is none. Neither while the answer is to come."""

    record: Record | None = None
    refusal: str | None = None
    cause: Cause | None = None
    detail: str = ""
    action: str = ""

    def gap(self, subject: str) -> Incomplete:
        """What is missing of ``subject`` because there is no record."""
        return Incomplete(
            subject=subject, cause=self.cause or Cause.ACCESS, detail=self.detail, action=self.action
        )


_PENDING = Known(
    cause=Cause.BUDGET, detail="the rounds ended before the Hub was asked", action="run it again by itself"
)
_OFFLINE = Known(
    cause=Cause.OFFLINE, detail="the Hub was not asked", action="run again without --offline to check it"
)
_TOO_MANY = Known(
    cause=Cause.BUDGET,
    detail=f"more than {MOST_REPOSITORIES} repositories are named",
    action="split the change",
)
_ILL_FORMED = Known(
    refusal="not-found",
    cause=Cause.ACCESS,
    detail="no repository of the Hub can have this name, or revision",
    action="correct it",
)


class Records:
    """Looks names up; what is known of one stays known."""

    def __init__(self, evidence: Evidence, workshop: Workshop, asking: Asking) -> None:
        self._evidence, self._workshop, self._asking = evidence, workshop, asking
        self._known: dict[Name, Known] = {}

    def look_up(self, names: Iterable[Name]) -> None:
        """Ask for all of these, and read what has been answered."""
        answered: dict[Name, Answer] = {}
        for name in dict.fromkeys(names):
            if name in self._known:
                continue
            if self._evidence.manifest.inputs.offline:
                self._known[name] = _OFFLINE
                continue
            if len(self._known) >= MOST_REPOSITORIES:
                self._known[name] = _TOO_MANY
                continue
            try:
                request = HubRecordRequest(**name._asdict())
            except ValidationError:
                self._known[name] = _ILL_FORMED
                continue
            answer = self._asking.ask(request)
            self._known[name] = _PENDING if answer is None else _refused(answer)
            if answer is not None and answer.served:
                answered[name] = answer
        jobs = [self._job(name, answer) for name, answer in answered.items()]
        for name, value in zip(answered, self._workshop.results(jobs, _died), strict=True):
            self._known[name] = _read(value)

    def __contains__(self, name: Name) -> bool:
        return name in self._known

    def get(self, name: Name) -> Known:
        """What is known of a name that :meth:`look_up` was told of."""
        return self._known[name]

    def _job(self, name: Name, answer: Answer) -> Job:
        documents = {
            role: str(self._evidence.location(key).absolute()) for role, key in answer.documents.items()
        }
        job = {
            "repo_type": name.repo_type,
            "repo_id": name.repo_id,
            "documents": documents,
            "lacking": sorted(answer.lacking),
        }
        return Job("record", job, (*name, sorted(answer.documents.items()), sorted(answer.lacking)))


def _refused(answer: Answer) -> Known:
    return Known(None, answer.refusal, answer.cause or Cause.ACCESS, answer.detail, answer.action)


def _died(reason: str) -> dict[str, Any]:
    return {"died": reason}


def _read(value: dict[str, Any]) -> Known:
    """The record out of the JSON that crossed the worker's door."""
    if "died" in value:
        detail = f"reading what the Hub says of it ended the worker: {value['died']}"
        return Known(cause=Cause.HOSTILE, detail=detail, action="review the repository by hand")
    if not value["commit"]:
        detail = f"what the Hub says of it cannot be read: {'; '.join(value['problems'][:3])}"
        return Known(cause=Cause.UNREADABLE, detail=detail, action="run again; or review it by hand")
    return Known(restored(value))
