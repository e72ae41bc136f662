"""Write the fixtures of model formats that only their own libraries can make.

``python tests/inspect/make_formats.py`` writes into ``tests/inspect/models``; the files are
committed, so that the tests need none of these libraries: keras (backend torch), scikit-learn, skops, torch,
onnx, coremltools, xgboost, lightgbm, pyreadr, pandas, msgpack, gguf, flatbuffers and tflite. What acts in the
hostile ones only prints, and nobody loads them.
"""

from __future__ import annotations

import operator
import os
import re
import zipfile
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent / "models"


def keras_files() -> None:
    os.environ["KERAS_BACKEND"] = "torch"
    import keras
    import torch
    from keras import layers

    inputs = layers.Input((5, 3))
    value = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(inputs)
    value = layers.TimeDistributed(layers.Dense(2, kernel_regularizer="l2"))(value) * 2 + 1
    inner = keras.Model(inputs, keras.ops.mean(value, axis=1))
    outer = layers.Input((5, 3))
    model = keras.Model(outer, layers.Dense(1, activation="gelu")(inner(outer)))
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)
    model.compile(keras.optimizers.AdamW(schedule), loss=keras.losses.Huber(), metrics=[keras.metrics.AUC()])
    model.save(TARGET / "nested.keras")
    (TARGET / "nested.json").write_text(model.to_json())
    model.save(TARGET / "nested.h5")

    @keras.saving.register_keras_serializable(package="mine")
    class Doubler(layers.Layer):
        def call(self, value: Any) -> Any:
            return value * 2

    keras.Sequential([layers.Input((3,)), Doubler()]).save(TARGET / "registered.keras")
    reached = layers.Lambda(lambda value: (__import__("os").system("echo loaded"), value)[1])
    keras.Sequential([layers.Input((3,)), reached]).save(TARGET / "lambda.keras")
    wrapped = keras.layers.TorchModuleWrapper(torch.nn.Linear(3, 2))
    keras.Sequential([layers.Input((3,)), wrapped]).save(TARGET / "wrapper.keras")


def skops_files() -> None:
    import functools

    import numpy as np
    import skops.io
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    values = np.arange(24.0).reshape(12, 2)
    labels = np.arange(12) % 2
    model = make_pipeline(StandardScaler(), FunctionTransformer(np.tanh), LogisticRegression())
    skops.io.dump(model.fit(values, labels), TARGET / "pipeline.skops")
    skops.io.dump({"then": functools.partial(os.system, "echo loaded")}, TARGET / "payload.skops")
    skops.io.dump({"get": operator.attrgetter("__class__.__init__")}, TARGET / "attribute.skops")


def torch_files() -> None:
    import torch

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = torch.nn.Linear(4, 2)

        def forward(self, value: torch.Tensor) -> torch.Tensor:
            return torch.relu(self.linear(value)).sum(-1, keepdim=True)

    class Loops(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell = torch.nn.GRU(4, 3)

        def forward(self, value: torch.Tensor, say: bool = False) -> torch.Tensor:
            if say:
                print("said")
            return torch.stack([self.cell(value)[0] * step for step in range(3)]).sum(0)

    class FromFile(torch.nn.Module):
        def forward(self, value: torch.Tensor) -> torch.Tensor:
            return value + torch.from_file("/etc/hostname", shared=False, size=4, dtype=torch.uint8)

    model = Model().eval()
    extra = {"notes.txt": "made by a test"}
    torch.jit.save(torch.jit.script(Loops()), str(TARGET / "loops.pt"), _extra_files=extra)
    torch.jit.save(torch.jit.script(FromFile()), str(TARGET / "from-file.pt"))
    torch.export.save(torch.export.export(model, (torch.zeros(2, 4),)), TARGET / "program.pt2")
    without_places(TARGET / "program.pt2")


def without_places(path: Path) -> None:
    """Write a zip archive again without the paths of this machine, which stack traces in it hold."""
    with zipfile.ZipFile(path) as archive:
        members = [(member.filename, archive.read(member)) for member in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members:
            kept = re.sub(rb"/[\w./-]+/(?=[\w-]+\.py\b)", b"/src/", data) if name.endswith(".json") else data
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), kept)


def tflite(custom: str | None) -> bytes:
    import flatbuffers
    import tflite as schema

    builder = flatbuffers.Builder(256)
    description = builder.CreateString("a small model")
    codes = []
    for name in [None, *([custom] if custom else [])]:
        text = builder.CreateString(name) if name else None
        schema.OperatorCodeStart(builder)
        if text is not None:
            schema.OperatorCodeAddCustomCode(builder, text)
        schema.OperatorCodeAddBuiltinCode(builder, 32 if name else 0)
        codes.append(schema.OperatorCodeEnd(builder))
    schema.ModelStartOperatorCodesVector(builder, len(codes))
    for code in reversed(codes):
        builder.PrependUOffsetTRelative(code)
    code_vector = builder.EndVector()
    schema.OperatorStart(builder)
    node = schema.OperatorEnd(builder)
    schema.SubGraphStartOperatorsVector(builder, 1)
    builder.PrependUOffsetTRelative(node)
    nodes = builder.EndVector()
    schema.SubGraphStart(builder)
    schema.SubGraphAddOperators(builder, nodes)
    graph = schema.SubGraphEnd(builder)
    schema.ModelStartSubgraphsVector(builder, 1)
    builder.PrependUOffsetTRelative(graph)
    graphs = builder.EndVector()
    data = builder.CreateByteVector(bytes(16))
    schema.BufferStart(builder)
    schema.BufferAddData(builder, data)
    buffer = schema.BufferEnd(builder)
    schema.ModelStartBuffersVector(builder, 1)
    builder.PrependUOffsetTRelative(buffer)
    buffers = builder.EndVector()
    schema.ModelStart(builder)
    schema.ModelAddVersion(builder, 3)
    schema.ModelAddOperatorCodes(builder, code_vector)
    schema.ModelAddSubgraphs(builder, graphs)
    schema.ModelAddDescription(builder, description)
    schema.ModelAddBuffers(builder, buffers)
    builder.Finish(schema.ModelEnd(builder), b"TFL3")
    return bytes(builder.Output())


def tflite_files() -> None:
    for name, custom in (("plain", None), ("reads", "FlexReadFile"), ("custom", "AuthorsOwn")):
        (TARGET / f"{name}.tflite").write_bytes(tflite(custom))


def coreml_files() -> None:
    import coremltools
    from coremltools.models import datatypes
    from coremltools.models.neural_network import NeuralNetworkBuilder

    for name in ("plain", "custom"):
        kinds = ([("x", datatypes.Array(3))], [("y", datatypes.Array(3))])
        builder = NeuralNetworkBuilder(*kinds)
        builder.add_activation("activation", "RELU", "x", "y")
        if name == "custom":
            layer = builder.spec.neuralNetwork.layers.add()
            layer.name = "own"
            layer.custom.className = "AuthorsLayer"
            layer.custom.parameters["start"].stringValue = "/bin/sh -c 'echo loaded'"
        coremltools.utils.save_spec(builder.spec, str(TARGET / f"{name}.mlmodel"))


def tree_files() -> None:
    import lightgbm
    import numpy as np
    import xgboost

    values = np.arange(300.0).reshape(100, 3)
    labels = np.arange(100) % 2
    model = xgboost.XGBClassifier(n_estimators=2, max_depth=2).fit(values, labels)
    for ending in ("json", "ubj"):
        model.save_model(TARGET / f"boosted.{ending}")
    trees = lightgbm.LGBMClassifier(n_estimators=2, num_leaves=3, verbose=-1).fit(values, labels)
    trees.booster_.save_model(TARGET / "lightgbm.txt")


def other_files() -> None:
    import gguf
    import msgpack
    import numpy as np
    import pandas
    import pyreadr

    frame = pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    pyreadr.write_rds(str(TARGET / "frame.rds"), frame)
    pyreadr.write_rdata(str(TARGET / "frame.rdata"), frame, df_name="frame")
    kernel = np.ones((3, 4), dtype=np.float32)
    array = msgpack.ExtType(1, msgpack.packb((kernel.shape, kernel.dtype.name, kernel.tobytes())))
    document = {"params": {"dense": {"kernel": array}}, "step": 3}
    (TARGET / "flax.msgpack").write_bytes(msgpack.packb(document))
    writer = gguf.GGUFWriter(str(TARGET / "small.gguf"), "llama")
    writer.add_context_length(128)
    writer.add_tensor("plain", np.ones((4, 32), dtype=np.float32))
    writer.add_tensor("odd", np.ones(33, dtype=np.float16))
    writer.add_tensor("packed", np.zeros((2, 34), np.uint8), raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    TARGET.mkdir(exist_ok=True, parents=True)
    keras_files()
    skops_files()
    torch_files()
    tflite_files()
    coreml_files()
    tree_files()
    other_files()


if __name__ == "__main__":
    main()
