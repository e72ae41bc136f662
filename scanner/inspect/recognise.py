"""What a stream is, by its content and in the order in which loaders try; the name only breaks ties.

Looks at the first and last 64 KiB alone (a pickle's opcodes may lead further), so that it works on the first
evidence of a large file too.
"""

from __future__ import annotations

import re

from scanner.inspect import limits, protobuf
from scanner.inspect.formats import names_a_model
from scanner.inspect.opcodes import Walker
from scanner.inspect.pickle_machine import Walk
from scanner.inspect.recognise_text import recognise_text
from scanner.inspect.stream import NotCollected, Stream, window

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
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b\x08", "gzip"),
    (0, b"RDX2\n", "rds"),
    (0, b"RDX3\n", "rds"),
    (0, b"X\n\x00\x00\x00\x02", "rds"),
    (0, b"X\n\x00\x00\x00\x03", "rds"),
)
_BZIP2 = re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)")
JOBLIB_OLD_ZLIB = re.compile(rb"ZF0x[0-9a-fA-F]+L? *(?=x)")
"""What joblib before 0.10 puts before zlib data: a magic number and the unpacked length."""
_UBJ_LEARNER = re.compile(rb"\{L\x00{7}\x07learner|\{[iUlI].{0,3}\x07learner", re.DOTALL)
_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
_HDF5_OFFSETS = tuple(512 << step for step in range(8))
_LONG_WALK = 100
"""Opcodes that no text or other binary walks by chance."""
_END_RECORD = b"PK\x05\x06"
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z")
_PICKLED_NAMES = (".pkl", ".pickle", ".dill", ".joblib", ".pt", ".pth", ".ckpt", ".sav", ".p")


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
    known = [reading for reading in (_by_magic(head, stream), _tar(head), _hdf5(head)) if reading]
    found = list(dict.fromkeys([*known, *_pickle(stream, basename, bool(known))]))
    if tail and "zip" not in found and _zip_at_the_end(stream, exactly=bool(found)):
        found.append("zip")
    if found:
        return found
    return _by_structure(stream, head, basename)


def _by_structure(stream: Stream, head: bytes, basename: str) -> list[str]:
    """The formats without a magic number."""
    text = recognise_text(head, stream.size, basename)
    if text:
        return [text]
    for reading in (_compressed(head), _flax(head, basename), protobuf.recognise(stream)):
        if reading:
            return [reading]
    return ["unknown"] if names_a_model(basename) else []


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


def _tar(head: bytes) -> str | None:
    """A header block whose checksum holds, by the rule of :mod:`tarfile`."""
    block = head[:512]
    if len(block) < 512 or not any(block[:100]):
        return None
    field = block[148:156].strip(b" \x00")
    try:
        stated = int(field, 8)
    except ValueError:
        return None
    total = sum(block) - sum(block[148:156]) + 8 * 32
    signed = total - 256 * sum(1 for byte in block[:148] + block[156:] if byte > 127)
    return "tar" if stated in (total, signed) else None


def _hdf5(head: bytes) -> str | None:
    """The library looks for the superblock at 0 and at powers of two from 512 on."""
    for offset in _HDF5_OFFSETS:
        if head.startswith(_HDF5_MAGIC, offset):
            return "hdf5"
    return None


def _zip_at_the_end(stream: Stream, exactly: bool) -> bool:
    """Whether the stream ends in a zip archive, whatever it begins with.

    ``exactly``: with nothing behind it, or every tar whose last member is a zip would count.
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
    behind = len(tail) - position - 22
    if behind < comment or (exactly and behind != comment):
        return False
    if tail[max(0, position - 20) : position].startswith(b"PK\x06\x07"):
        return True
    if directory > end or directory < 46:
        return False
    try:
        return stream.at(end - directory, 4) == b"PK\x01\x02"
    except NotCollected:
        return True


def _compressed(head: bytes) -> str | None:
    """Zlib and LZMA, whose headers are too short to go by: some of the data must unpack."""
    import lzma
    import zlib

    if len(head) > 6 and head[0] & 0x0F == 8 and head[0] >> 4 <= 7 and (head[0] << 8 | head[1]) % 31 == 0:
        unpacker = zlib.decompressobj()
        try:
            plain = unpacker.decompress(head, limits.PEEK_BYTES)
        except zlib.error:
            return None
        return (
            "zlib"
            if unpacker.eof or len(plain) >= limits.HEAD_BYTES or len(head) == limits.HEAD_BYTES
            else None
        )
    if head.startswith(b"\x5d\x00\x00"):
        try:
            lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=256 << 20).decompress(head, limits.PEEK_BYTES)
        except (lzma.LZMAError, EOFError):
            return None
        return "xz"
    return None


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


def _pickle(stream: Stream, basename: str, known: bool) -> list[str]:
    """The pickle that a stream is, if it is one; ``known`` when its magic number already says something."""
    walker = Walker(stream, 0)
    missing = None
    try:
        walk = walker.run(limits.RECOGNISE_OPCODES)
    except NotCollected as error:
        walk, missing = walker.walk, error
    survived = not known and (walk.limited or (missing is not None and walk.opcodes >= _LONG_WALK))
    if not _acts_like_a_pickle(walk, stream, basename, survived):
        if missing is not None and not known and walk.opcodes <= 2 and not names_a_model(basename):
            # One counted argument leads out of what was collected: the bytes behind it decide.
            raise NotCollected(missing.extents, exact=True) from missing
        return []
    if walk.magic:
        return ["torch-legacy"]
    return ["joblib" if walk.joblib else "pickle"]


def _acts_like_a_pickle(walk: Walk, stream: Stream, basename: str, survived: bool) -> bool:
    """Whether a walk is evidence enough; ordinary text walks a few opcodes by chance.

    Text that happens to name two words after a ``c`` is an import; so without a protocol header only a call,
    or a whole pickle that fills the file, counts. Under a pickle's own name any step counts.
    """
    odd = next((at for pair, at in walk.imports.items() if not all(map(_NAME.match, pair))), None)
    called = walk.first_call is not None and (odd is None or walk.first_call < odd)
    if walk.protocol is not None and walk.opcodes >= 3:
        return walk.protocol >= 2 or walk.stopped or called
    if called and walk.imports:
        return True
    if walk.stopped and walk.tidy and walk.opcodes >= 4 and odd is None:
        return walk.end == stream.size or bool(_another(stream, walk.end))
    if survived and len(walk.kinds) > 1:
        return True
    return basename.lower().endswith(_PICKLED_NAMES) and (walk.stopped or bool(walk.imports)) and odd is None


def _another(stream: Stream, position: int) -> bool:
    """Whether a further pickle stands at ``position``."""
    rest = window(stream, position, min(stream.size - position, limits.HEAD_BYTES))
    try:
        walk = Walker(rest, 0).run(limits.RECOGNISE_OPCODES)
    except NotCollected:
        return False
    return walk.stopped and walk.tidy and walk.opcodes >= 2
