"""Zip archives, and the model formats that are one: members by their content, and odd layouts.

The directory is parsed by :mod:`zipfile`; members are found and unpacked here, since the standard library
refuses the very layouts that other readers (miniz in PyTorch) accept.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.inspect import expand, limits
from scanner.inspect.examination import Examination, Item
from scanner.inspect.formats import names_a_model
from scanner.inspect.readers.reading import REVIEW, SPLIT, Unreadable
from scanner.inspect.stream import Stream, window
from scanner.inspect.zip_kinds import Kind, kind_of

_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_END_SIZE = 22
_LONGEST_COMMENT = (1 << 16) - 1
_ENCRYPTED, _DESCRIPTOR = 0x1, 0x8
_MISSING = 0xFFFFFFFF
_REWRITE = "Write the archive again with the library that made it, or remove it."


@dataclass(frozen=True, slots=True)
class _Local:
    """What the header in front of a member's data says."""

    name: bytes
    flags: int
    method: int
    packed: int
    data: int
    """Offset of the data."""


def look_at_zip(examination: Examination, item: Item) -> str:
    """Look at every member that can act, and at the layout; returns what kind of archive it is.

    Raises:
        Unreadable: there is no readable directory, or a cap is reached.
    """
    infos = _directory(item.stream)
    if len(infos) > limits.CONTAINER_MEMBERS:
        raise Unreadable(f"more than {limits.CONTAINER_MEMBERS:,} members", "budget", SPLIT)
    kind = kind_of([info.filename for info in infos])
    before = examination.models
    locals_ = {id(info): _local(item.stream, info) for info in infos}
    for info in sorted(infos, key=lambda found: found.header_offset):
        if info.is_dir() or kind.is_data(info.filename):
            continue
        examination.enter(item)
        try:
            _look_at_member(examination, item, kind, info, locals_[id(info)])
        except Unreadable as error:
            examination.gap(_path(item, info), str(error), error.cause, error.action)
    for what in kind.unread([info.filename for info in infos]):
        examination.gap(item.member, f"no engine reads {what} yet")
    if kind.format != "zip" or examination.models > before or names_a_model(item.name):
        for detail, severity in _oddities(item.stream, infos, locals_):
            examination.malformed(item.member, detail, severity)
    return kind.format


def _directory(stream: Stream) -> list[zipfile.ZipInfo]:
    """The entries of the central directory.

    Raises:
        Unreadable: there is none, or it is larger than the cap.
    """
    length = min(stream.size, _END_SIZE + _LONGEST_COMMENT)
    tail = stream.at(stream.size - length, length)
    position = tail.rfind(b"PK\x05\x06")
    if position < 0 or len(tail) - position < _END_SIZE:
        raise Unreadable("the zip archive is truncated: it has no end record", action=_REWRITE)
    directory = _END.unpack_from(tail, position)[5]
    if _MISSING != directory > limits.CONTAINER_DIRECTORY:
        raise Unreadable(f"a zip directory of {directory:,} bytes", "budget", SPLIT)
    try:
        with zipfile.ZipFile(stream) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(f"the zip directory cannot be read: {error}", action=_REWRITE) from error


def _local(stream: Stream, info: zipfile.ZipInfo) -> _Local | None:
    """The local header of a member, or ``None`` when there is none where the directory says."""
    header = stream.at(info.header_offset, _LOCAL.size) if info.header_offset >= 0 else b""
    if len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        return None
    _, _, flags, method, _, _, _, packed, _, name_length, extra_length = _LOCAL.unpack(header)
    name = stream.read(name_length)
    start = info.header_offset + _LOCAL.size + name_length + extra_length
    return _Local(name, flags, method, packed, start)


def _look_at_member(
    examination: Examination, item: Item, kind: Kind, info: zipfile.ZipInfo, local: _Local | None
) -> None:
    path = _path(item, info)
    if local is None:
        raise Unreadable("the member is not where the directory says", "hostile")
    if info.flag_bits & _ENCRYPTED:
        raise Unreadable("the member is encrypted")
    packed = window(item.stream, local.data, info.compress_size)
    if packed.size < info.compress_size:
        raise Unreadable("the member reaches beyond the end of the file")
    name = info.filename.rsplit("/", 1)[-1]
    if info.compress_type == zipfile.ZIP_STORED:
        if kind.look(examination, packed, info.filename, path) or (
            examination.inspect(packed, name, path, item.depth + 1) is not None
        ):
            _check_crc(examination, path, info, _crc(packed))
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


def _crc(stream: Stream) -> int:
    stream.seek(0)
    crc = 0
    while data := stream.read(1 << 20):
        crc = zlib.crc32(data, crc)
    return crc


def _check_crc(examination: Examination, path: str, info: zipfile.ZipInfo, crc: int) -> None:
    if crc != info.CRC:
        examination.malformed(path, "the member's checksum is wrong", "high")
        examination.gap(path, "the member's checksum is wrong", "hostile", REVIEW)


def _path(item: Item, info: zipfile.ZipInfo) -> str:
    return info.filename if item.member is None else f"{item.member}!{info.filename}"


def _oddities(
    stream: Stream, infos: list[zipfile.ZipInfo], locals_: dict[int, _Local | None]
) -> Iterator[tuple[str, str]]:
    """What no known writer does, with the severity: readers that disagree here see different models."""
    seen: dict[str, str] = {}
    for info in infos:
        other = seen.setdefault(info.filename.casefold(), info.filename)
        if other is not info.filename:
            yield f"two members are called {info.filename}", "high"
        parts = info.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or "\\" in info.orig_filename or parts[0].endswith(":"):
            yield f"the member name {info.filename} leads out of the archive", "high"
        yield from _differences(info, locals_[id(info)])
    yield from _layout(stream, infos, locals_)


def _differences(info: zipfile.ZipInfo, local: _Local | None) -> Iterator[tuple[str, str]]:
    if local is None:
        return
    encoding = "utf-8" if local.flags & 0x800 else "cp437"
    if local.name.decode(encoding, "replace").split("\0", 1)[0] != info.orig_filename.split("\0", 1)[0]:
        yield f"{info.filename} has another name in its local header", "high"
    if local.method != info.compress_type or (local.flags ^ info.flag_bits) & _ENCRYPTED:
        yield f"{info.filename} is packed in another way in its local header", "high"
    if not local.flags & _DESCRIPTOR and local.packed not in (info.compress_size, _MISSING):
        yield f"{info.filename} has another size in its local header", "high"


def _layout(
    stream: Stream, infos: list[zipfile.ZipInfo], locals_: dict[int, _Local | None]
) -> Iterator[tuple[str, str]]:
    position = 0
    ranges = [
        (info.header_offset, local.data + info.compress_size)
        for info in infos
        if (local := locals_[id(info)])
    ]
    for index, (start, end) in enumerate(sorted(ranges)):
        if start < position:
            yield "members overlap", "high"
            return
        if start - position > (0 if index == 0 else limits.ZIP_SLACK):
            where = "before the first member" if index == 0 else "between members"
            yield f"{start - position} bytes {where} that nothing explains", "medium"
        position = end
    length = min(stream.size, _END_SIZE + _LONGEST_COMMENT)
    tail = stream.at(stream.size - length, length)
    found = tail.rfind(b"PK\x05\x06")
    behind = len(tail) - found - _END_SIZE
    if behind:
        yield f"{behind} bytes behind the end record", "low"
