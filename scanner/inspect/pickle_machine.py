"""The unpickler's stack, over stand-ins: just enough to know what is imported and where raw arrays lie.

Nothing is ever constructed. An opcode does what :mod:`pickletools` says, unless its value matters.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from scanner.inspect import limits
from scanner.inspect.torch_storages import Storages


class Opaque:
    """Something on the stack whose value does not matter here."""


class Wrapper:
    """An instance of joblib's array wrapper; its raw array follows the BUILD that sets its state."""

    state: dict[Any, Any] | None = None


@dataclass(frozen=True, slots=True)
class Global:
    """A module attribute on the stack, as the pickle names it."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """The result of calling a known class with known arguments: array types, as joblib writes them."""

    what: Global
    arguments: tuple[Any, ...]


class Broken(Exception):
    """The unpickler would stop here."""


OPAQUE: Final = Opaque()
UNKNOWN = "unknown"
_WRAPPER = ("joblib.numpy_pickle", "NumpyArrayWrapper")
_DTYPE = "dtype"


@dataclass(slots=True)
class Walk:
    """What is known of one pickle so far. Offsets are relative to the stream."""

    start: int
    end: int = 0
    """Behind the last opcode that was walked."""
    opcodes: int = 0
    kinds: set[int] = field(default_factory=set)
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


class Machine:
    """The unpickler's stack, marks and memo, over stand-ins."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.stack: list[Any] = []
        self.frames: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.memoized = 0
        self.wrapper: Wrapper | None = None

    def pop(self) -> Any:
        if not self.stack:
            raise Broken("not enough on the stack")
        return self.stack.pop()

    def top(self) -> Any:
        if not self.stack:
            raise Broken("not enough on the stack")
        return self.stack[-1]

    def pop_mark(self) -> list[Any]:
        if not self.frames:
            raise Broken("no mark on the stack")
        items, self.stack = self.stack, self.frames.pop()
        return items

    def imported(self, module: Any, name: Any, offset: int) -> Global:
        found = Global(
            module if isinstance(module, str) else UNKNOWN, name if isinstance(name, str) else UNKNOWN
        )
        if len(self.walk.imports) < limits.PICKLE_IMPORTS:
            self.walk.imports.setdefault((found.module, found.name), offset)
        if (found.module, found.name) == _WRAPPER:
            self.walk.joblib = True
        return found

    def called(self, what: Any, arguments: Any, offset: int) -> None:
        if isinstance(arguments, str | int | Global):
            raise Broken("a call without a tuple of arguments")
        if self.walk.first_call is None:
            self.walk.first_call = offset
        known: Any = OPAQUE
        if isinstance(what, Global) and isinstance(arguments, tuple):
            if what.name == _DTYPE:
                known = Made(what, arguments)
            elif (what.module, what.name) == _WRAPPER:
                known = Wrapper()
        self.stack.append(known)

    def remember(self, index: int) -> None:
        value = self.top()
        self.memoized += 1
        if value is not OPAQUE:
            self.memo[index] = value


Step = Callable[[Machine, Any, int], None]


def _mark(machine: Machine, _argument: Any, _offset: int) -> None:
    machine.frames.append(machine.stack)
    machine.stack = []


def _pop(machine: Machine, _argument: Any, _offset: int) -> None:
    if machine.stack:
        machine.stack.pop()
    else:
        machine.pop_mark()


def _pop_mark(machine: Machine, _argument: Any, _offset: int) -> None:
    machine.pop_mark()


def _dup(machine: Machine, _argument: Any, _offset: int) -> None:
    machine.stack.append(machine.top())


def _push(machine: Machine, argument: Any, _offset: int) -> None:
    machine.stack.append(argument)


def _global(machine: Machine, argument: Any, offset: int) -> None:
    module, name = argument
    machine.stack.append(machine.imported(module, name, offset))


def _stack_global(machine: Machine, _argument: Any, offset: int) -> None:
    name, module = machine.pop(), machine.pop()
    machine.stack.append(machine.imported(module, name, offset))


def _inst(machine: Machine, argument: Any, offset: int) -> None:
    items = machine.pop_mark()
    module, name = argument
    machine.imported(module, name, offset)
    if items and machine.walk.first_call is None:
        machine.walk.first_call = offset
    machine.stack.append(OPAQUE)


def _obj(machine: Machine, _argument: Any, offset: int) -> None:
    items = machine.pop_mark()
    if not items:
        raise Broken("not enough on the stack")
    machine.called(items[0], tuple(items[1:8]), offset)


def _reduce(machine: Machine, _argument: Any, offset: int) -> None:
    arguments = machine.pop()
    machine.called(machine.pop(), arguments, offset)


def _newobj_ex(machine: Machine, _argument: Any, offset: int) -> None:
    machine.pop()
    _reduce(machine, None, offset)


def _build(machine: Machine, _argument: Any, _offset: int) -> None:
    state, target = machine.pop(), machine.top()
    if isinstance(target, Wrapper) and isinstance(state, dict):
        target.state = state
        machine.wrapper = target
    elif isinstance(target, Made) and isinstance(state, tuple):
        machine.stack[-1] = Made(target.what, (*target.arguments, state))


def _persistent(machine: Machine, argument: Any, _offset: int) -> None:
    machine.walk.storages.note(argument)
    machine.stack.append(OPAQUE)


def _persistent_popped(machine: Machine, _argument: Any, offset: int) -> None:
    _persistent(machine, machine.pop(), offset)


def _put(machine: Machine, argument: Any, _offset: int) -> None:
    machine.remember(argument)


def _memoize(machine: Machine, _argument: Any, _offset: int) -> None:
    machine.remember(machine.memoized)


def _get(machine: Machine, argument: Any, _offset: int) -> None:
    machine.stack.append(machine.memo.get(argument, OPAQUE))


def _tuple_of(count: int) -> Step:
    def step(machine: Machine, _argument: Any, _offset: int) -> None:
        items = tuple(machine.pop() for _ in range(count))
        machine.stack.append(items[::-1])

    return step


def _tuple(machine: Machine, _argument: Any, _offset: int) -> None:
    items = machine.pop_mark()
    machine.stack.append(tuple(items) if len(items) <= 32 else OPAQUE)


def _empty_dict(machine: Machine, _argument: Any, _offset: int) -> None:
    machine.stack.append({})


def _setitems(machine: Machine, _argument: Any, _offset: int) -> None:
    items = machine.pop_mark()
    _fill(machine.top(), items)


def _setitem(machine: Machine, _argument: Any, _offset: int) -> None:
    value, key = machine.pop(), machine.pop()
    _fill(machine.top(), [key, value])


def _dict(machine: Machine, _argument: Any, _offset: int) -> None:
    items = machine.pop_mark()
    made: dict[Any, Any] = {}
    _fill(made, items)
    machine.stack.append(made)


def _fill(target: Any, items: list[Any]) -> None:
    """Keep the few entries of a small dictionary that has text keys; joblib's wrappers are such."""
    if isinstance(target, dict) and len(target) + len(items) <= 64:
        for key, value in zip(items[::2], items[1::2], strict=False):
            if isinstance(key, str):
                target[key] = value


def _constant(value: Any) -> Step:
    def step(machine: Machine, _argument: Any, _offset: int) -> None:
        machine.stack.append(value)

    return step


def _by_table(code: pickletools.OpcodeInfo) -> Step:
    """The stack effect that the standard library documents, for opcodes whose values do not matter."""
    before = [item.name for item in code.stack_before]
    pushes = len(code.stack_after)
    if "mark" in before:
        below = before.index("mark")

        def marked(machine: Machine, _argument: Any, _offset: int) -> None:
            machine.pop_mark()
            if len(machine.stack) < below:
                raise Broken("not enough on the stack")
            if below != pushes:
                del machine.stack[len(machine.stack) - below :]
                machine.stack.extend([OPAQUE] * pushes)

        return marked
    pops = len(before)

    def plain(machine: Machine, _argument: Any, _offset: int) -> None:
        if len(machine.stack) < pops:
            raise Broken("not enough on the stack")
        if pops:
            del machine.stack[len(machine.stack) - pops :]
        machine.stack.extend([OPAQUE] * pushes)

    return plain


def _nothing(_machine: Machine, _argument: Any, _offset: int) -> None:
    pass


def _stop(machine: Machine, _argument: Any, _offset: int) -> None:
    machine.pop()
    machine.walk.stopped = True
    machine.walk.tidy = not machine.stack and not machine.frames


TEXTS = (
    "STRING",
    "BINSTRING",
    "SHORT_BINSTRING",
    "UNICODE",
    "SHORT_BINUNICODE",
    "BINUNICODE",
    "BINUNICODE8",
)
NUMBERS = ("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4")
_STEPS: dict[str, Step] = {
    "MARK": _mark,
    "POP": _pop,
    "POP_MARK": _pop_mark,
    "DUP": _dup,
    "GLOBAL": _global,
    "STACK_GLOBAL": _stack_global,
    "INST": _inst,
    "OBJ": _obj,
    "REDUCE": _reduce,
    "NEWOBJ": _reduce,
    "NEWOBJ_EX": _newobj_ex,
    "BUILD": _build,
    "PERSID": _persistent,
    "BINPERSID": _persistent_popped,
    "PUT": _put,
    "BINPUT": _put,
    "LONG_BINPUT": _put,
    "MEMOIZE": _memoize,
    "GET": _get,
    "BINGET": _get,
    "LONG_BINGET": _get,
    "TUPLE": _tuple,
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "EMPTY_TUPLE": _constant(()),
    "EMPTY_DICT": _empty_dict,
    "DICT": _dict,
    "SETITEM": _setitem,
    "SETITEMS": _setitems,
    "NEWTRUE": _constant(True),
    "NEWFALSE": _constant(False),
    "NONE": _constant(None),
    "STOP": _stop,
    "PROTO": _nothing,
    "FRAME": _nothing,
    **dict.fromkeys(TEXTS + NUMBERS, _push),
}


def step_of(code: pickletools.OpcodeInfo) -> Step:
    """What an opcode does to the stack."""
    return _STEPS.get(code.name) or _by_table(code)
