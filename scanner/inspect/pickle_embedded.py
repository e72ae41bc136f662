"""Pickles within the texts and bytes of a pickle: as they are, compressed, or in base64 or hexadecimal.

Whether such a text is ever unpickled cannot be told; what would run if it were is reported all the same.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import lzma
import re
import zlib
from io import BytesIO
from typing import Final

from scanner.inspect import limits
from scanner.inspect.pickle_machine import Blob
from scanner.inspect.stream import Stream, memory, window

_BASE64: Final = re.compile(rb"[A-Za-z0-9+/\s_-]+={0,2}\s*\Z")
_HEX: Final = re.compile(rb"(?:[0-9A-Fa-f]{2})+\Z")
_LAYERS: Final = 4
"""Encodings around one pickle."""

PICKLE = "pickle"
ARCHIVE = "zip"


def content_of(stream: Stream, blob: Blob) -> tuple[str, Stream] | None:
    """What a blob holds once its encodings are taken off: a pickle or a zip archive; ``None`` for neither.

    Raises:
        NotCollected: its bytes are not all there.
    """
    if blob.content is not None:
        return decoded(blob.content, text=blob.text)
    if blob.text:
        if blob.length > limits.PICKLE_BLOB_BYTES:
            return None
        return decoded(stream.at(blob.offset, blob.length), text=True)
    head = stream.at(blob.offset, min(blob.length, 64))
    kind = _kind(head)
    if kind:
        return kind, window(stream, blob.offset, blob.length)
    if blob.length > limits.PICKLE_BLOB_BYTES:
        return None
    return decoded(stream.at(blob.offset, blob.length))


def decoded(data: bytes, *, text: bool = False) -> tuple[str, Stream] | None:
    """The same for bytes in memory; a ``text`` in UTF-8 stands for its Latin-1 characters.

    So protocols below 3 write bytes.
    """
    if text:
        try:
            data = data.decode("utf-8").encode("latin-1")
        except UnicodeError:
            return None
    for _ in range(_LAYERS):
        kind = _kind(data)
        if kind:
            return kind, memory(data)
        plain = _without_one_layer(data)
        if plain is None:
            return None
        data = plain
    return None


def _kind(head: bytes) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        return ARCHIVE
    if head[:1] == b"\x80" and head[1:2] <= b"\x05" and len(head) > 2:
        return PICKLE
    return PICKLE if _TEXT_FORM.match(head) else None


_TEXT_FORM: Final = re.compile(
    # a mark, texts, and INST, whose two lines are a module and a name
    rb"\((?:(?:[SV][^\n]{0,999}\n){1,9}|[XU](?s:.){1,999}?)i[A-Za-z_][\w.]*\r?\n"
    # GLOBAL or INST near the beginning
    rb"|[(\]}lNtd0-9KpqSUVX]{0,3}[ci][A-Za-z_][\w.]*\r?\n[A-Za-z_][\w.]*\r?\n"
)


def _without_one_layer(data: bytes) -> bytes | None:
    try:
        return _unpacked(data) or _from_text(data)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
        return None


def _unpacked(data: bytes) -> bytes | None:
    most = limits.PICKLE_BLOB_BYTES
    if data[:1] == b"x" and data[1:2] in b"\x01\x5e\x9c\xda":
        return zlib.decompressobj().decompress(data, most)
    if data.startswith(b"\x1f\x8b\x08"):
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            return file.read(most)
    if data.startswith(b"BZh"):
        return bz2.BZ2Decompressor().decompress(data, most)
    if data.startswith(b"\xfd7zXZ"):
        return lzma.LZMADecompressor(memlimit=256 << 20).decompress(data, most)
    return None


def _from_text(data: bytes) -> bytes | None:
    if _HEX.match(data):
        return binascii.unhexlify(data)
    if not _BASE64.match(data):
        return None
    packed = data.translate(bytes.maketrans(b"-_", b"+/"), b" \t\r\n")
    return base64.b64decode(packed + b"=" * (-len(packed) % 4))
