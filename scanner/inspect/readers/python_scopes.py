"""When each line of a Python module runs: while it is imported, or only when somebody uses it.

Statements outside functions run at import, and so do decorators, defaults and class bodies, and every
function that those call, through any number of steps. What stands under a guard for ``"__main__"`` does not.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

IMPORT = ""
"""The scope of what runs when the module is imported."""
SCRIPT = "__main__"
"""The scope of what runs only when the file is started as a program."""

_AT_CREATION = (
    "__init_subclass__",
    "__set_name__",
    "__class_getitem__",
    "__prepare__",
    "__new__",
    "__init__",
)
_FROM_OUTSIDE = ("__getattr__", "__dir__")
"""Functions of a module that importing names from it calls."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Scopes:
    """Every expression with its scope, and which scopes run at import."""

    expressions: list[tuple[ast.expr, str]] = field(default_factory=list)
    statements: list[tuple[ast.stmt, str]] = field(default_factory=list)
    running: frozenset[str] = frozenset()

    def at_import(self, scope: str) -> bool:
        """Whether importing the module runs this scope."""
        return scope in self.running


def scopes_of(tree: ast.Module) -> Scopes:
    """Walk a module.

    Raises:
        RecursionError: it is nested too deeply.
    """
    walk = _Walk(tree)
    walk.statements(tree.body, IMPORT, "")
    return Scopes(walk.expressions, walk.visited, frozenset(walk.reached()))


class _Walk:
    def __init__(self, tree: ast.Module) -> None:
        self.expressions: list[tuple[ast.expr, str]] = []
        self.visited: list[tuple[ast.stmt, str]] = []
        self._calls: dict[str, set[str]] = defaultdict(set)
        self._classes: dict[str, list[str]] = {}
        self._functions: set[str] = set()
        self._instances: dict[str, str] = {}
        self._bases: list[tuple[str, str]] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                names = [
                    one.name for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
                ]
                self._classes[node.name] = names
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                made = node.value.func
                if isinstance(made, ast.Name) and isinstance(node.targets[0], ast.Name):
                    self._instances[node.targets[0].id] = made.id

    def statements(self, body: list[ast.stmt], scope: str, owner: str) -> None:
        """Visit statements; ``owner`` is the class around them."""
        for statement in body:
            self._statement(statement, scope, owner)

    def _statement(self, node: ast.stmt, scope: str, owner: str) -> None:
        self.visited.append((node, scope))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._function(node, scope, owner)
        elif isinstance(node, ast.ClassDef):
            self._class(node, scope)
        elif isinstance(node, ast.If) and _is_main_guard(node.test):
            self.statements(node.body, SCRIPT, owner)
            self.statements(node.orelse, scope, owner)
        elif isinstance(node, ast.If) and _only_for_checkers(node.test):
            self.statements(node.orelse, scope, owner)
        elif (
            isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and _is_name(node.targets[0])
        ):
            self._lambda(node.value, node.targets[0].id, scope, owner)  # type: ignore[attr-defined]
        else:
            for child in ast.iter_child_nodes(node):
                self._child(child, scope, owner)

    def _child(self, node: ast.AST, scope: str, owner: str) -> None:
        if isinstance(node, ast.stmt):
            self._statement(node, scope, owner)
        elif isinstance(node, ast.expr):
            self._expression(node, scope, owner)
        else:
            for child in ast.iter_child_nodes(node):
                self._child(child, scope, owner)

    def _function(self, node: Function, scope: str, owner: str) -> None:
        name = f"{owner}.{node.name}" if owner else node.name
        self._functions.add(name)
        for decorator in node.decorator_list:
            self._expression(decorator, scope, owner)
            self._calls[scope].update(_callees(decorator))
            if _callees(decorator) & (self._functions | self._classes.keys()):
                self._calls[scope].add(name)
        defaults = [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        notes = [one.annotation for one in every if one.annotation is not None]
        for part in (*defaults, *notes, *([node.returns] if node.returns else [])):
            self._expression(part, scope, owner)
        if not owner and node.name in _FROM_OUTSIDE:
            self._calls[IMPORT].add(name)
        self.statements(node.body, name, owner)

    def _class(self, node: ast.ClassDef, scope: str) -> None:
        for part in (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)):
            self._expression(part, scope, "")
        for decorator in node.decorator_list:
            self._calls[scope].update(_callees(decorator))
        for base in (*node.bases, *(keyword.value for keyword in node.keywords)):
            if isinstance(base, ast.Name):
                self._calls[scope].update(f"{base.id}.{hook}" for hook in _AT_CREATION)
                self._bases.append((node.name, base.id))
        self._calls[scope].update(f"{node.name}.{hook}" for hook in ("__set_name__",))
        self.statements(node.body, scope, node.name)

    def _lambda(self, node: ast.Lambda, name: str, scope: str, owner: str) -> None:
        self._functions.add(name)
        for default in node.args.defaults:
            self._expression(default, scope, owner)
        self._expression(node.body, name, owner)

    def _expression(self, node: ast.expr, scope: str, owner: str) -> None:
        self.expressions.append((node, scope))
        if isinstance(node, ast.Call):
            self._call(node, scope, owner)
            return
        if isinstance(node, ast.Lambda):
            self._expression(node.body, f"{scope}<lambda>", owner)
            return
        for child in ast.iter_child_nodes(node):
            self._child(child, scope, owner)

    def _call(self, node: ast.Call, scope: str, owner: str) -> None:
        """A lambda that is called, or handed to a call, runs where the call stands."""
        self._calls[scope].update(self._targets(node.func, owner))
        for part in (node.func, *node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(part, ast.Lambda):
                self.expressions.append((part, scope))
                self._expression(part.body, scope, owner)
                continue
            if isinstance(part, ast.Name | ast.Attribute) and part is not node.func:
                self._calls[scope].update(self._targets(part, owner, called=False))
            self._expression(part, scope, owner)

    def _targets(self, function: ast.expr, owner: str, called: bool = True) -> Iterator[str]:
        """The functions of this module that a call of ``function`` may run."""
        if isinstance(function, ast.Name):
            yield function.id
            if called:
                yield from (
                    f"{function.id}.{name}"
                    for name in self._classes.get(function.id, ())
                    if _is_special(name)
                )
                instance = self._instances.get(function.id)
                if instance in self._classes:
                    yield f"{instance}.__call__"
        elif isinstance(function, ast.Attribute):
            on = function.value
            if isinstance(on, ast.Call):
                on = on.func
            if isinstance(on, ast.Name):
                known = owner if on.id in ("self", "cls", "super") else self._instances.get(on.id, on.id)
                yield f"{known}.{function.attr}"
        elif isinstance(function, ast.Call):
            yield from self._targets(function.func, owner)

    def reached(self) -> set[str]:
        """The scopes that run at import."""
        bases: dict[str, list[str]] = defaultdict(list)
        for name, base in self._bases:
            bases[name].append(base)
        found: set[str] = set()
        waiting = [IMPORT]
        while waiting:
            scope = waiting.pop()
            if scope in found:
                continue
            found.add(scope)
            waiting.extend(self._calls.get(scope, ()))
            owner, _, method = scope.rpartition(".")
            waiting.extend(f"{base}.{method}" for base in bases.get(owner, ()) if method)
        return found


def _callees(decorator: ast.expr) -> set[str]:
    """The name of a decorator, or of what makes one."""
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return {function.id} if isinstance(function, ast.Name) else set()


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)


def _is_main_guard(test: ast.expr) -> bool:
    """``__name__ == "__main__"`` and nothing else."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return named and any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)


def _only_for_checkers(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"
