"""What a stream is, for formats of models that have no magic number of their own, and for programs.

Protocol buffers are told apart by the numbers of their fields, in whatever order these stand: parsers accept
any. :mod:`scanner.inspect.protobuf` recognises the order in which libraries write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.inspect.formats import names_a_model, promises_plain
from scanner.inspect.protobuf import BYTES, VARINT, Field, NoMessage, first_fields
from scanner.inspect.readers.executables import is_named_as_program, is_script, kind_of_program
from scanner.inspect.stream import NotCollected, Stream

PROGRAM = "executable"
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"ftrt", "tensorrt"),
    (0, b"ptrt", "tensorrt"),
    (0, b"RKNN", "rknn"),
    (0, b"\x12\x01\x00\x00\x00\x00\x00\x00", "mxnet-params"),
    (0, b"B\x00C\x00N\x00\x00\x00", "cntk"),
)
_EXECUTORCH = re.compile(rb".{4}ET\d\d", re.DOTALL)
_KERAS = (
    re.compile(rb'"class_name"\s*:\s*"'),
    re.compile(rb'"config"\s*:'),
    re.compile(rb'keras|"layers"|Lambda'),
)
"""What is in every configuration of a Keras model, in whatever order."""
_GRAPH_TEXT = re.compile(rb"\bop\s*:\s*[\"']")
_MXNET = (b'"nodes"', b'"arg_nodes"', b'"heads"')
_SAVED_METADATA = "keras_metadata.pb"
_PACKAGES = (
    ".whl",
    ".egg",
    ".jar",
    ".apk",
    ".aar",
    ".pyz",
    ".pex",
    ".deb",
    ".rpm",
    ".conda",
    ".nupkg",
    ".vsix",
    ".ipa",
)
"""Archives of software, in which programs belong."""


def recognise_program(head: bytes, size: int, basename: str) -> str | None:
    """Whether an operating system or an interpreter would run a stream with this beginning or name."""
    return None if kind_of_program(head, size, basename) is None else PROGRAM


def severity_of_program(kind: str, basename: str, depth: int, role: str) -> str:
    """How bad a program under this name is; empty if it is not worth a word.

    One that passes for a model or a document is high. A program within an archive is, whatever its name,
    unless it is a script; whether the archive is a model's is settled at the end. Under a name of its own it
    is a low matter that it is there at all, beside a model or where somebody asks about it (``role``).
    """
    if (names_a_model(basename) or promises_plain(basename)) and not is_named_as_program(basename):
        return "high"
    if depth:
        return "" if is_script(kind) else "high"
    return "low" if role else ""


def is_package(basename: str) -> bool:
    """Whether the name is that of an archive of software."""
    return basename.lower().endswith(_PACKAGES)


def recognise_model(stream: Stream, head: bytes, basename: str) -> str | None:
    """The id of the format, by magic numbers, by JSON keys or by the fields of a protocol buffer."""
    for offset, magic, format_id in _MAGIC:
        if head.startswith(magic, offset):
            return format_id
    if basename.lower().endswith(".safetensors") and head[8:64].lstrip()[:1] == b"{":
        return "safetensors"  # whatever its length says
    if _EXECUTORCH.match(head):
        return "executorch"
    if head.lstrip()[:1] == b"{" and all(pattern.search(head) for pattern in _KERAS):
        return "keras-json"
    if basename.lower().endswith(".pbtxt") and _GRAPH_TEXT.search(head):
        return "graph-text"
    if head.lstrip()[:1] == b"{" and all(key in head for key in _MXNET):
        return "mxnet-symbol"
    return _message(stream, basename)


def _message(stream: Stream, basename: str) -> str | None:
    try:
        fields = list(first_fields(stream, 0, stream.size))
        if not fields:
            return None
        if basename.lower() == _SAVED_METADATA and all(field.number == 1 for field in fields):
            return "keras-metadata"
        numbers = {field.number for field in fields}
        inner = {field.number: field for field in reversed(fields) if field.wire == BYTES}
        if numbers <= {1, 2} and 2 in inner and 1 not in inner and _is_metagraph(stream, inner[2]):
            return "savedmodel"
        if numbers <= set(range(1, 9)) and 2 in inner and _is_graph(stream, inner[2]):
            return "metagraph"
        if numbers <= {1, 2, 3, 4} and (_has_node(stream, fields) or _is_library(stream, inner.get(2))):
            return "graphdef"
        if 7 in inner and max(numbers) <= 26 and _is_onnx_graph(stream, inner[7]):
            return "onnx"
        if numbers <= {1, 4, 5} and 1 in inner and _is_block(stream, inner[1]):
            return "paddle"
    except (NoMessage, NotCollected):
        pass
    return None


def _inner(stream: Stream, field: Field) -> list[Field]:
    return list(first_fields(stream, field.offset, field.offset + field.length))


def _is_metagraph(stream: Stream, field: Field) -> bool:
    fields = _inner(stream, field)
    graph = next((found for found in fields if found.number == 2 and found.wire == BYTES), None)
    return (
        graph is not None
        and {found.number for found in fields} <= set(range(1, 9))
        and _is_graph(stream, graph)
    )


def _is_graph(stream: Stream, field: Field) -> bool:
    fields = _inner(stream, field)
    if not fields or not {found.number for found in fields} <= {1, 2, 3, 4}:
        return False
    library = next((found for found in fields if found.number == 2 and found.wire == BYTES), None)
    return _has_node(stream, fields) or _is_library(stream, library)


def _has_node(stream: Stream, fields: Iterable[Field]) -> bool:
    """Whether the first message of number 1 is a node: a name (1) and an operation (2), both short texts."""
    first = next((found for found in fields if found.number == 1 and found.wire == BYTES), None)
    return first is not None and _is_node(stream, first)


def _is_node(stream: Stream, field: Field) -> bool:
    fields = _inner(stream, field)
    texts = [found for found in fields if found.number in (1, 2) and found.wire == BYTES]
    if {found.number for found in texts} != {1, 2} or not {found.number for found in fields} <= set(
        range(1, 8)
    ):
        return False
    return all(0 < found.length < 1000 and stream.at(found.offset, found.length).isascii() for found in texts)


def _is_library(stream: Stream, field: Field | None) -> bool:
    """A function library: functions (1) with a signature (1) and nodes (3)."""
    if field is None:
        return False
    functions = [found for found in _inner(stream, field) if found.number == 1 and found.wire == BYTES]
    if not functions:
        return False
    parts = _inner(stream, functions[0])
    nodes = [found for found in parts if found.number == 3 and found.wire == BYTES]
    return bool(nodes) and _is_node(stream, nodes[0])


def _is_onnx_graph(stream: Stream, field: Field) -> bool:
    fields = _inner(stream, field)
    numbers = {found.number for found in fields}
    return (
        bool(fields) and numbers <= {1, 2, 5, 10, 11, 12, 13, 14, 15, 16} and bool(numbers & {1, 5, 11, 12})
    )


def _is_block(stream: Stream, field: Field) -> bool:
    """A block of a Paddle program: its index, that of its parent, and variables or operators."""
    fields = _inner(stream, field)
    wires = {found.number: found.wire for found in fields}
    return wires.get(1) == VARINT and wires.get(2) == VARINT and BYTES in (wires.get(3), wires.get(4))
