"""Universal Binary JSON as XGBoost writes it: walked to its end, arrays of numbers stepped over.

Source: the UBJSON specification, draft 12; numbers are big-endian.
"""

from __future__ import annotations

from scanner.inspect import limits
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.stream import Stream

_SIZES = {b"i": 1, b"U": 1, b"I": 2, b"l": 4, b"L": 8, b"d": 4, b"D": 8, b"C": 1, b"Z": 0, b"T": 0, b"F": 0}
_INTEGERS = frozenset({b"i", b"U", b"I", b"l", b"L"})
_OBJECT, _ARRAY, _TEXT, _DECIMAL, _NOTHING = b"{", b"[", b"S", b"H", b"N"
_ENDS = {_OBJECT: b"}", _ARRAY: b"]"}
_SHORT = 4096


def read_ubjson(stream: Stream) -> Reading:
    """Walk the whole document.

    Raises:
        NotCollected: bytes are missing.
        Unreadable: it is broken, truncated, or beyond a cap.
    """
    reading = Reading()
    stream.seek(0)
    _Walk(stream, reading).run()
    left = stream.size - stream.tell()
    if left > 0:
        reading.malformed(f"{left:,} bytes stand behind the document", offset=stream.size - left)
        reading.left_open(f"{left:,} bytes stand behind the document", "hostile")
    return reading


class _Level:
    """A container that is being walked: how many values it still has, or until its end mark."""

    __slots__ = ("kind", "left", "type")

    def __init__(self, kind: bytes, left: int | None, type_: bytes | None) -> None:
        self.kind = kind
        self.left = left
        self.type = type_


class _Walk:
    def __init__(self, stream: Stream, reading: Reading) -> None:
        self._stream = stream
        self._reading = reading
        self._items = 0
        self._key = "a text"

    def run(self) -> None:
        """Every value, with a stack of containers instead of recursion."""
        levels: list[_Level] = []
        self._value(self._take(1), levels)
        while levels:
            self._items += 1
            if self._items > limits.MSGPACK_ITEMS:
                raise Unreadable(f"more than {limits.MSGPACK_ITEMS:,} values", "budget", SPLIT)
            level = levels[-1]
            if level.left == 0:
                levels.pop()
                continue
            mark = b""
            if level.left is None:
                mark = self._take(1)
                if mark == _ENDS[level.kind]:
                    levels.pop()
                    continue
            else:
                level.left -= 1
            if level.kind == _OBJECT:
                self._key = self._text(self._length(mark or self._take(1)))
                mark = b""
            self._value(level.type or mark or self._take(1), levels)

    def _value(self, kind: bytes, levels: list[_Level]) -> None:
        while kind == _NOTHING:
            kind = self._take(1)
        if kind in _SIZES:
            self._skip(_SIZES[kind])
        elif kind in (_TEXT, _DECIMAL):
            text = self._text(self._length(self._take(1)))
            if len(text) >= 8:
                judge_text(self._reading, self._key[:80], text)
        elif kind in _ENDS:
            self._open(kind, levels)
        else:
            raise Unreadable("a value of a type that UBJSON does not have", "hostile")

    def _open(self, kind: bytes, levels: list[_Level]) -> None:
        type_, left = None, None
        mark = self._take(1)
        if mark == b"$":
            type_ = self._take(1)
            mark = self._take(1)
            if mark != b"#":
                raise Unreadable("a typed container without a count", "hostile")
        if mark == b"#":
            left = self._length(self._take(1))
            if kind == _ARRAY and type_ in _SIZES:
                self._skip(left * _SIZES[type_ or b"Z"])
                return
        else:
            self._stream.seek(-1, 1)
        if len(levels) >= limits.JSON_DEPTH:
            raise Unreadable(f"it is nested more than {limits.JSON_DEPTH} deep", "hostile")
        levels.append(_Level(kind, left, type_))

    def _length(self, kind: bytes) -> int:
        if kind not in _INTEGERS:
            raise Unreadable("a length that is no number", "hostile")
        length = int.from_bytes(self._take(_SIZES[kind]), "big", signed=kind != b"U")
        if length < 0:
            raise Unreadable("a negative length", "hostile")
        return length

    def _text(self, length: int) -> str:
        data = self._take(min(length, _SHORT))
        self._skip(length - len(data))
        return data.decode("utf-8", "replace")

    def _take(self, length: int) -> bytes:
        data = self._stream.read(length)
        if len(data) < length:
            raise Unreadable("the file is truncated: it ends inside a value")
        return data

    def _skip(self, length: int) -> None:
        if self._stream.tell() + length > self._stream.size:
            raise Unreadable("the file is truncated: it ends inside a value")
        self._stream.seek(length, 1)
