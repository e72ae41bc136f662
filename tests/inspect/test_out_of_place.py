"""Payloads in places of a format where its loader has none, and files that say one thing and hold another."""

from __future__ import annotations

import base64
import gzip
import io
import json
import lzma
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.inspect.looking import Payload, assert_clean, look_at, symbols

EVIL = pickle.dumps(Payload(), 4)
GOOD = pickle.dumps({"weights": [1.0, 2.0]}, 4)
DANGEROUS = "pickle-dangerous-import"
MALFORMED = "malformed-model"
TENSOR = {"a": {"dtype": "U8", "shape": [64], "data_offsets": [0, 64]}}
MAGIC = pickle.dumps(0x1950A86A20F9469CFC6C, 2)
LEGACY = MAGIC + b"\x80\x02M\xe9\x03." + pickle.dumps({}, 2) + GOOD + pickle.dumps([], 2)


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def tar_with(kind: bytes, name: str, link: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, link
        archive.addfile(member)
    return buffer.getvalue()


def safetensors(header: object, data: bytes) -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def npy(array: np.ndarray) -> bytes:  # type: ignore[type-arg]
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


GGUF = b"GGUF" + struct.pack("<IQQ", 3, 0, 0)
CHECKPOINT = (("m/data.pkl", GOOD), ("m/version", b"3\n"))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("model.pt", zipped(*CHECKPOINT, ("m/data/0", EVIL)), "in the place of a tensor"),
        ("model.npy", npy(np.zeros(2)) + EVIL, "stand behind the last array"),
        ("model.pth", LEGACY + EVIL, "stand behind the storages"),
        ("model.gguf", GGUF + EVIL, "a pickle behind other bytes"),
        ("model.safetensors", safetensors(TENSOR, (b"\0" * 64 + EVIL)[-64:]), "a pickle behind other bytes"),
        ("model.pkl", GOOD + b"\0" * 100 + EVIL, "bytes behind the last pickle hold"),
        ("model.pt", b"\x00\x01junkcos\nsystem\n(S'id'\ntR.", "begins behind 6 other bytes"),
        ("model.pt", b"\x00\x01junk(S'id'\nios\nsystem\n.", "begins behind 6 other bytes"),
        ("model.pkl", b"\x80\xffcos\nsystem\n(S'id'\ntR.", "begins behind 2 other bytes"),
    ],
)
def test_a_pickle_out_of_place_is_named_and_judged(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    found = look_at(tmp_path, name, data)
    assert said in str(symbols(found, MALFORMED))
    assert set(symbols(found, DANGEROUS)) & {"os.system", "posix.system"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("model.npy", npy(np.arange(9))),
        ("model.pth", LEGACY),
        ("model.gguf", GGUF + b"\0" * 32),
        ("model.safetensors", safetensors(TENSOR, bytes(range(0x60, 0xA0)))),
    ],
)
def test_the_same_formats_without_one_are_not_blamed(tmp_path: Path, name: str, data: bytes) -> None:
    found = look_at(tmp_path, name, data)
    assert found.sightings == []


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("docs.zip", zipped(("../../etc/cron.d/x", b"* * * * * root sh")), "leads out of the archive"),
        ("docs.zip", zipped(("C:\\x.txt", b"x")), "leads out of the archive"),
        ("docs.tar", tar_with(tarfile.REGTYPE, "../x"), "leads out of the archive"),
        ("docs.tar", tar_with(tarfile.SYMTYPE, "a", "/etc/passwd"), "leads out of the archive"),
        ("docs.tar", tar_with(tarfile.CHRTYPE, "a"), "a device or a pipe"),
        ("data.csv.gz", gzip.compress(bytes(100 << 20), mtime=0), "decompression bomb"),
        ("data.xz", lzma.compress(bytes(100 << 20), preset=0), "decompression bomb"),
    ],
)
def test_an_archive_that_harms_who_unpacks_it_is_named_without_a_model(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    found = look_at(tmp_path, name, data)
    assert said in str(symbols(found, MALFORMED))
    assert {sighting.severity for sighting in found.sightings} == {"high"}


def test_an_ordinary_archive_without_a_model_is_left_alone(tmp_path: Path) -> None:
    assert look_at(tmp_path, "docs.zip", zipped(("a/b.txt", b"x"))).format is None
    assert look_at(tmp_path, "docs.tar", tar_with(tarfile.SYMTYPE, "a", "b")).format is None
    assert look_at(tmp_path, "data.csv.gz", gzip.compress(b"1,2\n" * (1 << 19), mtime=0)).format is None


def test_a_wrong_checksum_of_gzip_does_not_hide_what_runs_before_it_is_noticed(tmp_path: Path) -> None:
    packed = gzip.compress(EVIL, mtime=0)
    found = look_at(tmp_path, "model.pkl.gz", packed[:-8] + bytes(8))
    assert set(symbols(found, DANGEROUS)) & {"os.system", "posix.system"}
    assert found.coverage != "full"


def test_metadata_of_safetensors_is_read_as_what_it_may_become(tmp_path: Path) -> None:
    def look(key: str, text: str) -> str:
        header = {"__metadata__": {key: text}, **TENSOR}
        found = look_at(tmp_path, "model.safetensors", safetensors(header, bytes(64)))
        return " ".join(sighting.rule for sighting in found.sightings)

    assert DANGEROUS in look("extra", base64.b64encode(EVIL).decode())
    assert "chat-template-code" in look("chat_template", "{{ cycler.__init__.__globals__.os.popen('id') }}")
    assert look("format", "pt") == ""
    assert look("thumbnail", base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(64)).decode()) == ""


def test_a_program_in_the_place_of_a_tensor_is_named(tmp_path: Path) -> None:
    program = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00" + bytes(44)
    found = look_at(tmp_path, "model.safetensors", safetensors(TENSOR, program))
    assert symbols(found, "executable-in-model") == ["an ELF program or library"]


def test_what_lies_beyond_the_end_of_the_file_is_no_mere_truncation(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.safetensors", safetensors(TENSOR, bytes(60)))
    assert "beyond the end" in str(symbols(found, MALFORMED))
    found = look_at(tmp_path, "model.safetensors", b"\x05" + bytes(7) + b'{"a":' + bytes(60))
    assert "not JSON" in str(symbols(found, MALFORMED))


def keras(config: bytes) -> bytes:
    return zipped(("metadata.json", b"{}"), ("config.json", config))


def test_keras_configurations_are_read_in_every_encoding_that_python_detects(tmp_path: Path) -> None:
    layer = {"class_name": "Lambda", "module": "keras.layers", "config": {"function": "x"}}
    text = json.dumps({"class_name": "Sequential", "config": {"layers": [layer]}})
    for encoding in ("utf-8", "utf-16", "utf-32-le"):
        found = look_at(tmp_path, "model.keras", keras(text.encode(encoding)))
        assert symbols(found, "keras-lambda-layer") == ["Lambda"], encoding


def test_what_a_keras_model_is_compiled_with_is_read(tmp_path: Path) -> None:
    path = tmp_path / "source.h5"
    loss = {"class_name": "function", "module": "os", "config": "system"}
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"layers": []}})
        file.attrs["training_config"] = json.dumps({"loss": loss})
    found = look_at(tmp_path, "model.h5", path.read_bytes())
    assert symbols(found, "keras-foreign-object") == ["os.system"]


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("door: &door os.system\nmodel:\n  _target_: *door\n", "os.system"),
        ("door: os.system\nmodel:\n  _target_: ${door}\n", "os.system"),
        ("top: os\nmodel:\n  _target_: ${top}.system\n", "os.system"),
        ('model:\n  "_tar\\x67et_": "os.\\x73ystem"\n', "os.system"),
        ("model:\n  class_path: subprocess.Popen\n", "subprocess.Popen"),
        ("model: !!javax.script.ScriptEngineManager []\n", "javax.script.ScriptEngineManager"),
        ('model: !<tag:yaml.org,2002:python%2Fobject/apply:os.system> ["x"]\n', "os.system"),
        ("model: !!python/object:os.walker {}\n", "os.walker"),
    ],
)
def test_roundabout_spellings_in_yaml_are_followed(tmp_path: Path, text: str, symbol: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        found = look_at(tmp_path, "config.yaml", text.encode(encoding))
        assert symbol in symbols(found, "configuration-calls-code"), encoding


def test_kernels_and_activations_that_a_configuration_names_are_judged(tmp_path: Path) -> None:
    def look(**keys: object) -> list[tuple[str, str | None]]:
        data = json.dumps({"model_type": "bert", **keys}).encode()
        return [(one.rule, one.symbol) for one in look_at(tmp_path, "config.json", data).sightings]

    assert look(_attn_implementation="author/kernel") == [("remote-code-reference", "author/kernel")]
    assert look(sbert_ce_default_activation_function="os.system") == [
        ("configuration-calls-code", "os.system")
    ]
    assert look(_attn_implementation="sdpa", activation_fn="torch.nn.modules.linear.Identity") == []


def call(module: str, name: str, argument: str = "x") -> bytes:
    return (
        b"".join((b"\x80\x02c", f"{module}\n{name}\n".encode(), b"X", struct.pack("<I", len(argument))))
        + argument.encode()
        + b"\x85R."
    )


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("authors", "run"),
        ("authors.tools", "exec_string"),
        ("joblib._utils", "eval_expr_new"),
        ("pandas", "read_it"),
    ],
)
def test_a_function_whose_name_says_that_it_acts_is_no_small_thing(
    tmp_path: Path, module: str, name: str
) -> None:
    found = look_at(tmp_path, "model.pkl", call(module, name))
    rulings = [one.severity for one in found.sightings if one.rule == "pickle-unreviewed-call"]
    assert rulings == ["high"]


def test_an_authors_own_classes_and_makers_are_not_blamed_for_it(tmp_path: Path) -> None:
    for name in ("Runner", "_rebuild", "vocabulary"):
        found = look_at(tmp_path, "model.pkl", call("authors", name))
        assert {one.rule for one in found.sightings} == {"pickle-unreviewed-name"}, name


def test_a_plain_pickle_stays_clean(tmp_path: Path) -> None:
    assert_clean(look_at(tmp_path, "model.pkl", GOOD), "pickle")


@pytest.mark.parametrize("pack", [base64.b64encode, base64.encodebytes, lambda data: data.hex().encode()])
def test_a_pickle_that_is_written_as_text_under_the_name_of_a_model_is_named(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    found = look_at(tmp_path, "model.bin", pack(EVIL))
    assert "written as text" in str(symbols(found, MALFORMED))
    assert set(symbols(found, DANGEROUS)) & {"os.system", "posix.system"}


@pytest.mark.parametrize(
    "body",
    [
        b"cbuiltins\nbytes\nJ\x00\x00\x00\x7f\x85R.",
        b"cbuiltins\npow\nK\nJ\x00\x00\x00\x7f\x86R.",
        b"coperator\nmul\nX\x01\x00\x00\x00aJ\x00\x00\x00\x7f\x86R.",
    ],
)
def test_what_asks_for_memory_out_of_nothing_is_named(tmp_path: Path, body: bytes) -> None:
    found = look_at(tmp_path, "model.pkl", b"\x80\x02" + body)
    assert [one.severity for one in found.sightings if one.rule == DANGEROUS] == ["high"]
    small = look_at(
        tmp_path, "model.pkl", b"\x80\x02" + body.replace(b"\x00\x00\x00\x7f", b"\x05\x00\x00\x00")
    )
    assert symbols(small, DANGEROUS) == []


def test_marks_that_no_pickler_writes_do_not_hide_what_stands_behind_them(tmp_path: Path) -> None:
    depth = 1 << 17
    data = b"\x80\x02" + b"(" * depth + b"1" * depth + b"cos\nsystem\n(S'id'\ntR."
    found = look_at(tmp_path, "model.pkl", data)
    assert {one.severity for one in found.sightings} == {"high"}
    assert found.coverage != "full"
