"""Streams over bytes that may not be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.inspect.interface import Subject
from scanner.inspect.stream import NotCollected, SparseFile, Stream, memory, pieces, window


def sparse(directory: Path, data: bytes, extents: list[tuple[int, int]]) -> SparseFile:
    path = directory / "sparse"
    path.write_bytes(data)
    return SparseFile(Subject("sparse", str(path), len(data), extents))


def test_bytes_that_are_there_are_read_to_the_last_one(tmp_path: Path) -> None:
    data = bytes(range(256)) * 8
    with sparse(tmp_path, data, [(0, 100), (1000, 50)]) as file:
        stream = Stream(file)
        assert stream.at(0, 100) == data[:100]
        assert stream.at(1010, 40) == data[1010:1050]
        for offset, length in ((100, 1), (90, 11), (1049, 2), (999, 1)):
            with pytest.raises(NotCollected):
                stream.at(offset, length)
        assert not stream.whole
        assert stream.missing(50, 1000) == [(100, 900)]
        assert stream.missing(0, 5000) == [(100, 900), (1050, len(data) - 1050)]
        assert stream.missing(0, 100) == stream.missing(len(data), 10) == []
        assert file.bytes_read == 140


def test_exactly_what_is_required_is_asked_for(tmp_path: Path) -> None:
    with sparse(tmp_path, bytes(1000), [(0, 100)]) as file:
        stream = Stream(file)
        stream.require([(0, 100)])
        with pytest.raises(NotCollected) as missing:
            window(stream, 50, 900).require([(10, 400), (0, 20), (800, 1000)])
        assert (missing.value.extents, missing.value.exact) == ([(100, 360), (850, 100)], True)
        assert pieces(stream, [(10, 10), (90, 20)]).missing(5, 50) == [(100, 10)]
        assert window(stream, 50, 900).base == 50


def test_a_part_of_a_sparse_file_is_read_to_the_last_byte_that_is_there(tmp_path: Path) -> None:
    with sparse(tmp_path, b"x" * 1000, [(0, 100)]) as file:
        part = window(window(Stream(file), 10, 900), 10, 800)
        assert part.at(0, 80) == b"x" * 80
        with pytest.raises(NotCollected):
            part.at(0, 81)


def test_a_file_shorter_than_it_says_is_missing_bytes(tmp_path: Path) -> None:
    path = tmp_path / "short"
    path.write_bytes(b"abc")
    with SparseFile(Subject("short", str(path), 100, [(0, 100)])) as file, pytest.raises(NotCollected):
        Stream(file).at(0, 100)


def test_no_length_allocates_more_than_there_is() -> None:
    stream = memory(b"abc")
    assert stream.read(1 << 60) == b"abc"
    assert stream.read(1 << 60) == b""
    assert stream.at(1, -1) == b"bc"


def test_pieces_read_as_one_stream() -> None:
    stream = pieces(memory(b"0123456789"), [(1, 2), (5, 0), (7, 3)], b"tail")
    assert stream.read() == b"12789tail"
    assert stream.at(1, 5) == b"2789t"
    assert stream.size == 9
    assert window(stream, 3, 100).read() == b"89tail"
