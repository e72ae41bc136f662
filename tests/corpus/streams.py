"""Hostile pickles: broken, embedded and disguised streams; names; what stands around a pickle."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import pickle
import struct
import zlib
from collections.abc import Iterator

import numpy as np

from tests.corpus.entry import Entry, single, tarred, zipped
from tests.inspect.assembler import (
    BUILD,
    DICT,
    LIST,
    MEMOIZE,
    NEWOBJ,
    NEWOBJ_EX,
    PROTO,
    REDUCE,
    SETITEM,
    STACK_GLOBAL,
    STOP,
    T1,
    T2,
    call,
    name,
    program,
    text,
)
from tests.inspect.layouts import LAYOUTS
from tests.inspect.looking import FIXTURES, Payload
from tests.inspect.names_rows import DANGEROUS

EVIL = pickle.dumps(Payload(), 2)
GOOD = pickle.dumps({"weights": [1.0, 2.0]}, 2)
_SYSTEM = name("posix", "system")
_RUN = call(_SYSTEM, text("echo loaded"))
_MAGIC = pickle.dumps(0x1950A86A20F9469CFC6C, 2)
_PROTOCOL = pickle.dumps(1001, 2)
_SYSTEM_INFO = pickle.dumps({"little_endian": True, "protocol_version": 1001, "type_sizes": {}}, 2)


def layouts() -> Iterator[Entry]:
    """Archives that one loader reads otherwise than another."""
    for way, (data, words) in LAYOUTS.items():
        yield single("layout", way, "model.pt", data, layout=words)


def _wrapped() -> dict[str, tuple[str, bytes]]:
    import lz4.frame
    from backports import zstd

    plain = tarred({"model/data.pkl": EVIL})
    packed = {
        "gzip": ("model.pkl.gz", gzip.compress(EVIL, mtime=0)),
        "bzip2": ("model.pkl.bz2", bz2.compress(EVIL)),
        "xz": ("model.pkl.xz", lzma.compress(EVIL)),
        "lzma": ("model.pkl.lzma", lzma.compress(EVIL, lzma.FORMAT_ALONE)),
        "zlib": ("model.pkl.z", zlib.compress(EVIL)),
        "lz4": ("model.pkl.lz4", lz4.frame.compress(EVIL)),
        "zstandard": ("model.pkl.zst", zstd.compress(EVIL)),
        "two layers of compression": ("model.pkl", gzip.compress(bz2.compress(EVIL), mtime=0)),
        "tar": ("model.tar", plain),
        "tar and gzip": ("model.tgz", gzip.compress(plain, mtime=0)),
        "zip": ("model.zip", zipped({"docs/readme.txt": EVIL})),
        "a packed zip": ("model.zip", zipped({"model.pkl": EVIL}, packed=True)),
        "zip in tar in gzip": (
            "model.tar.gz",
            gzip.compress(tarred({"a.zip": zipped({"b.pkl": EVIL})}), mtime=0),
        ),
        "a checkpoint in a zip": (
            "models.zip",
            zipped({"model.pt": (FIXTURES / "torch-zip-payload.pt").read_bytes()}),
        ),
    }
    for codec in ("copy", "lzma", "lzma2", "bzip2", "deflate", "zstd", "x86", "delta"):
        packed[f"7z by {codec}"] = ("model.7z", (FIXTURES / f"sevenz-{codec}.7z").read_bytes())
    return packed


def _array(data: bytes) -> bytes:
    """A file of one numpy array of objects, whose pickle is replaced."""
    made = io.BytesIO()
    np.save(made, np.array([None], dtype=object), allow_pickle=True)
    head = made.getvalue()
    return head[: head.index(b"\x80")] + data


def wrappers() -> Iterator[Entry]:
    """Pickles under compression, in archives, between arrays, under other names."""
    for way, (file, data) in _wrapped().items():
        yield single("wrapper", way, file, data)
    for file in ("joblib-payload.joblib", "joblib-objects.joblib"):
        data = (FIXTURES / file).read_bytes()
        yield single("wrapper", file.partition(".")[0], "model.joblib", data)
        yield single("wrapper", f"{file.partition('.')[0]} packed", "model.joblib", zlib.compress(data))
    yield single("wrapper", "an array of objects", "array.npy", _array(EVIL))
    yield single("wrapper", "arrays of objects", "arrays.npz", zipped({"a.npy": _array(EVIL)}))
    for file in (
        "model",
        "model.txt",
        "notes.md",
        "cat.png",
        "model.safetensors",
        "model.onnx",
        "model.h5",
        "model.gguf",
        "weights.dat",
        "config.json",
        "MODEL.PKL",
        "model.pkl.bak",
    ):
        yield single("wrapper", f"a pickle called {file}", file, EVIL)
    yield single("wrapper", "a checkpoint", "model.pt", (FIXTURES / "torch-zip-payload.pt").read_bytes())
    yield single(
        "wrapper", "a legacy checkpoint", "model.pth", (FIXTURES / "torch-legacy-payload.pth").read_bytes()
    )
    parts = [_MAGIC, _PROTOCOL, _SYSTEM_INFO, GOOD, pickle.dumps([], 2)]
    for place, ordinal in enumerate(("first", "second", "third", "fourth", "last")):
        data = b"".join([*parts[:place], EVIL, *parts[place + 1 :]])
        yield single("wrapper", f"the {ordinal} pickle of a legacy checkpoint", "model.bin", data)


def _frame(length: int, body: bytes) -> bytes:
    return PROTO + b"\x95" + struct.pack("<Q", length) + body


def _blob(data: bytes) -> bytes:
    return b"B" + struct.pack("<I", len(data)) + data


STREAMS: dict[str, bytes] = {
    **{f"protocol {number}": pickle.dumps(Payload(), number) for number in range(6)},
    "cut off behind the call": PROTO + _RUN,
    "an unknown opcode behind the call": PROTO + _RUN + b"\xff\xff.",
    "an argument past the end": PROTO + _RUN + b"X\xff\xff\0\0abc",
    "a frame past the end": _frame(1 << 20, _RUN + STOP),
    "a frame of nothing": _frame(0, _RUN + STOP),
    "a frame that ends in an opcode": _frame(9, _RUN + STOP),
    "several pickles, the last acts": GOOD + GOOD + EVIL,
    "several pickles, the first acts": EVIL + GOOD,
    "junk in front": b"\x01\x02\x03 junk \xfe" * 3 + EVIL,
    "blanks in front": b"\n\n   " + EVIL,
    "a shebang in front": b"#!/usr/bin/env python\n" + EVIL,
    "in bytes": pickle.dumps({"data": EVIL}, 4),
    "in base64": pickle.dumps({"data": base64.b64encode(EVIL).decode()}, 4),
    "in base64 without its end": pickle.dumps({"data": base64.b64encode(EVIL).decode().rstrip("=")}, 4),
    "in hexadecimal": pickle.dumps({"data": EVIL.hex()}, 4),
    "in zlib": pickle.dumps({"data": zlib.compress(EVIL)}, 4),
    "in bytes in bytes": pickle.dumps({"data": pickle.dumps({"data": EVIL}, 4)}, 4),
    "a pickle for pickle.loads": program(call(name("pickle", "loads"), _blob(EVIL))),
    "a checkpoint for torch": program(
        call(
            name("torch.storage", "_load_from_bytes"), _blob((FIXTURES / "torch-zip-payload.pt").read_bytes())
        )
    ),
    "INST": b"(S'echo loaded'\niposix\nsystem\n.",
    "OBJ": b"(cposix\nsystem\nS'echo loaded'\no.",
    "NEWOBJ": program(name("subprocess", "Popen") + text("echo loaded") + T1 + NEWOBJ),
    "NEWOBJ_EX": program(name("subprocess", "Popen") + text("echo loaded") + T1 + DICT + NEWOBJ_EX),
    "an extension code": b"\x80\x02\x82\x01X\x0b\0\0\0echo loaded\x85R.",
    "an extension code that is set first": program(
        call(name("copyreg", "add_extension"), text("posix"), text("system"), b"K\x01")
        + b"0\x82\x01"
        + text("echo loaded")
        + T1
        + REDUCE
    ),
    "a name from the memo": PROTO
    + text("system")
    + MEMOIZE
    + text("posix")
    + MEMOIZE
    + b"00h\x01h\x00"
    + STACK_GLOBAL
    + text("echo loaded")
    + T1
    + REDUCE
    + STOP,
    "a name from the text memo": b"Vposix\np7\n0Vsystem\np3\n0g7\ng3\n\x93(Vecho loaded\ntR.",
    "a memo that is overwritten": PROTO
    + text("collections")
    + b"q\x01"
    + b"0"
    + text("posix")
    + b"q\x01"
    + b"0h\x01"
    + text("system")
    + STACK_GLOBAL
    + text("echo loaded")
    + T1
    + REDUCE
    + STOP,
    "a computed name": program(
        call(name("operator", "concat"), text("pos"), text("ix"))
        + text("system")
        + STACK_GLOBAL
        + text("echo loaded")
        + T1
        + REDUCE
    ),
    "a name that str makes": program(
        call(name("builtins", "str"), text("posix"))
        + text("system")
        + STACK_GLOBAL
        + text("echo loaded")
        + T1
        + REDUCE
    ),
    "getattr of a module": program(
        call(
            call(
                name("builtins", "getattr"), call(name("builtins", "__import__"), text("os")), text("system")
            ),
            text("echo loaded"),
        )
    ),
    "BUILD sets a state": program(
        name("collections", "OrderedDict")
        + b")R"
        + DICT
        + text("__setstate__")
        + _SYSTEM
        + SETITEM
        + BUILD
        + text("echo loaded")
        + BUILD
    ),
    "BUILD sets a module's names": program(
        name("torch", "_utils") + DICT + text("x") + _SYSTEM + SETITEM + BUILD
    ),
    "BUILD sets a class": program(
        name("argparse", "Namespace") + b")\x81" + DICT + text("__class__") + _SYSTEM + SETITEM + BUILD
    ),
    "a persistent id that calls": program(_RUN + b"Q"),
    "a call among list items": program(LIST + b"(" + _RUN + b"e"),
    "a call that is dropped": program(_RUN + b"0" + b"}"),
    "a call as a key": program(DICT + _RUN + text("x") + SETITEM),
    "map over a list": program(
        call(
            name("builtins", "list"),
            call(name("builtins", "map"), _SYSTEM, LIST + text("echo loaded") + b"a"),
        )
    ),
    "functools.partial": program(call(call(name("functools", "partial"), _SYSTEM, text("echo loaded")))),
    "functools.reduce": program(
        call(name("functools", "reduce"), name("builtins", "getattr"), name("os", "path") + text("x") + T2)
    ),
    "operator.methodcaller": program(
        call(
            call(name("operator", "methodcaller"), text("system"), text("echo loaded")),
            call(name("builtins", "__import__"), text("os")),
        )
    ),
    "a default factory": program(
        call(
            name("collections", "defaultdict"),
            call(name("functools", "partial"), _SYSTEM, text("echo loaded")),
        )
    ),
    "a comparison function": program(call(name("functools", "cmp_to_key"), _SYSTEM)),
    **{
        f"a door in {module}.{path}": program(call(name(module, path), text("echo loaded")))
        for module, path in (
            ("collections", "_sys.modules.__getitem__"),
            ("logging", "os.system"),
            ("numpy", "os.system"),
            ("torch._utils", "sys.modules.get"),
            ("torch", "os.system"),
            ("collections", "abc.sys.exit"),
            ("random", "_os.system"),
            ("collections", "OrderedDict.__init__.__globals__.get"),
            ("logging", "Logger.manager.__init__.__globals__.__getitem__"),
            ("copyreg", "__builtins__.get"),
            ("pathlib", "Path.write_text"),
            ("builtins", "eval.__call__"),
        )
    },
}


def streams() -> Iterator[Entry]:
    """Pickles that break, hide in one another, or reach their function by a detour."""
    for way, data in STREAMS.items():
        yield single("stream", way, "model.pkl", data)


def names() -> Iterator[Entry]:
    """One function of every other module that can act: called with a text."""
    first = {line.split()[0]: line.split()[1] for line in reversed(DANGEROUS.splitlines())}
    for module in sorted(first.keys() - {"operator", "_operator"})[::2]:
        if module == "torch.storage":
            continue  # like the two above it is harmless with a text
        body = call(name(module, first[module]), text("echo loaded"))
        yield single("name", f"{module}.{first[module]}", "model.pkl", program(body))
