"""The record of a repository: the bodies of the Hub's own API, stored as they came.

Nothing of them is read here but the commit and the name that every further address needs, and where the next
page is; all else a publisher may have written, and a worker of scan reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from scanner.collect.errors import Unserved
from scanner.collect.hub.client import Client
from scanner.collect.hub.failures import HubUnserved
from scanner.collect.hub.once import Once
from scanner.collect.limits import (
    HUB_COMMIT_PAGES,
    HUB_COMMITS,
    HUB_DOCUMENT,
    HUB_RECORD,
    HUB_TREE_PAGES,
)
from scanner.collect.objects import ObjectStore
from scanner.domain import Cause, HubType
from scanner.evidence import sha256_hex
from scanner.exchange import HubRecordRequest

_COMMIT = re.compile(r"[0-9a-f]{40}")
_REPO_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9._-]{1,96})?")
_NEXT = re.compile(r'<([^<>"\s]{1,2000})>\s*;\s*rel="?next"?')
_CORRECT = "correct the name, then run again"
_RUN_AGAIN = "run again; if it happens again, report it to whoever runs this Hub"


@dataclass
class Pages:
    """Pages of one listing: bodies in their order, why there are no more, and how many rows there are.

    ``last`` is the last page of a listing that was cut.
    """

    bodies: list[bytes] = field(default_factory=list)
    last: bytes | None = None
    lacking: str = ""
    failure: Unserved | None = None
    total: int | None = None


@dataclass
class Gathered:
    """What became of one request for a record."""

    repo_id: str = ""
    commit: str = ""
    documents: dict[str, str] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)
    failure: Unserved | None = None


class Records:
    """Gathers records; what two of them have in common is asked for once."""

    def __init__(self, client: Client, store: ObjectStore, once: Once) -> None:
        self._client, self._store, self._once = client, store, once

    def gather(self, request: HubRecordRequest, pool: Executor) -> Gathered:
        """The record, as far as it can be had; the parts are asked for at the same time through ``pool``.

        ``pool`` must not be the one that runs this.
        """
        made = Gathered()
        try:
            if not is_repo_id(request.repo_id):
                raise HubUnserved(
                    Cause.ACCESS, "no repository of the Hub can have this name", _CORRECT, "not-found"
                )
            info = self._info(request)
            made.repo_id, made.commit = identify(info)
        except Unserved as error:
            made.failure = error
            return made
        made.documents["info"] = self._keep(info)
        address = self._address(request.repo_type, made.repo_id)
        tree = f"{address}/tree/{made.commit}?recursive=true&expand=true"
        parts: dict[str, Future[Pages]] = {
            "tree": pool.submit(self._pages, tree, HUB_TREE_PAGES),
            "refs": pool.submit(self._pages, f"{address}/refs", 1),
            "commits": pool.submit(self._history, address, made.commit),
        }
        if request.revision not in (None, "main"):
            parts["main"] = pool.submit(self._history, address, "main", made.commit)
        owner = pool.submit(self._owner, made.repo_id) if "/" in made.repo_id else None
        for name, part in parts.items():
            self._take(made, name, part.result(), single=name == "refs")
        made.failure = parts["tree"].result().failure
        if owner is not None:
            kind, pages = owner.result()
            self._take(made, kind, pages, single=True)
        return made

    def _take(self, made: Gathered, name: str, pages: Pages, *, single: bool) -> None:
        """Put the pages of one part among the documents, and what they leave out among what is lacking."""
        for number, body in enumerate(pages.bodies):
            made.documents[name if single else f"{name}.{number}"] = self._keep(body)
        if pages.last is not None:
            made.documents[f"{name}.last"] = self._keep(pages.last)
        if pages.failure is not None or pages.lacking:
            made.lacking[name] = pages.lacking or str(pages.failure)

    def _keep(self, body: bytes) -> str:
        key = f"hub:{sha256_hex(body)}"
        if self._store.get(key) is None:
            self._store.put(key, len(body), [body], [(0, len(body))])
        return key

    def _address(self, repo_type: HubType, repo_id: str) -> str:
        return f"{self._client.endpoint}/api/{repo_type}s/{repo_id}"

    def _info(self, request: HubRecordRequest) -> bytes:
        """The information at the revision: what says which commit that is."""
        url = self._address(request.repo_type, request.repo_id)
        if request.revision is not None:
            url += f"/revision/{quote(request.revision, safe='')}"
        return self._client.document(url, HUB_DOCUMENT)[0]

    def _pages(self, url: str, most: int, enough: Callable[[bytes], bool] = lambda _: False) -> Pages:
        """A listing from its first page on; what two records have in common is fetched once.

        Stops with the last page, after ``most`` pages, where ``enough`` says so of a page, or when a page
        cannot be had.
        """
        pages, size = Pages(), 0
        seen: set[str] = set()
        following: str | None = url
        while following is not None:
            if following in seen:
                pages.lacking = "its pages lead back to one that was there before"
                break
            seen.add(following)
            if len(pages.bodies) == most or size > HUB_RECORD:
                pages.lacking = f"it has more than {len(pages.bodies)} pages, of which those were fetched"
                break
            try:
                body, headers = self._page(following)
            except Unserved as error:
                pages.failure = error
                break
            pages.bodies.append(body)
            size += len(body)
            if pages.total is None:
                pages.total = _total(headers)
            if enough(body):
                break
            following = _next(headers, url)
        return pages

    def _page(self, url: str) -> tuple[bytes, Mapping[str, str]]:
        return self._once.get(url, lambda: self._client.document(url, HUB_DOCUMENT))

    def _history(self, address: str, revision: str, wanted: str | None = None) -> Pages:
        """The newest commits that lead to a revision, until ``wanted`` is among them; and the oldest."""
        url = f"{address}/commits/{revision}?limit={HUB_COMMITS}"
        sought = f'"{wanted}"'.encode("ascii")
        pages = self._pages(url, HUB_COMMIT_PAGES, lambda body: wanted is not None and sought in body)
        fetched = HUB_COMMITS * HUB_COMMIT_PAGES
        if not pages.lacking or wanted is not None or pages.total is None or pages.total <= fetched:
            return pages
        pages.lacking = f"only the newest {fetched} of {pages.total} commits were fetched"
        try:
            last = (pages.total - 1) // HUB_COMMITS
            pages.last = self._page(f"{url}&p={last}")[0]
        except Unserved as error:
            pages.failure = error
        return pages

    def _owner(self, repo_id: str) -> tuple[str, Pages]:
        """Who owns the name space: an organisation, or else a user."""
        name = repo_id.partition("/")[0]
        pages = Pages()
        for kind in ("organization", "user"):
            pages = self._pages(f"{self._client.endpoint}/api/{kind}s/{name}/overview", 1)
            absent = isinstance(pages.failure, HubUnserved) and pages.failure.refusal == "not-found"
            if not absent:
                return kind, pages
        return "user", pages


def is_repo_id(repo_id: str) -> bool:
    """Whether it is ``org/name`` or one of the oldest names, and leads nowhere else in an address."""
    return _REPO_ID.fullmatch(repo_id) is not None and not {".", ".."} & set(repo_id.split("/"))


def identify(info: bytes) -> tuple[str, str]:
    """Id and commit out of the information about a repository.

    Raises:
        Unserved: they are not there, or not well formed.
    """
    try:
        document: Any = json.loads(info)
    except (ValueError, RecursionError):
        document = None
    fields = document if isinstance(document, dict) else {}
    repo_id, commit = fields.get("id"), fields.get("sha")
    if not isinstance(repo_id, str) or not is_repo_id(repo_id):
        raise Unserved(Cause.UNREADABLE, "the Hub's information about it names no repository", _RUN_AGAIN)
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
        raise Unserved(Cause.UNREADABLE, "the Hub's information about it names no commit", _RUN_AGAIN)
    return repo_id, commit


def _next(headers: Mapping[str, str], url: str) -> str | None:
    """Where the next page is: at the same address with the query that the answer names, never elsewhere."""
    match = _NEXT.search(headers.get("link", ""))
    return f"{url.partition('?')[0]}?{urlsplit(match[1]).query}" if match else None


def _total(headers: Mapping[str, str]) -> int | None:
    value = headers.get("x-total-count", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
