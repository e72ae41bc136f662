"""safetensors: a length, a JSON header, and tensors that fill the rest without a gap.

Source of the rules: the format's own README and its Rust library, which refuse what is refused here.
"""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

from scanner.inspect import limits
from scanner.inspect.readers.chat_template import read_chat_template
from scanner.inspect.readers.encoded import decoded_base64
from scanner.inspect.readers.executables import kind_of_program
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.reading import Reading, Unreadable
from scanner.inspect.readers.strict_json import DuplicateKey, parse_json
from scanner.inspect.stream import Stream

_BITS = {
    "BOOL": 8,
    "F4": 4,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
    "U8": 8,
    "I8": 8,
    "F8_E5M2": 8,
    "F8_E4M3": 8,
    "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8,
    "I16": 16,
    "U16": 16,
    "F16": 16,
    "BF16": 16,
    "I32": 32,
    "U32": 32,
    "F32": 32,
    "C64": 64,
    "F64": 64,
    "I64": 64,
    "U64": 64,
}
_METADATA = "__metadata__"
_LONG_METADATA = 1 << 20
_PADDING = 4096
"""The library fills the header up to a multiple of eight bytes with blanks; so many more hide something."""
_LONG_TEXT = 24
_SHORTEST_PROGRAM, _PROGRAM_HEAD = 52, 4096
_KEYS = frozenset({"dtype", "shape", "data_offsets"})


class _Refused(Exception):
    """The header breaks a rule; ``str()`` says which."""


def read_safetensors(stream: Stream) -> Reading:
    """Check the whole header against the size of the file; tensors are never read.

    Raises:
        NotCollected: the header is not there; exactly its extent is asked for.
        Unreadable: the file is cut short, or its header is no JSON object.
    """
    reading = Reading()
    length = int.from_bytes(stream.at(0, 8), "little")
    if length > limits.SAFETENSORS_HEADER:
        reading.malformed(f"the header is said to be {length:,} bytes long", "high", 0)
        reading.left_open(f"the header is longer than {limits.SAFETENSORS_HEADER:,} bytes", "hostile")
        return reading
    if 8 + length > stream.size:
        raise Unreadable(f"the file is truncated: a header of {length:,} bytes in {stream.size:,}")
    stream.require([(8, length)])
    try:
        text = stream.at(8, length)
        if not text.startswith(b"{"):
            reading.malformed("the header does not begin with a brace", "high", 8)
        blanks = len(text) - len(text.rstrip(b" \t\r\n"))
        if blanks > _PADDING:
            reading.malformed(f"the header ends in {blanks:,} blanks", offset=8 + length - blanks)
        header = _parsed(text)
        _check(header, stream.size - 8 - length, reading)
        _look_at_bytes(stream, 8 + length, header, reading)
    except DuplicateKey as error:
        reading.malformed(str(error), "high", 8)
        reading.left_open(str(error), "hostile")
    except _Refused as error:
        reading.malformed(str(error), "high", 8)
        reading.left_open(str(error), "hostile")
    return reading


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        header = parse_json(text, "the safetensors header")
    except DuplicateKey:
        raise
    except Unreadable as error:
        raise Unreadable(str(error), "hostile", error.action) from error
    if not isinstance(header, dict):
        raise Unreadable("the safetensors header is no object", "hostile")
    return header


def _check(header: dict[str, Any], space: int, reading: Reading) -> None:
    metadata = header.pop(_METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise _Refused("the metadata is not a map from text to text")
    for key, text in sorted(metadata.items()):
        _judge_metadata(reading, key, text)
    extents = []
    parameters = 0
    types: set[str] = set()
    for name, tensor in header.items():
        start, end, count = _tensor(name, tensor)
        extents.append((start, end, name))
        parameters += count
        types.add(tensor["dtype"])
    if sum(map(len, metadata.values())) > _LONG_METADATA:
        reading.malformed(f"metadata of more than {_LONG_METADATA >> 20} MiB", "low")
    position = 0
    for start, end, name in sorted(extents):
        if start != position:
            what = "overlaps another tensor" if start < position else "leaves a gap before it"
            raise _Refused(f"the tensor {name:.80} {what}")
        position = end
    if position > space:
        beyond = f"{position - space:,} bytes beyond the end"
        raise _Refused(f"tensors reach {beyond}: the file is truncated, or lies")
    if position < space:
        raise _Refused(f"{space - position:,} bytes stand behind the last tensor")
    reading.facts = {
        "parameter_count": parameters,
        "tensor_count": len(header),
        "dtypes": sorted(types),
        "metadata_keys": sorted(metadata),
    }


def _judge_metadata(reading: Reading, key: str, text: str) -> None:
    """One text of the metadata: code, a chat template, or a file in base64."""
    judge_text(reading, f"the metadata {key}", text)
    if "{{" in text or "{%" in text:
        with suppress(Unreadable):  # braces in a text make it no template
            reading.merge(read_chat_template(text, f"the metadata {key}"))
    data = decoded_base64(text) if len(text) >= _LONG_TEXT else None
    if data:
        reading.embedded.append((f"the metadata {key[:80]}", data))


def _look_at_bytes(stream: Stream, start: int, header: dict[str, Any], reading: Reading) -> None:
    """Programs in the place of tensors of bytes, as far as their beginnings are here."""
    for name, tensor in sorted(header.items()):
        first, end = tensor["data_offsets"]
        if tensor["dtype"] not in ("U8", "I8") or end - first < _SHORTEST_PROGRAM:
            continue
        if stream.missing(start + first, min(end - first, _PROGRAM_HEAD)):
            continue
        head = stream.at(start + first, min(end - first, _PROGRAM_HEAD))
        kind = kind_of_program(head, end - first)
        if kind is not None:
            reading.saw("executable-in-model", kind, f"the tensor {name:.80} is {kind}")


def _tensor(name: str, tensor: Any) -> tuple[int, int, int]:
    """Start, end and number of elements of one tensor."""
    if not isinstance(tensor, dict) or set(tensor) != _KEYS:
        raise _Refused(f"the tensor {name:.80} is not described by dtype, shape and data_offsets")
    shape, offsets, dtype = tensor["shape"], tensor["data_offsets"], tensor["dtype"]
    if not _naturals(shape) or not _naturals(offsets) or len(offsets) != 2 or len(shape) > 64:
        raise _Refused(f"the tensor {name:.80} has a shape or offsets that are none")
    if not isinstance(dtype, str) or dtype not in _BITS:
        raise _Refused(f"the tensor {name:.80} has the unknown type {dtype!r:.40}")
    count = math.prod(shape)
    start, end = offsets
    if (end - start) * 8 != count * _BITS[dtype]:
        raise _Refused(f"the tensor {name:.80} has {end - start:,} bytes, which its shape does not need")
    return start, end, count


def _naturals(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is int and 0 <= item < 1 << 63 for item in value)
