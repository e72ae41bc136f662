"""The engines: each by itself, and what it does not cover."""

from __future__ import annotations

import pickle
from importlib import import_module
from importlib.metadata import version

import pytest

from scanner.inspect.engines import REGISTRY, engines_for, versions
from scanner.inspect.engines.modelscan import Modelscan
from scanner.inspect.interface import Layer
from scanner.inspect.stream import memory
from tests.inspect.looking import Payload


def layer(data: bytes, format_id: str = "pickle") -> Layer:
    return Layer(format_id, memory(data), len(data))


def test_the_registry_and_the_engines_agree() -> None:
    for row in REGISTRY:
        engine = import_module(row.module).engine()
        assert engine.formats == row.formats
        assert engine.version()
    assert versions() == [("modelscan", version("modelscan"))]
    assert [engine.name for engine in engines_for("pickle")] == ["modelscan"]
    assert engines_for("safetensors") == []


def test_modelscan_sees_a_payload() -> None:
    result = Modelscan().look(layer(pickle.dumps(Payload())))
    assert [(one.rule, one.symbol, one.severity) for one in result.sightings] == [
        ("pickle-dangerous-import", "posix.system", "critical")
    ]
    assert (result.covered, result.gaps) == (True, [])


def test_many_findings_come_in_one_order() -> None:
    data = b"".join(b"cos\n%s\n0" % name for name in (b"system", b"popen", b"abort", b"execv")) + b"N."
    symbols = [one.symbol for one in Modelscan().look(layer(data)).sightings]
    assert symbols == sorted(symbols, key=str)
    assert len(symbols) == 4


@pytest.mark.parametrize(
    ("data", "format_id"),
    [
        (b"not a pickle at all", "pickle"),
        (pickle.dumps([1])[:-1], "pickle"),
        (b"\x80\x02c\xc3\xa9\nname\n.", "pickle"),
        (b"\x80\x04\x93.", "pickle"),
        (b"no HDF5", "hdf5"),
    ],
)
def test_what_modelscan_fails_at_is_not_covered(data: bytes, format_id: str) -> None:
    result = Modelscan().look(layer(data, format_id))
    assert not result.covered
    assert [gap.cause for gap in result.gaps] == ["unreadable"]
    assert result.sightings == []
