"""Core ML models: custom layers and models, links to other models, and the metadata.

Core ML runs no code of the file; a custom layer or model is a class of the app that loads it. Sources of the
field numbers: ``Model.proto``, ``NeuralNetwork.proto``, ``CustomModel.proto``, ``LinkedModel.proto``,
``MIL.proto`` of Apple's coremltools.
"""

from __future__ import annotations

from scanner.inspect.protobuf import Field, Outline
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.paths import outside
from scanner.inspect.readers.reading import Reading
from scanner.inspect.stream import Stream

_DESCRIPTION, _METADATA, _USER_DEFINED = 2, 100, 100
_NETWORKS = (500, 303, 403)
_PIPELINES = {202: (1,), 200: (1, 1), 201: (1, 1)}
"""Where the models of a pipeline stand; a classifier and a regressor wrap one."""
_CUSTOM_MODEL, _LINKED_MODEL = 555, 556
_CUSTOM_LAYER = 500
_DEEPEST = 8


def read_coreml(stream: Stream) -> Reading:
    """Look at a model and at the models in its pipelines.

    Raises:
        NotCollected: bytes are missing.
        Unreadable: it is no such message, cut short, or beyond a cap.
    """
    reading = Reading()
    _model(reading, Outline(stream), None, 0)
    return reading


def _model(reading: Reading, outline: Outline, message: Field | None, depth: int) -> None:
    for part in outline.fields(message or outline.root):
        if part.number == 1 and message is None:
            reading.facts["specification_version"] = part.value
        elif part.number == _DESCRIPTION:
            _metadata(reading, outline, part)
        elif part.number in _NETWORKS:
            _network(reading, outline, part)
        elif part.number == _CUSTOM_MODEL:
            _custom(reading, outline, part, "model")
        elif part.number == _LINKED_MODEL:
            _linked(reading, outline, part)
        elif part.number in _PIPELINES:
            if depth >= _DEEPEST:
                reading.left_open("pipelines are nested too deeply", "hostile")
                return
            for inner in outline.inside(part, _PIPELINES[part.number]):
                _model(reading, outline, inner, depth + 1)


def _metadata(reading: Reading, outline: Outline, description: Field) -> None:
    for metadata in outline.inside(description, (_METADATA,)):
        for part in outline.fields(metadata):
            if part.number == _USER_DEFINED:
                entry = {
                    field.number: outline.text(field)
                    for field in outline.fields(part)
                    if field.number in (1, 2)
                }
                judge_text(reading, entry.get(1, "metadata"), entry.get(2, ""))
            elif part.number in (1, 2, 3, 4):
                judge_text(reading, "the description", outline.text(part))


def _network(reading: Reading, outline: Outline, network: Field) -> None:
    for layer in outline.inside(network, (1,)):
        for part in outline.fields(layer):
            if part.number == _CUSTOM_LAYER:
                _custom(reading, outline, part, "layer")


def _custom(reading: Reading, outline: Outline, custom: Field, what: str) -> None:
    """``CustomLayerParams`` and ``CustomModel``: the class, and parameters by name."""
    name = ""
    for part in outline.fields(custom):
        if part.number == 10:
            name = outline.text(part)
        elif part.number == 30:
            for value in outline.inside(part, (2, 20)):
                judge_text(reading, f"a parameter of the custom {what}", outline.text(value))
    reading.saw("custom-operator", name, f"a custom {what}: the class {name} of the app that loads the model")


def _linked(reading: Reading, outline: Outline, linked: Field) -> None:
    for file in outline.inside(linked, (1,)):
        for part in outline.fields(file):
            if part.number not in (1, 2):
                continue
            for text in outline.inside(part, (1,)):
                place = outline.text(text)
                for piece in place.split(":") if part.number == 2 and "://" not in place else [place]:
                    why = outside(piece)
                    if why:
                        reading.saw("path-outside-model", piece, f"the linked model {piece}: {why}")
