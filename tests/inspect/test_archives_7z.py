"""7-Zip archives: every codec that is at hand, and whatever the headers say."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.inspect.readers.reading import Unreadable
from scanner.inspect.sevenz_header import read_header
from tests.inspect.layouts import EVIL
from tests.inspect.looking import FIXTURES, details, look_at, look_at_file, symbols

DANGEROUS = "pickle-dangerous-import"
READ = ("copy", "lzma", "lzma2", "bzip2", "deflate", "zstd", "x86", "delta")


def fixture(name: str) -> bytes:
    return (FIXTURES / f"sevenz-{name}.7z").read_bytes()


@pytest.mark.parametrize("codec", READ)
def test_a_pickle_in_a_7z_archive_is_found(codec: str) -> None:
    found = look_at_file(FIXTURES / f"sevenz-{codec}.7z", "model.pkl")
    assert (found.format, found.coverage, found.gaps) == ("7z", "full", [])
    assert {(one.rule, one.member, one.symbol) for one in found.sightings} == {
        (DANGEROUS, "docs/notes.txt", "posix.system")
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ppmd", "docs/notes.txt it is packed with method 030401, which is not read"),
        ("encrypted", "docs/notes.txt it is encrypted"),
        ("encrypted-header", "None it is encrypted"),
    ],
)
def test_what_cannot_be_unpacked_is_said(name: str, words: str) -> None:
    found = look_at_file(FIXTURES / f"sevenz-{name}.7z", "model.7z")
    assert found.coverage == "none"
    assert f"unreadable {words}" in details(found)


def test_a_7z_archive_that_breaks_off_is_unreadable(tmp_path: Path) -> None:
    data = fixture("lzma2")
    for length in (8, 20, 40, len(data) - 1):
        found = look_at(tmp_path, "model.7z", data[:length])
        assert found.coverage == "none"
        assert "truncated" in details(found)


def test_a_7z_header_that_was_changed_is_hostile(tmp_path: Path) -> None:
    for offset in (10, 13, 20, 30):
        data = bytearray(fixture("lzma2"))
        data[offset] ^= 1
        assert "hostile" in details(look_at(tmp_path, "model.7z", bytes(data)))


def test_a_wrong_checksum_in_a_7z_archive_does_not_hide_the_payload(tmp_path: Path) -> None:
    data = fixture("copy")
    at = data.index(b"echo loaded")
    found = look_at(tmp_path, "model.7z", data[:at] + b"ECHO" + data[at + 4 :])
    assert set(symbols(found, DANGEROUS)) == {"posix.system"}
    assert "the checksum of docs/notes.txt is wrong" in str(symbols(found, "malformed-model"))


def test_what_stands_behind_a_7z_archive_is_looked_at(tmp_path: Path) -> None:
    data = fixture("encrypted").ljust(100) + EVIL
    found = look_at(tmp_path, "model.7z", data)
    assert set(symbols(found, DANGEROUS)) == {"posix.system"}
    assert "a pickle, behind the end of the 7z archive" in str(symbols(found, "malformed-model"))


def _header(name: str) -> bytes:
    data = fixture(name)
    return data[32 + int.from_bytes(data[12:20], "little") :]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_header_is_read_or_unreadable(data: st.DataObject) -> None:
    header = bytearray(_header(data.draw(st.sampled_from(["lzma", "lzma2"]))))
    for place in data.draw(st.lists(st.integers(0, len(header) - 1), min_size=1, max_size=4)):
        header[place] = data.draw(st.sampled_from([0, 1, 2, 0x7F, 0x80, 0xFF]))
    try:
        found = read_header(bytes(header), zlib.crc32(header))
    except Unreadable:
        return
    assert len(found.names) == len(found.empty)
    assert all(
        sum(size for size, _ in folder.files) <= folder.size for folder in found.folders if folder.files
    )
