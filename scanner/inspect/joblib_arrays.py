"""How long the raw array behind a joblib wrapper is, computed from the wrapper's own state.

joblib 0.10 and later write an array as a pickled ``NumpyArrayWrapper`` (shape, dtype, order) followed by the
raw bytes, from 1.2 on behind one byte that counts padding bytes. Source: ``joblib/numpy_pickle.py``.
"""

from __future__ import annotations

import math
import re
from typing import Any

from scanner.inspect.pickle_machine import Broken, Made
from scanner.inspect.stream import Stream

_CODE = re.compile(r"([?biufcmMSUV])(\d{1,9})\Z")
_ALIGNMENT = "numpy_array_alignment_bytes"


def array_extent(state: dict[Any, Any], stream: Stream, position: int) -> int | None:
    """Bytes from ``position`` to the end of the raw array; ``None`` when a nested pickle stands there.

    Raises:
        Broken: the state is not one that joblib writes, or it describes a structured type.
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
    if not isinstance(dtype, Made) or not dtype.arguments or not isinstance(dtype.arguments[0], str):
        raise Broken("an array wrapper without a type")
    code = dtype.arguments[0]
    if code.startswith("O"):
        return None
    match = _CODE.match(code)
    if match is None or (match[1] == "V" and any(isinstance(part, tuple) for part in dtype.arguments[1:])):
        raise Broken("an array wrapper with a type that is not read here")
    return int(match[2]) * (4 if match[1] == "U" else 1)
