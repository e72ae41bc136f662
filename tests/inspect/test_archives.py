"""Archives and wrappers: unpacked within caps, each member by its content, odd layouts named."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import random
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import lz4.frame
import numpy as np
import pytest
from backports import zstd

from scanner.inspect import limits
from tests.inspect.looking import FIXTURES, Payload, assert_clean, details, look_at, symbols

DANGEROUS = "pickle-dangerous-import"
SYSTEM = {"posix.system"}
EVIL = pickle.dumps(Payload(), 4)
GOOD = pickle.dumps({"weights": [1.0, 2.0]}, 4)
ODD_LZMA = [{"id": lzma.FILTER_LZMA1, "lc": 1, "lp": 2, "pb": 0, "dict_size": 1 << 16}]
PACKERS = [gzip.compress, bz2.compress, lzma.compress, lz4.frame.compress, zstd.compress]
SKIPPABLE = b"\x5a\x2a\x4d\x18\x03\0\0\0abc"


def zipped(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a duplicate name is what some tests want
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_member_is_found_by_content_whatever_its_name_and_packing(tmp_path: Path, method: int) -> None:
    data = zipped([("readme.txt", b"hello " * 100), ("docs/notes.txt", EVIL)], method)
    found = look_at(tmp_path, "archive.zip", data)
    assert (found.format, found.coverage, found.gaps) == ("zip", "full", [])
    assert {(one.rule, one.member, one.symbol) for one in found.sightings} == {
        (DANGEROUS, "docs/notes.txt", "posix.system")
    }


def test_an_archive_without_a_model_is_no_model(tmp_path: Path) -> None:
    for name, data in (
        ("letter.docx", zipped([("word/document.xml", b"<xml/>"), ("oleObject1.bin", b"\x01\x02")])),
        ("source.tar", tarred([("main.py", b"print()\n"), ("empty", b"")])),
        ("data.csv.gz", gzip.compress(b"1,2,3\n" * 1000)),
        ("large.csv.gz", gzip.compress(b"1,2,3\n" * 500_000)),
    ):
        found = look_at(tmp_path, name, data)
        assert (found.format, found.gaps, found.sightings) == (None, [], [])


@pytest.mark.parametrize(
    ("format_id", "pack"),
    [
        ("gzip", gzip.compress),
        ("bzip2", bz2.compress),
        ("xz", lzma.compress),
        ("lzma", partial(lzma.compress, format=lzma.FORMAT_ALONE)),
        ("lzma", partial(lzma.compress, format=lzma.FORMAT_ALONE, filters=ODD_LZMA)),
        ("zlib", zlib.compress),
        ("lz4", lz4.frame.compress),
        ("zstd", zstd.compress),
        ("zstd", lambda data: SKIPPABLE + zstd.compress(data)),
        ("lz4", lambda data: SKIPPABLE + SKIPPABLE + lz4.frame.compress(data)),
    ],
)
def test_a_compressed_pickle_is_found(tmp_path: Path, format_id: str, pack: Callable[[bytes], bytes]) -> None:
    found = look_at(tmp_path, "model.dat", pack(EVIL))
    assert (found.format, found.coverage) == (format_id, "full")
    assert set(symbols(found, DANGEROUS)) == SYSTEM
    assert_clean(look_at(tmp_path, "model.pkl", pack(GOOD)), format_id)


def test_joblibs_oldest_wrapper_is_unpacked(tmp_path: Path) -> None:
    header = b"ZF" + hex(len(EVIL)).encode().ljust(19)
    found = look_at(tmp_path, "model.gz", header + zlib.compress(EVIL))
    assert set(symbols(found, DANGEROUS)) == SYSTEM
    assert found.gaps == []


@pytest.mark.parametrize("pack", PACKERS)
def test_a_second_compressed_stream_is_unpacked(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    for between in (b"", bytes(8)):
        found = look_at(tmp_path, "model.pkl", pack(GOOD) + between + pack(EVIL))
        assert set(symbols(found, DANGEROUS)) == SYSTEM
        assert found.gaps == []


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zlib.compress, zstd.compress])
def test_what_stands_behind_compressed_data_is_looked_at(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    found = look_at(tmp_path, "model.pkl", pack(GOOD) + EVIL)
    assert set(symbols(found, DANGEROUS)) == SYSTEM
    assert "a pickle, stand behind the compressed data" in str(symbols(found, "malformed-model"))
    found = look_at(tmp_path, "model.pkl", pack(EVIL) + b"junk that is nothing")
    assert set(symbols(found, DANGEROUS)) == SYSTEM
    assert "20 bytes stand behind" in details(found)


@pytest.mark.parametrize("pack", PACKERS)
def test_compressed_data_that_ends_too_early_is_unreadable(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    noise = random.Random(1).randbytes(20_000)
    found = look_at(tmp_path, "model.pkl", pack(pickle.dumps(noise))[:10_000])
    assert found.coverage != "full"
    assert "ends too early" in details(found)


@pytest.mark.parametrize("pack", PACKERS)
def test_what_unpacks_before_data_breaks_is_looked_at(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """A loader that reads a stream has run it by then."""
    data = pack(EVIL[:-1] + b"0" + pickle.dumps(random.Random(1).randbytes(3 << 20), 4))
    for broken in (data[: len(data) * 3 // 4], data[: len(data) // 2] + b"\xff" * (len(data) // 2)):
        found = look_at(tmp_path, "model.pkl", broken)
        assert set(symbols(found, DANGEROUS)) == SYSTEM
        assert found.coverage != "full"
        assert details(found)


def test_archives_in_archives_are_unpacked_to_a_depth(tmp_path: Path) -> None:
    data = EVIL
    for level in range(limits.CONTAINER_DEPTH):
        data = zipped([(f"level{level}", data)]) if level % 2 else tarred([(f"level{level}", data)])
    found = look_at(tmp_path, "nested.zip", data)
    assert found.gaps == []
    assert set(symbols(found, DANGEROUS)) == SYSTEM
    assert found.sightings[0].member == "!".join(
        f"level{level}" for level in reversed(range(limits.CONTAINER_DEPTH))
    )
    deeper = look_at(tmp_path, "nested.zip", zipped([("outermost", data)]))
    assert symbols(deeper, DANGEROUS) == []
    assert "hostile" in details(deeper)
    assert f"nested more than {limits.CONTAINER_DEPTH} deep" in details(deeper)


def test_a_truncated_zip_is_unreadable(tmp_path: Path) -> None:
    data = (FIXTURES / "torch-zip.pt").read_bytes()
    found = look_at(tmp_path, "model.pt", data[: len(data) // 2])
    assert (found.format, found.coverage) == ("torch-zip", "structural")
    assert details(found).startswith("unreadable None the zip archive is truncated")
    assert [sighting.severity for sighting in found.sightings] == ["low"]
    data = (FIXTURES / "torch-zip-payload.pt").read_bytes()
    found = look_at(tmp_path, "model.pt", data[: data.rindex(b"PK\1\2")])
    assert set(symbols(found, DANGEROUS)) == SYSTEM
    assert "high" in {sighting.severity for sighting in found.sightings}


def test_a_zip_bomb_is_hostile(tmp_path: Path) -> None:
    size = limits.EXPANDED_FREE + (8 << 20)
    found = look_at(tmp_path, "bomb.zip", zipped([("zeros", b"\0" * size)]))
    assert found.coverage == "none"
    assert "hostile zeros it unpacks to" in details(found)
    assert [sighting.severity for sighting in found.sightings] == ["high"]
    assert "bomb" in details(found)


def test_a_bomb_that_declares_itself_small_is_hostile(tmp_path: Path) -> None:
    data = bytearray(zipped([("model.pkl", GOOD + b"\0" * 3_000_000)]))
    entry = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, len(GOOD))
    found = look_at(tmp_path, "bomb.zip", bytes(data))
    assert "hostile model.pkl it unpacks to more than it declares" in details(found)


def test_a_compressed_bomb_behind_a_pickle_is_hostile(tmp_path: Path) -> None:
    bomb = GOOD + b"\0" * (limits.EXPANDED_FREE + (1 << 20))
    found = look_at(tmp_path, "model.pkl.gz", gzip.compress(bomb, 1))
    assert "hostile None it unpacks to" in details(found)
    assert "a decompression bomb" in details(found)


def test_what_unpacks_to_more_than_the_budget_out_of_nothing_is_a_bomb(tmp_path: Path) -> None:
    packer = zlib.compressobj(1, wbits=31)
    array = io.BytesIO()
    write_header: Callable[..., None] = np.lib.format.write_array_header_1_0
    write_header(array, {"descr": "<f8", "fortran_order": False, "shape": (1 << 30,)})
    step = bytes(1 << 20)
    parts = [packer.compress(array.getvalue()), *(packer.compress(step) for _ in range(514)), packer.flush()]
    found = look_at(tmp_path, "w.npy.gz", b"".join(parts))
    assert "a decompression bomb" in details(found)
    assert "high" in {sighting.severity for sighting in found.sightings}


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("model.pkl.gz", gzip.compress),
        ("model.pkl.bz2", bz2.compress),
        ("model.pkl.xz", lzma.compress),
        ("model.pkl.z", zlib.compress),
        ("model.zip", lambda data: zipped([("model.pkl", data)])),
        ("model.tar.gz", lambda data: gzip.compress(tarred([("model.pkl", data)]))),
    ],
)
def test_weights_that_are_all_zero_are_no_bomb(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes]
) -> None:
    zeros = pickle.dumps(np.zeros(limits.EXPANDED_FREE // 8 + 1000), 4)
    packed = pack(zeros)
    assert len(packed) * limits.EXPANDED_RATIO < len(zeros)
    found = look_at(tmp_path, name, packed)
    assert (found.sightings, found.gaps, found.coverage) == ([], [], "full")


def test_a_checkpoint_that_was_compressed_as_a_whole_is_no_attack(tmp_path: Path) -> None:
    with zipfile.ZipFile(FIXTURES / "torch-zip.pt") as source:
        members = [(name, source.read(name)) for name in source.namelist()]
    members = [(name, bytes(80 << 20) if name.endswith("/data/0") else data) for name, data in members]
    found = look_at(tmp_path, "model.pt", zipped(members))
    assert (found.format, found.coverage) == ("torch-zip", "full")
    assert [(one.rule, one.severity) for one in found.sightings] == [("malformed-model", "low")]


def test_too_many_members_are_a_budget(tmp_path: Path) -> None:
    data = zipped([(str(index), b"") for index in range(limits.CONTAINER_MEMBERS + 1)], zipfile.ZIP_STORED)
    found = look_at(tmp_path, "many.zip", data)
    assert details(found) == f"budget None more than {limits.CONTAINER_MEMBERS:,} members"


def test_members_are_counted_over_all_archives(tmp_path: Path) -> None:
    half = zipped(
        [(str(index), b"") for index in range(limits.CONTAINER_MEMBERS * 2 // 3)], zipfile.ZIP_STORED
    )
    found = look_at(tmp_path, "many.tar", tarred([("one.zip", half), ("two.zip", half)]))
    assert details(found) == f"budget two.zip more than {limits.CONTAINER_MEMBERS:,} members"


def test_a_truncated_tar_does_not_hide_the_payload(tmp_path: Path) -> None:
    data = tarred([("model.pkl", EVIL + bytes(2000))])
    found = look_at(tmp_path, "model.tar", data[: 512 + len(EVIL) + 10])
    assert set(symbols(found, DANGEROUS)) == SYSTEM
    assert "reaches beyond the end of the archive" in details(found)


def test_both_of_two_members_of_one_name_are_looked_at(tmp_path: Path) -> None:
    for first, second in ((EVIL, GOOD), (GOOD, EVIL)):
        found = look_at(tmp_path, "model.zip", zipped([("model.pkl", first), ("model.pkl", second)]))
        assert set(symbols(found, DANGEROUS)) == SYSTEM
        assert symbols(found, "malformed-model") == [
            "two members are called model.pkl: torch.load takes the first, Python's zipfile the last"
        ]
    found = look_at(tmp_path, "model.zip", zipped([("model.pkl", GOOD), ("MODEL.PKL", EVIL)]))
    assert set(symbols(found, DANGEROUS)) == SYSTEM
    assert "two members are called" in str(symbols(found, "malformed-model"))


def test_members_that_lead_out_are_named(tmp_path: Path) -> None:
    for data in (zipped([("../../model.pkl", GOOD)]), tarred([("../../model.pkl", GOOD)])):
        found = look_at(tmp_path, "model.bin", data)
        assert symbols(found, "malformed-model") == [
            "the member name ../../model.pkl leads out of the archive"
        ] or (symbols(found, "malformed-model") == ["the member ../../model.pkl leads out of the archive"])


def test_a_member_that_only_says_it_is_encrypted_is_looked_at(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        data = bytearray(zipped([("model.pkl", EVIL)], method))
        data[data.rfind(b"PK\x01\x02") + 8] |= 1
        for local in (0, 1):
            data[6] |= local
            found = look_at(tmp_path, "model.zip", bytes(data))
            assert set(symbols(found, DANGEROUS)) == SYSTEM
            assert "and is not" in str(symbols(found, "malformed-model"))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_encrypted_member_is_unreadable(tmp_path: Path, method: int) -> None:
    data = bytearray(zipped([("model.pkl", random.Random(1).randbytes(4000))], zipfile.ZIP_STORED))
    data[8] = data[data.rfind(b"PK\x01\x02") + 10] = method
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    found = look_at(tmp_path, "model.zip", bytes(data))
    assert details(found) == "unreadable model.pkl the member is encrypted"
    assert found.coverage == "none"


def test_an_unknown_packing_is_unreadable(tmp_path: Path) -> None:
    data = bytearray(zipped([("model.pkl", EVIL)]))
    data[8] = 99
    data[data.rfind(b"PK\x01\x02") + 10] = 99
    assert "packed with method 99" in details(look_at(tmp_path, "model.zip", bytes(data)))


def test_a_wrong_checksum_does_not_hide_the_payload(tmp_path: Path) -> None:
    data = bytearray(zipped([("model.pkl", EVIL)], zipfile.ZIP_STORED))
    data[data.rfind(b"PK\x01\x02") + 16] ^= 0xFF
    found = look_at(tmp_path, "model.zip", bytes(data))
    assert set(symbols(found, DANGEROUS)) == SYSTEM
    wrong = "the checksum of model.pkl is wrong: torch.load does not mind, Python's zipfile refuses it"
    assert wrong in symbols(found, "malformed-model")
    assert "checksum" in details(found)


def test_a_local_header_with_another_name_does_not_hide_the_payload(tmp_path: Path) -> None:
    data = bytearray(zipped([("model.pkl", EVIL)]))
    data[30:39] = b"notes.txt"
    found = look_at(tmp_path, "model.zip", bytes(data))
    assert set(symbols(found, DANGEROUS)) == SYSTEM
    assert "model.pkl has another name in its local header, notes.txt" in str(
        symbols(found, "malformed-model")
    )


def test_a_zip_behind_a_pickle_is_read_both_ways(tmp_path: Path) -> None:
    for data in (EVIL + zipped([("model.pkl", GOOD)]), GOOD + zipped([("model.pkl", EVIL)])):
        found = look_at(tmp_path, "model.bin", data)
        assert found.format == "pickle"
        assert set(symbols(found, DANGEROUS)) == SYSTEM
        assert "it reads as a pickle and as a zip archive" in symbols(found, "malformed-model")
        assert found.coverage != "full"


def test_bytes_behind_a_zip_are_named(tmp_path: Path) -> None:
    data = (FIXTURES / "torch-zip.pt").read_bytes()
    assert symbols(look_at(tmp_path, "model.pt", data + b"trailing"), "malformed-model")


def test_a_tar_that_is_also_a_pickle_is_read_both_ways(tmp_path: Path) -> None:
    """The five benign pickles stand in the name field of the first header, as torch would not read them."""
    name = b"N." * 5
    block = bytearray(tarred([("pickle", EVIL)]))
    block[: len(name)] = name
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block[:512]):06o}\0 ".encode()
    found = look_at(tmp_path, "model.pt", bytes(block))
    assert set(symbols(found, DANGEROUS)) == SYSTEM


def test_raw_tensors_of_a_checkpoint_are_data(tmp_path: Path) -> None:
    members = [("archive/data.pkl", GOOD), ("archive/data/0", b"\x80\x02cos"), ("archive/version", b"3\n")]
    assert_clean(look_at(tmp_path, "model.pt", zipped(members, zipfile.ZIP_STORED)), "torch-zip")
    hidden = [*members[:1], ("archive/extra/0", EVIL)]
    assert set(symbols(look_at(tmp_path, "model.pt", zipped(hidden)), DANGEROUS)) == SYSTEM


def test_pickles_in_archives_of_other_libraries_are_found(tmp_path: Path) -> None:
    served = zipped([("MAR-INF/MANIFEST.json", b"{}"), ("handler.py", b"import os"), ("model.pt", EVIL)])
    found = look_at(tmp_path, "model.mar", served)
    assert (found.format, set(symbols(found, DANGEROUS))) == ("mar", SYSTEM)
    found = look_at(tmp_path, "model.nemo", tarred([("model_config.yaml", b"a: 1\n"), ("w.ckpt", EVIL)]))
    assert (found.format, set(symbols(found, DANGEROUS))) == ("nemo", SYSTEM)


def test_keras_archives_are_read(tmp_path: Path) -> None:
    def keras(layers: list[object]) -> bytes:
        config = {"class_name": "Sequential", "module": "keras", "config": {"layers": layers}}
        return zipped([("metadata.json", b"{}"), ("config.json", json.dumps(config).encode())])

    dense = {"class_name": "Dense", "module": "keras.layers", "config": {}}
    inner = {"class_name": "Lambda", "module": "keras.layers", "config": {"function": "x"}}
    nested = {"class_name": "TimeDistributed", "module": "keras.layers", "config": {"layer": inner}}
    foreign = {"class_name": "Popen", "module": "subprocess", "config": {}}
    assert_clean(look_at(tmp_path, "model.keras", keras([dense])), "keras")
    assert symbols(look_at(tmp_path, "model.keras", keras([dense, nested])), "keras-lambda-layer") == [
        "Lambda"
    ]
    found = look_at(tmp_path, "model.keras", keras([foreign]))
    assert symbols(found, "keras-foreign-object") == ["subprocess.Popen"]
    assert found.sightings[0].severity == "critical"


def test_numpy_archives_are_clean(tmp_path: Path) -> None:
    for save in (np.savez, np.savez_compressed):
        buffer = io.BytesIO()
        save(buffer, a=np.zeros((1000, 1000)), b=np.array(["x"]))
        assert_clean(look_at(tmp_path, "arrays.npz", buffer.getvalue()), "npz")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, a=np.zeros(limits.EXPANDED_FREE // 8 + 1000))
    assert_clean(look_at(tmp_path, "zeros.npz", buffer.getvalue()), "npz")
