"""skops models: the types, functions and methods that ``schema.json`` names.

Source: ``skops.io``: each node says by ``__loader__`` how it is built, and by ``__module__`` and
``__class__`` out of what. Advisories: CVE-2025-54412 (operators that are none), CVE-2025-54413 (methods of
something else), CVE-2025-54886 (a file that is no skops file is given to joblib).
"""

from __future__ import annotations

import re
from typing import Any

from scanner.inspect.pickle_words import REACHED
from scanner.inspect.readers.code_names import severity_of
from scanner.inspect.readers.reading import Reading, Unreadable
from scanner.inspect.readers.strict_json import read_json, walk_json
from scanner.inspect.stream import Stream

_RULE = "skops-untrusted-type"
_LOADERS_TEXT = """
BytearrayNode BytesNode CachedNode ConstructorFromReduceNode DTypeNode DefaultDictNode DictNode
FunctionNode JsonNode ListNode LossNode MaskedArrayNode MethodNode NdArrayNode ObjectNode OperatorFuncNode
PartialNode QuantileForestNode RandomGeneratorNode RandomStateNode ReduceNode SGDNode SetNode SliceNode
SparseMatrixNode TreeNode TupleNode TypeNode _DictWithDeprecatedKeysNode
"""
_LOADERS = frozenset(_LOADERS_TEXT.split())
_OPERATORS = frozenset({"attrgetter", "itemgetter", "methodcaller"})
_INTERNAL = re.compile(r"__\w+__")
_CHECKED_BY_CONTENT = frozenset({"functools.partial", "functools._partial"})
"""Types whose parts, which are judged by themselves, say what they do."""
_MOST = 60


def read_skops_schema(stream: Stream) -> Reading:
    """Look at every node.

    Raises:
        Unreadable: it is no strict JSON object, or too large.
    """
    schema = read_json(stream, "the skops schema")
    if not isinstance(schema, dict):
        raise Unreadable("the skops schema is no object")
    reading = Reading()
    said: set[str] = set()
    for _, node in walk_json(schema):
        if isinstance(node, dict):
            for symbol, evidence, severity in _judge(node):
                if symbol not in said and len(said) < _MOST:
                    said.add(symbol)
                    reading.saw(_RULE, symbol, evidence, severity=severity)
    for key, name in (("_skops_version", "skops_version"), ("protocol", "protocol")):
        value = schema.get(key)
        if isinstance(value, str | int):
            reading.facts[name] = value
    return reading


def _judge(node: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    module, name, loader = node.get("__module__"), node.get("__class__"), node.get("__loader__")
    found: list[tuple[str, str, str | None]] = []
    if isinstance(loader, str) and loader not in _LOADERS:
        found.append((f"loader {loader}", f"no version of skops has a loader {loader}", "low"))
    if isinstance(module, str) and isinstance(name, str) and loader != "OperatorFuncNode":
        known = name == "NoneType" or f"{module}.{name}" in _CHECKED_BY_CONTENT
        severity = None if known else severity_of(module, name)
        if severity:
            found.append((f"{module}.{name}", f"a {loader} of {module}.{name}", severity))
    content = node.get("content")
    if loader == "OperatorFuncNode":
        found += _operator(module, name, node.get("attrs", content))
    elif loader == "MethodNode" and isinstance(content, dict):
        found += _method(module, name, content)
    elif loader == "FunctionNode" and isinstance(content, dict):
        found += _function(module, name, content)
    return found


def _operator(module: Any, name: Any, attributes: Any) -> list[tuple[str, str, str | None]]:
    symbol = f"{module}.{name}"
    if module not in ("operator", "_operator") or name not in _OPERATORS:
        return [(symbol, f"an operator node calls {symbol}, which is no operator of skops", "critical")]
    names = [
        match[0]
        for _, value in walk_json(attributes)
        if isinstance(value, str)
        for match in _INTERNAL.finditer(value)
    ]
    names += [
        word
        for _, value in walk_json(attributes)
        if isinstance(value, str)
        for word in [value.strip("\"'")]
        if word in REACHED
    ]
    return [(f"{symbol}({names[0]:.60})", f"{symbol} reaches for {names[0]:.60}", "high")] if names else []


def _method(module: Any, name: Any, content: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    function, target = content.get("func"), content.get("obj")
    symbol = f"{module}.{name}.{function}"
    if isinstance(function, str) and function.startswith("__"):
        return [(symbol, f"a method node takes {function} of an object", "critical")]
    if isinstance(target, dict):
        owner = (target.get("__module__"), target.get("__class__"))
        if None not in owner and owner != (module, name):
            real = f"{owner[0]}.{owner[1]}"
            return [(symbol, f"a method node says {module}.{name}, and takes {function} of {real}", "high")]
    return []


def _function(module: Any, name: Any, content: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    inner_module, inner_name = content.get("module_path"), content.get("function")
    if not isinstance(inner_module, str) or not isinstance(inner_name, str):
        return []
    if (inner_module, inner_name) == (module, name):
        return []
    symbol = f"{inner_module}.{inner_name}"
    severity = severity_of(inner_module, inner_name)
    if severity is None and inner_module == module:
        return []
    return [(symbol, f"a function node says {module}.{name}, and takes {symbol}", severity or "high")]
