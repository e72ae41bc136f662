"""What lies on the unpickler's stack, as far as it matters: stand-ins, never the objects themselves.

Text, numbers and short bytes stand for themselves. Every value has a *height*, the levels of
values within it, and heights are bounded, so that no pickle can make the machine hold more than a few.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

KEPT_TEXT = 1 << 10
"""Bytes of one text or bytes argument that is kept; longer ones are only remembered by their place."""

KEPT_ITEMS = 32
"""Items that are kept of one tuple, list or dictionary."""

_MUTABLE = 6
"""The height of everything that may change later: so nothing that changes can hold another one."""

_TALLEST = 12


class Broken(Exception):
    """The unpickler would stop here."""


class Opaque:
    """Something whose value does not matter here."""

    __slots__ = ()
    height: ClassVar[int] = 0


OPAQUE: Final = Opaque()

FORGOTTEN: Final = Opaque()
"""Something that may have mattered, and that the bounds of the machine made it let go of."""

COMPUTED = "(computed)"
"""Stands for a module or a name that only running the pickle would tell."""


EXTENSIONS = "copyreg extension"
"""Stands for the module of a name that is imported by its number."""


class Global:
    """A module attribute, as the pickle names it. A machine has one of each."""

    __slots__ = ("computed", "module", "name")
    height: ClassVar[int] = 0

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name
        self.computed: tuple[Any, Any] | None = None
        """Module and name where they are no plain text."""

    @property
    def symbol(self) -> str:
        """Module and name with a dot between them."""
        return f"{self.module}.{self.name}"


class Long:
    """A text, or bytes, too long to be kept: where its content stands in the stream."""

    __slots__ = ("length", "offset", "text")
    height: ClassVar[int] = 0

    def __init__(self, offset: int, length: int, text: bool) -> None:
        self.offset = offset
        self.length = length
        self.text = text


class Recall:
    """A memo entry that was let go of, and can be read again from the stream."""

    __slots__ = ("index",)
    height: ClassVar[int] = 0

    def __init__(self, index: int) -> None:
        self.index = index


class Persistent:
    """What the loader makes of a persistent id."""

    __slots__ = ()
    height: ClassVar[int] = 0


PERSISTENT: Final = Persistent()


class Deep(tuple[Any, ...]):
    """A tuple that holds more than plain values."""

    height: int


class List(list[Any]):
    """The first few items of a list."""

    __slots__ = ()
    height: ClassVar[int] = _MUTABLE


class Dict(dict[Any, Any]):
    """The first few entries of a dictionary that have a text for a key, and every key that is a hook."""

    __slots__ = ()
    height: ClassVar[int] = _MUTABLE


class Made:
    """The result of a call. ``how`` is ``call``, or ``new`` when only ``__new__`` runs."""

    __slots__ = ("arguments", "fields", "height", "how", "keywords", "what")

    def __init__(self, what: Any, arguments: Any, how: str = "call", keywords: Any = None) -> None:
        tall = max(height(what), height(arguments), height(keywords))
        if tall >= _TALLEST:
            what = what if height(what) < _TALLEST else FORGOTTEN
            arguments = arguments if height(arguments) < _TALLEST else FORGOTTEN
            keywords = keywords if height(keywords) < _TALLEST else FORGOTTEN
            tall = max(height(what), height(arguments), height(keywords))
        self.what = what
        self.arguments = arguments
        self.how = how
        self.keywords = keywords
        self.height = tall + 1
        self.fields: tuple[Any, ...] | None = None
        """The state of an array type with fields."""


class Wrapper(Made):
    """An instance of joblib's array wrapper; its raw array follows the BUILD that sets its state."""

    __slots__ = ()


FLAT: Final = frozenset({str, int, float, bool, type(None), bytes, Opaque, Global, Long, Recall, Persistent})
"""The types of height 0."""

SCALARS: Final = frozenset({int, float, bool, type(None), Opaque, Persistent, Long, Recall})
"""The types that a memo need not keep: nothing is lost but the rendering of a number."""


def height(value: Any) -> int:
    """Levels of values within a value."""
    kind = value.__class__
    if kind in FLAT:
        return 0
    return 1 if kind is tuple else int(value.height)


def tuple_of(items: list[Any] | tuple[Any, ...]) -> tuple[Any, ...]:
    """A tuple of the first few items, those that are too deep left out."""
    if len(items) > KEPT_ITEMS:
        items = [*items[:KEPT_ITEMS], FORGOTTEN]
    tall = max(map(height, items), default=0)
    if not tall:
        return tuple(items)
    if tall >= _TALLEST:
        items = [item if height(item) < _TALLEST else FORGOTTEN for item in items]
        tall = max(map(height, items), default=0)
    made = Deep(items)
    made.height = tall + 1
    return made


def put_in(target: List, items: list[Any]) -> None:
    """Append as many items as a list still takes."""
    for item in items[: KEPT_ITEMS - len(target)]:
        target.append(item if height(item) < _MUTABLE else OPAQUE)


def fill(target: Dict, items: list[Any], hooks: frozenset[str]) -> None:
    """Set the entries ``items`` names by turns; ``hooks`` are kept however many there are already."""
    room = len(target) < 2 * KEPT_ITEMS
    for key, value in zip(items[::2], items[1::2], strict=False):
        if key.__class__ is str and (key in hooks or (room and len(target) < 2 * KEPT_ITEMS)):
            target[key] = value if height(value) < _MUTABLE else FORGOTTEN
