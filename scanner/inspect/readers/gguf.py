"""GGUF versions 1 to 3: every key and every tensor record, counted and bounded; tensors are never read.

Source: ggml's ``docs/gguf.md`` and ``gguf.cpp``.
"""

from __future__ import annotations

import math
import struct
from typing import Any

from scanner.inspect import limits
from scanner.inspect.needs import ask_for_more
from scanner.inspect.readers.chat_template import read_chat_template
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.stream import NotCollected, Stream

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_BLOCKS = {
    0: (1, 4),
    1: (1, 2),
    24: (1, 1),
    25: (1, 2),
    26: (1, 4),
    27: (1, 8),
    28: (1, 8),
    30: (1, 2),
    2: (32, 18),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    20: (32, 18),
    39: (32, 17),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
    15: (256, 292),
    16: (256, 66),
    17: (256, 74),
    18: (256, 98),
    19: (256, 50),
    21: (256, 110),
    22: (256, 82),
    23: (256, 136),
    29: (256, 56),
    34: (256, 54),
    35: (256, 66),
}
"""Of each type of tensor how many elements a block has, and how many bytes (``ggml.c``)."""
_HIGHEST_TYPE = 1023
_MAX_DIMENSIONS = 4
_TEMPLATE = "tokenizer.chat_template"
_FACTS = {
    "general.architecture": "architecture",
    "general.name": "name",
    "general.file_type": "file_type",
    "general.quantization_version": "quantization_version",
    "general.license": "license",
}
_VERSIONS = (1, 2, 3)
_HOPELESS = 1 << 40


def read_gguf(stream: Stream) -> Reading:
    """Read the header and check it against the size of the file.

    Raises:
        NotCollected: more of the beginning is needed; asks in the steps of the table of caps.
        Unreadable: unknown version, truncated, or beyond a cap.
    """
    try:
        return _Header(stream).read()
    except NotCollected as missing:
        ask_for_more(stream, limits.GGUF_STEPS)
        detail = f"the GGUF header is longer than {limits.GGUF_STEPS[-1] >> 20} MiB"
        raise Unreadable(detail, "budget", SPLIT) from missing


class _Header:
    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.reading = Reading()
        self.order = "<"
        self.length_code = "Q"
        self.items = 0
        self.alignment = 32
        self.context: dict[str, int] = {}

    def read(self) -> Reading:
        self.stream.seek(4)
        version = self._version()
        self.length_code = "I" if version == 1 else "Q"
        tensors, keys = self._number(self.length_code), self._number(self.length_code)
        if tensors > limits.GGUF_TENSORS or keys > limits.GGUF_KEYS:
            self.reading.malformed(f"it declares {tensors:,} tensors and {keys:,} keys", "high", 8)
            self.reading.left_open("more tensors or keys than any model has", "hostile")
            return self.reading
        facts = self.reading.facts
        facts.update({"gguf_version": version, "tensor_count": tensors})
        self._keys(keys)
        self._tensors(tensors)
        architecture = facts.get("architecture")
        context = self.context.get(f"{architecture}.context_length")
        if context is not None:
            facts["context_length"] = context
        return self.reading

    def _version(self) -> int:
        version = self._number("I")
        if version not in _VERSIONS and version & 0xFFFF == 0:
            self.order = ">"
            version = int.from_bytes(version.to_bytes(4, "little"), "big")
        if version not in _VERSIONS:
            raise Unreadable(f"GGUF version {version} is not known", "hostile")
        return version

    def _keys(self, count: int) -> None:
        seen: set[str] = set()
        for _ in range(count):
            place = self.stream.tell()
            key = self._string()
            if key in seen:
                self.reading.malformed(f"the key {key:.80} stands twice", "high", place)
            seen.add(key)
            value = self._value(self._number("I"), 0)
            if key in _FACTS and isinstance(value, str | int):
                self.reading.facts[_FACTS[key]] = value
            elif key.endswith(".context_length") and isinstance(value, int):
                self.context[key] = value
            elif key == "general.alignment" and isinstance(value, int):
                self._align(value)
            elif (key == _TEMPLATE or key.startswith(_TEMPLATE + ".")) and isinstance(value, str):
                self._template(key, value)
            elif isinstance(value, str):
                judge_text(self.reading, key, value)

    def _align(self, value: int) -> None:
        if value <= 0 or value & (value - 1) or value > 1 << 20:
            self.reading.malformed(f"an alignment of {value}")
        else:
            self.alignment = value

    def _template(self, key: str, text: str) -> None:
        self.reading.facts["chat_template"] = True
        try:
            self.reading.merge(read_chat_template(text, key))
        except Unreadable as error:
            self.reading.left_open(str(error), error.cause, error.action)

    def _tensors(self, count: int) -> None:
        parameters, last = 0, 0
        names: set[str] = set()
        extents: list[tuple[int, int]] = []
        for _ in range(count):
            place = self.stream.tell()
            name = self._string()
            dimensions = self._number("I")
            if dimensions > _MAX_DIMENSIONS:
                raise Unreadable(f"the tensor {name:.80} has {dimensions} dimensions", "hostile")
            shape = [self._number(self.length_code) for _ in range(dimensions)]
            kind = self._number("I")
            offset = self._number("Q")
            if kind > _HIGHEST_TYPE:
                self.reading.malformed(f"the tensor {name:.80} is of the unknown type {kind}", "high", place)
            if kind in _BLOCKS:
                items, size = _BLOCKS[kind]
                extents.append((offset, math.prod(shape) // items * size))
            if name in names:
                self.reading.malformed(f"the tensor {name:.80} stands twice", "high", place)
            names.add(name)
            if offset % self.alignment:
                self.reading.malformed(f"the tensor {name:.80} is not aligned", offset=place)
            parameters += math.prod(shape)
            last = max(last, offset)
        self._overlaps(extents)
        start = -(-self.stream.tell() // self.alignment) * self.alignment
        if parameters > _HOPELESS << 10:
            self.reading.malformed("shapes beyond any model", "high")
            parameters = 0
        if last > _HOPELESS << 10:
            self.reading.malformed(f"a tensor lies at {last:,}, beyond any file", "high")
        if count and start + last >= self.stream.size and parameters:
            detail = "a tensor lies beyond the end of the file, which is truncated, or lies"
            self.reading.malformed(detail, "high")
            self.reading.left_open(detail)
        self.reading.facts["parameter_count"] = parameters

    def _overlaps(self, extents: list[tuple[int, int]]) -> None:
        """Say how many tensors lie in one another; none may."""
        end = overlaps = 0
        for offset, size in sorted(extents):
            overlaps += offset < end
            end = max(end, offset + size)
        if overlaps:
            self.reading.malformed(f"{overlaps:,} tensors lie in the bytes of another", "high")

    def _number(self, code: str) -> int:
        return int(self._scalar(code))

    def _scalar(self, code: str) -> Any:
        data = self.stream.read(struct.calcsize(code))
        try:
            return struct.unpack(self.order + code, data)[0]
        except struct.error as error:
            raise Unreadable("the file is truncated: it ends inside the header") from error

    def _string(self) -> str:
        length = self._number(self.length_code)
        if length > limits.GGUF_STRING:
            raise Unreadable(f"a text of {length:,} bytes in the header", "hostile")
        data = self.stream.read(length)
        if len(data) < length:
            raise Unreadable("the file is truncated: it ends inside the header")
        return data.decode("utf-8", "replace")

    def _value(self, kind: int, depth: int) -> Any:
        if kind == _STRING:
            return self._string()
        if kind in _SCALARS:
            return self._scalar(_SCALARS[kind])
        if kind != _ARRAY or depth >= limits.GGUF_DEPTH:
            raise Unreadable(f"a value of unknown type {kind} in the header", "hostile")
        inner, count = self._number("I"), self._number(self.length_code)
        self.items += 1 if inner in _SCALARS else count
        if count > _HOPELESS:
            raise Unreadable(f"an array of {count:,} items in the header", "hostile")
        if self.items > limits.GGUF_ITEMS:
            raise Unreadable(f"more than {limits.GGUF_ITEMS:,} items in the header", "budget", SPLIT)
        if inner in _SCALARS:
            length = count * struct.calcsize(_SCALARS[inner])
            if length > self.stream.size - self.stream.tell():
                cause = "hostile" if length > _HOPELESS else "unreadable"
                raise Unreadable("the file is truncated: it ends inside the header", cause)
            self.stream.seek(length, 1)
        else:
            for _ in range(count):
                self._value(inner, depth + 1)
        return None
