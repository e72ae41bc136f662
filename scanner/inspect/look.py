"""The worker's task: look at one file. ``scanner.inspect.look:look`` takes a Subject and returns a Look.

Whatever the bytes hold, the answer is a Look; only the memory limit may end the worker.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from scanner.inspect import texts
from scanner.inspect.examination import CONTAINERS, PROGRAM_RULE, Examination, Handler
from scanner.inspect.formats import FORMATS, names_a_model
from scanner.inspect.interface import Look, Sighting, Subject
from scanner.inspect.lazy_readers import OPAQUE, READERS, later
from scanner.inspect.needs import WHOLE, Need, need_of
from scanner.inspect.readers.reading import READER
from scanner.inspect.recognise import recognise
from scanner.inspect.recognise_models import PROGRAM, is_package
from scanner.inspect.stream import NotCollected, SparseFile, Stream

_TEXTS = frozenset({PROGRAM, "buried-pickle", "unknown"})
"""What source code is besides: it may begin like a script, and quote whatever it likes."""
_UNPACKED = ("gzip", "bzip2", "xz", "lzma", "zlib", "lz4", "zstd")

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "pickle": later("pickles", "look_at_pickles"),
        "joblib": later("pickles", "look_at_pickles"),
        "torch-legacy": later("pickles", "look_at_legacy_torch"),
        "zip": later("zips", "look_at_zip"),
        "tar": later("tars", "look_at_tar"),
        **dict.fromkeys(_UNPACKED, later("compressed", "look_at_compressed")),
        "7z": later("sevenz", "look_at_7z"),
        "buried-pickle": later("strays", "look_at_buried"),
        "npy": later("plain", "look_at_npy"),
        "hdf5": later("plain", "look_at_hdf5"),
        "executable": later("plain", "look_at_program"),
        **dict.fromkeys(OPAQUE, later("plain", "look_at_opaque")),
        **READERS,
    }
)
"""Who looks at what is recognised."""


def look(job: dict[str, Any]) -> dict[str, Any]:
    """Look at one file: ``job`` is a Subject as a dictionary, the answer a Look as one.

    Raises:
        OSError: the object of the evidence cannot be opened; that is no fault of its bytes.
        MemoryError: the worker's limit was reached.
    """
    extents = [(start, size) for start, size in job["extents"]]
    subject = Subject(job["name"], job["data"], job["size"], extents, job.get("role", ""))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what libraries think of hostile bytes is nobody's business
        return asdict(look_at(subject))


def look_at(subject: Subject) -> Look:
    """See :func:`look`."""
    with SparseFile(subject) as file:
        examination = Examination(HANDLERS, subject.role)
        formats: list[str] = []
        try:
            stream = Stream(file)
            formats = _formats(stream, subject)
            if _only_whole(stream, formats):
                return _provisional(formats, file, WHOLE)
            found = examination.look_as(formats, stream, subject.name, None, 0)
        except NotCollected as missing:
            return _provisional(formats, file, need_of(missing, file.size))
        except MemoryError:
            raise
        except Exception as error:
            examination.gap(None, f"the look failed ({type(error).__name__})")
            found = formats[0] if formats else "unknown"
        return _judge(examination, found, subject.name, subject.role, file)


def _formats(stream: Stream, subject: Subject) -> list[str]:
    """What the bytes are, and what the file is by its role: a script in Python is read as Python."""
    found = recognise(stream, subject.name)
    by_role = texts.by_role(subject.role, subject.name)
    return [*by_role, *(one for one in found if not by_role or one not in _TEXTS)]


def _only_whole(stream: Stream, formats: list[str]) -> bool:
    """Whether nothing less than the whole file will do, and it is not here.

    What two loaders read as two different things is no file that a known writer makes.
    """
    odd = len(formats) > 1 or any(FORMATS[found].asks == "whole" for found in formats)
    return odd and not stream.whole


def _provisional(formats: list[str], file: SparseFile, need: Need) -> Look:
    return Look(format=formats[0] if formats else None, bytes_read=file.bytes_read, need=need)


def _judge(examination: Examination, found: str | None, name: str, role: str, file: SparseFile) -> Look:
    """The finished look; a wrapper with nothing of a model in or around it is no model file."""
    look = examination.look
    if not examination.models and (is_package(name) or not names_a_model(name)) and found in CONTAINERS:
        programs = [seen for seen in look.sightings if seen.rule == PROGRAM_RULE]
        look.sightings = [seen for seen in look.sightings if seen.rule != PROGRAM_RULE]
        if role and not is_package(name):
            look.sightings += [replace(seen, severity="low") for seen in programs]
        if is_package(name) and role:
            kind = f"a package of software ({name[name.rfind('.') :].lower()})"
            look.sightings.append(Sighting(PROGRAM_RULE, READER, kind, evidence=kind, severity="low"))
    idle = not examination.models and not look.sightings and not look.gaps
    if found in CONTAINERS and idle and not names_a_model(name):
        found = None
    if found is None:
        return Look(bytes_read=file.bytes_read)
    return examination.finish(found, file.bytes_read, whole=not file.missing(0, file.size))
