"""What real writers put into pickles although its name looks dangerous, and the attack that looks like it."""

from __future__ import annotations

import functools
import http
import os
import pickle
import re
import urllib.parse
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.inspect.assembler import (
    BUILD,
    DICT,
    NEWOBJ,
    REDUCE,
    SETITEM,
    T1,
    call,
    judge,
    name,
    program,
    text,
    worst,
)

SYSTEM = name("os", "system")
QUIET = ("none", "low")
OBJECTS: dict[str, Any] = {
    "iterators": [iter([1]), iter("a"), iter({1: 2}), reversed([1]), filter(None, [1]), enumerate([1])],
    "what os returns": [os.stat(os.curdir), os.terminal_size((80, 24))],
    "enumerations": [re.IGNORECASE | re.MULTILINE, http.HTTPStatus.OK],
    "an address": urllib.parse.urlsplit("https://example.org/a?b#c"),
    "a vectorised function": np.vectorize(np.log1p),
    "a partial method": functools.partialmethod(len),
    "what a trainer reports with": {"sink": print},
}


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("what", OBJECTS)
def test_an_object_of_a_library_is_no_alarm(what: str, protocol: int) -> None:
    _, rulings = judge(pickle.dumps(OBJECTS[what], protocol))
    assert worst(rulings) in QUIET, rulings


def test_an_array_that_was_mapped_is_no_alarm_and_mapping_one_is(tmp_path: Path) -> None:
    mapped = np.memmap(tmp_path / "array", dtype="u1", mode="w+", shape=(2,))
    for protocol in (2, 4):
        _, rulings = judge(pickle.dumps(mapped, protocol))
        assert worst(rulings) in QUIET, rulings
    for where in ("numpy", "numpy.core.memmap", "numpy._core.memmap"):
        opened = judge(program(call(name(where, "memmap"), text("/etc/passwd"))))[1]
        assert worst(opened) == "critical", opened


HOSTILE: dict[str, bytes] = {
    "iter with an end": call(name("builtins", "iter"), SYSTEM, text("end")),
    "a vectorised command": call(name("numpy", "vectorize"), SYSTEM),
    "a vectorised command in a state": (
        name("numpy", "vectorize") + b")" + NEWOBJ + DICT + text("pyfunc") + SYSTEM + SETITEM + BUILD
    ),
    "a vectorised command that is called": (
        call(name("numpy", "vectorize"), SYSTEM) + text("id") + T1 + REDUCE
    ),
    "a filter by a command": call(name("builtins", "filter"), SYSTEM, text("id")),
    "an unpickler among the arrays of arrow": call(
        name("pyarrow.lib", "py_buffer"), call(name("pickle", "loads"), text("x"))
    ),
}


@pytest.mark.parametrize("trick", HOSTILE)
def test_the_attack_that_looks_like_it_is_one(trick: str) -> None:
    _, rulings = judge(program(HOSTILE[trick]))
    assert worst(rulings) in ("high", "critical"), rulings


@pytest.mark.parametrize(
    ("function", "severity"),
    [
        (name("numpy._core.multiarray", "_reconstruct"), "none"),
        (SYSTEM, "critical"),
        (call(name("acme", "made")), "critical"),
        (name("builtins", "getattr"), "critical"),
    ],
)
def test_an_array_of_dill_is_judged_by_what_makes_it(function: bytes, severity: str) -> None:
    array = call(name("dill._dill", "_create_array"), function, text("x") + T1)
    _, rulings = judge(program(array))
    assert worst([ruling for ruling in rulings if ruling.severity != "low"]) == severity, rulings


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("pyarrow.lib", "type_for_alias"),
        ("pyarrow.lib", "py_buffer"),
        ("pyarrow.lib", "_restore_array"),
        ("statsmodels.tsa.statespace._representation", "dStatespace"),
        ("statsmodels.tsa.statespace._kalman_filter", "zKalmanFilter"),
        ("hdbscan.dist_metrics", "newObj"),
        ("itertools", "permutations"),
        ("regex._regex", "compile"),
    ],
)
def test_compiled_code_that_rebuilds_models_is_known(module: str, function: str) -> None:
    _, rulings = judge(program(call(name(module, function), text(r"(?:/bin/sh|import os)"))))
    assert worst(rulings) == "none", rulings
