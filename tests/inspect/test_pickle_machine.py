"""The machine against the standard library, and its bounds."""

from __future__ import annotations

import pickle
import pickletools
import subprocess
import sys
from collections.abc import Sized
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.inspect import limits
from scanner.inspect.interface import Subject
from scanner.inspect.opcodes import Walker
from scanner.inspect.pickle_machine import Machine, Walk
from scanner.inspect.pickle_recall import recalled
from scanner.inspect.pickle_steps import PADDING, STEPS
from scanner.inspect.stream import NotCollected, SparseFile, Stream, memory
from tests.inspect.assembler import call, judge, name, program, text, told, worst

ROOT = Path(__file__).resolve().parents[2]
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner, inner, inner),
)


def traced(data: bytes) -> list[tuple[str, int, int, int]]:
    """Name of each opcode, and how deep stack, marks and memo are after it, as the machine has it."""
    machine = Machine(Walk(0), memory(data))
    machine.limit = len(data)
    found, at = [], 0
    while data[at : at + 1] != b".":
        code = data[at]
        at = STEPS[code](machine, data + PADDING, at)
        parts: list[Sized] = [machine.stack, *machine.frames, *machine._depths.values()]
        depth = sum(len(part) for part in parts) + len(machine.frames)
        found.append((chr(code), depth, len(machine.frames), machine.memo.count))
    return found


def listed(data: bytes) -> list[tuple[str, int, int, int]]:
    """The same by :mod:`pickletools`, from the stack effects that it documents."""
    stack: list[Any] = []
    memo: set[int] = set()
    found = []
    for opcode, argument, _ in pickletools.genops(data):
        if opcode.name == "STOP":
            break
        before, after = list(opcode.stack_before), opcode.stack_after
        if opcode.name in ("PUT", "BINPUT", "LONG_BINPUT"):
            assert isinstance(argument, int)
            assert argument not in memo
            memo.add(argument)
        elif opcode.name == "MEMOIZE":
            memo.add(len(memo))
        elif pickletools.markobject in before:
            place = max(index for index, item in enumerate(stack) if item is pickletools.markobject)
            del stack[place - before.index(pickletools.markobject) :]
            stack.extend(after)
        else:
            del stack[len(stack) - len(before) :]
            stack.extend(after)
        marks = sum(item is pickletools.markobject for item in stack)
        found.append((opcode.code, len(stack), marks, len(memo)))
    return found


@settings(max_examples=200)
@given(_VALUES, st.integers(0, 5))
def test_stack_marks_and_memo_are_as_deep_as_pickletools_says(value: Any, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    assert traced(data) == listed(data)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_of_many_blocks_ends_where_it_ends(protocol: int) -> None:
    value = [("key", index, {"a": [index] * 3}) for index in range(20_000)]
    data = pickle.dumps(value, protocol)
    walk = Walker(memory(data + b"behind"), 0).run(10**7)
    assert (walk.stopped, walk.tidy, walk.end) == (True, True, len(data))
    assert walk.opcodes == sum(1 for _ in pickletools.genops(data))


SMALL = {
    "numbers in one list": (b"(", b"K\1", b"l."),
    "nothing, put and taken": (b"", b"N0", b"N."),
    "a memo of everything": (b"N", b"\x94", b"."),
    "a memo of texts": (b"", b"\x8c\2ab\x940", b"N."),
    "a memo of tuples": (b"N", b"\x85\x94", b"."),
    "a memo of one name": (b"cbuiltins\nint\n", b"\x94", b"."),
    "tuples of tuples": (b"N", b"\x85", b"."),
    "lists of lists": (b"]", b"]2a", b"."),
    "a list in a list in a list": (b"]", b"\x94](h\0te0", b"."),
    "results of results": (b"cbuiltins\nint\n", b")R", b"."),
    "marks above marks": (b"", b"(N1", b"N."),
    "many dictionaries": (b"(", b"}", b"l."),
    "many texts": (b"(", b"\x8c\3abc", b"l."),
    "sparse indices": (b"N", b"p9\np7\n", b"."),
}


_MEASURE = """
import os, sys
sys.path.insert(0, sys.argv[1])
from scanner.inspect.interface import Subject
from scanner.inspect.opcodes import Walker
from scanner.inspect.stream import SparseFile, Stream
def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
before = peak()
for path in sys.argv[2:]:
    size = os.path.getsize(path)
    Walker(Stream(SparseFile(Subject("small.pkl", path, size, [(0, size)]))), 0).run(10**9)
    print((peak() - before) >> 10)
"""


def test_memory_is_bounded_whatever_the_length(tmp_path: Path) -> None:
    paths = []
    for number, (head, unit, tail) in enumerate(SMALL.values()):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(b"\x80\4" + head + unit * (2_000_000 // len(unit)) + tail)
    command = [sys.executable, "-I", "-c", _MEASURE, str(ROOT), *map(str, paths)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert len(answer.split()) == len(SMALL)
    assert all(int(mebibytes) < 48 for mebibytes in answer.split()), dict(
        zip(SMALL, answer.split(), strict=True)
    )


def test_too_many_marks_are_no_pickle() -> None:
    walk = Walker(memory(b"(" * (limits.PICKLE_MARKS + 1)), 0).run(10**7)
    assert "marks" in str(walk.broken)


def test_a_name_that_the_memo_let_go_of_is_read_again() -> None:
    filler = b"".join(text(f"word{index}") + b"\x940" for index in range(limits.PICKLE_MEMO * 2))
    body = (
        text("posix") + b"\x940" + text("system") + b"\x940" + filler + b"h\0h\1\x93" + text("id") + b"\x85R"
    )
    assert ("critical", "posix.system('id')") in told(program(body))
    harmless = body.replace(b"posix", b"torch").replace(text("system"), text("Tensor"))
    assert worst(judge(program(harmless))[1]) in ("none", "low")


def test_only_texts_are_read_again() -> None:
    data = text("a") + b"\x94" + b"N\x94" + b"q\2" + text("b") + b"r\2\0\0\0"
    assert [recalled(memory(data), 0, 0, index) for index in range(4)] == ["a", None, None, None]


@pytest.mark.parametrize(
    ("data", "odd"),
    [
        (b"\x80\4\x95\xff\0\0\0\0\0\0\0N.", "a FRAME reaches beyond the end of the stream"),
        (b"\x80\4\x95\x0b\0\0\0\0\0\0\0\x95\2\0\0\0\0\0\0\0N.", "a FRAME begins within another"),
        (b"\x80\4\x95\4\0\0\0\0\0\0\0N...", "the pickle stops before its last FRAME ends"),
        (b"\x80\4Nq\0Kcq\0.", "an entry of the memo is set twice"),
    ],
)
def test_what_no_pickler_writes_is_noted(data: bytes, odd: str) -> None:
    assert list(judge(data)[0].odd) == [odd]


@pytest.mark.parametrize(
    "body",
    [
        b"B\x14\0\0\0" + b"A" * 20,
        b"\x8c\x14" + b"A" * 20,
        b"cos\nsystem\n",
        b"Vhello world\n",
        b"B\xff\xff\0\0" + b"A" * 65535,
    ],
)
def test_an_argument_over_the_end_of_its_frame_is_noted(body: bytes) -> None:
    said = "an argument reaches over the end of its FRAME, where unpicklers differ"
    for length in (3, len(body) - 1):
        framed = b"\x80\5\x95" + length.to_bytes(8, "little") + body + b"."
        assert said in judge(framed)[0].odd
    for length in (len(body), len(body) + 1):
        framed = b"\x80\5\x95" + length.to_bytes(8, "little") + body + b"."
        assert said not in judge(framed)[0].odd


def test_more_than_one_thing_left_is_untidy() -> None:
    assert not judge(b"\x80\4NN.")[0].tidy
    assert not judge(b"\x80\4(N.")[0].tidy


@pytest.mark.parametrize("known", range(4, 40))
def test_missing_bytes_are_asked_for_and_nothing_else_is(tmp_path: Path, known: int) -> None:
    data = program(text("a" * 8), b"0", call(name("collections", "OrderedDict")))
    path = tmp_path / "part.pkl"
    path.write_bytes(data)
    stream = Stream(SparseFile(Subject("part.pkl", str(path), len(data), [(0, known)])))
    walker = Walker(stream, 0)
    with pytest.raises(NotCollected) as missing:
        walker.run(1_000)
    assert all(offset >= known for offset, _ in missing.value.extents)


def test_a_walk_stops_at_its_limit() -> None:
    data = b"\x80\4" + b"N0" * 50_000 + b"N."
    walk = Walker(memory(data), 0).run(77)
    assert (walk.limited, walk.stopped, walk.opcodes, walk.end) == (True, False, 77, 78)
    whole = Walker(memory(data), 0).run(100_003)
    assert (whole.stopped, whole.opcodes) == (True, 100_003)
