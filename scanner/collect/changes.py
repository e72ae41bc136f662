"""Which paths differ between two trees, from git's plumbing."""

from __future__ import annotations

import resource
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from scanner.collect.errors import CollectError
from scanner.collect.limits import LISTING, PATHS
from scanner.collect.neutral import bound
from scanner.collect.repository import Repository
from scanner.domain import PathChange
from scanner.evidence import SUBMODULE_MODE, ChangedPath, Side, display_path

OPTIONS = (
    "-r",
    "--no-ext-diff",
    "--no-textconv",
    "--find-renames=100%",
    "--no-color",
)
_CHANGES: dict[str, PathChange] = {"A": "added", "D": "removed", "R": "renamed"}
_ABSENT = "000000"

T = TypeVar("T")


class RawChange(NamedTuple):
    """One record of 'git diff-tree --raw -z'."""

    old_mode: str
    new_mode: str
    old_oid: str
    new_oid: str
    status: str
    paths: list[bytes]


def raw_changes(repository: Repository, base: str, head: str) -> list[RawChange]:
    """What differs from the tree of ``base`` to the tree of ``head``, in git's order.

    Renames are exact ones only: a file that was moved and edited is one removed and one added.

    Raises:
        CollectError: there is too much of it.
    """
    arguments = ("diff-tree", "--raw", "-z", "--diff-filter=ACDMRT", *OPTIONS, base, head, "--")
    return _counted(parse_raw(repository.read_bounded(*arguments, limit=LISTING)))


def parse_raw(output: bytes) -> Iterator[RawChange]:
    """The records of a raw, NUL-separated difference."""
    fields = iter(output.split(b"\0"))
    for field in fields:
        if not field:
            return
        old_mode, new_mode, old_oid, new_oid, status = field.decode("ascii").removeprefix(":").split(" ")
        count = 2 if status[0] in "RC" else 1
        yield RawChange(old_mode, new_mode, old_oid, new_oid, status[0], [next(fields) for _ in range(count)])


def changed_path(record: RawChange) -> ChangedPath:
    """The path of a record, with both its sides; lines and sizes are not known yet."""
    path, previous = record.paths[-1], record.paths[0] if len(record.paths) == 2 else None
    return ChangedPath(
        path=display_path(path),
        previous_path=display_path(previous) if previous is not None else None,
        change=_CHANGES.get(record.status, "modified"),
        old=_side(record.old_mode, record.old_oid),
        new=_side(record.new_mode, record.new_oid),
    )


def _side(mode: str, oid: str) -> Side | None:
    if mode == _ABSENT:
        return None
    return Side(mode=mode, oid=oid, key=None if mode == SUBMODULE_MODE else f"git:{oid}")


def whole_tree(listing: bytes) -> list[ChangedPath]:
    """Every path of a tree listing, as if it had just been added.

    Raises:
        CollectError: there are too many.
    """
    return _counted(_added(record) for record in listing.split(b"\0") if record)


def _added(record: bytes) -> ChangedPath:
    head, _, path = record.partition(b"\t")
    mode, _kind, oid, _size = head.decode("ascii").split()
    return ChangedPath(path=display_path(path), change="added", new=_side(mode, oid))


def _counted(items: Iterable[T]) -> list[T]:
    counted = list(islice(items, PATHS + 1))
    if len(counted) > PATHS:
        raise CollectError(f"there are more than {PATHS} paths: name a smaller change")
    return counted


def merge_base(repository: Repository, base: str, head: str) -> str | None:
    """The best common ancestor, or ``None`` when the histories share none (or are too shallow to tell)."""
    status, output = repository.read("merge-base", base, head)
    return output.decode("ascii").split()[0] if status == 0 and output.strip() else None


class Listings:
    """Tree listings under way, written to ``folder``/name for each name → tree; :meth:`wait` ends them.

    Without ``sizes`` (in a partial clone git would stop at the first blob that is not there) each entry has
    the '-' that git prints where there is no size.
    """

    def __init__(self, repository: Repository, trees: dict[str, str], folder: Path, *, sizes: bool) -> None:
        self._paths = [folder / name for name in trees]
        self._sizes = sizes
        self._running = []
        for path, oid in zip(self._paths, trees.values(), strict=True):
            with path.open("wb") as target:
                options = ("-r", "-l", "-z", "--full-tree") if sizes else ("-r", "-z", "--full-tree")
                process = repository.start("ls-tree", *options, oid, stdout=target)
                self._running.append(process)
                bound(process.pid, resource.RLIMIT_FSIZE, LISTING)

    def wait(self) -> None:
        """Wait for git.

        Raises:
            CollectError: a tree could not be listed.
        """
        statuses = [process.wait() for process in self._running]
        if any(statuses):
            raise CollectError(
                f"git could not list a tree of this repository, or prints more than {LISTING} bytes of it: "
                "check it with 'git fsck'"
            )
        if not self._sizes:
            for path in self._paths:
                records = path.read_bytes().split(b"\0")
                path.write_bytes(b"\0".join(record.replace(b"\t", b" -\t", 1) for record in records))
