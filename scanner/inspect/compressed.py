"""gzip, bzip2, xz, LZMA, zlib, LZ4 and Zstandard around one stream."""

from __future__ import annotations

from collections.abc import Callable

from scanner.inspect import expand, limits
from scanner.inspect.examination import Examination, Item
from scanner.inspect.formats import names_a_model
from scanner.inspect.readers.reading import REVIEW, Unreadable
from scanner.inspect.recognise import recognise
from scanner.inspect.recognise_packed import JOBLIB_OLD_ZLIB, LZ4_LEGACY_MAGIC
from scanner.inspect.strays import look_at_stray
from scanner.inspect.stream import Stream, window

_UNPACKERS: dict[str, Callable[[Stream], expand.Chunks]] = {
    "gzip": lambda stream: expand.Inflater(stream, expand.GZIP),
    "zlib": lambda stream: expand.Inflater(stream, expand.ZLIB),
    "bzip2": expand.unbzip2,
    "xz": expand.unxz,
    "lzma": expand.unlzma,
    "lz4": expand.unlz4,
    "zstd": expand.unzstd,
}
_LONGEST_PREFIX = 64
_ENDINGS = (".gz", ".tgz", ".bz2", ".xz", ".lzma", ".z", ".zz", ".zlib", ".lz4", ".zst", ".zstd")


def look_at_compressed(examination: Examination, item: Item) -> None:
    """Unpack and look at what is inside; a long stream that begins like no model is left alone.

    Data that breaks off is looked at as far as it goes: a loader runs what stands before the break.

    Raises:
        Unreadable: not everything could be unpacked.
    """
    examination.enter(item)
    stream = item.stream
    if stream.at(0, len(LZ4_LEGACY_MAGIC)) == LZ4_LEGACY_MAGIC:
        raise Unreadable("the old frame format of LZ4 is not read: no loader reads it either")
    prefix = JOBLIB_OLD_ZLIB.match(stream.at(0, _LONGEST_PREFIX))
    start = prefix.end() if prefix else 0
    chunks = _UNPACKERS[item.format](window(stream, start, stream.size - start))
    expanded = expand.Expanded(chunks, examination)
    name = _inner_name(item.name)
    if not expanded.peek():
        ordinary = not recognise(expanded.stream, name) and not names_a_model(item.name)
        if ordinary and not _is_uniform(expanded.stream):
            return
        if ordinary and expanded.longer_than(limits.EXPANDED_FREE):
            if expand.is_out_of_proportion(stream.size, expanded.length):
                raise expand.bomb(stream.size, expanded.length)
            return
        expanded.all()
    inner, gaps = None, len(examination.look.gaps)
    if expanded.length or not expanded.fault:
        inner = examination.inspect(expanded.stream, name, item.member, item.depth + 1)
    if expanded.fault:
        raise expanded.fault
    if expand.is_out_of_proportion(chunks.taken, expanded.length) and (
        inner is None or len(examination.look.gaps) > gaps
    ):
        raise expand.bomb(chunks.taken, expanded.length)
    end = start + chunks.taken
    if end < stream.size:
        _look_behind(examination, item, end, inner is not None)


def _look_behind(examination: Examination, item: Item, end: int, model: bool) -> None:
    """Look at what stands behind compressed data, which most loaders ignore."""
    rest = window(item.stream, end, item.stream.size - end)
    title = look_at_stray(examination, item, rest, f"bytes at {end}")
    if title or model:
        what = f", {title}," if title else ""
        detail = f"{rest.size} bytes{what} stand behind the compressed data, where unpackers do not look"
        examination.malformed(item.member, detail, "high" if title else "medium", offset=end)
        examination.gap(item.member, detail, "hostile", REVIEW)


def _is_uniform(stream: Stream) -> bool:
    """Whether the beginning is one byte over and over, as in a decompression bomb."""
    head = stream.at(0, limits.PEEK_BYTES)
    return not head.strip(head[:1])


def _inner_name(name: str) -> str:
    """The name without the ending of the compression."""
    lower = name.lower()
    for ending in _ENDINGS:
        if lower.endswith(ending):
            return name[: -len(ending)] + (".tar" if ending == ".tgz" else "")
    return name
