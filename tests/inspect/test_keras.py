"""Keras models: what its writers make is clean; what makes a loader run, import, read or fetch is named."""

from __future__ import annotations

import base64
import io
import json
import marshal
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inspect.interface import Look
from scanner.inspect.readers.keras import look_at_keras, read_keras_text
from scanner.inspect.readers.reading import Unreadable
from tests.inspect.looking import assert_clean, look_at, look_at_file, symbols
from tests.inspect.messages import field

FORMATS = Path(__file__).parent / "models"
OBJECT = "keras-foreign-object"


def layer(name: str, config: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"class_name": name, "config": config or {}, **more}


def model(*layers: Any) -> dict[str, Any]:
    return layer("Sequential", {"name": "s", "layers": list(layers)}, module="keras")


def archive(config: Any, **members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("metadata.json", '{"keras_version": "3.9.0"}')
        file.writestr("config.json", json.dumps(config))
        for name, data in members.items():
            file.writestr(name.replace("__", "."), data)
    return made.getvalue()


def everywhere(directory: Path, config: Any) -> list[Look]:
    """The same configuration in each of the places where Keras keeps one."""
    path = directory / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
    text = json.dumps(config).encode()
    return [
        look_at(directory, "model.keras", archive(config)),
        look_at_file(path),
        look_at(directory, "model.json", text),
        look_at(directory, "keras_metadata.pb", field(1, field(2, 1) + field(5, text))),
    ]


@pytest.mark.parametrize(
    ("name", "format_id"),
    [
        ("nested.keras", "keras"),
        ("nested.h5", "hdf5"),
        ("nested.json", "keras-json"),
        ("registered.keras", "keras"),
    ],
)
def test_what_keras_writes_is_clean(name: str, format_id: str) -> None:
    assert_clean(look_at_file(FORMATS / name), format_id)


def test_a_lambda_layer_says_what_its_byte_code_names() -> None:
    found = look_at_file(FORMATS / "lambda.keras")
    assert symbols(found, "keras-lambda-layer") == ["Lambda"]
    assert (found.sightings[0].severity, found.sightings[0].member) == ("critical", "config.json")
    assert all(name in found.sightings[0].evidence for name in ("__import__", "system", "echo loaded"))


CODE = base64.b64encode(marshal.dumps(compile("import os; os.system('id')", "x", "exec"))).decode()


@pytest.mark.parametrize(
    "function",
    [
        [CODE, None, None],
        layer("__lambda__", {"code": CODE, "defaults": None, "closure": None}),
        layer("__lambda__", {"value": [CODE, None, None]}),
    ],
)
@pytest.mark.parametrize("wrapper", ["", "TimeDistributed", "Bidirectional", "Functional", "Wrapper"])
def test_lambda_layers_are_found_in_every_form_and_place(tmp_path: Path, function: Any, wrapper: str) -> None:
    inner = layer("Lambda", {"function": function}, module="keras.layers")
    shown = layer(wrapper, {"layer": inner, "layers": [inner]}) if wrapper else inner
    for found in everywhere(tmp_path, model(shown)):
        own = [one for one in found.sightings if one.engine == "modelward"]
        assert [(one.rule, one.severity) for one in own] == [("keras-lambda-layer", "critical")]
        assert "os, system" in own[0].evidence


@pytest.mark.parametrize(
    ("config", "symbol", "severity"),
    [
        (model(layer("system", {}, module="os")), "os.system", "critical"),
        (model(layer("Popen", {}, module="subprocess")), "subprocess.Popen", "critical"),
        (model(layer("eval", {}, module="builtins")), "builtins.eval", "critical"),
        (model(layer("function", "system", module="os")), "os.system", "critical"),  # type: ignore[arg-type]
        (model(layer("Dense", {"units": 1}, module="wave")), "wave.Dense", "high"),
        (model(layer("Dense", {"fn_module": "subprocess"})), "subprocess", "critical"),
        (
            {**model(), "compile_config": {"loss": layer("run", {}, module="subprocess")}},
            "subprocess.run",
            "critical",
        ),
        (
            {**model(), "build_config": {"x": [layer("exec", {}, module="builtins")]}},
            "builtins.exec",
            "critical",
        ),
        (model(layer("get_file", {}, module="keras.utils")), "keras.utils.get_file", "high"),
        (model(layer("Dense", {"fn": "get_file", "url": "https://example.org/x"})), "get_file", "high"),
        (model(layer("Dense", {"activation": "keras.utils.get_file"})), "keras.utils.get_file", "high"),
        (
            model(layer("x", {}, module="keras.config"), {"a": "keras.config.enable_unsafe_deserialization"}),
            "keras.config.enable_unsafe_deserialization",
            "high",
        ),
        (model(layer("TFOpLambda", {"function": "io.write_file"})), "tensorflow.io.write_file", "high"),
        (model(layer("TFOpLambda", {"function": "py_function"})), "tensorflow.py_function", "high"),
        (model(layer("TorchModuleWrapper", {"module": "gAJLAS4="})), "TorchModuleWrapper", "high"),
        (model(layer("TFSMLayer", {"filepath": "/tmp/x"}, module="keras.layers")), "TFSMLayer", "high"),
        (model(layer("Own", {}, module="authors_package.layers")), "authors_package.layers.Own", "high"),
    ],
)
def test_what_a_configuration_makes_the_loader_use_is_named(
    tmp_path: Path, config: Any, symbol: str, severity: str
) -> None:
    for found in everywhere(tmp_path, config):
        assert (symbol, severity) in [
            (one.symbol, one.severity) for one in found.sightings if one.rule == OBJECT
        ]


@pytest.mark.parametrize(
    "node",
    [
        layer("TFOpLambda", {"function": "math.add"}),
        layer("Dense", {"activation": "relu", "name": "get_file"}, module="keras.layers"),
        layer("DTypePolicy", {"name": "float32"}, module="keras"),
        layer("StringLookup", {"vocabulary": ["etc", "passwd"]}, module="keras.layers"),
    ],
)
def test_plain_objects_are_not_named(tmp_path: Path, node: Any) -> None:
    for found in everywhere(tmp_path, model(node)):
        assert found.sightings == []


@pytest.mark.parametrize("kind", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_vocabularies_that_are_files_elsewhere_are_named(tmp_path: Path, kind: str) -> None:
    for place, severity in (
        ("/etc/passwd", None),
        ("../../x", None),
        ("https://example.org/v", None),
        ("words.txt", "low"),
    ):
        config = model(layer(kind, {"vocabulary": place}, module="keras.layers"))
        for found in everywhere(tmp_path, config):
            assert [(one.rule, one.symbol, one.severity) for one in found.sightings] == [
                ("path-outside-model", place, severity)
            ]


def test_a_pickle_in_a_configuration_is_looked_at(tmp_path: Path) -> None:
    import pickle

    from tests.inspect.looking import Payload

    text = base64.b64encode(pickle.dumps(Payload())).decode()
    found = look_at(tmp_path, "model.keras", archive(model(layer("TorchModuleWrapper", {"module": text}))))
    seen = {(one.severity, one.member) for one in found.sightings if "system" in (one.symbol or "")}
    assert seen == {("critical", "config.json!the PyTorch module")}
    honest = look_at_file(FORMATS / "wrapper.keras")
    assert {one.rule for one in honest.sightings if one.severity not in ("low", "info")} == {OBJECT}


def test_links_out_of_the_weights_are_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file["out"] = h5py.ExternalLink("/etc/passwd", "/x")
    data = archive(model(), model__weights__h5=(tmp_path / "w.h5").read_bytes())
    found = look_at(tmp_path, "model.keras", data)
    assert [(one.rule, one.member) for one in found.sightings] == [("path-outside-model", "model.weights.h5")]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=12),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["class_name", "module", "config", "function", "vocabulary", "fn_module", "x"]
                ),
                inner,
                max_size=5,
            )
        ),
    )
)
def test_no_configuration_makes_it_raise(value: Any) -> None:
    assert len(look_at_keras(value).sightings) <= 60


@given(st.binary(max_size=60))
def test_no_bytes_make_it_raise_anything_else(data: bytes) -> None:
    with suppress(Unreadable):
        assert len(read_keras_text(data).sightings) <= 60
