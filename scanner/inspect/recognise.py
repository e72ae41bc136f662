"""What a stream is, by its content and in the order in which loaders try; the name only breaks ties.

Looks at the first and last 64 KiB alone (a pickle's opcodes may lead further), so that it works on the first
evidence of a large file too.
"""

from __future__ import annotations

import re

from scanner.inspect import limits, protobuf
from scanner.inspect.formats import names_a_model
from scanner.inspect.recognise_models import recognise_model, recognise_program
from scanner.inspect.recognise_packed import (
    JOBLIB_OLD_ZLIB,
    LZ4_LEGACY_MAGIC,
    LZ4_MAGIC,
    ZSTD_MAGIC,
    behind_skippable,
    packed_without_magic,
)
from scanner.inspect.recognise_pickles import buried_pickle, pickle_at_the_end, recognise_pickle
from scanner.inspect.recognise_text import recognise_text
from scanner.inspect.stream import NotCollected, Stream
from scanner.inspect.tar_headers import BLOCK, checksum_holds
from scanner.inspect.texts import in_utf8, start_of

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x93NUMPY", "npy"),
    (0, b"\x89HDF\r\n\x1a\n", "hdf5"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"GGUF", "gguf"),
    (0, b"lmgg", "ggml"),
    (0, b"fmgg", "ggml"),
    (0, b"tjgg", "ggml"),
    (0, b"algg", "ggml"),
    (4, b"TFL3", "tflite"),
    (0, b"CBM1", "catboost"),
    (0, b"binf", "xgboost"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, ZSTD_MAGIC, "zstd"),
    (0, LZ4_MAGIC, "lz4"),
    (0, LZ4_LEGACY_MAGIC, "lz4"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b\x08", "gzip"),
    (0, b"RDX2\n", "rds"),
    (0, b"RDX3\n", "rds"),
    (0, b"X\n\x00\x00\x00\x02", "rds"),
    (0, b"X\n\x00\x00\x00\x03", "rds"),
)
_BZIP2 = re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)")
_UBJ_LEARNER = re.compile(rb"\{L\x00{7}\x07learner|\{[iUlI].{0,3}\x07learner", re.DOTALL)
_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
_HDF5_OFFSETS = tuple(512 << step for step in range(8))
_ENDS_IN_A_PICKLE = frozenset(
    {"npy", "hdf5", "zip", "tar", "7z", "gzip", "bzip2", "xz", "lzma", "zlib", "lz4", "zstd", "unknown"}
)
"""Formats that may end in one, or whose readers look behind the end themselves."""
_END_RECORD = b"PK\x05\x06"
_LONGEST_FINGERPRINT = 512
"""Five numbers, an identifier and a version."""


def recognise(stream: Stream, basename: str, tail: bool = True) -> list[str]:
    """The formats that loaders would read this stream as, the likeliest first; empty when it is no model.

    More than one means that two loaders would see two different things in the same bytes. Without ``tail``
    the end of the stream is not looked at.

    Raises:
        NotCollected: the beginning is not there, or nothing can be said without more bytes.
    """
    if stream.size == 0:
        return ["empty"]
    head = _head(stream)
    program = recognise_program(head, stream.size, basename)
    known = [
        reading
        for reading in (
            _by_magic(head, stream),
            "tar" if checksum_holds(head[:BLOCK]) else None,
            _hdf5(head),
            program,
        )
        if reading
    ]
    pickled, end = recognise_pickle(stream, basename, bool(known))
    found = list(dict.fromkeys([*known, *pickled]))
    if tail and "zip" not in found and _zip_at_the_end(stream, bool(found), end):
        found.append("zip")
    if not found:
        found = _by_structure(stream, head, basename)
        if tail and _pickle_behind(stream, found):
            return [*found, "buried-pickle"]
    elif tail and not pickled and _pickle_behind(stream, found):
        found.append("buried-pickle")
        return found
    else:
        return found
    if found == ["unknown"] or (not found and stream.whole):
        named = found == ["unknown"]
        hidden = buried_pickle(stream, tail, named) is not None or _is_spelt_out(stream, basename)
        return ["buried-pickle"] if hidden else found
    return found


def _pickle_behind(stream: Stream, found: list[str]) -> bool:
    """Whether a pickle stands behind a model whose own format has no place for one at its end."""
    return bool(found) and _ENDS_IN_A_PICKLE.isdisjoint(found) and pickle_at_the_end(stream) is not None


def _by_structure(stream: Stream, head: bytes, basename: str) -> list[str]:
    """The formats without a magic number."""
    start = start_of(stream, head, basename)
    plain = in_utf8(start)
    text = recognise_text(plain, stream.size - len(start) + len(plain), basename)
    if text:
        return [text]
    packed = packed_without_magic(head, stream.size) or behind_skippable(stream)
    for reading in (packed, _flax(head, basename), protobuf.recognise(stream)):
        if reading:
            return [reading]
    model = recognise_model(stream, head, basename)
    if model:
        return [model]
    return ["unknown"] if names_a_model(basename) and not _is_fingerprint(stream, basename) else []


def _is_spelt_out(stream: Stream, basename: str) -> bool:
    """Whether a text that is all here spells a pickle in base64 or hexadecimal."""
    from scanner.inspect.encoded_pickles import encoded_pickle

    return stream.whole and encoded_pickle(stream, basename) is not None


def _is_fingerprint(stream: Stream, basename: str) -> bool:
    """The checksums that TensorFlow puts beside a SavedModel, by their name and their size."""
    return basename.lower() == "fingerprint.pb" and stream.size <= _LONGEST_FINGERPRINT


def _head(stream: Stream) -> bytes:
    """The first 64 KiB, or as much of them as was collected (never nothing)."""
    length = min(stream.size, limits.HEAD_BYTES)
    while length > 1:
        try:
            return stream.at(0, length)
        except NotCollected:
            length //= 2
    return stream.at(0, 1)


def _by_magic(head: bytes, stream: Stream) -> str | None:
    for offset, magic, format_id in _MAGIC:
        if head.startswith(magic, offset):
            return format_id
    if _BZIP2.match(head):
        return "bzip2"
    if JOBLIB_OLD_ZLIB.match(head):
        return "zlib"
    if _UBJ_LEARNER.match(head):
        return "xgboost"
    return "safetensors" if _is_safetensors(head, stream.size) else None


def _is_safetensors(head: bytes, size: int) -> bool:
    """Eight bytes of length, then an object; also when the length is a lie, as long as it reads as one."""
    if len(head) < 10 or head[8:9] != b"{":
        return False
    length = int.from_bytes(head[:8], "little")
    return 2 <= length <= max(size - 8, limits.SAFETENSORS_HEADER) and head[9:10] in b'"} \n\r\t'


def _hdf5(head: bytes) -> str | None:
    """The library looks for the superblock at 0 and at powers of two from 512 on."""
    for offset in _HDF5_OFFSETS:
        if head.startswith(_HDF5_MAGIC, offset):
            return "hdf5"
    return None


def _zip_at_the_end(stream: Stream, exactly: bool, pickled: int | None) -> bool:
    """Whether the stream ends in a zip archive, whatever it begins with.

    ``exactly``: with nothing behind it, or every tar whose last member is a zip would count; but an archive
    that begins behind the end of a pickle (``pickled``) is no part of it.
    """
    length = min(stream.size, limits.HEAD_BYTES)
    try:
        tail = stream.at(stream.size - length, length)
    except NotCollected:
        return False
    position = tail.rfind(_END_RECORD)
    if position < 0 or len(tail) - position < 22:
        return False
    record = tail[position : position + 22]
    directory, comment = int.from_bytes(record[12:16], "little"), int.from_bytes(record[20:22], "little")
    end = stream.size - length + position
    exactly = exactly and (pickled is None or end < pickled)
    behind = len(tail) - position - 22
    if exactly and behind != comment:
        return False
    if tail[max(0, position - 20) : position].startswith(b"PK\x06\x07"):
        return True
    if directory > end or directory < 46:
        return False
    try:
        return stream.at(end - directory, 4) == b"PK\x01\x02"
    except NotCollected:
        return True


def _flax(head: bytes, basename: str) -> str | None:
    """A MessagePack map with a text key, under its own name or with Flax's usual first key."""
    length = {0xDE: 3, 0xDF: 5}.get(head[0], 1)
    if not (0x81 <= head[0] <= 0x8F or head[0] in (0xDE, 0xDF)) or len(head) < length + 2:
        return None
    kind = head[length]
    if 0xA1 <= kind <= 0xBF:
        key = head[length + 1 : length + 1 + (kind & 0x1F)]
    elif kind == 0xD9:
        key = head[length + 2 : length + 2 + head[length + 1]]
    else:
        return None
    if not key.isascii() or not key.decode("ascii").isprintable():
        return None
    return (
        "flax-msgpack" if basename.lower().endswith(".msgpack") or key in (b"params", b"opt_state") else None
    )
