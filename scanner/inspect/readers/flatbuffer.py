"""FlatBuffers without their schema: tables, vectors and texts by field number, every offset checked.

Source: FlatBuffers' "Internals" page. All numbers are little-endian; offsets count from where they stand.
"""

from __future__ import annotations

from scanner.inspect import limits
from scanner.inspect.readers.reading import SPLIT, Unreadable
from scanner.inspect.stream import Stream


class FlatBuffer:
    """A reader over one stream, whose steps are counted."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._left = limits.FLATBUFFER_STEPS

    def root(self) -> int:
        """The position of the root table."""
        return self._place(self._number(0, 4))

    def table(self, table: int, field: int) -> int | None:
        """The position of the table in a field, if it is there."""
        at = self._field(table, field)
        return None if at is None else self._place(at + self._number(at, 4))

    def tables(self, table: int, field: int) -> list[int]:
        """The positions of the tables of a vector; empty if the field is not there."""
        start, count = self._vector(table, field, 4)
        return [self._place(at + self._number(at, 4)) for at in range(start, start + 4 * count, 4)]

    def texts(self, table: int, field: int) -> list[str]:
        """The texts of a vector."""
        start, count = self._vector(table, field, 4)
        return [self._text(at + self._number(at, 4)) for at in range(start, start + 4 * count, 4)]

    def text(self, table: int, field: int) -> str | None:
        """The text in a field, clipped, if it is there."""
        at = self._field(table, field)
        return None if at is None else self._text(at + self._number(at, 4))

    def number(self, table: int, field: int, size: int, default: int = 0) -> int:
        """The unsigned number of ``size`` bytes in a field."""
        at = self._field(table, field)
        return default if at is None else self._number(at, size)

    def extent(self, table: int, field: int) -> tuple[int, int]:
        """Start and length of a vector of bytes; its end may lie outside, which is the caller's to judge."""
        at = self._field(table, field)
        if at is None:
            return 0, 0
        place = self._place(at + self._number(at, 4))
        return place + 4, self._number(place, 4)

    def _field(self, table: int, field: int) -> int | None:
        """Where the value of a field stands."""
        virtual = table - int.from_bytes(self._bytes(table, 4), "little", signed=True)
        length = self._number(self._place(virtual), 2)
        slot = 4 + 2 * field
        if slot + 2 > length:
            return None
        offset = self._number(virtual + slot, 2)
        return table + offset if offset else None

    def _vector(self, table: int, field: int, size: int) -> tuple[int, int]:
        at = self._field(table, field)
        if at is None:
            return 0, 0
        place = self._place(at + self._number(at, 4))
        count = self._number(place, 4)
        if place + 4 + count * size > self._stream.size:
            raise Unreadable("a vector reaches beyond the end of the file", "hostile")
        if count > self._left:
            raise Unreadable(f"more than {limits.FLATBUFFER_STEPS:,} values", "budget", SPLIT)
        return place + 4, count

    def _text(self, place: int) -> str:
        length = self._number(self._place(place), 4)
        if place + 4 + length > self._stream.size:
            raise Unreadable("a text reaches beyond the end of the file", "hostile")
        return self._bytes(place + 4, min(length, 4 * limits.TEXT)).decode("utf-8", "replace")

    def _place(self, position: int) -> int:
        if not 4 <= position < self._stream.size:
            raise Unreadable("an offset leads out of the file", "hostile")
        return position

    def _number(self, position: int, size: int) -> int:
        return int.from_bytes(self._bytes(position, size), "little")

    def _bytes(self, position: int, length: int) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise Unreadable(f"more than {limits.FLATBUFFER_STEPS:,} values", "budget", SPLIT)
        if position < 0 or position + length > self._stream.size:
            raise Unreadable("the file is truncated, or an offset leads out of it", "hostile")
        return self._stream.at(position, length)
