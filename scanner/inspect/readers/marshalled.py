"""Python byte code as ``marshal`` writes it: which names and texts are in it. It is never loaded.

The short texts of every version since Python 3.4 stand behind a type byte and a length
(``Python/marshal.c``). What precedes and follows them need not be understood for that, so code of any version
gives its names.
"""

from __future__ import annotations

import re

from scanner.inspect.readers.code_names import severity_of_bare
from scanner.inspect.readers.encoded import decoded_base64

_SHORT = re.compile(rb"[zZ\xfa\xda](?=(.))", re.DOTALL)
_LONG = re.compile(rb"[auAtsU\xe1\xf5\xc1\xf4\xf3](?=(....))", re.DOTALL)
_MOST_BYTES = 1 << 20
_MOST_NAMES = 60
_LONGEST = 120


def names_in_code(text: str) -> tuple[set[str], bool]:
    """Names and texts in base64-encoded byte code, and whether one of them reaches out of the process."""
    data = decoded_base64(text)
    if not data:
        return set(), False
    found: set[str] = set()
    for pattern in (_SHORT, _LONG):
        for match in pattern.finditer(data[:_MOST_BYTES]):
            length = int.from_bytes(match[1], "little")
            start = match.start() + 1 + len(match[1])
            if not 2 <= length <= _LONGEST:
                continue
            piece = data[start : start + length]
            if len(piece) == length and piece.isascii() and piece.decode("ascii").isprintable():
                found.add(piece.decode("ascii"))
            if len(found) >= _MOST_NAMES:
                break
    return found, any(severity_of_bare(name) for name in found)
