"""What stands in a zip archive beside what its directory names: hidden members, and bytes without a place."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.inspect.stream import Extent, Stream
from scanner.inspect.zip_directory import Directories, Entry, decoded
from scanner.inspect.zip_layout import (
    DESCRIPTOR,
    ENCRYPTED,
    LOCAL_MARK,
    MISSING,
    Local,
    Locals,
    descriptor,
    local_header_at,
)

_STEP = 1 << 20
_MARKS = (b"PK\x07\x08", LOCAL_MARK, b"PK\x01\x02", b"PK\x05\x06")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_LONGEST_NAME = 4096


@dataclass(frozen=True, slots=True)
class Carved:
    """A member found by its local header alone; ``end`` is where its data ends at the latest."""

    entry: Entry
    local: Local
    end: int


def unexplained(
    stream: Stream, directories: Directories, entries: Sequence[Entry], locals_: Locals
) -> list[Extent]:
    """The ranges that belong to no member, directory or end record."""
    taken = [*directories.ends, *((view.start, view.size) for view in directories.views)]
    for entry in entries:
        local = locals_.get(id(entry))
        if local:
            end = local.data + entry.compress_size
            if local.flags & DESCRIPTOR:
                end += descriptor(stream, entry, local)[0]
            taken.append((entry.header_offset, end - entry.header_offset))
    gaps = []
    position = 0
    for start, length in sorted(taken):
        if start > position:
            gaps.append((position, start - position))
        position = max(position, start + length)
    if position < stream.size:
        gaps.append((position, stream.size - position))
    return gaps


def carve(stream: Stream, gap: Extent) -> Iterator[Carved]:
    """Every local header within a range, with the member that follows it."""
    position, end = gap[0], sum(gap)
    while True:
        position = find(stream, LOCAL_MARK, position, end)
        if position < 0:
            return
        local = local_header_at(stream, position)
        if local is None or not _plausible(local):
            position += len(LOCAL_MARK)
            continue
        found = _member(stream, position, local, end)
        yield found
        position = max(found.end, position + len(LOCAL_MARK))


def find(stream: Stream, wanted: bytes, start: int, end: int) -> int:
    """Where ``wanted`` begins between two offsets; -1 when it does not."""
    while start < end:
        data = stream.at(start, min(_STEP, end - start))
        at = data.find(wanted)
        if at >= 0:
            return start + at
        if len(data) < len(wanted) or start + len(data) >= end:
            return -1
        start += len(data) - len(wanted) + 1
    return -1


def _plausible(local: Local) -> bool:
    """Whether this is a header rather than four bytes by chance."""
    return local.method in _METHODS and 0 < len(local.name) <= _LONGEST_NAME


def _member(stream: Stream, offset: int, local: Local, end: int) -> Carved:
    entry = Entry(decoded(local.name, local.flags))
    entry.raw_name, entry.faults, entry.extra = local.name, [], b""
    entry.flag_bits = local.flags & ~ENCRYPTED
    entry.compress_type, entry.CRC = local.method, local.crc
    entry.compress_size, entry.file_size = local.packed, local.size
    entry.header_offset = offset
    last = local.data + local.packed
    late = bool(local.flags & DESCRIPTOR)
    if late:
        entry.file_size = -1  # nor is the checksum known
    if local.packed == MISSING or (late and not local.packed) or last > end:
        last = min((at for mark in _MARKS if (at := find(stream, mark, local.data, end)) >= 0), default=end)
        stored = local.method == zipfile.ZIP_STORED
        entry.file_size = -1
        entry.compress_size = max(0, (last if stored else end) - local.data)  # packed data says where it ends
    return Carved(entry, local, last)
