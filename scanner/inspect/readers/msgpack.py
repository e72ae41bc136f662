"""MessagePack as Flax writes checkpoints: one map, walked to its end; numbers and arrays are stepped over.

Sources: the MessagePack specification; ``flax.serialization`` (extension 1: array, 2: complex, 3: scalar).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from scanner.inspect import limits
from scanner.inspect.readers.cursor import Cursor
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.stream import Stream

_FIXED = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
_BINARY = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I"}
_EXTENSION = {0xC7: ">B", 0xC8: ">H", 0xC9: ">I"}
_FIXED_EXTENSION = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_TEXT = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}
_ARRAY = {0xDC: ">H", 0xDD: ">I"}
_MAP = {0xDE: ">H", 0xDF: ">I"}
_FLAX = frozenset({1, 2, 3, -1, 255})
_SHORT_BINARY = 4096
_SHORT_TEXT = 8
"""No command is shorter."""


def read_msgpack(stream: Stream) -> Reading:
    """Walk the whole document.

    Raises:
        NotCollected: bytes are missing.
        Unreadable: it is truncated, or beyond a cap.
    """
    reading = Reading()
    walk = _Walk(stream, reading)
    stream.seek(0)
    walk.run()
    left = stream.size - stream.tell()
    if left:
        reading.malformed(f"{left:,} bytes stand behind the document", offset=stream.size - left)
        reading.left_open(f"{left:,} bytes stand behind the document", "hostile")
    reading.facts["items"] = walk.items
    return reading


class _Walk(Cursor):
    def __init__(self, stream: Stream, reading: Reading) -> None:
        super().__init__(stream)
        self.reading = reading
        self.items = 0
        self._extensions: set[int] = set()

    def run(self) -> None:
        """Every value, without recursion: a stack of how many are still due at each level."""
        due = [1]
        while due:
            if due[-1] == 0:
                due.pop()
                continue
            due[-1] -= 1
            self.items += 1
            if self.items > limits.MSGPACK_ITEMS:
                raise Unreadable(f"more than {limits.MSGPACK_ITEMS:,} values", "budget", SPLIT)
            inner = self._value()
            if inner:
                if len(due) > limits.JSON_DEPTH:
                    raise Unreadable(f"it is nested more than {limits.JSON_DEPTH} deep", "hostile")
                due.append(inner)

    def _value(self) -> int:
        """Step over one value; returns how many follow within it."""
        kind = self.take(1)[0]
        if kind <= 0x7F or kind >= 0xE0 or kind in (0xC0, 0xC2, 0xC3):
            return 0
        if kind <= 0x8F:
            return 2 * (kind & 0x0F)
        if kind <= 0x9F:
            return kind & 0x0F
        if kind <= 0xBF:
            return self._text(kind & 0x1F)
        return self._long(kind)

    def _long(self, kind: int) -> int:
        if kind in _FIXED:
            self.skip(_FIXED[kind])
        elif kind in _TEXT:
            return self._text(self._number(_TEXT[kind]))
        elif kind in _BINARY:
            self._binary(self._number(_BINARY[kind]))
        elif kind in _ARRAY:
            return self._number(_ARRAY[kind])
        elif kind in _MAP:
            return 2 * self._number(_MAP[kind])
        elif kind in _EXTENSION or kind in _FIXED_EXTENSION:
            length = _FIXED_EXTENSION.get(kind) or self._number(_EXTENSION[kind])
            self._extension(self.take(1)[0])
            self.skip(length)
        else:
            raise Unreadable(f"a value of the unused type {kind:#x}", "hostile")
        return 0

    def _extension(self, code: int) -> None:
        if code not in _FLAX and code not in self._extensions and len(self._extensions) < 20:
            self._extensions.add(code)
            self.reading.saw(
                "custom-operator",
                f"extension {code}",
                "a MessagePack extension that Flax does not write",
                severity="low",
            )

    def _text(self, length: int) -> int:
        text = self.take(min(length, _SHORT_BINARY))
        self.skip(length - len(text))
        if length >= _SHORT_TEXT:
            judge_text(self.reading, "a text", text.decode("utf-8", "replace"))
        return 0

    def _binary(self, length: int) -> None:
        head = self.take(min(length, _SHORT_BINARY))
        self.skip(length - len(head))
        for text in _texts(head):
            judge_text(self.reading, "a value", text)

    def _number(self, code: str) -> int:
        return int(struct.unpack(code, self.take(struct.calcsize(code)))[0])


def _texts(data: bytes) -> Iterator[str]:
    if data.isascii() and data.decode("ascii").isprintable():
        yield data.decode("ascii")
