"""TensorFlow Lite and ExecuTorch programs: the operators they ask their runtime for.

Neither holds code; operators that are not built in must be brought by a library of the author's. Sources of
the field numbers: ``tensorflow/lite/schema/schema.fbs`` and ``executorch/schema/program.fbs``.
"""

from __future__ import annotations

from scanner.inspect.readers.flatbuffer import FlatBuffer
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.operator_names import FOREIGN, TFLITE_OPERATORS, says_that_it_acts
from scanner.inspect.readers.reading import Reading
from scanner.inspect.readers.tensorflow import ACTING
from scanner.inspect.readers.torchscript import operator_sighting
from scanner.inspect.stream import Stream

_FLEX = "Flex"
_SHIPPED = tuple(TFLITE_OPERATORS)
_MOST = 60


def read_tflite(stream: Stream) -> Reading:
    """Look at the operator codes, the metadata, and whether the buffers lie in the file.

    Raises:
        NotCollected: bytes are missing.
        Unreadable: an offset leads out of the file, or there are too many values.
    """
    reading, buffer = Reading(), FlatBuffer(stream)
    root = buffer.root()
    names = [buffer.text(code, 1) for code in buffer.tables(root, 1)]
    for name in sorted({name for name in names if name})[:_MOST]:
        _operator(reading, name)
    description = buffer.text(root, 3)
    if description:
        judge_text(reading, "description", description)
    for part in buffer.tables(root, 4):
        _extent(reading, stream, *buffer.extent(part, 0))
        offset, size = buffer.number(part, 1, 8), buffer.number(part, 2, 8)
        if offset > 1:
            _extent(reading, stream, offset, size)
    for entry in buffer.tables(root, 6):
        judge_text(reading, "metadata", buffer.text(entry, 0) or "")
    subgraphs = buffer.tables(root, 2)
    reading.facts |= {
        "schema_version": buffer.number(root, 0, 4),
        "graph_count": len(subgraphs),
        "node_count": sum(len(buffer.tables(graph, 3)) for graph in subgraphs),
    }
    return reading


def _operator(reading: Reading, name: str) -> None:
    if name.startswith(_FLEX) and len(name) > len(_FLEX):
        operation = name.removeprefix(_FLEX)
        if operation in ACTING:
            evidence = f"the TensorFlow operation {operation}, through the Flex delegate"
            reading.saw("tensorflow-file-operation", operation, evidence)
    elif not name.startswith(_SHIPPED) or says_that_it_acts(name):
        reading.saw("custom-operator", name, f"the program asks for the operator {name}, {FOREIGN}")


def _extent(reading: Reading, stream: Stream, start: int, length: int) -> None:
    if start + length > stream.size:
        reading.malformed("a buffer reaches beyond the end of the file", "high")


def read_executorch(stream: Stream) -> Reading:
    """Look at the operators and delegates of an ExecuTorch program (``.pte``).

    Raises:
        NotCollected: bytes are missing.
        Unreadable: an offset leads out of the file, or there are too many values.
    """
    reading, buffer = Reading(), FlatBuffer(stream)
    root = buffer.root()
    names: set[str] = set()
    delegates: set[str] = set()
    for plan in buffer.tables(root, 1):
        names |= {buffer.text(operator, 0) or "" for operator in buffer.tables(plan, 6)}
        delegates |= {buffer.text(delegate, 0) or "" for delegate in buffer.tables(plan, 7)}
    for name in sorted(names)[:_MOST]:
        found = operator_sighting(name)
        if found:
            reading.saw(*found)
    reading.facts["operators"] = len(names)
    reading.facts["delegates"] = sorted(delegates)
    return reading
