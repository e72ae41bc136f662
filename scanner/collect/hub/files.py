"""Bytes of files of the Hub, by range where that is less.

huggingface_hub's own range reader takes what a server sends for what was asked, and its downloads check the
size alone. So here a range must come as 206 with exactly its Content-Range and length, and a file that is
whole must have the digest that the Hub's tree declares.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scanner.collect.errors import Unserved
from scanner.collect.http import origin
from scanner.collect.hub.client import REDIRECTED, Client
from scanner.collect.hub.failures import of_status
from scanner.collect.hub.once import Once
from scanner.collect.hub.source import AGAIN, Source, agree, locate, redirected, resolve_url, wrong
from scanner.collect.limits import HUB_GAP, HUB_RANGES, HUB_WHOLE
from scanner.collect.objects import ObjectStore, file_chunks
from scanner.domain import Cause
from scanner.evidence import WHOLE, merge_extents
from scanner.exchange import Extent, HubFileRequest

if TYPE_CHECKING:
    from httpx2 import Response

_HOPS = 4


class _Expired(Exception):
    """A signed address that is worth nothing any more."""


class _NoRanges(Exception):
    """A server that sends the whole file where a range was asked for."""


class Files:
    """Brings bytes into the store; every method may be called from any thread."""

    def __init__(self, client: Client, store: ObjectStore, once: Once) -> None:
        self._client, self._store, self._once = client, store, once
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def missing(self, request: HubFileRequest) -> list[Extent]:
        """What has to be fetched for a request; all of the file for a small one."""
        whole = [(0, request.size)] if request.size else []
        if self._store.holds(request.key, whole):
            return []
        asked = whole if request.extents is None else within(request.extents, request.size)
        if request.size <= WHOLE:
            return whole
        stored = self._store.get(request.key)
        lacking = bridged(without(asked, stored.extents if stored else []))
        return whole if len(lacking) > HUB_RANGES else lacking

    def locate(self, request: HubFileRequest) -> Source:
        """Where the file is; asked once for each file, also of a failure.

        Raises:
            Unserved: it cannot be had.
        """
        url = resolve_url(self._client, request)
        if request.sha256 is None:  # the answer would be the file itself
            return Source(url, home=True)
        return self._once.get(url, lambda: locate(self._client, request))

    def fetch(self, request: HubFileRequest, extent: Extent) -> None:
        """Bring one range, or the whole file, into the store.

        Raises:
            Unserved: it cannot be had, or is not what the Hub's tree declares.
        """
        if extent == (0, request.size):
            self._fetch_whole(request)
            return
        try:
            self._range(request, extent)
        except _NoRanges:
            if request.size > HUB_WHOLE:
                detail = f"its server knows no ranges, and it is larger than {HUB_WHOLE >> 20} MiB"
                raise Unserved(Cause.UNREADABLE, detail, AGAIN) from None
            self._fetch_whole(request)

    def finish(self, request: HubFileRequest) -> None:
        """Check the digest of a file that is here whole.

        Raises:
            Unserved: it has another one than the Hub's tree declares; nothing of it is kept.
        """
        if not request.size and self._store.get(request.key) is None:
            self._store.put(request.key, 0, [], [])
        stored = self._store.get(request.key)
        if stored is not None and stored.whole:
            if stored.digest_origin != "computed":
                self._store.verify(request.key)
            self._accept(request)

    def _fetch_whole(self, request: HubFileRequest) -> None:
        with self._lock:
            lock = self._locks.setdefault(request.key, threading.Lock())
        with lock:
            if self._store.holds(request.key, [(0, request.size)]):
                return
            self._get(request, None, lambda response: self._keep_whole(request, response))

    def _range(self, request: HubFileRequest, extent: Extent) -> None:
        first, last = extent[0], extent[0] + extent[1] - 1

        def keep(response: Response) -> None:
            where = str(response.url)
            if response.status_code == 200:
                raise _NoRanges
            if response.headers.get("content-range") != f"bytes {first}-{last}/{request.size}":
                raise wrong(where, "sent another range than the one asked for")
            self._store.declare(request.key, request.size, request.sha256, "the Hub")
            self._store.put_stream(request.key, first, self._exactly(response, extent[1]))

        self._get(request, f"bytes={first}-{last}", keep)

    def _keep_whole(self, request: HubFileRequest, response: Response) -> None:
        if response.status_code != 200:
            raise wrong(str(response.url), "sent a part of a file that was asked for whole")
        try:
            chunks = self._exactly(response, request.size)
            self._store.put(request.key, request.size, chunks, [(0, request.size)])
        except BaseException:
            if self._store.get(request.key) is None:  # what came by range before stays
                self._store.discard(request.key)
            raise
        self._accept(request)

    def _exactly(self, response: Response, length: int) -> Iterator[bytes]:
        """The body, which must be ``length`` bytes: nothing is kept of one that is shorter or longer."""
        received = 0
        for chunk in self._client.chunks(response, length):
            received += len(chunk)
            yield chunk
        if received != length:
            raise wrong(str(response.url), f"sent {received} of {length} bytes")

    def _accept(self, request: HubFileRequest) -> None:
        stored = self._store.get(request.key)
        computed = stored.sha256 if stored else None
        if request.sha256 is None:
            computed, declared = _git_oid(self._store, request), request.oid
        else:
            declared = request.sha256
        if computed != declared:
            self._store.discard(request.key)
            detail = "its bytes do not have the digest that the Hub's tree declares"
            raise Unserved(Cause.UNREADABLE, detail, AGAIN)

    def _get(self, request: HubFileRequest, wanted: str | None, keep: _Keep) -> None:
        """Ask for the file where it is; an address that has expired is asked for anew, once."""
        source = self.locate(request)
        try:
            self._ask(request, source, wanted, keep)
        except _Expired:
            self._once.forget(resolve_url(self._client, request), source)
            try:
                self._ask(request, self.locate(request), wanted, keep)
            except _Expired:
                detail = "the address that the Hub gave for it is refused (status 403)"
                raise Unserved(Cause.ACCESS, detail, AGAIN) from None

    def _ask(self, request: HubFileRequest, source: Source, wanted: str | None, keep: _Keep) -> None:
        at, headers = source, {"Range": wanted} if wanted else {}

        def use(response: Response) -> Source | None:
            url = str(response.url)
            if response.status_code in REDIRECTED:
                if not at.home:
                    raise wrong(url, "redirects a second time")
                target = redirected(self._client, request, response)
                return target if isinstance(target, Source) else Source(target, home=True)
            if response.status_code not in (200, 206):
                raise _refusal(response, at)
            if at.home:
                agree(request, response)
            keep(response)
            return None

        for _ in range(_HOPS):
            following = self._client.ask("GET", at.url, use, headers=headers)
            if following is None:
                return
            at = following
        raise wrong(source.url, f"redirects more than {_HOPS - 1} times")


if TYPE_CHECKING:
    from collections.abc import Callable

    _Keep = Callable[[Response], None]


def _refusal(response: Response, at: Source) -> Exception:
    """What an answer means that is neither the file nor a redirect."""
    if at.home:
        return of_status(response, origin(at.url))
    if response.status_code == 403:
        return _Expired()
    if response.status_code == 416:
        return wrong(at.url, "has fewer bytes of the file than the Hub's tree declares")
    return wrong(at.url, f"does not serve the file (status {response.status_code})")


def _git_oid(store: ObjectStore, request: HubFileRequest) -> str:
    digest = hashlib.sha1(b"blob %d\0" % request.size, usedforsecurity=False)
    with open(store.path(request.key), "rb") as source:
        for chunk in file_chunks(source.fileno()):
            digest.update(chunk)
    return digest.hexdigest()


def is_path(path: str) -> bool:
    """Whether a path is one that a repository of the Hub can have."""
    parts = path.split("/")
    return not (
        any(part in ("", ".", "..") for part in parts)
        or any(character < " " or character in "\x7f\\" for character in path)
        or urlsplit(path).scheme in ("http", "https", "file")
    )


def within(extents: Iterable[Extent], size: int) -> list[Extent]:
    """Ranges cut to a file of ``size`` bytes, in order."""
    return merge_extents([(start, min(length, size - start)) for start, length in extents if start < size])


def without(extents: Iterable[Extent], held: Iterable[Extent]) -> list[Extent]:
    """Those parts of ordered ``extents`` that are not among the ordered ``held`` ranges."""
    left: list[Extent] = []
    there = list(held)
    for offset, length in extents:
        start, end = offset, offset + length
        for low, size in there:
            if low + size <= start or low >= end:
                continue
            if low > start:
                left.append((start, low - start))
            start = max(start, low + size)
        if start < end:
            left.append((start, end - start))
    return left


def bridged(extents: Iterable[Extent]) -> list[Extent]:
    """Ordered ranges, those that lie close together made one."""
    made: list[Extent] = []
    for offset, length in extents:
        if made and offset - sum(made[-1]) <= HUB_GAP:
            made[-1] = (made[-1][0], offset + length - made[-1][0])
        else:
            made.append((offset, length))
    return made
