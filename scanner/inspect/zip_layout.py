"""How a zip archive lies in its file: local headers against the directory, and what no known writer does."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.inspect.stream import Stream

LOCAL = struct.Struct("<4s5H3I2H")
LOCAL_MARK = b"PK\x03\x04"
END_MARK = b"PK\x05\x06"
END = struct.Struct("<4s4H2IH")
_DESCRIPTOR_MARK = b"PK\x07\x08"
ENCRYPTED, DESCRIPTOR, UTF8 = 0x1, 0x8, 0x800
MISSING = 0xFFFFFFFF
LONGEST_END = END.size + (1 << 16) - 1
"""The end record with the longest comment."""

Oddity = tuple[str, str]
"""What no known writer does, and the severity."""


@dataclass(frozen=True, slots=True)
class Local:
    """What the header in front of a member's data says."""

    name: bytes
    flags: int
    method: int
    packed: int
    data: int
    """Offset of the data."""
    crc: int = 0
    size: int = 0
    extra: int = 0
    """Bytes of extra fields in front of the data."""

    @property
    def text(self) -> str:
        """The name as text."""
        return self.name.decode("utf-8" if self.flags & UTF8 else "cp437", "replace")


Locals = Mapping[int, Local | None]
"""Local headers by the place of their member in the directory."""


def local_header(stream: Stream, info: zipfile.ZipInfo) -> Local | None:
    """The local header of a member, or ``None`` when there is none where the directory says."""
    return local_header_at(stream, info.header_offset)


def local_header_at(stream: Stream, offset: int) -> Local | None:
    """The local header at an offset, if there is one."""
    header = stream.glance(offset, LOCAL.size) if 0 <= offset < stream.size else b""
    if len(header) < LOCAL.size or not header.startswith(LOCAL_MARK):
        return None
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = LOCAL.unpack(header)
    name = stream.glance(offset + LOCAL.size, name_length)
    start = offset + LOCAL.size + name_length + extra_length
    return Local(name, flags, method, packed, start, crc, size, extra_length)


def differences(info: zipfile.ZipInfo, local: Local | None) -> Iterator[Oddity]:
    """In what a local header contradicts the directory, with the severity."""
    if local is None:
        return
    name = info.filename
    if local.text.split("\0", 1)[0] != info.orig_filename.split("\0", 1)[0]:
        yield (
            f"{name} has another name in its local header, {local.text}: torch.load goes by the directory, "
            "Python's zipfile refuses the member, readers of streams see the other name",
            "high",
        )
    if local.method != info.compress_type:
        yield f"{name} is packed in another way in its local header than in the directory", "high"
    if (local.flags ^ info.flag_bits) & ENCRYPTED:
        where = "its local header" if local.flags & ENCRYPTED else "the directory"
        yield f"{name} is encrypted, says {where} alone: loaders ignore that, scanners may skip it", "high"
    if not local.flags & DESCRIPTOR and local.packed not in (info.compress_size, MISSING):
        yield f"{name} has another size in its local header than in the directory", "high"
    if not local.flags & DESCRIPTOR and local.crc not in (info.CRC, 0):
        yield f"{name} has another checksum in its local header than in the directory", "high"


def descriptor(
    stream: Stream, info: zipfile.ZipInfo, local: Local, end: int | None = None
) -> tuple[int, bool]:
    """Length of the data descriptor behind a member (APPNOTE 4.3.9), and whether it contradicts.

    Nothing from ``end`` on is read.
    """
    start = local.data + info.compress_size
    data = stream.glance(start, 24 if end is None else min(24, end - start))
    signed = data.startswith(_DESCRIPTOR_MARK)
    rest = data[4:] if signed else data
    for layout in ("<IQQ", "<III"):
        size = struct.calcsize(layout)
        said = len(rest) >= size and struct.unpack_from(layout, rest)
        if said and said[1:] == (info.compress_size, info.file_size) and said[0] in (info.CRC, local.crc):
            return size + 4 * signed, said[0] != info.CRC
    return (16, True) if signed else (0, False)


def checksum(stream: Stream) -> int:
    """CRC-32 of a whole stream."""
    stream.seek(0)
    crc = 0
    while data := stream.read(1 << 20):
        crc = zlib.crc32(data, crc)
    return crc
