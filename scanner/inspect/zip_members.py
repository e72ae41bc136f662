"""One member of a zip archive: unpacked, looked at, and held to what its headers say of it."""

from __future__ import annotations

import bz2
import lzma
import zipfile

from scanner.inspect import expand, limits
from scanner.inspect.examination import Examination, Item
from scanner.inspect.formats import FORMATS
from scanner.inspect.readers.reading import REVIEW, Unreadable
from scanner.inspect.recognise import recognise
from scanner.inspect.stream import Stream, window
from scanner.inspect.zip_directory import Entry
from scanner.inspect.zip_kinds import Kind
from scanner.inspect.zip_layout import ENCRYPTED, Local, checksum

_ZSTD_METHODS = (20, 93)
_XZ_METHOD = 95


def look_at_member(
    examination: Examination, item: Item, kind: Kind, entry: Entry, local: Local | None, path: str
) -> None:
    """Look at a member as far as it can be unpacked; sizes, checksum and flags that lie are findings.

    Raises:
        Unreadable: it is not there, or not all of it can be looked at.
    """
    if local is None:
        raise Unreadable(f"{entry.filename} is not where the directory says", "hostile")
    packed = window(item.stream, local.data, entry.compress_size)
    if entry.compress_type == zipfile.ZIP_STORED:
        found = _look(examination, item, kind, entry, path, packed, True)
        crc = checksum(packed) if packed.whole and (found or kind.format != "zip") else None
    else:
        found, crc = _look_at_packed(examination, item, kind, entry, path, packed)
    if packed.size < entry.compress_size:
        raise Unreadable("the member reaches beyond the end of the file", "hostile")
    if crc is not None and crc != entry.CRC and (found or kind.format != "zip") and entry.file_size >= 0:
        detail = f"the checksum of {entry.filename} is wrong"
        raise Unreadable(
            f"{detail}: torch.load does not mind, Python's zipfile refuses it", "hostile", REVIEW
        )


def _look_at_packed(
    examination: Examination, item: Item, kind: Kind, entry: Entry, path: str, packed: Stream
) -> tuple[bool, int | None]:
    """Unpack and look; whether it was a model's, and the checksum when everything was unpacked."""
    size = entry.file_size
    steep = kind.format != "npz" and expand.is_out_of_proportion(entry.compress_size, size)
    if steep and size > limits.EXPANDED_MEMBER:
        raise expand.bomb(entry.compress_size, size)
    gaps = len(examination.look.gaps)
    expanded = expand.Expanded(_chunks(packed, entry), examination, size if size >= 0 else None)
    ended = expanded.peek()
    lies = 0 <= size < expanded.length
    if lies or (size < 0 and not ended):
        expanded.all()
    found = _look(examination, item, kind, entry, path, expanded.stream, ended)
    if steep and (not found or len(examination.look.gaps) > gaps):
        raise expand.bomb(entry.compress_size, size)
    if kind.format == "npz" and size > limits.EXPANDED_FREE and not expanded.fault:
        return found, None  # an array of numbers: what stands behind its header is data, of any ratio
    if found and not lies and size >= 0 and expanded.longer_than(size):
        lies = True
        expanded.all()
        _look(examination, item, kind, entry, path, expanded.stream, True)
    if lies:
        raise Unreadable("it unpacks to more than it declares", "hostile")
    if expanded.fault and (found or entry.flag_bits & ENCRYPTED == 0):
        raise expanded.fault
    return found, expanded.crc() if expanded.whole else None


def _look(
    examination: Examination, item: Item, kind: Kind, entry: Entry, path: str, content: Stream, ended: bool
) -> bool:
    """Look at the unpacked content; whether there is something to a model in it."""
    if entry.flag_bits & ENCRYPTED:
        formats = recognise(content, "", tail=ended) if content.size else []
        if not any(FORMATS[found].can_act for found in formats):
            raise Unreadable("the member is encrypted")
        detail = f"{entry.filename} is encrypted, says the directory, and is not: some loaders ignore that"
        examination.malformed(path, detail, "high", offset=entry.header_offset)
    depth = item.depth + 1
    if kind.look(examination, content, entry.filename, path, depth):
        return True
    name = entry.filename.rstrip("/").rsplit("/", 1)[-1]
    return examination.inspect(content, name, path, depth, tail=ended) is not None


def _chunks(packed: Stream, entry: Entry) -> expand.Chunks:
    method = entry.compress_type
    if method == zipfile.ZIP_DEFLATED:
        return expand.Inflater(packed, expand.DEFLATE)
    if method == zipfile.ZIP_BZIP2:
        return expand.Filtered(packed, bz2.BZ2Decompressor)
    if method == zipfile.ZIP_LZMA:
        return expand.Filtered(packed, lambda: _zip_lzma(packed))
    if method in _ZSTD_METHODS:
        return expand.unzstd(packed)
    if method == _XZ_METHOD:
        return expand.unxz(packed)
    raise Unreadable(f"the member is packed with method {method}, which is not read")


def _zip_lzma(packed: Stream) -> lzma.LZMADecompressor:
    """LZMA as zip stores it (APPNOTE 5.8.8): version, length of the properties, the properties, raw data."""
    properties = packed.read(9)
    if len(properties) < 9 or properties[2:4] != b"\x05\x00":
        raise Unreadable("the member's LZMA header is not one")
    return expand.raw_lzma(properties[4:9])
