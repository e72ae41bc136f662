"""Every value that an expression may have: abstract interpretation over strings, without running anything.

Each set of values, each string, the depth and the number of steps are bounded; what is over is unknown.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any, TypeVar

from scanner.discover import functions, members
from scanner.discover.syntax import At, Attribute, Binding, Block, Call, Definition, Module, Scope, inside
from scanner.discover.value import UNKNOWN, Path, Plain, Shape, Text, Thing, Unknown, Value, Values

MOST_VALUES = 64
"""Values of one expression; more are cut off, and the file says so."""

_PRODUCTS = 16
_DEPTH = 40
_STEPS = 400_000
_LONGEST = 400


Node = TypeVar("Node", bound=ast.expr)


class Evaluator:
    """Evaluates expressions of one file. ``wants`` grows by the modules whose constants would tell more."""

    def __init__(self, module: Module, siblings: Mapping[str, Module]) -> None:
        self.module = module
        self.siblings = siblings
        self.cut = False
        """Whether a bound was met."""
        self.option_sites: dict[str, list[Call]] | None = None
        self.parts: dict[tuple[int, int], list[members.Part]] = {}
        """What is known of the parts of lists and dictionaries."""
        self._depth = 0
        self._steps = 0
        self._active: set[tuple[int, int]] = set()
        self._circles = 0
        self._known: dict[tuple[int, int, int], Values] = {}
        self._kept_alive: list[ast.expr] = []
        """What is known is kept by the identity of nodes, which no other node may take."""

    def values(self, node: ast.AST | None, at: At) -> Values:
        """What ``node`` may be; never empty."""
        if isinstance(node, ast.Constant):
            return self._constant(node, at)
        if node is None:
            return UNKNOWN
        key = (id(node), id(at.scope), id(at.inner[0][1].node) if at.inner else 0)
        known = self._known.get(key)
        if known is not None:
            return known
        if (key[0], key[1]) in self._active:
            self._circles += 1
            return ()
        self._steps += 1
        if self._depth >= _DEPTH or self._steps > _STEPS:
            self.cut = True
            return UNKNOWN
        self._active.add((key[0], key[1]))
        self._depth += 1
        circles = self._circles
        try:
            handler = _HANDLERS.get(type(node))
            found = self._bounded(handler(self, node, at)) if handler else UNKNOWN
        finally:
            self._depth -= 1
            self._active.discard((key[0], key[1]))
        if circles == self._circles:
            self._known[key] = found
        return found

    def union(self, parts: Iterable[tuple[ast.AST | None, At]]) -> Values:
        """What any of these expressions may be."""
        return self._bounded(value for node, at in parts for value in self.values(node, at))

    def _bounded(self, values: Iterable[Value]) -> Values:
        kept: dict[Value | tuple[str, int], Value] = {}
        for value in values:
            kept.setdefault(("shape", id(value.node)) if isinstance(value, Shape) else value, value)
            if len(kept) > MOST_VALUES:
                self.cut = True
                break
        return tuple(kept.values())[:MOST_VALUES]

    def _constant(self, node: ast.Constant, at: At) -> Values:
        if isinstance(node.value, str):
            if len(node.value) > _LONGEST:
                return UNKNOWN
            here = at.scope.module is self.module and hasattr(node, "lineno")  # else it was made here
            return (Text(node.value, node if here else None),)
        return (Plain(node.value),) if node.value is None or isinstance(node.value, bool | int) else UNKNOWN

    # Names

    def bindings(self, name: str, at: At) -> list[Binding]:
        """What the name may be bound to there; empty when the module does not bind it."""
        for inner, binding in at.inner:
            if inner == name:
                return [binding]
        scope: Scope | None = at.scope
        while scope is not None:
            found = scope.bindings.get(name)
            if found and (scope is at.scope or not isinstance(scope.node, ast.ClassDef)):
                return _reaching(found, at) if scope is at.scope else found
            scope = scope.parent
        return []

    def _name(self, node: ast.Name, at: At) -> Values:
        bindings = self.bindings(node.id, at)
        if not bindings:
            return UNKNOWN
        return tuple(value for binding in bindings[-MOST_VALUES:] for value in self.bound(binding))

    def bound(self, binding: Binding) -> Iterator[Value]:
        """What a binding gives its name."""
        match binding.kind:
            case "import":
                yield from self.imported(binding.name, binding.at)
            case "parameter":
                yield from functions.parameter(self, binding)
            case "function" | "class" if binding.node is not None:
                yield Shape(binding.node, binding.at)
            case "value" | "each":
                values = self.values(binding.node, binding.at)
                if binding.kind == "each":
                    values = members.each(self, values)
                for index in binding.path:
                    values = members.position(self, values, index)
                yield from values
            case _:
                yield Unknown()

    def imported(self, name: str, at: At) -> Values:
        """An import: a constant of a sibling module, or the thing by its name."""
        if at.scope.module is not self.module:
            return (Thing(name),)
        for module, rest in splits(name):
            sibling = self.siblings.get(module)
            if sibling is not None and rest:
                return self._in_sibling(sibling, rest)
        return (Thing(name),)

    def _in_sibling(self, sibling: Module, names: list[str]) -> Values:
        at = At(sibling.top, Block(), (1 << 60, 0))
        node: ast.expr = ast.Name(names[0], ast.Load())
        for name in names[1:]:
            node = ast.Attribute(node, name, ast.Load())
        return self.values(self.keep(node), at)

    # Operators

    def _joined(self, node: ast.JoinedStr, at: At) -> Values:
        parts: list[list[str]] = []
        for piece in node.values:
            if isinstance(piece, ast.FormattedValue):
                if piece.format_spec is not None or piece.conversion not in (-1, 115):
                    return self.partial(parts)
                texts = self.texts(piece.value, at)
                if not texts:
                    return self.partial(parts)
                parts.append(texts)
            elif isinstance(piece, ast.Constant) and isinstance(piece.value, str):
                parts.append([piece.value])
        return self.combined(parts, node, at)

    def partial(self, parts: list[list[str]]) -> Values:
        """What begins with ``parts`` and goes on unknown: a path when the beginning is one of a path."""
        start = parts[0][0] if parts else ""
        return (Path(),) if start.startswith(("/", "./", "../", "~")) else UNKNOWN

    def combined(self, parts: list[list[str]], node: ast.expr, at: At) -> Values:
        """Every combination of the parts, as texts that stand at ``node``."""
        total = 1
        for part in parts:
            total *= len(part)
        if total > MOST_VALUES or sum(max(map(len, part), default=0) for part in parts) > _LONGEST:
            self.cut = True
            return UNKNOWN
        where = node if at.scope.module is self.module else None
        return tuple(Text("".join(texts), where) for texts in product(*parts))

    def texts(self, node: ast.AST, at: At) -> list[str]:
        """The strings it may be, numbers written out; empty when one of its values cannot be told."""
        found: list[str] = []
        for value in self.values(node, at):
            if isinstance(value, Text):
                found.append(value.text)
            elif isinstance(value, Plain) and isinstance(value.value, int) and abs(value.value) < 1 << 63:
                found.append(str(value.value))
        return list(dict.fromkeys(found))[:_PRODUCTS]

    def _binary(self, node: ast.BinOp, at: At) -> Values:
        if isinstance(node.op, ast.Add):
            return self._sum(node, at)
        if isinstance(node.op, ast.Mod):
            arguments = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            return self.fill(node, node.left, arguments, at, _PERCENT)
        if isinstance(node.op, ast.Div):
            return self._slash(node, at)
        if isinstance(node.op, ast.BitOr):
            return (*self.values(node.left, at), *self.values(node.right, at))
        return UNKNOWN

    def _sum(self, node: ast.BinOp, at: At) -> Values:
        left = self.values(node.left, at)
        if any(isinstance(value, Shape) for value in left):
            return (*left, *self.values(node.right, at))
        first = self.texts(node.left, at)
        second = self.texts(node.right, at)
        if not first:
            return (Path(),) if any(isinstance(value, Path) for value in left) else UNKNOWN
        if not second:
            return self.partial([first])
        return self.combined([first, second], node, at)

    def _slash(self, node: ast.BinOp, at: At) -> Values:
        paths = [value for value in self.values(node.left, at) if isinstance(value, Path)]
        tails = self.texts(node.right, at)
        known = [f"{path.text}/{tail}" for path in paths if path.text for tail in tails]
        return tuple(map(Path, known[:_PRODUCTS])) or (Path(),)

    def fill(
        self, node: ast.expr, form: ast.expr, arguments: list[ast.expr], at: At, holes: re.Pattern[str]
    ) -> Values:
        """A form with holes, filled in order; one with widths or anything but plain holes is unknown."""
        found: list[Value] = []
        for text in self.texts(form, at):
            pieces = holes.split(text)
            if len(pieces) != len(arguments) + 1 or any("%" in piece or "{" in piece for piece in pieces):
                return UNKNOWN
            parts: list[list[str]] = [[pieces[0]]]
            for argument, piece in zip(arguments, pieces[1:], strict=True):
                texts = self.texts(argument, at)
                if not texts:
                    return self.partial(parts)
                parts += [texts, [piece]]
            found.extend(self.combined(parts, node, at))
        return tuple(found) or UNKNOWN

    def _either(self, node: ast.BoolOp, at: At) -> Values:
        values = [value for part in node.values for value in self.values(part, at)]
        useful = [value for value in values if not _empty(value)]
        return tuple(useful) or (Plain(None),)

    def _conditional(self, node: ast.IfExp, at: At) -> Values:
        return (*self.values(node.body, at), *self.values(node.orelse, at))

    def _shape(self, node: ast.AST, at: At) -> Values:
        return (Shape(node, at),)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, at: At) -> Values:
        return (Shape(node, inside(node, at)),)

    def _inner_value(self, node: ast.NamedExpr | ast.Await | ast.Starred, at: At) -> Values:
        return self.values(node.value, at)

    def _subscript(self, node: ast.Subscript, at: At) -> Values:
        return members.subscript(self, node, at)

    def _attribute(self, node: ast.Attribute, at: At) -> Values:
        return members.attribute(self, node, at)

    def _call(self, node: ast.Call, at: At) -> Values:
        return functions.call(self, node, at)

    def scope_of(self, node: ast.ClassDef) -> Scope | None:
        """The scope of a class of this file or of a sibling."""
        modules = (self.module, *self.siblings.values())
        return next((found for module in modules if (found := module.classes.get(id(node)))), None)

    def class_made(self, shape: Shape) -> Scope | None:
        """The class of the file whose object a call makes."""
        if isinstance(shape.node, ast.Call):
            for value in self.values(shape.node.func, shape.at):
                if isinstance(value, Shape) and isinstance(value.node, ast.ClassDef):
                    return self.scope_of(value.node)
        return None

    def returned(self, node: Definition) -> Values:
        """What a function of the file returns."""
        return functions.returned(self, node)

    def options(self, name: str) -> Values:
        """Defaults of the command-line option of that name."""
        return functions.options(self, name)

    def keep(self, node: Node) -> Node:
        """A node that is made here, kept so that its identity stays its own."""
        self._kept_alive.append(node)
        return node

    def owners(self, name: str) -> list[Attribute]:
        """Every ``….name = value`` of the file."""
        return self.module.owners(name)


def splits(name: str) -> Iterator[tuple[str, list[str]]]:
    """The modules that an import's full name may be of, longest first, and what is named in it."""
    dots = len(name) - len(name.lstrip("."))
    parts = name[dots:].split(".")
    for end in range(len(parts), -1 if dots else 0, -1):
        yield "." * dots + ".".join(parts[:end]), parts[end:]


def _reaching(found: list[Binding], at: At) -> list[Binding]:
    """The bindings before ``at`` that no later one undoes; all when none is before it, as in a loop."""
    reaching: list[Binding] = []
    for binding in reversed(found):
        if binding.at.place >= at.place:
            continue
        reaching.append(binding)
        if binding.at.block.holds(at.block):
            break
    return reaching[::-1] or found


def _empty(value: Value) -> bool:
    return (isinstance(value, Plain) and not value.value) or (isinstance(value, Text) and not value.text)


_PERCENT = re.compile(r"%[sd]")

_HANDLERS: dict[type[ast.AST], Callable[[Evaluator, Any, At], Values]] = {
    ast.Name: Evaluator._name,
    ast.JoinedStr: Evaluator._joined,
    ast.BinOp: Evaluator._binary,
    ast.BoolOp: Evaluator._either,
    ast.IfExp: Evaluator._conditional,
    ast.NamedExpr: Evaluator._inner_value,
    ast.Await: Evaluator._inner_value,
    ast.Starred: Evaluator._inner_value,
    ast.Dict: Evaluator._shape,
    ast.List: Evaluator._shape,
    ast.Tuple: Evaluator._shape,
    ast.Set: Evaluator._shape,
    ast.DictComp: Evaluator._comprehension,
    ast.ListComp: Evaluator._comprehension,
    ast.SetComp: Evaluator._comprehension,
    ast.GeneratorExp: Evaluator._comprehension,
    ast.Subscript: Evaluator._subscript,
    ast.Attribute: Evaluator._attribute,
    ast.Call: Evaluator._call,
}
