"""Local files: those a caller names, and the uncommitted ones of a working tree."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from scanner.collect.errors import CollectError
from scanner.collect.objects import ObjectStore, file_chunks
from scanner.evidence import ChangedPath, Side, Uncommitted, display_path, edges, sha256_hex


@contextmanager
def opened(path: Path, *, follow: bool) -> Iterator[tuple[int, int]]:
    """Descriptor and size of a regular file.

    Raises:
        OSError: it cannot be opened, or is a link and ``follow`` is false.
        CollectError: it is no regular file (a device, a pipe, a directory).
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW))
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise CollectError(
                f"{path} is not a regular file; name model files, or a directory that holds them"
            )
        yield descriptor, facts.st_size
    finally:
        os.close(descriptor)


def take(store: ObjectStore, path: Path) -> tuple[ChangedPath, str]:
    """Read a named file once: both digests, and the first answer; returns it with its key.

    Raises:
        OSError, CollectError: as :func:`opened`.
    """
    with opened(path, follow=True) as (descriptor, size):
        staged = "file:" + sha256_hex(os.fsencode(path.absolute()))
        stored = store.put(staged, size, file_chunks(descriptor), edges(size))
    key = f"file:{stored.sha256}"
    store.rename(staged, key)
    assert stored.sha256
    side = Side(mode="100644", oid=stored.sha256, key=key, size=stored.size)
    return ChangedPath(path=display_path(os.fsencode(path)), change="added", new=side), key


def take_uncommitted(store: ObjectStore, worktree: Path, paths: list[bytes]) -> list[Uncommitted]:
    """The first answer for files that are not committed; links and what cannot be read are passed over.

    Their address is made from what was read of them, as they are looked at only to be counted.
    """
    taken = []
    for raw in paths:
        path = worktree / os.fsdecode(raw)
        try:
            with opened(path, follow=False) as (descriptor, size):
                parts = [os.pread(descriptor, length, offset) for offset, length in edges(size)]
                key = "file:" + sha256_hex(b"".join((raw, b"\0", str(size).encode(), b"\0", *parts)))
                if store.get(key) is None and sum(map(len, parts)) == sum(n for _, n in edges(size)):
                    store.put(key, size, (), [], digest="skip")
                    store.put_extents(key, partial(read_at, descriptor), edges(size))
                taken.append(Uncommitted(path=display_path(raw), key=key))
        except (OSError, CollectError):
            continue
    return taken


def expand(paths: Sequence[Path]) -> list[Path]:
    """Files as they are named; of a directory all files below it, sorted, without links and ``.git``.

    Raises:
        CollectError: a path does not exist.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(name for name in folders if name != ".git")
                files += [Path(folder, name) for name in sorted(names) if not Path(folder, name).is_symlink()]
        elif path.exists():
            files.append(path)
        else:
            raise CollectError(f"{path} does not exist; name model files or directories that hold them")
    return files


def read_at(descriptor: int, offset: int, length: int) -> bytes:
    """Bytes of an open file; the position of the descriptor does not matter."""
    return os.pread(descriptor, length, offset)
