"""From the readers of single formats to the examination: which reader looks at which item."""

from __future__ import annotations

from scanner.inspect.examination import Examination, Item
from scanner.inspect.interface import Layer
from scanner.inspect.pickles import look_at_pickles
from scanner.inspect.readers.gguf import read_gguf
from scanner.inspect.readers.hdf5 import read_hdf5
from scanner.inspect.readers.hf_config import read_hf_config
from scanner.inspect.readers.npy import MAGIC, read_npy
from scanner.inspect.readers.onnx import read_onnx
from scanner.inspect.readers.pointers import read_dvc_pointer, read_lfs_pointer
from scanner.inspect.readers.reading import Reading
from scanner.inspect.readers.safetensors import read_safetensors
from scanner.inspect.readers.tensorflow import read_graphdef, read_savedmodel
from scanner.inspect.stream import window


def look_at_safetensors(examination: Examination, item: Item) -> None:
    """The header against the file."""
    examination.reading(item.member, read_safetensors(item.stream), facts=item.member is None)


def look_at_gguf(examination: Examination, item: Item) -> None:
    """The header and the chat template."""
    examination.reading(item.member, read_gguf(item.stream), facts=item.member is None)


def look_at_hf_config(examination: Examination, item: Item) -> None:
    """Every key."""
    examination.reading(item.member, read_hf_config(item.stream, item.name), facts=item.member is None)


def look_at_onnx(examination: Examination, item: Item) -> None:
    """Every node and every tensor record."""
    examination.reading(item.member, read_onnx(item.stream), facts=item.member is None)


def look_at_savedmodel(examination: Examination, item: Item) -> None:
    """The operations of every graph."""
    examination.reading(item.member, read_savedmodel(item.stream), facts=item.member is None)


def look_at_graphdef(examination: Examination, item: Item) -> None:
    """The operations of the graph."""
    examination.reading(item.member, read_graphdef(item.stream), facts=item.member is None)


def look_at_lfs_pointer(examination: Examination, item: Item) -> None:
    """What the pointer stands for; the caller follows it."""
    examination.reading(item.member, read_lfs_pointer(item.stream), facts=item.member is None)


def look_at_dvc_pointer(examination: Examination, item: Item) -> None:
    """What the pointer stands for; the caller follows it."""
    examination.reading(item.member, read_dvc_pointer(item.stream), facts=item.member is None)


def look_at_empty(examination: Examination, item: Item) -> None:
    """There is nothing to look at."""
    examination.reading(item.member, Reading())


def look_at_npy(examination: Examination, item: Item) -> None:
    """Every array in a row; the pickle of an array of objects goes to the engines."""
    stream, position = item.stream, 0
    reading = Reading()
    elements = 0
    while position < stream.size:
        if position and stream.at(position, len(MAGIC)) != MAGIC:
            reading.malformed(f"{stream.size - position} bytes stand behind the last array")
            reading.left_open(f"{stream.size - position} bytes stand behind the last array", "hostile")
            break
        array = read_npy(stream, position)
        elements += array.count
        reading.facts.setdefault("dtype", array.dtype)
        if array.length is None:
            look_at_pickles(examination, item, array.start)
            break
        position = array.start + array.length
        if position > stream.size:
            reading.left_open("the file is truncated: it ends inside an array")
    reading.facts["parameter_count"] = elements
    examination.reading(item.member, reading, facts=item.member is None)


def look_at_hdf5(examination: Examination, item: Item) -> None:
    """Links and attributes by our own reader; a Keras model also by the engines."""
    reading, keras = read_hdf5(item.stream)
    examination.reading(item.member, reading, facts=item.member is None)
    if keras:
        whole = window(item.stream, 0, item.stream.size)
        examination.engines(Layer("hdf5", whole, whole.size, item.member))
