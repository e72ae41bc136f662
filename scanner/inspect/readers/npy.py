"""NumPy arrays: the header of every version, read as a literal; the data is only measured.

Source: ``numpy.lib.format`` (NEP 1). An array of objects is a pickle behind the header.
"""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass
from typing import Any

from scanner.inspect import limits
from scanner.inspect.readers.reading import Unreadable
from scanner.inspect.stream import Stream

MAGIC = b"\x93NUMPY"
_LENGTHS = {1: 2, 2: 4, 3: 4}
_KEYS = {"descr", "fortran_order", "shape"}
_OBJECTS = re.compile(r"O|object")
"""How a type with objects is spelt, by its letter or by its name."""
_CODE = re.compile(r"[<>|=]?([?biufcmMSUVO])(\d{0,9})(?:\[\d*\w+\])?\Z")
_PYTHON2_LONG = re.compile(r"(?<=\d)L(?=[,)\s])")


@dataclass(frozen=True, slots=True)
class Array:
    """One array: where its data starts, its length (objects: not known), how many elements of which type."""

    start: int
    length: int | None
    count: int
    dtype: str

    @property
    def objects(self) -> bool:
        """Whether the data is a pickle."""
        return self.length is None


def read_npy(stream: Stream, offset: int) -> Array:
    """The header at ``offset``.

    Raises:
        NotCollected: the header is not there.
        Unreadable: it is no header that NumPy writes.
    """
    prefix = stream.at(offset, 8)
    if len(prefix) < 8 or not prefix.startswith(MAGIC):
        raise Unreadable("there is no NumPy array here")
    width = _LENGTHS.get(prefix[6])
    if width is None or prefix[7] != 0:
        raise Unreadable(f"NumPy format version {prefix[6]}.{prefix[7]} is not known", "hostile")
    length = int.from_bytes(stream.read(width), "little")
    if length > limits.NPY_HEADER:
        raise Unreadable(f"an array header of {length:,} bytes", "hostile")
    start = offset + 8 + width + length
    if start > stream.size:
        raise Unreadable("the file is truncated: it ends inside the array header")
    stream.require([(offset + 8 + width, length)])
    text = stream.at(offset + 8 + width, length).decode("utf-8" if prefix[6] == 3 else "latin-1", "strict")
    header = _literal(text)
    shape, descr = header["shape"], header["descr"]
    if (
        not isinstance(shape, tuple)
        or len(shape) > 64
        or not all(type(n) is int and 0 <= n < 1 << 63 for n in shape)
    ):
        raise Unreadable("the array header has a shape that is none", "hostile")
    count = math.prod(shape)
    size = _item_size(descr, 0)
    return Array(
        start, None if size is None else size * count, count, descr if isinstance(descr, str) else "record"
    )


def _literal(text: str) -> dict[str, Any]:
    try:
        header = ast.literal_eval(_PYTHON2_LONG.sub("", text).strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise Unreadable("the array header is no literal", "hostile") from error
    if not isinstance(header, dict) or set(header) != _KEYS:
        raise Unreadable("the array header lacks descr, fortran_order or shape", "hostile")
    return header


def _item_size(descr: Any, depth: int) -> int | None:
    """Bytes an element takes; ``None`` when objects are in it."""
    if depth > 16:
        raise Unreadable("the array's type is nested too deeply", "hostile")
    if isinstance(descr, str):
        return _code_size(descr)
    if isinstance(descr, tuple) and len(descr) == 2 and isinstance(descr[1], tuple):
        size = _item_size(descr[0], depth + 1)
        return None if size is None else size * math.prod(map(_length, descr[1]))
    if not isinstance(descr, list) or not descr:
        _unusual(str(descr))
        return None
    total: int | None = 0
    for entry in descr:
        if not isinstance(entry, tuple) or len(entry) not in (2, 3):
            raise Unreadable("the array's record type has a field that is none", "hostile")
        size = _item_size(entry[1], depth + 1)
        repeat = entry[2] if len(entry) == 3 else ()
        factor = math.prod(map(_length, repeat if isinstance(repeat, tuple) else (repeat,)))
        total = None if size is None or total is None else total + size * factor
    return total


def _length(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise Unreadable("the array's type has a shape that is none")
    return value


def _unusual(descr: str) -> None:
    """A type as no writer spells it; NumPy takes far more than it writes, and objects mean a pickle.

    Raises:
        Unreadable: there are no objects in it.
    """
    if not _OBJECTS.search(descr):
        raise Unreadable(f"the array's type {descr[:40]} is not known", "hostile")


def _code_size(code: str) -> int | None:
    match = _CODE.match(code)
    if match is None:
        _unusual(code)
        return None
    if match[1] == "O":
        return None
    return (int(match[2]) if match[2] else 1) * (4 if match[1] == "U" else 1)
