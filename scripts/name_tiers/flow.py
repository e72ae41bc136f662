"""What the parameters of a function reach.

Per function the calls are collected once, each with the parameters that flow into each argument; the
summaries then grow until nothing changes. It looks at names, not at values: a branch that is never taken
counts, and what flows through a container or an attribute of something else is lost.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from scripts.name_tiers.flow_words import DULL, ENDS, METHODS
from scripts.name_tiers.innocent import NOT_DANGEROUS
from scripts.name_tiers.natives import NATIVE_CATEGORIES
from scripts.name_tiers.symbols import Chain, Function, Module, Target, Universe, chain_of, imported

PROPAGATED = frozenset({"code", "exec", "file", "import", "native", "network", "process", "unpickle"})
"""What is as dangerous in the caller; looking at files or changing a flag is not."""

STEPS = 6
"""So many calls lie at most between a function and what it reaches."""

Summary = dict[str, dict[str, tuple[str, ...]]]
"""By parameter: what it reaches, and over which names."""

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what it may call, and the parameters that flow into its arguments."""

    targets: tuple[Target, ...]
    spelled: str
    positional: tuple[frozenset[str], ...]
    keywords: tuple[tuple[str, frozenset[str]], ...]
    receiver: frozenset[str]
    """What flows into the object whose method is called."""

    def everything(self) -> frozenset[str]:
        """All parameters that flow into any argument."""
        return _NOTHING.union(*self.positional, *(value for _, value in self.keywords))


@dataclass(slots=True)
class Flow:
    """The calls of one function."""

    function: Function
    calls: list[Call] = field(default_factory=list)


class _Reader:
    """Collects the calls of one function."""

    def __init__(self, universe: Universe, function: Function) -> None:
        self.universe = universe
        self.function = function
        self.module = universe.modules[function.module]
        arguments = function.node.args
        parameters = [
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
            *([arguments.vararg] if arguments.vararg else []),
            *([arguments.kwarg] if arguments.kwarg else []),
        ]
        self.flows: dict[str, set[str]] = {item.arg: {item.arg} for item in parameters}
        self.instances: dict[str, str] = {}
        self.aliases: dict[str, list[Target]] = {}
        self.local = Module(function.module, self.module.package)
        self.locals: set[str] = set()
        first = parameters[0].arg if parameters else None
        self.this = first if function.owner and not function.static else None

    def read(self) -> Flow:
        """The calls, after what flows where settled."""
        body = self.function.node.body
        nodes = list(body) if isinstance(body, list) else [ast.Expr(body)]
        walked = [item for node in nodes for item in ast.walk(node)]
        for node in walked:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for bound, ref in imported(node, self.module):
                    self.local.bindings.setdefault(bound, []).append(ref)
        bindings = [node for node in walked if isinstance(node, _BINDING)]
        self.locals = {
            node.id for node in walked if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        self._defaults()
        for node in bindings:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._names(target, node.value)
        flow = Flow(self.function)
        calls = [(node, self._interesting(node)) for node in walked if isinstance(node, ast.Call)]
        calls = [(node, targets) for node, targets in calls if targets is not None]
        if not calls:
            return flow
        for _ in range(3):
            before = sum(map(len, self.flows.values()))
            for node in bindings:
                self._bind(node)
            if sum(map(len, self.flows.values())) == before:
                break
        for node, targets in calls:
            flow.calls.append(self._call(node, targets or []))
        return flow

    def _interesting(self, node: ast.Call) -> list[Target] | None:
        """What a call may call; None if nothing can be reached by it."""
        found = [
            target
            for target in self._resolve(node.func)
            if target.kind in ("function", "class", "instance")
            or NATIVE_CATEGORIES.get(target.key) in PROPAGATED
        ]
        if found or (isinstance(node.func, ast.Attribute) and node.func.attr in METHODS):
            return found
        return None

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.Assign():
                for target in node.targets:
                    self._assign(target, node.value)
            case ast.AugAssign() | ast.AnnAssign() | ast.NamedExpr():
                if node.value is not None:
                    self._assign(node.target, node.value)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                self._assign(node.target, node.iter)
            case ast.withitem():
                if node.optional_vars is not None:
                    self._assign(node.optional_vars, node.context_expr)

    def _defaults(self) -> None:
        """Parameters whose default is a function, as finalisers have them."""
        arguments = self.function.node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = zip(reversed(positional), reversed(arguments.defaults), strict=False)
        for parameter, default in (*pairs, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)):
            self._alias(parameter.arg, default)

    def _alias(self, name: str, value: ast.expr | None) -> None:
        chain = chain_of(value) if value is not None else None
        if chain and chain[0] != name:
            found = [item for item in self._chain(chain) if item.kind in ("function", "native", "class")]
            self.aliases[name] = [*self.aliases.get(name, []), *found][:4]

    def _names(self, target: ast.expr, value: ast.expr) -> None:
        """Locals that are another name of a function, or an instance of a class."""
        if not isinstance(target, ast.Name):
            return
        self._alias(target.id, value)
        if isinstance(value, ast.Call):
            for found in self._resolve(value.func):
                if found.kind == "class":
                    self.instances[target.id] = found.key

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        flowing = self.sources(value)
        if not flowing:
            return
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self.flows.setdefault(node.id, set()).update(flowing)

    def sources(self, node: ast.expr) -> set[str]:
        """The parameters that flow into an expression."""
        if isinstance(node, ast.Constant):
            return set()
        if isinstance(node, ast.Name):
            return self.flows.get(node.id, set())
        if isinstance(node, ast.Compare):
            return set()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DULL:
            return set()
        if isinstance(node, ast.IfExp):
            return self.sources(node.body) | self.sources(node.orelse)
        found: set[str] = set()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                found |= self.sources(child)
            elif isinstance(child, ast.keyword):
                found |= self.sources(child.value)
            elif isinstance(child, ast.comprehension):
                found |= self.sources(child.iter)
        return found

    def _resolve(self, node: ast.expr) -> list[Target]:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            inner = node.value
            if isinstance(inner.func, ast.Name) and inner.func.id == "super" and self.function.owner:
                for line in self.universe.line(self.function.owner)[1:]:
                    found = self.universe.member(line, node.attr)
                    if found:
                        return found
                return []
            made = self._resolve(inner.func)
            return [
                target
                for item in made
                if item.kind == "class"
                for target in self.universe.member(item.key, node.attr)
            ]
        chain = chain_of(node)
        return self._chain(chain) if chain else []

    def _chain(self, chain: Chain) -> list[Target]:
        first = chain[0]
        if first == self.this and self.function.owner:
            if len(chain) == 2:
                return self.universe.member(self.function.owner, chain[1])
            return [Target("class", self.function.owner)] if len(chain) == 1 else []
        if first in self.local.bindings:
            start: list[Target] = []
            for ref in self.local.bindings[first]:
                start += self.universe.follow(self.module, ref)
            return self.universe._walk(start, chain[1:], 0)
        if first in self.instances and len(chain) == 2:
            return self.universe.member(self.instances[first], chain[1])
        if first in self.aliases and len(chain) == 1:
            return self.aliases[first]
        if first in self.flows or first in self.locals:
            return []
        return self.universe.resolve(self.function.module, chain)

    def _call(self, node: ast.Call, targets: list[Target]) -> Call:
        receiver: set[str] = set()
        if isinstance(node.func, ast.Attribute):
            receiver = self.sources(node.func.value)
        chain = chain_of(node.func)
        spelled = chain[-1] if chain else getattr(node.func, "attr", "")
        return Call(
            tuple(targets),
            spelled if isinstance(node.func, ast.Attribute) else "",
            tuple(frozenset(self.sources(item)) for item in node.args),
            tuple((item.arg or "**", frozenset(self.sources(item.value))) for item in node.keywords),
            frozenset(receiver),
        )


_BINDING = (
    ast.Assign,
    ast.AugAssign,
    ast.AnnAssign,
    ast.NamedExpr,
    ast.For,
    ast.AsyncFor,
    ast.comprehension,
    ast.withitem,
)


class Reach:
    """The summaries of everything that was walked so far."""

    def __init__(self, universe: Universe) -> None:
        self.universe = universe
        self.summaries: dict[str, Summary] = {}

    def add(self, functions: list[Function]) -> None:
        """Walk the functions of one package, against those of the packages before it."""
        flows = []
        for function in functions:
            flow = _Reader(self.universe, function).read()
            if flow.calls:
                flows.append(flow)
        for _ in range(STEPS):
            changed = False
            for flow in flows:
                summary = self.summaries.setdefault(flow.function.key, {})
                for call in flow.calls:
                    for parameter, category, path in self._reached(call):
                        reached = summary.setdefault(parameter, {})
                        if category not in reached:
                            reached[category] = path[:4]
                            changed = True
            if not changed:
                break
        for flow in flows:
            if not self.summaries.get(flow.function.key):
                self.summaries.pop(flow.function.key, None)

    def _reached(self, call: Call) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        for target in call.targets:
            if target.kind in ("native", "function", "class"):
                dotted = target.key.replace(":", ".")
                category = NATIVE_CATEGORIES.get(dotted)
                if dotted in NOT_DANGEROUS or dotted == "builtins.compile":
                    continue
                if category in PROPAGATED:
                    for parameter in call.everything():
                        yield parameter, category, (dotted,)
            if target.kind == "native":
                continue
            for key, shift in self.entries(target):
                summary = self.summaries.get(key)
                if (
                    summary
                    and key.partition(":")[0] not in ENDS
                    and key.replace(":", ".") not in NOT_DANGEROUS
                ):
                    yield from self._through(call, key, summary, shift)
        if not call.targets and call.spelled in METHODS:
            category = METHODS[call.spelled]
            for parameter in call.receiver | call.everything():
                yield parameter, category, (f".{call.spelled}",)

    def entries(self, target: Target) -> list[tuple[str, bool]]:
        """The functions that calling a target runs, and whether the first parameter is not passed."""
        if target.kind == "function":
            return [(target.key, target.key in self.universe.methods)]
        names = ("__call__",) if target.kind == "instance" else ("__init__", "__new__", "__post_init__")
        return [
            (found.key, True)
            for name in names
            for found in self.universe.member(target.key, name)
            if found.kind == "function"
        ]

    def _through(
        self, call: Call, key: str, summary: Summary, shift: bool
    ) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        parameters = self.universe.parameters.get(key, ())
        name = key.replace(":", ".")
        for wanted, reached in list(summary.items()):
            flowing = _flowing(call, parameters, wanted, shift)
            for category, path in list(reached.items()):
                for parameter in flowing:
                    yield parameter, category, (name, *path)


def _flowing(call: Call, parameters: tuple[str, ...], wanted: str, shift: bool) -> frozenset[str]:
    """What flows into one parameter of what is called."""
    found: set[str] = set()
    plain = [name.lstrip("*") for name in parameters]
    index = plain.index(wanted) if wanted in plain else -1
    if index < 0:
        return frozenset()
    if shift and index == 0:
        return call.receiver
    starred = parameters[index]
    if starred.startswith("**"):
        for keyword, value in call.keywords:
            if keyword not in plain:
                found |= value
        return frozenset(found)
    place = index - 1 if shift else index
    if starred.startswith("*"):
        for value in call.positional[place:]:
            found |= value
        return frozenset(found)
    if place < len(call.positional):
        found |= call.positional[place]
    for keyword, value in call.keywords:
        if keyword in (wanted, "**"):
            found |= value
    return frozenset(found)
