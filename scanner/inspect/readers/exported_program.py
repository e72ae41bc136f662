"""``.pt2`` archives: the operators of a serialised ExportedProgram.

Source: PyTorch's ``torch/_export/serde/schema.py`` and ``torch/export/pt2_archive``.
What AOTInductor compiled into the archive is a program, and is found as one.
"""

from __future__ import annotations

from scanner.inspect.readers.reading import Reading
from scanner.inspect.readers.strict_json import read_json, walk_json
from scanner.inspect.readers.symbolic import acts
from scanner.inspect.readers.torchscript import operator_sighting
from scanner.inspect.stream import Stream

_RULE = "torchscript-acting-operator"
_MOST = 60


def read_exported_program(stream: Stream) -> Reading:
    """Look at every node of every graph.

    Raises:
        Unreadable: it is no strict JSON, or too large.
    """
    reading = Reading()
    targets: set[str] = set()
    for key, node in walk_json(read_json(stream, "the exported program")):
        if key == "target" and isinstance(node, str):
            targets.add(node)
        elif key == "expr_str" and isinstance(node, str) and acts(node):
            evidence = f"the loader evaluates the symbolic expression {node[:200]} with sympy, by eval"
            reading.saw(_RULE, node[:200], evidence)
    for target in sorted(targets):
        found = _judge(target)
        if found is not None and len(reading.sightings) < _MOST:
            reading.saw(*found)
    return reading


def _judge(target: str) -> tuple[str, str, str] | None:
    """``torch.ops.aten.add.Tensor`` is an operator; ``_operator.add`` and such are symbolic arithmetic."""
    parts = target.split(".")
    if parts[:2] == ["torch", "ops"] and len(parts) >= 4:
        return operator_sighting(f"{parts[2]}::{parts[3]}")
    if parts[0] in ("_operator", "math", "torch", "sym_size", "sym_int") or "." not in target:
        return None
    return _RULE, target, f"a node of the program calls {target}"
