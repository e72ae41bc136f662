"""Seekable streams over bytes that may not be there: sparse files, and windows into other streams."""

from __future__ import annotations

import io
import os
from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import IO, Any, cast

from scanner.inspect.interface import Subject

Extent = tuple[int, int]

_BUFFER = 1 << 16


class NotCollected(Exception):
    """Bytes that the evidence does not hold are needed; extents are offsets and lengths in the file itself.

    ``exact`` is true when precisely these bytes are what a reader needs next; otherwise any read may follow,
    and only the whole file will do.
    """

    def __init__(self, extents: Sequence[Extent], exact: bool = False) -> None:
        super().__init__(f"{sum(length for _, length in extents)} bytes were not collected")
        self.extents = list(extents)
        self.exact = exact


class Raw(io.RawIOBase):
    """A seekable raw stream of known size; subclasses say how bytes are fetched."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.base = 0
        """Where the first byte stands in the file itself, for streams that are a part of it."""
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        base = {0: 0, 1: self._position, 2: self.size}[whence]
        if base + offset < 0:
            raise OSError("seek before the start")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self.size - self._position)
        if wanted <= 0:
            return 0
        data = self.fetch(self._position, wanted)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    @abstractmethod
    def fetch(self, offset: int, length: int) -> bytes:
        """At least one and at most ``length`` bytes; the range lies within the stream."""

    def missing(self, offset: int, length: int) -> list[Extent]:  # noqa: ARG002 - for those that lack some
        """What of these bytes was not collected, as extents of the file itself; the rest can be read."""
        return []


class Stream(io.BufferedReader):
    """A buffered stream that never allocates more than it can return, whatever length is asked for."""

    def __init__(self, raw: Raw) -> None:
        super().__init__(cast(io.RawIOBase, raw), _BUFFER)
        self._source = raw

    @property
    def size(self) -> int:
        """Length of the stream in bytes."""
        return self._source.size

    @property
    def base(self) -> int:
        """Where the first byte stands in the file itself, for streams that are a part of it."""
        return self._source.base

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0 or size > _BUFFER:
            left = max(0, self._source.size - self.tell())
            size = left if size is None or size < 0 else min(size, left)
        return super().read(size)

    def at(self, offset: int, length: int) -> bytes:
        """The bytes at an absolute offset; fewer at the end of the stream."""
        self.seek(offset)
        return self.read(length)

    def glance(self, offset: int, length: int) -> bytes:
        """Few bytes at an absolute offset, without reading others along with them; fewer at the end."""
        data = b""
        wanted = min(length, self.size - offset)
        while len(data) < wanted and (part := self._source.fetch(offset + len(data), wanted - len(data))):
            data += part
        return data

    def missing(self, offset: int, length: int) -> list[Extent]:
        """What of these bytes was not collected, as extents of the file itself; the rest can be read."""
        return self._source.missing(offset, min(length, self.size - offset))

    def require(self, extents: Iterable[Extent]) -> None:
        """See to it that all these bytes can be read.

        Raises:
            NotCollected: with exactly those of them that are not there, all at once.
        """
        lacking = [gap for offset, length in extents for gap in self.missing(offset, length)]
        if lacking:
            raise NotCollected(lacking, exact=True)

    @property
    def whole(self) -> bool:
        """True when every byte can be read."""
        return not self.missing(0, self.size)


class SparseFile(Raw):
    """The bytes of a subject at their own offsets; reads outside the extents raise :class:`NotCollected`."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject.size)
        self._descriptor = os.open(subject.data, os.O_RDONLY | os.O_CLOEXEC)
        ranges = _union([(offset, offset + length) for offset, length in subject.extents if length > 0])
        self._extents = [(start, end - start) for start, end in ranges]
        self._starts = [offset for offset, _ in self._extents]
        self._seen: list[Extent] = []

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()

    def _available(self, offset: int) -> int:
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return 0
        start, length = self._extents[index]
        return max(0, start + length - offset)

    def fetch(self, offset: int, length: int) -> bytes:
        available = min(length, self._available(offset))
        data = os.pread(self._descriptor, available, offset) if available > 0 else b""
        if not data:
            raise NotCollected([(offset, length)])
        self._note(offset, len(data))
        return data

    def missing(self, offset: int, length: int) -> list[Extent]:
        lacking = []
        end = min(offset + length, self.size)
        while offset < end:
            offset += self._available(offset)
            index = bisect_right(self._starts, offset)
            following = min(end, self._starts[index]) if index < len(self._starts) else end
            if offset < following:
                lacking.append((offset, following - offset))
            offset = max(offset, following)
        return lacking

    def _note(self, offset: int, length: int) -> None:
        if self._seen and self._seen[-1][0] <= offset <= self._seen[-1][1]:
            start, end = self._seen[-1]
            self._seen[-1] = (start, max(end, offset + length))
        else:
            self._seen.append((offset, offset + length))
            if len(self._seen) > 4096:
                self._seen = _union(self._seen)

    @property
    def bytes_read(self) -> int:
        """Distinct bytes that were read."""
        return sum(end - start for start, end in _union(self._seen))


def _union(ranges: list[Extent]) -> list[Extent]:
    merged: list[Extent] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


class _Pieces(Raw):
    """Ranges of another stream, as if nothing lay between them; ``tail`` follows them."""

    def __init__(self, parent: Stream, pieces: Sequence[Extent], tail: bytes) -> None:
        self._parent = parent
        self._pieces = list(pieces)
        self._starts: list[int] = []
        total = 0
        for _, length in self._pieces:
            self._starts.append(total)
            total += length
        self._inner = total
        self._tail = tail
        super().__init__(total + len(tail))
        self.base = parent.base + (self._pieces[0][0] if self._pieces else 0)

    def fetch(self, offset: int, length: int) -> bytes:
        if offset >= self._inner:
            return self._tail[offset - self._inner :][:length]
        index = bisect_right(self._starts, offset) - 1
        start, extent = self._pieces[index]
        skip = offset - self._starts[index]
        self._parent.seek(start + skip)
        return self._parent.read1(min(length, extent - skip))  # read() would insist on bytes not collected

    def missing(self, offset: int, length: int) -> list[Extent]:
        lacking = []
        for index, (start, extent) in enumerate(self._pieces):
            first = max(offset, self._starts[index])
            last = min(offset + length, self._starts[index] + extent)
            if first < last:
                lacking += self._parent.missing(start + first - self._starts[index], last - first)
        return lacking


def window(parent: Stream, offset: int, length: int) -> Stream:
    """``length`` bytes of another stream from ``offset`` on, as a stream of their own."""
    return pieces(parent, [(offset, max(0, min(length, parent.size - offset)))])


def pieces(parent: Stream, extents: Sequence[Extent], tail: bytes = b"") -> Stream:
    """Several ranges of another stream and then ``tail``, as one stream."""
    return Stream(_Pieces(parent, [extent for extent in extents if extent[1] > 0], tail))


class _Memory(Raw):
    def __init__(self, data: bytes) -> None:
        super().__init__(len(data))
        self._data = data

    def fetch(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]


def memory(data: bytes) -> Stream:
    """Bytes in memory as a stream."""
    return Stream(_Memory(data))


def as_stream(source: IO[bytes]) -> Stream:
    """The stream of a layer as what it is; layers are only ever made of :class:`Stream`."""
    assert isinstance(source, Stream)
    return source
