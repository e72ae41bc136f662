"""Keras configurations: Lambda layers and classes from elsewhere, at any depth.

Source: Keras' ``serialization_lib``: every object is a map with ``class_name`` and, in version 3, ``module``.
"""

from __future__ import annotations

from typing import Any

from scanner.inspect.readers.reading import Reading
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
)


def read_keras_config(stream: Stream) -> Reading:
    """Look at a ``config.json``.

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
    """Search a configuration; what is neither Keras' own nor a Lambda is left open."""
    reading = Reading()
    foreign: set[str] = set()
    lambdas = False
    for _, node in walk_json(config):
        if not isinstance(node, dict) or not isinstance(node.get("class_name"), str):
            continue
        name, module = node["class_name"], node.get("module")
        if name.rsplit(">", 1)[-1] in _LAMBDAS:
            lambdas = True
        elif isinstance(module, str) and not _is_own(module):
            foreign.add(f"{module}.{name}")
    if lambdas:
        reading.saw("keras-lambda-layer", "Lambda", "the configuration holds a Lambda layer")
    for symbol in sorted(foreign)[:20]:
        reading.left_open(f"the configuration names code outside Keras, which no engine judges yet: {symbol}")
    return reading


def _is_own(module: str) -> bool:
    return module == "builtins" or any(module == own or module.startswith(own + ".") for own in _OWN)
