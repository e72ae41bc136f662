"""Read a memo entry again from the stream: a text that was put there by the opcode right before."""

from __future__ import annotations

import pickletools
from typing import Final

from scanner.inspect.stream import Stream

_BLOCK = 1 << 18
_FIXED: dict[int, int] = {}
_COUNTED: dict[int, int] = {}
_LINES: dict[int, int] = {}
_WIDTHS: Final = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4: 4,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}
for _code in pickletools.opcodes:
    if _code.arg is None:
        _FIXED[ord(_code.code)] = 0
    elif _code.arg.n in _WIDTHS:
        _COUNTED[ord(_code.code)] = _WIDTHS[_code.arg.n]
    elif _code.arg.n == pickletools.UP_TO_NEWLINE:
        _LINES[ord(_code.code)] = 2 if _code.name in ("GLOBAL", "INST") else 1
    else:
        _FIXED[ord(_code.code)] = _code.arg.n
_TEXTS = b"\x8cX\x8d"
_MEMOIZE = 0x94
_PUTS = {ord("q"): 1, ord("r"): 4}


def recalled(stream: Stream, position: int, count: int, index: int) -> str | None:
    """The text that became entry ``index``, or ``None`` if it was none.

    ``position`` is the place of an opcode before which ``count`` entries had been set, one after the other.
    """
    length = min(_BLOCK, stream.size - position)
    data = stream.at(position, length)
    at, text = 0, None
    while at < len(data):
        code = data[at]
        if code == _MEMOIZE or code in _PUTS:
            put = count if code == _MEMOIZE else int.from_bytes(data[at + 1 : at + 1 + _PUTS[code]], "little")
            if put == index:
                return text
            count += put == count
            at += 1 + _PUTS.get(code, 0)
            continue
        if code in _COUNTED:
            start = at + 1 + _COUNTED[code]
            end = start + int.from_bytes(data[at + 1 : start], "little")
            text = data[start:end].decode("utf-8", "replace") if code in _TEXTS else None
            at = end
            continue
        text = None
        if code in _FIXED:
            at += 1 + _FIXED[code]
            continue
        at += 1
        for _ in range(_LINES.get(code, 0)):
            at = data.find(b"\n", at) + 1 or len(data)
    return None
