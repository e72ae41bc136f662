"""From the readers of single formats to the examination: which reader looks at which item."""

from __future__ import annotations

from scanner.inspect import limits
from scanner.inspect.examination import PROGRAM_RULE, Examination, Item
from scanner.inspect.formats import FORMATS
from scanner.inspect.interface import Layer
from scanner.inspect.pickle_embedded import decoded
from scanner.inspect.pickles import look_at_pickles
from scanner.inspect.readers.npy import MAGIC, read_npy
from scanner.inspect.readers.reading import Reading
from scanner.inspect.strays import look_at_stray
from scanner.inspect.stream import window

_BEYOND = 1 << 60


def look_at_program(examination: Examination, item: Item) -> None:
    """Say what an operating system would run; whether it is disguised was settled before."""
    kind, severity = examination.program(item.stream, item.name, item.depth)
    reading = Reading()
    reading.saw(PROGRAM_RULE, kind, f"{item.name} is {kind}", severity=severity)
    examination.read(item, reading)


def look_at_opaque(examination: Examination, item: Item) -> None:
    """A format that nobody takes apart: its texts are searched, and it stays incomplete."""
    from scanner.inspect.readers.opaque import read_texts

    title = FORMATS[item.format].title if item.format != "unknown" else "the content"
    if item.stream.whole:
        reading = read_texts(item.stream, title)
        if reading.sightings:
            examination.read(item, reading)
        if item.format == "unknown" and _look_at_decoded(examination, item):
            return
    examination.unread(item)


def _look_at_decoded(examination: Examination, item: Item) -> bool:
    """A model that is written as text (base64, hexadecimal); whether it is one."""
    if item.stream.size > limits.PICKLE_BLOB_BYTES:
        return False
    found = decoded(item.stream.at(0, item.stream.size))
    if found is None:
        return False
    examination.enter(item)
    member = "(decoded)" if item.member is None else f"{item.member}!(decoded)"
    inner = examination.inspect(found[1], "", member, item.depth + 1)
    if inner is not None:
        detail = f"it is {FORMATS[inner].title} written as text, which hides it from who reads the bytes"
        examination.malformed(item.member, detail, "high", offset=0)
    return inner is not None


def look_at_npy(examination: Examination, item: Item) -> None:
    """Every array in a row; the pickle of an array of objects goes to the engines."""
    stream, position = item.stream, 0
    reading = Reading()
    elements = 0
    while position < stream.size:
        if position and stream.at(position, len(MAGIC)) != MAGIC:
            rest = window(stream, position, stream.size - position)
            title = look_at_stray(examination, item, rest, f"bytes at {position}")
            what = f", {title}," if title else ""
            detail = f"{rest.size} bytes{what} stand behind the last array"
            reading.malformed(detail, "high" if title else None, position)
            reading.left_open(detail, "hostile")
            break
        array = read_npy(stream, position)
        elements += array.count
        if array.count > _BEYOND:
            reading.malformed("an array of more elements than any file holds", "high", position)
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
