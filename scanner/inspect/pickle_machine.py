"""The unpickler's state over stand-ins: stack, marks and memo; what is imported, called and set.

Nothing is ever constructed. What an opcode does to the machine is in :mod:`scanner.inspect.pickle_steps`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from scanner.inspect import limits
from scanner.inspect.pickle_memo import Depths, Memo
from scanner.inspect.pickle_recall import recalled
from scanner.inspect.pickle_values import (
    COMPUTED,
    FORGOTTEN,
    KEPT_ITEMS,
    OPAQUE,
    PERSISTENT,
    Broken,
    Dict,
    Global,
    List,
    Long,
    Made,
    Recall,
    Wrapper,
    fill,
    put_in,
    tuple_of,
)
from scanner.inspect.stream import Stream
from scanner.inspect.torch_storages import Storages

_WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
_DTYPE = "dtype"
_SHALLOW = 32
"""Items of a frame that stay at hand when another is put on top of it."""

_NEAR = 8
"""Of these, those that the opcodes right behind that other frame act on."""

_HOT = 1 << 14
"""Items of the uppermost frame that stay at hand."""

HOOKS = frozenset(
    {
        "_parse_arg_template",
        *("__class__", "__dict__", "__setstate__", "__getstate__", "__reduce__", "__reduce_ex__", "__new__"),
        *("__getattr__", "__getattribute__", "__setattr__", "__del__", "__call__", "__init__", "__code__"),
        *("__globals__", "__builtins__", "__bases__", "__mro__", "__closure__", "__defaults__", "__func__"),
        *("__self__", "__wrapped__", "__kwdefaults__", "__subclasshook__", "__init_subclass__", "__loader__"),
        *(
            "__set_name__",
            "__get__",
            "__enter__",
            "__exit__",
            "__iter__",
            "__next__",
            "__import__",
            "__path__",
        ),
    }
)
"""Attributes that change what an object is or what its use runs."""

_UNCALLABLE = (str, int, float, bytes, type(None), tuple, list, dict, Long)

TOO_DEEP = f"more than {limits.PICKLE_MARKS:,} marks on the stack"
"""Why a walk ends that the unpickler would go on with: no pickler nests so."""


class ArrayFollows(Exception):
    """The raw array of a joblib wrapper follows the BUILD that was just walked."""


class Stopped(Exception):
    """The pickle came to its STOP."""


class Blob(NamedTuple):
    """A text or bytes argument that may be a pickle itself: where it stands in the stream.

    ``content`` is there where the stream holds it in another form; a ``text`` is in UTF-8.
    """

    offset: int
    length: int
    content: bytes | None = None
    text: bool = False


class Observer(Protocol):
    """Who is told what a pickle does, as it does it. Offsets are those of the opcodes."""

    def imported(self, found: Global, offset: int) -> None:
        """A name was imported, for the first time in this pickle."""
        ...

    def called(self, made: Made, offset: int) -> None:
        """Something was called."""
        ...

    def set(self, target: Any, state: Any, offset: int) -> None:
        """BUILD gave something a state."""
        ...

    def filled(self, target: Any, items: list[Any], offset: int) -> None:
        """Items were put into something that is no list, dictionary or set of the pickle's own."""
        ...

    def extension(self, code: int, offset: int) -> None:
        """A name was imported by its number in the registry of :mod:`copyreg`."""
        ...

    def persisted(self, identity: Any, offset: int) -> None:
        """The loader was asked for an object by its persistent id."""
        ...


@dataclass(slots=True)
class Walk:
    """What is known of one pickle so far. Offsets are relative to the stream."""

    start: int
    end: int = 0
    """Behind the last opcode that was walked."""
    opcodes: int = 0
    seen: bytearray = field(default_factory=lambda: bytearray(256))
    """1 for every opcode that occurred."""
    stopped: bool = False
    tidy: bool = False
    """Stopped with one thing on the stack, as every pickler leaves it."""
    broken: str | None = None
    limited: bool = False
    protocol: int | None = None
    imports: dict[tuple[str, str], int] = field(default_factory=dict)
    """Offset of the first opcode that imports (module, name)."""
    first_call: int | None = None
    """Offset of the first opcode that calls something with arguments."""
    magic: bool = False
    joblib: bool = False
    pieces: list[tuple[int, int]] = field(default_factory=list)
    """Offset and length of the runs of opcodes; raw arrays lie between them."""
    nested: list[Walk] = field(default_factory=list)
    """Pickles of object arrays, which joblib writes in the middle of the stream."""
    storages: Storages = field(default_factory=Storages)
    """What the persistent ids name."""
    blobs: list[Blob] = field(default_factory=list)
    more_blobs: bool = False
    odd: dict[str, int] = field(default_factory=dict)
    """What no pickler writes, and the offset where it stands first."""

    @property
    def kinds(self) -> set[int]:
        """The opcodes that occurred."""
        return {code for code, seen in enumerate(self.seen) if seen}


class Machine:
    """The unpickler's stack, marks and memo, over stand-ins."""

    def __init__(self, walk: Walk, stream: Stream, observer: Observer | None = None) -> None:
        self.walk = walk
        self.stream = stream
        self.observer = observer
        self.size = stream.size
        self.base = 0
        """Where the block of bytes at hand begins in the stream."""
        self.limit = 0
        """Bytes in it; a few more stand behind them that do not count."""
        self.stack: list[Any] = []
        self.frames: list[list[Any]] = []
        self.memo = Memo()
        self.wrapper: dict[Any, Any] | None = None
        self.frame_end = 0
        self.recalls = 0
        self._blob_bytes = 0
        self._depths: dict[int, Depths] = {}
        self._globals: dict[tuple[str, str], Global] = {}

    def odd(self, detail: str, offset: int) -> None:
        """Note what no pickler writes."""
        self.walk.odd.setdefault(detail, offset)

    def mark(self) -> None:
        """Put a mark on the stack."""
        if len(self.frames) >= limits.PICKLE_MARKS:
            raise Broken(TOO_DEEP)
        if len(self.stack) > _SHALLOW:
            self._freeze(_NEAR)
        self.frames.append(self.stack)
        self.stack = []

    def pop_mark(self) -> list[Any]:
        """What lies above the uppermost mark, of very many things the first and the last."""
        if not self.frames:
            raise Broken("no mark on the stack")
        items, depths = self.stack, self._depths.pop(len(self.frames), None)
        self.stack = self.frames.pop()
        return items if depths is None else [*depths.head(2 * KEPT_ITEMS), *items]

    def thaw(self) -> bool:
        """Put the deep part of the frame at hand again; false if there is none."""
        depths = self._depths.get(len(self.frames))
        taken = depths.pop(_SHALLOW * 4) if depths is not None else []
        if not taken:
            return False
        self.stack[:0] = taken
        return True

    def settle(self, position: int) -> None:
        """Give up memory: called between two blocks."""
        if len(self.stack) > _HOT:
            self._freeze(_HOT // 2)
        self.memo.trim(position)

    def _freeze(self, keep: int) -> None:
        depths = self._depths.setdefault(len(self.frames), Depths())
        cut = len(self.stack) - keep
        depths.push(self.stack[:cut], HOOKS)
        del self.stack[:cut]

    def imported(self, module: Any, name: Any, offset: int) -> Global:
        """The global of this name; the observer hears of it once."""
        module, name = self.resolved(module), self.resolved(name)
        if module.__class__ is str and name.__class__ is str:
            pair = (module, name)
            found = self._globals.get(pair)
            if found is not None:
                return found
            found = Global(module, name)
        else:
            pair = (
                module if isinstance(module, str) else COMPUTED,
                name if isinstance(name, str) else COMPUTED,
            )
            found = Global(*pair)
            found.computed = (module, name)
        if len(self._globals) >= limits.PICKLE_IMPORTS:
            raise Broken(f"more than {limits.PICKLE_IMPORTS:,} different names are imported")
        self._globals.setdefault(pair, found)
        self.walk.imports.setdefault(pair, offset)
        if pair == _WRAPPER:
            self.walk.joblib = True
        if self.observer is not None:
            self.observer.imported(found, offset)
        return found

    def resolved(self, value: Any) -> Any:
        """A value, read again if the memo let go of it."""
        if value.__class__ is not Recall:
            return value
        place = self.memo.place_of(value.index)
        self.recalls += 1
        if place is None or self.recalls > limits.PICKLE_RECALLS:
            return FORGOTTEN
        text = recalled(self.stream, *place, value.index)
        return FORGOTTEN if text is None else text

    def called(self, what: Any, arguments: Any, offset: int, how: str = "call", keywords: Any = None) -> None:
        """Call something, and put what it returns on the stack."""
        if isinstance(arguments, str | int | Global | List | Dict) or isinstance(what, _UNCALLABLE):
            raise Broken("a call of something that cannot be called so")
        if self.walk.first_call is None:
            self.walk.first_call = offset
        if what.__class__ is Global and (what.module, what.name) == _WRAPPER:
            self.stack.append(Wrapper(what, OPAQUE))
            return
        if arguments.__class__ is tuple and any(item.__class__ is Recall for item in arguments):
            arguments = tuple_of([self.resolved(item) for item in arguments])
        made = Made(what, arguments, how, keywords)
        self.stack.append(made)
        if self.observer is not None:
            self.observer.called(made, offset)

    def built(self, target: Any, state: Any, offset: int) -> None:
        """Give the uppermost thing on the stack a state.

        Raises:
            ArrayFollows: it is a joblib wrapper, whose array comes next.
        """
        if target.__class__ is Wrapper and isinstance(state, dict):
            self.wrapper = state
            raise ArrayFollows
        if self.observer is not None:
            self.observer.set(target, state, offset)
        a_type = isinstance(target, Made) and isinstance(target.what, Global) and target.what.name == _DTYPE
        if a_type and isinstance(state, tuple) and any(isinstance(part, tuple) for part in state):
            target.fields = state

    def put_into(self, target: Any, items: list[Any], offset: int) -> None:
        """Put items, or keys and values by turns, into the uppermost thing on the stack."""
        kind = target.__class__
        if kind is Dict:
            if len(target) < 2 * KEPT_ITEMS or any(item in HOOKS for item in items if type(item) is str):
                fill(target, items, HOOKS)
        elif kind is List:
            if len(target) < KEPT_ITEMS:
                put_in(target, items)
        elif self.observer is not None:
            self.observer.filled(target, items, offset)

    def persisted(self, identity: Any, offset: int) -> None:
        """Ask the loader for something by its id."""
        self.walk.storages.note(identity)
        if self.observer is not None:
            self.observer.persisted(identity, offset)
        module = isinstance(identity, tuple) and len(identity) > 1 and identity[0] == "module"
        # torch hands back the class itself, which the pickle names beside its source.
        self.stack.append(identity[1] if module else PERSISTENT)

    def blob(self, offset: int, length: int, content: bytes | None = None, text: bool = False) -> None:
        """Note something that may be a pickle itself."""
        self._blob_bytes += len(content or b"")
        if len(self.walk.blobs) < limits.PICKLE_BLOBS and self._blob_bytes <= limits.PICKLE_LINE:
            self.walk.blobs.append(Blob(offset, length, content, text))
        else:
            self.walk.more_blobs = True

    def stop(self) -> None:
        """Come to the end.

        Raises:
            Stopped: always.
            Broken: there is nothing on the stack.
        """
        if not self.stack and not self.thaw():
            raise Broken("not enough on the stack")
        self.stack.pop()
        self.walk.stopped = True
        self.walk.tidy = not self.stack and not self.frames and not self.thaw()
        raise Stopped
