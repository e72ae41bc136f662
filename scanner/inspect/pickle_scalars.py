"""Opcodes that push what stands behind them: numbers, texts and bytes, of any length.

:mod:`scanner.inspect.pickle_steps` says what a step is. Numbers that only the C unpickler takes (``I0x10``)
are taken, too: to stop early is to overlook. Source: :mod:`pickletools`, ``Modules/_pickle.c``.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from struct import unpack_from
from typing import Any

from scanner.inspect import limits
from scanner.inspect.pickle_machine import Machine
from scanner.inspect.pickle_values import (
    KEPT_TEXT,
    OPAQUE,
    Broken,
    Long,
)

TORCH_MAGIC = 0x1950A86A20F9469CFC6C
"""``torch.serialization.MAGIC_NUMBER``, the first pickle of a legacy checkpoint."""

PADDING = bytes(9)
"""Stands behind every block, so that the argument of a fixed length can be read without asking."""

_BLOB_FROM = 16
"""Bytes from which on a text or bytes may hold a pickle that does something."""

_BLOB = re.compile(
    rb"(?:\xc2)?\x80[\x00-\x05]|x(?:[\x01\x5e\x9c\xda]|\xc2\x9c|\xc3\x9a)|\x1f\xc2?\x8b\x08|BZh[1-9]|(?:\xfd|\xc3\xbd)7zXZ|PK\x03\x04"
    rb"|[(\]}lNtd0-9KpqSUVX]{0,3}[ci][A-Za-z_][\w.]*\r?\n[A-Za-z_][\w.]*\r?\n"
    rb"|gA[A-Z]|Y[0-9A-Za-z+/]{18}|K[A-Za-z]|eJ|eN|H4sI|Qlpo|/Td6|UEsDB|80(?:0[0-5])|63[67]|28[6]|789c|1f8b08"
)

_UTF8 = "utf-8"

STRADDLES = "an argument reaches over the end of its FRAME, where unpicklers differ"
"""The one of C and the one of Python go on at different bytes. Source: gh-154848 of CPython."""

Step = Callable[[Machine, bytes, int], int]


def _long(machine: Machine, start: int, length: int, kind: str | None, block: bytes) -> int:
    """An argument that is too long to be kept, or that does not end in this block."""
    place = machine.base + start
    if length < 0 or length > machine.size - place:
        raise Broken("an argument reaches beyond the end of the stream")
    if length <= KEPT_TEXT:
        _keep(machine, machine.stream.at(place, length), place, kind)
    else:
        machine.stack.append(Long(place, length, kind is not None))
        if machine.observer is not None and (start + 64 > machine.limit or _BLOB.match(block, start)):
            machine.blob(place, length, text=kind == _UTF8)
    return start + length


def _keep(machine: Machine, data: bytes, place: int, kind: str | None) -> None:
    if machine.observer is not None and len(data) >= _BLOB_FROM and _BLOB.match(data):
        machine.blob(place, len(data), text=kind == _UTF8)
    machine.stack.append(data if kind is None else data.decode(kind, "surrogatepass"))


def _counted(width: int, kind: str | None, signed: bool = False) -> Step:
    """Text in the encoding ``kind``, or bytes, behind its length."""

    def step(machine: Machine, block: bytes, at: int) -> int:
        start = at + 1 + width
        length = int.from_bytes(block[at + 1 : start], "little", signed=signed)
        end = start + length
        if machine.base + at < machine.frame_end < machine.base + end:
            machine.odd(STRADDLES, machine.base + at)
        if length > KEPT_TEXT or end > machine.limit or length < 0:
            return _long(machine, start, length, kind, block)
        data = block[start:end]
        if length >= _BLOB_FROM and machine.observer is not None and _BLOB.match(data):
            machine.blob(machine.base + start, length, text=kind == _UTF8)
        machine.stack.append(data if kind is None else data.decode(kind, "surrogatepass"))
        return end

    return step


def read_line(machine: Machine, block: bytes, start: int) -> tuple[bytes, int]:
    """The line that begins at ``start``, without its end; and where the next one begins."""
    end = block.find(b"\n", start, machine.limit)
    if machine.base + start <= machine.frame_end < machine.base + end + 1:
        machine.odd(STRADDLES, machine.base + start - 1)
    if end >= 0:
        return block[start:end], end + 1
    machine.stream.seek(machine.base + start)
    line = machine.stream.readline(limits.PICKLE_LINE)
    if not line.endswith(b"\n"):
        raise Broken("the stream ends inside an opcode, or its line is too long")
    return line[:-1], start + len(line)


def number(text: bytes) -> Any:
    """A whole number in any notation that an unpickler takes; opaque if it is none."""
    if len(text) > KEPT_TEXT:
        return OPAQUE
    for base in (10, 0):
        try:
            return int(text.rstrip(b"L"), base)
        except ValueError:
            continue
    return OPAQUE


def _int_line(machine: Machine, block: bytes, at: int) -> int:
    line, following = read_line(machine, block, at + 1)
    machine.stack.append({b"00": False, b"01": True}.get(line, number(line)))
    return following


def _long_line(machine: Machine, block: bytes, at: int) -> int:
    line, following = read_line(machine, block, at + 1)
    value = number(line)
    machine.walk.magic |= value == TORCH_MAGIC
    machine.stack.append(value)
    return following


def _float_line(machine: Machine, block: bytes, at: int) -> int:
    line, following = read_line(machine, block, at + 1)
    try:
        machine.stack.append(float(line))
    except ValueError:
        machine.stack.append(OPAQUE)
    return following


def _text_line(machine: Machine, place: int, value: str, content: bytes, *, text: bool) -> None:
    if machine.observer is not None and len(content) >= _BLOB_FROM and _BLOB.match(content):
        machine.blob(place, len(content), content, text=text)
    machine.stack.append(value if len(value) <= KEPT_TEXT else Long(place, len(value), text=True))


def _string_line(machine: Machine, block: bytes, at: int) -> int:
    line, following = read_line(machine, block, at + 1)
    line = line.strip()
    if len(line) < 2 or line[:1] not in (b"'", b'"') or line[-1:] != line[:1]:
        raise Broken("the quotes of a text are not balanced")
    content = codecs.escape_decode(line[1:-1])[0]
    _text_line(machine, machine.base + at + 1, content.decode("latin-1"), content, text=False)
    return following


def _unicode_line(machine: Machine, block: bytes, at: int) -> int:
    line, following = read_line(machine, block, at + 1)
    value = line.decode("raw-unicode-escape")
    _text_line(machine, machine.base + at + 1, value, value.encode("utf-8", "surrogatepass"), text=True)
    return following


def _byte(machine: Machine, block: bytes, at: int) -> int:
    machine.stack.append(block[at + 1])
    return at + 2


def _two_bytes(machine: Machine, block: bytes, at: int) -> int:
    machine.stack.append(block[at + 1] | block[at + 2] << 8)
    return at + 3


def _four_bytes(machine: Machine, block: bytes, at: int) -> int:
    machine.stack.append(unpack_from("<i", block, at + 1)[0])
    return at + 5


def _double(machine: Machine, block: bytes, at: int) -> int:
    machine.stack.append(unpack_from(">d", block, at + 1)[0])
    return at + 9


def _big(width: int) -> Step:
    """A number of any length behind that length."""

    def step(machine: Machine, block: bytes, at: int) -> int:
        start = at + 1 + width
        length = int.from_bytes(block[at + 1 : start], "little", signed=width == 4)
        end = start + length
        if length > KEPT_TEXT or length < 0 or end > machine.limit:
            if length < 0 or length > machine.size - machine.base - start:
                raise Broken("an argument reaches beyond the end of the stream")
            data = machine.stream.at(machine.base + start, length) if length <= KEPT_TEXT else None
        else:
            data = block[start:end]
        value = OPAQUE if data is None else int.from_bytes(data, "little", signed=True)
        machine.walk.magic |= value == TORCH_MAGIC
        machine.stack.append(value)
        return end

    return step


SCALARS: dict[bytes, Step] = {
    b"F": _float_line,
    b"I": _int_line,
    b"J": _four_bytes,
    b"K": _byte,
    b"L": _long_line,
    b"M": _two_bytes,
    b"S": _string_line,
    b"T": _counted(4, "latin-1", signed=True),
    b"U": _counted(1, "latin-1"),
    b"V": _unicode_line,
    b"X": _counted(4, _UTF8),
    b"G": _double,
    b"\x8a": _big(1),
    b"\x8b": _big(4),
    b"B": _counted(4, None),
    b"C": _counted(1, None),
    b"\x8c": _counted(1, _UTF8),
    b"\x8d": _counted(8, _UTF8),
    b"\x8e": _counted(8, None),
    b"\x96": _counted(8, None),
}
"""By opcode."""
