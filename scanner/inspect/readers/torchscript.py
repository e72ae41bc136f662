"""TorchScript programs: the operators that the restricted Python under ``code/`` calls.

The sources are parsed, never run. The interpreter of TorchScript knows no imports and no files of its own;
what acts are operators that reach files or processes, and libraries that bring operators of their own.
Source: PyTorch's "TorchScript Language Reference", and its ``native_functions.yaml`` for operators on files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress

from scanner.inspect import limits
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.operator_names import severity_of_operator
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.stream import Stream

FILE_OPERATORS = {
    "aten::from_file": "maps a file into memory, and with shared=True writes it",
    "aten::save": "writes a file",
    "aten::load": "unpickles a file",
    "aten::_load": "unpickles a file",
    "aten::warn": "",
    "prim::PythonOp": "calls Python",
    "prim::rpc_async": "calls another machine",
    "prim::rpc_sync": "calls another machine",
    "prim::rpc_remote": "calls another machine",
}
"""Operators that reach out of the interpreter, and how; an empty text says that it is harmless."""
_KNOWN_NAMESPACES_TEXT = """
aten prim prims quantized quantized_decomposed _quantized mkldnn mkldnn_prepacked onednn prepacked xnnpack
torchvision torchaudio torchtext fbgemm image mkl rngprims inductor higher_order _caffe2 profiler sparse
torch_scatter torch_sparse torch_cluster torchao cuda c10d _c10d_functional executorch cudnn
static_runtime internal forward_op metal vulkan nnapi debugprims
"""
_KNOWN_NAMESPACES = frozenset(_KNOWN_NAMESPACES_TEXT.split())
_PYTHON_CALLS = frozenset(
    {"eval", "exec", "compile", "open", "__import__", "getattr", "setattr", "globals", "input"}
)
_PYTHON_MODULES_TEXT = """
os sys subprocess shutil socket ctypes pickle marshal importlib builtins requests urllib pty runpy
"""
_PYTHON_MODULES = frozenset(_PYTHON_MODULES_TEXT.split())
_MOST = 60
_INTERNAL_TEXT = """
__base__ __bases__ __builtins__ __class__ __closure__ __code__ __dict__ __globals__ __import__ __loader__
__mro__ __reduce__ __reduce_ex__ __self__ __spec__ __subclasses__
"""
_INTERNAL = frozenset(_INTERNAL_TEXT.split())


def read_torchscript_code(stream: Stream) -> Reading:
    """Look at one source.

    Raises:
        Unreadable: it is too large, or no text.
    """
    if stream.size > limits.SOURCE_BYTES:
        raise Unreadable(f"a source of more than {limits.SOURCE_BYTES >> 20} MiB", "budget", SPLIT)
    try:
        text = stream.at(0, stream.size).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("the TorchScript source is not UTF-8") from error
    reading = Reading()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        judge_text(reading, "the TorchScript source", text)
        reading.left_open(f"the TorchScript source cannot be parsed ({type(error).__name__})")
        return reading
    for symbol, evidence, severity in sorted(set(_found(tree)))[:_MOST]:
        rule = "custom-operator" if severity == "low" else "torchscript-acting-operator"
        reading.saw(rule, symbol, evidence, severity=severity)
    return reading


def read_extra_text(stream: Stream, name: str) -> Reading:
    """Look at a file that ``torch.jit.save`` took along as extra; nothing reads it but the author's code."""
    reading = Reading()
    data = stream.at(0, limits.TEMPLATE_BYTES)
    with suppress(UnicodeDecodeError):
        judge_text(reading, f"the extra file {name}", data.decode("utf-8"))
    return reading


def operator_sighting(operator: str) -> tuple[str, str, str] | None:
    """Symbol, evidence and severity of an operator such as ``aten::from_file``, if it is worth a word."""
    namespace, _, name = operator.partition("::")
    bare = f"{namespace}::{name.partition('.')[0]}"
    what = FILE_OPERATORS.get(bare)
    if what is not None:
        return (bare, f"the program calls {bare}, which {what}", "high") if what else None
    if namespace not in _KNOWN_NAMESPACES:
        evidence = f"the program calls {bare}, an operator that a library of the author must bring"
        return bare, evidence, severity_of_operator(namespace, name)
    return None


def _found(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = ", ".join(alias.name for alias in node.names)
            module = getattr(node, "module", None)
            if module == "__future__":
                continue
            symbol = f"import {names}" if module is None else f"from {module} import {names}"
            yield symbol, f"line {node.lineno}: TorchScript has no imports: {symbol}", "high"
        elif isinstance(node, ast.Call):
            found = _call(node)
            if found:
                yield found
        elif isinstance(node, ast.Attribute) and node.attr in _INTERNAL:
            yield f".{node.attr}", f"line {node.lineno}: it reaches for {node.attr}", "high"


def _call(node: ast.Call) -> tuple[str, str, str] | None:
    path = _dotted(node.func)
    if not path:
        return None
    if path[0] in _PYTHON_MODULES or (len(path) == 1 and path[0] in _PYTHON_CALLS - {"getattr"}):
        symbol = ".".join(path)
        return symbol, f"line {node.lineno}: {symbol}({_arguments(node)}), which is no TorchScript", "high"
    if path[:2] == ["torch", "classes"] and len(path) > 3:
        symbol = f"{path[2]}::{path[3]}"
        return (
            None
            if path[2] in _KNOWN_NAMESPACES
            else (symbol, f"line {node.lineno}: a class of {symbol}", "low")
        )
    operator = _operator(path)
    found = operator_sighting(operator) if operator else None
    if found is None:
        return None
    symbol, evidence, severity = found
    return symbol, f"line {node.lineno}: {evidence} ({_arguments(node)})", severity


def _operator(path: list[str]) -> str:
    """``torch.x`` is ``aten::x``; ``ops.n.x`` and ``torch.ops.n.x`` are ``n::x``."""
    if path[0] == "ops" and len(path) >= 3:
        return f"{path[1]}::{path[2]}"
    if path[:2] == ["torch", "ops"] and len(path) >= 4:
        return f"{path[2]}::{path[3]}"
    if path[0] == "torch" and len(path) == 2:
        return f"aten::{path[1]}"
    return f"prim::{path[1]}" if path[0] == "prim" and len(path) == 2 else ""


def _dotted(node: ast.expr) -> list[str]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else []


def _arguments(node: ast.Call) -> str:
    """The constant arguments of a call, as they are written."""
    shown = [repr(part.value)[:80] if isinstance(part, ast.Constant) else "…" for part in node.args[:4]]
    return ", ".join(shown)
