"""Files: small ones from the Hub itself, large ones from the storage on the second origin."""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import quote, unquote, urlencode, urlsplit

from scanner.demo.hub.answer import Asked, Given, Refused, moved
from scanner.demo.hub.api import PLURALS, at, find, opened
from scanner.demo.hub.content import Content
from scanner.demo.hub.state import Fault, HubState

_RESOLVE = re.compile(rf"/(?:({'|'.join(PLURALS)})/)?([^/]+(?:/[^/]+)?)/resolve/([^/]+)/(.+)")
_CACHED = re.compile(rf"/api/resolve-cache/({'|'.join(PLURALS)})/([^/]+(?:/[^/]+)?)/([0-9a-f]{{40}})/(.+)")
_STORED = re.compile(r"/large/([0-9a-f]{64})")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_OTHER = "0" * 40


def is_cached(asked: Asked) -> bool:
    """Whether this is an address that a small file is redirected to."""
    return _CACHED.fullmatch(asked.path) is not None


class Files:
    """Answers ``/resolve/`` on the first origin and ``/large/`` on the second."""

    def __init__(self, state: HubState, storage: str) -> None:
        self._state, self._storage = state, storage

    def resolve(self, asked: Asked, fault: Fault | None) -> Given:
        """A small file, or where a large one is; raises :class:`Refused`."""
        cached = _CACHED.fullmatch(asked.path)
        match = cached or _RESOLVE.fullmatch(asked.path)
        if match is None:
            raise Refused(404, "", "Sorry, we can't find the page you are looking for.")
        kind = PLURALS[match[1] or "models"]
        found = find(self._state, asked, kind, unquote(match[2]))
        if isinstance(found, str):
            return moved(307, asked.target.replace(unquote(match[2]), found, 1))
        opened(self._state, asked, found)
        commit = at(found, unquote(match[3]))
        path = unquote(match[4])
        content = commit.files.get(path)
        headers = {"X-Repo-Commit": _OTHER if fault and fault.kind == "other-commit" else commit.id}
        if content is None:
            raise Refused(404, "EntryNotFound", "Entry not found", headers)
        if content.large and not self._state.serves_large_files:
            return self._elsewhere(content, path, headers, fault)
        if self._state.cached_small_files and not cached and not content.large:
            plural = next(plural for plural, each in PLURALS.items() if each == kind)
            location = f"/api/resolve-cache/{plural}/{found.repo_id}/{commit.id}/{quote(path)}"
            return moved(307, location, headers)
        etag = content.sha256 if content.large else content.oid
        etag = _OTHER if fault and fault.kind == "other-digest" else etag
        return serve(asked, content, headers | {"ETag": f'"{etag}"'}, fault)

    def _elsewhere(self, content: Content, path: str, headers: dict[str, str], fault: Fault | None) -> Given:
        size = content.size + (fault.value if fault and fault.kind == "other-size" else 0)
        digest = _OTHER + "0" * 24 if fault and fault.kind == "other-digest" else content.sha256
        headers |= {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(size), "Accept-Ranges": "bytes"}
        signed = urlencode({"name": path, "X-Amz-Signature": self._signature(content.sha256)}, safe="/")
        return moved(302, f"{self._storage}/large/{content.sha256}?{signed}", headers)

    def large(self, asked: Asked, fault: Fault | None) -> Given:
        """Bytes of the large storage; a signed address opens it, and nothing else does."""
        match = _STORED.fullmatch(urlsplit(asked.target).path)
        content = self._state.stored(match[1]) if match else None
        if match is None or content is None:
            return Given(404)
        if asked.query.get("X-Amz-Signature") != [self._signature(match[1])]:
            return Given(403, {"Content-Type": "application/xml"})
        return serve(asked, content, {"ETag": f'"{content.sha256}"'}, fault)

    def _signature(self, digest: str) -> str:
        return sha256(f"{digest} {self._state.signatures}".encode()).hexdigest()


def serve(asked: Asked, content: Content, headers: dict[str, str], fault: Fault | None) -> Given:
    """All of a file, or the one range that is asked for."""
    kind = fault.kind if fault else None
    said = content.size + (fault.value if fault and kind == "other-size" else 0)
    headers |= {"Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"}
    match = _RANGE.fullmatch(asked.headers.get("range", ""))
    if match is None or match.group() == "bytes=-" or kind == "ignore-range":
        return Given(
            200, headers, content.chunks(0, content.size), said if kind == "other-size" else content.size
        )
    first = int(match[1]) if match[1] else max(0, content.size - int(match[2]))
    last = min(int(match[2]) if match[1] and match[2] else content.size - 1, content.size - 1)
    if first > last:
        return Given(416, headers | {"Content-Range": f"bytes */{said}"})
    shown = first + (kind == "wrong-range")
    headers["Content-Range"] = f"bytes {shown}-{last}/{said}"
    length = last - first + 1
    return Given(206, headers, content.chunks(first, length), length)
