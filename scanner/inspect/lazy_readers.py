"""Who looks at which format, by name: each is loaded when the first stream of its format is met.

Workers start often, and most of them meet no model at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from scanner.inspect.examination import Examination, Handler, Item
from scanner.inspect.readers.reading import Reading


class later:  # noqa: N801 - the tables below read as sentences
    """The handler ``name`` of a module of this folder."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self, examination: Examination, item: Item) -> str | None:
        """Look at the item."""
        handler: Handler = getattr(import_module(f"scanner.inspect.{self.module}"), self.name)
        return handler(examination, item)


class by:  # noqa: N801
    """The handler that only calls one reader: the function ``name`` of a module of ``readers``.

    ``named`` is for a reader that wants to know what the file is called.
    """

    def __init__(self, module: str, name: str, *, named: bool = False) -> None:
        self.module, self.name, self.named = f"readers.{module}", name, named

    def __call__(self, examination: Examination, item: Item) -> None:
        """Look at the item."""
        read: Callable[..., Reading] = getattr(import_module(f"scanner.inspect.{self.module}"), self.name)
        more: tuple[Any, ...] = (item.name,) if self.named else ()
        examination.read_by(lambda stream: read(stream, *more), item)


def _look_at_empty(examination: Examination, item: Item) -> None:
    examination.read(item, Reading())


READERS: Mapping[str, Handler] = MappingProxyType(
    {
        "safetensors": by("safetensors", "read_safetensors"),
        "gguf": by("gguf", "read_gguf"),
        "onnx": by("onnx", "read_onnx"),
        "savedmodel": by("tensorflow", "read_savedmodel"),
        "metagraph": by("tensorflow", "read_metagraph"),
        "graphdef": by("tensorflow", "read_graphdef"),
        "graph-text": by("graph_text", "read_graph_text"),
        "keras-metadata": by("tensorflow", "read_keras_metadata"),
        "keras-json": by("keras", "read_keras_config"),
        "tflite": by("tflite", "read_tflite"),
        "executorch": by("tflite", "read_executorch"),
        "coreml": by("coreml", "read_coreml"),
        "paddle": by("paddle", "read_paddle"),
        "mxnet-symbol": by("paddle", "read_mxnet_symbol"),
        "flax-msgpack": by("msgpack", "read_msgpack"),
        "xgboost": by("trees", "read_xgboost"),
        "lightgbm": by("trees", "read_lightgbm"),
        "rds": by("rds", "read_rds"),
        "lfs-pointer": by("pointers", "read_lfs_pointer"),
        "dvc-pointer": by("pointers", "read_dvc_pointer"),
        "empty": _look_at_empty,
        "hf-config": by("hf_config", "read_hf_config", named=True),
        "shard-index": by("shard_index", "read_shard_index", named=True),
        "mlmodel-yaml": by("mlmodel", "read_mlmodel", named=True),
        "yaml-config": by("yaml_config", "read_yaml_config", named=True),
        "python": by("python_source", "read_python", named=True),
        "pmml": by("xml_model", "read_xml"),
        "openvino": by("xml_model", "read_xml"),
    }
)
"""Formats that one reader looks at, and nothing else."""

OPAQUE = ("catboost", "cntk", "ggml", "mxnet-params", "rknn", "tensorrt", "unknown")
"""Formats whose texts are searched while nobody takes them apart."""
