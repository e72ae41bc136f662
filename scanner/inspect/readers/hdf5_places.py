"""Where the metadata of an HDF5 file lies that is only partly here, guessed from the part that is.

The library walks links one after the other, and each step may lead to bytes that are missing. The tables of
groups name many places at once: B-tree nodes (``TREE``) their symbol tables, symbol tables (``SNOD``) the
headers of their objects and, for groups, their own tables. A wrong guess costs a few bytes and nothing else:
what counts is what the library reads in the end. Source: HDF5 File Format Specification 3.0, III.A and III.C.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from typing import NoReturn

from scanner.inspect import limits
from scanner.inspect.needs import ask_for_whole, ask_further
from scanner.inspect.stream import Extent, Stream

_TABLES = re.compile(rb"TREE\x00|SNOD\x01\x00")
_NODE = struct.Struct("<4sBBH16x")
_SYMBOL = struct.Struct("<8xQI4xQQ")
_SYMBOLS_AT = 8
_GROUP = 1
_BEFORE = 4 << 10
"""How far in front of a piece of metadata a block begins."""
_MOST_ENTRIES = 64
"""Twice what the library writes unless it is told otherwise."""
_LONGEST_TABLE = 40 * (_MOST_ENTRIES + 1)
_MOST_TABLES = 16_384


def require_metadata(stream: Stream, met: Iterable[Extent]) -> NoReturn:
    """Ask for the missing metadata that a walk ``met``, and for what can be foreseen behind it.

    Raises:
        NotCollected: with blocks around all of it, or with everything once it was asked for too often.
    """
    places = {offset - stream.base for offset, _ in met} | _foreseen(stream)
    if len(places) > limits.HDF5_PLACES:
        ask_for_whole()
    ask_further(stream, [(max(0, place - _BEFORE), limits.HDF5_BLOCK) for place in sorted(places)])


def _gaps(stream: Stream) -> list[Extent]:
    """What is missing, by offsets in the stream."""
    return [(start - stream.base, size) for start, size in stream.missing(0, stream.size)]


def _foreseen(stream: Stream) -> set[int]:
    """Places between the collected parts that the tables in these parts name."""
    found: set[int] = set()
    tables = position = 0
    for offset, length in [*_gaps(stream), (stream.size, 0)]:
        data = stream.at(position, offset - position)
        for match in _TABLES.finditer(data):
            tables += 1
            if tables > _MOST_TABLES or len(found) > limits.HDF5_PLACES:
                return found
            table = data[match.start() : match.start() + _LONGEST_TABLE]
            named = _children(table) if table.startswith(b"TREE") else _symbols(table)
            found.update(place for place in named if 0 < place < stream.size - 8 and stream.missing(place, 8))
        position = offset + length
    return found


def _children(node: bytes) -> Iterator[int]:
    """The addresses that a B-tree node of a group names; keys stand between them."""
    if len(node) < _NODE.size:
        return
    entries = min(_NODE.unpack_from(node)[3], _MOST_ENTRIES)
    for index in range(entries):
        at = _NODE.size + 8 + 16 * index
        if at + 8 > len(node):
            return
        yield int.from_bytes(node[at : at + 8], "little")


def _symbols(table: bytes) -> Iterator[int]:
    """The object headers that a symbol table names, and the tables of those objects that are groups."""
    entries = min(int.from_bytes(table[6:8], "little"), _MOST_ENTRIES)
    for index in range(entries):
        at = _SYMBOLS_AT + _SYMBOL.size * index
        if at + _SYMBOL.size > len(table):
            return
        header, kind, tree, heap = _SYMBOL.unpack_from(table, at)
        yield header
        if kind == _GROUP:
            yield tree
            yield heap
