"""TensorFlow graphs: the operation of every node, in the graph and in its functions.

Source of the field numbers: ``saved_model.proto``, ``meta_graph.proto``, ``graph.proto``, ``function.proto``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scanner.inspect.protobuf import Field, Outline
from scanner.inspect.readers.reading import Reading
from scanner.inspect.stream import Stream

_RULE = "tensorflow-file-operation"
_ACTING = frozenset(
    {
        "ReadFile",
        "WriteFile",
        "MatchingFiles",
        "ImmutableConst",
        "PyFunc",
        "PyFuncStateless",
        "EagerPyFunc",
        "WholeFileReader",
        "WholeFileReaderV2",
        "TextLineReader",
        "TextLineReaderV2",
        "FixedLengthRecordReader",
        "FixedLengthRecordReaderV2",
        "TFRecordReader",
        "TFRecordReaderV2",
        "TextLineDataset",
        "FixedLengthRecordDataset",
        "FixedLengthRecordDatasetV2",
        "TFRecordDataset",
        "TFRecordDatasetV2",
        "SqlDataset",
        "SaveDataset",
        "SaveDatasetV2",
        "LoadDataset",
        "RegisterDataset",
        "RegisterDatasetV2",
        "RpcCall",
        "DebugIdentity",
        "DebugIdentityV2",
    }
)
"""Operations that read or write files, reach out, or run Python, and that no model needs to be called.

Saving and restoring the model's own variables, and tables out of its own assets, are in every SavedModel.
"""

_TO_GRAPH = (2, 2)
"""From a SavedModel over its meta graphs to their graphs."""
_TO_NODES = ((1,), (2, 1, 3))
"""From a graph to its nodes, and over its library and the functions in it to theirs."""
_OPERATION = 2


def read_savedmodel(stream: Stream) -> Reading:
    """The graphs of a ``saved_model.pb``; its variables are in other files and are data.

    Raises:
        NotCollected: bytes are missing.
        Unreadable: it is no such message, cut short, or beyond a cap.
    """
    outline = Outline(stream)
    return _read(outline, _inside(outline, outline.root, _TO_GRAPH))


def read_graphdef(stream: Stream) -> Reading:
    """A bare graph; see :func:`read_savedmodel`."""
    outline = Outline(stream)
    return _read(outline, iter([outline.root]))


def _inside(outline: Outline, message: Field, numbers: Sequence[int]) -> Iterator[Field]:
    """The messages that are reached from one through fields of these numbers, one after the other."""
    if not numbers:
        yield message
        return
    for field in outline.fields(message):
        if field.number == numbers[0]:
            yield from _inside(outline, field, numbers[1:])


def _read(outline: Outline, graphs: Iterator[Field]) -> Reading:
    nodes = 0
    acting: Counter[str] = Counter()
    for graph in graphs:
        for numbers in _TO_NODES:
            for node in _inside(outline, graph, numbers):
                nodes += 1
                acting.update(set(_operations(outline, node)) & _ACTING)
    reading = Reading()
    for operation, count in sorted(acting.items()):
        reading.saw(_RULE, operation, f"{count} {'node' if count == 1 else 'nodes'} of the graph")
    reading.facts["node_count"] = nodes
    return reading


def _operations(outline: Outline, node: Field) -> Iterator[str]:
    """The operation of a node; a loader takes the last, should it be named more than once."""
    return (outline.text(field) for field in outline.fields(node) if field.number == _OPERATION)
