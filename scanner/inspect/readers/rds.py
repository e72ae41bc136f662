"""R's serialisation (.rds, .rda): promises that run when they are looked at, and what its calls name.

A promise without a value is a call that R evaluates as soon as it is used (CVE-2024-27322). Honest models
hold formulas, terms and fitted calls, which are data until somebody evaluates them, and promises already
kept. Source: "R Internals", section 1.8, and ``src/main/serialize.c``.
"""

from __future__ import annotations

import struct

from scanner.inspect import limits
from scanner.inspect.readers.cursor import Cursor
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.stream import Stream

_HEADERS = {b"RDX2\n": 5, b"RDX3\n": 5}
_ACTING_TEXT = """
system system2 shell shell.exec eval evalq parse source download.file url socketConnection unlink
file.remove Sys.setenv dyn.load library.dynam install.packages do.call pipe writeLines readLines processx
callr
"""
_ACTING = frozenset(_ACTING_TEXT.split())
_SINGLE = frozenset({254, 253, 252, 251, 250, 249, 248, 247, 242, 241})
_UNBOUND = 252
_SYMBOL, _PAIRS, _CLOSURE, _ENVIRONMENT, _PROMISE, _CALL = 1, 2, 3, 4, 5, 6
_SPECIAL, _BUILTIN, _CHARACTERS = 7, 8, 9
_DOTS, _VECTOR, _EXPRESSION, _BYTECODE, _POINTER, _WEAK, _RAW, _S4 = 17, 19, 20, 21, 22, 23, 24, 25
_SIZES = {10: 4, 13: 4, 14: 8, 15: 16, _RAW: 1}
_REFERENCE, _PERSISTENT, _PACKAGE, _NAMESPACE = 255, 247, 250, 249
_ALTREP = 238


def read_rds(stream: Stream) -> Reading:
    """Walk the whole serialisation.

    Raises:
        NotCollected: bytes are missing.
        Unreadable: it is no such serialisation, truncated, or holds what is not read (byte code).
    """
    stream.seek(_HEADERS.get(stream.at(0, 5), 0))
    kind = stream.read(2)
    if kind != b"X\n":
        raise Unreadable("an R serialisation that is not in XDR form")
    walk = _Walk(stream)
    walk.header()
    try:
        walk.run()
    finally:
        found = walk.finish()
    left = stream.size - stream.tell()
    if left > 0:
        found.malformed(f"{left:,} bytes stand behind the serialised value", offset=stream.size - left)
    return found


class _Walk(Cursor):
    """A walk with a stack of what is still to come, so that no depth of lists recurses."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self.promises = 0
        self.calls: set[str] = set()
        self._items = 0
        self._due: list[str] = ["item"]

    def header(self) -> None:
        version = self._number()
        self._number()
        self._number()
        if version not in (2, 3):
            raise Unreadable(f"version {version} of R's serialisation is not known")
        if version == 3:
            self.skip(self._number())

    def finish(self) -> Reading:
        reading = Reading()
        named = ", ".join(sorted(self.calls)[:10])
        if self.promises:
            count = f"{self.promises} {'promise' if self.promises == 1 else 'promises'}"
            evidence = f"{count} that R evaluates when the value is used" + (
                f"; names {named}" if named else ""
            )
            reading.saw("r-promise", named or "a promise", evidence)
        elif self.calls:
            reading.saw("r-promise", named, f"calls in the data name {named}", severity="low")
        return reading

    def run(self) -> None:
        while self._due:
            self._items += 1
            if self._items > limits.RDS_ITEMS:
                raise Unreadable(f"more than {limits.RDS_ITEMS:,} values", "budget", SPLIT)
            step = self._due.pop()
            if step == "item":
                self._item()
            elif step == "promised":
                self.promises += self._item() == _UNBOUND
            else:
                self._repeat(int(step))

    def _repeat(self, count: int) -> None:
        """``count`` items to come, one after the other, without holding them all."""
        if count > 1:
            self._due.append(str(count - 1))
        if count > 0:
            self._due.append("item")

    def _push(self, count: int) -> None:
        if count > 0:
            self._due.append(str(count))

    def _item(self) -> int:
        """Step over the beginning of one value; returns its type."""
        flags = self._number()
        kind, attributes, tag = flags & 0xFF, bool(flags & 0x200), bool(flags & 0x400)
        if kind == _REFERENCE:
            if flags >> 8 == 0:
                self._number()
        elif kind in (_PERSISTENT, _PACKAGE, _NAMESPACE):
            self._number()
            self._push(self._length())
        elif kind in _SINGLE:
            pass
        elif kind == _SYMBOL:
            self._due.append("item")
        elif kind == _PROMISE:
            self._due += ["item", "promised"]
            self._push(attributes + tag)
        elif kind in (_PAIRS, _CLOSURE, _CALL, _DOTS):
            self._push(2 + attributes + tag)
        elif kind == _ENVIRONMENT:
            self._number()
            self._push(4)
        elif kind == _ALTREP:
            self._push(3)
        else:
            self._value(kind, attributes)
        return kind

    def _value(self, kind: int, attributes: bool) -> None:
        if kind == _CHARACTERS:
            length = self._number()
            if length != 0xFFFFFFFF:
                self._text(length)
        elif kind in (_SPECIAL, _BUILTIN):
            self._text(self._number())
        elif kind in _SIZES:
            self.skip(self._length() * _SIZES[kind])
        elif kind in (16, _VECTOR, _EXPRESSION):
            count = self._length()
            if attributes:
                self._due.append("item")
            self._push(count)
            return
        elif kind in (_POINTER,):
            self._push(2)
        elif kind not in (_WEAK, _S4):
            what = "byte code" if kind == _BYTECODE else f"a value of type {kind}"
            raise Unreadable(f"{what} in R's serialisation, which is not read")
        if attributes:
            self._due.append("item")

    def _text(self, length: int) -> None:
        if length > limits.GGUF_STRING:
            raise Unreadable(f"a text of {length:,} bytes", "hostile")
        text = self.take(length)
        if text.isascii() and text.decode("ascii") in _ACTING:
            self.calls.add(text.decode("ascii"))

    def _length(self) -> int:
        length = self._number()
        if length == 0xFFFFFFFF:
            length = self._number() << 32 | self._number()
        if length > self.stream.size:
            raise Unreadable("a vector longer than the file", "hostile")
        return length

    def _number(self) -> int:
        return int(struct.unpack(">I", self.take(4))[0])
