"""Callables that a configuration names: Hydra, NeMo and hyperpyyaml import them and call them.

Their loaders take any dotted name, so what matters is what it reaches: a class of a library or of the
author's own package builds a part of the model; a door of the standard library runs what the document says.
"""

from __future__ import annotations

import re
import sys

from scanner.inspect.names import category, why
from scanner.inspect.readers.python_calls import act_of

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z")
_GRAVE = frozenset({"exec", "process", "unpickle", "native", "import", "module", "attribute"})
_GRAVE_IN_THE_STANDARD_LIBRARY = _GRAVE | {"code", "network", "file"}
_HARMLESS = frozenset({"builtins.print", "os.path", "os.cpu_count", "os.getcwd", "pathlib.Path"})
_MODULES_TEXT = "collections datetime math pathlib random functools itertools typing"
_MODULES = frozenset(_MODULES_TEXT.split())
"""Modules of the standard library that model code is full of."""
_FACTORIES = (".from_pretrained", ".from_config")
"""How libraries build a model of a name: their own rules for what is loaded hold there."""


def danger_of(target: str) -> str | None:
    """What calling a dotted name does, in words; ``None`` when that is no danger by itself."""
    name = target.strip().replace(":", ".")
    if len(name) > 300 or not _DOTTED.match(name):
        return None
    module, _, last = name.rpartition(".")
    act = act_of(name)
    if act:
        return act[1].says
    if name in _HARMLESS or module in _HARMLESS or name.endswith(_FACTORIES):
        return None
    standard = name.partition(".")[0] in sys.stdlib_module_names
    found = category(module, last)
    grave = _GRAVE_IN_THE_STANDARD_LIBRARY if standard else _GRAVE
    return why(module, last) if found in grave else None


def danger_of_module(module: str) -> str | None:
    """The same of importing a module: no model needs one of the standard library by its name."""
    top = module.partition(".")[0]
    doors = top in sys.stdlib_module_names and top not in _MODULES
    return "imports a module of the standard library" if doors else None
