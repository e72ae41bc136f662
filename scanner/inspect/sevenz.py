"""7-Zip archives: each file by its content, unpacked with the codecs that are at hand.

Encrypted folders, filters for machine code and rarer codecs are not read, which is said.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from functools import partial

from scanner.inspect import expand, limits
from scanner.inspect.archive_names import NameCheck
from scanner.inspect.examination import Examination, Item
from scanner.inspect.formats import names_a_model
from scanner.inspect.readers.reading import SPLIT, Unreadable
from scanner.inspect.sevenz_header import SIGNATURE_BYTES, Coder, Folder, Header, read_header
from scanner.inspect.strays import look_at_stray
from scanner.inspect.stream import Stream, window

_ENCRYPTION = b"\x06\xf1"
_HEADERS = 4
"""Headers packed within headers."""


def look_at_7z(examination: Examination, item: Item) -> None:
    """Look at every file; names that lead out, and bytes that no file explains, are findings.

    Raises:
        Unreadable: the headers are broken, encrypted or packed in a way that is not read.
    """
    before = examination.models
    header, end = _header(examination, item)
    names = NameCheck("7z")
    contents = iter([name for name, empty in zip(header.names, header.empty, strict=True) if not empty])
    for name in header.names:
        names.add(name)
    try:
        for folder in header.folders:
            _look_at_folder(examination, item, folder, [next(contents, "") for _ in folder.files])
    finally:
        notes = [] if end >= item.stream.size else [_behind(examination, item, end)]
        if examination.models > before or names_a_model(item.name):
            for detail, severity in [*names.oddities, *notes]:
                examination.malformed(item.member, detail, severity)


def _behind(examination: Examination, item: Item, end: int) -> tuple[str, str]:
    rest = window(item.stream, end, item.stream.size - end)
    title = look_at_stray(examination, item, rest, f"bytes at {end}")
    what = f", {title}," if title else ""
    return f"{rest.size} bytes{what} behind the end of the 7z archive", "high" if title else "medium"


def _header(examination: Examination, item: Item) -> tuple[Header, int]:
    """The header, unpacked as often as it is packed, and where the archive ends."""
    stream = item.stream
    start = stream.at(0, SIGNATURE_BYTES)
    if len(start) < SIGNATURE_BYTES:
        raise Unreadable("the 7z archive is truncated")
    if zlib.crc32(start[12:]) != int.from_bytes(start[8:12], "little"):
        raise Unreadable("the checksum of the 7z start header is wrong", "hostile")
    offset, size, crc = (int.from_bytes(start[at:to], "little") for at, to in ((12, 20), (20, 28), (28, 32)))
    end = SIGNATURE_BYTES + offset + size
    if size > limits.CONTAINER_DIRECTORY:
        raise Unreadable(f"a 7z header of {size:,} bytes", "budget", SPLIT)
    if end > stream.size:
        raise Unreadable("the 7z archive is truncated: its header is not there")
    if not size:
        return Header(), end
    data = stream.at(SIGNATURE_BYTES + offset, size)
    for _ in range(_HEADERS):
        header = read_header(data, crc)
        if header.encoded is None:
            return header, end
        folder = header.encoded
        if folder.size > limits.CONTAINER_DIRECTORY:
            raise Unreadable(f"a 7z header of {folder.size:,} bytes", "budget", SPLIT)
        expanded = _expanded(examination, item, folder)
        data = expanded.stream.at(0, folder.size)
        if expanded.fault:
            raise expanded.fault
        crc = zlib.crc32(data) if folder.crc is None else folder.crc
    raise Unreadable("7z headers packed in one another", "hostile")


def _look_at_folder(examination: Examination, item: Item, folder: Folder, names: list[str]) -> None:
    """Look at the files of one folder, which are packed in a row."""
    try:
        expanded = _expanded(examination, item, folder)
    except Unreadable as error:
        for name in names:
            examination.refuse(_path(item, name), error)
        return
    position, gaps, known = 0, len(examination.look.gaps), examination.models
    for name, (size, crc) in zip(names, folder.files, strict=True):
        examination.enter(item)
        models = examination.models
        expanded.longer_than(position + min(size, limits.PEEK_BYTES))
        ended = expanded.length >= position + size or expanded.fault is not None
        content = window(expanded.stream, position, size)
        if size:
            basename = name.replace("\\", "/").rsplit("/", 1)[-1]
            examination.inspect(content, basename, _path(item, name), item.depth + 1, tail=ended)
        if expanded.fault:
            examination.refuse(_path(item, name), expanded.fault)
            return
        if examination.models > models and crc is not None:
            expanded.longer_than(position + size)
            if crc != expanded.crc(position, size):
                detail = f"the checksum of {name} is wrong: unpackers refuse it, or only warn"
                examination.refuse(_path(item, name), Unreadable(detail, "hostile"))
        position += size
    steep = names and expand.is_out_of_proportion(folder.packed, folder.size)
    if steep and (examination.models == known or len(examination.look.gaps) > gaps):
        examination.refuse(_path(item, names[0]), expand.bomb(folder.packed, folder.size))


def _path(item: Item, name: str) -> str:
    return name if item.member is None else f"{item.member}!{name}"


def _expanded(examination: Examination, item: Item, folder: Folder) -> expand.Expanded:
    """The content of a folder, unpacked as far as somebody reads.

    Raises:
        Unreadable: it is encrypted, or packed in a way that is not read.
    """
    if folder.size > limits.EXPANDED_MEMBER and expand.is_out_of_proportion(folder.packed, folder.size):
        raise expand.bomb(folder.packed, folder.size)
    if any(coder.method.startswith(_ENCRYPTION) for coder in folder.coders):
        raise Unreadable("it is encrypted")
    if not folder.coders:
        raise Unreadable("it is packed by coders that are no chain, which are not read")
    packed = window(item.stream, folder.offset, folder.packed)
    if packed.size < folder.packed:
        raise Unreadable("it reaches beyond the end of the file", "hostile")
    return expand.Expanded(_chunks(packed, folder.coders, folder.size), examination, folder.size)


def _chunks(packed: Stream, coders: list[Coder], size: int) -> expand.Chunks:
    first, *filters = coders
    if first.method in _LZMA:
        chain = [*map(_filter, reversed(filters)), _LZMA[first.method](first.properties)]
        return expand.Filtered(packed, partial(_Bounded, chain, size))
    make = _SIMPLE.get(first.method)
    if make is None or filters:
        chain_ = " and ".join(coder.method.hex() for coder in coders)
        raise Unreadable(f"it is packed with method {chain_}, which is not read")
    return make(packed)


def _filter(coder: Coder) -> dict[str, int]:
    if coder.method == b"\x03" and len(coder.properties) == 1:
        return {"id": lzma.FILTER_DELTA, "dist": coder.properties[0] + 1}
    if coder.method not in _FILTERS:
        raise Unreadable(f"it went through filter {coder.method.hex()}, which is not read")
    return {"id": _FILTERS[coder.method]}


_SIMPLE: dict[bytes, Callable[[Stream], expand.Chunks]] = {
    b"\x00": expand.Copied,
    b"\x04\x02\x02": lambda packed: expand.Filtered(packed, bz2.BZ2Decompressor, (b"BZh",)),
    b"\x04\x01\x08": lambda packed: expand.Inflater(packed, expand.DEFLATE),
    b"\x04\xf7\x11\x01": expand.unzstd,
    b"\x04\xf7\x11\x04": expand.unlz4,
}


def _lzma2(properties: bytes) -> dict[str, int]:
    """The byte of properties of LZMA2: the size of the dictionary, in steps of half a power of two."""
    if len(properties) != 1 or properties[0] > 40:
        raise Unreadable("the LZMA2 properties are none")
    size = (2 | properties[0] & 1) << properties[0] // 2 + 11 if properties[0] < 40 else 0xFFFFFFFF
    if size > 256 << 20:
        raise Unreadable(f"an LZMA dictionary of {size >> 20} MiB", "budget", SPLIT)
    return {"id": lzma.FILTER_LZMA2, "dict_size": size}


_LZMA: dict[bytes, Callable[[bytes], dict[str, int]]] = {
    b"\x03\x01\x01": expand.lzma1_filter,
    b"\x21": _lzma2,
}
_FILTERS: dict[bytes, int] = {
    method: number
    for number, methods in (
        (lzma.FILTER_X86, (b"\x03\x03\x01\x03", b"\x04")),
        (lzma.FILTER_POWERPC, (b"\x03\x03\x02\x05", b"\x05")),
        (lzma.FILTER_IA64, (b"\x03\x03\x04\x01", b"\x06")),
        (lzma.FILTER_ARM, (b"\x03\x03\x05\x01", b"\x07")),
        (lzma.FILTER_ARMTHUMB, (b"\x03\x03\x07\x01", b"\x08")),
        (lzma.FILTER_SPARC, (b"\x03\x03\x08\x05", b"\x09")),
    )
    for method in methods
}
"""Filters for machine code; of LZMA (not LZMA2) the last bytes behind them cannot be had."""


class _Bounded:
    """A raw LZMA decoder that is done when everything declared is there: such data has no end mark."""

    unused_data = b""

    def __init__(self, filters: list[dict[str, int]], size: int) -> None:
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
        self._left = size

    @property
    def needs_input(self) -> bool:
        return self._unpacker.needs_input

    @property
    def eof(self) -> bool:
        return self._left <= 0 or self._unpacker.eof

    def decompress(self, data: bytes, most: int) -> bytes:
        plain = self._unpacker.decompress(data, min(most, max(1, self._left)))
        self._left -= len(plain)
        return plain
