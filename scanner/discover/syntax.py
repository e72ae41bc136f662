"""What a Python module binds to which names, read from its syntax tree in one pass over its statements.

Expressions are not walked here: only those are that something asks for, by the lines they stand on.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Literal, NamedTuple

Definition = ast.FunctionDef | ast.AsyncFunctionDef

Kind = Literal["value", "each", "parameter", "import", "function", "class", "unknown"]


class Block:
    """A run of statements of which either all are executed or none; the loops and branches around it."""

    __slots__ = ("outer",)

    def __init__(self, outer: Block | None = None) -> None:
        self.outer = outer

    def holds(self, other: Block | None) -> bool:
        """Whether ``other`` is this block or lies in it."""
        while other is not None and other is not self:
            other = other.outer
        return other is self


class Binding(NamedTuple):
    """A name gets a value: ``node`` is the expression, the thing iterated over, or the definition."""

    kind: Kind
    node: ast.AST | None
    at: At
    path: tuple[int, ...] = ()
    """Positions to take when a value is unpacked."""
    name: str = ""
    """The full name of an import; the name of a parameter."""


class At(NamedTuple):
    """Where an expression stands: what its names mean."""

    scope: Scope
    block: Block
    place: tuple[int, int]
    inner: tuple[tuple[str, Binding], ...] = ()
    """What comprehensions around it bind, innermost first."""


@dataclass(slots=True, eq=False)
class Scope:
    """A module, a function or a class with the names that its own statements bind."""

    module: Module
    node: ast.AST
    parent: Scope | None
    at: At | None = None
    """Where it is defined."""
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    items: dict[str, list[tuple[ast.expr, ast.expr, At]]] = field(default_factory=dict)
    """``name[key] = value`` and ``name.append(value)``."""

    @property
    def owner(self) -> Scope | None:
        """The class it is in or is."""
        scope: Scope | None = self
        while scope is not None and not isinstance(scope.node, ast.ClassDef):
            scope = scope.parent
        return scope


class Attribute(NamedTuple):
    """``owner.name = value``: the owner is a class scope, or the text of what stands before the dot."""

    owner: Scope | str
    node: ast.expr | None
    at: At


class Statement(NamedTuple):
    """A statement, or the head of a compound one, with its own expressions."""

    first: int
    last: int
    nodes: tuple[ast.AST, ...]
    at: At


class Call(NamedTuple):
    """A call and where it stands."""

    node: ast.Call
    at: At


class Module:
    """The names of one module; its text has no line ends but ``\\n``."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text = text
        self.top = Scope(self, tree, None)
        self.statements: list[Statement] = []
        self.attributes: dict[str, list[Attribute]] = {}
        self.functions: dict[str, list[Scope]] = {}
        self.classes: dict[int, Scope] = {}
        self.stars: list[str] = []
        self._calls: dict[str, list[Call]] = {}
        self._starts: list[int] | None = None
        Reader(self).read(tree)

    def lines_of(self, places: Iterable[int]) -> list[int]:
        """The lines, in order, of these characters."""
        if self._starts is None:
            self._starts = [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]
        starts = self._starts
        return sorted({bisect_right(starts, place) for place in places})

    def lines_with(self, words: Iterable[str]) -> list[int]:
        """The lines, in order, on which one of these words stands."""
        return self.lines_of(place for word in words for place in occurrences(self.text, word))

    def on_lines(self, lines: Sequence[int]) -> Iterator[Statement]:
        """The statements that cover one of these lines, which are in order."""
        for statement in self.statements:
            index = bisect_left(lines, statement.first)
            if index < len(lines) and lines[index] <= statement.last:
                yield statement

    def between(self, first: int, last: int) -> Iterator[Statement]:
        """The statements that begin on these lines."""
        return (one for one in self.statements if first <= one.first <= last)

    def calls_named(self, name: str) -> list[Call]:
        """Every call of something whose last name is this."""
        if name not in self._calls:
            lines = self.lines_with((name,))
            self._calls[name] = [
                call
                for statement in self.on_lines(lines)
                for call in calls_in(statement)
                if last_name(call.node.func) == name
            ]
        return self._calls[name]


def occurrences(text: str, word: str) -> Iterator[int]:
    """Where the word stands, not as a part of a longer name."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_") or word == ":=":
            yield at
        at = text.find(word, end)


def last_name(node: ast.expr) -> str:
    """``c`` of ``a.b.c`` and of ``c``; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def nodes_in(statement: Statement) -> Iterator[tuple[ast.AST, At]]:
    """Every node of the statement's own expressions, with what the comprehensions around it bind."""
    stack: list[tuple[ast.AST, At]] = [(node, statement.at) for node in reversed(statement.nodes)]
    while stack:
        node, at = stack.pop()
        yield node, at
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            at = inside(node, at)
        stack.extend((child, at) for child in reversed(list(ast.iter_child_nodes(node))))


def inside(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, at: At) -> At:
    """The place of the element of a comprehension."""
    for generator in node.generators:
        bound = tuple(
            (name, Binding("each", generator.iter, at, path)) for name, path in targets(generator.target)
        )
        at = at._replace(inner=bound + at.inner)
    return at


def calls_in(statement: Statement) -> Iterator[Call]:
    """Every call in the statement's own expressions."""
    return (Call(node, at) for node, at in nodes_in(statement) if isinstance(node, ast.Call))


def targets(node: ast.AST, path: tuple[int, ...] = ()) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The names that an assignment to ``node`` binds, with their positions in what is unpacked."""
    if isinstance(node, ast.Name):
        yield node.id, path
    elif isinstance(node, ast.Tuple | ast.List):
        starred = False
        for index, element in enumerate(node.elts):
            starred = starred or isinstance(element, ast.Starred)
            inner = element.value if isinstance(element, ast.Starred) else element
            yield from targets(inner, (*path, -1 if starred else index))


class Reader:
    """Fills a module. It keeps its own stack, so the depth of the source does not matter."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.stack: list[tuple[Sequence[ast.stmt], Scope, Block]] = []
        self.scopes = [module.top]

    def read(self, tree: ast.Module) -> None:
        self.stack.append((tree.body, self.module.top, Block()))
        while self.stack:
            body, scope, block = self.stack.pop()
            for statement in body:
                at = At(scope, block, (statement.lineno, statement.col_offset))
                self._statement(statement, at)
        self._walruses()
        for scope in self.scopes:
            for bindings in scope.bindings.values():
                bindings.sort(key=lambda binding: binding.at.place)

    def _walruses(self) -> None:
        for statement in self.module.on_lines(self.module.lines_with((":=",))):
            for node, at in nodes_in(statement):
                if isinstance(node, ast.NamedExpr):
                    self._assign(node.target, node.value, at)

    def _statement(self, node: ast.stmt, at: At) -> None:
        handler = _HANDLERS.get(type(node))
        if handler is None:
            self._record(node, at, (node,))
        else:
            handler(self, node, at)

    def _record(self, node: ast.stmt, at: At, nodes: Iterable[ast.AST], last: int | None = None) -> None:
        end = node.end_lineno or node.lineno
        self.module.statements.append(Statement(node.lineno, last or end, tuple(nodes), at))

    def _head(self, node: ast.stmt, at: At, *parts: ast.AST | None) -> None:
        """The head of a compound statement."""
        nodes = [part for part in parts if part is not None]
        if nodes:
            first = min(getattr(part, "lineno", node.lineno) for part in nodes)
            last = max(getattr(part, "end_lineno", node.lineno) for part in nodes)
            self.module.statements.append(Statement(first, last, tuple(nodes), at))

    def bind(self, at: At, name: str, binding: Binding) -> None:
        """Note that ``name`` is bound in the scope of ``at``."""
        at.scope.bindings.setdefault(name, []).append(binding)

    def _assign(self, target: ast.expr, value: ast.expr | None, at: At, kind: Kind = "value") -> None:
        if isinstance(target, ast.Attribute):
            owner: Scope | str = ast.unparse(target.value) if isinstance(target.value, ast.Name) else ""
            if owner in ("self", "cls") and at.scope.owner is not None:
                owner = at.scope.owner
            self.module.attributes.setdefault(target.attr, []).append(Attribute(owner, value, at))
        elif isinstance(target, ast.Subscript):
            if isinstance(target.value, ast.Name) and value is not None:
                at.scope.items.setdefault(target.value.id, []).append((target.slice, value, at))
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for element, part in zip(target.elts, value.elts, strict=False):
                self._assign(element, part, at, kind)
        else:
            for name, path in targets(target):
                self.bind(at, name, Binding(kind, value, at, path))

    def _assignment(self, node: ast.Assign, at: At) -> None:
        self._record(node, at, (node,))
        for target in node.targets:
            self._assign(target, node.value, at)

    def _annotated(self, node: ast.AnnAssign, at: At) -> None:
        self._record(node, at, (node,))
        if node.value is not None:
            self._assign(node.target, node.value, at)

    def _augmented(self, node: ast.AugAssign, at: At) -> None:
        self._record(node, at, (node,))
        if isinstance(node.target, ast.Name):
            before = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
            whole = ast.copy_location(ast.BinOp(before, node.op, node.value), node)
            self._assign(node.target, whole, at)

    def _expression(self, node: ast.Expr, at: At) -> None:
        self._record(node, at, (node,))
        call = node.value
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in ("append", "add")
            and isinstance(call.func.value, ast.Name)
            and len(call.args) == 1
        ):
            at.scope.items.setdefault(call.func.value.id, []).append((call, call.args[0], at))

    def _import(self, node: ast.Import, at: At) -> None:
        for alias in node.names:
            name, full = alias.asname, alias.name
            if name is None:
                name = full = alias.name.partition(".")[0]
            self.bind(at, name, Binding("import", node, at, name=full))

    def _import_from(self, node: ast.ImportFrom, at: At) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.module.stars.append(module)
                continue
            full = module + alias.name if module.endswith(".") else f"{module}.{alias.name}"
            self.bind(at, alias.asname or alias.name, Binding("import", node, at, name=full))

    def _function(self, node: Definition, at: At) -> None:
        arguments = node.args
        self._head(node, at, *node.decorator_list, *arguments.defaults, *arguments.kw_defaults)
        scope = self._scope(node, at)
        self.bind(at, node.name, Binding("function", node, at._replace(scope=scope)))
        self.module.functions.setdefault(node.name, []).append(scope)
        block = Block()
        inner = At(scope, block, (node.lineno, node.col_offset))
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            self.bind(inner, argument.arg, Binding("parameter", node, inner, name=argument.arg))
        for extra in (arguments.vararg, arguments.kwarg):
            if extra is not None:
                self.bind(inner, extra.arg, Binding("unknown", None, inner))
        self.stack.append((node.body, scope, block))

    def _scope(self, node: ast.AST, at: At) -> Scope:
        scope = Scope(self.module, node, at.scope, at)
        self.scopes.append(scope)
        return scope

    def _class(self, node: ast.ClassDef, at: At) -> None:
        self._head(node, at, *node.decorator_list, *node.bases, *node.keywords)
        scope = self._scope(node, at)
        self.module.classes[id(node)] = scope
        self.bind(at, node.name, Binding("class", node, at._replace(scope=scope)))
        self.stack.append((node.body, scope, Block()))

    def _branch(self, node: ast.If | ast.While, at: At) -> None:
        self._head(node, at, node.test)
        self._inner(node.body, at)
        self._inner(node.orelse, at)

    def _inner(self, body: Sequence[ast.stmt], at: At) -> None:
        if body:
            self.stack.append((body, at.scope, Block(at.block)))

    def _loop(self, node: ast.For | ast.AsyncFor, at: At) -> None:
        self._head(node, at, node.iter)
        self._assign(node.target, node.iter, at, "each")
        self._inner(node.body, at)
        self._inner(node.orelse, at)

    def _with(self, node: ast.With | ast.AsyncWith, at: At) -> None:
        self._head(node, at, *(item.context_expr for item in node.items))
        for item in node.items:
            if item.optional_vars is not None:
                self._assign(item.optional_vars, item.context_expr, at)
        self.stack.append((node.body, at.scope, at.block))

    def _try(self, node: ast.Try | ast.TryStar, at: At) -> None:
        for body in (node.body, node.orelse, *(handler.body for handler in node.handlers)):
            self._inner(body, at)
        if node.finalbody:
            self.stack.append((node.finalbody, at.scope, at.block))

    def _match(self, node: ast.Match, at: At) -> None:
        self._head(node, at, node.subject, *(case.guard for case in node.cases))
        for case in node.cases:
            self._inner(case.body, at)


_HANDLERS: dict[type[ast.stmt], Callable[[Reader, Any, At], None]] = {
    ast.Assign: Reader._assignment,
    ast.AnnAssign: Reader._annotated,
    ast.AugAssign: Reader._augmented,
    ast.Expr: Reader._expression,
    ast.Import: Reader._import,
    ast.ImportFrom: Reader._import_from,
    ast.FunctionDef: Reader._function,
    ast.AsyncFunctionDef: Reader._function,
    ast.ClassDef: Reader._class,
    ast.If: Reader._branch,
    ast.While: Reader._branch,
    ast.For: Reader._loop,
    ast.AsyncFor: Reader._loop,
    ast.With: Reader._with,
    ast.AsyncWith: Reader._with,
    ast.Try: Reader._try,
    ast.TryStar: Reader._try,
    ast.Match: Reader._match,
}
