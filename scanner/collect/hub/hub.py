"""Answers to what scan asks of the Hub: each validated first, then served, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from scanner.collect.errors import Unserved
from scanner.collect.hub.client import Client
from scanner.collect.hub.failures import HubUnserved
from scanner.collect.hub.files import Files, is_path
from scanner.collect.hub.meter import Meter
from scanner.collect.hub.once import Once
from scanner.collect.hub.records import Gathered, Records, identify
from scanner.collect.limits import HUB_THREADS
from scanner.collect.objects import ObjectStore
from scanner.collect.wish import Hub as Wish
from scanner.domain import Cause
from scanner.evidence import HubSpent
from scanner.exchange import Answer, Extent, HubFileRequest, HubRecordRequest, request_id

_DEFECT = "none: this is a defect"

HubRequest = HubRecordRequest | HubFileRequest


@dataclass
class _Job:
    """One file of a round: what has to be fetched, and why it could not be."""

    request: HubFileRequest
    missing: list[Extent] = field(default_factory=list)
    failure: Exception | None = None

    def attempt(self, what: Callable[[], object]) -> None:
        """Do a part of it, unless another part has failed."""
        if self.failure is None:
            try:
                what()
            except (Unserved, OSError) as error:
                self.failure = error


class Hub:
    """The Hub for all rounds of one run; use it as a context manager.

    ``answers`` are those of earlier rounds: only files of repositories whose record is among them, at the
    commit that it names, are served.
    """

    def __init__(self, wish: Wish, store: ObjectStore, spent: HubSpent, answers: Iterable[Answer]) -> None:
        self._store = store
        self._meter = Meter(wish, spent)
        self._client = Client(wish, self._meter)
        once = Once()
        self._records = Records(self._client, store, once)
        self._files = Files(self._client, store, once)
        self._known: set[tuple[str, str, str]] = set()
        for answer in answers:
            self._remember(answer)

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def spent(self) -> HubSpent:
        """What all rounds together have cost so far."""
        return self._meter.spent

    def answer_all(self, requests: Sequence[HubRequest]) -> list[Answer]:
        """The answers, in the order of the requests; records first, since files need them."""
        given: dict[str, Answer] = {}
        records = [each for each in requests if isinstance(each, HubRecordRequest)]
        files = [each for each in requests if isinstance(each, HubFileRequest)]
        with (
            self._meter.running(),
            ThreadPoolExecutor(HUB_THREADS) as pool,
            ThreadPoolExecutor(HUB_THREADS // 2) as gathering,
        ):
            for record, made in zip(
                records, gathering.map(lambda each: self._gather(each, pool), records), strict=True
            ):
                answer = given[request_id(record)] = _record_answer(record, made)
                self._remember(answer)
            while files:
                first = list({each.key: each for each in reversed(files)}.values())[::-1]
                for job in self._fetch(first, pool):
                    given[request_id(job.request)] = _file_answer(job)
                files = [each for each in files if request_id(each) not in given]
        return [given[request_id(request)] for request in requests]

    def _gather(self, request: HubRecordRequest, pool: Executor) -> Gathered:
        try:
            return self._records.gather(request, pool)
        except OSError as error:
            return Gathered(failure=_local(error))

    def _remember(self, answer: Answer) -> None:
        """Learn from a record which commit belongs to which repository."""
        request, key = answer.request, answer.documents.get("info")
        if answer.served and isinstance(request, HubRecordRequest) and key is not None:
            repo_id, commit = identify(self._store.path(key).read_bytes())
            for name in (repo_id, request.repo_id):
                self._known.add((request.repo_type, name, commit))

    def _fetch(self, requests: Sequence[HubFileRequest], pool: Executor) -> list[_Job]:
        """Bring different files into the store: where they are, then their ranges, then their digests."""
        jobs = [_Job(request) for request in requests]
        for job in jobs:
            job.attempt(partial(self._admit, job))
        files = self._files
        wanted = [job for job in jobs if job.missing]
        _each(pool, [(job, partial(files.locate, job.request)) for job in wanted])
        _each(
            pool, [(job, partial(files.fetch, job.request, part)) for job in wanted for part in job.missing]
        )
        _each(pool, [(job, partial(files.finish, job.request)) for job in jobs])
        return jobs

    def _admit(self, job: _Job) -> None:
        request = job.request
        if not is_path(request.path):
            raise Unserved(Cause.ACCESS, "no repository can have a file of that path", _DEFECT)
        if (request.repo_type, request.repo_id, request.commit) not in self._known:
            detail = "no record that was fetched says that the repository has this commit"
            raise Unserved(Cause.ACCESS, detail, _DEFECT)
        missing = self._files.missing(request)
        self._meter.promise(sum(length for _, length in missing))
        job.missing = missing


def _each(pool: Executor, parts: Iterable[tuple[_Job, Callable[[], object]]]) -> None:
    """Do all these parts, as many at a time as ``pool`` allows."""
    for _ in pool.map(lambda part: part[0].attempt(part[1]), parts):
        pass


def _record_answer(request: HubRecordRequest, made: Gathered) -> Answer:
    if made.failure is None:
        return Answer(request=request, served=True, documents=made.documents, lacking=made.lacking)
    return _refused(request, made.failure).model_copy(
        update={"documents": made.documents, "lacking": made.lacking}
    )


def _file_answer(job: _Job) -> Answer:
    if job.failure is None:
        return Answer(request=job.request, served=True)
    return _refused(job.request, job.failure)


def _refused(request: HubRequest, why: Exception) -> Answer:
    failure = why if isinstance(why, Unserved) else _local(why)
    return Answer(
        request=request,
        served=False,
        cause=failure.cause,
        detail=failure.detail,
        action=failure.action,
        refusal=failure.refusal if isinstance(failure, HubUnserved) else None,
    )


def _local(error: Exception) -> Unserved:
    """A file of the evidence directory that cannot be written."""
    reason = getattr(error, "strerror", None) or type(error).__name__
    return Unserved(
        Cause.UNREADABLE, f"it cannot be stored: {reason}", "make room on the disk, then run again"
    )
