"""Git blobs as streams, through one long-lived 'git cat-file --batch'."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from types import TracebackType

from scanner.collect.objects import CHUNK
from scanner.collect.repository import Repository


class Blobs:
    """Reads blobs one after the other; each stream must be read to its end before the next is asked for."""

    def __init__(self, repository: Repository) -> None:
        self._process = repository.start("cat-file", "--batch", stdin=subprocess.PIPE)
        assert self._process.stdin and self._process.stdout
        self._questions, self._answers = self._process.stdin, self._process.stdout

    def __enter__(self) -> Blobs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def open(self, oid: str) -> tuple[int, Iterator[bytes]] | None:
        """Size in bytes and content of a blob, or ``None`` when the object store has no such blob.

        Raises:
            EOFError: git ended in the middle (a damaged object).
        """
        self._questions.write(oid.encode("ascii") + b"\n")
        self._questions.flush()
        header = self._answers.readline().split()
        if not header:
            raise EOFError(f"git ended before it answered for {oid}")
        if len(header) != 3:
            return None
        size = int(header[2])
        chunks = self._content(oid, size)
        if header[1] != b"blob":
            for _ in chunks:
                pass
            return None
        return size, chunks

    def _content(self, oid: str, size: int) -> Iterator[bytes]:
        left = size
        while left:
            chunk = self._answers.read(min(CHUNK, left))
            if not chunk:
                raise EOFError(f"git ended in the middle of {oid}")
            left -= len(chunk)
            yield chunk
        self._answers.read(1)  # the line break after the content
