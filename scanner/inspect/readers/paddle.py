"""PaddlePaddle programs (``.pdmodel``) and MXNet symbols: the operators they ask for.

Sources: ``paddle/fluid/framework/framework.proto``; MXNet's ``nnvm`` JSON form.
"""

from __future__ import annotations

from scanner.inspect.protobuf import Field, Outline
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.reading import Reading
from scanner.inspect.readers.strict_json import read_json, walk_json
from scanner.inspect.stream import Stream

_ACTING = {
    "py_func": "it calls a Python function of the process",
    "py_layer": "it calls a Python function of the process",
    "save": "it writes a file",
    "save_combine": "it writes a file",
    "load": "it reads a file",
    "load_combine": "it reads a file",
    "read_file": "it reads a file",
    "listen_and_serv": "it opens a socket",
    "send": "it reaches another machine",
    "recv": "it reaches another machine",
}
_RULE = "graph-acting-operator"


def read_paddle(stream: Stream) -> Reading:
    """Look at every operator of every block.

    Raises:
        NotCollected: bytes are missing.
        Unreadable: it is no such message, cut short, or beyond a cap.
    """
    outline, reading = Outline(stream), Reading()
    operators = 0
    names: set[str] = set()
    for block in outline.fields(outline.root):
        if block.number != 1:
            continue
        for part in outline.fields(block):
            if part.number == 4:
                operators += 1
                names |= _types(outline, part)
    for name in sorted(names & _ACTING.keys()):
        reading.saw(_RULE, name, f"the program holds the operator {name}: {_ACTING[name]}")
    reading.facts["node_count"] = operators
    return reading


def _types(outline: Outline, operator: Field) -> set[str]:
    return {outline.text(part) for part in outline.fields(operator) if part.number == 3}


def read_mxnet_symbol(stream: Stream) -> Reading:
    """Look at the operators and attributes of a symbol.

    Raises:
        Unreadable: it is no strict JSON, or too large.
    """
    reading = Reading()
    for key, node in walk_json(read_json(stream, "the MXNet symbol")):
        if key == "op" and node == "Custom":
            reading.saw(
                "custom-operator", "Custom", "an operator written in Python, which the author must bring"
            )
        elif isinstance(node, str) and key not in ("op", "name"):
            judge_text(reading, key or "a text", node)
    return reading
