"""gzip, bzip2, xz and zlib around one stream."""

from __future__ import annotations

from collections.abc import Callable

from scanner.inspect import expand
from scanner.inspect.examination import Examination, Item
from scanner.inspect.formats import names_a_model
from scanner.inspect.recognise import JOBLIB_OLD_ZLIB, recognise
from scanner.inspect.stream import Stream

_UNPACKERS: dict[str, Callable[[Stream], expand.Chunks]] = {
    "gzip": lambda stream: expand.Inflater(stream, expand.GZIP),
    "zlib": lambda stream: expand.Inflater(stream, expand.ZLIB),
    "bzip2": expand.unbzip2,
    "xz": expand.unxz,
}
_LONGEST_PREFIX = 64
_ENDINGS = (".gz", ".tgz", ".bz2", ".xz", ".lzma", ".z", ".zz", ".zlib")


def look_at_compressed(examination: Examination, item: Item) -> None:
    """Unpack and look at what is inside; a long stream that begins like no model is left alone."""
    examination.enter(item)
    prefix = JOBLIB_OLD_ZLIB.match(item.stream.at(0, _LONGEST_PREFIX))
    item.stream.seek(prefix.end() if prefix else 0)
    chunks = _UNPACKERS[item.format](item.stream)
    expanded = expand.Expanded(chunks, examination)
    name = _inner_name(item.name)
    if not expanded.peek():
        if not recognise(expanded.stream, name) and not names_a_model(item.name):
            return
        expanded.all()
    inner = examination.inspect(expanded.stream, name, item.member, item.depth + 1)
    left = item.stream.size - chunks.taken - (prefix.end() if prefix else 0)
    if left > 0 and inner is not None:
        detail = f"{left} bytes stand behind the compressed data"
        examination.malformed(item.member, detail)
        examination.gap(item.member, detail, "hostile")


def _inner_name(name: str) -> str:
    """The name without the ending of the compression."""
    lower = name.lower()
    for ending in _ENDINGS:
        if lower.endswith(ending):
            return name[: -len(ending)] + (".tar" if ending == ".tgz" else "")
    return name
