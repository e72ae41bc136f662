"""Every hostile layout is named, and its payload found; what honest writers make stays quiet."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from scanner.inspect.interface import Look
from tests.inspect.attacks import archive
from tests.inspect.layouts import EVIL, GOOD, HONEST, LAYOUTS, tarred
from tests.inspect.looking import FIXTURES, look_at, look_at_file

GRAVE = ("high", "critical", None)
"""Severities; none is the rule's own, and that of a dangerous import is critical."""


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("name", ["model.pt", "weights"])
def test_a_hostile_layout_is_named_and_its_payload_found(tmp_path: Path, layout: str, name: str) -> None:
    data, words = LAYOUTS[layout]
    found = look_at(tmp_path, name, data)
    assert "posix.system" in {sighting.symbol for sighting in found.sightings}
    grave = [s.evidence for s in found.sightings if s.rule == "malformed-model" and s.severity == "high"]
    assert not words or any(words in evidence for evidence in grave), (grave, found.sightings, found.gaps)


def assert_quiet(found: Look) -> None:
    """Nothing is said above low, and nothing is left open."""
    assert [s for s in found.sightings if s.severity != "low"] == []
    assert found.gaps == []


def _streamed(method: int) -> bytes:
    """As writers to a pipe make it: with a descriptor behind each member."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as file:
        file.writestr("model.pkl", GOOD)
        with file.open("large.pkl", "w", force_zip64=True) as member:
            member.write(GOOD)
    return pipe.getvalue()


def _appended() -> bytes:
    buffer = io.BytesIO(HONEST)
    with zipfile.ZipFile(buffer, "a") as file:
        file.writestr("archive/extra/note", b"appended")
    return buffer.getvalue()


def _dated() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, content in (("d\u00e9ss\u00e9.pkl", GOOD), ("folder/", b""), ("folder/x.txt", b"text")):
            info = zipfile.ZipInfo(name, (2020, 2, 2, 2, 2, 2))
            info.extra = struct.pack("<HHBI", 0x5455, 5, 1, 1_600_000_000)
            info.external_attr = 0o100644 << 16
            info.comment = b"made by hand"
            file.writestr(info, content)
        file.comment = b"a comment of the archive, rather long, by its author"
    return buffer.getvalue()


def _nested() -> bytes:
    """An archive stored in an archive, at its end."""
    return archive(("readme.txt", b"text"), ("inner.zip", archive(("model.pkl", GOOD), ("x", b"y"))))


def _unicode() -> bytes:
    """As Info-ZIP writes a name that its first spelling cannot hold."""
    raw = b"archive/d_ss_.pkl"
    import zlib

    other = "archive/d\u00e9ss\u00e9.pkl".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        info = zipfile.ZipInfo(raw.decode())
        info.extra = struct.pack("<HHBI", 0x7075, 5 + len(other), 1, zlib.crc32(raw)) + other
        file.writestr(info, GOOD)
    return buffer.getvalue()


def _packed_tar(mode: str, form: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=form) as file:  # type: ignore[call-overload]
        for name in ("model_config/" + "long" * 60 + ".pkl", "weights/d\u00e9ss\u00e9.pkl"):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(GOOD), 1.5 if form == tarfile.PAX_FORMAT else 1
            file.addfile(info, io.BytesIO(GOOD))
        link = tarfile.TarInfo("weights/latest.pkl")
        link.type, link.linkname = tarfile.SYMTYPE, "model.pkl"
        file.addfile(link)
        folder = tarfile.TarInfo("weights")
        folder.type = tarfile.DIRTYPE
        file.addfile(folder)
        file.addfile(folder)
    return buffer.getvalue()


HONEST_FILES = {
    "streamed.zip": _streamed(zipfile.ZIP_STORED),
    "packed-and-streamed.zip": _streamed(zipfile.ZIP_DEFLATED),
    "bzip2.zip": _streamed(zipfile.ZIP_BZIP2),
    "lzma.zip": _streamed(zipfile.ZIP_LZMA),
    "appended.pt": _appended(),
    "dated.zip": _dated(),
    "nested.zip": _nested(),
    "unicode.zip": _unicode(),
    "program.pyz": b"#!/usr/bin/env python3\n" + archive(("__main__.py", b"print()"), ("model.pkl", GOOD)),
    "no-root.pt": archive(("data.pkl", GOOD), ("data/0", bytes(64))),
    "gnu.tar": _packed_tar("w", tarfile.GNU_FORMAT),
    "pax.tar": _packed_tar("w", tarfile.PAX_FORMAT),
    "ustar.tar": tarred(("model.pkl", GOOD), form=tarfile.USTAR_FORMAT),
    "zipped.tar": tarred(("a.txt", b"x"), ("last.zip", archive(("model.pkl", GOOD)))),
    "model.tar.gz": _packed_tar("w:gz", tarfile.GNU_FORMAT),
    "model.tar.xz": _packed_tar("w:xz", tarfile.GNU_FORMAT),
    "padded.pkl.gz": gzip.compress(GOOD) + bytes(64),
}


@pytest.mark.parametrize("name", sorted(HONEST_FILES))
def test_what_honest_writers_make_stays_quiet(tmp_path: Path, name: str) -> None:
    found = look_at(tmp_path, name, HONEST_FILES[name])
    assert found.format is not None
    assert_quiet(found)
    assert found.coverage == "full"


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("torch*")), ids=lambda path: path.name)
def test_what_torch_writes_is_well_laid_out(path: Path) -> None:
    assert "malformed-model" not in {sighting.rule for sighting in look_at_file(path).sightings}


@pytest.mark.parametrize("seed", range(8))
def test_noise_and_text_are_no_pickles(tmp_path: Path, seed: int) -> None:
    """Neither a protocol byte by chance nor a letter that is an opcode makes a model."""
    noise = random.Random(seed)
    for data in (
        noise.randbytes(64 << 10),
        bytes(noise.choice(b"\x80\x02\x03\x04(c.0)tRqX\n") for _ in range(20_000)),
        b"\n\n  " + b"".join(b"line %d of (a) text.\n" % index for index in range(500)),
    ):
        found = look_at(tmp_path, "notes", data)
        assert (found.format, found.sightings, found.gaps) == (None, [], [])


def _sparse(kind: bytes, headers: dict[str, str], data: bytes) -> bytes:
    """A tar archive of one sparse member: in GNU's old form, or with the newer extended headers."""
    member = tarfile.TarInfo("model.pkl")
    member.size, member.type, member.pax_headers = len(data), kind, headers
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive_:
        archive_.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        _sparse(tarfile.GNUTYPE_SPARSE, {}, EVIL),
        _sparse(b"0", {"GNU.sparse.size": "9", "GNU.sparse.numblocks": "1"}, EVIL),
        _sparse(b"0", {"GNU.sparse.map": "0,9", "GNU.sparse.name": "model.pkl"}, EVIL),
        _sparse(b"0", {"GNU.sparse.major": "1"}, b"1\n0\n9\n".ljust(512, b"\0") + EVIL),
    ],
    ids=["old", "0.0", "0.1", "1.0"],
)
def test_a_sparse_member_is_looked_at_as_it_is_stored_and_never_complete(tmp_path: Path, data: bytes) -> None:
    found = look_at(tmp_path, "model.tar", data)
    assert "posix.system" in {sighting.symbol for sighting in found.sightings}
    assert "is sparse" in " ".join(sighting.evidence for sighting in found.sightings)
    assert [gap.cause for gap in found.gaps if "sparse" in gap.detail] == ["unreadable"]
    assert found.coverage != "full"


def test_a_zip64_record_is_no_second_directory(tmp_path: Path) -> None:
    """torch always writes one; counted back from the end record, the directory begins 76 bytes too late.

    There the second entry stands when the name of the first has 30 characters.
    """
    root = "a" * (30 - len("/data.pkl"))
    data = archive((f"{root}/data.pkl", GOOD), (f"{root}/data/0", bytes(64)), (f"{root}/version", b"3\n"))
    entries, size, offset = struct.unpack_from("<HII", data, len(data) - 12)
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, offset + size, 1)
    assert data[offset + len(record) + len(locator) :].startswith(b"PK\1\2")
    assert_quiet(look_at(tmp_path, "model.pt", data[:-22] + record + locator + data[-22:]))


@pytest.mark.parametrize("payload", [None, b"cposix\nsystem\n(Vid\ntR."])
def test_a_row_of_archives_is_looked_at_one_by_one(tmp_path: Path, payload: bytes | None) -> None:
    row = [HONEST, archive(("archive/data.pkl", payload or GOOD), ("archive/data/0", bytes(8))), HONEST]
    found = look_at(tmp_path, "__0_0.distcp", b"".join(row))
    if payload is None:
        assert_quiet(found)
    else:
        assert [s.member for s in found.sightings if s.symbol == "posix.system"] == [
            f"archive at {len(HONEST)}!archive/data.pkl"
        ]
    elsewhere = look_at(tmp_path, "model.pt", b"".join(row))
    assert any(s.severity == "high" for s in elsewhere.sightings)


def test_a_row_with_something_between_is_none(tmp_path: Path) -> None:
    found = look_at(tmp_path, "__0_0.distcp", HONEST + b"?" * 64 + HONEST)
    assert any(s.rule == "malformed-model" and s.severity == "high" for s in found.sightings)
