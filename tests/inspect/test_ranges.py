"""Looking at large files by range: few asks, few bytes, and the answer that the whole file gives."""

from __future__ import annotations

import io
import json
import lzma
import pickle
import tempfile
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sparse import legacy_torch, torch_zip, written
from scanner.inspect import limits
from scanner.inspect.interface import Look
from scanner.inspect.needs import joined, need_of
from scanner.inspect.stream import NotCollected
from tests.inspect.attacks import ATTACKS, EVIL, GOOD, HONEST, TENSOR, archive
from tests.inspect.looking import assert_clean, look_at_file, symbols
from tests.inspect.ranges import Course, drive

LARGE = Path(__file__).parent / "large"
FILES = sorted(path.name for path in LARGE.iterdir())
DANGEROUS = "pickle-dangerous-import"
CALL = b"cposix\nsystem\n(X\x02\0\0\0idtR"
"""Opcodes that call ``os.system``; nothing here runs them."""
GIB = 1 << 30
FEW = 512 << 10


def unpacked(directory: Path, name: str) -> Path:
    """A file that real torch wrote."""
    path = directory / name.removesuffix(".xz")
    path.write_bytes(lzma.decompress((LARGE / name).read_bytes()))
    return path


def told(look: Look) -> tuple[object, ...]:
    """What a look says of a file, but for how much was read."""
    return look.format, look.sightings, look.gaps, look.facts, look.engines


def assert_same(course: Course, path: Path) -> None:
    """The parts say what the whole says, and claim less."""
    assert told(course.look) == told(look_at_file(path))
    assert course.whole == (course.fetched == path.stat().st_size)
    assert course.look.bytes_read <= course.fetched
    if not course.whole:
        assert course.look.coverage != "full"
        assert course.look.coverage == "structural" or course.look.gaps


@pytest.mark.parametrize("name", FILES)
def test_what_torch_wrote_is_never_asked_for_whole(tmp_path: Path, name: str) -> None:
    path = unpacked(tmp_path, name)
    course = drive(path)
    assert path.stat().st_size > limits.RANGES_FROM
    assert not course.whole
    assert len(course.asks) <= (2 if name.startswith("many") else 0)
    assert course.fetched <= FEW
    assert_same(course, path)
    assert symbols(course.look, DANGEROUS) == (["posix.system"] if name.startswith("payload") else [])


@pytest.mark.parametrize("tensors", [64, 1_500])
def test_files_of_a_gibibyte_are_judged_from_few_bytes(tmp_path: Path, tensors: int) -> None:
    for path in written(tmp_path, GIB, tensors):
        course = drive(path)
        assert course.fetched <= FEW
        assert course.ranges <= 5
        assert_clean(course.look, course.look.format or "", "structural")
        assert_same(course, path)


@pytest.mark.parametrize("write", [torch_zip, legacy_torch])
def test_a_payload_in_a_gibibyte_is_found(tmp_path: Path, write: Callable[..., None]) -> None:
    path = tmp_path / "model.bin"
    write(path, GIB, 64, CALL)
    course = drive(path)
    assert symbols(course.look, DANGEROUS) == ["posix.system"]
    assert course.fetched <= FEW


def test_an_archive_that_python_writes_is_read_by_range(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(HONEST)
    course = drive(path)
    assert (course.asks, symbols(course.look, DANGEROUS)) == ([], ["posix.system"])
    assert_same(course, path)


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_what_no_writer_makes_is_looked_at_whole(tmp_path: Path, attack: str) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(ATTACKS[attack])
    course = drive(path)
    assert course.asks[-1] == "whole"
    assert course.look.sightings or course.look.gaps
    assert_same(course, path)


def legacy(directory: Path, extra: bytes = b"", behind: bytes = b"", cut: int = 0) -> Path:
    """A legacy checkpoint of 8 MiB with something about it."""
    path = directory / "model.pth"
    legacy_torch(path, 8 << 20, 4, extra)
    with path.open("r+b") as file:
        file.seek(-cut, 2)
        file.truncate()
        file.write(behind)
    return path


@pytest.mark.parametrize(
    ("extra", "behind", "cut"),
    [
        (b"", b"x", 0),
        (b"", EVIL, 0),
        (b"", archive(("archive/data.pkl", EVIL)), 0),
        (b"", b"", 1),
        (b"X\x01\0\0\0aQ", b"", 0),
        (b"Pa\n", b"", 0),
        (b"(X\x07\0\0\0storageccodecs\nencode\nX\x01\0\0\0aX\x03\0\0\0cpuK\x01NtQ", bytes(12), 0),
        (b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0000X\x03\0\0\0cpuK\x01NtQ", b"", 0),
    ],
)
def test_a_legacy_checkpoint_must_explain_its_size(
    tmp_path: Path, extra: bytes, behind: bytes, cut: int
) -> None:
    assert drive(legacy(tmp_path)).asks == []
    path = legacy(tmp_path, extra, behind, cut)
    course = drive(path)
    assert course.asks == ["whole"]
    assert_same(course, path)


def keras_weights(target: object, layers: int, *, outside: bool = False, config: str = "") -> None:
    """An HDF5 file as Keras writes it: a group for each layer, large arrays between them."""
    with h5py.File(target, "w") as file:
        if config:
            file.attrs["model_config"] = config
        group = file.create_group("model_weights")
        for index in range(layers):
            layer = group.create_group(f"layer{index}").create_group("cell")
            layer.create_dataset("kernel", data=np.zeros((256, 256 if index % 3 else 512), "f4"))
            layer.create_dataset("bias", data=np.zeros(256, "f4"))
        if outside:
            group["out"] = h5py.ExternalLink("elsewhere.h5", "/x")


@pytest.mark.parametrize("outside", [False, True])
def test_of_hdf5_the_metadata_is_asked_for(tmp_path: Path, outside: bool) -> None:
    lambdas = json.dumps({"class_name": "Lambda", "module": "keras.layers", "config": {}})
    path = tmp_path / "model.h5"
    keras_weights(path, 50, outside=outside, config=lambdas)
    course = drive(path)
    assert not course.whole
    assert course.fetched * 5 < path.stat().st_size
    assert_same(course, path)
    assert symbols(course.look, "keras-lambda-layer") == ["Lambda"]
    assert len(symbols(course.look, "path-outside-model")) == outside
    assert course.look.facts["objects"] == 1 + 50 * 4


@pytest.mark.parametrize("outside", [False, True])
def test_of_a_keras_archive_the_weights_are_read_where_they_lie(tmp_path: Path, outside: bool) -> None:
    weights = io.BytesIO()
    keras_weights(weights, 50, outside=outside)
    config = json.dumps({"class_name": "Sequential", "module": "keras", "config": {"text": "x" * 200_000}})
    path = tmp_path / "model.keras"
    path.write_bytes(
        archive(
            ("metadata.json", b"{}"),
            ("config.json", config.encode()),
            ("model.weights.h5", weights.getvalue()),
        )
    )
    course = drive(path)
    assert not course.whole
    assert course.fetched * 5 < path.stat().st_size
    assert_same(course, path)
    assert len(symbols(course.look, "path-outside-model")) == outside


def test_weights_that_are_no_hdf5_are_looked_at_whole(tmp_path: Path) -> None:
    disguised = pickle.dumps({"weights": TENSOR, "hook": None}, 4)
    path = tmp_path / "model.keras"
    members = [("metadata.json", b"{}"), ("config.json", b"{}"), ("model.weights.h5", disguised)]
    path.write_bytes(archive(*members))
    course = drive(path)
    assert course.asks == ["whole"]
    assert_same(course, path)


def test_hdf5_whose_tables_lie_anywhere_ends_with_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    with h5py.File(path, "w", libver="latest") as file:
        group = file.create_group("weights")
        for index in range(80):
            group.create_group(f"layer{index}").create_dataset("kernel", data=np.zeros(100_000, "f4"))
    course = drive(path)
    assert course.whole
    assert_same(course, path)


def whole_only() -> dict[str, bytes]:
    """Files of which every byte can act, by their names."""
    noise = np.random.default_rng(1).bytes(6 << 20)
    array = io.BytesIO()
    np.savez(array, a=np.frombuffer(noise, "u1"))
    return {
        "model.pkl": pickle.dumps({"a": noise, "b": [GOOD] * 3}, 4),
        "model.npz": array.getvalue(),
        "data.zip": archive(("a.bin", noise), ("b.pkl", GOOD)),
        "model.pkl.xz": lzma.compress(noise, preset=0),
    }


@pytest.mark.parametrize(("name", "data"), whole_only().items())
def test_what_can_act_anywhere_is_asked_for_whole(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    course = drive(path)
    assert course.asks == ["whole"]
    assert_same(course, path)


def test_a_long_argument_under_a_neutral_name_is_no_reason_to_fetch_everything(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    with path.open("wb") as file:
        file.write(b"B" + (1 << 29).to_bytes(4, "little"))
        file.truncate(GIB)
    course = drive(path)
    assert (course.look.format, course.whole) == (None, False)
    assert course.fetched <= FEW


def test_a_directory_longer_than_the_tail_and_a_pickle_longer_than_the_head(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    torch_zip(path, GIB, 2_000, CALL)
    course = drive(path)
    first, second = course.asks
    assert isinstance(first, list)
    assert len(first) == 1
    with zipfile.ZipFile(path) as file:
        size = path.stat().st_size
        assert first[0] == (file.start_dir, size - (64 << 10) - file.start_dir)
    assert isinstance(second, list)
    assert_same(course, path)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["state.pt.xz", "payload.pth.xz", "script.pt.xz"]), st.data())
def test_a_changed_byte_that_was_fetched_is_never_overlooked(name: str, data: st.DataObject) -> None:
    content = bytearray(lzma.decompress((LARGE / name).read_bytes()))
    place = data.draw(st.one_of(st.integers(0, 2_000), st.integers(len(content) - 4_000, len(content) - 1)))
    content[place] ^= data.draw(st.integers(1, 255))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / name.removesuffix(".xz")
        path.write_bytes(content)
        assert_same(drive(path), path)


@given(st.lists(st.tuples(st.integers(0, 1 << 40), st.integers(1, 1 << 20)), min_size=1, max_size=600))
def test_joined_ranges_are_few_sorted_and_hold_everything(extents: list[tuple[int, int]]) -> None:
    ranges = joined(extents)
    assert len(ranges) <= limits.RANGES
    assert all(sum(one) < other[0] for one, other in pairwise(ranges))
    for offset, length in extents:
        assert any(start <= offset and offset + length <= start + size for start, size in ranges)
    assert sum(ranges[0]) <= max(map(sum, extents))


def test_half_of_a_file_is_asked_for_as_the_whole() -> None:
    size = 100 << 20
    assert need_of(NotCollected([(0, size // 2 - 1)], exact=True), size) == [(0, size // 2 - 1)]
    assert need_of(NotCollected([(0, size // 2)], exact=True), size) == "whole"
    assert need_of(NotCollected([(0, 1)]), size) == "whole"
    assert need_of(NotCollected([(0, 1)], exact=True), limits.RANGES_FROM) == "whole"
