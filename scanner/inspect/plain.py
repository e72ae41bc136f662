"""From the readers of single formats to the examination: which reader looks at which item."""

from __future__ import annotations

from scanner.inspect.examination import PROGRAM_RULE, Examination, Item
from scanner.inspect.formats import FORMATS
from scanner.inspect.interface import Layer
from scanner.inspect.pickles import look_at_pickles
from scanner.inspect.readers.executables import kind_of_program
from scanner.inspect.readers.npy import MAGIC, read_npy
from scanner.inspect.readers.reading import Reading
from scanner.inspect.stream import window

_BEYOND = 1 << 60


def look_at_program(examination: Examination, item: Item) -> None:
    """Say what an operating system would run; whether it is disguised was settled before."""
    kind = kind_of_program(item.stream.at(0, 4096), item.stream.size)
    reading = Reading()
    if kind is not None:
        reading.saw(PROGRAM_RULE, kind, f"{item.name} is {kind}")
    examination.read(item, reading)


def look_at_opaque(examination: Examination, item: Item) -> None:
    """A format that nobody takes apart: its texts are searched, and it stays incomplete."""
    from scanner.inspect.readers.opaque import read_texts

    title = FORMATS[item.format].title if item.format != "unknown" else "the content"
    if item.stream.whole:
        reading = read_texts(item.stream, title)
        if reading.sightings:
            examination.read(item, reading)
    examination.unread(item)


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
        if array.count > _BEYOND:
            reading.malformed("an array of more elements than any file holds", "high")
        reading.facts.setdefault("dtype", array.dtype)
        if array.length is None:
            look_at_pickles(examination, item, array.start)
            break
        position = array.start + array.length
        if position > stream.size:
            reading.left_open("the file is truncated: it ends inside an array")
    reading.facts["parameter_count"] = elements
    examination.read(item, reading)


def look_at_hdf5(examination: Examination, item: Item) -> None:
    """Links and attributes by our own reader; a Keras model also by the engines."""
    from scanner.inspect.readers.hdf5 import read_hdf5

    reading, keras = read_hdf5(item.stream)
    examination.read(item, reading)
    if keras:
        whole = window(item.stream, 0, item.stream.size)
        examination.engines(Layer("hdf5", whole, whole.size, item.member))
