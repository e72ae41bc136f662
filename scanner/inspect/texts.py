"""Texts: what one is by the part that it plays, and its characters whatever the encoding."""

from __future__ import annotations

import json

from scanner.inspect import limits
from scanner.inspect.interface import BUNDLED
from scanner.inspect.stream import Stream

_MARKS = (b"\xff\xfe", b"\xfe\xff")
"""Byte order marks of UTF-16, and of UTF-32 with its least byte first."""


def by_role(role: str, name: str) -> list[str]:
    """What a file is by the part that it plays: Python is looked at only where it comes with a model."""
    return ["python"] if role == BUNDLED and name.lower().endswith((".py", ".pyw")) else []


def in_utf8(data: bytes) -> bytes:
    """The beginning of a text in UTF-8; UTF-16 and UTF-32 are told as readers of JSON and YAML tell them."""
    start = data[:4]
    if not start.startswith(_MARKS) and (b"\0" not in start or not start.strip(b"\0")):
        return data
    encoding = json.detect_encoding(start)
    return data if encoding.startswith("utf-8") else data.decode(encoding, "replace").encode()


def start_of(stream: Stream, head: bytes, basename: str) -> bytes:
    """What of a stream is searched to tell which text it is: of YAML all that is read of it, if it is here.

    Where its loader finds what it obeys is anywhere, so that the first bytes do not tell.
    """
    if not basename.lower().endswith((".yaml", ".yml")) or stream.size <= len(head):
        return head
    length = min(stream.size, limits.YAML_BYTES)
    return head if stream.missing(0, length) else stream.at(0, length)
