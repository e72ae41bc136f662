"""The headers of a 7-Zip archive: which folders are packed how, and which files lie in them.

A strict reader of ``7zFormat.txt`` (LZMA SDK): every count and every length is checked against what is there.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from scanner.inspect import limits
from scanner.inspect.readers.reading import SPLIT, Unreadable

SIGNATURE_BYTES = 32
_END, _HEADER, _PROPERTIES, _STREAMS, _FILES = 0x00, 0x01, 0x02, 0x04, 0x05
_PACK, _UNPACK, _SUBSTREAMS, _SIZE, _CRC, _FOLDER = 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B
_UNPACK_SIZES, _COUNTS, _EMPTY_STREAM, _NAMES, _ENCODED = 0x0C, 0x0D, 0x0E, 0x11, 0x17
_CODERS = 4
_LONGEST_NAME = 4096


@dataclass(frozen=True, slots=True)
class Coder:
    """One step of unpacking: its method and the bytes that set it up."""

    method: bytes
    properties: bytes


@dataclass(slots=True)
class Folder:
    """Files packed together; ``coders`` in the order of unpacking, empty when they are no simple chain."""

    coders: list[Coder]
    packed_streams: int
    last: int
    """Which output, in the order of the header, is that of the last step."""
    sizes: list[int]
    """Of the output of each coder, in the order of the header."""
    crc: int | None = None
    offset: int = 0
    packed: int = 0
    files: list[tuple[int, int | None]] = field(default_factory=list)
    """Length and checksum of each file in it."""

    @property
    def size(self) -> int:
        """Length of everything in it, unpacked."""
        return self.sizes[self.last]


@dataclass(slots=True)
class Header:
    """The header: folders, and the names of all files with whether they have content."""

    folders: list[Folder] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    empty: list[bool] = field(default_factory=list)
    encoded: Folder | None = None
    """The folder that holds the real header, when this one only leads to it."""


class _Reader:
    """Bytes taken from the front, never more than there are."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, length: int) -> bytes:
        if not 0 <= length <= len(self.data) - self.position:
            raise Unreadable("the 7z header ends too early")
        self.position += length
        return self.data[self.position - length : self.position]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """A number of one to nine bytes: the leading ones of the first byte count the others."""
        first = self.byte()
        value, mask = 0, 0x80
        for index in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << 8 * index
            value |= self.byte() << 8 * index
            mask >>= 1
        return value

    def count(self) -> int:
        """A count of things, of which there cannot be more than members."""
        value = self.number()
        if value > limits.CONTAINER_MEMBERS:
            raise Unreadable(f"more than {limits.CONTAINER_MEMBERS:,} members", "budget", SPLIT)
        return value

    def bits(self, count: int) -> list[bool]:
        data = self.take((count + 7) // 8)
        return [bool(data[index >> 3] & 0x80 >> (index & 7)) for index in range(count)]

    def optional_bits(self, count: int) -> list[bool]:
        return [True] * count if self.byte() else self.bits(count)

    def digests(self, count: int) -> list[int | None]:
        return [
            int.from_bytes(self.take(4), "little") if there else None for there in self.optional_bits(count)
        ]

    def expect(self, *kinds: int) -> int:
        kind = self.byte()
        if kind not in kinds:
            raise Unreadable("the 7z header holds something where it must not be")
        return kind


def read_header(data: bytes, crc: int) -> Header:
    """The header whose bytes these are.

    Raises:
        Unreadable: it is none, or it asks for too much.
    """
    if zlib.crc32(data) != crc:
        raise Unreadable("the checksum of the 7z header is wrong", "hostile")
    reader = _Reader(data)
    if reader.expect(_HEADER, _ENCODED) == _ENCODED:
        folders = _streams(reader)
        if len(folders) != 1:
            raise Unreadable("the 7z header lies in several folders", "hostile")
        return Header(encoded=folders[0])
    header = Header()
    kind = reader.byte()
    if kind == _PROPERTIES:
        _skip_properties(reader)
        kind = reader.byte()
    if kind == 0x03:
        raise Unreadable("the 7z archive has additional streams, which nobody writes", "hostile")
    if kind == _STREAMS:
        header.folders = _streams(reader)
        kind = reader.byte()
    if kind == _FILES:
        _files(reader, header)
        kind = reader.byte()
    if kind != _END:
        raise Unreadable("the 7z header does not end")
    return header


def _skip_properties(reader: _Reader) -> None:
    while reader.number() != _END:
        reader.take(reader.number())


def _streams(reader: _Reader) -> list[Folder]:
    """StreamsInfo: where the packed bytes are, how they are unpacked, how they are cut into files."""
    offset, sizes = 0, list[int]()
    folders: list[Folder] = []
    kind = reader.byte()
    if kind == _PACK:
        offset, sizes = _packed(reader)
        kind = reader.byte()
    if kind == _UNPACK:
        folders = _folders(reader)
        kind = reader.byte()
    _place(folders, offset, sizes)
    for folder in folders:
        folder.files = [(folder.size, folder.crc)]
    if kind == _SUBSTREAMS:
        _substreams(reader, folders)
        kind = reader.byte()
    if kind != _END:
        raise Unreadable("the 7z header's streams do not end")
    return folders


def _packed(reader: _Reader) -> tuple[int, list[int]]:
    offset, count = SIGNATURE_BYTES + reader.number(), reader.count()
    sizes = [0] * count
    while (kind := reader.expect(_SIZE, _CRC, _END)) != _END:
        if kind == _SIZE:
            sizes = [reader.number() for _ in range(count)]
        else:
            reader.digests(count)
    return offset, sizes


def _place(folders: list[Folder], offset: int, sizes: list[int]) -> None:
    waiting = iter(sizes)
    for folder in folders:
        lengths = [next(waiting, -1) for _ in range(folder.packed_streams)]
        if -1 in lengths:
            raise Unreadable("the 7z header has more folders than packed streams")
        folder.offset, folder.packed = offset, sum(lengths)
        offset += sum(lengths)


def _folders(reader: _Reader) -> list[Folder]:
    reader.expect(_FOLDER)
    count = reader.count()
    reader.expect(0)  # not in another stream
    folders = [_folder(reader) for _ in range(count)]
    reader.expect(_UNPACK_SIZES)
    for folder in folders:
        folder.sizes = [reader.number() for _ in folder.sizes]
    while (reader.expect(_CRC, _END)) != _END:
        for folder, crc in zip(folders, reader.digests(count), strict=True):
            folder.crc = crc
    return folders


def _folder(reader: _Reader) -> Folder:
    count = reader.number()
    if not 1 <= count <= _CODERS:
        raise Unreadable(f"a 7z folder of {count} coders", "hostile")
    coders: list[Coder] = []
    inputs = outputs = 0
    for _ in range(count):
        flags = reader.byte()
        method = reader.take(flags & 0x0F)
        ins, outs = (reader.number(), reader.number()) if flags & 0x10 else (1, 1)
        if flags & 0xC0 or not 1 <= ins <= _CODERS or outs != 1:
            raise Unreadable("a 7z coder of a kind that nobody writes")
        coders.append(Coder(method, reader.take(reader.number()) if flags & 0x20 else b""))
        inputs += ins
        outputs += outs
    pairs = [(reader.number(), reader.number()) for _ in range(outputs - 1)]
    packed = inputs - len(pairs)
    if packed < 1:
        raise Unreadable("a 7z folder that takes no bytes", "hostile")
    if packed > 1:
        for _ in range(packed):
            reader.number()
    order = _chain(pairs, count) if inputs == count else []
    bound = {output for _, output in pairs}
    last = next((index for index in range(count) if index not in bound), 0)
    return Folder([coders[index] for index in order], packed, last, [0] * count)


def _chain(pairs: list[tuple[int, int]], count: int) -> list[int]:
    """The coders in the order of unpacking; empty unless each takes what one other gives."""
    giver = dict(pairs)
    taker = {output: taken for taken, output in pairs}
    heads = [index for index in range(count) if index not in giver]
    if len(heads) != 1:
        return []
    order = heads
    while order[-1] in taker and len(order) <= count:
        order.append(taker[order[-1]])
    return order if len(order) == count and set(order) == set(range(count)) else []


def _substreams(reader: _Reader, folders: list[Folder]) -> None:
    counts = [1] * len(folders)
    kind = reader.byte()
    if kind == _COUNTS:
        counts = [reader.count() for _ in folders]
        kind = reader.byte()
    if sum(counts) > limits.CONTAINER_MEMBERS:
        raise Unreadable(f"more than {limits.CONTAINER_MEMBERS:,} members", "budget", SPLIT)
    lengths = [
        _lengths(reader, folder, count, kind == _SIZE) for folder, count in zip(folders, counts, strict=True)
    ]
    if kind == _SIZE:
        kind = reader.byte()
    known = [count == 1 and folder.crc is not None for folder, count in zip(folders, counts, strict=True)]
    missing = sum(count for count, is_known in zip(counts, known, strict=True) if not is_known)
    crcs: list[int | None] = [None] * missing
    while kind != _END:
        if kind == _CRC:
            crcs = reader.digests(missing)
        else:
            raise Unreadable("the 7z header holds something where it must not be")
        kind = reader.byte()
    rest = iter(crcs)
    for folder, sizes, is_known in zip(folders, lengths, known, strict=True):
        folder.files = [(size, folder.crc if is_known else next(rest, None)) for size in sizes]


def _lengths(reader: _Reader, folder: Folder, count: int, stated: bool) -> list[int]:
    """Lengths of the files of a folder: all but the last are stated."""
    if count == 0:
        return []
    sizes = [reader.number() for _ in range(count - 1)] if stated else []
    last = folder.size - sum(sizes)
    if last < 0 or (count > 1 and not stated):
        raise Unreadable("the files of a 7z folder are longer than the folder", "hostile")
    return [*sizes, last]


def _files(reader: _Reader, header: Header) -> None:
    count = reader.count()
    header.empty = [False] * count
    readers: dict[int, Callable[[_Reader], None]] = {}
    readers[_EMPTY_STREAM] = lambda part: _set(header, part.bits(count))
    readers[_NAMES] = lambda part: _names(part, header, count)
    while (kind := reader.number()) != _END:
        part = _Reader(reader.take(reader.number()))
        if kind in readers:
            readers[kind](part)
    if len(header.names) != count:
        raise Unreadable("the 7z header names fewer files than it counts")


def _set(header: Header, empty: list[bool]) -> None:
    header.empty = empty


def _names(part: _Reader, header: Header, count: int) -> None:
    if part.byte():
        raise Unreadable("the names of the 7z archive are in another stream")
    text = part.data[part.position :].decode("utf-16-le", "replace")
    header.names = [name[:_LONGEST_NAME] for name in text.split("\0")[:count]]
