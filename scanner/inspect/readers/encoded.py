"""Bytes in text: base64 as libraries write it."""

from __future__ import annotations

import base64
import binascii

_LONGEST = 64 << 20


def decoded_base64(text: str) -> bytes | None:
    """The bytes that a text spells in base64, line breaks or not; ``None`` if it spells none."""
    if not 4 <= len(text) <= _LONGEST or not text.isascii():
        return None
    packed = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
