"""Unpacking into memory, as far as somebody reads and no further than the caps allow.

A worker may write no file, so there is no spooling: what is unpacked is held, one member at a time.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from scanner.inspect import limits
from scanner.inspect.readers.reading import SPLIT, Unreadable
from scanner.inspect.stream import Raw, Stream

_CHUNK = 1 << 16
_OUTPUT = 1 << 20
_LZMA_MEMORY = 256 << 20
_ZSTD_WINDOW = 27
"""Base-two logarithm of the largest window: 128 MiB, as the command-line tool allows."""
_LONGEST_MAGIC = 6
DEFLATE, ZLIB, GZIP = -15, 15, 31
"""What :func:`zlib.decompressobj` calls the three."""
LZ4_MAGIC = b"\x04\x22\x4d\x18"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
SKIPPABLE_MAGICS = tuple(bytes((0x50 + kind, 0x2A, 0x4D, 0x18)) for kind in range(16))
"""Frames that hold no data, in LZ4 as in Zstandard."""


def is_out_of_proportion(packed: int, size: int) -> bool:
    """Whether so much out of so little is a bomb, unless it turns out to be a model: weights may be zeros."""
    return size > max(limits.EXPANDED_FREE, packed * limits.EXPANDED_RATIO)


def bomb(packed: int, size: int) -> Unreadable:
    """What is said of it."""
    return Unreadable(f"it unpacks to {size:,} bytes out of {packed:,}: a decompression bomb", "hostile")


class Meter(Protocol):
    """Who counts what is unpacked of one file."""

    expanded: int


class Chunks(Protocol):
    """An iterator of unpacked bytes that also knows how much packed input it took."""

    taken: int

    def __iter__(self) -> Iterator[bytes]: ...


class _Packed:
    """Packed input, counted; what follows the end of one stream."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.taken = 0

    def _more(self) -> bytes:
        data = self.stream.read(_CHUNK)
        self.taken += len(data)
        return data

    def _following(self, pending: bytes, magics: tuple[bytes, ...]) -> bytes:
        """The beginning of a further stream, behind zero bytes; nothing when none follows."""
        while len(pending := pending.lstrip(b"\0")) < _LONGEST_MAGIC:
            further = self._more()
            if not further:
                break
            pending += further
        if magics and pending.startswith(magics):
            return pending
        self.taken -= len(pending)
        return b""


class Inflater(_Packed):
    """Unpacks the zlib, gzip or raw deflate data of a stream; gzip members follow one another."""

    def __init__(self, stream: Stream, wbits: int) -> None:
        super().__init__(stream)
        self._wbits = wbits
        self._magics = (b"\x1f\x8b",) if wbits == GZIP else ()

    def __iter__(self) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(self._wbits)
        pending = b""
        while True:
            if not pending:
                pending = self._more()
                if not pending:
                    break
            before = unpacker.copy()
            try:
                data = unpacker.decompress(pending, _OUTPUT)
            except zlib.error:
                yield from _up_to_the_fault(before, pending)
                raise
            pending = unpacker.unconsumed_tail
            if data:
                yield data
            if unpacker.eof:
                pending = self._following(unpacker.unused_data, self._magics)
                if not pending:
                    return
                unpacker = zlib.decompressobj(self._wbits)
        yield unpacker.flush()
        if not unpacker.eof:
            raise Unreadable("the compressed data ends too early")


def _up_to_the_fault(unpacker: Any, packed: bytes) -> Iterator[bytes]:
    """What stands before a broken place or a wrong checksum: loaders have run it when they find out."""
    with suppress(zlib.error):
        for position in range(len(packed)):
            yield unpacker.decompress(packed[position : position + 1])


class Filtered(_Packed):
    """Unpacks with one of the incremental classes of :mod:`bz2`, :mod:`lzma`, lz4 or zstd.

    Streams may follow one another, each with one of the ``magics`` in front, as their loaders allow; what
    else stands behind the last is not taken.
    """

    def __init__(self, stream: Stream, make: Callable[[], Any], magics: tuple[bytes, ...] = ()) -> None:
        super().__init__(stream)
        self._make = make
        self._magics = magics

    def __iter__(self) -> Iterator[bytes]:
        unpacker = self._make()
        pending = b""
        while True:
            if not pending and unpacker.needs_input:
                pending = self._more()
                if not pending:
                    raise Unreadable("the compressed data ends too early")
            data = unpacker.decompress(pending, _OUTPUT)
            pending = b""
            if data:
                yield data
            if unpacker.eof:
                pending = self._following(unpacker.unused_data or b"", self._magics)
                if not pending:
                    return
                unpacker = self._make()


class Copied(_Packed):
    """Stored data, as it is."""

    def __iter__(self) -> Iterator[bytes]:
        while data := self._more():
            yield data


def unbzip2(stream: Stream) -> Chunks:
    """bzip2 data, one stream or several."""
    return Filtered(stream, bz2.BZ2Decompressor, (b"BZh",))


def unxz(stream: Stream) -> Chunks:
    """Data in xz format, one stream or several."""
    make = partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, memlimit=_LZMA_MEMORY)
    return Filtered(stream, make, (b"\xfd7zXZ\0",))


def unlzma(stream: Stream) -> Chunks:
    """LZMA data with the old header of 13 bytes; whatever follows is not taken."""
    return Filtered(stream, partial(lzma.LZMADecompressor, lzma.FORMAT_ALONE, memlimit=_LZMA_MEMORY))


def lzma1_filter(properties: bytes) -> dict[str, int]:
    """The five bytes of properties of raw LZMA data as a filter of :mod:`lzma`.

    Raises:
        Unreadable: they are none, or ask for more memory than is granted.
    """
    if len(properties) != 5 or properties[0] >= 9 * 5 * 5:
        raise Unreadable("the LZMA properties are none")
    first, size = properties[0], int.from_bytes(properties[1:], "little")
    if size > _LZMA_MEMORY:
        raise Unreadable(f"an LZMA dictionary of {size >> 20} MiB", "budget", SPLIT)
    lc, lp, pb = first % 9, first // 9 % 5, first // 45
    return {"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096), "lc": lc, "lp": lp, "pb": pb}


def raw_lzma(properties: bytes) -> lzma.LZMADecompressor:
    """Raw LZMA data with these properties."""
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[lzma1_filter(properties)])


def unlz4(stream: Stream) -> Chunks:
    """Frames of LZ4, one after the other."""
    from lz4.frame import LZ4FrameDecompressor

    return Filtered(stream, LZ4FrameDecompressor, (LZ4_MAGIC, *SKIPPABLE_MAGICS))


def unzstd(stream: Stream) -> Chunks:
    """Frames of Zstandard, one after the other."""
    from backports.zstd import DecompressionParameter, ZstdDecompressor

    options = {int(DecompressionParameter.window_log_max): _ZSTD_WINDOW}
    return Filtered(stream, partial(ZstdDecompressor, options=options), (ZSTD_MAGIC, *SKIPPABLE_MAGICS))


class _Expanding(Raw):
    """What an unpacker yields, as a seekable stream that unpacks as far as it is read.

    Where the data breaks or a cap is reached the stream ends: whoever loads it has run what stands before.
    """

    def __init__(self, chunks: Chunks, meter: Meter, size: int) -> None:
        super().__init__(size)
        self._chunks = chunks
        self._source = iter(chunks)
        self._meter = meter
        self._buffer = bytearray()
        self.finished = False
        self.fault: Unreadable | None = None

    def fill(self, end: int) -> None:
        """Unpack until ``end`` bytes are there or nothing is left."""
        while len(self._buffer) < end and not self.finished:
            try:
                data = next(self._source, None)
                if data is not None:
                    self._buffer += data
                    self._meter.expanded += len(data)
                    self._check()
            except Unreadable as error:
                self._end(error)
            except MemoryError:
                raise
            except Exception as error:
                self._end(Unreadable(f"the compressed data is broken ({type(error).__name__})"))
            else:
                self.finished |= data is None

    def _end(self, fault: Unreadable) -> None:
        self.finished = True
        self.fault = fault
        self.size = len(self._buffer)

    def _check(self) -> None:
        produced, taken = len(self._buffer), max(1, self._chunks.taken)
        if produced > limits.EXPANDED_MEMBER:
            if is_out_of_proportion(taken, produced):
                raise bomb(taken, produced)
            detail = f"it unpacks to more than {limits.EXPANDED_MEMBER >> 20} MiB"
            raise Unreadable(detail, "budget", SPLIT)
        if self._meter.expanded > limits.EXPANDED_TOTAL:
            detail = f"all that is packed in the file is more than {limits.EXPANDED_TOTAL >> 20} MiB"
            raise Unreadable(detail, "budget", SPLIT)

    def fetch(self, offset: int, length: int) -> bytes:
        self.fill(offset + length)
        if offset >= len(self._buffer) and self.fault is None:
            detail = f"it unpacks to {len(self._buffer)} bytes, fewer than it declares"
            self._end(Unreadable(detail, "hostile"))
        return bytes(self._buffer[offset : offset + length])

    @property
    def length(self) -> int:
        """Bytes unpacked so far."""
        return len(self._buffer)

    def crc(self, offset: int, length: int) -> int:
        """CRC-32 of a part of what was unpacked."""
        with memoryview(self._buffer) as view:
            return zlib.crc32(view[offset : offset + length])


class Expanded:
    """Packed data being read: the stream to read from, and what became known of its length and checksum."""

    def __init__(self, chunks: Chunks, meter: Meter, size: int | None = None) -> None:
        """``size`` is the declared length; without one, data is unpacked whole when :meth:`all` asks."""
        self._raw = _Expanding(chunks, meter, limits.PEEK_BYTES if size is None else size)
        self.stream = Stream(self._raw)
        self._known = size is not None

    def peek(self) -> bool:
        """Unpack the beginning; whether that was everything."""
        self._raw.fill(limits.PEEK_BYTES + 1)
        return self._settled()

    def all(self) -> None:
        """Unpack everything, so that the length is known."""
        self._raw.fill(limits.EXPANDED_MEMBER + 1)
        self._settled()

    def _settled(self) -> bool:
        if self._raw.finished and not self._known:
            self._raw.size = self._raw.length
        return self._raw.finished

    def longer_than(self, size: int) -> bool:
        """Whether there is more than ``size`` bytes."""
        self._raw.fill(size + 1)
        return self._raw.length > size

    @property
    def fault(self) -> Unreadable | None:
        """Why the stream ends before its time, if it does."""
        return self._raw.fault

    @property
    def whole(self) -> bool:
        """Whether everything was unpacked."""
        return self._raw.finished and self._raw.fault is None

    @property
    def length(self) -> int:
        """Bytes unpacked so far."""
        return self._raw.length

    def crc(self, offset: int = 0, length: int = limits.EXPANDED_TOTAL) -> int:
        """CRC-32 of what was unpacked so far, or of a part of it."""
        return self._raw.crc(offset, length)
