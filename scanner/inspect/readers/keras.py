"""Keras configurations: code in Lambda layers, names outside Keras, and files and addresses, at any depth.

Source: Keras' ``serialization_lib`` (versions 2 and 3): every object is a map with ``class_name`` and
``config`` and, in version 3, the ``module`` that is imported for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.inspect.readers.code_names import MAIN, severity_of
from scanner.inspect.readers.encoded import decoded_base64
from scanner.inspect.readers.marshalled import names_in_code
from scanner.inspect.readers.paths import outside
from scanner.inspect.readers.reading import Reading, Unreadable
from scanner.inspect.readers.strict_json import parse_json, read_json, walk_json
from scanner.inspect.stream import Stream

_LAMBDAS = frozenset({"Lambda", "__lambda__"})
_OWN = (
    "keras",
    "tf_keras",
    "keras_core",
    "tensorflow.keras",
    "tensorflow.python.keras",
    "keras_hub",
    "keras_nlp",
    "keras_cv",
    "keras_tuner",
)
_SHIPPED_TEXT = """
autokeras bert deepctr efficientnet kapre keras_contrib keras_self_attention keras_unet keras_unet_collection
larq official qkeras segmentation_models spektral tcn tensorflow_addons tensorflow_decision_forests
tensorflow_hub tensorflow_model_optimization tensorflow_models tensorflow_probability tensorflow_ranking
tensorflow_recommenders tensorflow_text tf_agents tfa vit_keras
"""
_SHIPPED = frozenset({MAIN, "builtins", *_SHIPPED_TEXT.split()})
"""Where layers of other libraries come from, and functions of the program that saved the model."""
_ACTING = {
    "get_file": "downloads a file and may unpack it",
    "enable_unsafe_deserialization": "switches Keras' safe mode off for all that follows",
    "load_model": "loads another model",
    "load_weights": "loads weights from a file",
    "model_from_json": "loads another configuration",
    "model_from_config": "loads another configuration",
    "deserialize_keras_object": "loads another configuration",
    "func_load": "makes a function of byte code",
    "extract_archive": "unpacks an archive",
    "urlretrieve": "downloads a file",
    "image_dataset_from_directory": "reads a folder",
    "text_dataset_from_directory": "reads a folder",
    "audio_dataset_from_directory": "reads a folder",
}
"""Functions of Keras that no model needs and that its own module check lets through (CVE-2025-8747)."""
_PLAIN_BUILTINS = frozenset(
    {"function", "type", "str", "int", "float", "bool", "list", "dict", "tuple", "set"}
)
_MODULE_KEYS = frozenset({"fn_module", "function_module", "output_shape_module", "mask_module"})
_FILE_KEYS = frozenset({"vocabulary", "vocabulary_file", "idf_weights_file", "proto", "merges"})
"""Keys of lookup and tokenizer layers whose value may be a path instead of the words themselves."""
_GRAPH_CALLS = ("io.", "data.", "saved_model.", "raw_ops.", "train.", "summary.", "debugging.")
_GRAPH_FUNCTIONS = frozenset(
    {"py_function", "numpy_function", "load_op_library", "load_library", "print", "compat.v1.py_func"}
)
"""What a ``TFOpLambda`` layer, which names any function of TensorFlow, must not name."""
_MOST = 50


def read_keras_config(stream: Stream) -> Reading:
    """Look at a ``config.json``, or at the JSON of an architecture alone.

    Raises:
        Unreadable: it is no strict JSON, or too large.
    """
    return look_at_keras(read_json(stream, "the Keras configuration"))


def read_keras_text(data: bytes) -> Reading:
    """Look at the ``model_config`` of an HDF5 file.

    Raises:
        Unreadable: it is no strict JSON.
    """
    return look_at_keras(parse_json(data, "the Keras configuration"))


def look_at_keras(config: Any) -> Reading:
    """Search a configuration for whatever makes the loader run, import, read or fetch something."""
    search = _Search()
    for key, node in walk_json(config):
        if isinstance(node, dict):
            search.object(node)
        elif isinstance(node, str) and key is not None:
            search.text(key, node)
    return search.finish()


class _Search:
    def __init__(self) -> None:
        self.reading = Reading()
        self._lambdas = 0
        self._functions = 0
        self._code: set[str] = set()
        self._dangerous = False
        self._said: set[tuple[str, str]] = set()

    def finish(self) -> Reading:
        if self._lambdas or self._functions:
            names = f"; its byte code names {', '.join(sorted(self._code)[:20])}" if self._code else ""
            count = f"{self._lambdas} Lambda " + ("layer" if self._lambdas == 1 else "layers")
            if not self._lambdas:
                count = "a serialised lambda function"
            severity = "critical" if self._dangerous else None
            evidence = f"the configuration holds {count}{names}"
            self.reading.saw("keras-lambda-layer", "Lambda", evidence, severity=severity)
        return self.reading

    def object(self, node: Mapping[str, Any]) -> None:
        name, module, inner = node.get("class_name"), node.get("module"), node.get("config")
        for key in _MODULE_KEYS & node.keys():
            if isinstance(node[key], str):
                self._name(node[key], str(node.get("fn_name", node.get("function_name", ""))))
        if not isinstance(name, str):
            return
        bare = name.rsplit(">", 1)[-1]
        if bare in _LAMBDAS:
            self._lambda(inner if isinstance(inner, dict) else {}, bare)
        elif bare == "TorchModuleWrapper":
            self._torch(inner)
        elif bare == "TFSMLayer" and isinstance(inner, dict):
            place = str(inner.get("filepath", ""))
            evidence = f"the layer loads the SavedModel {place} and runs its graph"
            self._say("keras-foreign-object", "TFSMLayer", evidence, "high")
        elif bare in ("TFOpLambda", "ClassMethod", "InstanceMethod") and isinstance(inner, dict):
            self._graph_call(str(inner.get("function", inner.get("method_name", ""))))
        if isinstance(module, str):
            function = inner if bare == "function" and isinstance(inner, str) else bare
            self._name(module, function, is_function=bare == "function")
        elif bare in _ACTING:
            self._acts(bare)

    def text(self, key: str, value: str) -> None:
        if key == "class_name":
            return
        last = value.rsplit(".", 1)[-1].rsplit(">", 1)[-1]
        if last in _ACTING and key != "name" and (last != "load_model" or "." in value or key == "fn"):
            self._acts(value)
        if key in _FILE_KEYS and len(value) < 4096:
            self._file(key, value)

    def _lambda(self, config: Mapping[str, Any], name: str) -> None:
        parts = [config.get(key) for key in ("function", "output_shape", "mask", "value", "code")]
        codes = [text for part in parts for text in _code_of(part)]
        named = config.get("function")
        if name == "Lambda" and isinstance(named, str) and config.get("function_type") == "function":
            symbol = f"the function {named}"
            self._say("keras-named-function", symbol, "the loader must know a function of this name", "low")
            self._name(str(config.get("module") or MAIN), named, is_function=True)
            return
        self._lambdas += name == "Lambda"
        self._functions += name != "Lambda"
        for text in codes:
            names, dangerous = names_in_code(text)
            self._code |= names
            self._dangerous |= dangerous

    def _torch(self, config: Any) -> None:
        evidence = "the layer unpickles a PyTorch module out of the configuration (torch.load)"
        self._say("keras-foreign-object", "TorchModuleWrapper", evidence, "high")
        text = config.get("module") if isinstance(config, dict) else None
        data = decoded_base64(text) if isinstance(text, str) else None
        if data:
            self.reading.embedded.append(("the PyTorch module", data))

    def _graph_call(self, function: str) -> None:
        bare = function.removeprefix("tf.").removeprefix("tensorflow.")
        if bare.startswith(_GRAPH_CALLS) or bare in _GRAPH_FUNCTIONS:
            evidence = f"a layer calls the TensorFlow function {bare} when the model is built"
            self._say("keras-foreign-object", f"tensorflow.{bare}", evidence, "high")

    def _name(self, module: str, name: str, is_function: bool = False) -> None:
        """A module that Keras imports, and what it takes out of it."""
        symbol = f"{module}.{name}" if name else module
        if any(module == own or module.startswith(own + ".") for own in _OWN):
            if name in _ACTING:
                self._acts(symbol)
            elif name[:1].islower() and not is_function and name not in _PLAIN_BUILTINS:
                self._say("keras-foreign-object", symbol, f"the loader calls the function {symbol}", "high")
            return
        if module == "builtins" and name in _PLAIN_BUILTINS:
            return
        severity = severity_of(module, name)
        if severity is not None:
            evidence = f"the loader imports {module}" + (f" and takes {name} out of it" if name else "")
            if severity == "low" and module.partition(".")[0] not in _SHIPPED:
                severity = "high"
                evidence += ", which no known library ships: it needs code of the author's"
            self._say("keras-foreign-object", symbol, evidence, severity)

    def _acts(self, symbol: str) -> None:
        what = _ACTING[symbol.rsplit(".", 1)[-1].rsplit(">", 1)[-1]]
        self._say("keras-foreign-object", symbol, f"the configuration names {symbol}, which {what}", "high")

    def _file(self, key: str, place: str) -> None:
        why = outside(place)
        if why is not None:
            self._say("path-outside-model", place, f"{key} is {place}: {why}", None)
        elif "/" in place or place.endswith((".txt", ".csv", ".json", ".model", ".vocab", ".bpe")):
            self._say("path-outside-model", place, f"{key} is the file {place} beside the model", "low")

    def _say(self, rule: str, symbol: str, evidence: str, severity: str | None) -> None:
        if (rule, symbol) not in self._said and len(self._said) < _MOST:
            self._said.add((rule, symbol))
            self.reading.saw(rule, symbol[:200], evidence[:300], severity=severity)


def _code_of(part: Any) -> list[str]:
    """The texts of byte code in one of the ways in which Keras has written functions."""
    if isinstance(part, list):
        return [part[0]] if part and isinstance(part[0], str) else []
    if isinstance(part, dict):
        inner = part.get("config")
        if isinstance(inner, dict):
            return [text for key in ("code", "value") for text in _code_of_value(inner.get(key))]
    return _code_of_value(part)


def _code_of_value(value: Any) -> list[str]:
    if isinstance(value, list):
        return [value[0]] if value and isinstance(value[0], str) else []
    return [value] if isinstance(value, str) and len(value) > 40 else []


def read_saved_metadata(texts: list[str]) -> Reading:
    """The JSON texts of a ``keras_metadata.pb``, one an object of a SavedModel."""
    reading = Reading()
    for text in texts:
        try:
            reading.merge(read_keras_text(text.encode()))
        except Unreadable as error:
            reading.left_open(str(error), error.cause, error.action)
    return reading
