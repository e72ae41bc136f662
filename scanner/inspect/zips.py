"""Zip archives, and the model formats that are one: members by their content, and odd layouts.

The directory is parsed by :mod:`zipfile`; members are found and unpacked here, since the standard library
refuses the very layouts that other readers (miniz in PyTorch) accept.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zipfile

from scanner.inspect import expand, limits
from scanner.inspect.examination import Examination, Item
from scanner.inspect.formats import names_a_model
from scanner.inspect.readers.reading import REVIEW, SPLIT, Unreadable
from scanner.inspect.stream import Stream, window
from scanner.inspect.zip_kinds import Kind, kind_of
from scanner.inspect.zip_layout import (
    ENCRYPTED,
    END,
    END_MARK,
    LONGEST_END,
    MISSING,
    Local,
    checksum,
    local_header,
    oddities,
)
from scanner.inspect.zip_ranges import require_directory, require_members

_REWRITE = "Write the archive again with the library that made it, or remove it."


def look_at_zip(examination: Examination, item: Item) -> str:
    """Look at every member that can act, and at the layout; returns what kind of archive it is.

    Raises:
        Unreadable: there is no readable directory, or a cap is reached.
    """
    stream, whole = item.stream, item.stream.whole
    directory = None if whole else require_directory(stream)
    infos = _directory(stream)
    kind = kind_of([info.filename for info in infos])
    acting = [info for info in infos if not info.is_dir() and not kind.is_data(info.filename)]
    if len(acting) > limits.CONTAINER_MEMBERS:
        raise Unreadable(f"more than {limits.CONTAINER_MEMBERS:,} members", "budget", SPLIT)
    if directory is not None:
        require_members(stream, infos, kind, directory)
    before = examination.models
    locals_ = {id(info): local_header(stream, info) for info in (infos if whole else acting)}
    for info in sorted(acting, key=lambda found: found.header_offset):
        examination.enter(item)
        try:
            _look_at_member(examination, item, kind, info, locals_[id(info)])
        except Unreadable as error:
            examination.gap(_path(item, info), str(error), error.cause, error.action)
    for what in kind.unread([info.filename for info in infos]):
        examination.gap(item.member, f"no engine reads {what} yet")
    if whole and (kind.format != "zip" or examination.models > before or names_a_model(item.name)):
        for detail, severity in oddities(stream, infos, locals_):
            examination.malformed(item.member, detail, severity)
    return kind.format


def _directory(stream: Stream) -> list[zipfile.ZipInfo]:
    """The entries of the central directory.

    Raises:
        Unreadable: there is none, or it is larger than the cap.
    """
    tail = stream.at(max(0, stream.size - END.size), END.size)
    if not tail.startswith(END_MARK) or tail[-2:] != b"\0\0":
        length = min(stream.size, LONGEST_END)
        tail = stream.at(stream.size - length, length)
    position = tail.rfind(END_MARK)
    if position < 0 or len(tail) - position < END.size:
        raise Unreadable("the zip archive is truncated: it has no end record", action=_REWRITE)
    directory = END.unpack_from(tail, position)[5]
    if MISSING != directory > limits.CONTAINER_DIRECTORY:
        raise Unreadable(f"a zip directory of {directory:,} bytes", "budget", SPLIT)
    try:
        with zipfile.ZipFile(stream) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(f"the zip directory cannot be read: {error}", action=_REWRITE) from error


def _look_at_member(
    examination: Examination, item: Item, kind: Kind, info: zipfile.ZipInfo, local: Local | None
) -> None:
    path = _path(item, info)
    if local is None:
        raise Unreadable("the member is not where the directory says", "hostile")
    if info.flag_bits & ENCRYPTED:
        raise Unreadable("the member is encrypted")
    packed = window(item.stream, local.data, info.compress_size)
    if packed.size < info.compress_size:
        raise Unreadable("the member reaches beyond the end of the file")
    name = info.filename.rsplit("/", 1)[-1]
    if info.compress_type == zipfile.ZIP_STORED:
        found = kind.look(examination, packed, info.filename, path) or (
            examination.inspect(packed, name, path, item.depth + 1) is not None
        )
        if found and packed.whole:
            _check_crc(examination, path, info, checksum(packed))
        if info.file_size != info.compress_size:
            examination.malformed(path, "a stored member declares two different sizes")
        return
    if (
        info.file_size > max(limits.EXPANDED_FREE, info.compress_size * limits.EXPANDED_RATIO)
        and kind.format != "npz"
    ):
        detail = f"it unpacks to {info.file_size:,} bytes out of {info.compress_size:,}: a decompression bomb"
        raise Unreadable(detail, "hostile")
    expanded = expand.Expanded(_chunks(packed, info), examination, info.file_size)
    ended = expanded.peek()
    found = kind.look(examination, expanded.stream, info.filename, path) or (
        examination.inspect(expanded.stream, name, path, item.depth + 1, tail=ended) is not None
    )
    if expanded.longer_than(info.file_size):
        raise Unreadable("it unpacks to more than it declares", "hostile")
    if found and expanded.whole:
        _check_crc(examination, path, info, expanded.crc())


def _chunks(packed: Stream, info: zipfile.ZipInfo) -> expand.Chunks:
    if info.compress_type == zipfile.ZIP_DEFLATED:
        return expand.Inflater(packed, expand.DEFLATE)
    if info.compress_type == zipfile.ZIP_BZIP2:
        return expand.Filtered(packed, bz2.BZ2Decompressor)
    if info.compress_type == zipfile.ZIP_LZMA:
        return expand.Filtered(packed, lambda: _zip_lzma(packed))
    raise Unreadable(f"the member is packed with method {info.compress_type}, which is not read")


def _zip_lzma(packed: Stream) -> lzma.LZMADecompressor:
    """LZMA as zip stores it (APPNOTE 5.8.8): version, length of the properties, the properties, raw data."""
    properties = packed.read(9)
    if len(properties) < 9 or properties[2:4] != b"\x05\x00":
        raise Unreadable("the member's LZMA header is not one")
    first, size = properties[4], int.from_bytes(properties[5:9], "little")
    if first >= 225 or size > 256 << 20:
        raise Unreadable("the member's LZMA header asks for too much")
    lc, lp, pb = first % 9, first // 9 % 5, first // 45
    options = {"id": lzma.FILTER_LZMA1, "dict_size": size, "lc": lc, "lp": lp, "pb": pb}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[options])


def _check_crc(examination: Examination, path: str, info: zipfile.ZipInfo, crc: int) -> None:
    if crc != info.CRC:
        examination.malformed(path, "the member's checksum is wrong", "high")
        examination.gap(path, "the member's checksum is wrong", "hostile", REVIEW)


def _path(item: Item, info: zipfile.ZipInfo) -> str:
    return info.filename if item.member is None else f"{item.member}!{info.filename}"
