"""Which lines a change adds: for modified text out of git's patch, for an added file all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO

from scanner.collect.changes import OPTIONS, RawChange
from scanner.collect.limits import MOST_EXCLUDED, PATCH, PATCHED
from scanner.collect.repository import Repository
from scanner.evidence import REGULAR_MODES, SYMLINK_MODE, ChangedPath, Side

Ranges = list[tuple[int, int]]
"""First line and number of lines of each range."""

_HUNK = re.compile(rb"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


def with_added_lines(
    repository: Repository, base: str, head: str, changes: Sequence[tuple[RawChange, ChangedPath]]
) -> list[ChangedPath]:
    """The paths with the lines that were added to modified files; others are left as they are.

    git reads both sides of a patch whole, so large files are left out: their lines stay unknown.
    """
    modified = [(raw, path) for raw, path in changes if raw.status == "M"]
    patched = [path for _, path in modified if _patchable(path.old) and _patchable(path.new)]
    large = [raw.paths[0] for raw, path in modified if not (_patchable(path.old) and _patchable(path.new))]
    if not patched or len(large) > MOST_EXCLUDED:
        return [path for _, path in changes]
    process = repository.start(
        "diff-tree",
        "--patch",
        "--unified=0",
        *OPTIONS,
        "--diff-filter=M",
        base,
        head,
        "--",
        ":(top)",
        *(b":(top,exclude,literal)" + path for path in large),
    )
    assert process.stdout
    ranges = iter(read_patch(process.stdout, len(patched)))
    process.kill()
    process.communicate()
    known = {id(path): found for path, found in zip(patched, ranges, strict=True)}
    return [
        path.model_copy(update={"added_lines": known[id(path)]}) if id(path) in known else path
        for _, path in changes
    ]


def all_lines(data: bytes) -> Ranges:
    """Every line of a file that was added."""
    count = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    return [(1, count)] if count else []


def read_patch(patch: IO[bytes], sections: int) -> list[Ranges | None]:
    """For each section of a patch the added ranges; ``None`` where they are not known.

    With more sections than there are changes nothing is known: they cannot be told apart.
    Within a section every line of content starts with '+', '-' or a backslash, so that 'diff --git' and '@@'
    at the start of a line are always git's own.
    """
    found: list[Ranges | None] = [[] for _ in range(sections)]
    section, read = -1, 0
    for line in _lines(patch):
        read += len(line)
        if read > PATCH:
            found[max(section, 0) :] = [None] * (sections - max(section, 0))
            break
        if line.startswith(b"diff --git "):
            section += 1
            if section == sections:
                break
        elif line.startswith(b"Binary files "):
            found[section] = None
        elif line.startswith(b"@@ "):
            match, ranges = _HUNK.match(line), found[section]
            if match and ranges is not None:
                count = int(match[2]) if match[2] is not None else 1
                if count:
                    ranges.append((int(match[1]), count))
    return found if section < sections else [None] * sections


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines, of a long one only the first 64 KiB (the rest is passed over piece by piece)."""
    start = True
    while line := stream.readline(1 << 16):
        yield line if start else b"+" * len(line)
        start = line.endswith(b"\n")


def _patchable(side: Side | None) -> bool:
    return (
        side is not None
        and side.mode in REGULAR_MODES | {SYMLINK_MODE}
        and side.size is not None
        and side.size <= PATCHED
    )
