"""Git blobs as streams, and commits, through one long-lived 'git cat-file --batch'."""

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
        return self._ask(oid, b"blob")

    def _ask(self, oid: str, kind: bytes) -> tuple[int, Iterator[bytes]] | None:
        self._questions.write(oid.encode("ascii") + b"\n")
        self._questions.flush()
        header = self._answers.readline().split()
        if not header:
            raise EOFError(f"git ended before it answered for {oid}")
        if len(header) != 3:
            return None
        size = int(header[2])
        chunks = self._content(oid, size)
        if header[1] != kind:
            for _ in chunks:
                pass
            return None
        return size, chunks

    def commit(self, oid: str) -> tuple[str, int]:
        """Tree of a commit, and its committer's date in seconds since 1970.

        Raises:
            EOFError: git ended, or there is no such commit.
        """
        opened = self._ask(oid, b"commit")
        if opened is None:
            raise EOFError(f"there is no commit {oid}")
        header = b"".join(opened[1]).partition(b"\n\n")[0].splitlines()
        fields = dict(line.split(b" ", 1) for line in reversed(header) if b" " in line)
        date = fields.get(b"committer", b"").split(b" ")[-2:-1]
        return fields[b"tree"].decode("ascii"), int(date[0]) if date and date[0].isdigit() else 0

    def _content(self, oid: str, size: int) -> Iterator[bytes]:
        left = size
        while left:
            chunk = self._answers.read(min(CHUNK, left))
            if not chunk:
                raise EOFError(f"git ended in the middle of {oid}")
            left -= len(chunk)
            yield chunk
        self._answers.read(1)  # the line break after the content
