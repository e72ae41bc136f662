"""Which names of a package are dangerous, and why, of all that a pickle can write."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from scripts.name_tiers.flow import Reach, Summary
from scripts.name_tiers.innocent import NOT_DANGEROUS
from scripts.name_tiers.natives import NATIVE_CATEGORIES, NATIVE_NAMES
from scripts.name_tiers.symbols import Target, Universe
from scripts.name_tiers.vocabulary import KNOWN

ORDER = (
    "exec",
    "process",
    "code",
    "unpickle",
    "native",
    "import",
    "network",
    "file",
    "attribute",
    "call",
    "state",
    "look",
    "output",
    "module",
)
"""The categories, the worst first: a name is said to be the worst of what it reaches."""

_MADE = ("__init__", "__new__", "__post_init__")
_IMPLICIT = (
    "__setstate__",
    "__del__",
    "__setitem__",
    "append",
    "extend",
    "add",
    "__hash__",
    "__eq__",
    "__setattr__",
)
"""What the unpickler calls, or the interpreter when the object goes: the attacker has made its state."""
_CALLED = ("__call__",)
_CALLED_WORST = frozenset({"exec", "process", "code", "unpickle", "native", "import", "network"})


_KNOWN = frozenset(f"{module}.{name}" for module, words in KNOWN.items() for name in words.split())
"""Reviewed: what the walk finds in them needs more than a pickle can give."""


@dataclass(slots=True)
class Tiers:
    """The dangerous names of one top-level package."""

    top: str
    names: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """By module: each dangerous name and its category; ``module:TARGET`` for one that is a module."""
    neutral: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By module: what is bound and not dangerous."""


class Judge:
    """Says of each target why it is dangerous, if it is."""

    def __init__(self, universe: Universe, reach: Reach) -> None:
        self.universe = universe
        self.reach = reach

    def category(self, target: Target) -> str:
        """The worst category of a function, class or compiled callable; empty if there is none."""
        dotted = target.key.replace(":", ".")
        if dotted in NOT_DANGEROUS or target.kind == "instance":
            return ""
        if dotted in NATIVE_CATEGORIES:
            return NATIVE_CATEGORIES[dotted]
        if dotted in _KNOWN:
            return ""
        if target.kind == "function":
            return worst(_all(self.reach.summaries.get(target.key, {})))
        if target.kind == "class":
            return worst(self._of_class(target.key))
        return ""

    def path(self, key: str) -> list[str]:
        """What a function or class reaches, for a reviewer to read."""
        keys = [key, *(f"{key}.{name}" for name in (*_MADE, *_IMPLICIT, *_CALLED))]
        return [
            f"{item.replace(':', '.')}({parameter}): {category} by {' > '.join(path)}"
            for item in keys
            for parameter, reached in sorted(self.reach.summaries.get(item, {}).items())
            for category, path in sorted(reached.items())
        ]

    def _of_class(self, key: str) -> set[str]:
        found: set[str] = set()
        for line in self.universe.line(key)[1:]:
            dotted = line.removeprefix("native ").replace(":", ".")
            if dotted in NATIVE_CATEGORIES and NATIVE_CATEGORIES[dotted] != "look":
                found.add(NATIVE_CATEGORIES[dotted])
        for names, this in ((_MADE, False), (_IMPLICIT, True), (_CALLED, True)):
            for name in names:
                for target in self.universe.member(key, name):
                    if target.kind != "function":
                        continue
                    if name == "__call__" and _is_module(self.universe, key):
                        continue
                    summary = self.reach.summaries.get(target.key, {})
                    first = self.universe.parameters.get(target.key, ("",))[0]
                    with_this = this or name == "__post_init__"
                    kept = {
                        category
                        for parameter, reached in summary.items()
                        if with_this or parameter != first
                        for category in reached
                    }
                    found |= kept & _CALLED_WORST if name == "__call__" else kept
        return found


def _is_module(universe: Universe, key: str) -> bool:
    """Whether a class is a torch module: its call is its forward pass, which takes tensors."""
    return any(line.startswith("torch.nn.modules.module:") for line in universe.line(key))


def _all(summary: Summary) -> set[str]:
    return {category for reached in summary.values() for category in reached}


def worst(categories: Iterable[str]) -> str:
    """The first of the categories in :data:`ORDER`; empty for none."""
    return min(categories, key=ORDER.index, default="")


def tiers_of(judge: Judge, top: str, modules: Iterable[str]) -> Tiers:
    """Every name of the modules of one package, judged."""
    universe = judge.universe
    tiers = Tiers(top)
    for name in sorted(modules):
        module = universe.modules[name]
        for bound in sorted(module.bindings):
            targets = universe.lookup(name, bound)
            _note(judge, tiers, name, bound, targets)
        for star in module.stars:
            for bound in _star(universe, star):
                if bound not in module.bindings:
                    _note(judge, tiers, name, bound, universe.lookup(star, bound))
    mine = set(modules)
    for key, found in universe.classes.items():
        if found.module in mine:
            _methods(judge, tiers, key)
    for name in sorted(mine):
        parent, _, last = name.rpartition(".")
        if parent in universe.modules and last not in universe.modules[parent].bindings:
            tiers.names[parent][last] = f"module:{name}"
    return tiers


def _star(universe: Universe, module: str) -> list[str]:
    if module in universe.modules:
        own = universe.modules[module]
        return [name for name in own.bindings if not name.startswith("_")]
    return [name for name in NATIVE_NAMES.get(module, ()) if not name.startswith("_")]


def _note(judge: Judge, tiers: Tiers, module: str, bound: str, targets: list[Target]) -> None:
    categories = {judge.category(target) for target in targets} - {""}
    own = NATIVE_CATEGORIES.get(f"{module}.{bound}", "")
    modules = [target.key for target in targets if target.kind == "module"]
    if f"{module}.{bound}" in NOT_DANGEROUS:
        tiers.neutral[module].add(bound)
    elif own or categories:
        tiers.names[module][bound] = own or worst(categories)
    elif modules:
        tiers.names[module][bound] = f"module:{modules[0]}"
    else:
        tiers.neutral[module].add(bound)
    for target in targets:
        if target.kind == "instance":
            for member, category in _members(judge, target.key):
                tiers.names[module][f"{bound}.{member}"] = category


def _members(judge: Judge, key: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for line in judge.universe.line(key):
        own = judge.universe.classes.get(line)
        for name in own.members if own else ():
            for target in judge.universe.member(key, name):
                category = judge.category(target) if target.kind != "module" else "module"
                if category:
                    found.setdefault(name, category)
    return sorted(found.items())


def _methods(judge: Judge, tiers: Tiers, key: str) -> None:
    found = judge.universe.classes[key]
    for name in sorted(found.members):
        dotted = f"{found.name}.{name}"
        targets = judge.universe.member(key, name)
        categories = {judge.category(target) for target in targets} - {""}
        modules = [target.key for target in targets if target.kind == "module"]
        own = NATIVE_CATEGORIES.get(f"{found.module}.{dotted}", "")
        if own or categories:
            tiers.names[found.module][dotted] = own or worst(categories)
        elif modules:
            tiers.names[found.module][dotted] = f"module:{modules[0]}"
        elif any(target.kind == "function" for target in targets):
            tiers.neutral[found.module].add(dotted)


@dataclass(slots=True)
class Packed:
    """The same as short as can be: a name that is dangerous wherever the package has it is written once."""

    anywhere: dict[str, str] = field(default_factory=dict)
    """By last component; a leading dot marks methods."""
    names: dict[str, dict[str, str]] = field(default_factory=dict)


def pack(tiers: Tiers) -> Packed:
    """Write once what holds for every occurrence of a name; of a method, what holds for any class.

    A class inherits methods under its own name, and no honest pickle names a method, so one dangerous method
    makes the name dangerous behind every class of the package.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for names in tiers.names.values():
        for name, category in names.items():
            counts[_last(name)][category] += 1
    for harmless in tiers.neutral.values():
        for name in harmless:
            if "." not in name:
                counts[name][""] += 1
    packed = Packed()
    for last, found in counts.items():
        if "" not in found:
            packed.anywhere[last] = max(found, key=lambda category: (found[category], category))
    for module, names in tiers.names.items():
        kept = {
            name: category for name, category in names.items() if packed.anywhere.get(_last(name)) != category
        }
        if kept:
            packed.names[module] = kept
    return packed


def _last(name: str) -> str:
    head, _, last = name.rpartition(".")
    return f".{last}" if head else last
