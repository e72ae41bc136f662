"""Which module attribute a value turns out to be: seen through ``getattr``, imports, partials and the like.

``getattr(__import__('os'), 'system')`` is ``os.system``, however it was written.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from scanner.inspect.pickle_values import Global, Made
from scanner.inspect.pickle_words import is_distribution, is_standard, names_a_class


class Target(NamedTuple):
    """An attribute of a module; an empty ``name`` is the module itself."""

    module: str
    name: str

    @property
    def symbol(self) -> str:
        """Module and name with a dot between them."""
        return f"{self.module}.{self.name}" if self.name else self.module


IMPORTERS: Final = frozenset(
    {
        *("builtins.__import__", "__builtin__.__import__", "importlib.import_module", "importlib.__import__"),
        *("importlib._bootstrap._gcd_import", "importlib._bootstrap.__import__", "importlib.reload"),
        *("pydoc.locate", "pkgutil.resolve_name", "importlib.util.resolve_name", "pydoc.safeimport"),
        *("_frozen_importlib._gcd_import", "_frozen_importlib.__import__", "_frozen_importlib._load"),
        *("numpy.testing._private.utils.import_module", "torch._utils._import_dotted_name"),
        *("joblib._utils.import_module", "dill._dill._import_module", "cloudpickle.cloudpickle.subimport"),
    }
)
"""Hand out the module, or the object, that their first argument names."""

GETTERS: Final = frozenset(
    {
        *("builtins.getattr", "__builtin__.getattr", "inspect.getattr_static"),
        *("builtins.object.__getattribute__", "builtins.type.__getattribute__", "dill._dill._getattribute"),
        *("pickle._getattribute", "operator.attrgetter.__call__", "builtins.object.__getattr__"),
    }
)
"""Hand out the attribute of their first argument that the second one names."""

PARTIALS: Final = frozenset({"functools.partial", "_functools.partial", "functools.partialmethod"})
ATTRGETTERS: Final = frozenset({"operator.attrgetter", "_operator.attrgetter"})
ITEMGETTERS: Final = frozenset({"operator.itemgetter", "_operator.itemgetter"})
METHODCALLERS: Final = frozenset({"operator.methodcaller", "_operator.methodcaller"})
_GETITEM: Final = frozenset(
    {"operator.getitem", "_operator.getitem", "operator.__getitem__", "builtins.dict.get"}
)
_NAMESPACES: Final = frozenset({"builtins.vars", "__builtin__.vars"})
_DICT: Final = "__dict__"


def first(made: Made, place: int = 0) -> Any:
    """One argument of a call; ``None`` if it is not known."""
    arguments = made.arguments
    return arguments[place] if isinstance(arguments, tuple) and len(arguments) > place else None


def target_of(value: Any) -> Target | None:
    """What a value is, if it is an attribute of a module or a module; ``None`` for anything else."""
    if isinstance(value, Global):
        return None if value.computed else Target(value.module, value.name)
    if not isinstance(value, Made):
        return None
    called = target_of(value.what)
    if called is None:
        return _through_getter(value)
    symbol = called.symbol
    if symbol in IMPORTERS:
        return _imported(first(value))
    if symbol in GETTERS:
        return _attribute(target_of(first(value)), first(value, 1))
    if symbol in PARTIALS:
        return target_of(first(value))
    if symbol in _NAMESPACES:
        return _attribute(target_of(first(value)), _DICT)
    if symbol in _GETITEM:
        return _item(target_of(first(value)), first(value, 1))
    if called.name.endswith((f"{_DICT}.get", f"{_DICT}.__getitem__", "modules.get", "modules.__getitem__")):
        return _item(Target(called.module, called.name.rpartition(".")[0]), first(value))
    return _through_getter(value)


def _through_getter(value: Made) -> Target | None:
    """``attrgetter('system')(os)`` and the like."""
    inner = value.what
    if not isinstance(inner, Made):
        return None
    maker = target_of(inner.what)
    if maker is None:
        return None
    if maker.symbol in ATTRGETTERS:
        return _attribute(target_of(first(value)), first(inner))
    if maker.symbol in ITEMGETTERS:
        return _item(target_of(first(value)), first(inner))
    return None


def _imported(name: Any) -> Target | None:
    if not isinstance(name, str):
        return None
    module, colon, inner = name.partition(":")
    return Target(module, inner if colon else "")


def _attribute(owner: Target | None, name: Any) -> Target | None:
    if owner is None or not isinstance(name, str):
        return None
    return Target(owner.module, f"{owner.name}.{name}" if owner.name else name)


def _item(owner: Target | None, key: Any) -> Target | None:
    """An item of a namespace is an attribute of its owner; one of ``sys.modules`` is a module."""
    if owner is None or not isinstance(key, str):
        return None
    if owner.symbol.endswith("sys.modules"):
        return Target(key, "")
    if owner.name == _DICT or owner.name.endswith(f".{_DICT}"):
        return _attribute(Target(owner.module, owner.name[: -len(_DICT)].rstrip(".")), key)
    return None


def category_of(target: Target) -> str:
    """Why a name is dangerous; empty if it is not. What is called a module may be one of its attributes."""
    from scanner.inspect.names import category

    if target.name:
        return category(target.module, target.name)
    module, _, name = target.module.rpartition(".")
    return category(module, name) if module else ""


def tier_of(module: str, name: str) -> str:
    """Its tier; the tables are loaded when the first name comes."""
    from scanner.inspect.names import tier

    return tier(module, name)


def is_reviewed(module: str) -> bool:
    """Whether the sources of its package were walked."""
    from scanner.inspect.names import reviewed

    return reviewed(module)


def is_bare(made: Made, target: Target) -> bool:
    """Whether this only makes an empty instance of a package's class, as every honest pickler does.

    ``__new__`` runs, ``__init__`` does not; what the class does when it is made by hand is no matter.
    """
    empty = not made.arguments and not made.keywords
    if made.how != "new" or not empty:
        return False
    return is_distribution(target.symbol) or (not is_standard(target.module) and names_a_class(target.name))
