"""Git LFS over the batch interface of the base repository's own server.

The token goes to that interface and nowhere else. What the interface answers names where the bytes are,
often on another origin: that gets exactly the headers the answer gives for it. The interface is described in
https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md, the transfer in basic-transfers.md beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from scanner.collect.clone import basic
from scanner.collect.errors import Unserved
from scanner.collect.http import Http, origin
from scanner.collect.limits import LFS_ANSWER, LFS_BATCH, LFS_RANGES
from scanner.collect.objects import ObjectStore
from scanner.collect.wish import Remote
from scanner.domain import Cause
from scanner.evidence import StoredObject
from scanner.exchange import LfsRequest

if TYPE_CHECKING:
    import requests

_MEDIA_TYPE = "application/vnd.git-lfs+json"
_MOST_HEADERS = 20
_REDIRECTS = 3
_REDIRECTED = frozenset({301, 302, 303, 307, 308})
_GRANT = (
    "give the token access to Git LFS (contents: read), or see to the account's LFS quota; then run again"
)
_PUSH = "push the object with 'git lfs push', then run again"
_BUDGET = "raise the input lfs-budget, or review the file by hand"
_REPAIR = "push the object again with 'git lfs push --all', then run again"


@dataclass(frozen=True)
class Source:
    """Where the batch interface says that an object is, and with which headers."""

    url: str
    headers: Mapping[str, str]


class Lfs:
    """Fetches objects of one repository into ``store``; ``spent`` bytes of the budget are used up already."""

    def __init__(self, remote: Remote, store: ObjectStore, spent: int) -> None:
        self._remote, self._store, self.spent = remote, store, spent
        self._http = Http(remote.patience)
        self._sources: dict[str, Source | Unserved] = {}

    def __enter__(self) -> Lfs:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def locate(self, wanted: Sequence[LfsRequest]) -> None:
        """Ask where these objects are, up to a hundred at once."""
        sizes = {request.sha256: request.size for request in wanted if request.sha256 not in self._sources}
        oids = sorted(sizes)
        for start in range(0, len(oids), LFS_BATCH):
            some = {oid: sizes[oid] for oid in oids[start : start + LFS_BATCH]}
            try:
                self._sources |= self._batch(some)
            except Unserved as error:
                self._sources |= dict.fromkeys(some, error)

    def fetch(self, request: LfsRequest, extents: list[tuple[int, int]]) -> None:
        """Bring these ranges of an object into the store; of a whole object the digest is verified.

        Raises:
            Unserved: it cannot be had, does not fit into the budget, or is not what the pointer declares.
        """
        self.locate([request])
        source = self._sources[request.sha256]
        if isinstance(source, Unserved):
            raise source
        if not extents and request.size:
            raise Unserved(Cause.UNREADABLE, "none of its bytes were asked for", "none: this is a defect")
        whole = extents == [(0, request.size)] or not request.size or len(extents) > LFS_RANGES
        self._afford(request.size if whole else sum(length for _, length in extents))
        if whole:
            with self._get(source, {}) as response:
                _expect(response, 200)
                self._keep_whole(request, response)
            return
        for extent in extents:
            if self._keep_range(request, source, extent):
                return
        key = f"lfs:{request.sha256}"
        stored = self._store.get(key)
        if stored is not None and stored.whole:
            self._accept(request, self._store.verify(key))

    def _keep_range(self, request: LfsRequest, source: Source, extent: tuple[int, int]) -> bool:
        """Fetch one range; returns whether the whole object came instead."""
        offset, length = extent
        last = offset + length - 1
        with self._get(source, {"Range": f"bytes={offset}-{last}"}) as response:
            if response.status_code == 200:  # it knows no ranges
                self._afford(request.size)
                self._keep_whole(request, response)
                return True
            _expect(response, 206)
            if response.headers.get("Content-Range") != f"bytes {offset}-{last}/{request.size}":
                raise _wrong(source, "sent another range than the one asked for")
            key = f"lfs:{request.sha256}"
            if self._store.get(key) is None:
                self._store.declare(key, request.size, request.sha256, "git-lfs pointer")
            received = self._store.put_stream(key, offset, self._counted(response, length))
            if received != length:
                raise _wrong(source, f"sent {received} of {length} bytes")
        return False

    def _keep_whole(self, request: LfsRequest, response: requests.Response) -> None:
        key = f"lfs:{request.sha256}"
        try:
            stored = self._store.put(
                key, request.size, self._counted(response, request.size), [(0, request.size)]
            )
        except Unserved:
            self._store.discard(key)
            raise
        self._accept(request, stored)

    def _accept(self, request: LfsRequest, stored: StoredObject) -> None:
        if stored.sha256 != request.sha256:
            self._store.discard(stored.key)
            raise Unserved(Cause.UNREADABLE, "its bytes do not have the declared SHA-256", _REPAIR)

    def _counted(self, response: requests.Response, limit: int) -> Iterator[bytes]:
        for chunk in self._http.chunks(response, limit):
            self.spent += len(chunk)
            yield chunk

    def _afford(self, amount: int) -> None:
        left = max(0, self._remote.lfs_budget - self.spent)
        if amount > left:
            detail = f"{amount} bytes do not fit into the {left} that are left of the Git LFS budget"
            raise Unserved(Cause.BUDGET, detail, _BUDGET)

    @contextmanager
    def _get(self, source: Source, extra: Mapping[str, str]) -> Iterator[requests.Response]:
        """The object; where it is redirected to, no header of the answer goes along."""
        url, headers = source.url, {**source.headers, **extra}
        for _ in range(_REDIRECTS + 1):
            if not may_fetch(url, self._remote.server_url):
                kind = urlsplit(url).scheme[:20]
                raise Unserved(
                    Cause.ACCESS, f"the server sends us to an address of the kind {kind!r}", _GRANT
                )
            with self._http.ask("GET", url, headers) as response:
                if response.status_code not in _REDIRECTED:
                    yield response
                    return
                url, headers = urljoin(url, response.headers.get("Location", "")), dict(extra)
        raise _wrong(source, f"redirects more than {_REDIRECTS} times")

    def _batch(self, sizes: Mapping[str, int]) -> dict[str, Source | Unserved]:
        headers = {"Accept": _MEDIA_TYPE, "Content-Type": _MEDIA_TYPE}
        if self._remote.token:
            headers["Authorization"] = basic(self._remote.token)
        question = {
            "operation": "download",
            "transfers": ["basic"],
            "objects": [{"oid": oid, "size": size} for oid, size in sizes.items()],
            "hash_algo": "sha256",
        }
        with self._http.ask("POST", self._remote.lfs_url, headers, json=question) as response:
            if response.status_code != 200:
                where = origin(self._remote.server_url)
                detail = f"{where} refuses the Git LFS batch request (status {response.status_code})"
                raise Unserved(Cause.ACCESS, detail, _GRANT)
            data = self._http.small(response, LFS_ANSWER)
        try:
            answer = json.loads(data)
        except (ValueError, RecursionError):
            answer = None
        listed = answer.get("objects") if isinstance(answer, dict) else None
        if not isinstance(listed, list) or answer.get("transfer", "basic") != "basic":
            raise Unserved(
                Cause.ACCESS,
                f"{origin(self._remote.server_url)} does not speak the Git LFS batch API",
                _GRANT,
            )
        told = {item.get("oid"): item for item in listed if isinstance(item, dict)}
        return {oid: _source(told.get(oid), size) for oid, size in sizes.items()}


def may_fetch(url: str, server_url: str) -> bool:
    """Whether ``server_url`` may send us to ``url``: to https, or to http where it is no better itself."""
    scheme = urlsplit(url).scheme
    return scheme == "https" or (scheme == "http" and urlsplit(server_url).scheme == "http")


def _source(item: Any, size: int) -> Source | Unserved:
    """One object of a batch answer."""
    if not isinstance(item, dict):
        return Unserved(Cause.ACCESS, "the server said nothing about this object", _PUSH)
    error = item.get("error")
    if isinstance(error, dict):
        return _denied(error.get("code"))
    if item.get("size") != size:
        return Unserved(
            Cause.UNREADABLE, "the server has it with another size than the pointer says", _REPAIR
        )
    actions = item.get("actions")
    download = actions.get("download") if isinstance(actions, dict) else None
    href = download.get("href") if isinstance(download, dict) else None
    headers = download.get("header") or {} if isinstance(download, dict) else None
    if not isinstance(href, str) or not isinstance(headers, dict) or len(headers) > _MOST_HEADERS:
        return Unserved(Cause.ACCESS, "the server named no place to download it from", _PUSH)
    return Source(href, {str(name): str(value) for name, value in headers.items()})


def _denied(status: Any) -> Unserved:
    if status in (404, 410):
        return Unserved(Cause.ACCESS, f"the server does not have it (status {status})", _PUSH)
    if isinstance(status, int) and (status == 429 or status in range(500, 507)):
        return Unserved(Cause.RATE, f"the server cannot serve it now (status {status})", "run again later")
    return Unserved(Cause.ACCESS, f"the server refuses it (status {str(status)[:10]})", _GRANT)


def _expect(response: requests.Response, status: int) -> None:
    if response.status_code != status:
        raise _denied(response.status_code)


def _wrong(source: Source, what: str) -> Unserved:
    return Unserved(Cause.UNREADABLE, f"{origin(source.url)} {what}", _REPAIR)
