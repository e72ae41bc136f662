"""The tier of a name, and why it is in it."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Final, Literal

from scanner.inspect.names.tables import ANYWHERE, Table, renamed, table_of
from scanner.inspect.names.words import WORDS

Tier = Literal["dangerous", "known", "unreviewed"]

_LONGEST: Final = 1_000
"""Characters of a name that are looked at; none that a writer emits comes near."""
_KEPT: Final = 4_096
"""Answers that are kept; a pickle asks for few names often."""
_STEPS: Final = 5
"""Modules that a dotted name walks through, at most; behind those it is still a module."""
_RANKS: Final = {category: rank for rank, category in enumerate(WORDS)}

_DOORS: Final = frozenset(
    [
        "__base__",
        "__bases__",
        "__builtins__",
        "__call__",
        "__class__",
        "__closure__",
        "__code__",
        "__defaults__",
        "__delattr__",
        "__dict__",
        "__func__",
        "__get__",
        "__getattr__",
        "__getattribute__",
        "__globals__",
        "__import__",
        "__init_subclass__",
        "__kwdefaults__",
        "__loader__",
        "__mro__",
        "__reduce__",
        "__reduce_ex__",
        "__self__",
        "__set__",
        "__setattr__",
        "__spec__",
        "__subclasses__",
        "__traceback__",
        "__wrapped__",
        "ag_frame",
        "cr_frame",
        "f_back",
        "f_builtins",
        "f_globals",
        "f_locals",
        "gi_frame",
        "mro",
        "tb_frame",
    ]
)
"""Attributes that lead from anything to everything."""
_AS_METHOD: Final = frozenset(
    ["__call__", "__delattr__", "__reduce__", "__reduce_ex__", "__setattr__", "__get__", "__set__", "mro"]
)
"""Of these, what an honest class may hand out by itself: only behind a dot do they lead anywhere."""


def tier(module: str, name: str) -> Tier:
    """The tier of ``module.name``; ``name`` may be dotted, as protocol 4 writes it."""
    if category(module, name):
        return "dangerous"
    if _known(module, name) or _known(*renamed(module, name)):
        return "known"
    return "unreviewed"


def why(module: str, name: str) -> str:
    """What a dangerous name does, in words; empty for any other."""
    return WORDS.get(category(module, name), "")


def reviewed(module: str) -> bool:
    """Whether the package of a module was walked: what is unreviewed in it was seen and is no danger."""
    table = table_of(module)
    return table is not None and table.walked


def category(module: str, name: str) -> str:
    """The category of a dangerous name, a key of ``names.words.WORDS``; empty if it is not dangerous."""
    return _kept(module[:_LONGEST], name[:_LONGEST])


@lru_cache(maxsize=_KEPT)
def _kept(module: str, name: str) -> str:
    found = _category(module, name, _STEPS)
    if not found:
        old = renamed(module, name)
        if old != (module, name):
            found = _category(*old, _STEPS)
    return found


def _category(module: str, name: str, steps: int) -> str:
    parts = name.split(".")
    table = table_of(module)
    exact = _listed(table, module, name) or _listed(table, ANYWHERE, name) if table else ""
    if exact and exact != "module" and not _known(module, name):
        return exact
    for place, part in enumerate(parts):
        if part in _DOORS and (place or part not in _AS_METHOD):
            return "attribute"
    if table is None:
        return _through(module, parts, _unwalked(parts), "", steps)
    first = parts[0]
    found = _listed(table, module, first)
    if found == "module":
        return _through(module, parts, found, table.modules.get((module, first), ""), steps)
    if _known(module, name):
        return ""
    if found:
        return _listed(table, ANYWHERE, f".{parts[-1]}") or found if len(parts) > 1 else found
    return _anywhere(table, module, parts, steps) or _of_everything(table, module)


def _through(module: str, parts: list[str], found: str, target: str, steps: int) -> str:
    """The category of what lies behind a module that is an attribute."""
    if len(parts) == 1 or not found or not steps:
        return found
    first = parts[0]
    rest = ".".join(parts[1:])
    places = {target, f"{module}.{first}", first, first.lstrip("_")}
    behind = {_category(place, rest, steps - 1) for place in places if place and table_of(place) is not None}
    return min(behind - {""}, key=_RANKS.__getitem__, default=found)


def _unwalked(parts: list[str]) -> str:
    """A module of the standard library behind a dot of a package that was not walked."""
    first = parts[0].lstrip("_") if len(parts) > 1 else ""
    return "module" if first in sys.stdlib_module_names else ""


def _listed(table: Table, module: str, name: str) -> str:
    return table.dangerous.get(module, {}).get(name, "")


def _anywhere(table: Table, module: str, parts: list[str], steps: int) -> str:
    """What holds wherever the package has the name."""
    everywhere = table.dangerous.get(ANYWHERE, {})
    if len(parts) > 1:
        method = everywhere.get(f".{parts[-1]}", "")
        if method:
            return method
    first = parts[0]
    found = everywhere.get(first, "")
    if found == "module":
        return _through(module, parts, found, table.modules.get((ANYWHERE, first), ""), steps)
    return found


def _of_everything(table: Table, module: str) -> str:
    while module:
        if module in table.everything:
            return table.everything[module]
        module = module.rpartition(".")[0]
    return ""


def _known(module: str, name: str) -> bool:
    table = table_of(module)
    return table is not None and (
        name in table.known.get(module, ()) or name in table.known.get(ANYWHERE, ())
    )
