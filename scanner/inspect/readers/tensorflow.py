"""TensorFlow graphs: the operation of every node, in the graph and in its functions.

Source of the field numbers: ``saved_model.proto``, ``meta_graph.proto``, ``graph.proto``, ``function.proto``,
``node_def.proto``, ``attr_value.proto`` and ``tensor.proto``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.inspect import limits
from scanner.inspect.protobuf import Field, Outline
from scanner.inspect.readers.keras import read_saved_metadata
from scanner.inspect.readers.operator_names import FOREIGN, TENSORFLOW_PACKAGES
from scanner.inspect.readers.paths import outside
from scanner.inspect.readers.reading import Reading
from scanner.inspect.readers.tensorflow_operations import ACTING, CUSTOM_SHAPES
from scanner.inspect.stream import Stream

__all__ = ["ACTING", "read_graphdef", "read_keras_metadata", "read_metagraph", "read_savedmodel"]

_RULE = "tensorflow-file-operation"

_TO_ASSETS = (2, 6, 2)
"""From a SavedModel over its meta graphs and their assets to the names of the files."""
_TO_GRAPH = (2, 2)
"""From a SavedModel over its meta graphs to their graphs."""
_TO_NODES = ((1,), (2, 1, 3))
"""From a graph to its nodes, and over its library and the functions in it to theirs."""
_NAME, _OPERATION, _INPUT, _ATTRIBUTE = 1, 2, 3, 5
_MOST_INPUTS = 8
_SHIPPED = tuple(TENSORFLOW_PACKAGES)
_PRINTS = "PrintV2 to a file"


def read_savedmodel(stream: Stream) -> Reading:
    """The graphs of a ``saved_model.pb``; its variables are in other files and are data.

    Raises:
        NotCollected: bytes are missing.
        Unreadable: it is no such message, cut short, or beyond a cap.
    """
    outline = Outline(stream)
    reading = _read(outline, outline.inside(outline.root, _TO_GRAPH))
    for asset in outline.inside(outline.root, _TO_ASSETS):
        place = outline.text(asset)
        why = outside(place)
        if why:
            reading.saw("path-outside-model", place[:200], f"an asset is read from there: {why}")
    return reading


def read_metagraph(stream: Stream) -> Reading:
    """The graph of a ``.meta`` file, which is one meta graph; see :func:`read_savedmodel`."""
    outline = Outline(stream)
    return _read(outline, outline.inside(outline.root, (2,)))


def read_graphdef(stream: Stream) -> Reading:
    """A bare graph; see :func:`read_savedmodel`."""
    outline = Outline(stream)
    return _read(outline, iter([outline.root]))


def read_keras_metadata(stream: Stream) -> Reading:
    """The configurations of Keras objects in a ``keras_metadata.pb``; see :func:`read_savedmodel`."""
    outline = Outline(stream)
    texts: list[str] = []
    for node in outline.inside(outline.root, (1,)):
        for part in outline.fields(node):
            if part.number == 5:
                stream.require([(part.offset, part.length)])
                texts.append(
                    stream.at(part.offset, min(part.length, limits.JSON_BYTES)).decode("utf-8", "replace")
                )
    return read_saved_metadata(texts)


@dataclass(slots=True)
class _Acting:
    """The nodes of one operation: how many, and the texts that lead into the first of them."""

    count: int = 0
    arguments: list[str] = field(default_factory=list)


def _read(outline: Outline, graphs: Iterator[Field]) -> Reading:
    nodes = 0
    acting: dict[str, _Acting] = {}
    unknown: set[str] = set()
    texts: dict[str, str] = {}
    for graph in graphs:
        waiting: list[tuple[str, list[str]]] = []
        for numbers in _TO_NODES:
            for node in outline.inside(graph, numbers):
                nodes += 1
                name, operations, inputs, constant = _node(outline, node)
                if constant is not None and len(texts) < limits.GAPS:
                    texts[name] = constant
                waiting += [(operation, inputs) for operation in operations & ACTING.keys()]
                unknown |= {
                    one for one in operations if CUSTOM_SHAPES.match(one) and len(unknown) < limits.GAPS
                }
        for operation, inputs in waiting:
            entry = acting.setdefault(operation, _Acting())
            entry.count += 1
            known = [texts[bare] for one in inputs if (bare := one.lstrip("^").partition(":")[0]) in texts]
            entry.arguments = entry.arguments or known
    reading = Reading()
    for operation, entry in sorted(acting.items()):
        what, severity = ACTING[operation]
        count = f"{entry.count} {'node' if entry.count == 1 else 'nodes'} of the graph"
        called = ", ".join(repr(text[:100]) for text in entry.arguments[:_MOST_INPUTS])
        evidence = f"{count}: {what}" + (f", with {called}" if called else "")
        reading.saw(_RULE, operation, evidence, severity=severity, arguments=called or None)
    for operation in sorted(unknown)[:20]:
        if not operation.startswith(_SHIPPED):
            reading.saw("custom-operator", operation, f"an operation {FOREIGN}")
    reading.facts["node_count"] = nodes
    return reading


def _node(outline: Outline, node: Field) -> tuple[str, set[str], list[str], str | None]:
    """Name, operations, inputs and text of a node; a loader may take either of two operations: both count."""
    name, operations, inputs, constant = "", set[str](), list[str](), None
    for part in outline.fields(node):
        if part.number == _NAME:
            name = outline.text(part)
        elif part.number == _OPERATION:
            operations.add(outline.text(part))
        elif part.number == _INPUT and len(inputs) < _MOST_INPUTS:
            inputs.append(outline.text(part))
        elif part.number == _ATTRIBUTE and "PrintV2" in operations and part.length < 1 << 12:
            place = _stream_of(outline, part)
            if place:
                operations.add(_PRINTS)
                inputs = [name]
                constant = place
        elif part.number == _ATTRIBUTE and operations & {"Const", "HostConst"} and part.length < 1 << 16:
            constant = _text(outline, part) or constant
    return name, operations, inputs, constant


def _stream_of(outline: Outline, attribute: Field) -> str:
    """The file that a ``PrintV2`` writes to: text (2) in the value (2) of the attribute ``output_stream``."""
    parts = {part.number: part for part in outline.fields(attribute)}
    if 1 not in parts or 2 not in parts or outline.text(parts[1]) != "output_stream":
        return ""
    places = [outline.text(part) for part in outline.fields(parts[2]) if part.number == 2]
    return next((place for place in places if place.startswith("file:")), "")


def _text(outline: Outline, attribute: Field) -> str | None:
    """The first text of a constant: of a map entry the value (2), its tensor (8), the texts in it (8)."""
    for message in outline.inside(attribute, (2, 8, 8)):
        return outline.text(message)
    return None
