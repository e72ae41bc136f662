"""HDF5: attributes and links of every object; the values of data sets are never read.

Weights cannot act. A Keras ``model_config`` can, and so can links and storage that lead out of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from scanner.inspect import limits
from scanner.inspect.readers.hdf5_places import require_metadata
from scanner.inspect.readers.keras import read_keras_text
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.stream import Extent, NotCollected, Stream

_PICKLE = re.compile(rb"\x80[\x02-\x05]|\(|[cl}\])I]")
"""What PyTables takes for a pickle when it reads an attribute."""
_MOST_ATTRIBUTES, _MOST_PICKLES = 1_000, 200
_CONFIG = "model_config"
_TRAINING = "training_config"
"""What Keras compiles the model with: it deserialises losses, metrics and optimisers as it does layers."""


def read_hdf5(stream: Stream) -> tuple[Reading, bool]:
    """What the reader saw, and whether the file holds a Keras model (and not just weights).

    Raises:
        NotCollected: bytes are missing.
        Unreadable: the library cannot open it, or it holds too many objects.
    """
    import h5py

    reading = Reading()
    met: list[Extent] = []
    config = training = None
    stream.seek(0)
    try:
        with _noting(met), h5py.File(stream, "r") as file:
            with _noting(met):
                config = file.attrs.get(_CONFIG)
                training = file.attrs.get(_TRAINING)
            _walk(file, reading, met)
    except Unreadable:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        if not met:
            raise Unreadable(f"the HDF5 library cannot read it ({type(error).__name__})") from error
    if met:
        require_metadata(stream, met)
    if config is None:
        return reading, False
    for part in (config, training):
        if part is not None:
            # h5py hands out bytes that are no UTF-8 as surrogates; the strict reader of JSON refuses them.
            text = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else bytes(part)
            reading.merge(read_keras_text(text))
    reading.facts["keras_model"] = True
    return reading, True


@contextmanager
def _noting(met: list[Extent]) -> Iterator[None]:
    """Note bytes that are missing, and go on: what else is missing can be asked for at the same time."""
    try:
        yield
    except NotCollected as missing:
        met += missing.extents


def _walk(file: Any, reading: Reading, met: list[Extent]) -> None:
    """Every object once, without recursion; hard links may lead in circles."""
    seen: set[int] = set()
    waiting: list[tuple[str, Any]] = [("", file)]
    while waiting:
        path, group = waiting.pop()
        names: list[str] = []
        with _noting(met):
            _attributes(reading, path, group)
        with _noting(met):
            names = list(group)
        for name in names:
            if len(seen) > limits.HDF5_OBJECTS:
                raise Unreadable(f"more than {limits.HDF5_OBJECTS:,} objects", "budget", SPLIT)
            with _noting(met):
                waiting += _look_at_link(group, name, f"{path}/{name}", seen, reading)
    reading.facts["objects"] = len(seen)


def _look_at_link(
    group: Any, name: str, place: str, seen: set[int], reading: Reading
) -> list[tuple[str, Any]]:
    """Look at what a link leads to; returns it when it is a group that was not met before."""
    import h5py

    link = group.get(name, getlink=True)
    if isinstance(link, h5py.ExternalLink):
        _outside(reading, place, link.filename)
    if not isinstance(link, h5py.HardLink):
        return []
    found = group[name]
    address = int(h5py.h5o.get_info(found.id).addr)
    if address in seen:
        return []
    seen.add(address)
    if isinstance(found, h5py.Dataset):
        _dataset(reading, place, found)
        _attributes(reading, place, found)
    return [(place, found)] if isinstance(found, h5py.Group) else []


def _attributes(reading: Reading, place: str, found: Any) -> None:
    """Look at attributes that are pickles: PyTables, and so pandas, unpickles them when it reads them."""
    for name in islice(found.attrs, _MOST_ATTRIBUTES):
        attribute = found.attrs.get_id(name)
        if attribute.dtype.kind not in "SV" or attribute.shape or len(reading.embedded) >= _MOST_PICKLES:
            continue
        data = bytes(found.attrs[name])
        if _PICKLE.match(data):
            reading.embedded.append((f"the attribute {name[:60]} of {place[:100] or '/'}", data))


def _dataset(reading: Reading, place: str, dataset: Any) -> None:
    for name, _, _ in dataset.external or ():
        _outside(reading, place, str(name))
    if dataset.is_virtual:
        for source in dataset.virtual_sources():
            if source.file_name != ".":
                _outside(reading, place, str(source.file_name))


def _outside(reading: Reading, place: str, target: str) -> None:
    reading.saw("path-outside-model", target[:200], f"{place[:120]} takes its data from another file")
