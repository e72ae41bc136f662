"""Archives and wrappers with changed bytes: always an answer, and never one by accident."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import tempfile
import zlib
from pathlib import Path

import lz4.frame
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.inspect.layouts import EVIL, LAYOUTS, PLAIN, tarred
from tests.inspect.looking import FIXTURES, details, look_at
from tests.inspect.test_layouts import HONEST_FILES

_UNFORESEEN = re.compile(r"(?:(?<!argument )cannot be read|the look failed) \(")
SEEDS = {
    **{name: data for name, (data, _) in LAYOUTS.items()},
    **HONEST_FILES,
    **{path.name: path.read_bytes() for path in FIXTURES.glob("sevenz-*")},
    **{f"packed {pack}": pack(EVIL) for pack in (gzip.compress, bz2.compress, lzma.compress, zlib.compress)},
    **{f"packed {pack}": pack(EVIL) for pack in (lz4.frame.compress, zstd.compress)},
    "alone": lzma.compress(EVIL, lzma.FORMAT_ALONE),
}


def assert_foreseen(data: bytes) -> None:
    """A look at these bytes comes to an answer by a way that was thought of."""
    with tempfile.TemporaryDirectory() as directory:
        found = look_at(Path(directory), "model.bin", data)
    assert found.need is None
    assert not _UNFORESEEN.search(details(found)), details(found)
    assert "RuntimeError" not in details(found) or data.startswith(b"\x04\x22\x4d\x18")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), st.data())
def test_changed_bytes(name: str, data: st.DataObject) -> None:
    content = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.sampled_from([0, 1, 3, 0x20, 0x7F, 0x80, 0xFF]) | st.integers(0, 255))
    assert_foreseen(bytes(content))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), st.sampled_from(sorted(SEEDS)), st.data())
def test_pieces_of_two(one: str, other: str, data: st.DataObject) -> None:
    first, second = SEEDS[one], SEEDS[other]
    cut, start = data.draw(st.integers(0, len(first))), data.draw(st.integers(0, len(second)))
    assert_foreseen(first[:cut] + second[start:])


@pytest.mark.parametrize(
    "prefix", [PLAIN[:4], b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh91AY&SY", tarred()[:0]]
)
@settings(max_examples=15, deadline=None)
@given(data=st.binary(max_size=2000))
def test_anything_behind_a_magic_number(prefix: bytes, data: bytes) -> None:
    assert_foreseen(prefix + data)


def test_a_tar_that_ends_in_an_extended_header_comes_to_an_end() -> None:
    long = tarred(("n" * 200, EVIL))
    for start in (tarred(("model.pkl", EVIL)), b""):
        assert_foreseen(start + long[:512] + bytes(4096))
        assert_foreseen(start + long[:1024] + b"x" * 4096)
