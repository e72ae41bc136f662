"""Git LFS: the batch interface, and a store of objects on another origin that may misbehave."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable
from typing import Any

from tests.servers.loopback import Asked, Given, Loopback

MEDIA_TYPE = "application/vnd.git-lfs+json"
SIGNED = {"X-Signed": "for this object"}
"""What the batch interface tells to send along."""

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class LfsObjects(Loopback):
    """The objects by their digest, with ranges; ``next`` holds other answers, one a request."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, bytes] = {}
        self.next: dict[str, deque[Callable[[Asked], Given]]] = {}
        self.ranges = True

    def then(self, oid: str, *answers: Callable[[Asked], Given]) -> None:
        """Give these answers to the next requests for an object."""
        self.next.setdefault(oid, deque()).extend(answers)

    def answer(self, asked: Asked) -> Given:
        oid = asked.target.rpartition("/")[2]
        if self.next.get(oid):
            return self.next[oid].popleft()(asked)
        if oid not in self.objects:
            return Given(404)
        return self.serve(asked, self.objects[oid])

    def serve(self, asked: Asked, data: bytes) -> Given:
        """The right answer to a request for ``data``."""
        match = _RANGE.fullmatch(asked.headers.get("range", ""))
        if match is None or not self.ranges:
            return Given(200, data)
        first, last = int(match[1]), int(match[2])
        headers = {"Content-Range": f"bytes {first}-{last}/{len(data)}"}
        return Given(206, data[first : last + 1], headers)


class LfsBatch:
    """Says where the objects of ``storage`` are; plug :meth:`answer` into a git server."""

    def __init__(self, storage: LfsObjects) -> None:
        self._storage = storage
        self.errors: dict[str, int] = {}
        self.hrefs: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.next: deque[Given] = deque()
        self.asked: list[Any] = []

    def answer(self, asked: Asked) -> Given:
        if self.next:
            return self.next.popleft()
        if asked.headers.get("content-type") != MEDIA_TYPE or asked.headers.get("accept") != MEDIA_TYPE:
            return Given(415)
        question = json.loads(asked.body)
        self.asked.append(question)
        objects = [self._object(item["oid"], item["size"]) for item in question["objects"]]
        answer = {"transfer": "basic", "objects": objects, "hash_algo": "sha256"}
        return Given(200, json.dumps(answer).encode(), {"Content-Type": MEDIA_TYPE})

    def _object(self, oid: str, size: int) -> dict[str, Any]:
        found: dict[str, Any] = {"oid": oid, "size": self.sizes.get(oid, size)}
        status = self.errors.get(oid, 200 if oid in self._storage.objects or oid in self.hrefs else 404)
        if status != 200:
            return found | {"error": {"code": status, "message": "no"}}
        href = self.hrefs.get(oid, f"{self._storage.url}/store/{oid}")
        return found | {"actions": {"download": {"href": href, "header": SIGNED}}}
