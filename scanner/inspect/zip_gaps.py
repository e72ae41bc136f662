"""Bytes of a zip archive that belong to no member: what is in them, and what to say of them."""

from __future__ import annotations

from scanner.inspect import limits
from scanner.inspect.examination import Examination, Item
from scanner.inspect.recognise_pickles import buried_pickle
from scanner.inspect.strays import look_at_stray
from scanner.inspect.stream import Extent, Stream, window
from scanner.inspect.zip_directory import Directories
from scanner.inspect.zip_kinds import Kind
from scanner.inspect.zip_layout import Oddity

_SIGNED = b"APK Sig Block 42"
_RECORDS = (b"PK\x05\x05", b"PK\x06\x08")
"""A digital signature, and data for decryption (APPNOTE 4.3.11, 4.3.13)."""


def name_gap(
    examination: Examination, item: Item, gap: Extent, directories: Directories, kind: Kind, carved: bool
) -> list[Oddity]:
    """Look at what stands in a gap, unless members were ``carved`` from it; what to say of it."""
    start, length = gap
    content = window(item.stream, start, length)
    last = max(map(sum, directories.ends), default=item.stream.size)
    where = "before the first member" if not start else "between members"
    where = "behind the end record" if start >= last else where
    notes: list[Oddity] = []
    if not carved:
        title = _look(examination, item, content, start)
        if title:
            notes.append((f"{title} stands at {start}, {where}: no directory leads to it", "high"))
    if not directories.ends:
        return notes  # all of it is one gap
    if length > limits.ZIP_SLACK or not start or start >= last:
        notes.append((f"{length} bytes {where} that nothing explains", _weight(content, kind, start < last)))
    return notes


def _look(examination: Examination, item: Item, content: Stream, start: int) -> str | None:
    if not start:  # whoever reads the beginning of the file has been asked already
        found = buried_pickle(content)
        if not found:
            return None
        content, start = window(content, found, content.size - found), found
    elif not content.at(0, limits.HEAD_BYTES).strip(b"\0"):
        return None
    return look_at_stray(examination, item, content, f"bytes at {start}")


def _weight(content: Stream, kind: Kind, inside: bool) -> str:
    """How much it weighs: archives of torch and Keras have one writer, others have many."""
    signed = content.at(max(0, content.size - len(_SIGNED)), len(_SIGNED)) == _SIGNED
    if signed or content.at(0, 4) in _RECORDS or content.at(0, 2) == b"#!" or content.at(4, 4) == b"TFL3":
        return "low"
    if kind.format != "zip":
        return "high"
    return "medium" if inside else "low"
