"""Pickles that are written as text, in base64 or hexadecimal: a whole text file, or one value in it.

No loader of models reads them, but a line of Python beside them does: the loader of an attack in two files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from scanner.inspect import limits
from scanner.inspect.pickle_embedded import PICKLE, decoded
from scanner.inspect.recognise_pickles import begins_a_pickle, calls_something
from scanner.inspect.stream import Stream

_NAMES = (
    ".txt",
    ".json",
    ".jsonl",
    ".md",
    ".csv",
    ".tsv",
    ".log",
    ".pem",
    ".b64",
    ".base64",
    ".hex",
    ".yaml",
)
_MORE_NAMES = (".yml", ".toml", ".ini", ".cfg", ".dat", ".data", ".enc", ".asc", ".html", ".xml")
_RUN = re.compile(
    rb"gA[I-X][A-Za-z0-9+/_-]{20,}(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}|80(?:02|03|04|05)[0-9a-fA-F]{40,}"
)
"""What begins like a protocol header: in base64, over as many lines as it takes, or in hexadecimal."""
_MOST_RUNS = 64


def encoded_pickle(stream: Stream, basename: str) -> Stream | None:
    """The first pickle that a text spells and that calls what it imports; ``None`` if there is none."""
    if not basename.lower().endswith(_NAMES + _MORE_NAMES) or not 0 < stream.size <= limits.ENCODED_BYTES:
        return None
    data = stream.at(0, stream.size)
    for text in _texts(data):
        try:
            found = decoded(text)
        except ValueError:
            continue
        if (
            found is not None
            and found[0] == PICKLE
            and (begins_a_pickle(found[1]) or calls_something(found[1]))
        ):
            return found[1]
    return None


def _texts(data: bytes) -> Iterator[bytes]:
    if data.isascii():
        yield data.strip()
    for match in islice(_RUN.finditer(data), _MOST_RUNS):
        yield match[0]
