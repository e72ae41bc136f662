"""What a Python module binds to which names, and the walk over expressions of it that somebody asks for."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Literal, NamedTuple

Definition = ast.FunctionDef | ast.AsyncFunctionDef

_COMPREHENSIONS = frozenset({ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp})

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


class Unread(NamedTuple):
    """The body of a function that nothing has asked for yet: its lines, and what reads it."""

    first: int
    last: int
    read: Callable[[], None]


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
        self.unread: list[Unread] = []
        self._read_for: set[str] = set()
        self._calls: dict[str, list[Call]] = {}
        self._walked: dict[int, list[Call]] = {}
        self._firsts: list[int] = []

    def lines_of(self, places: Iterable[int]) -> list[int]:
        """The lines, in order, of these characters."""
        found: list[int] = []
        line, counted = 1, 0
        for place in sorted(places):
            line += self.text.count("\n", counted, place)
            counted = place
            if not found or found[-1] != line:
                found.append(line)
        return found

    def lines_with(self, words: Iterable[str]) -> list[int]:
        """The lines, in order, on which one of these words stands."""
        return self.lines_of(place for word in words for place in occurrences(self.text, word))

    def close(self) -> None:
        """Let go of everything, so that the tree is freed at once: the scopes refer to each other."""
        for scope in (self.top, *self.classes.values(), *chain.from_iterable(self.functions.values())):
            scope.bindings.clear()
            scope.items.clear()
        for store in (self.attributes, self.functions, self.classes, self._calls, self._walked):
            store.clear()
        self.statements.clear()
        self.unread.clear()
        del self.top

    def on_lines(self, lines: Sequence[int]) -> list[Statement]:
        """The statements that cover one of these lines, which are in order."""
        begins = self._begins(lines)
        found: list[Statement] = []
        done = -1
        for line in lines:
            index = end = bisect_right(begins, line)
            while index - 1 > done and self.statements[index - 1].last >= line:
                index -= 1
            found += self.statements[index:end]
            done = max(done, end - 1)
        return found

    def between(self, first: int, last: int) -> list[Statement]:
        """The statements that begin on these lines."""
        begins = self._begins(range(first, last + 1))
        return self.statements[bisect_left(begins, first) : bisect_right(begins, last)]

    def owners(self, name: str) -> list[Attribute]:
        """Every ``….name = value``."""
        if name not in self._read_for:
            self._read_for.add(name)
            self._read(self.lines_with((name,)))
        return self.attributes.get(name, [])

    def _read(self, lines: Sequence[int]) -> None:
        """Read the functions that cover one of these lines."""
        while self.unread:
            wanted: list[Unread] = []
            rest: list[Unread] = []
            for one in self.unread:
                (wanted if _covers(one, lines) else rest).append(one)
            if not wanted:
                return
            self.unread = rest
            for one in wanted:
                one.read()

    def _begins(self, lines: Sequence[int]) -> list[int]:
        """The first lines of all statements, which are put in order, those of functions on ``lines`` too."""
        self._read(lines)
        if len(self._firsts) != len(self.statements):
            self.statements.sort(key=attrgetter("first"))
            self._firsts = [statement.first for statement in self.statements]
        return self._firsts

    def calls(self, statement: Statement) -> list[Call]:
        """Every call in the statement's own expressions."""
        if id(statement) not in self._walked:
            self._walked[id(statement)] = [
                Call(node, at) for node, at in nodes_in(statement) if isinstance(node, ast.Call)
            ]
        return self._walked[id(statement)]

    def calls_named(self, name: str) -> list[Call]:
        """Every call of something whose last name is this."""
        if name not in self._calls:
            lines = self.lines_with((name,))
            self._calls[name] = [
                call
                for statement in self.on_lines(lines)
                for call in self.calls(statement)
                if last_name(call.node.func) == name
            ]
        return self._calls[name]


def _covers(one: Unread, lines: Sequence[int]) -> bool:
    index = bisect_left(lines, one.first)
    return index < len(lines) and lines[index] <= one.last


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


_LEAVES = frozenset({ast.Constant, ast.Name, ast.Load, ast.Store, ast.Del, ast.arg, ast.alias})
_BARREN = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "kind", "type_comment", "is_async", "simple"})
_INNER: dict[type[ast.AST], tuple[str, ...]] = {}
"""Fields of each type of node that hold nodes which may have a part, the last first."""


def nodes_in(statement: Statement) -> Iterator[tuple[ast.AST, At]]:
    """Every node of the statement's own expressions, with what the comprehensions around it bind.

    Names and constants are left out: whoever wants one looks at what it is a part of.
    """
    stack: list[tuple[ast.AST, At]] = [(node, statement.at) for node in reversed(statement.nodes)]
    while stack:
        node, at = stack.pop()
        kind = type(node)
        if kind in _LEAVES:
            continue
        yield node, at
        if kind in _COMPREHENSIONS:
            at = inside(node, at)  # type: ignore[arg-type]
        fields = _INNER.get(kind)
        if fields is None:
            fields = _INNER[kind] = tuple(name for name in reversed(kind._fields) if name not in _BARREN)
        for name in fields:
            part = getattr(node, name, None)
            if type(part) is list:
                stack += [(one, at) for one in reversed(part) if isinstance(one, ast.AST)]
            elif isinstance(part, ast.AST):
                stack.append((part, at))


def inside(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, at: At) -> At:
    """The place of the element of a comprehension."""
    for generator in node.generators:
        bound = tuple(
            (name, Binding("each", generator.iter, at, path)) for name, path in targets(generator.target)
        )
        at = at._replace(inner=bound + at.inner)
    return at


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
