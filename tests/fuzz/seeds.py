"""Where mutation starts: files of real writers, the hostile layouts of the tests, and small texts."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import struct
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import lz4.frame
import numpy as np
from backports import zstd

from scanner.inspect.recognise import recognise
from scanner.inspect.stream import memory
from tests.fuzz.targets import TARGETS
from tests.fuzz.texts import TEXTS
from tests.inspect import assembler as asm
from tests.inspect.layouts import EVIL, GOOD, LAYOUTS
from tests.inspect.looking import Payload
from tests.inspect.messages import field

_INSPECT = Path(__file__).resolve().parent.parent / "inspect"
_FOLDERS = ("fixtures", "models", "templates")
_LARGEST = 16 << 10
"""Bytes of a seed: what is larger only costs time."""

Seeds = Mapping[str, tuple[bytes, str]]
"""Content and name of a file, by what it is called here."""


def _files() -> Seeds:
    paths = [path for folder in _FOLDERS for path in sorted((_INSPECT / folder).iterdir())]
    return {path.name: (path.read_bytes()[:_LARGEST], path.name) for path in paths}


def _pickles() -> Seeds:
    value = {"a": [1, 2.5, -(1 << 70), True, None], "b": (b"x" * 5, bytearray(b"y"), {3}, frozenset("z"))}
    found = {f"value-{protocol}": pickle.dumps(value, protocol) for protocol in range(6)}
    found |= {f"payload-{protocol}": pickle.dumps(Payload(), protocol) for protocol in range(6)}
    found["array"] = pickle.dumps(np.arange(4.0), 4)
    found["dotted"] = asm.program(asm.call(asm.name("os", "path.os.system"), asm.text("id")))
    getattr_of = asm.call(asm.name("builtins", "getattr"), asm.name("os", "path"), asm.text("join"))
    found["getattr"] = asm.program(asm.call(getattr_of, asm.text("a"), asm.text("b")))
    found["state"] = asm.program(
        asm.name("collections", "OrderedDict"), b")", asm.REDUCE, b"}", asm.text("k"), b"Ns", asm.BUILD
    )
    found["within"] = pickle.dumps([EVIL, zlib.compress(EVIL)])
    found["memo"] = b"\x80\x02]q\x00(h\x00r\x01\x00\x00\x00j\x01\x00\x00\x00p2\ng2\n0e."
    found["instance"] = b"(iposix\nsystem\n(S'id'\no.(cposix\nsystem\nS'id'\no."
    found["extension"] = b"\x80\x02\x82\x01\x83\x01\x00\x84\x01\x00\x00\x00."
    found["behind-bytes"] = b"PNG" * 9 + EVIL
    return {name: (data, "model.pkl") for name, data in found.items()}


def _packed() -> Seeds:
    packs = (gzip.compress, bz2.compress, lzma.compress, zlib.compress, lz4.frame.compress, zstd.compress)
    found = {f"packed-{index}": (pack(EVIL), "model.bin") for index, pack in enumerate(packs)}
    found["packed-alone"] = (lzma.compress(GOOD, lzma.FORMAT_ALONE), "model.bin")
    return found | {f"layout-{name}": (data, "model.pt") for name, (data, _) in LAYOUTS.items()}


def _arrays() -> Seeds:
    found: dict[str, tuple[bytes, str]] = {}
    for name, array in (("plain", np.arange(6.0)), ("objects", np.array([{}, None], dtype=object))):
        buffer = io.BytesIO()
        np.save(buffer, array)
        found[f"npy-{name}"] = (buffer.getvalue(), "model.npy")
        np.savez(buffer := io.BytesIO(), a=array)
        found[f"npz-{name}"] = (buffer.getvalue(), "model.npz")
    return found


def _hdf5() -> Seeds:
    import h5py

    with h5py.File(buffer := io.BytesIO(), "w") as file:
        file.attrs["model_config"] = TEXTS["keras.json"]
        file.create_group("a")["b"] = h5py.ExternalLink("../other.h5", "/x")
        file["a/c"] = np.arange(2.0)
    return {"hdf5-small": (buffer.getvalue(), "model.h5")}


def _messages() -> Seeds:
    tensor = field(1, 2) + field(2, 1) + field(8, b"w") + field(14, 1) + field(13, field(1, b"location"))
    node = (
        field(1, b"x") + field(4, b"Foo") + field(7, b"my.own") + field(5, field(1, b"k") + field(6, tensor))
    )
    graph = field(1, node) + field(2, b"g") + field(5, tensor)
    onnx = field(1, 8) + field(2, b"tests") + field(7, graph) + field(8, field(1, b"") + field(2, 17))
    step = field(1, b"w") + field(2, b"ReadFile") + field(5, field(1, b"T") + field(2, field(2, b"v")))
    graph_def = field(1, step) + field(2, field(1, field(1, field(1, b"f")) + field(3, step)))
    saved = field(1, 1) + field(2, field(1, field(1, b"s")) + field(2, graph_def))
    return {
        "onnx": (onnx, "model.onnx"),
        "graphdef": (graph_def, "model.pb"),
        "savedmodel": (saved, "saved_model.pb"),
        "coreml": (field(1, 4) + field(2, field(100, field(1, b"x"))) + field(555, b"y"), "model.mlmodel"),
    }


def _others() -> Seeds:
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    executable = b"\x7fELF\x02\x01\x01" + bytes(57)
    return {
        "safetensors": (struct.pack("<Q", len(header)) + header + bytes(8), "model.safetensors"),
        "elf": (executable, "model.bin"),
        "metagraph": (field(1, field(1, b"s")) + field(2, field(1, field(2, b"ReadFile"))), "model.meta"),
        "executorch": (b"\x18\0\0\0ET12" + bytes(64), "model.pte"),
        "empty": (b"", "model.bin"),
        "zeros": (bytes(600), "model.bin"),
    }


@cache
def pool() -> Seeds:
    """Every seed that is made here."""
    texts = {f"text-{name}": (text.encode(), name) for name, text in TEXTS.items()}
    return {
        **_files(),
        **_pickles(),
        **_packed(),
        **_arrays(),
        **_hdf5(),
        **_messages(),
        **_others(),
        **texts,
    }


_BINARY = {
    "onnx",
    "graphdef",
    "savedmodel",
    "coreml",
    "safetensors",
    "elf",
    "metagraph",
    "executorch",
    "zeros",
}


def _kind(name: str, data: bytes) -> str:
    if name.startswith(("packed-", "layout-", "sevenz-", "npz-")) or data.startswith(b"PK"):
        return "archive"
    if name.startswith("text-") or name.endswith((".jinja", ".json", ".txt")):
        return "text"
    return (
        "binary"
        if name in _BINARY or name.startswith("hdf5") or Path(name).suffix in _BINARY_ENDINGS
        else "pickle"
    )


_BINARY_ENDINGS = {
    *(".ubj", ".mlmodel", ".tflite", ".msgpack", ".rdata", ".rds", ".h5", ".gguf", ".safetensors"),
}


@cache
def _formats(name: str) -> frozenset[str]:
    data, called = pool()[name]
    return frozenset(recognise(memory(data), called))


@cache
def seeds_for(target: str) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """The seeds that a target is about, and further ones of its kind.

    The corpus is none of them, so that an input does not become another one when the corpus grows.
    """
    format_id, kind = target.removeprefix("as-"), TARGETS[target].kind
    own, more = [], []
    for name, (data, called) in pool().items():
        found = _formats(name)
        if format_id in found or called.removeprefix("x.") == target.removeprefix("find-"):
            own.append(data)
        elif kind in ("any", _kind(name, data)):
            more.append(data)
    return tuple(own or more), tuple(more or own)
