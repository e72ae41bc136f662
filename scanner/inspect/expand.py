"""Unpacking into memory, as far as somebody reads and no further than the caps allow.

A worker may write no file, so there is no spooling: what is unpacked is held, one member at a time.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from scanner.inspect import limits
from scanner.inspect.readers.reading import SPLIT, Unreadable
from scanner.inspect.stream import Raw, Stream

_CHUNK = 1 << 16
_OUTPUT = 1 << 20
_LZMA_MEMORY = 256 << 20


class Meter(Protocol):
    """Who counts what is unpacked of one file."""

    expanded: int


class Chunks(Protocol):
    """An iterator of unpacked bytes that also knows how much packed input it took."""

    taken: int

    def __iter__(self) -> Iterator[bytes]: ...


class Inflater:
    """Unpacks the zlib, gzip or raw deflate data of a stream; gzip members follow one another."""

    def __init__(self, stream: Stream, wbits: int) -> None:
        self.stream = stream
        self.taken = 0
        self._wbits = wbits

    def __iter__(self) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(self._wbits)
        pending = b""
        while True:
            if not pending:
                pending = self.stream.read(_CHUNK)
                self.taken += len(pending)
                if not pending:
                    break
            data = unpacker.decompress(pending, _OUTPUT)
            pending = unpacker.unconsumed_tail
            if data:
                yield data
            if unpacker.eof:
                pending = unpacker.unused_data
                if self._wbits != _GZIP or not _another_member(pending, self.stream):
                    self.taken -= len(pending)
                    return
                unpacker = zlib.decompressobj(self._wbits)
        yield unpacker.flush()
        if not unpacker.eof:
            raise Unreadable("the compressed data ends too early")


_GZIP = 31
DEFLATE = -15
ZLIB = 15
GZIP = _GZIP


def _another_member(pending: bytes, stream: Stream) -> bool:
    """Whether another gzip member follows; fewer than two bytes at hand are read on."""
    if len(pending) >= 2:
        return pending[:2] == b"\x1f\x8b"
    following = stream.read(2 - len(pending))
    stream.seek(-len(following), 1)
    return pending + following == b"\x1f\x8b"


class Filtered:
    """Unpacks bzip2, xz or LZMA data with the standard library's incremental classes."""

    def __init__(self, stream: Stream, make: Callable[[], Any]) -> None:
        self.stream = stream
        self.taken = 0
        self._make = make

    def __iter__(self) -> Iterator[bytes]:
        unpacker = self._make()
        pending = b""
        while True:
            if not pending and unpacker.needs_input:
                pending = self.stream.read(_CHUNK)
                self.taken += len(pending)
                if not pending:
                    raise Unreadable("the compressed data ends too early")
            data = unpacker.decompress(pending, _OUTPUT)
            pending = b""
            if data:
                yield data
            if unpacker.eof:
                pending = unpacker.unused_data
                if not pending and self.stream.tell() < self.stream.size:
                    pending = self.stream.read(_CHUNK)
                    self.taken += len(pending)
                if not pending.strip(b"\0"):
                    return
                unpacker = self._make()


class Copied:
    """Stored data, as it is."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.taken = 0

    def __iter__(self) -> Iterator[bytes]:
        while data := self.stream.read(_CHUNK):
            self.taken += len(data)
            yield data


def unbzip2(stream: Stream) -> Chunks:
    """bzip2 data, one stream or several."""
    return Filtered(stream, bz2.BZ2Decompressor)


def unxz(stream: Stream) -> Chunks:
    """Data in xz format, or LZMA data with the old header."""
    return Filtered(stream, lambda: lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=_LZMA_MEMORY))


class _Expanding(Raw):
    """What an unpacker yields, as a seekable stream that unpacks as far as it is read."""

    def __init__(self, chunks: Chunks, meter: Meter, size: int) -> None:
        super().__init__(size)
        self._chunks = chunks
        self._source = iter(chunks)
        self._meter = meter
        self._buffer = bytearray()
        self.finished = False

    def fill(self, end: int) -> None:
        """Unpack until ``end`` bytes are there or nothing is left.

        Raises:
            Unreadable: the data is broken or ends early, or a cap is reached.
        """
        while len(self._buffer) < end and not self.finished:
            try:
                data = next(self._source, None)
            except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError) as error:
                self.finished = True
                raise Unreadable(f"the compressed data is broken ({type(error).__name__})") from error
            if data is None:
                self.finished = True
                return
            self._buffer += data
            self._meter.expanded += len(data)
            self._check()

    def _check(self) -> None:
        produced, taken = len(self._buffer), max(1, self._chunks.taken)
        if produced > limits.EXPANDED_FREE and produced > taken * limits.EXPANDED_RATIO:
            raise Unreadable(
                f"it unpacks to more than {limits.EXPANDED_RATIO} times its size: a decompression bomb",
                "hostile",
            )
        if produced > limits.EXPANDED_MEMBER:
            detail = f"it unpacks to more than {limits.EXPANDED_MEMBER >> 20} MiB"
            raise Unreadable(detail, "budget", SPLIT)
        if self._meter.expanded > limits.EXPANDED_TOTAL:
            detail = f"all that is packed in the file is more than {limits.EXPANDED_TOTAL >> 20} MiB"
            raise Unreadable(detail, "budget", SPLIT)

    def fetch(self, offset: int, length: int) -> bytes:
        self.fill(offset + length)
        if offset >= len(self._buffer):
            raise Unreadable(f"it unpacks to {len(self._buffer)} bytes, fewer than it declares", "hostile")
        return bytes(self._buffer[offset : offset + length])

    @property
    def length(self) -> int:
        """Bytes unpacked so far."""
        return len(self._buffer)

    def crc(self) -> int:
        """CRC-32 of what was unpacked."""
        return zlib.crc32(self._buffer)


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
        if self._raw.finished and not self._known:
            self._raw.size = self._raw.length
        return self._raw.finished

    def all(self) -> None:
        """Unpack everything, so that the length is known."""
        self._raw.fill(limits.EXPANDED_MEMBER + 1)
        if not self._known:
            self._raw.size = self._raw.length

    def longer_than(self, size: int) -> bool:
        """Whether there is more than ``size`` bytes."""
        self._raw.fill(size + 1)
        return self._raw.length > size

    @property
    def whole(self) -> bool:
        """Whether everything was unpacked."""
        return self._raw.finished

    def crc(self) -> int:
        """CRC-32 of what was unpacked so far."""
        return self._raw.crc()
