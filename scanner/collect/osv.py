"""Known vulnerabilities of packages, from a server of the OSV API or from its export in a local folder.

The server is told package URLs and ids of advisories, and nothing else
(https://google.github.io/osv.dev/api/). What it answers is kept as it is, unread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from scanner.collect.errors import Unserved
from scanner.collect.http import Http, origin
from scanner.collect.limits import OSV_ADVISORY, OSV_BATCH, OSV_THREADS
from scanner.collect.objects import ObjectStore
from scanner.collect.osv_database import OsvDatabase
from scanner.collect.wish import Osv as Wish
from scanner.domain import Cause
from scanner.evidence import sha256_hex
from scanner.exchange import Answer, Key, OsvAdvisoriesRequest, OsvQueryRequest

OsvRequest = OsvQueryRequest | OsvAdvisoriesRequest

_LATER = "run again later"
_REPORT = "check the address of the vulnerability database (osv-url, MODELWARD_OSV_URL)"
_LESS = "split the change, or name a local database in MODELWARD_OSV_DATABASE"


@dataclass
class _Round:
    """What one round may still take; its methods may be called from any thread."""

    bytes: int
    until: float
    seconds: float
    failure: Unserved | None = None
    """Why the server is not asked any more."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Raise :class:`Unserved` when the server was given up, or the time is over."""
        if self.failure is not None:
            raise self.failure
        if time.monotonic() > self.until:
            detail = f"the {self.seconds:g} seconds for the vulnerability database are used up"
            raise Unserved(Cause.BUDGET, detail, _LESS)

    def take(self, amount: int) -> None:
        """Count bytes; raise :class:`Unserved` when they are more than may be."""
        with self.lock:
            self.bytes -= amount
            if self.bytes < 0:
                raise Unserved(Cause.BUDGET, "the budget for the vulnerability database is used up", _LESS)


class Osv:
    """The vulnerability database for all rounds of one run; use it as a context manager."""

    def __init__(self, wish: Wish, store: ObjectStore) -> None:
        self._wish, self._store = wish, store
        self._http = Http(wish.patience)
        self._database = OsvDatabase(wish.database) if wish.database else None

    def __enter__(self) -> Osv:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def answer_all(self, requests: Sequence[OsvRequest]) -> list[Answer]:
        """The answers in the order of the requests; never raises for what is asked or answered."""
        budget = _Round(self._wish.bytes, time.monotonic() + self._wish.seconds, self._wish.seconds)
        if self._database is not None:
            return [self._look_up(self._database, request, budget) for request in requests]
        with ThreadPoolExecutor(OSV_THREADS) as pool:
            return [self._ask(request, budget, pool) for request in requests]

    def _ask(self, request: OsvRequest, budget: _Round, pool: ThreadPoolExecutor) -> Answer:
        parts: dict[str, Callable[[], Key]] = (
            {"batch": partial(self._batch, request, budget)}
            if isinstance(request, OsvQueryRequest)
            else {name: partial(self._advisory, name, budget) for name in request.ids}
        )
        documents: dict[str, Key] = {}
        lacking: dict[str, str] = {}
        first: Unserved | None = None
        for name, made in zip(parts, pool.map(_attempt, parts.values()), strict=True):
            if isinstance(made, Unserved):
                lacking[name], first = made.detail, first or made
            else:
                documents[name] = made
        if documents or first is None:
            return Answer(request=request, served=True, documents=documents, lacking=lacking)
        return _refused(request, first)

    def _batch(self, request: OsvQueryRequest, budget: _Round) -> Key:
        queries: list[dict[str, Any]] = [
            {"package": {"purl": query.purl}} | ({"page_token": query.page_token} if query.page_token else {})
            for query in request.queries
        ]
        return self._fetch("POST", "/v1/querybatch", OSV_BATCH, budget, json={"queries": queries})

    def _advisory(self, name: str, budget: _Round) -> Key:
        return self._fetch("GET", f"/v1/vulns/{quote(name, safe='')}", OSV_ADVISORY, budget)

    def _fetch(self, method: str, path: str, limit: int, budget: _Round, json: Any = None) -> Key:
        """The body of one answer in the store.

        Raises:
            Unserved: there is none, it is too long, or the server sends us elsewhere.
            OSError: it cannot be stored.
        """
        budget.check()
        url, answered = self._wish.url + path, False
        try:
            with self._http.ask(method, url, {"Accept": "application/json"}, json=json) as response:
                answered, status = True, response.status_code
                if status == 404 and method == "GET":
                    raise Unserved(Cause.ACCESS, "the vulnerability database has no such entry", _LATER)
                if status != 200:
                    what = "sends us elsewhere" if 300 <= status < 400 else f"answered with status {status}"
                    raise Unserved(Cause.UNREADABLE, f"{origin(url)} {what}", _REPORT)
                if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                    detail = f"{origin(url)} compressed an answer that was asked for as it is"
                    raise Unserved(Cause.UNREADABLE, detail, _REPORT)
                body = self._http.small(response, limit)
        except Unserved as error:
            if not answered:
                budget.failure = error  # it was asked several times already
            raise
        budget.take(len(body))
        return self._keep(body)

    def _look_up(self, database: OsvDatabase, request: OsvRequest, budget: _Round) -> Answer:
        if not isinstance(request, OsvQueryRequest):
            return _refused(request, Unserved(Cause.ACCESS, "a local database is not asked by id", _LATER))
        documents: dict[str, Key] = {}
        try:
            found = database.candidates({(query.ecosystem, query.name) for query in request.queries})
            for name, body in found.bodies.items():
                budget.take(len(body))
                documents[f"advisory:{name}"] = self._keep(body)
        except Unserved as error:
            return _refused(request, error)
        except OSError as error:
            return _refused(request, _local(error))
        return Answer(request=request, served=True, documents=documents, lacking=found.lacking)

    def _keep(self, body: bytes) -> Key:
        key = f"osv:{sha256_hex(body)}"
        if self._store.get(key) is None:
            self._store.put(key, len(body), [body], [(0, len(body))] if body else [])
        return key


def _attempt(what: Callable[[], Key]) -> Key | Unserved:
    try:
        return what()
    except Unserved as error:
        return error
    except OSError as error:
        return _local(error)


def _local(error: OSError) -> Unserved:
    """A file of the evidence directory that cannot be written."""
    reason = error.strerror or type(error).__name__
    detail = f"it cannot be stored: {reason}"
    return Unserved(Cause.UNREADABLE, detail, "make room on the disk, then run again")


def _refused(request: OsvRequest, why: Unserved) -> Answer:
    return Answer(request=request, served=False, cause=why.cause, detail=why.detail, action=why.action)
