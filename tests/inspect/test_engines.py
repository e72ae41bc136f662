"""The engines: each by itself, and what it does not cover."""

from __future__ import annotations

import pickle
from importlib import import_module
from importlib.metadata import version

import pytest

from scanner.inspect.engines import REGISTRY, engines_for, versions
from scanner.inspect.engines.modelscan import Modelscan
from scanner.inspect.engines.picklescan import Picklescan
from scanner.inspect.interface import EngineResult, Layer
from scanner.inspect.stream import memory
from tests.inspect.looking import Payload


def layer(data: bytes, format_id: str = "pickle") -> Layer:
    return Layer(format_id, memory(data), len(data))


def test_the_registry_and_the_engines_agree() -> None:
    for row in REGISTRY:
        engine = import_module(row.module).engine()
        assert engine.formats == row.formats
        assert engine.version()
    assert versions() == [(name, version(name)) for name in ("modelscan", "picklescan")]
    assert [engine.name for engine in engines_for("pickle")] == ["modelscan", "picklescan"]
    assert [engine.name for engine in engines_for("hdf5")] == ["modelscan"]
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


def seen(result: EngineResult) -> list[tuple[str, str | None, str | None]]:
    return [(one.rule, one.symbol, one.severity) for one in result.sightings]


def test_picklescan_sees_a_payload_and_what_is_on_none_of_its_lists() -> None:
    result = Picklescan().look(layer(pickle.dumps(Payload())))
    assert seen(result) == [("pickle-dangerous-import", "posix.system", "high")]
    assert (result.covered, result.gaps) == (True, [])
    result = Picklescan().look(layer(b"cacme\nModel\n0ccollections\nOrderedDict\n."))
    assert seen(result) == [("pickle-suspicious-import", "acme.Model", "low")]
    assert result.covered


@pytest.mark.parametrize(
    "data",
    [
        b"not a pickle at all",
        pickle.dumps("x" * 100)[:-50],
        b"\x80\x02c\xc3\xa9\nname\n.",
        b"\x80\x04\x93.",
        b"N.\xff\xff",
    ],
)
def test_picklescan_is_believed_only_when_it_came_to_the_end(data: bytes) -> None:
    result = Picklescan().look(layer(data))
    assert not result.covered
    assert [gap.cause for gap in result.gaps] == ["unreadable"]
    assert result.sightings == []


def test_what_picklescan_saw_before_a_stream_broke_counts() -> None:
    broken = Picklescan().look(layer(b"cos\nsystem\n\xff"))
    assert seen(broken) == [("pickle-dangerous-import", "os.system", "high")]
    assert not broken.covered


def test_nobody_can_say_the_end_mark_of_picklescan_in_its_place() -> None:
    forged = b"cmodelward\nend0\n0cmodelward\nend1\n0\xff"
    result = Picklescan().look(layer(forged))
    assert not result.covered
    assert [one.symbol for one in result.sightings] == ["modelward.end0", "modelward.end1"]


def test_picklescan_logs_nothing_out_of_the_file(capfd: pytest.CaptureFixture[str]) -> None:
    Picklescan().look(layer(pickle.dumps(Payload())))
    assert capfd.readouterr() == ("", "")
