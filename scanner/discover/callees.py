"""Which function is called, by its full name, also through aliases, ``getattr`` and ``partial``."""

from __future__ import annotations

import ast
from typing import NamedTuple

from scanner.discover.syntax import At, Binding, Scope, last_name
from scanner.discover.value import Text
from scanner.discover.values import Evaluator

ANY = "?"
"""Root of a name whose origin cannot be told."""

HERE = "~"
"""Root of what the file itself defines."""

MADE = "()"
"""Follows the name of what was called to make an object."""

_DEPTH = 8
_MOST = 8
_HANDS_ON = frozenset(("partial", "to_thread", "submit", "run_in_executor", "sync_to_async", "retry_call"))


class Callee(NamedTuple):
    """A possible callee: its full name, and the call that already gave it arguments."""

    name: str
    given: tuple[ast.Call, At] | None = None


class Callees:
    """Resolves callees of one file."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._known: dict[tuple[int, int], list[Callee]] = {}

    def of(self, func: ast.expr, at: At, depth: int = 0) -> list[Callee]:
        """What ``func`` may be, the most likely first."""
        key = (id(func), id(at.scope))
        if key not in self._known:
            self._known[key] = []  # what refers to itself is nothing
            self._known[key] = list(dict.fromkeys(self._resolve(func, at, depth)))[:_MOST]
        return self._known[key]

    def _resolve(self, func: ast.expr, at: At, depth: int) -> list[Callee]:
        if depth > _DEPTH:
            return [Callee(ANY)]
        match func:
            case ast.Name():
                return self._name(func, at, depth)
            case ast.Attribute():
                return self._attribute(func, at, depth)
            case ast.Call():
                return self._made(func, at, depth)
            case ast.IfExp():
                return [*self.of(func.body, at, depth + 1), *self.of(func.orelse, at, depth + 1)]
            case ast.BoolOp():
                return [one for part in func.values for one in self.of(part, at, depth + 1)]
            case ast.NamedExpr() | ast.Await():
                return self.of(func.value, at, depth + 1)
            case ast.Subscript():
                return self._chosen(func, at, depth)
        return [Callee(ANY)]

    def _name(self, func: ast.Name, at: At, depth: int) -> list[Callee]:
        bindings = self._evaluator.bindings(func.id, at)
        if not bindings:
            stars = [Callee(f"{module}.{func.id}") for module in at.scope.module.stars]
            return [*stars, Callee(f"{ANY}.{func.id}")]
        return [one for binding in bindings[-_MOST:] for one in self._bound(func.id, binding, depth)]

    def _bound(self, name: str, binding: Binding, depth: int) -> list[Callee]:
        if binding.kind == "import":
            return [Callee(binding.name)]
        if binding.kind in ("function", "class"):
            return [Callee(f"{HERE}.{name}")]
        if binding.kind == "value" and isinstance(binding.node, ast.expr) and not binding.path:
            return self.of(binding.node, binding.at, depth + 1)
        if binding.kind == "each" and isinstance(binding.node, ast.List | ast.Tuple) and not binding.path:
            return [one for part in binding.node.elts for one in self.of(part, binding.at, depth + 1)]
        return [Callee(ANY)]

    def _attribute(self, func: ast.Attribute, at: At, depth: int) -> list[Callee]:
        base = func.value
        if isinstance(base, ast.Name) and base.id in ("self", "cls") and at.scope.owner is not None:
            assigned = self._of_self(func.attr, at.scope.owner, depth)
            return assigned or [Callee(f"{HERE}.{func.attr}")]
        return [Callee(f"{one.name}.{func.attr}") for one in self.of(base, at, depth + 1)]

    def _of_self(self, name: str, owner: Scope, depth: int) -> list[Callee]:
        found = [one for one in self._evaluator.owners(name) if one.owner is owner and one.node is not None]
        return [
            callee
            for one in found[:_MOST]
            if one.node is not None
            for callee in self.of(one.node, one.at, depth + 1)
        ]

    def _made(self, func: ast.Call, at: At, depth: int) -> list[Callee]:
        """What a call returns: an attribute through ``getattr``, a partial, or an object."""
        name = last_name(func.func)
        if name == "getattr" and len(func.args) > 1:
            texts = [value for value in self._evaluator.values(func.args[1], at) if isinstance(value, Text)]
            bases = self.of(func.args[0], at, depth + 1)
            return [Callee(f"{base.name}.{text.text}") for base in bases for text in texts] or [Callee(ANY)]
        if name in _HANDS_ON:
            return self.handed_on(func, at, depth)
        return [Callee(f"{one.name}{MADE}") for one in self.of(func.func, at, depth + 1)]

    def handed_on(self, call: ast.Call, at: At, depth: int = 0) -> list[Callee]:
        """The function that ``partial`` and its like are given, with the arguments beside it."""
        for index, argument in enumerate(call.args[:2]):
            found = self.of(argument, at, depth + 1) if isinstance(argument, ast.Name | ast.Attribute) else []
            if found:
                rest = ast.Call(argument, call.args[index + 1 :], call.keywords)
                ast.copy_location(rest, call)
                self._evaluator.keep(rest)
                return [Callee(one.name, (rest, at)) for one in found]
        return [Callee(ANY)]

    def hands_on(self, call: ast.Call) -> bool:
        """Whether the call only passes a function on with its arguments."""
        return last_name(call.func) in _HANDS_ON and bool(call.args)

    def _chosen(self, func: ast.Subscript, at: At, depth: int) -> list[Callee]:
        """One of the classes in a dictionary of them."""
        if not isinstance(func.value, ast.Name):
            return [Callee(ANY)]
        found: list[Callee] = []
        for binding in self._evaluator.bindings(func.value.id, at):
            if isinstance(binding.node, ast.Dict):
                found += [
                    one
                    for part in binding.node.values[:_MOST]
                    for one in self.of(part, binding.at, depth + 1)
                ]
        return found or [Callee(ANY)]
