"""The small readers: honest files are clean, abuses are named, only headers are asked for."""

from __future__ import annotations

import io
import json
import struct
import warnings
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from scanner.inspect import limits
from tests.inspect.looking import FIXTURES, assert_clean, details, look_at, look_at_file, symbols
from tests.inspect.ranges import drive

HEAD = 64 << 10


def safetensors(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def tensor(start: int, end: int, shape: list[int], dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def gguf(
    keys: dict[str, Any], tensors: list[tuple[str, list[int], int]] | None = None, version: int = 3
) -> bytes:
    tensors = tensors or []
    out = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(keys))
    for key, value in keys.items():
        out += text(key)
        if isinstance(value, str):
            out += struct.pack("<I", 8) + text(value)
        elif isinstance(value, int):
            out += struct.pack("<II", 4, value)
        else:
            out += struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
    for name, shape, offset in tensors:
        out += (
            text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape) + struct.pack("<IQ", 0, offset)
        )
    return out + b"\0" * (-len(out) % 32) + b"\0" * (64 * len(tensors))


ARRAY = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k")


def test_an_honest_safetensors_file_is_clean_with_its_facts() -> None:
    found = look_at_file(FIXTURES / "model.safetensors")
    assert_clean(found, "safetensors")
    assert found.facts == {
        "dtypes": ["F16", "F32"],
        "metadata_keys": ["format"],
        "parameter_count": 25,
        "tensor_count": 2,
    }


def test_of_a_large_safetensors_file_only_the_header_is_asked_for(tmp_path: Path) -> None:
    header = {f"layer.{index}": tensor(index * 1600, index * 1600 + 1600, [400]) for index in range(5000)}
    data = safetensors(header, bytes(8_000_000))
    length = int.from_bytes(data[:8], "little")
    ends = [(0, HEAD), (len(data) - HEAD, HEAD)]
    first = look_at(tmp_path, "model.safetensors", data, ends)
    assert (first.format, first.need) == ("safetensors", [(HEAD, 8 + length - HEAD)])
    found = look_at(tmp_path, "model.safetensors", data, [(0, 8 + length), ends[1]])
    assert_clean(found, "safetensors", "structural")
    assert found.facts["parameter_count"] == 2_000_000
    assert length < found.bytes_read < length + 4 * HEAD


@pytest.mark.parametrize(
    ("said", "data"),
    [
        (
            "overlaps another tensor",
            safetensors({"a": tensor(0, 8, [2]), "b": tensor(4, 12, [2])}, bytes(12)),
        ),
        ("leaves a gap before it", safetensors({"a": tensor(4, 12, [2])}, bytes(12))),
        (
            "bytes stand behind the last tensor",
            safetensors({"a": tensor(0, 8, [2])}, bytes(8) + b"#!/bin/sh"),
        ),
        ("which its shape does not need", safetensors({"a": tensor(0, 8, [3])}, bytes(8))),
        ("unknown type", safetensors({"a": tensor(0, 8, [2], "PICKLE")}, bytes(8))),
        ("a shape or offsets that are none", safetensors({"a": tensor(0, 8, [-2])}, bytes(8))),
        ("a shape or offsets that are none", safetensors({"a": tensor(0, 8, [True, 2])}, bytes(8))),
        ("not described by", safetensors({"a": {"dtype": "F32"}})),
        ("stands twice", safetensors(b'{"a":{},"a":{}}')),
        ("not a map from text to text", safetensors({"__metadata__": {"a": {"b": 1}}})),
        ("is said to be", (1 << 40).to_bytes(8, "little") + b'{"a":1}' + bytes(100)),
    ],
)
def test_abuses_of_safetensors_are_malformed(tmp_path: Path, said: str, data: bytes) -> None:
    found = look_at(tmp_path, "model.safetensors", data)
    assert found.format in ("safetensors", "unknown")
    assert found.coverage != "full"
    if found.format == "safetensors":
        assert said in str(symbols(found, "malformed-model"))
    assert "hostile" in details(found) or found.format == "unknown"


@pytest.mark.parametrize(
    ("said", "data"),
    [
        ("truncated", safetensors({"a": tensor(0, 800, [200])}, bytes(8))),
        ("truncated", (5000).to_bytes(8, "little") + b'{"a":1}' + bytes(100)),
        ("not JSON", safetensors(b'{"a":NaN}')),
        ("not JSON", safetensors(b'{"a":1} trailing')),
        ("not JSON", safetensors(b'{"a":"\xff"}')),
        ("nested more than", safetensors(b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}")),
    ],
)
def test_unreadable_safetensors_are_never_clean(tmp_path: Path, said: str, data: bytes) -> None:
    found = look_at(tmp_path, "model.safetensors", data)
    assert found.coverage != "full"
    assert said in details(found)


def test_an_honest_gguf_file_is_clean_with_its_facts(tmp_path: Path) -> None:
    keys = {
        "general.architecture": "llama",
        "general.name": "Tiny",
        "llama.context_length": 4096,
        "tokenizer.ggml.tokens": ["a", "b"],
        "tokenizer.chat_template": "{% for message in messages %}{{ message.content + eos }}{% endfor %}",
    }
    found = look_at(tmp_path, "model.gguf", gguf(keys, [("weight", [4, 4], 0), ("bias", [4], 64)]))
    assert_clean(found, "gguf")
    assert found.facts == {
        "architecture": "llama",
        "chat_template": True,
        "context_length": 4096,
        "gguf_version": 3,
        "name": "Tiny",
        "parameter_count": 20,
        "tensor_count": 2,
    }


def test_a_gguf_header_is_asked_for_in_steps(tmp_path: Path) -> None:
    words = gguf({"tokenizer.ggml.tokens": ["token"] * 150_000}, [("w", [4], 0)])
    path = tmp_path / "model.gguf"
    path.write_bytes(words + bytes(40_000_000))
    course = drive(path)
    first, second = limits.GGUF_STEPS[:2]
    assert first < len(words) < second
    assert course.asks == [[(HEAD, first - HEAD)], [(first, second - first)]]
    assert_clean(course.look, "gguf", "structural")


@pytest.mark.parametrize(
    ("template", "symbol"),
    [
        ("{{ ''.__class__.__mro__ }}", ".__class__"),
        ("{{ x['__glo' + 'bals__'] }}", "['__globals__']"),
        ("{{ x['__glo' ~ 'bals__'] }}", "['__globals__']"),
        ("{{ x|attr('y') }}", "|attr"),
        ("{{ x|map(attribute='__init__')|list }}", "'__init__'"),
        ("{{ x['%c%c' % (95, 95)] }}", "['__']"),
        ("{{ x['{}{}'|format(1, 2)] }}", "an item whose name is put together from text"),
    ],
)
def test_templates_that_reach_out_are_found(tmp_path: Path, template: str, symbol: str) -> None:
    in_gguf = look_at(tmp_path, "model.gguf", gguf({"tokenizer.chat_template": template}))
    in_config = look_at(tmp_path, "tokenizer_config.json", json.dumps({"chat_template": template}).encode())
    named = json.dumps({"chat_template": [{"name": "default", "template": template}]}).encode()
    bare = look_at(tmp_path, "chat_template.jinja", template.encode())
    for found in (in_gguf, in_config, look_at(tmp_path, "tokenizer_config.json", named), bare):
        assert symbol in symbols(found, "chat-template-code")
        assert found.coverage == "full"


def test_a_template_that_cannot_be_parsed_is_a_gap(tmp_path: Path) -> None:
    for template in ("{% for %}", "{{ " + "(" * 5000 + ")" * 5000 + " }}"):
        found = look_at(tmp_path, "tokenizer_config.json", json.dumps({"chat_template": template}).encode())
        assert found.coverage == "structural"
        assert len(found.gaps) == 1


def test_the_tags_that_real_templates_use_are_known(tmp_path: Path) -> None:
    template = (
        "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% break %}{% endfor %}"
    )
    data = json.dumps({"chat_template": template, "model_max_length": 512}).encode()
    assert_clean(look_at(tmp_path, "tokenizer_config.json", data), "hf-config")


@pytest.mark.parametrize(
    ("said", "data"),
    [
        ("more tensors or keys", b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1)),
        ("a text of", b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1 << 60)),
        ("version 9", b"GGUF" + struct.pack("<IQQ", 9, 0, 0)),
        ("truncated", gguf({"general.name": "x" * 100})[:60]),
        ("truncated", gguf({}, [("w", [1 << 20], 1 << 20)])),
        ("unknown type", b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<I", 77)),
        ("items in the header", ARRAY + struct.pack("<IIQ", 9, 8, 1 << 50) + bytes(64)),
        ("items in the header", ARRAY + struct.pack("<IIQ", 9, 4, 1 << 50) + bytes(64)),
        ("unknown type 9", ARRAY + struct.pack("<IIQ", 9, 9, 1) + struct.pack("<IQ", 9, 1) * 9),
    ],
)
def test_broken_gguf_is_never_clean(tmp_path: Path, said: str, data: bytes) -> None:
    found = look_at(tmp_path, "model.gguf", data)
    assert found.format == "gguf"
    assert found.coverage != "full"
    assert said in details(found)


def test_every_version_of_numpy_headers_is_clean(tmp_path: Path) -> None:
    arrays: list[np.ndarray[Any, Any]] = [
        np.arange(10),
        np.zeros((2, 3), dtype="<f4", order="F"),
        np.array(["text"]),
        np.zeros(3, dtype=[("a", "<i4"), ("b", "<f8", (2,))]),
        np.zeros(2, dtype=[("é", "<i4")]),
        np.zeros(2, dtype=[(f"field{index}" * 20, "<i4") for index in range(500)]),
        np.array(1.5),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.zeros((0, 4)),
    ]
    for array in arrays:
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy warns of its own newer header versions
            np.save(buffer, array)
        found = look_at(tmp_path, "array.npy", buffer.getvalue())
        assert_clean(found, "npy")
        assert found.facts["parameter_count"] == array.size


def test_of_a_large_array_only_the_header_is_read(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(400_000))
    data = buffer.getvalue()
    found = look_at(tmp_path, "array.npy", data, [(0, HEAD), (len(data) - HEAD, HEAD)])
    assert_clean(found, "npy", "structural")


def test_numpy_arrays_that_lie_are_not_clean(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.arange(100))
    data = buffer.getvalue()
    assert "truncated" in details(look_at(tmp_path, "array.npy", data[:-1]))
    assert symbols(look_at(tmp_path, "array.npy", data + b"x" * 50), "malformed-model")
    assert "no literal" in details(look_at(tmp_path, "array.npy", data.replace(b"'descr'", b"exit()+")))
    assert_clean(look_at(tmp_path, "arrays.npy", data + data), "npy")


def keras_h5(path: Path, layers: list[dict[str, Any]]) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.15.0"
        config = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
        file.attrs["model_config"] = json.dumps(config)
        file.create_dataset("model_weights/dense/kernel", data=np.zeros((10, 10)))
    return path


def test_hdf5_weights_are_clean(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", data=np.zeros((200, 200)), compression="gzip")
        file["alias"] = h5py.SoftLink("/layers")
        file["layers/loop"] = file["layers"]
    found = look_at_file(tmp_path / "model.weights.h5")
    assert_clean(found, "hdf5")


def test_lambda_layers_in_hdf5_are_found_at_any_depth(tmp_path: Path) -> None:
    dense = {"class_name": "Dense", "config": {"units": 1}}
    inner = {"class_name": "Lambda", "config": {"function": ["4wEAAAA=", None, None]}}
    wrapped = {"class_name": "TimeDistributed", "config": {"layer": inner}}
    assert_clean(look_at_file(keras_h5(tmp_path / "model.h5", [dense])), "hdf5")
    found = look_at_file(keras_h5(tmp_path / "model.h5", [dense, inner]))
    (told,) = found.sightings
    assert {told.engine, *told.witnesses} == {"modelscan", "modelward"}
    assert set(symbols(found, "keras-lambda-layer")) == {"Lambda"}
    found = look_at_file(keras_h5(tmp_path / "model.h5", [wrapped]))
    assert symbols(found, "keras-lambda-layer") == ["Lambda"]


def test_links_out_of_an_hdf5_file_are_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "links.h5", "w") as file:
        file["outside"] = h5py.ExternalLink("/etc/passwd", "/x")
        file.create_dataset("raw", (4,), dtype="u1", external=[("/etc/hostname", 0, 4)])
    found = look_at_file(tmp_path / "links.h5")
    assert set(symbols(found, "path-outside-model")) == {"/etc/passwd", "/etc/hostname"}


def test_broken_hdf5_is_unreadable(tmp_path: Path) -> None:
    data = keras_h5(tmp_path / "model.h5", []).read_bytes()
    found = look_at(tmp_path, "model.h5", data[:600])
    assert (found.format, found.coverage) == ("hdf5", "none")
    assert found.gaps


@pytest.mark.parametrize(
    ("name", "value", "symbol"),
    [
        ("config.json", {"model_type": "x", "auto_map": {"AutoModel": "modeling.X"}}, "modeling.X"),
        ("config.json", {"auto_map": {"AutoModel": "evil/repo--modeling.X"}}, "evil/repo--modeling.X"),
        ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["tok.Slow", None]}, "a": 1}, "tok.Slow"),
        ("config.json", {"model_type": "x", "text_config": {"auto_map": {"AutoModel": "m.X"}}}, "m.X"),
        ("config.json", {"model_type": "x", "custom_pipelines": {"t": {"impl": "pipe.P"}}}, "pipe.P"),
        ("adapter_config.json", {"peft_type": "LORA", "trust_remote_code": True}, "trust_remote_code"),
        ("model_index.json", {"_class_name": ["pipe", "P"], "_diffusers_version": "1"}, "pipe.P"),
        ("modules.json", [{"idx": 0, "type": "custom_st.Pooling"}], "custom_st.Pooling"),
        ("other.json", {"auto_map": {"AutoModel": "modeling.X"}}, "modeling.X"),
    ],
)
def test_configurations_that_name_code_are_found(tmp_path: Path, name: str, value: Any, symbol: str) -> None:
    found = look_at(tmp_path, name, json.dumps(value).encode())
    assert (found.format, found.coverage) == ("hf-config", "full")
    assert symbol in symbols(found, "remote-code-reference")


def test_plain_configurations_are_clean_and_foreign_json_is_none(tmp_path: Path) -> None:
    plain = {"model_type": "bert", "architectures": ["BertModel"], "trust_remote_code": False}
    assert_clean(look_at(tmp_path, "config.json", json.dumps(plain).encode()), "hf-config")
    assert look_at(tmp_path, "config.json", b'{"port": 8080}').format is None
    assert look_at(tmp_path, "package.json", b'{"name": "x", "version": "1"}').format is None
    assert "stands twice" in details(
        look_at(tmp_path, "config.json", b'{"model_type": "a", "model_type": "b"}')
    )


def test_pointers_say_what_they_stand_for(tmp_path: Path) -> None:
    oid = "ab" * 32
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n".encode()
    found = look_at(tmp_path, "model.pt", pointer)
    assert_clean(found, "lfs-pointer")
    assert found.facts == {"oid": oid, "size": 12345}
    dvc = b"md5: aa\nouts:\n- md5: " + b"c" * 32 + b"\n  size: 99\n  hash: md5\n  path: model.pkl\n"
    found = look_at(tmp_path, "model.pkl.dvc", dvc)
    assert_clean(found, "dvc-pointer")
    assert found.facts == {"digests": ["md5:" + "c" * 32], "paths": ["model.pkl"], "sizes": ["99"]}
    assert look_at(tmp_path, "bad.pt", pointer.replace(b"oid", b"old")).gaps
    assert look_at(tmp_path, "bad.dvc", dvc.replace(b"path: model", b"path: &a model")).gaps


def test_an_empty_file_is_covered(tmp_path: Path) -> None:
    assert_clean(look_at(tmp_path, "model.pt", b""), "empty")


@pytest.mark.parametrize(
    ("name", "config", "code", "bases"),
    [
        (
            "config.json",
            {"auto_map": {"AutoModel": "other/repo--m.C", "AutoConfig": "c.C"}},
            ["other/repo"],
            None,
        ),
        (
            "tokenizer_config.json",
            {"auto_map": {"AutoTokenizer": ["b/slow--t.S", "a/fast--t.F"]}},
            ["a/fast", "b/slow"],
            None,
        ),
        ("tokenizer_config.json", {"auto_map": ["org/tok--t.S", None]}, ["org/tok"], None),
        ("generation_config.json", {"custom_generate": "org/decode"}, ["org/decode"], None),
        ("generation_config.json", {"custom_generate": "./here", "eos_token_id": 1}, None, None),
        ("model_index.json", {"_class_name": "P", "custom_pipeline": "org/pipe"}, ["org/pipe"], None),
        ("model_index.json", {"_class_name": "P", "custom_pipeline": "my_pipeline"}, None, None),
        ("config.json", {"custom_pipelines": {"t": {"impl": "org/p--m.P"}}}, ["org/p"], None),
        ("config.json", {"auto_map": {"AutoModel": "../../etc--m.C"}}, None, None),
        (
            "adapter_config.json",
            {"peft_type": "LORA", "base_model_name_or_path": "org/base"},
            None,
            ["org/base"],
        ),
        ("adapter_config.json", {"base_model_name_or_path": "gpt2"}, None, ["gpt2"]),
        ("adapter_config.json", {"peft_type": "LORA", "base_model_name_or_path": "/data/m"}, None, None),
        ("adapter_config.json", {"peft_type": "LORA", "base_model_name_or_path": None}, None, None),
        ("config.json", {"model_type": "x", "base_model_name_or_path": "org/base"}, None, None),
    ],
)
def test_the_repositories_that_a_configuration_leads_to_are_facts(
    tmp_path: Path, name: str, config: dict[str, Any], code: list[str] | None, bases: list[str] | None
) -> None:
    found = look_at(tmp_path, name, json.dumps(config).encode())
    assert (found.format, found.coverage) == ("hf-config", "full")
    assert (found.facts.get("code_repositories"), found.facts.get("base_repositories")) == (code, bases)
