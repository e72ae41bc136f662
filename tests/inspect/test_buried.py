"""Pickles far behind other bytes: found wherever they stand, and never seen where there is none."""

from __future__ import annotations

import pickle
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inspect import limits
from scanner.inspect.recognise_pickles import buried_pickle
from scanner.inspect.stream import memory
from tests.inspect.looking import FIXTURES, Payload, look_at, symbols

DANGEROUS = "pickle-dangerous-import"
STEP = 4 << 20
"""The search goes through the stream in blocks of this size."""


def noise(seed: int, length: int) -> bytes:
    """What weights look like to somebody who does not know them."""
    return random.Random(seed).randbytes(length)


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("place", [limits.HEAD_BYTES - 3, 300_000, limits.HEAD_BYTES + STEP - 5])
def test_a_pickle_is_found_wherever_it_stands(tmp_path: Path, protocol: int, place: int) -> None:
    payload = pickle.dumps({"hook": Payload()} if protocol > 1 else Payload(), protocol)
    data = noise(1, place) + payload + noise(2, 100_000)
    found = look_at(tmp_path, "model.bin", data)
    assert symbols(found, DANGEROUS) == ["posix.system"]
    assert f"a pickle begins behind {place} other bytes" in str(symbols(found, "malformed-model"))


@given(st.integers(0, 1 << 32), st.sampled_from([b"", b"\x80\x04", b"\x80\x02c", b"\x80\x05\x95"]))
def test_noise_holds_no_pickle(seed: int, part: bytes) -> None:
    data = noise(seed, 100_000) + part + noise(seed + 1, 100_000)
    assert buried_pickle(memory(data)) is None


def test_sixteen_megabytes_of_noise_hold_no_pickle() -> None:
    assert buried_pickle(memory(noise(3, 16 << 20))) is None


def test_a_text_that_quotes_a_pickle_is_none(tmp_path: Path) -> None:
    quoted = b"Look:\n\ncos\nsystem\n(S'echo'\ntR.\n"
    assert look_at(tmp_path, "README.md", b"A line of prose.\n" * 10_000 + quoted).sightings == []


def test_what_only_its_beginning_is_here_of_is_searched_no_further() -> None:
    data = noise(1, 300_000) + pickle.dumps(Payload(), 4)
    assert buried_pickle(memory(data)) == 300_000
    assert buried_pickle(memory(data), tail=False) is None


LEGACY = (FIXTURES / "torch-legacy.pth").read_bytes()
BEHIND = "stand behind the storages, where torch.load does not look"


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("between", [b"", noise(4, 200_000)], ids=["at once", "further on"])
def test_a_pickle_behind_the_storages_of_a_checkpoint_is_named(
    tmp_path: Path, protocol: int, between: bytes
) -> None:
    found = look_at(tmp_path, "model.pth", LEGACY + between + pickle.dumps(Payload(), protocol))
    assert symbols(found, DANGEROUS) == ["posix.system"]
    graves = [one.symbol for one in found.sightings if one.severity == "high"]
    assert any(BEHIND in str(symbol) for symbol in graves)


def test_bytes_that_nothing_explains_behind_the_storages_are_a_note(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.pth", LEGACY + noise(5, 100))
    assert [(one.symbol, one.severity) for one in found.sightings] == [(f"100 bytes {BEHIND}", "low")]
    assert look_at(tmp_path, "model.pth", LEGACY).sightings == []


def test_storages_of_unknown_types_hide_no_pickle(tmp_path: Path) -> None:
    """Whoever names a type that nobody knows cannot keep us from what stands behind."""
    unknown = LEGACY.replace(b"ctorch\nFloatStorage\n", b"ctorch\nFl8atStorage\n")
    assert unknown != LEGACY
    found = look_at(tmp_path, "model.pth", unknown + pickle.dumps(Payload(), 4))
    assert "posix.system" in symbols(found, DANGEROUS)
