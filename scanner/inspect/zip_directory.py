"""Central directories of a zip archive: every one that some reader would go by, with its entries.

Readers find the directory in two ways. Python's :mod:`zipfile` counts back from the end record; PyTorch
(miniz) goes to the offset that the record states. Of an honest archive both come to the same place.
Source: APPNOTE 4.3.12 to 4.3.16, ``zipfile._RealGetContents``, miniz ``mz_zip_reader_read_central_dir``.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.inspect import limits
from scanner.inspect.readers.reading import SPLIT, Unreadable
from scanner.inspect.stream import Extent, Stream
from scanner.inspect.zip_layout import END, END_MARK, LONGEST_END, MISSING, UTF8, local_header

_CENTRAL = struct.Struct("<4s6H3I5H2I")
_CENTRAL_MARK = b"PK\x01\x02"
LOCATOR = struct.Struct("<4sIQI")
RECORD = struct.Struct("<4sQ2H2I4Q")
LOCATOR_MARK, RECORD_MARK = b"PK\x06\x07", b"PK\x06\x06"
_MANY = 0xFFFF
_ENDS = 16
"""End records looked at; an honest archive has one, and one for each archive stored near its end."""

PYTHON, TORCH = "Python's zipfile", "torch.load"


class Entry(zipfile.ZipInfo):
    """One entry of a directory, as :mod:`zipfile` would have it, with the bytes of its name."""

    __slots__ = ("faults", "raw_name")
    raw_name: bytes
    faults: list[str]
    """What about the entry itself no writer does."""


@dataclass(slots=True)
class View:
    """The directory as one kind of reader sees it."""

    reader: str
    start: int
    size: int
    entries: list[Entry]
    stated: int
    """Entries that the end record counts."""

    @property
    def content(self) -> list[tuple[object, ...]]:
        """What tells one directory from another."""
        return [
            (one.orig_filename, one.header_offset, one.compress_type, one.compress_size)
            for one in self.entries
        ]


@dataclass(slots=True)
class Directories:
    """The views of one archive, that of :mod:`zipfile` first, and the bytes that end records explain."""

    views: list[View] = field(default_factory=list)
    ends: list[Extent] = field(default_factory=list)
    comment: Extent = (0, 0)
    lost: int | None = None
    """An end record whose directory is not where it says."""


def read_directories(stream: Stream) -> Directories:
    """Every directory that an end record leads to; none when the archive has no end.

    Raises:
        Unreadable: a directory is larger than the cap.
    """
    found = Directories()
    places: set[tuple[int, int]] = set()
    for position, tail in _end_records(stream):
        if found.views and _inside_a_member(stream, position, found.views[0]):
            continue
        fields = END.unpack_from(tail)
        records: list[Extent] = []
        claims = list(_claims(stream, position, fields, records))
        other = f"a reader that takes the end record at {position}" if found.views else ""
        views = [view for claim in claims for view in _views(stream, *claim, places, other)]
        if views or (not fields[4] and not found.views):
            comment = 0 if found.views else min(fields[7], stream.size - position - END.size)
            found.ends += [*records, (position, END.size + comment)]
            if not found.views:
                found.comment = (position + END.size, comment)
            found.views += views
        elif not found.ends:
            found.lost = position
    return found


def _inside_a_member(stream: Stream, position: int, view: View) -> bool:
    """Whether an end record is that of an archive stored in this one."""
    before = [entry for entry in view.entries if entry.header_offset <= position]
    if not before:
        return False
    last = max(before, key=lambda entry: entry.header_offset)
    local = local_header(stream, last)
    return local is not None and position < local.data + last.compress_size


def entries_at(stream: Stream, offset: int, size: int) -> list[Entry]:
    """The entries of a directory whose place is known."""
    return list(_entries(stream.at(offset, size), 0))


def _end_records(stream: Stream) -> Iterator[tuple[int, bytes]]:
    """Places of end records, in the order in which :mod:`zipfile` tries them."""
    length = min(stream.size, LONGEST_END)
    start = stream.size - length
    tail = stream.at(start, length)
    last = len(tail)
    for _ in range(_ENDS):
        last = tail.rfind(END_MARK, 0, last)
        if last < 0:
            return
        if len(tail) - last >= END.size:
            yield start + last, tail[last : last + END.size]


_Claim = tuple[int, int, int, int | None]
"""Entries, size and offset of a directory, and where who counts back from the record begins to count.

``None`` for the end record behind a zip64 record: :mod:`zipfile` takes the latter then, always.
"""


def _claims(stream: Stream, position: int, fields: tuple[int, ...], ends: list[Extent]) -> Iterator[_Claim]:
    """What the end record and the zip64 records beside it say of the directory."""
    entries, size, offset = fields[4], fields[5], fields[6]
    place = position - LOCATOR.size
    back: int | None = position
    if place >= 0 and stream.at(place, 4) == LOCATOR_MARK:
        ends.append((place, LOCATOR.size))
        stated = LOCATOR.unpack(stream.at(place, LOCATOR.size))[2]
        for record in dict.fromkeys((place - RECORD.size, stated)):
            data = stream.at(record, RECORD.size) if 0 <= record < place else b""
            if len(data) == RECORD.size and data.startswith(RECORD_MARK):
                ends.append((record, place - record if record < place else RECORD.size))
                back = None if record == place - RECORD.size else back
                _, _, _, _, _, _, _, many, long, far = RECORD.unpack(data)
                yield many, long, far, record
    if entries != _MANY and MISSING not in (size, offset):
        yield entries, size, offset, back


def _views(
    stream: Stream,
    entries: int,
    size: int,
    offset: int,
    back: int | None,
    known: set[tuple[int, int]],
    other: str,
) -> Iterator[View]:
    end = stream.size if back is None else back
    ways = [(TORCH, offset)] if back is None else [(PYTHON, back - size), (TORCH, offset)]
    for reader, start in ways:
        shift = start - offset
        if (start, shift) in known or not 0 <= start < end:
            continue
        if stream.at(start, 4) != _CENTRAL_MARK:
            continue
        length = min(size, end - start)
        if length > limits.CONTAINER_DIRECTORY:
            raise Unreadable(f"a zip directory of {length:,} bytes", "budget", SPLIT)
        known.add((start, shift))
        parsed = list(_entries(stream.at(start, length), shift))
        yield View(other or reader, start, sum(map(_length, parsed)), parsed, entries)


def _length(entry: Entry) -> int:
    return _CENTRAL.size + len(entry.raw_name) + len(entry.extra) + len(entry.comment)


def _entries(data: bytes, shift: int) -> Iterator[Entry]:
    """The entries that stand in a row in ``data``, up to the first that is none."""
    position = 0
    while data.startswith(_CENTRAL_MARK, position) and len(data) - position >= _CENTRAL.size:
        fields = _CENTRAL.unpack_from(data, position)
        name, extra, comment = fields[10:13]
        position += _CENTRAL.size
        raw = data[position : position + name]
        entry = _entry(raw, fields, shift)
        position += name
        entry.extra = data[position : position + extra]
        position += extra
        entry.comment = data[position : position + comment]
        position += comment
        _wide(entry, shift)
        yield entry


def _entry(raw: bytes, fields: tuple[int, ...], shift: int) -> Entry:
    flags = fields[3]
    entry = Entry(decoded(raw, flags))
    entry.raw_name, entry.faults = raw, []
    entry.create_version = fields[1] & 0xFF
    entry.create_system = fields[1] >> 8
    entry.flag_bits, entry.compress_type = flags, fields[4]
    entry.CRC, entry.compress_size, entry.file_size = fields[7:10]
    entry.volume, entry.internal_attr, entry.external_attr = fields[13:16]
    entry.header_offset = fields[16] + shift
    if flags & UTF8 and not _is_utf8(raw):
        entry.faults.append(f"the name {entry.filename} is no UTF-8: {PYTHON} refuses it, {TORCH} does not")
    return entry


def decoded(raw: bytes, flags: int) -> str:
    """A member's name as text."""
    return raw.decode("utf-8" if flags & UTF8 else "cp437", "replace")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """The kinds and contents of extra fields; 0 for a rest that is none."""
    while extra:
        if len(extra) < 4:
            yield 0, extra
            return
        kind, length = struct.unpack_from("<HH", extra)
        yield kind, extra[4 : 4 + length]
        extra = extra[4 + length :]


def _wide(entry: Entry, shift: int) -> None:
    """Take sizes and offset from the zip64 extra field where the entry says so (APPNOTE 4.5.3)."""
    stated = [entry.file_size, entry.compress_size, entry.header_offset - shift]
    content = next((content for kind, content in extras(entry.extra) if kind == 1), None)
    if content is None:
        if MISSING in stated:
            entry.faults.append(f"{entry.filename} refers to a zip64 field that is not there")
        return
    values = [int.from_bytes(content[at : at + 8], "little") for at in range(0, len(content) - 7, 8)]
    if MISSING not in stated:
        if any(value not in stated for value in values[:3]):
            entry.faults.append(f"{entry.filename} has other sizes in its zip64 field")
        return
    for index, value in enumerate(stated):
        if value == MISSING:
            if not values:
                entry.faults.append(f"the zip64 field of {entry.filename} is too short")
                return
            stated[index] = values.pop(0)
    entry.file_size, entry.compress_size, entry.header_offset = stated[0], stated[1], stated[2] + shift
