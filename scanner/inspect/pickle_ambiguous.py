"""Names whose danger lies in their arguments: a verdict each, or none where honest pickles do so."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from scanner.inspect.pickle_targets import (
    ATTRGETTERS,
    GETTERS,
    ITEMGETTERS,
    METHODCALLERS,
    PARTIALS,
    Target,
    first,
    target_of,
)
from scanner.inspect.pickle_values import Dict, Global, List, Long, Made
from scanner.inspect.pickle_words import (
    BASES,
    PLAIN_CODECS,
    PLAIN_DUNDERS,
    REACHED,
    is_standard,
    names_a_class,
)
from scanner.inspect.readers.paths import outside

_RUNS: Final = "pickle-dangerous-import"
_HARMLESS = (str, bytes, int, float, tuple, List, Dict, Long, type(None))


_APPLIERS: Final = frozenset(
    {
        *("builtins.map", "__builtin__.map", "builtins.filter", "__builtin__.filter", "__builtin__.apply"),
        *("functools.reduce", "_functools.reduce", "__builtin__.reduce", "operator.call", "_operator.call"),
        *("itertools.starmap", "itertools.filterfalse", "itertools.takewhile", "itertools.dropwhile"),
        *("itertools.imap", "itertools.ifilter"),
    }
)
"""Call their first argument."""
_VECTORIZE: Final = frozenset(
    {
        *("numpy.vectorize", "numpy.lib.function_base.vectorize"),
        "numpy.lib._function_base_impl.vectorize",
    }
)

_MULTIARRAY = ("numpy.core.multiarray", "numpy._core.multiarray")
_ALLOCATORS: Final = frozenset(
    {
        *("builtins.bytes", "builtins.bytearray", "__builtin__.bytearray", "builtins.range", "builtins.pow"),
        *("__builtin__.range", "__builtin__.pow", "operator.mul", "_operator.mul", "operator.pow"),
        *("_operator.pow", "operator.lshift", "_operator.lshift"),
        *(f"{package}.{name}" for package in _MULTIARRAY for name in ("_reconstruct", "empty", "zeros")),
        *(f"numpy.{name}" for name in ("zeros", "ones", "empty", "full", "arange", "eye", "identity")),
        *("numpy.tri", "numpy.ndarray", "torch.zeros", "torch.ones", "torch.empty", "torch.full"),
    }
)
"""Take memory as their arguments say."""
_MOST: Final = 1 << 28

_BOOSTERS: Final = frozenset(
    {"xgboost.Booster", "xgboost.core.Booster", "lightgbm.Booster", "lightgbm.basic.Booster"}
)
"""Made with a text they read the model file of this name; unpickled, their model comes with the state."""
_WRAPPERS: Final = frozenset(
    f"joblib.{module}.{name}"
    for module in ("numpy_pickle", "numpy_pickle_compat")
    for name in ("NDArrayWrapper", "ZNDArrayWrapper")
)
"""What joblib before 0.10 wrote in place of an array that lies in a file beside the pickle."""

GETS: Final = ATTRGETTERS | ITEMGETTERS
"""What they make gives an attribute or an item when it is called, and runs nothing else."""


class Verdict(NamedTuple):
    """What is wrong with one call. ``symbol`` is what it amounts to, where that is not what is called."""

    rule: str
    severity: str
    note: str = ""
    symbol: str = ""


Category = Callable[[Target], str]
Handler = Callable[[Made, Category], Verdict | None]


def _reaches(name: Any) -> bool:
    """Whether an attribute leads out of an object, on any part of its way."""
    if not isinstance(name, str):
        return True
    return any(
        part in REACHED or (part.startswith("__") and part not in PLAIN_DUNDERS) for part in name.split(".")
    )


def _getattr(made: Made, category: Category) -> Verdict | None:
    owner, name = first(made), first(made, 1)
    target = target_of(made)
    if target is not None and category(target) not in ("", "attribute"):
        return Verdict(_RUNS, "high", f"this is {target.symbol}")
    if _reaches(name):
        return Verdict(_RUNS, "high")
    if isinstance(owner, _HARMLESS):
        return None
    if isinstance(owner, Global):
        return _attribute_of_name(owner, category)
    if isinstance(owner, Made):
        behind = target_of(owner)
        if behind is not None and not behind.name:
            return Verdict(_RUNS, "high", f"an attribute of the module {behind.module}")
        return None
    return Verdict(_RUNS, "high", "an attribute of something unknown")


def _attribute_of_name(owner: Global, category: Category) -> Verdict | None:
    """A plain attribute of a class is what enumerations and methods are written as; a module's is not."""
    if owner.computed or category(Target(owner.module, owner.name)) not in ("", "attribute"):
        return Verdict(_RUNS, "high")
    if names_a_class(owner.name) or not is_standard(owner.module):
        return None
    return Verdict(_RUNS, "high", f"{owner.symbol} may be a module")


def _attrgetter(made: Made, category: Category) -> Verdict | None:
    if isinstance(made.what, Made):
        return _as_getattr(made, first(made.what), category)
    arguments = made.arguments if isinstance(made.arguments, tuple) else (None,)
    return Verdict(_RUNS, "high") if any(map(_reaches, arguments)) else None


def _as_getattr(made: Made, name: Any, category: Category) -> Verdict | None:
    return _getattr(Made(Global("builtins", "getattr"), (first(made), name)), category)


def _methodcaller(made: Made, category: Category) -> Verdict | None:
    """Made, it only names a method; called, it calls that method of what it is given."""
    if not isinstance(made.what, Made):
        return Verdict(_RUNS, "high") if _reaches(first(made)) else None
    owner, name = first(made), first(made.what)
    behind = target_of(owner)
    if behind is not None and isinstance(name, str):
        called = Target(behind.module, f"{behind.name}.{name}" if behind.name else name)
        if category(called):
            return Verdict(_RUNS, "critical", f"this calls {called.symbol}", called.symbol)
    return Verdict(_RUNS, "high", "it calls a method")


def _partial(made: Made, category: Category) -> Verdict | None:
    if made.how == "new" and made.arguments == ():
        return None  # the function comes with the state
    function = first(made)
    target = target_of(function)
    if target is None:
        known = isinstance(function, Made) and isinstance(function.what, Global)
        return None if known else Verdict(_RUNS, "high", "a partial of something unknown")
    if target.symbol in AMBIGUOUS:
        held = tuple(made.arguments[1:]) if isinstance(made.arguments, tuple) else ()
        return AMBIGUOUS[target.symbol](Made(function, held), category) if held else None
    if category(target):
        return Verdict(_RUNS, "critical", "", target.symbol)
    return None


def judge_partial_state(state: Any) -> Any:
    """The function that the state of a partial sets."""
    return state[0] if isinstance(state, tuple) and state else None


def _itemgetter(made: Made, _category: Category) -> Verdict | None:
    if not isinstance(made.what, Made):
        return None
    target = target_of(made)
    if target is not None:
        return Verdict(_RUNS, "high", f"this is {target.symbol}")
    return None


def _reconstructor(made: Made, category: Category) -> Verdict | None:
    cls, base = first(made), first(made, 1)
    found = _instance(made, category)
    if found is not None or cls is None:
        return found
    if isinstance(base, Global) and base.name in BASES:
        return None
    return Verdict(_RUNS, "medium", "an instance on an unusual base")


def _instance(made: Made, category: Category) -> Verdict | None:
    """``__newobj__(cls, ...)``: the same as NEWOBJ."""
    target = target_of(first(made))
    if target is None:
        return Verdict("pickle-hidden-call", "high", "an instance of something unknown")
    if category(target):
        return Verdict(_RUNS, "critical", "", target.symbol)
    return None


def _type(made: Made, _category: Category) -> Verdict | None:
    arguments = made.arguments
    if isinstance(arguments, tuple) and len(arguments) == 1:
        return None
    return Verdict(_RUNS, "high", "it makes a class")


def _encode(made: Made, _category: Category) -> Verdict | None:
    codec = first(made, 1)
    plain = codec is None or (isinstance(codec, str) and codec.lower() in PLAIN_CODECS)
    return None if plain else Verdict("pickle-unreviewed-call", "medium", "a transformed text")


def _from_type(made: Made, category: Category) -> Verdict | None:
    """``_rebuild_from_type_v2(function, type, arguments, state)`` calls the function."""
    function = first(made)
    target = target_of(function)
    if target is not None and not category(target):
        return None
    return Verdict(_RUNS, "critical", "", target.symbol if target else "")


def _apply(made: Made, category: Category) -> Verdict | None:
    """``map(function, items)`` and its like call the function; ``filter(None, items)`` calls nothing."""
    function = first(made)
    if function is None and isinstance(made.arguments, tuple) and len(made.arguments) == 2:
        return None
    target = target_of(function)
    if target is None:
        return Verdict("pickle-hidden-call", "high", "it calls something unknown")
    if _acts_by_arguments(target):
        return Verdict(_RUNS, "high", f"it calls {target.symbol}", target.symbol)
    return Verdict(_RUNS, "critical", "", target.symbol) if category(target) else None


def _acts_by_arguments(target: Target) -> bool:
    """Whether a name may do more with some arguments than take memory."""
    return AMBIGUOUS.get(target.symbol, _allocates) is not _allocates


def _dilled_array(made: Made, category: Category) -> Verdict | None:
    """``_create_array(function, arguments, state)``, as dill writes arrays, calls the function."""
    target = target_of(first(made))
    if target is not None and not category(target) and not _acts_by_arguments(target):
        return None
    return Verdict(_RUNS, "critical", "", target.symbol if target else "")


def _iter(made: Made, category: Category) -> Verdict | None:
    """``iter(container)`` is how an iterator is written; ``iter(function, end)`` calls the function."""
    given = made.arguments
    return None if isinstance(given, tuple) and len(given) == 1 else _apply(made, category)


def _keeps(made: Made, category: Category) -> Verdict | None:
    """A class that keeps a function, and calls it when it is called itself: harmless as that is."""
    target = target_of(first(made))
    return Verdict(_RUNS, "critical", "", target.symbol) if target and category(target) else None


def _opens(made: Made, _category: Category) -> Verdict | None:
    """A class that opens the file it is made with: an array that joblib mapped is rebuilt without one."""
    bare = made.how == "new" and not made.arguments and not made.keywords
    return None if bare else Verdict(_RUNS, "critical")


def _from_file(made: Made, _category: Category) -> Verdict | None:
    """A model that is made with the name of its file reads it."""
    given = made.arguments if isinstance(made.arguments, tuple) else ()
    texts = [value for value in given if isinstance(value, str | bytes)]
    return Verdict(_RUNS, "high", "it reads the model from this file") if texts else None


def leads_out(maker: Target | None, state: Any) -> str | None:
    """Where a file lies that joblib's wrapper loads for an array, if that is not beside the pickle."""
    if maker is None or maker.symbol not in _WRAPPERS or not isinstance(state, Dict):
        return None
    place = state.get("filename")
    return place if isinstance(place, str) and outside(place) else None


def _wrapper(made: Made, _category: Category) -> Verdict | None:
    place = first(made)
    state = Dict({"filename": place}) if isinstance(place, str) else None
    return Verdict(_RUNS, "high", "it loads that file") if leads_out(target_of(made.what), state) else None


def _allocates(made: Made, _category: Category) -> Verdict | None:
    """What a number alone makes as large as it says: no pickler writes its zeros so."""
    given = made.arguments if isinstance(made.arguments, tuple) else ()
    most = max((_asked_for(value) for value in given), default=0)
    return Verdict(_RUNS, "high", f"it asks for {most:,} elements of memory") if most > _MOST else None


def _asked_for(value: Any) -> int:
    """The number that a value is, or that a shape multiplies to."""
    sizes = value if isinstance(value, tuple) else (value,)
    return math.prod(size for size in sizes if type(size) is int and size > 0) if sizes else 0


def _of(names: frozenset[str] | set[str], handler: Handler) -> dict[str, Handler]:
    return dict.fromkeys(names, handler)


AMBIGUOUS: Mapping[str, Handler] = MappingProxyType(
    {
        **_of(GETTERS, _getattr),
        **_of(ATTRGETTERS, _attrgetter),
        **_of(ITEMGETTERS, _itemgetter),
        **_of(METHODCALLERS, _methodcaller),
        **_of(PARTIALS, _partial),
        **_of({"copyreg._reconstructor", "copy_reg._reconstructor"}, _reconstructor),
        **_of(
            {
                *("copyreg.__newobj__", "copy_reg.__newobj__", "copyreg.__newobj_ex__"),
                *("copy_reg.__newobj_ex__",),
            },
            _instance,
        ),
        **_of(_APPLIERS, _apply),
        **_of({"dill._dill._create_array", "dill.dill._create_array"}, _dilled_array),
        **_of({"builtins.iter", "__builtin__.iter"}, _iter),
        **_of(_VECTORIZE, _keeps),
        **_of({"numpy.memmap", "numpy.core.memmap.memmap", "numpy._core.memmap.memmap"}, _opens),
        **_of({"builtins.type", "__builtin__.type"}, _type),
        **_of(_BOOSTERS, _from_file),
        **_of(_WRAPPERS, _wrapper),
        **_of(_ALLOCATORS, _allocates),
        **_of({"_codecs.encode", "codecs.encode"}, _encode),
        **_of({"torch._tensor._rebuild_from_type_v2", "torch._tensor._rebuild_from_type"}, _from_type),
    }
)
"""By symbol."""
