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
from scanner.inspect.readers.operator_names import FOREIGN, KNOWN_NAMESPACES
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
_ACTING = "torchscript-acting-operator"
_FOREIGN = "custom-operator"
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
    for rule, symbol, evidence in sorted(set(_found(tree)))[:_MOST]:
        reading.saw(rule, symbol, evidence)
    return reading


def read_extra_text(stream: Stream, name: str) -> Reading:
    """Look at a file that ``torch.jit.save`` took along as extra; nothing reads it but the author's code."""
    reading = Reading()
    data = stream.at(0, limits.TEMPLATE_BYTES)
    with suppress(UnicodeDecodeError):
        judge_text(reading, f"the extra file {name}", data.decode("utf-8"))
    return reading


def operator_sighting(operator: str) -> tuple[str, str, str] | None:
    """Rule, symbol and evidence of an operator such as ``aten::from_file``, if it is worth a word."""
    namespace, _, name = operator.partition("::")
    bare = f"{namespace}::{name.partition('.')[0]}"
    what = FILE_OPERATORS.get(bare)
    if what is not None:
        return (_ACTING, bare, f"the program calls {bare}, which {what}") if what else None
    if namespace not in KNOWN_NAMESPACES:
        return _FOREIGN, bare, f"the program calls {bare}, {FOREIGN}"
    return None


def _found(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = ", ".join(alias.name for alias in node.names)
            module = getattr(node, "module", None)
            if module == "__future__":
                continue
            symbol = f"import {names}" if module is None else f"from {module} import {names}"
            yield _ACTING, symbol, f"line {node.lineno}: TorchScript has no imports: {symbol}"
        elif isinstance(node, ast.Call):
            found = _call(node)
            if found:
                yield found
        elif isinstance(node, ast.Attribute):
            if node.attr in _INTERNAL:
                yield _ACTING, f".{node.attr}", f"line {node.lineno}: it reaches for {node.attr}"
            path = [part for part in _dotted(node) if part != "__torch__"]
            if path[:2] == ["torch", "classes"] and len(path) == 4 and path[2] not in KNOWN_NAMESPACES:
                symbol = f"{path[2]}::{path[3]}"
                yield _FOREIGN, symbol, f"line {node.lineno}: the class {symbol}, {FOREIGN}"


def _call(node: ast.Call) -> tuple[str, str, str] | None:
    path = _dotted(node.func)
    if not path:
        return None
    if path[0] in _PYTHON_MODULES or (len(path) == 1 and path[0] in _PYTHON_CALLS - {"getattr"}):
        symbol = ".".join(path)
        return _ACTING, symbol, f"line {node.lineno}: {symbol}({_arguments(node)}), which is no TorchScript"
    operator = _operator(path)
    found = operator_sighting(operator) if operator else None
    if found is None:
        return None
    rule, symbol, evidence = found
    return rule, symbol, f"line {node.lineno}: {evidence} ({_arguments(node)})"


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
