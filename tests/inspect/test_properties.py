"""What holds for whatever is read: streams give the bytes that are there, readers what a writer put in."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import pickle
import tempfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.inspect.interface import Subject
from scanner.inspect.pickle_embedded import decoded
from scanner.inspect.readers.npy import read_npy
from scanner.inspect.readers.pointers import read_lfs_pointer
from scanner.inspect.stream import NotCollected, SparseFile, Stream, memory, pieces, window
from tests.inspect.layouts import EVIL

_EXTENTS = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 40)), max_size=6)


@given(_EXTENTS, st.integers(0, 120), st.integers(0, 120))
def test_a_sparse_file_gives_what_is_there_and_names_what_is_not(
    extents: list[tuple[int, int]], offset: int, length: int
) -> None:
    data = bytes(range(100))
    there = {place for start, size in extents for place in range(start, min(start + size, 100))}
    wanted = set(range(offset, min(offset + length, 100)))
    with tempfile.NamedTemporaryFile() as holder:
        holder.write(data)
        holder.flush()
        with SparseFile(Subject("x", holder.name, 100, extents)) as file:
            missing = {
                place for start, size in file.missing(offset, length) for place in range(start, start + size)
            }
            assert missing == wanted - there
            if wanted <= there:
                assert Stream(file).at(offset, length) == data[offset : offset + length]
            else:
                with pytest.raises(NotCollected):
                    Stream(file).at(offset, length)


@given(st.binary(max_size=60), _EXTENTS, st.binary(max_size=9), st.integers(0, 200), st.integers(0, 200))
def test_pieces_are_their_bytes_in_a_row(
    data: bytes, extents: list[tuple[int, int]], tail: bytes, offset: int, length: int
) -> None:
    inside = [(start, min(size, len(data) - start)) for start, size in extents if start < len(data)]
    whole = b"".join(data[start : start + size] for start, size in inside) + tail
    stream = pieces(memory(data), inside, tail)
    assert (stream.size, stream.at(offset, length)) == (len(whole), whole[offset : offset + length])
    part = window(stream, min(offset, len(whole)), length)
    assert part.read() == whole[offset : offset + length]


@given(
    st.lists(st.integers(0, 5), max_size=4),
    st.sampled_from(["<f4", ">i8", "|b1", "<U3", "<c16", "|V5", "<M8[s]"]),
    st.sampled_from([(1, 0), (2, 0), (3, 0)]),
    st.booleans(),
)
def test_an_array_has_the_length_that_its_writer_gave_it(
    shape: list[int], dtype: str, version: tuple[int, int], fortran: bool
) -> None:
    array = np.zeros(shape, dtype, order="F" if fortran else "C")
    np.lib.format.write_array(buffer := io.BytesIO(), array, version=version)  # type: ignore[no-untyped-call]
    found = read_npy(memory(b"before" + buffer.getvalue()), 6)
    assert (found.count, found.length) == (array.size, array.nbytes)
    assert found.start + array.nbytes == 6 + len(buffer.getvalue())


_PACKS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64encode,
    "urlsafe": base64.urlsafe_b64encode,
    "hex": lambda data: data.hex().encode(),
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


@given(st.lists(st.sampled_from(sorted(_PACKS)), max_size=2), st.integers(2, 5))
def test_a_pickle_within_a_text_is_found_however_it_is_packed(packs: list[str], protocol: int) -> None:
    data = plain = pickle.dumps([EVIL], protocol)
    for name in packs:
        data = _PACKS[name](data)
    found = decoded(data)
    assert found is not None
    assert found[1].read() == plain


@given(st.binary(max_size=200))
def test_no_bytes_within_a_pickle_break_the_search_for_another(data: bytes) -> None:
    for text in (False, True):
        found = decoded(data, text=text)
        assert found is None or found[1].size


@settings(max_examples=50)
@given(st.integers(0, 1 << 60), st.binary(min_size=32, max_size=32))
def test_a_pointer_says_what_it_stands_for(size: int, digest: bytes) -> None:
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest.hex()}\nsize {size}\n"
    facts = read_lfs_pointer(memory(text.encode())).facts
    assert facts["oid"] == digest.hex()
    assert facts["size"] == size
