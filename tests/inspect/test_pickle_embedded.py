"""Pickles within the texts and bytes of a pickle."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma
import pickle
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from scanner.inspect import limits
from tests.inspect.assembler import call, name, program
from tests.inspect.looking import FIXTURES, Payload, assert_clean, details, look_at, symbols

DANGEROUS = "pickle-dangerous-import"
EVIL = pickle.dumps(Payload())
TEXTUAL = pickle.dumps(Payload(), 0)


def zipped(data: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("data.pkl", data)
    return buffer.getvalue()


FORMS: dict[str, Callable[[bytes], Any]] = {
    "bytes": bytes,
    "a byte array": bytearray,
    "base64": lambda data: base64.b64encode(data).decode(),
    "base64 of bytes": base64.b64encode,
    "hexadecimal": bytes.hex,
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "base64 of zlib": lambda data: base64.b64encode(zlib.compress(data)).decode(),
    "base64 of gzip": lambda data: base64.b64encode(gzip.compress(data)).decode(),
    "hexadecimal of zlib": lambda data: zlib.compress(data).hex(),
    "latin-1": lambda data: data.decode("latin-1"),
    "a zip archive": zipped,
}


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("inner", [EVIL, TEXTUAL], ids=["binary", "text"])
def test_a_pickle_in_a_pickle_is_found(tmp_path: Path, form: str, inner: bytes, protocol: int) -> None:
    data = pickle.dumps({"weights": [1.0], "hook": FORMS[form](inner)}, protocol)
    found = look_at(tmp_path, "model.pkl", data)
    assert symbols(found, DANGEROUS) == ["posix.system"]
    assert {"(bytes at" in str(sighting.member) for sighting in found.sightings} == {True}


def test_one_in_another_is_followed_to_a_depth(tmp_path: Path) -> None:
    data = EVIL
    for _ in range(limits.PICKLE_NESTING):
        data = pickle.dumps({"inner": data, "type": int})
    found = look_at(tmp_path, "model.pkl", data)
    assert symbols(found, DANGEROUS) == ["posix.system"]
    deeper = look_at(tmp_path, "model.pkl", pickle.dumps({"inner": data, "type": int}))
    assert symbols(deeper, "malformed-model")
    assert "hostile" in details(deeper)


def test_one_that_only_carries_another_is_followed(tmp_path: Path) -> None:
    carrier = pickle.dumps({"stage": EVIL}, 4)
    for form in (bytes(carrier), base64.b64encode(carrier).decode()):
        found = look_at(tmp_path, "model.pkl", pickle.dumps({"note": "1.0", "payload": form}, 4))
        assert symbols(found, DANGEROUS) == ["posix.system"]


def test_what_torch_loads_out_of_bytes_is_looked_at(tmp_path: Path) -> None:
    for fixture in ("torch-legacy-payload.pth", "torch-zip-payload.pt"):
        inner = (FIXTURES / fixture).read_bytes()
        body = call(
            name("torch.storage", "_load_from_bytes"), b"B" + len(inner).to_bytes(4, "little") + inner
        )
        found = look_at(tmp_path, "model.pkl", program(body))
        assert symbols(found, DANGEROUS) == ["posix.system"]
    inner = (FIXTURES / "torch-legacy.pth").read_bytes()
    body = call(name("torch.storage", "_load_from_bytes"), b"B" + len(inner).to_bytes(4, "little") + inner)
    assert_clean(look_at(tmp_path, "model.pkl", program(body)), "pickle")


@pytest.mark.parametrize("protocol", range(6))
def test_plain_bytes_and_texts_are_no_pickles(tmp_path: Path, protocol: int) -> None:
    value = [
        bytes(range(256)) * 8,
        b"\x80\x04" + bytes(100),
        b"\x80\x02}q\x00." + bytes(64),
        zlib.compress(bytes(1000)),
        base64.b64encode(bytes(range(200))).decode(),
        "eJust some words that begin like zlib",
        "Keras and other words, Kept in a list",
        "gATE keeper",
        "cat\ndog\n" * 20,
        "import os\nprint('code is no pickle')\n",
    ]
    assert_clean(look_at(tmp_path, "model.pkl", pickle.dumps(value, protocol)), "pickle")
