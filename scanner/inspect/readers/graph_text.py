"""TensorFlow graphs as text (``.pbtxt``): the operation of every node, wherever it stands.

The text is not parsed as a message; ``op`` is a field of nodes alone. Source: protobuf's text format.
"""

from __future__ import annotations

import re

from scanner.inspect import limits
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.readers.tensorflow_operations import ACTING
from scanner.inspect.stream import Stream

_QUOTED = rb"\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'"
_OPERATION = re.compile(rb"\bop\s*:\s*((?:" + _QUOTED + rb")(?:\s{0,20}(?:" + _QUOTED + rb")){0,8})")
_PIECE = re.compile(_QUOTED)


def read_graph_text(stream: Stream) -> Reading:
    """Look at every operation.

    Raises:
        Unreadable: it is too large.
    """
    if stream.size > limits.JSON_BYTES:
        raise Unreadable(f"a graph of more than {limits.JSON_BYTES >> 20} MiB of text", "budget", SPLIT)
    reading = Reading()
    found: dict[str, int] = {}
    for match in _OPERATION.finditer(stream.at(0, stream.size)):
        name = b"".join(piece[1:-1] for piece in _PIECE.findall(match[1])).decode("utf-8", "replace")
        found[name] = found.get(name, 0) + 1
    for operation in sorted(found.keys() & ACTING.keys()):
        what, severity = ACTING[operation]
        count = f"{found[operation]} {'node' if found[operation] == 1 else 'nodes'} of the graph"
        reading.saw("tensorflow-file-operation", operation, f"{count}: {what}", severity=severity)
    reading.facts["node_count"] = sum(found.values())
    return reading
