"""What names mean: the bindings of every module, and what a chain of attributes resolves to."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scripts.name_tiers.natives import NATIVE_NAMES

_DEPTH = 12
"""Re-exports of re-exports: longer ones are cycles."""

Chain = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """What a name is bound to.

    ``module`` X, ``from`` X import Y, ``def``, ``class``, ``instance``, ``alias``, or ``member``: an alias in
    the body of the class ``name``.
    """

    kind: str
    target: str
    name: str = ""
    chain: Chain = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What a chain leads to: ``module``, ``function``, ``class``, ``instance`` of a class or ``native``."""

    kind: str
    key: str


@dataclass(slots=True)
class Class:
    """One class: its bases as they are written, and what its body binds."""

    module: str
    name: str
    bases: list[Chain]
    members: dict[str, Ref] = field(default_factory=dict)
    decorators: tuple[Chain, ...] = ()


@dataclass(slots=True)
class Module:
    """One module: what its top level binds, and from where it takes everything."""

    name: str
    package: bool
    bindings: dict[str, list[Ref]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Function:
    """One function while its package is walked."""

    key: str
    module: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    owner: str | None
    """The key of the class whose method it is."""
    static: bool = False


def key_of(module: str, name: str) -> str:
    """The identity of a function or class."""
    return f"{module}:{name}"


def chain_of(node: ast.expr) -> Chain | None:
    """``a.b.c`` as a tuple; None for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return (node.id, *reversed(names))


class Universe:
    """All that was walked so far."""

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}
        self.classes: dict[str, Class] = {}
        self.parameters: dict[str, tuple[str, ...]] = {}
        self.methods: set[str] = set()
        """Functions whose first parameter is the instance or the class."""
        self._lines: dict[str, tuple[str, ...]] = {}
        self._looked: dict[tuple[str, str], list[Target]] = {}

    def read(self, name: str, package: bool, tree: ast.Module) -> list[Function]:
        """Record the bindings of one module and return its functions."""
        module = self.modules.setdefault(name, Module(name, package))
        functions: list[Function] = []
        self._body(module, tree.body, functions)
        return functions

    def _body(self, module: Module, body: Iterable[ast.stmt], functions: list[Function]) -> None:
        for node in body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for bound, ref in imported(node, module):
                    if bound == "*":
                        module.stars.append(ref.target)
                    else:
                        module.bindings.setdefault(bound, []).append(ref)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._function(module, node, node.name, None, functions)
                module.bindings.setdefault(node.name, []).append(Ref("def", module.name, node.name))
            elif isinstance(node, ast.ClassDef):
                self._class(module, node, node.name, functions)
                module.bindings.setdefault(node.name, []).append(Ref("class", module.name, node.name))
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                self._assigned(module, node, functions)
            else:
                self._body(module, list(_inner(node)), functions)

    def _assigned(self, module: Module, node: ast.Assign | ast.AnnAssign, functions: list[Function]) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if not isinstance(target, ast.Name):
                continue
            ref = self._value(module, target.id, node.value, functions)
            module.bindings.setdefault(target.id, []).append(ref)

    def _value(self, module: Module, name: str, value: ast.expr | None, functions: list[Function]) -> Ref:
        if isinstance(value, ast.Lambda):
            key = key_of(module.name, name)
            functions.append(Function(key, module.name, value, None))
            self.parameters[key] = parameters_of(value.args)
            return Ref("def", module.name, name)
        if isinstance(value, ast.Call):
            chain = chain_of(value.func)
            if chain and chain[-1] == "partial" and value.args and (inner := chain_of(value.args[0])):
                return Ref("alias", module.name, name, inner)
            if chain:
                return Ref("instance", module.name, name, chain)
        if value is not None and (chain := chain_of(value)):
            return Ref("alias", module.name, name, chain)
        return Ref("value", module.name, name)

    def _function(
        self,
        module: Module,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        name: str,
        owner: str | None,
        functions: list[Function],
    ) -> None:
        key = key_of(module.name, name)
        static = any(chain_of(item) == ("staticmethod",) for item in node.decorator_list)
        functions.append(Function(key, module.name, node, owner, static))
        self.parameters[key] = parameters_of(node.args)
        if owner and not static:
            self.methods.add(key)

    def _class(self, module: Module, node: ast.ClassDef, name: str, functions: list[Function]) -> None:
        key = key_of(module.name, name)
        bases = [chain for base in node.bases if (chain := chain_of(_unsubscripted(base)))]
        decorators = tuple(chain for item in node.decorator_list if (chain := chain_of(_called(item))))
        made = self.classes[key] = Class(module.name, name, bases, decorators=decorators)
        self._members(module, made, node.body, functions)

    def _members(
        self, module: Module, owner: Class, body: Iterable[ast.stmt], functions: list[Function]
    ) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{owner.name}.{node.name}"
                self._function(module, node, name, key_of(owner.module, owner.name), functions)
                owner.members[node.name] = Ref("def", module.name, name)
            elif isinstance(node, ast.ClassDef):
                name = f"{owner.name}.{node.name}"
                self._class(module, node, name, functions)
                owner.members[node.name] = Ref("class", module.name, name)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name) and (chain := chain_of(node.value)):
                        owner.members[target.id] = Ref("member", module.name, owner.name, chain)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                for bound, ref in imported(node, module):
                    owner.members[bound] = ref
            else:
                self._members(module, owner, list(_inner(node)), functions)

    # --- resolution -------------------------------------------------------------------------------------

    def lookup(self, module: str, name: str, depth: int = 0) -> list[Target]:
        """Everything that ``module.name`` may be."""
        if depth > _DEPTH:
            return []
        kept = self._looked.get((module, name))
        if kept is None:
            self._looked[module, name] = []  # a cycle ends here
            kept = self._looked[module, name] = self._look(module, name, depth)
        return kept

    def _look(self, module: str, name: str, depth: int) -> list[Target]:
        known = self.modules.get(module)
        if known is None:
            dotted = f"{module}.{name}"
            return [Target("module" if dotted in NATIVE_NAMES else "native", dotted)]
        found: list[Target] = []
        for ref in known.bindings.get(name, []):
            found += self.follow(known, ref, depth + 1)
        if f"{module}.{name}" in self.modules and not found:
            found.append(Target("module", f"{module}.{name}"))
        if not found:
            for star in known.stars:
                if star in self.modules:
                    if not name.startswith("_"):
                        found += self.lookup(star, name, depth + 1)
                elif name in NATIVE_NAMES.get(star, ()):
                    found.append(Target("native", f"{star}.{name}"))
        return list(dict.fromkeys(found))

    def follow(self, module: Module, ref: Ref, depth: int = 0) -> list[Target]:
        """What one binding leads to."""
        match ref.kind:
            case "module":
                return [Target("module", ref.target)]
            case "from":
                return self.lookup(ref.target, ref.name, depth + 1)
            case "def":
                return [Target("function", key_of(ref.target, ref.name))]
            case "class":
                return [Target("class", key_of(ref.target, ref.name))]
            case "alias":
                if ref.chain == (ref.name,):
                    return []
                return self.resolve(module.name, ref.chain, depth + 1)
            case "member":
                inner = self.member(key_of(module.name, ref.name), ref.chain[0], depth + 1)
                if inner:
                    return self._walk(inner, ref.chain[1:], depth + 1)
                return self.resolve(module.name, ref.chain, depth + 1)
            case "instance":
                if ref.chain[0] == ref.name:
                    return []
                return [
                    Target("instance", target.key)
                    for target in self.resolve(module.name, ref.chain, depth + 1)
                    if target.kind == "class"
                ]
        return []

    def resolve(self, module: str, chain: Chain, depth: int = 0) -> list[Target]:
        """Everything that a chain of attributes may be when ``module`` uses it."""
        if depth > _DEPTH:
            return []
        known = self.modules.get(module)
        start = self.lookup(module, chain[0], depth + 1) if known else []
        if not start and not (known and chain[0] in known.bindings):
            start = [Target("native", f"builtins.{chain[0]}")]
        return self._walk(start, chain[1:], depth)

    def _walk(self, start: list[Target], rest: Chain, depth: int) -> list[Target]:
        for name in rest:
            following: list[Target] = []
            for target in start:
                following += self._attribute(target, name, depth + 1)
            start = list(dict.fromkeys(following))[:6]
        return start

    def _attribute(self, target: Target, name: str, depth: int) -> list[Target]:
        if target.kind == "module":
            return self.lookup(target.key, name, depth)
        if target.kind in ("class", "instance"):
            return self.member(target.key, name, depth)
        if target.kind == "native":
            return [Target("native", f"{target.key}.{name}")]
        return []

    def member(self, key: str, name: str, depth: int = 0) -> list[Target]:
        """An attribute of a class, by its bases in order."""
        if depth > _DEPTH:
            return []
        for line in self.line(key):
            found = self.classes.get(line)
            if found is not None and name in found.members:
                return self.follow(self.modules[found.module], found.members[name], depth + 1)
        return []

    def line(self, key: str) -> tuple[str, ...]:
        """A class and its bases, nearest first; bases that were not walked as ``native DOTTED``."""
        if key in self._lines:
            return self._lines[key]
        self._lines[key] = (key,)  # a cycle ends here
        found = self.classes.get(key)
        result = [key]
        if found is not None:
            for base in found.bases:
                for target in self.resolve(found.module, base):
                    if target.kind == "class":
                        result += self.line(target.key)
                    elif target.kind == "native":
                        result.append(f"native {target.key}")
        self._lines[key] = tuple(dict.fromkeys(result))
        return self._lines[key]

    def forget_lines(self) -> None:
        """Bases may resolve better once the whole package was read."""
        self._lines.clear()
        self._looked.clear()


def parameters_of(arguments: ast.arguments) -> tuple[str, ...]:
    """The names of all parameters: positional ones first, then ``*args``, keyword ones, ``**kwargs``."""
    names = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
    names += ["*" + arguments.vararg.arg] if arguments.vararg else []
    names += [item.arg for item in arguments.kwonlyargs]
    names += ["**" + arguments.kwarg.arg] if arguments.kwarg else []
    return tuple(names)


def imported(node: ast.Import | ast.ImportFrom, module: Module) -> Iterator[tuple[str, Ref]]:
    """What an import statement binds; ``*`` for everything."""
    if isinstance(node, ast.Import):
        for item in node.names:
            if item.asname:
                yield item.asname, Ref("module", item.name)
            else:
                first = item.name.split(".")[0]
                yield first, Ref("module", first)
        return
    base = node.module or ""
    if node.level:
        parts = module.name.split(".")
        keep = len(parts) - node.level + (1 if module.package else 0)
        prefix = ".".join(parts[: max(keep, 0)])
        base = f"{prefix}.{base}" if base and prefix else base or prefix
    for item in node.names:
        yield item.asname or item.name, Ref("from", base, item.name)


def _inner(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements inside an ``if``, ``try``, ``with`` or loop."""
    for name in ("body", "orelse", "finalbody"):
        yield from (item for item in getattr(node, name, []) if isinstance(item, ast.stmt))
    for handler in getattr(node, "handlers", []):
        yield from handler.body


def _unsubscripted(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Subscript) else node


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node
