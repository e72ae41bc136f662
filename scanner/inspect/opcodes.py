"""A streaming walk over the opcodes of one pickle, with just enough of a stack to know what is imported.

Nothing is ever constructed: the stack holds small stand-ins. Every opcode that the standard unpickler would
refuse here (unknown, truncated, not enough on the stack) ends the walk as broken, since nothing after it runs.
Opcode table and argument layouts: :mod:`pickletools` of the standard library.
"""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from scanner.inspect import limits
from scanner.inspect.stream import Stream

TORCH_MAGIC = 0x1950A86A20F9469CFC6C
"""``torch.serialization.MAGIC_NUMBER``, the first pickle of a legacy checkpoint."""


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
_KEPT_TEXT = 1 << 10
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


_Step = Callable[[Machine, Any, int], None]


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
    machine.stack.append(machine.imported(*argument, offset))


def _stack_global(machine: Machine, _argument: Any, offset: int) -> None:
    name, module = machine.pop(), machine.pop()
    machine.stack.append(machine.imported(module, name, offset))


def _inst(machine: Machine, argument: Any, offset: int) -> None:
    items = machine.pop_mark()
    machine.imported(*argument, offset)
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
        machine.stack[-1] = Made(target.what, target.arguments + (state,))


def _put(machine: Machine, argument: Any, _offset: int) -> None:
    machine.remember(argument)


def _memoize(machine: Machine, _argument: Any, _offset: int) -> None:
    machine.remember(machine.memoized)


def _get(machine: Machine, argument: Any, _offset: int) -> None:
    machine.stack.append(machine.memo.get(argument, OPAQUE))


def _tuple_of(count: int) -> _Step:
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


def _constant(value: Any) -> _Step:
    def step(machine: Machine, _argument: Any, _offset: int) -> None:
        machine.stack.append(value)

    return step


def _by_table(code: pickletools.OpcodeInfo) -> _Step:
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


_TEXTS = ("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8")
_NUMBERS = ("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4")
_STEPS: dict[str, _Step] = {
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
    "PROTO": _nothing,
    "FRAME": _nothing,
    **dict.fromkeys(_TEXTS + _NUMBERS, _push),
}

_COUNTED = {
    pickletools.TAKEN_FROM_ARGUMENT1: ("<B", 1),
    pickletools.TAKEN_FROM_ARGUMENT4: ("<i", 4),
    pickletools.TAKEN_FROM_ARGUMENT4U: ("<I", 4),
    pickletools.TAKEN_FROM_ARGUMENT8U: ("<Q", 8),
}

_Read = Callable[[Stream], Any]


def _exactly(stream: Stream, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise Broken("the stream ends inside an opcode")
    return data


def _line(stream: Stream) -> bytes:
    line = stream.readline(limits.PICKLE_LINE)
    if not line.endswith(b"\n"):
        raise Broken("the stream ends inside an opcode, or its line is too long")
    return line[:-1]


def _read_counted(name: str, kind: int) -> _Read:
    layout, width = _COUNTED[kind]
    decode = {"BINSTRING": "latin-1", "SHORT_BINSTRING": "latin-1"}.get(name, "utf-8")
    text = name in _TEXTS
    number = name in _NUMBERS

    def read(stream: Stream) -> Any:
        (length,) = struct.unpack(layout, _exactly(stream, width))
        if length < 0 or length > stream.size - stream.tell():
            raise Broken("an argument reaches beyond the end of the stream")
        if length > _KEPT_TEXT or not (text or number):
            stream.seek(length, 1)
            return OPAQUE
        data = _exactly(stream, length)
        return int.from_bytes(data, "little", signed=True) if number else data.decode(decode, "surrogatepass")

    return read


def _read_lines(stream: Stream) -> tuple[str, str]:
    return _line(stream).decode("utf-8"), _line(stream).decode("utf-8")


def _read_by_table(argument: pickletools.ArgumentDescriptor) -> _Read:
    def read(stream: Stream) -> Any:
        return argument.reader(stream)

    return read


def _read_text_line(argument: pickletools.ArgumentDescriptor) -> _Read:
    """A line, judged by the standard library's own reader for this kind of line."""

    def read(stream: Stream) -> Any:
        from io import BytesIO

        line = _line(stream)
        value = argument.reader(BytesIO(line + b"\n"))
        return OPAQUE if isinstance(value, str) and len(value) > _KEPT_TEXT else value

    return read


def _reader(code: pickletools.OpcodeInfo) -> _Read | None:
    argument = code.arg
    if argument is None:
        return None
    if code.name in ("GLOBAL", "INST"):
        return _read_lines
    if argument.n in _COUNTED:
        return _read_counted(code.name, argument.n)
    return _read_text_line(argument) if argument.n == pickletools.UP_TO_NEWLINE else _read_by_table(argument)


_OPCODES: list[tuple[str, _Read | None, _Step] | None] = [None] * 256
for _code in pickletools.opcodes:
    _OPCODES[ord(_code.code)] = (_code.name, _reader(_code), _STEPS.get(_code.name) or _by_table(_code))

_HIGHEST_PROTOCOL = 5
_NESTING = 8
_PROTO = 0x80


class Walker:
    """A walk over one pickle from ``start``; :attr:`walk` says how far it came, also when bytes were missing."""

    def __init__(self, stream: Stream, start: int, depth: int = 0) -> None:
        self.stream = stream
        self.walk = Walk(start, end=start)
        self._machine = Machine(self.walk)
        self._depth = depth
        self._piece = start

    def run(self, max_opcodes: int, end: int | None = None) -> Walk:
        """Walk to STOP, to where it breaks, to ``max_opcodes`` or past the offset ``end``.

        Raises:
            NotCollected: the walk reached bytes that are not there.
        """
        state = self.walk
        self.stream.seek(state.start)
        try:
            self._run(max_opcodes, self.stream.size if end is None else end)
        except Broken as broken:
            state.broken = str(broken)
        except (ValueError, struct.error, OverflowError, TypeError) as error:
            state.broken = f"an argument cannot be read ({type(error).__name__})"
        state.pieces.append((self._piece, state.end - self._piece))
        return state

    def _run(self, max_opcodes: int, end: int) -> None:
        # The hot loop: some four million turns in the worst case, so it stays flat.
        stream, state, machine = self.stream, self.walk, self._machine
        kinds, position = state.kinds, state.start
        while not state.stopped:
            code = stream.read(1)
            if not code:
                raise Broken("the stream ends before STOP")
            if state.opcodes >= max_opcodes or position > end:
                state.limited = True
                return
            entry = _OPCODES[code[0]]
            if entry is None:
                raise Broken(f"0x{code[0]:02x} is no opcode")
            read, step = entry
            if read is None:
                step(machine, None, position)
                position += 1
            else:
                argument = read(stream)
                self._notice(code[0], argument)
                step(machine, argument, position)
                position = stream.tell()
            kinds.add(code[0])
            state.end = position
            state.opcodes += 1
            if machine.wrapper is not None:
                position = self._skip_array(position, max_opcodes)

    def _notice(self, code: int, argument: Any) -> None:
        if code == _PROTO:
            if argument > _HIGHEST_PROTOCOL:
                raise Broken(f"protocol {argument} is not known")
            self.walk.protocol = argument
        elif argument == TORCH_MAGIC:
            self.walk.magic = True

    def _skip_array(self, position: int, max_opcodes: int) -> int:
        """Step over the raw array, or the nested pickle, behind a joblib wrapper; the new position."""
        from scanner.inspect.joblib_arrays import array_extent

        state, wrapper = self.walk, self._machine.wrapper
        assert wrapper is not None and wrapper.state is not None
        self._machine.wrapper = None
        state.pieces.append((self._piece, position - self._piece))
        self._piece = state.end = position
        extent = array_extent(wrapper.state, self.stream, position)
        if extent is None:
            position = self._nested(position, max_opcodes)
        else:
            position += extent
        if position > self.stream.size:
            raise Broken("a raw array reaches beyond the end of the stream")
        self.stream.seek(position)
        self._piece = state.end = position
        return position

    def _nested(self, position: int, max_opcodes: int) -> int:
        if self._depth >= _NESTING:
            raise Broken("pickles nested too deeply")
        nested = Walker(self.stream, position, self._depth + 1).run(max_opcodes - self.walk.opcodes)
        self.walk.nested.append(nested)
        self.walk.opcodes += nested.opcodes
        self.walk.limited |= nested.limited
        if not nested.stopped:
            raise Broken("a nested pickle is broken")
        return nested.end


def _stop(machine: Machine, _argument: Any, _offset: int) -> None:
    machine.pop()
    machine.walk.stopped = True
    machine.walk.tidy = not machine.stack and not machine.frames


def _entry(code: pickletools.OpcodeInfo) -> tuple[_Read | None, _Step]:
    return _reader(code), _STEPS.get(code.name) or _by_table(code)


_STEPS["STOP"] = _stop
_OPCODES: list[tuple[_Read | None, _Step] | None] = [None] * 256
for _code in pickletools.opcodes:
    _OPCODES[ord(_code.code)] = _entry(_code)
