"""The table of formats: every row is recognised, names and contents agree or not, and the page shows it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from scanner.inspect.formats import FORMATS, contradiction, named_format, names_a_model
from scanner.inspect.look import HANDLERS
from tests.inspect.looking import details, look_at
from tests.inspect.messages import field

SAMPLES: dict[str, tuple[str, bytes]] = {
    "coreml": ("m.mlmodel", field(1, 4) + field(2, field(1, b"in")) + field(500, b"net")),
    "tflite": ("m.tflite", struct.pack("<I", 28) + b"TFL3" + bytes(40)),
    "ggml": ("m.ggml", b"tjgg" + bytes(40)),
    "catboost": ("m.cbm", b"CBM1" + bytes(40)),
    "xgboost": ("m.json", b'{"learner":{"attributes":{}},"version":[2,0,0]}'),
    "lightgbm": ("m.txt", b"tree\nversion=v4\nnum_class=1\n"),
    "pmml": ("m.pmml", b'<?xml version="1.0"?>\n<PMML version="4.4"></PMML>'),
    "openvino": ("m.xml", b'<?xml version="1.0"?>\n<net name="x" version="11"><layers></layers></net>'),
    "rds": ("m.rds", b"X\n\x00\x00\x00\x03" + bytes(40)),
    "cntk": ("m.dnn", b"B\x00C\x00N\x00\x00\x00" + bytes(40)),
    "executorch": ("m.pte", struct.pack("<I", 28) + b"ET12" + bytes(40)),
    "mxnet-params": ("m.params", b"\x12\x01" + bytes(60)),
    "rknn": ("m.rknn", b"RKNN" + bytes(40)),
    "tensorrt": ("m.engine", b"ftrt" + bytes(40)),
    "flax-msgpack": ("m.msgpack", b"\x81\xa6params\x80"),
    "mlmodel-yaml": (
        "MLmodel",
        b"artifact_path: model\nflavors:\n  python_function:\n    loader_module: evil\n",
    ),
}


UNREAD = sorted(id_ for id_ in SAMPLES if FORMATS[id_].reader == "none yet")


@pytest.mark.parametrize("format_id", sorted(SAMPLES))
def test_what_is_no_more_than_recognised_is_never_clean(tmp_path: Path, format_id: str) -> None:
    name, data = SAMPLES[format_id]
    found = look_at(tmp_path, name, data)
    assert found.format == format_id
    assert contradiction(name, format_id) is None
    assert format_id in HANDLERS
    if format_id in UNREAD:
        assert (found.coverage, found.sightings) == ("none", [])
        assert details(found) == f"unreadable None no engine reads {FORMATS[format_id].title} yet"


def test_what_nobody_takes_apart_is_known() -> None:
    assert {row.id for row in FORMATS.values() if row.reader == "none yet"} == {
        "catboost",
        "cntk",
        "ggml",
        "mxnet-params",
        "rknn",
        "tensorrt",
        "unknown",
    }


def test_other_names_do_not_change_what_the_content_is(tmp_path: Path) -> None:
    for format_id, (_, data) in SAMPLES.items():
        if format_id != "mlmodel-yaml" and format_id != "flax-msgpack":
            name = "x.json" if data.startswith(b"{") else "weights"
            assert look_at(tmp_path, name, data).format == format_id


def test_a_models_name_over_nothing_we_know_is_unknown(tmp_path: Path) -> None:
    for name in ("m.pt", "m.safetensors", "m.onnx", "m.gguf", "m.bin", "M.PKL", "m.h5"):
        found = look_at(tmp_path, name, b"\x01\x02\x03 nothing of the kind\n" * 20)
        assert (found.format, found.coverage) == ("unknown", "none")
        assert details(found).startswith("unreadable None the content is none of the formats")
    for name in ("m.zip", "m.json", "m.txt", "m.dat", "main.py", "image.png"):
        assert look_at(tmp_path, name, b"\x01\x02\x03 nothing of the kind\n").format is None


@pytest.mark.parametrize(
    ("name", "format_id", "unsafe"),
    [
        ("notes.txt", "pickle", True),
        ("README.md", "pickle", True),
        ("README", "torch-legacy", True),
        ("image.png", "torch-zip", True),
        ("model.safetensors", "pickle", True),
        ("model.gguf", "torch-zip", True),
        ("MODEL.SAFETENSORS", "joblib", True),
        ("config.json", "pickle", True),
        ("model.onnx", "pickle", False),
        ("model.npy", "pickle", False),
        ("model.gguf", "safetensors", False),
        ("model.pt", "safetensors", False),
        ("notes.txt", "safetensors", False),
    ],
)
def test_names_that_contradict_their_content(name: str, format_id: str, unsafe: bool) -> None:
    found = contradiction(name, format_id)
    assert found is not None
    assert found[1:] == (FORMATS[format_id].title, unsafe)
    assert found[0] != found[1]


@pytest.mark.parametrize(
    ("name", "formats"),
    [
        ("model.pkl", "pickle joblib zlib gzip bzip2 xz torch-zip torch-legacy lz4"),
        ("model.joblib", "pickle joblib zlib gzip bzip2 xz lz4"),
        ("model.pt", "pickle torch-zip torch-legacy torchscript tar zip 7z"),
        ("model.pth", "pickle torch-zip torch-legacy torchscript tar"),
        ("model.pth.tar", "torch-zip torch-legacy tar pickle"),
        ("pytorch_model.bin", "pickle torch-zip torch-legacy safetensors ggml gguf unknown"),
        ("model.ckpt", "pickle torch-zip hdf5 graphdef"),
        ("model", "pickle torch-zip onnx safetensors"),
        ("weights.dat", "pickle npy joblib"),
        ("model.h5", "hdf5"),
        ("model.weights.h5", "hdf5"),
        ("model.keras", "keras hdf5 zip"),
        ("arrays.npz", "npz zip"),
        ("saved_model.pb", "savedmodel graphdef"),
        ("model.txt", "lightgbm"),
        ("model.json", "xgboost hf-config"),
        ("model.xml", "openvino pmml"),
        ("archive.zip", "zip torch-zip keras npz"),
        ("model.mar", "mar zip"),
        ("model.nemo", "nemo tar"),
        ("data.rds", "rds gzip bzip2 xz"),
        ("model.tar.gz", "gzip"),
        ("config.json", "hf-config"),
        ("MLmodel", "mlmodel-yaml"),
        ("model.pt", "lfs-pointer dvc-pointer empty unknown"),
    ],
)
def test_honest_names_never_contradict(name: str, formats: str) -> None:
    assert [found for found in formats.split() if contradiction(name, found)] == []


def test_neutral_names_promise_nothing() -> None:
    for name in (
        "a.bin",
        "a.dat",
        "a.data",
        "a.model",
        "a.weights",
        "a.ckpt",
        "a",
        "Makefile",
        "a.unheard-of",
    ):
        assert named_format(name) == set()
        assert [found for found in FORMATS if contradiction(name, found)] == []


def test_names_of_models() -> None:
    assert all(map(names_a_model, ("a.pt", "A.PTH", "x.y.safetensors", "a.bin", "a.weights.h5", "a.pth.tar")))
    assert not any(map(names_a_model, ("a.zip", "a.json", "a.txt", "a.dat", "pt", "pt.py", "")))


def test_every_row_is_whole() -> None:
    for format_id, row in FORMATS.items():
        assert row.id == format_id
        assert all(name == name.lower() for name in row.names)
        assert all((row.title, row.recognised, row.acts, row.reader, row.full))
        assert (row.asks == "whole") <= (row.reader != "none yet")
    assert set(HANDLERS) <= set(FORMATS)


def test_the_checksums_beside_a_saved_model_are_no_model(tmp_path: Path) -> None:
    checksums = b"".join(field(number, 1 << 60) for number in range(1, 6)) + field(6, b"315445333775544507")
    assert look_at(tmp_path, "fingerprint.pb", checksums).format is None
    assert look_at(tmp_path, "fingerprint.pb", bytes(4096)).format == "unknown"
    hidden = look_at(tmp_path, "fingerprint.pb", checksums + b"\x80\x02cposix\nsystem\nU\x02id\x85R.")
    assert [one.symbol for one in hidden.sightings if one.severity != "low"], hidden
