"""Files that a reader of the loaders' own sources would try: each must be named, and graver than it looks."""

from __future__ import annotations

import base64
import io
import pickle
import struct
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from scanner.inspect.interface import BUNDLED, GIVEN, Look, Subject
from scanner.inspect.look import look_at as look_at_subject
from scanner.inspect.names import reviewed, tier
from scanner.rules import RULES
from tests.inspect.looking import Payload, assert_clean, look_at, symbols

EVIL = pickle.dumps(Payload(), 4)
GOOD = pickle.dumps({"weights": [1.0, 2.0]}, 4)
DANGEROUS = "pickle-dangerous-import"
PROGRAM = "executable-in-model"
ELF = b"\x7fELF\x02\x01\x01" + bytes(200)


def in_role(directory: Path, name: str, data: bytes, role: str) -> Look:
    path = directory / name
    path.write_bytes(data)
    return look_at_subject(Subject(name, str(path), len(data), [(0, len(data))], role))


def worst(found: Look) -> str:
    order = ("info", "low", "medium", "high", "critical")
    return max(
        (one.severity or RULES[one.rule].severity for one in found.sightings), key=order.index, default=""
    )


def npy(descr: str, body: bytes, shape: str = "(1,)") -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


@pytest.mark.parametrize(
    "descr",
    [
        *("'|O'", "'object'", "'object_'", "'i4,O'", "'(2,)O'", "'O8'", "('|O', 2)", "('|O', (2,))"),
        *("('V8', [('a', 'O')])", "[('a', '|O')]", "[('a', [('b', '|O')])]", "[('a', 'i4,O')]"),
        *("[('a', 'O', (2,))]", "'|' 'O'", "'\\x4f'", "[(('t', 'a'), '|O')]"),
    ],
)
def test_every_spelling_of_a_type_with_objects_leads_to_the_pickle(tmp_path: Path, descr: str) -> None:
    assert worst(look_at(tmp_path, "x.npy", npy(descr, EVIL))) == "critical"


@pytest.mark.parametrize(
    "data",
    [
        npy("open('x')", b""),
        npy("'<f8'", bytes(8), "None"),
        npy("'zz'", bytes(8)),
        b"\x93NUMPY\x09\0" + bytes(60),
    ],
    ids=["a call", "no shape", "no type", "no version"],
)
def test_a_header_that_numpy_refuses_is_a_finding(tmp_path: Path, data: bytes) -> None:
    assert worst(look_at(tmp_path, "x.npy", data)) == "high"


@pytest.mark.parametrize("name", ["notes.txt", "data.json", "key.pem", "table.csv"])
@pytest.mark.parametrize("spell", ["base64", "lines", "hexadecimal", "a value"])
def test_a_pickle_spelt_out_in_a_text_is_found(tmp_path: Path, name: str, spell: str) -> None:
    text = {
        "base64": base64.b64encode(EVIL),
        "lines": b"-----BEGIN X-----\n" + base64.encodebytes(EVIL) + b"-----END X-----\n",
        "hexadecimal": EVIL.hex().encode(),
        "a value": b'{"w": "' + base64.b64encode(EVIL) + b'"}',
    }[spell]
    assert worst(look_at(tmp_path, name, text)) == "critical"


@pytest.mark.parametrize(
    "text", [base64.b64encode(GOOD), b"gAAAAAAAAAAA" * 20, b"80" * 200, b"deadbeef" * 40]
)
def test_texts_of_data_are_no_finding(tmp_path: Path, text: bytes) -> None:
    assert look_at(tmp_path, "notes.txt", text).sightings == []


@pytest.mark.parametrize("role", [BUNDLED, GIVEN])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        *(
            ("lib.so", ELF),
            ("weights", ELF),
            ("install.sh", b"#!/bin/sh\nid\n"),
            ("a.bat", b"start calc\r\n"),
        ),
        *(
            ("a.ps1", b"iwr x | iex\n"),
            ("x.deb", b"!<arch>\n" + bytes(60)),
            ("readme.lnk", b"L\0\0\0" + bytes(80)),
        ),
    ],
)
def test_a_program_under_its_own_name_is_told_where_it_matters(
    tmp_path: Path, role: str, name: str, data: bytes
) -> None:
    found = in_role(tmp_path, name, data, role)
    assert [(one.rule, one.severity) for one in found.sightings] == [(PROGRAM, "low")]
    assert in_role(tmp_path, name, data, "").format is None  # any file of a project


def test_a_package_of_software_is_told_where_it_matters(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("a/__init__.py", "import os\n")
    found = in_role(tmp_path, "a.whl", made.getvalue(), GIVEN)
    assert [(one.rule, one.severity) for one in found.sightings] == [(PROGRAM, "low")]


def test_python_that_begins_like_a_script_is_read_as_python(tmp_path: Path) -> None:
    found = in_role(tmp_path, "modeling.py", b"#!/usr/bin/env python\nimport os\nos.system('id')\n", BUNDLED)
    assert (found.format, symbols(found, "python-acts-on-import")) == ("python", ["os.system"])


def test_an_alias_bomb_is_named(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, after in zip("abcdefghi", "bcdefghij", strict=True):
        lines.append(f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]")
    assert worst(look_at(tmp_path, "config.yaml", "\n".join(lines).encode())) == "high"


def test_aliases_that_repeat_little_are_no_bomb(tmp_path: Path) -> None:
    lines = ["a: &a [1, 2]", *(f"k{number}: [*a, *a, *a]" for number in range(20))]
    assert look_at(tmp_path, "config.yaml", "\n".join(lines).encode()).sightings == []


PMML = '<?xml version="1.0"?><PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/>{}</PMML>'


@pytest.mark.parametrize(
    "body",
    [
        '<Extension name="x"><script>1</script></Extension>',
        '<Extension name="x" value="import os; os.system(1)"/>',
        "<Extension>import subprocess</Extension>",
        '<Apply function="java.lang.Runtime.exec"><Constant>id</Constant></Apply>',
    ],
)
def test_scripts_in_xml_models_are_named(tmp_path: Path, body: str) -> None:
    assert worst(look_at(tmp_path, "model.pmml", PMML.format(body).encode())) == "high"


@pytest.mark.parametrize(
    "body",
    [
        '<Extension name="author" value="JPMML-SkLearn"/>',
        '<DefineFunction name="eval"/><Apply function="eval"/>',
        '<Apply function="log10"/><Apply function="x-formatNumber"/>',
    ],
)
def test_functions_of_pmml_are_no_finding(tmp_path: Path, body: str) -> None:
    assert_clean(look_at(tmp_path, "model.pmml", PMML.format(body).encode()), "pmml")


def test_the_place_of_what_is_malformed_is_told(tmp_path: Path) -> None:
    found = look_at(tmp_path, "x.npy", npy("'<f8'", bytes(8)) + b"more")
    (seen,) = [one for one in found.sightings if one.rule == "malformed-model"]
    assert seen.offset == 136


@pytest.mark.parametrize(
    "place", ["../../x.npy", "/etc/x.npy", "\\\\host\\x.npy"], ids=["up", "absolute", "another machine"]
)
def test_an_array_that_joblib_loads_from_elsewhere_is_high(tmp_path: Path, place: str) -> None:
    assert worst(look_at(tmp_path, "m.pkl", wrapper(place))) == "high"


def test_an_array_beside_the_pickle_is_no_finding(tmp_path: Path) -> None:
    assert worst(look_at(tmp_path, "m.pkl", wrapper("model.pkl_01.npy"))) in ("", "low")


def wrapper(place: str) -> bytes:
    """An array as joblib before 0.10 wrote it."""
    name = place.encode()
    state = b"}X\x08\0\0\0filenameX" + struct.pack("<I", len(name)) + name + b"s"
    return b"\x80\x02cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81" + state + b"b."


@pytest.mark.parametrize(
    ("module", "name", "severity"),
    [
        ("numpy", "zeros", "high"),
        ("numpy.core.multiarray", "_reconstruct", "high"),
    ],
)
def test_memory_without_end_is_high(tmp_path: Path, module: str, name: str, severity: str) -> None:
    shape = b"J\x00\x94\x35\x77Kd\x86"  # (2,000,000,000, 100)
    given = {"zeros": shape + b"\x85", "_reconstruct": b"cnumpy\nndarray\n" + shape + b"U\x01b\x87"}[name]
    data = b"\x80\x02c" + module.encode() + b"\n" + name.encode() + b"\n" + given + b"R."
    assert worst(look_at(tmp_path, "m.pkl", data)) == severity


def test_a_pickle_in_an_attribute_of_hdf5_is_looked_at(tmp_path: Path) -> None:
    for name, value, severity in (("evil", EVIL, "critical"), ("good", GOOD, "")):
        with h5py.File(tmp_path / f"{name}.h5", "w") as file:
            file.create_group("table").attrs["title"] = np.void(value)
        assert worst(look_at(tmp_path, "x.h5", (tmp_path / f"{name}.h5").read_bytes())) == severity


def test_a_program_in_the_place_of_a_tensor_is_high(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in {"data.pkl": GOOD, "version": b"3\n", "data/0": ELF, "data/1": bytes(256)}.items():
            file.writestr(f"m/{name}", data)
    found = look_at(tmp_path, "model.pt", made.getvalue())
    assert [(one.rule, one.member) for one in found.sightings] == [(PROGRAM, "m/data/0")]


@pytest.mark.parametrize("name", ["config", "train.conf", "run.hparams"])
def test_yaml_that_constructs_objects_needs_no_ending(tmp_path: Path, name: str) -> None:
    assert worst(look_at(tmp_path, name, b'!!python/object/apply:os.system ["id"]\n')) == "high"


@pytest.mark.parametrize(("name", "severity"), [("Booster", "high"), ("from_pretrained", "critical")])
def test_what_reads_a_model_by_its_name_is_high(tmp_path: Path, name: str, severity: str) -> None:
    module = {"Booster": "xgboost.core", "from_pretrained": "diffusers"}[name]
    dotted = name if name == "Booster" else f"DiffusionPipeline.{name}"
    texts = b"".join(b"\x8c" + bytes([len(part)]) + part.encode() for part in (module, dotted))
    data = b"\x80\x04" + texts + b"\x93\x8c\x09/tmp/evil\x85R."
    assert worst(look_at(tmp_path, "m.pkl", data)) == severity


@pytest.mark.parametrize(
    ("module", "name"),
    [
        *(("torch._C", "PyTorchFileReader"), ("torch._C", "_from_file"), ("torch.jit", "CompilationUnit")),
        *(("joblib.externals.cloudpickle.cloudpickle", "_make_function"), ("cv2", "imwrite")),
        *(("onnxruntime", "InferenceSession"), ("tensorflow.io.gfile", "copy"), ("scipy.weave", "inline")),
        *(("Pyro4", "Proxy"), ("mako.template", "Template"), ("ruamel.yaml", "YAML"), ("rpyc", "connect")),
    ],
)
def test_names_of_compiled_and_unwalked_packages_are_dangerous(module: str, name: str) -> None:
    assert tier(module, name) == "dangerous"


def test_a_package_of_which_a_few_names_were_reviewed_is_not_walked() -> None:
    assert (reviewed("torch"), reviewed("cv2"), tier("cv2", "KeyPoint")) == (True, False, "unreviewed")
