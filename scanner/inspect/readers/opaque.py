"""Formats that nobody takes apart here: the printable texts in them are searched for code, and nothing more.

A look like this never makes a file complete.
"""

from __future__ import annotations

import re

from scanner.inspect import limits
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.reading import Reading
from scanner.inspect.stream import Stream

_TEXT = re.compile(rb"[\x09\x0a\x0d\x20-\x7e]{12,65536}")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){12,4096}")
_MOST = 20


def read_texts(stream: Stream, what: str) -> Reading:
    """Search the first and last bytes of a stream; ``what`` names it in evidence."""
    reading = Reading()
    for start in sorted({0, max(0, stream.size - limits.OPAQUE_BYTES)}):
        data = stream.at(start, limits.OPAQUE_BYTES)
        for pattern, codec in ((_TEXT, "ascii"), (_WIDE, "utf-16-le")):
            for match in pattern.finditer(data):
                judge_text(reading, what, match[0].decode(codec, "replace"))
                if len(reading.sightings) >= _MOST:
                    return reading
    return reading
