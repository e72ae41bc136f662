"""What expressions of Python source spell and name, as far as its text tells; nothing is imported or run."""

from __future__ import annotations

import ast
import base64
import binascii
import codecs
import zlib

from scanner.inspect.readers.python_calls import BUILTINS

LONGEST = 1 << 18
"""Characters of a text that is put together or decoded."""
ANY = "*"
"""The last part of a name that cannot be told."""

_GLOBALS = "globals()"
_DECODED = {
    "base64.b64decode": base64.b64decode,
    "base64.urlsafe_b64decode": base64.urlsafe_b64decode,
    "base64.standard_b64decode": base64.b64decode,
    "base64.decodebytes": base64.b64decode,
    "base64.b32decode": base64.b32decode,
    "base64.b16decode": base64.b16decode,
    "base64.b85decode": base64.b85decode,
    "base64.a85decode": base64.a85decode,
    "binascii.unhexlify": binascii.unhexlify,
    "binascii.a2b_hex": binascii.unhexlify,
    "binascii.a2b_base64": binascii.a2b_base64,
}
_CODECS = frozenset(
    {"rot13", "rot_13", "hex", "hex_codec", "base64", "base64_codec", "utf-8", "utf8", "ascii"}
)

Text = str | bytes


class Values:
    """The names that a module binds, flat over all its scopes, and what expressions come to with them."""

    def __init__(self, tree: ast.Module) -> None:
        self.paths: dict[str, str] = {}
        """Local names of modules and of what is imported from them."""
        self.stars: list[str] = []
        self._texts: dict[str, Text] = {}
        self._numbers: dict[str, list[int]] = {}
        self.own = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }
        for node in ast.walk(tree):
            self._imported(node)
        for _ in range(2):  # an alias of an alias may stand in front of it
            for node in ast.walk(tree):
                self._assigned(node)

    def _imported(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    self.paths[alias.asname] = alias.name
                else:
                    top = alias.name.partition(".")[0]
                    self.paths[top] = top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if alias.name == "*":
                    self.stars.append(node.module)
                else:
                    self.paths[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def _assigned(self, node: ast.AST) -> None:
        targets: list[ast.expr]
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            return
        for target in targets:
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                for one, other in zip(target.elts, value.elts, strict=False):
                    self._bind(one, other)
            else:
                self._bind(target, value)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        path = self.path(value)
        if path is not None:
            self.paths.setdefault(target.id, path)
            return
        text = self.text(value)
        if text is not None:
            self._texts[target.id] = text

    def path(self, node: ast.expr | None) -> str | None:
        """The dotted name that an expression comes to, :data:`ANY` at its end where that cannot be told."""
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Attribute):
            return self._member(self.path(node.value), node.attr)
        if isinstance(node, ast.Subscript):
            return self._item(self.path(node.value), self.text(node.slice))
        if isinstance(node, ast.Call):
            return self._called(node)
        if isinstance(node, ast.NamedExpr | ast.Await):
            return self.path(node.value)
        if isinstance(node, ast.IfExp):
            return self.path(node.body) or self.path(node.orelse)
        if isinstance(node, ast.BoolOp):
            return next((path for path in map(self.path, node.values) if path), None)
        return None

    def _name(self, name: str) -> str | None:
        if name in self.paths:
            return self.paths[name]
        if name == "__builtins__":
            return "builtins"
        return f"builtins.{name}" if name in BUILTINS and name not in self.own else None

    def _member(self, base: str | None, name: str) -> str | None:
        if name in ("__globals__", "f_globals"):
            return _GLOBALS
        if name == "__builtins__":
            return "builtins"
        if base is None:
            return "builtins" if name == "f_builtins" else None
        if base in ("builtins.bytes", "builtins.bytearray"):
            return f"{base.removeprefix('builtins.')}.{name}"
        if name == "__dict__" or (base.startswith("builtins") and name in ("__self__", "__call__")):
            return base
        return base.removesuffix(".__class__") if name == "__call__" else f"{base}.{name}"

    def _item(self, base: str | None, name: Text | None) -> str | None:
        if base is None:
            return None
        key = name if isinstance(name, str) else None
        if base == "sys.modules":
            return key or f"sys.{ANY}"
        if base == _GLOBALS:
            return None if key is None else (self._name(key) or key)
        return f"{base}.{key or ANY}"

    def _called(self, node: ast.Call) -> str | None:
        """What a call hands back, where that is a module or a member of one."""
        function = self.path(node.func)
        first = node.args[0] if node.args else None
        text = self.text(first) if first is not None else None
        name = text if isinstance(text, str) else None
        if function == "builtins.__import__":
            return None if name is None else (name if _fromlist(node) else name.partition(".")[0])
        if function == "importlib.import_module":
            return name
        if function == "builtins.getattr" and len(node.args) >= 2:
            base, attribute = self.path(first), self.text(node.args[1])
            if base is None:
                return None
            return self._member(base, attribute if isinstance(attribute, str) else ANY)
        if function in ("builtins.vars", "functools.partial", "copy.copy", "copy.deepcopy", "staticmethod"):
            return self.path(first)
        if function in ("builtins.globals", "builtins.locals"):
            return _GLOBALS
        if function in ("sys.modules.get", "sys.modules.__getitem__"):
            return name
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "__getitem__", "pop"):
            return self._item(self.path(node.func.value), text)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "__getattribute__":
            return self._member(self.path(node.func.value), name or ANY)
        if isinstance(node.func, ast.Call) and self.path(node.func.func) in _GETTERS and node.func.args:
            attribute = self.text(node.func.args[0])
            base = self.path(first)
            return (
                None if base is None else self._member(base, attribute if isinstance(attribute, str) else ANY)
            )
        return None

    def text(self, node: ast.expr) -> Text | None:
        """The text or bytes that an expression spells, decoded where it decodes."""
        found = self._text(node)
        return found if found is None or len(found) <= LONGEST else None

    def _text(self, node: ast.expr) -> Text | None:
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str | bytes) else None
        if isinstance(node, ast.Name):
            return self._texts.get(node.id)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return _joined([self.text(node.left), self.text(node.right)])
        if isinstance(node, ast.JoinedStr):
            return _joined([self._part(part) for part in node.values])
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            return self._cut(node)
        return self._computed(node) if isinstance(node, ast.Call) else None

    def _part(self, node: ast.expr) -> Text | None:
        return self.text(node.value if isinstance(node, ast.FormattedValue) else node)

    def _cut(self, node: ast.Subscript) -> Text | None:
        text = self.text(node.value)
        assert isinstance(node.slice, ast.Slice)
        bounds = [_number(one) for one in (node.slice.lower, node.slice.upper, node.slice.step)]
        return None if text is None or bounds[2] == 0 else text[slice(*bounds)]

    def _computed(self, node: ast.Call) -> Text | None:
        function, first = self.path(node.func), node.args[0] if node.args else None
        if first is not None and function == "builtins.chr":
            number = _number(first)
            return chr(number) if number is not None and 0 <= number < 0x110000 else None
        if first is not None and function in ("builtins.bytes", "builtins.bytearray"):
            return _from_numbers(first) or self.text(first)
        text = self.text(first) if first is not None else None
        if function in ("bytes.fromhex", "bytearray.fromhex"):
            function = "binascii.unhexlify"
        if function in _DECODED or function in ("codecs.decode", "zlib.decompress"):
            return None if text is None else _decoded(function, text, self._second(node))
        if isinstance(node.func, ast.Attribute):
            return self._method(node.func, node.args)
        return None

    def _second(self, node: ast.Call) -> str:
        second = self.text(node.args[1]) if len(node.args) > 1 else None
        return second if isinstance(second, str) else ""

    def _method(self, function: ast.Attribute, arguments: list[ast.expr]) -> Text | None:
        on = self.text(function.value)
        if on is None:
            return None
        first = arguments[0] if arguments else None
        if function.attr == "join" and first is not None:
            parts = [self.text(part) for part in _elements(first)] or _characters(first)
            return on[:0].join(parts) if not on and None not in parts else None  # type: ignore[arg-type]
        if function.attr == "decode" and isinstance(on, bytes):
            return on.decode("utf-8", "replace")
        if function.attr == "encode" and isinstance(on, str):
            return on.encode("utf-8", "replace")
        texts = [self.text(argument) for argument in arguments]
        if function.attr == "replace" and len(texts) == 2 and isinstance(on, str):
            old, new = texts
            if isinstance(old, str) and old and isinstance(new, str):
                return on.replace(old, new) if len(on) * max(len(new), 1) <= LONGEST else None
        if function.attr in ("strip", "lower", "upper") and isinstance(on, str) and not arguments:
            return str(getattr(on, function.attr)())
        return None


_GETTERS = frozenset({"operator.attrgetter", "operator.itemgetter"})


def _fromlist(node: ast.Call) -> bool:
    return len(node.args) > 3 or any(keyword.arg == "fromlist" for keyword in node.keywords)


def _number(node: ast.expr | None) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _number(node.operand)
        return None if value is None else -value
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.List | ast.Tuple) else []


def _numbers(node: ast.expr) -> list[int]:
    numbers = [_number(element) for element in _elements(node)[:LONGEST]]
    return [number for number in numbers if number is not None] if None not in numbers else []


def _from_numbers(node: ast.expr) -> bytes | None:
    numbers = _numbers(node)
    return bytes(numbers) if numbers and all(0 <= number < 256 for number in numbers) else None


def _characters(node: ast.expr) -> list[Text | None]:
    """``map(chr, [104, 105])`` and ``chr(n) for n in [104, 105]``."""
    numbers: list[int] = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "map":
        is_chr = len(node.args) == 2 and isinstance(node.args[0], ast.Name) and node.args[0].id == "chr"
        numbers = _numbers(node.args[1]) if is_chr else []
    elif isinstance(node, ast.GeneratorExp | ast.ListComp) and isinstance(node.elt, ast.Call):
        is_chr = isinstance(node.elt.func, ast.Name) and node.elt.func.id == "chr"
        numbers = _numbers(node.generators[0].iter) if is_chr else []
    valid = numbers and all(0 <= number < 0x110000 for number in numbers)
    return [chr(number) for number in numbers] if valid else [None]


def _joined(parts: list[Text | None]) -> Text | None:
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "".join(texts)
    pieces = [part for part in parts if isinstance(part, bytes)]
    return b"".join(pieces) if len(pieces) == len(parts) else None


def _decoded(function: str, text: Text, codec: str) -> Text | None:
    try:
        if function == "zlib.decompress":
            return zlib.decompressobj().decompress(text, LONGEST) if isinstance(text, bytes) else None
        if function == "codecs.decode":
            if codec.lower() not in _CODECS:
                return None
            return codecs.decode(text, codec)  # type: ignore[arg-type]
        return _DECODED[function](text)
    except (ValueError, zlib.error, LookupError, TypeError, AttributeError):
        return None
