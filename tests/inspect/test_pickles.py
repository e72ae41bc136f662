"""Pickles of every protocol and in every place where one hides."""

from __future__ import annotations

import io
import pickle
import pickletools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scanner.inspect.opcodes import Walker
from scanner.inspect.stream import memory
from tests.inspect.looking import (
    FIXTURES,
    Payload,
    assert_clean,
    details,
    look_at,
    look_at_file,
    symbols,
)

DANGEROUS = "pickle-dangerous-import"
SYSTEM = ["posix.system"]
TEXT_PICKLE = b"cposix\nsystem\n(S'echo loaded'\ntR."


@pytest.mark.parametrize("protocol", range(6))
def test_a_payload_is_found_in_every_protocol_under_an_innocent_name(tmp_path: Path, protocol: int) -> None:
    data = pickle.dumps({"weights": [1.0, 2.0], "hook": Payload()}, protocol)
    found = look_at(tmp_path, "notes.txt", data)
    assert (found.format, found.coverage, found.gaps) == ("pickle", "full", [])
    assert symbols(found, DANGEROUS) == SYSTEM
    offset = found.sightings[0].offset
    assert offset is not None
    opcode = next(op for op, _, position in pickletools.genops(data) if position == offset)
    assert opcode.name == "REDUCE"
    assert found.sightings[0].evidence == "posix.system('echo loaded')"


@pytest.mark.parametrize("protocol", range(6))
def test_an_honest_pickle_is_clean(tmp_path: Path, protocol: int) -> None:
    value: dict[str, Any] = {
        "list": [1, 2.5, True, None],
        "set": {1, 2},
        "bytes": b"x" * 5000,
        "big": 2**100,
        "text": "é\ud800",
        "array": np.arange(7),
    }
    found = look_at(tmp_path, "model.pkl", pickle.dumps(value, protocol))
    assert_clean(found, "pickle")
    assert found.bytes_read == (tmp_path / "subject").stat().st_size


@pytest.mark.parametrize(
    "form", [b"(iposix\nsystem\n.", b"(S'id'\niposix\nsystem\n.", b"(cposix\nsystem\nS'id'\no."]
)
def test_the_old_ways_to_call_are_seen(tmp_path: Path, form: bytes) -> None:
    assert symbols(look_at(tmp_path, "model.pkl", form), DANGEROUS) == SYSTEM


def test_a_text_pickle_followed_by_prose_is_seen_and_not_called_clean(tmp_path: Path) -> None:
    found = look_at(tmp_path, "README.md", TEXT_PICKLE + b"\n# A readme\n\nWith words.\n")
    assert (found.format, symbols(found, DANGEROUS)) == ("pickle", SYSTEM)
    assert "bytes behind the last pickle" in details(found)


@pytest.mark.parametrize("cut", [b"", b"\xff junk", b"R" * 10])
def test_a_pickle_that_breaks_after_its_payload_ran_is_seen(tmp_path: Path, cut: bytes) -> None:
    found = look_at(tmp_path, "notes.txt", pickle.dumps(Payload(), 4)[:-1] + cut)
    assert symbols(found, DANGEROUS) == SYSTEM
    assert found.coverage == "structural"
    assert "unreadable None the pickle at 0 breaks at" in details(found)


def test_each_of_several_pickles_is_looked_at(tmp_path: Path) -> None:
    data = pickle.dumps([1, 2]) + pickle.dumps({"a": 1}, 0) + pickle.dumps(Payload(), 2)
    found = look_at(tmp_path, "model.pkl", data)
    assert symbols(found, DANGEROUS) == SYSTEM
    assert found.gaps == []
    assert found.sightings[0].offset == len(data) - 4


def test_a_pickle_behind_a_long_argument_is_found(tmp_path: Path) -> None:
    data = (b"B" + (1 << 20).to_bytes(4, "little") + b"x" * (1 << 20) + b"0") * 2 + TEXT_PICKLE
    assert symbols(look_at(tmp_path, "notes.txt", data), DANGEROUS) == SYSTEM
    head = 64 << 10
    first = look_at(tmp_path, "notes.txt", data, [(0, head), (len(data) - head, head)])
    assert first.need == "whole"


@pytest.mark.parametrize(
    "text",
    [
        b"coverage\ndist\n.env\nbuild\n",
        b"coverage\ncache\ncdk\ndist\nbuild\n",
        b"cat\ndog\n.",
        b"(in-package :cl-user)\n(cons 1 2)\n",
        b"I1\n.",
        b"N.",
        b"}.",
        b"The quick brown fox.\n",
        b"0\n1\n2\n3\n",
        b"((((((((\n",
        b"class Foo:\n    pass\n",
        b"}\n.",
        b"x^2 + y^2 = z^2\n",
        b"coverage\ncache\ncdk\ndist\nREADME\n",
        b"cnot a module\nname\n0cos\nsystem\n(S'id'\ntR.",
        b"BM6\x00\x00\x00",
        b"",
    ],
)
def test_text_is_no_pickle(tmp_path: Path, text: bytes) -> None:
    found = look_at(tmp_path, "file.txt", text)
    assert found.format in (None, "empty")
    assert found.gaps == []


def test_a_pickle_of_one_opcode_counts_under_its_own_name(tmp_path: Path) -> None:
    assert_clean(look_at(tmp_path, "none.pkl", b"N."), "pickle")


def test_a_name_that_the_witnesses_cannot_read_is_never_clean(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.pkl", b"\x80\x02c\xc3\xa9\nname\n.")
    assert (found.coverage, found.engines) == ("full", ["modelward"])
    assert symbols(found, "pickle-unreviewed-name") == ["é"]


def test_lengths_that_lie_allocate_nothing(tmp_path: Path) -> None:
    for head in (
        b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7f",
        b"\x80\x02T\xff\xff\xff\x7f",
        b"\x80\x02\x8b\xff\xff\xff\x7f",
    ):
        found = look_at(tmp_path, "model.pkl", head + b"x" * 100)
        assert found.coverage in ("none", "structural")
        assert found.gaps


def test_an_unknown_protocol_is_unreadable(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.pkl", b"\x80\x09N.")
    assert found.coverage != "full"
    assert found.gaps


@pytest.mark.parametrize(
    "name", ["torch-legacy-payload.pth", "torch-zip-payload.pt", "joblib-payload.joblib"]
)
def test_payloads_written_by_real_libraries_are_found(name: str) -> None:
    found = look_at_file(FIXTURES / name)
    assert symbols(found, DANGEROUS) == SYSTEM
    assert (found.coverage, found.gaps) == ("full", [])


@pytest.mark.parametrize(
    ("name", "format_id"),
    [
        ("torch-legacy.pth", "torch-legacy"),
        ("torch-zip.pt", "torch-zip"),
        ("joblib.joblib", "joblib"),
        ("joblib-arrays.joblib", "joblib"),
        ("joblib-zlib.joblib", "zlib"),
        ("joblib-gzip.joblib", "gzip"),
        ("joblib-bz2.joblib", "bzip2"),
        ("joblib-xz.joblib", "xz"),
        ("model.safetensors", "safetensors"),
    ],
)
def test_honest_files_of_real_libraries_are_clean(name: str, format_id: str) -> None:
    assert_clean(look_at_file(FIXTURES / name), format_id)


@pytest.mark.parametrize("place", range(5))
def test_a_payload_in_any_of_the_five_pickles_of_a_legacy_file_is_found(tmp_path: Path, place: int) -> None:
    data = (FIXTURES / "torch-legacy.pth").read_bytes()
    parts, position = [], 0
    for _ in range(5):
        walk = Walker(memory(data), position).run(10_000)
        parts.append(data[position : walk.end])
        position = walk.end
    hidden = pickle.dumps(Payload(), 2)
    body = hidden[:-1] + b"0" + parts[place][2:]
    parts[place] = body
    found = look_at(tmp_path, "weights.bin", b"".join(parts) + data[position:])
    assert (found.format, found.coverage) == ("torch-legacy", "full")
    assert symbols(found, DANGEROUS) == SYSTEM
    run = next(sighting for sighting in found.sightings if sighting.rule == DANGEROUS)
    assert run.offset == sum(map(len, parts[:place])) + hidden.rindex(b"R")


def test_a_legacy_file_that_ends_too_early_is_unreadable(tmp_path: Path) -> None:
    data = (FIXTURES / "torch-legacy.pth").read_bytes()
    found = look_at(tmp_path, "model.pth", data[:30])
    assert found.format == "torch-legacy"
    assert "unreadable" in details(found)


def test_pickles_of_object_arrays_inside_joblib_are_looked_at() -> None:
    found = look_at_file(FIXTURES / "joblib-objects.joblib")
    assert (found.format, found.coverage, found.gaps) == ("joblib", "full", [])
    assert symbols(found, DANGEROUS) == SYSTEM


def test_a_joblib_array_that_claims_too_much_is_broken(tmp_path: Path) -> None:
    data = (FIXTURES / "joblib-arrays.joblib").read_bytes()
    found = look_at(tmp_path, "model.joblib", data[:2000])
    assert found.format == "joblib"
    assert "a raw array reaches beyond the end" in details(found)


def test_object_arrays_of_numpy_hold_pickles(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([Payload()], dtype=object), allow_pickle=True)
    found = look_at(tmp_path, "array.npy", buffer.getvalue())
    assert (found.format, found.coverage) == ("npy", "full")
    assert symbols(found, DANGEROUS) == SYSTEM
    packed = io.BytesIO()
    np.savez_compressed(packed, plain=np.zeros(1000), hook=np.array([Payload()], dtype=object))
    found = look_at(tmp_path, "arrays.npz", packed.getvalue())
    assert (found.format, found.coverage) == ("npz", "full")
    assert {(one.member, one.symbol) for one in found.sightings} == {("hook.npy", "posix.system")}
