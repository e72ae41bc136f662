"""What each opcode does to the machine: one function an opcode, from its place in a block to the next one's.

``step(machine, block, at)`` reads the opcode at ``block[at]`` with its argument, acts, and returns where the
next opcode stands; that may lie beyond the block. It changes nothing before it has everything it needs from
the stack, since an :class:`IndexError` may only mean that a deep part of the stack has to be fetched.

Source: :mod:`pickletools`, ``Modules/_pickle.c``.
"""

from __future__ import annotations

from struct import unpack_from
from typing import Any

from scanner.inspect.pickle_machine import Machine
from scanner.inspect.pickle_scalars import PADDING, SCALARS, TORCH_MAGIC, Step, number, read_line
from scanner.inspect.pickle_values import (
    EXTENSIONS,
    FLAT,
    KEPT_TEXT,
    OPAQUE,
    Broken,
    Dict,
    Global,
    List,
    tuple_of,
)

__all__ = ["PADDING", "STEPS", "TORCH_MAGIC"]

_HIGHEST_PROTOCOL = 5


def _push(value: Any) -> Step:
    def step(machine: Machine, _block: bytes, at: int) -> int:
        machine.stack.append(value)
        return at + 1

    return step


def _empty_dict(machine: Machine, _block: bytes, at: int) -> int:
    machine.stack.append(Dict())
    return at + 1


def _empty_list(machine: Machine, _block: bytes, at: int) -> int:
    machine.stack.append(List())
    return at + 1


def _mark(machine: Machine, _block: bytes, at: int) -> int:
    machine.mark()
    return at + 1


def _pop(machine: Machine, _block: bytes, at: int) -> int:
    if machine.stack or machine.thaw():
        machine.stack.pop()
    else:
        machine.pop_mark()
    return at + 1


def _pop_mark(machine: Machine, _block: bytes, at: int) -> int:
    machine.pop_mark()
    return at + 1


def _dup(machine: Machine, _block: bytes, at: int) -> int:
    machine.stack.append(machine.stack[-1])
    return at + 1


def _tuple1(machine: Machine, _block: bytes, at: int) -> int:
    value = machine.stack[-1]
    machine.stack[-1] = (value,) if value.__class__ in FLAT else tuple_of((value,))
    return at + 1


def _tuple2(machine: Machine, _block: bytes, at: int) -> int:
    stack = machine.stack
    first, second = pair = stack[-2], stack[-1]
    del stack[-1]
    flat = first.__class__ in FLAT and second.__class__ in FLAT
    stack[-1] = pair if flat else tuple_of(pair)
    return at + 1


def _tuple3(machine: Machine, _block: bytes, at: int) -> int:
    stack = machine.stack
    items = stack[-3], stack[-2], stack[-1]
    del stack[-2:]
    stack[-1] = tuple_of(items)
    return at + 1


def _tuple(machine: Machine, _block: bytes, at: int) -> int:
    items = machine.pop_mark()
    machine.stack.append(tuple_of(items))
    return at + 1


def _list(machine: Machine, _block: bytes, at: int) -> int:
    items, made = machine.pop_mark(), List()
    machine.put_into(made, items, machine.base + at)
    machine.stack.append(made)
    return at + 1


def _dict(machine: Machine, _block: bytes, at: int) -> int:
    items, made = machine.pop_mark(), Dict()
    machine.put_into(made, items, machine.base + at)
    machine.stack.append(made)
    return at + 1


def _frozenset(machine: Machine, _block: bytes, at: int) -> int:
    machine.pop_mark()
    machine.stack.append(OPAQUE)
    return at + 1


def _top(machine: Machine) -> Any:
    """The uppermost thing below the mark that was just popped."""
    if not machine.stack and not machine.thaw():
        raise Broken("not enough on the stack")
    return machine.stack[-1]


def _append(machine: Machine, _block: bytes, at: int) -> int:
    stack = machine.stack
    target, value = stack[-2], stack[-1]
    del stack[-1]
    machine.put_into(target, [value], machine.base + at)
    return at + 1


def _put_items(machine: Machine, _block: bytes, at: int) -> int:
    items = machine.pop_mark()
    machine.put_into(_top(machine), items, machine.base + at)
    return at + 1


def _setitem(machine: Machine, _block: bytes, at: int) -> int:
    stack = machine.stack
    target, key, value = stack[-3], stack[-2], stack[-1]
    del stack[-2:]
    machine.put_into(target, [key, value], machine.base + at)
    return at + 1


def _global_lines(machine: Machine, block: bytes, at: int) -> tuple[Global, int]:
    module, following = read_line(machine, block, at + 1)
    name, following = read_line(machine, block, following)
    return machine.imported(module.decode("utf-8"), name.decode("utf-8"), machine.base + at), following


def _global(machine: Machine, block: bytes, at: int) -> int:
    found, following = _global_lines(machine, block, at)
    machine.stack.append(found)
    return following


def _stack_global(machine: Machine, _block: bytes, at: int) -> int:
    stack = machine.stack
    module, name = stack[-2], stack[-1]
    del stack[-1]
    stack[-1] = machine.imported(module, name, machine.base + at)
    return at + 1


def _extension(width: int) -> Step:
    def step(machine: Machine, block: bytes, at: int) -> int:
        code = int.from_bytes(block[at + 1 : at + 1 + width], "little")
        if machine.observer is not None:
            machine.observer.extension(code, machine.base + at)
        machine.stack.append(machine.imported(EXTENSIONS, str(code), machine.base + at))
        return at + 1 + width

    return step


def _inst(machine: Machine, block: bytes, at: int) -> int:
    found, following = _global_lines(machine, block, at)
    arguments = tuple_of(machine.pop_mark())
    machine.called(found, arguments, machine.base + at)
    return following


def _obj(machine: Machine, _block: bytes, at: int) -> int:
    items = machine.pop_mark()
    if not items:
        raise Broken("not enough on the stack")
    machine.called(items[0], tuple_of(items[1:]), machine.base + at)
    return at + 1


def _reduce(how: str) -> Step:
    def step(machine: Machine, _block: bytes, at: int) -> int:
        stack = machine.stack
        what, arguments = stack[-2], stack[-1]
        del stack[-2:]
        machine.called(what, machine.resolved(arguments), machine.base + at, how)
        return at + 1

    return step


def _newobj_ex(machine: Machine, _block: bytes, at: int) -> int:
    stack = machine.stack
    what, arguments, keywords = stack[-3], stack[-2], stack[-1]
    del stack[-3:]
    machine.called(what, machine.resolved(arguments), machine.base + at, "new", keywords)
    return at + 1


def _build(machine: Machine, _block: bytes, at: int) -> int:
    stack = machine.stack
    target, state = stack[-2], stack[-1]
    del stack[-1]
    machine.built(target, state, machine.base + at)
    return at + 1


def _persistent(machine: Machine, block: bytes, at: int) -> int:
    line, following = read_line(machine, block, at + 1)
    machine.persisted(line.decode("latin-1")[:KEPT_TEXT], machine.base + at)
    return following


def _persistent_popped(machine: Machine, _block: bytes, at: int) -> int:
    if not machine.stack and not machine.thaw():
        raise Broken("not enough on the stack")
    machine.persisted(machine.stack.pop(), machine.base + at)
    return at + 1


def _memoize(machine: Machine, _block: bytes, at: int) -> int:
    machine.memo.memoize(machine.stack[-1])
    return at + 1


def _put_byte(machine: Machine, block: bytes, at: int) -> int:
    machine.memo.put(block[at + 1], machine.stack[-1])
    return at + 2


def _put_four(machine: Machine, block: bytes, at: int) -> int:
    machine.memo.put(unpack_from("<I", block, at + 1)[0], machine.stack[-1])
    return at + 5


def _put_line(machine: Machine, block: bytes, at: int) -> int:
    line, following = read_line(machine, block, at + 1)
    index = number(line)
    if index is OPAQUE or index < 0:
        raise Broken("an argument cannot be read (a memo index)")
    machine.memo.put(index, machine.stack[-1])
    return following


def _get(machine: Machine, index: int) -> None:
    value = machine.memo.kept.get(index)
    machine.stack.append(machine.memo.missing(index) if value is None else value)


def _get_byte(machine: Machine, block: bytes, at: int) -> int:
    _get(machine, block[at + 1])
    return at + 2


def _get_four(machine: Machine, block: bytes, at: int) -> int:
    _get(machine, unpack_from("<I", block, at + 1)[0])
    return at + 5


def _get_line(machine: Machine, block: bytes, at: int) -> int:
    line, following = read_line(machine, block, at + 1)
    index = number(line)
    if index is OPAQUE:
        raise Broken("an argument cannot be read (a memo index)")
    _get(machine, index)
    return following


FRAME_IN_FRAME = "a FRAME begins within another"


def _protocol(machine: Machine, block: bytes, at: int) -> int:
    version = block[at + 1]
    if version > _HIGHEST_PROTOCOL:
        raise Broken(f"protocol {version} is not known")
    machine.walk.protocol = version
    return at + 2


def _frame(machine: Machine, block: bytes, at: int) -> int:
    (length,) = unpack_from("<Q", block, at + 1)
    place = machine.base + at
    if length > machine.size - place - 9:
        machine.odd("a FRAME reaches beyond the end of the stream", place)
    elif place < machine.frame_end:
        machine.odd(FRAME_IN_FRAME, place)
    machine.frame_end = place + 9 + length
    return at + 9


def _buffer(machine: Machine, _block: bytes, at: int) -> int:
    machine.stack.append(OPAQUE)
    return at + 1


def _readonly(machine: Machine, _block: bytes, at: int) -> int:
    if not machine.stack and not machine.thaw():
        raise Broken("not enough on the stack")
    return at + 1


def _stop(machine: Machine, _block: bytes, at: int) -> int:
    if machine.base + at + 1 < machine.frame_end <= machine.size:
        machine.odd("the pickle stops before its last FRAME ends", machine.base + at)
    machine.stop()
    return at + 1


_BY_CODE: dict[bytes, Step] = {
    **SCALARS,
    b"(": _mark,
    b".": _stop,
    b"0": _pop,
    b"1": _pop_mark,
    b"2": _dup,
    b"N": _push(None),
    b"P": _persistent,
    b"Q": _persistent_popped,
    b"R": _reduce("call"),
    b"a": _append,
    b"b": _build,
    b"c": _global,
    b"d": _dict,
    b"}": _empty_dict,
    b"e": _put_items,
    b"g": _get_line,
    b"h": _get_byte,
    b"i": _inst,
    b"j": _get_four,
    b"l": _list,
    b"]": _empty_list,
    b"o": _obj,
    b"p": _put_line,
    b"q": _put_byte,
    b"r": _put_four,
    b"s": _setitem,
    b"t": _tuple,
    b")": _push(()),
    b"u": _put_items,
    b"\x80": _protocol,
    b"\x81": _reduce("new"),
    b"\x82": _extension(1),
    b"\x83": _extension(2),
    b"\x84": _extension(4),
    b"\x85": _tuple1,
    b"\x86": _tuple2,
    b"\x87": _tuple3,
    b"\x88": _push(True),
    b"\x89": _push(False),
    b"\x8f": _push(OPAQUE),
    b"\x90": _put_items,
    b"\x91": _frozenset,
    b"\x92": _newobj_ex,
    b"\x93": _stack_global,
    b"\x94": _memoize,
    b"\x95": _frame,
    b"\x97": _buffer,
    b"\x98": _readonly,
}


def _unknown(_machine: Machine, block: bytes, at: int) -> int:
    raise Broken(f"0x{block[at]:02x} is no opcode")


STEPS: list[Step] = [_BY_CODE.get(bytes([code]), _unknown) for code in range(256)]
"""By opcode."""
