"""The arguments of pickle opcodes, read from a stream with every length checked first.

Long ones are stepped over, since only short texts and numbers matter to the walk.
"""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any

from scanner.inspect import limits
from scanner.inspect.pickle_machine import NUMBERS, OPAQUE, TEXTS, Broken
from scanner.inspect.stream import Stream

_KEPT_TEXT = 1 << 10

_COUNTED = {
    pickletools.TAKEN_FROM_ARGUMENT1: ("<B", 1),
    pickletools.TAKEN_FROM_ARGUMENT4: ("<i", 4),
    pickletools.TAKEN_FROM_ARGUMENT4U: ("<I", 4),
    pickletools.TAKEN_FROM_ARGUMENT8U: ("<Q", 8),
}

Read = Callable[[Stream], Any]


def _exactly(stream: Stream, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise Broken("the stream ends inside an opcode")
    return data


def _line(stream: Stream) -> bytes:
    line = stream.readline(limits.PICKLE_LINE)
    if not line.endswith(b"\n"):
        raise Broken("the stream ends inside an opcode, or its line is too long")
    return line[:-1]


def _read_counted(name: str, kind: int) -> Read:
    layout, width = _COUNTED[kind]
    decode = {"BINSTRING": "latin-1", "SHORT_BINSTRING": "latin-1"}.get(name, "utf-8")
    text = name in TEXTS
    number = name in NUMBERS

    def read(stream: Stream) -> Any:
        (length,) = struct.unpack(layout, _exactly(stream, width))
        if length < 0 or length > stream.size - stream.tell():
            raise Broken("an argument reaches beyond the end of the stream")
        if length > _KEPT_TEXT or not (text or number):
            stream.seek(length, 1)
            return OPAQUE
        data = _exactly(stream, length)
        return int.from_bytes(data, "little", signed=True) if number else data.decode(decode, "surrogatepass")

    return read


def _read_lines(stream: Stream) -> tuple[str, str]:
    return _line(stream).decode("utf-8"), _line(stream).decode("utf-8")


def _read_by_table(argument: pickletools.ArgumentDescriptor) -> Read:
    def read(stream: Stream) -> Any:
        return argument.reader(stream)

    return read


def _read_text_line(argument: pickletools.ArgumentDescriptor) -> Read:
    """A line, judged by the standard library's own reader for this kind of line."""

    def read(stream: Stream) -> Any:
        line = _line(stream)
        value = argument.reader(BytesIO(line + b"\n"))
        return OPAQUE if isinstance(value, str) and len(value) > _KEPT_TEXT else value

    return read


def reader_of(code: pickletools.OpcodeInfo) -> Read | None:
    """What reads an opcode's argument; ``None`` when it has none."""
    argument = code.arg
    if argument is None:
        return None
    if code.name in ("GLOBAL", "INST"):
        return _read_lines
    if argument.n in _COUNTED:
        return _read_counted(code.name, argument.n)
    return _read_text_line(argument) if argument.n == pickletools.UP_TO_NEWLINE else _read_by_table(argument)
