"""How long the raw array behind a joblib wrapper is, computed from the wrapper's own state.

joblib 0.10 and later write an array as a pickled ``NumpyArrayWrapper`` (shape, dtype, order) followed by the
raw bytes, from 1.2 on behind one byte that counts padding bytes. Source: ``joblib/numpy_pickle.py``.
"""

from __future__ import annotations

import math
import re
from typing import Any

from scanner.inspect.pickle_values import Broken, Made
from scanner.inspect.stream import Stream

_CODE = re.compile(r"([?biufcmMSUV])(\d{1,9})\Z")
_FIELDS, _DEEPEST = 4, 8
"""Where the fields of a type stand in its state; types within types."""

_ALIGNMENT = "numpy_array_alignment_bytes"


def array_extent(state: dict[Any, Any], stream: Stream, position: int) -> int | None:
    """Bytes from ``position`` to the end of the raw array; ``None`` when a nested pickle stands there.

    Raises:
        Broken: the state is not one that joblib writes.
    """
    size = _item_size(state.get("dtype"))
    if size is None:
        return None
    shape = state.get("shape")
    if not isinstance(shape, tuple) or len(shape) > 64:
        raise Broken("an array wrapper without a shape")
    if not all(type(length) is int and 0 <= length < 1 << 63 for length in shape):
        raise Broken("an array wrapper with a shape that is none")
    padding = 0
    if state.get(_ALIGNMENT) is not None:
        count = stream.at(position, 1)
        if not count:
            raise Broken("the stream ends before an array")
        padding = 1 + count[0]
    return padding + math.prod(shape) * size


def _item_size(dtype: Any) -> int | None:
    """Bytes an element takes; ``None`` for objects."""
    if not isinstance(dtype, Made) or not (
        isinstance(dtype.arguments, tuple) and dtype.arguments and isinstance(dtype.arguments[0], str)
    ):
        raise Broken("an array wrapper without a type")
    code = dtype.arguments[0]
    if code.startswith("O"):
        return None
    match = _CODE.match(code)
    if match is None or (match[1] == "V" and dtype.fields is not None and not _plain(dtype.fields)):
        raise Broken("an array wrapper with a type that is not read here")
    return int(match[2]) * (4 if match[1] == "U" else 1)


def _plain(state: tuple[Any, ...], depth: int = 0) -> bool:
    """Whether an array type with fields holds numbers and texts alone, as the nodes of a tree do.

    ``state`` is that of ``numpy.dtype.__reduce__``: version, order, base, names, fields, …
    """
    names, fields = (state[3], state[4]) if len(state) > _FIELDS else (None, None)
    if not isinstance(names, tuple) or not isinstance(fields, dict) or depth > _DEEPEST:
        return False
    if set(names) != set(fields):
        return False
    kinds = [value[0] if isinstance(value, tuple) and value else None for value in fields.values()]
    return all(_is_plain(kind, depth) for kind in kinds)


def _is_plain(dtype: Any, depth: int) -> bool:
    if not isinstance(dtype, Made) or not isinstance(dtype.arguments, tuple) or not dtype.arguments:
        return False
    code = dtype.arguments[0]
    if not isinstance(code, str) or not _CODE.match(code):
        return False
    return not code.startswith("V") or (dtype.fields is not None and _plain(dtype.fields, depth + 1))
