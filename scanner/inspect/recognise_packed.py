"""Compressed data: headers too short to go by, and frames without data before the first that has some."""

from __future__ import annotations

import lzma
import re
import zlib

from scanner.inspect import limits
from scanner.inspect.expand import LZ4_MAGIC, SKIPPABLE_MAGICS, ZSTD_MAGIC
from scanner.inspect.stream import NotCollected, Stream

__all__ = ["JOBLIB_OLD_ZLIB", "LZ4_LEGACY_MAGIC", "LZ4_MAGIC", "ZSTD_MAGIC"]

JOBLIB_OLD_ZLIB = re.compile(rb"ZF0x[0-9a-fA-F]+L? *(?=x)")
"""What joblib before 0.10 puts before zlib data: a magic number and the unpacked length."""
LZ4_LEGACY_MAGIC = b"\x02\x21\x4c\x18"
_SKIPPED_FRAMES = 16
_LZMA_HEADER = 13
_LZMA_MEMORY = 256 << 20
_PLAIN = b"\x5d\x00\x00"
"""How LZMA data begins when nobody chose odd parameters."""
_LONGEST_LZMA = 1 << 38
_ACTING_STARTS = (b"\x80", b"PK\x03\x04", b"\x93NUMPY", b"c", b"(", b"}", b"]", b"\x89HDF", b"\x1f\x8b")
"""With odd parameters nearly anything unpacks: only to what begins like these is it worth a word."""


def behind_skippable(stream: Stream) -> str | None:
    """The format whose first frame with data stands behind frames that decoders skip."""
    position = 0
    for _ in range(_SKIPPED_FRAMES):
        try:
            head = stream.at(position, 8)
        except NotCollected:
            return None
        if head.startswith(ZSTD_MAGIC):
            return "zstd"
        if head.startswith(LZ4_MAGIC):
            return "lz4"
        if len(head) < 8 or not head.startswith(SKIPPABLE_MAGICS):
            return None
        position += 8 + int.from_bytes(head[4:], "little")
    return "zstd"


def packed_without_magic(head: bytes, size: int) -> str | None:
    """Zlib and LZMA, whose headers are too short to go by: some of the data must unpack."""
    if len(head) > 6 and head[0] & 0x0F == 8 and head[0] >> 4 <= 7 and (head[0] << 8 | head[1]) % 31 == 0:
        return "zlib" if _inflates(head, size) else None
    return "lzma" if _is_lzma(head) else None


def _inflates(head: bytes, size: int) -> bool:
    """Whether the data unpacks as far as it is here; data that breaks off says so later."""
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(head, limits.PEEK_BYTES)
    except zlib.error:
        return False
    return unpacker.eof or len(plain) >= limits.HEAD_BYTES or len(head) < size or _acts(plain)


def _is_lzma(head: bytes) -> bool:
    """A header as the ``lzma`` program accepts it: sizes that its writers choose, then data that unpacks."""
    if len(head) <= _LZMA_HEADER or head[0] >= 9 * 5 * 5 or head[_LZMA_HEADER]:
        return False
    dictionary, length = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:13], "little")
    if not _is_round(dictionary) or (length >= _LONGEST_LZMA and length != (1 << 64) - 1):
        return False
    try:
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_LZMA_MEMORY)
        plain = unpacker.decompress(head, limits.PEEK_BYTES)
    except (lzma.LZMAError, EOFError):
        return False
    return head.startswith(_PLAIN) or _acts(plain)


def _is_round(dictionary: int) -> bool:
    """A power of two, or one and a half of one."""
    if dictionary == 0xFFFFFFFF:
        return True
    top = dictionary.bit_length() - 1
    return dictionary > 0 and dictionary in (1 << top, 3 << max(0, top - 1))


def _acts(plain: bytes) -> bool:
    return plain.startswith(_ACTING_STARTS)
