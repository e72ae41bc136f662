"""Zip archives of which only parts are here: what must be fetched, and whether the parts can be trusted.

Without the local header of every member, only the one layout that the known writers make can be judged from
its directory: every member explained by it, in a row, nothing in front, between or behind. Whatever differs
in anything is asked for whole, and is then looked at as it is. Source of the layout: APPNOTE 4.3 and 4.4,
PyTorch's writer (miniz, always with the zip64 records) and Python's :mod:`zipfile`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from typing import NamedTuple

from scanner.inspect import limits
from scanner.inspect.needs import ask_for_whole
from scanner.inspect.readers.reading import SPLIT, Unreadable
from scanner.inspect.stream import Extent, Stream, window
from scanner.inspect.zip_directory import LOCATOR, LOCATOR_MARK, RECORD, RECORD_MARK, Entry, extras
from scanner.inspect.zip_kinds import Kind
from scanner.inspect.zip_layout import (
    DESCRIPTOR,
    END,
    END_MARK,
    LOCAL,
    LOCAL_MARK,
    MISSING,
    UTF8,
    checksum,
    descriptor,
    differences,
    local_header,
)

_RECORD_REST = RECORD.size - 12
_MANY = 0xFFFF
_ZIP64 = 1
_GLANCE = 4 << 10
"""The local header and enough of the data to tell what it is."""


class Directory(NamedTuple):
    """Where the central directory lies, and how many members its end record counts."""

    offset: int
    size: int
    entries: int


def require_directory(stream: Stream) -> Directory:
    """The place of the directory, whose bytes are all here.

    Raises:
        NotCollected: they are not, or the end of the file is not what the known writers make.
        Unreadable: it is larger than the cap.
    """
    found = _directory(stream)
    if found.size > limits.CONTAINER_DIRECTORY:
        raise Unreadable(f"a zip directory of {found.size:,} bytes", "budget", SPLIT)
    stream.require([(found.offset, found.size)])
    return found


def require_members(stream: Stream, infos: Sequence[Entry], kind: Kind, directory: Directory) -> None:
    """See to it that every member that can act is here, and that nothing is odd about any of them.

    Raises:
        NotCollected: members are missing (all of them at once), or the archive must be looked at whole.
    """
    ordered = sorted(infos, key=lambda info: info.header_offset)
    if not (kind.data or kind.lazy) or len(infos) != directory.entries or not ordered:
        ask_for_whole()
    if ordered[0].header_offset != 0 or stream.at(0, 4) != LOCAL_MARK:
        ask_for_whole()
    if not _named_well(infos, kind) or not all(_plain(info, kind) for info in infos):
        ask_for_whole()
    ends = [*(info.header_offset for info in ordered[1:]), directory.offset]
    wanted: list[Extent] = []
    ahead: list[Extent] = []
    for info, end in zip(ordered, ends, strict=True):
        extent = end - info.header_offset
        slack = extent - LOCAL.size - len(info.raw_name) - info.compress_size
        if not 0 <= slack <= limits.ZIP_SLACK:
            ask_for_whole()
        if kind.is_lazy(info):
            wanted.append((info.header_offset, min(extent, _GLANCE)))
            ahead.append((info.header_offset, min(extent, _GLANCE + limits.FURTHER_STEPS[0])))
        elif not kind.is_data(info.filename):
            wanted.append((info.header_offset, extent))
    if any(stream.missing(*extent) for extent in wanted):
        stream.require([*wanted, *ahead])
    for info, end in zip(ordered, ends, strict=True):
        data = kind.is_data(info.filename)
        if not data or not stream.missing(info.header_offset, _GLANCE):
            _agree(stream, info, end, whole=not data and not kind.is_lazy(info))


def _directory(stream: Stream) -> Directory:
    """What the end records say, when they are the last bytes of the file and agree."""
    end = stream.size - END.size
    if end < 0:
        ask_for_whole()
    mark, disk, first_disk, here, entries, size, offset, comment = END.unpack(stream.at(end, END.size))
    if mark != END_MARK or disk or first_disk or comment or here != entries:
        ask_for_whole()
    place = end - LOCATOR.size
    if place >= RECORD.size and stream.at(place, 4) == LOCATOR_MARK:
        end = place - RECORD.size
        _, locator_disk, record, disks = LOCATOR.unpack(stream.at(place, LOCATOR.size))
        mark, rest, _, _, disk, first_disk, here, *large = RECORD.unpack(stream.at(end, RECORD.size))
        if mark != RECORD_MARK or record != end or rest != _RECORD_REST or here != large[0]:
            ask_for_whole()
        if locator_disk or disk or first_disk or disks > 1:
            ask_for_whole()
        stated = zip((entries, size, offset), large, (_MANY, MISSING, MISSING), strict=True)
        if any(short not in (long, most) for short, long, most in stated):
            ask_for_whole()
        entries, size, offset = large
    elif entries == _MANY or MISSING in (size, offset):
        ask_for_whole()
    if offset + size != end:
        ask_for_whole()
    return Directory(offset, size, entries)


def _named_well(infos: Sequence[Entry], kind: Kind) -> bool:
    """Names that every reader takes for the same: no two alike, none that leads out, under one root."""
    names = [info.filename for info in infos]
    roots = {name.split("/")[0] for name in names}
    return (
        len({name.casefold() for name in names}) == len(names)
        and (len(roots) == 1 or not kind.data)
        and all(
            info.orig_filename == info.filename
            and info.filename.isprintable()
            and not any(part in ("", ".", "..") for part in info.filename.split("/"))
            and not any(mark in info.filename for mark in '\\:*?"<>|')
            for info in infos
        )
    )


def _plain(info: Entry, kind: Kind) -> bool:
    """Whether a directory entry says nothing that the known writers do not say."""
    packed = info.compress_type == zipfile.ZIP_DEFLATED and kind.may_be_packed(info.filename)
    stored = info.compress_type == zipfile.ZIP_STORED and info.compress_size == info.file_size
    return (
        (stored or packed)
        and not info.flag_bits & ~(DESCRIPTOR | UTF8)
        and info.volume == 0
        and not info.comment
        and not info.faults
        and {number for number, _ in extras(info.extra)} <= {_ZIP64}
    )


def _agree(stream: Stream, info: Entry, end: int, whole: bool) -> None:
    """Refuse when the local header, the length or (of a ``whole`` member) the checksum contradicts."""
    local = local_header(stream, info)
    if local is None or local.flags != info.flag_bits or any(differences(info, local)):
        ask_for_whole()
    if local.data + info.compress_size > end:
        ask_for_whole()
    if whole and local.flags & DESCRIPTOR and descriptor(stream, info, local, end)[1]:
        ask_for_whole()
    stored = info.compress_type == zipfile.ZIP_STORED
    if whole and stored and checksum(window(stream, local.data, info.compress_size)) != info.CRC:
        ask_for_whole()
