"""How a zip archive lies in its file: local headers against the directory, and what no known writer does."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.inspect import limits
from scanner.inspect.stream import Stream

LOCAL = struct.Struct("<4s5H3I2H")
END_MARK = b"PK\x05\x06"
END = struct.Struct("<4s4H2IH")
ENCRYPTED, DESCRIPTOR, UTF8 = 0x1, 0x8, 0x800
MISSING = 0xFFFFFFFF
LONGEST_END = END.size + (1 << 16) - 1
"""The end record with the longest comment."""


@dataclass(frozen=True, slots=True)
class Local:
    """What the header in front of a member's data says."""

    name: bytes
    flags: int
    method: int
    packed: int
    data: int
    """Offset of the data."""


Locals = Mapping[int, Local | None]
"""Local headers by the place of their member in the directory."""


def local_header(stream: Stream, info: zipfile.ZipInfo) -> Local | None:
    """The local header of a member, or ``None`` when there is none where the directory says."""
    header = stream.at(info.header_offset, LOCAL.size) if info.header_offset >= 0 else b""
    if len(header) < LOCAL.size or not header.startswith(b"PK\x03\x04"):
        return None
    _, _, flags, method, _, _, _, packed, _, name_length, extra_length = LOCAL.unpack(header)
    name = stream.read(name_length)
    start = info.header_offset + LOCAL.size + name_length + extra_length
    return Local(name, flags, method, packed, start)


def oddities(stream: Stream, infos: list[zipfile.ZipInfo], locals_: Locals) -> Iterator[tuple[str, str]]:
    """What no known writer does, with the severity: readers that disagree here see different models."""
    seen: dict[str, str] = {}
    for info in infos:
        other = seen.setdefault(info.filename.casefold(), info.filename)
        if other is not info.filename:
            yield f"two members are called {info.filename}", "high"
        parts = info.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or "\\" in info.orig_filename or parts[0].endswith(":"):
            yield f"the member name {info.filename} leads out of the archive", "high"
        yield from differences(info, locals_[id(info)])
    yield from _layout(stream, infos, locals_)


def differences(info: zipfile.ZipInfo, local: Local | None) -> Iterator[tuple[str, str]]:
    """In what a local header contradicts the directory, with the severity."""
    if local is None:
        return
    encoding = "utf-8" if local.flags & UTF8 else "cp437"
    if local.name.decode(encoding, "replace").split("\0", 1)[0] != info.orig_filename.split("\0", 1)[0]:
        yield f"{info.filename} has another name in its local header", "high"
    if local.method != info.compress_type or (local.flags ^ info.flag_bits) & ENCRYPTED:
        yield f"{info.filename} is packed in another way in its local header", "high"
    if not local.flags & DESCRIPTOR and local.packed not in (info.compress_size, MISSING):
        yield f"{info.filename} has another size in its local header", "high"


def _layout(stream: Stream, infos: list[zipfile.ZipInfo], locals_: Locals) -> Iterator[tuple[str, str]]:
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
    length = min(stream.size, LONGEST_END)
    tail = stream.at(stream.size - length, length)
    found = tail.rfind(END_MARK)
    behind = len(tail) - found - END.size
    if behind:
        yield f"{behind} bytes behind the end record", "low"


def checksum(stream: Stream) -> int:
    """CRC-32 of a whole stream."""
    stream.seek(0)
    crc = 0
    while data := stream.read(1 << 20):
        crc = zlib.crc32(data, crc)
    return crc
