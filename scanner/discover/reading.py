"""Reads a module's syntax tree, statement by statement: what binds which names, and where.

Neither expressions nor the bodies of functions are walked before something asks for the lines they stand on.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from scanner.discover.syntax import (
    At,
    Attribute,
    Binding,
    Block,
    Definition,
    Kind,
    Module,
    Scope,
    Statement,
    Unread,
    nodes_in,
    targets,
)


def read_module(text: str, tree: ast.Module) -> Module:
    """The names of a module; its text has no line ends but ``\\n``."""
    module = Module(text, tree)
    _Reader(module).read(tree.body, module.top, Block())
    return module


def _defaults(arguments: ast.arguments) -> Iterator[ast.keyword]:
    """The defaults of parameters, each under its name."""
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = (
        *zip(reversed(positional), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    )
    return (_under(argument.arg, default) for argument, default in pairs if default is not None)


def _under(name: str, value: ast.expr) -> ast.keyword:
    return ast.copy_location(ast.keyword(name, value), value)


def _place(binding: Binding) -> tuple[int, int]:
    return binding.at.place


class _Reader:
    """Fills a module. It keeps its own stack, so the depth of the source does not matter."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.stack: list[tuple[Sequence[ast.stmt], Scope, Block]] = []
        self.scopes: list[Scope] = []
        self.walruses = module.lines_with((":=",))

    def read(self, body: Sequence[ast.stmt], scope: Scope, block: Block) -> None:
        """Read a body with all that is in it, save the bodies of functions."""
        self.stack.append((body, scope, block))
        self.scopes = [scope]
        before = len(self.module.statements)
        while self.stack:
            body, scope, block = self.stack.pop()
            for statement in body:
                at = At(scope, block, (statement.lineno, statement.col_offset))
                self._statement(statement, at)
        if self.walruses:
            self._bind_walruses(self.module.statements[before:])
        for scope in self.scopes:
            for bindings in scope.bindings.values():
                if len(bindings) > 1:
                    bindings.sort(key=_place)

    def _bind_walruses(self, statements: Sequence[Statement]) -> None:
        for statement in statements:
            if any(statement.first <= line <= statement.last for line in self.walruses):
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
        self._head(node, at, *node.decorator_list, *_defaults(arguments))
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
        last = node.end_lineno or node.lineno
        self.module.unread.append(
            Unread(node.body[0].lineno, last, partial(self.read, node.body, scope, block))
        )

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
        target = node.target
        self._head(node, at, _under(target.id, node.iter) if isinstance(target, ast.Name) else node.iter)
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
        for part in (node.subject, *(case.guard for case in node.cases)):
            self._head(node, at, part)
        for case in node.cases:
            self._inner(case.body, at)


_HANDLERS: dict[type[ast.stmt], Callable[[_Reader, Any, At], None]] = {
    ast.Assign: _Reader._assignment,
    ast.AnnAssign: _Reader._annotated,
    ast.AugAssign: _Reader._augmented,
    ast.Expr: _Reader._expression,
    ast.Import: _Reader._import,
    ast.ImportFrom: _Reader._import_from,
    ast.FunctionDef: _Reader._function,
    ast.AsyncFunctionDef: _Reader._function,
    ast.ClassDef: _Reader._class,
    ast.If: _Reader._branch,
    ast.While: _Reader._branch,
    ast.For: _Reader._loop,
    ast.AsyncFor: _Reader._loop,
    ast.With: _Reader._with,
    ast.AsyncWith: _Reader._with,
    ast.Try: _Reader._try,
    ast.TryStar: _Reader._try,
    ast.Match: _Reader._match,
}
