"""The object store of an evidence directory: bytes at their own offsets, digests computed on the way."""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

from scanner.evidence import WHOLE, StoredObject, merge_extents, object_path

Read = Callable[[int], bytes]
CHUNK = 1 << 20


class ObjectStore:
    """Writes the objects of one evidence directory and remembers what is in it.

    Ranges of one object, and different objects, may be added by several threads at a time.
    """

    def __init__(self, root: Path, known: Iterable[StoredObject] = ()) -> None:
        self._root = root
        self._known = {stored.key: stored for stored in known}
        self._lock = threading.Lock()
        (root / "objects").mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> StoredObject | None:
        """The object of that key, if it is known."""
        return self._known.get(key)

    def all(self) -> list[StoredObject]:
        """Every object, sorted by key."""
        with self._lock:
            return [self._known[key] for key in sorted(self._known)]

    def path(self, key: str) -> Path:
        """Where the bytes of an object are."""
        return object_path(self._root, key)

    def holds(self, key: str, extents: list[tuple[int, int]]) -> bool:
        """Whether all those bytes are here already."""
        stored = self._known.get(key)
        return stored is not None and merge_extents([*stored.extents, *extents]) == list(stored.extents)

    def put(
        self,
        key: str,
        size: int,
        chunks: Iterable[bytes],
        extents: list[tuple[int, int]],
        *,
        digest: Literal["compute", "skip"] = "compute",
    ) -> StoredObject:
        """Pass ``chunks`` (the object from its first byte) once: keep ``extents``, compute both digests.

        With ``skip`` the digests stay as they were. The chunks are read to their end.
        """
        path = object_path(self._root, key)
        digests = _Digests(parallel=size > WHOLE) if digest == "compute" else None
        wanted = merge_extents(extents)
        sha256: str | None = None
        sha512: str | None = None
        try:
            path.touch()
            with open(path, "r+b") as target:
                position = 0
                for chunk in chunks:
                    if digests:
                        digests.update(chunk)
                    for start, length in wanted:
                        low, high = max(start, position), min(start + length, position + len(chunk))
                        if low < high:
                            target.seek(low)
                            target.write(chunk[low - position : high - position])
                    position += len(chunk)
        finally:  # also ends the threads of a stream that broke off
            if digests:
                sha256, sha512 = digests.finish()
        with self._lock:
            before = self._known.get(key)
            stored = self._known[key] = StoredObject(
                key=key,
                size=size,
                extents=merge_extents([*(before.extents if before else []), *wanted]),
                sha256=sha256 or (before.sha256 if before else None),
                sha512=sha512 or (before.sha512 if before else None),
                digest_origin="computed" if sha256 else (before.digest_origin if before else None),
                declared_by=before.declared_by if before and not sha256 else None,
            )
        return stored

    def rename(self, key: str, new: str) -> None:
        """Give an object its final address (its digest is known only after it was read)."""
        object_path(self._root, key).rename(object_path(self._root, new))
        self._known[new] = self._known.pop(key).model_copy(update={"key": new})

    def discard(self, key: str) -> None:
        """Forget an object whose bytes are not what they were said to be."""
        with self._lock:
            object_path(self._root, key).unlink(missing_ok=True)
            self._known.pop(key, None)

    def declare(self, key: str, size: int, sha256: str | None, declared_by: str) -> None:
        """Make an object of which no byte is here, with what somebody declares; one that is known stays.

        Without ``sha256`` only the size is declared.
        """
        with self._lock:
            object_path(self._root, key).touch()
            if key not in self._known:
                self._known[key] = StoredObject(
                    key=key,
                    size=size,
                    extents=[],
                    sha256=sha256,
                    digest_origin="declared" if sha256 else None,
                    declared_by=declared_by,
                )

    def put_stream(self, key: str, offset: int, chunks: Iterable[bytes]) -> int:
        """Add one range of a known object as it arrives; returns how many bytes arrived."""
        position = offset
        with open(object_path(self._root, key), "r+b") as target:
            target.seek(offset)
            for chunk in chunks:
                target.write(chunk)
                position += len(chunk)
        self._add(key, [(offset, position - offset)])
        return position - offset

    def _add(self, key: str, extents: list[tuple[int, int]]) -> None:
        with self._lock:
            before = self._known[key]
            merged = merge_extents([*before.extents, *extents])
            self._known[key] = before.model_copy(update={"extents": merged})

    def verify(self, key: str) -> StoredObject:
        """Compute the digests of an object that is here whole."""
        with open(object_path(self._root, key), "rb") as source:
            return self.put(key, self._known[key].size, file_chunks(source.fileno()), [])

    def put_extents(
        self, key: str, read_at: Callable[[int, int], bytes], extents: list[tuple[int, int]]
    ) -> None:
        """Add ranges of a known object from a source that can seek."""
        with open(object_path(self._root, key), "r+b") as target:
            for start, length in merge_extents(extents):
                for offset in range(start, start + length, CHUNK):
                    target.seek(offset)
                    target.write(read_at(offset, min(CHUNK, start + length - offset)))
        self._add(key, extents)


class _Digests:
    """SHA-256 and SHA-512 of one stream; large streams get a thread a digest (hashlib releases the lock)."""

    def __init__(self, parallel: bool) -> None:
        self._hashes = (hashlib.sha256(), hashlib.sha512())
        self._queues: list[queue.Queue[bytes | None]] = []
        self._threads: list[threading.Thread] = []
        if parallel:
            for digest in self._hashes:
                chunks: queue.Queue[bytes | None] = queue.Queue(maxsize=8)
                thread = threading.Thread(target=_drain, args=(chunks, digest.update), daemon=True)
                thread.start()
                self._queues.append(chunks)
                self._threads.append(thread)

    def update(self, chunk: bytes) -> None:
        if self._queues:
            for chunks in self._queues:
                chunks.put(chunk)
        else:
            for digest in self._hashes:
                digest.update(chunk)

    def finish(self) -> tuple[str, str]:
        for chunks in self._queues:
            chunks.put(None)
        for thread in self._threads:
            thread.join()
        return self._hashes[0].hexdigest(), self._hashes[1].hexdigest()


def _drain(chunks: queue.Queue[bytes | None], update: Callable[[bytes], None]) -> None:
    while (chunk := chunks.get()) is not None:
        update(chunk)


def file_chunks(descriptor: int) -> Iterator[bytes]:
    """The content of an open file from its first byte."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    while chunk := os.read(descriptor, CHUNK):
        yield chunk
