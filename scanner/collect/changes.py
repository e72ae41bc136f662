"""Which paths differ between two trees, and which lines of them were added; all of it from git's plumbing."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import IO, NamedTuple

from scanner.collect.limits import PATCH
from scanner.collect.repository import Repository
from scanner.domain import PathChange
from scanner.evidence import SUBMODULE_MODE, ChangedPath, Side, display_path

_OPTIONS = (
    "-r",
    "--no-ext-diff",
    "--no-textconv",
    "--find-renames=100%",
    "--diff-filter=ACDMRT",
    "--no-color",
)
_HUNK = re.compile(rb"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_CHANGES: dict[str, PathChange] = {"A": "added", "D": "removed", "R": "renamed"}
_ABSENT = "000000"


class RawChange(NamedTuple):
    """One record of 'git diff-tree --raw -z'."""

    old_mode: str
    new_mode: str
    old_oid: str
    new_oid: str
    status: str
    paths: list[bytes]


def changed_paths(repository: Repository, base: str, head: str) -> list[ChangedPath]:
    """What differs from the tree of ``base`` to the tree of ``head``, in git's order.

    Renames are exact ones only: a file that was moved and edited is one removed and one added.
    """
    arguments = ("diff-tree", *_OPTIONS, base, head, "--")
    raw = repository.start(*arguments[:1], "--raw", "-z", *arguments[1:])
    patch = repository.start(*arguments[:1], "--patch", "--unified=0", *arguments[1:])
    records = list(parse_raw(raw.communicate()[0]))
    assert patch.stdout
    lines = added_lines(patch.stdout, records)
    patch.kill()
    patch.communicate()
    return [_changed(record, added) for record, added in zip(records, lines, strict=True)]


def parse_raw(output: bytes) -> Iterator[RawChange]:
    """The records of a raw, NUL-separated difference."""
    fields = iter(output.split(b"\0"))
    for field in fields:
        if not field:
            return
        old_mode, new_mode, old_oid, new_oid, status = field.decode("ascii").removeprefix(":").split(" ")
        count = 2 if status[0] in "RC" else 1
        yield RawChange(old_mode, new_mode, old_oid, new_oid, status[0], [next(fields) for _ in range(count)])


def added_lines(patch: IO[bytes], records: list[RawChange]) -> list[list[tuple[int, int]] | None]:
    """For each record the added ranges (first line, number of lines); ``None`` where they are not known.

    The patch holds one section a record, in the same order (two where the type changed: one that removes,
    one that adds). Within a section every line of content starts with '+', '-' or a backslash, so that
    'diff --git' and '@@' at the start of a line are always git's own.
    """
    owners = [index for index, record in enumerate(records) for _ in range(2 if record.status == "T" else 1)]
    found: list[list[tuple[int, int]] | None] = [[] for _ in records]
    section, read = -1, 0
    for line in _lines(patch):
        read += len(line)
        if read > PATCH:
            for index in owners[max(section, 0) :]:
                found[index] = None
            break
        if line.startswith(b"diff --git "):
            section += 1
        elif line.startswith(b"Binary files "):
            found[owners[section]] = None
        elif line.startswith(b"@@ "):
            match, ranges = _HUNK.match(line), found[owners[section]]
            if match and ranges is not None:
                count = int(match[2]) if match[2] is not None else 1
                if count:
                    ranges.append((int(match[1]), count))
    return found


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines, of a long one only the first 64 KiB (the rest is passed over piece by piece)."""
    start = True
    while line := stream.readline(1 << 16):
        yield line if start else b"+" * len(line)
        start = line.endswith(b"\n")


def _changed(record: RawChange, added: list[tuple[int, int]] | None) -> ChangedPath:
    path, previous = record.paths[-1], record.paths[0] if len(record.paths) == 2 else None
    return ChangedPath(
        path=display_path(path),
        previous_path=display_path(previous) if previous is not None else None,
        change=_CHANGES.get(record.status, "modified"),
        old=_side(record.old_mode, record.old_oid),
        new=_side(record.new_mode, record.new_oid),
        added_lines=added,
    )


def _side(mode: str, oid: str) -> Side | None:
    if mode == _ABSENT:
        return None
    return Side(mode=mode, oid=oid, key=None if mode == SUBMODULE_MODE else f"git:{oid}")


def whole_tree(listing: bytes) -> list[ChangedPath]:
    """Every path of a tree listing, as if it had just been added."""
    paths = []
    for record in listing.split(b"\0"):
        if record:
            head, _, path = record.partition(b"\t")
            mode, _kind, oid, _size = head.decode("ascii").split()
            paths.append(ChangedPath(path=display_path(path), change="added", new=_side(mode, oid)))
    return paths


def merge_base(repository: Repository, base: str, head: str) -> str | None:
    """The best common ancestor, or ``None`` when the histories share none (or are too shallow to tell)."""
    status, output = repository.read("merge-base", base, head)
    return output.decode("ascii").split()[0] if status == 0 and output.strip() else None


def list_trees(repository: Repository, trees: dict[str, str], folder: str) -> None:
    """Write the listing of each tree (name → object id) to ``folder``/name, all at the same time."""
    running = []
    for name, oid in trees.items():
        with open(f"{folder}/{name}", "wb") as target:
            arguments = ("ls-tree", "-r", "-l", "-z", "--full-tree", oid)
            running.append(repository.start(*arguments, stdout=target))
    for process in running:
        if process.wait() != 0:
            raise subprocess.CalledProcessError(process.returncode, "git ls-tree")
