"""The outline of a protocol buffer: field numbers, wire types and extents, and no value unasked.

Enough to tell apart the models that are stored as one message, and to walk them without their definitions.
Source: protobuf's "Encoding" page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scanner.inspect import limits
from scanner.inspect.readers.reading import SPLIT, Unreadable
from scanner.inspect.stream import NotCollected, Stream

VARINT, _FIXED64, BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_FIELDS = 64
_IDENTIFIER = re.compile(rb"[A-Za-z0-9_.][A-Za-z0-9_.\\/>-]*\Z")

_ONNX = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26})
_GRAPH, _OPERATOR_SETS = 7, 8
_COREML_TYPES = range(200, 4000)


class Field(NamedTuple):
    """One field of a message; ``value`` is the number of a varint, else 0."""

    number: int
    wire: int
    offset: int
    length: int
    value: int


class NoMessage(Exception):
    """The bytes are no protocol buffer."""


def _varint(stream: Stream) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = stream.read(1)
        if not byte:
            raise NoMessage
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise NoMessage


def _field(stream: Stream, position: int, end: int) -> Field:
    """The field at ``position`` of a message that ends at ``end``."""
    stream.seek(position)
    key = _varint(stream)
    number, wire = key >> 3, key & 7
    value = _varint(stream) if wire in (VARINT, BYTES) else 0
    length = {VARINT: 0, _FIXED64: 8, BYTES: value, _FIXED32: 4}.get(wire, -1)
    offset = stream.tell()
    if number == 0 or length < 0 or offset + length > end:
        raise NoMessage
    return Field(number, wire, offset, length, 0 if wire == BYTES else value)


def first_fields(stream: Stream, start: int, end: int) -> Iterator[Field]:
    """The first fields of a message; ends early, without error, at bytes that were not collected."""
    position = start
    for _ in range(_MAX_FIELDS):
        if position >= end:
            return
        try:
            found = _field(stream, position, end)
        except NotCollected:
            return
        yield found
        position = found.offset + found.length


class Outline:
    """A walk over the messages of one stream, whose fields are counted."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.root = Field(0, BYTES, 0, stream.size, 0)
        self._left = limits.PROTOBUF_FIELDS

    def fields(self, message: Field) -> Iterator[Field]:
        """Every field of a message, which must be one of bytes.

        Raises:
            NotCollected: bytes between two fields are missing.
            Unreadable: it is no message, it is cut short, or there are too many fields.
        """
        if message.wire != BYTES:
            raise Unreadable("a message stands where it cannot be", "hostile")
        position, end = message.offset, message.offset + message.length
        while position < end:
            self._left -= 1
            if self._left < 0:
                raise Unreadable(f"more than {limits.PROTOBUF_FIELDS:,} fields", "budget", SPLIT)
            try:
                found = _field(self.stream, position, end)
            except NoMessage as error:
                detail = f"the protocol buffer is broken or truncated at {position}"
                raise Unreadable(detail) from error
            yield found
            position = found.offset + found.length

    def inside(self, message: Field, numbers: Sequence[int]) -> Iterator[Field]:
        """The messages that are reached from one through fields of these numbers, one after the other.

        Raises:
            NotCollected, Unreadable: as :meth:`fields`.
        """
        if not numbers:
            yield message
            return
        for part in self.fields(message):
            if part.number == numbers[0]:
                yield from self.inside(part, numbers[1:])

    def text(self, field: Field) -> str:
        """The text in a field of bytes, no longer than a clipped text in a report."""
        if field.wire != BYTES:
            raise Unreadable("a text stands where it cannot be", "hostile")
        length = min(field.length, 4 * limits.TEXT)
        self.stream.require([(field.offset, length)])
        return self.stream.at(field.offset, length).decode("utf-8", "replace")


def recognise(stream: Stream) -> str | None:
    """``onnx``, ``savedmodel``, ``graphdef`` or ``coreml``, if the stream is such a message."""
    try:
        fields = list(first_fields(stream, 0, stream.size))
        if not fields:
            return None
        first, numbers = fields[0], {found.number for found in fields}
        if first.number == 1 and first.wire == VARINT:
            return _versioned(stream, fields, first.value, numbers)
        if first.number == 1 and first.wire == BYTES and numbers <= {1, 2, 3, 4} and _is_node(stream, first):
            return "graphdef"
    except (NoMessage, NotCollected):
        pass
    return None


def _versioned(stream: Stream, fields: list[Field], version: int, numbers: set[int]) -> str | None:
    if any(number in _COREML_TYPES for number in numbers) and version < 100:
        return "coreml"
    if version == 1 and numbers == {1, 2} and all(found.wire == BYTES for found in fields[1:]):
        inner = next(iter(first_fields(stream, fields[1].offset, fields[1].offset + fields[1].length)), None)
        if inner is not None and inner.wire == BYTES and inner.number in (1, 2):
            return "savedmodel"
    wires = {found.number: found.wire for found in fields}
    graph = wires.get(_GRAPH) == BYTES or wires.get(_OPERATOR_SETS) == BYTES
    return "onnx" if graph and version < 1000 and numbers <= _ONNX else None


def _is_node(stream: Stream, field: Field) -> bool:
    """Whether a field is a TensorFlow node: a name, then an operation."""
    inner = list(first_fields(stream, field.offset, field.offset + field.length))
    if len(inner) < 2 or [found.number for found in inner[:2]] != [1, 2]:
        return False
    texts = [stream.at(found.offset, found.length) for found in inner[:2] if 0 < found.length < 1000]
    return len(texts) == 2 and all(_IDENTIFIER.match(text) for text in texts)
