"""What no known writer of zip archives does: readers that disagree about it see different models."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from scanner.inspect.archive_names import LEADS_OUT, leads_out
from scanner.inspect.stream import Stream, window
from scanner.inspect.zip_directory import Directories, Entry, extras
from scanner.inspect.zip_kinds import Kind
from scanner.inspect.zip_layout import DESCRIPTOR, ENCRYPTED, Locals, Oddity, descriptor, differences

_UNICODE_PATH = 0x7075
_TORCH = ("torch-zip", "torchscript")
_LONGEST_TARGET = 4096
_WORTH_PACKING = 256


def oddities(
    stream: Stream, directories: Directories, kind: Kind, entries: Sequence[Entry], locals_: Locals
) -> Iterator[Oddity]:
    """Everything odd about the archive's directory and its entries."""
    yield from _views(directories)
    yield from _names(entries)
    for entry in entries:
        local = locals_.get(id(entry))
        yield from ((fault, "high") for fault in entry.faults)
        yield from differences(entry, local)
        yield from _name(entry)
        yield from _unicode_path(entry)
        yield from _link(stream, entry, local.data if local else None)
        acts = not kind.is_data(entry.filename) and not kind.is_lazy(entry)
        if acts and local and DESCRIPTOR & local.flags and descriptor(stream, entry, local)[1]:
            yield f"{entry.filename} has another size or checksum in its data descriptor", "high"
        if entry.flag_bits & ENCRYPTED and kind.format != "zip":
            yield f"{entry.filename} is encrypted, says the directory: no writer of models does that", "high"
        if entry.volume:
            yield f"{entry.filename} is on another disk, says the directory", "high"
    yield from _overlaps(entries, locals_)
    if kind.format in _TORCH:
        yield from _torch(kind, entries)


def escapes(entries: Sequence[Entry], locals_: Locals) -> Iterator[Oddity]:
    """What does harm as soon as somebody unpacks the archive, a model or not."""
    for name in dict.fromkeys(entry.filename for entry in entries if leads_out(entry.filename)):
        yield LEADS_OUT.format(name), "high"
    yield from _overlaps(entries, locals_)


def _views(directories: Directories) -> Iterator[Oddity]:
    first, *others = directories.views
    if first.stated & 0xFFFF != len(first.entries) & 0xFFFF:
        yield (
            f"the end record counts {first.stated} members, the directory holds {len(first.entries)}",
            "high",
        )
    for other in others:
        if other.content != first.content:
            yield (
                f"there are two directories, at {first.start} and {other.start}: "
                f"{first.reader} goes by the first, {other.reader} by the second",
                "high",
            )


def _names(entries: Sequence[Entry]) -> Iterator[Oddity]:
    seen: dict[str, str] = {}
    for entry in entries:
        name = entry.filename
        other = seen.setdefault(name.casefold(), name)
        if other is name:
            continue
        if other == name:
            yield (
                f"two members are called {name}: torch.load takes the first, Python's zipfile the last",
                "high",
            )
        else:
            yield (
                f"two members are called {name} but for upper and lower case: torch.load takes the first "
                "of them, Python's zipfile the one with the exact name",
                "high",
            )


def _name(entry: Entry) -> Iterator[Oddity]:
    name = entry.filename
    parts = entry.orig_filename.split("\0")[0].replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or parts[0].endswith(":") or "\\" in entry.orig_filename:
        yield LEADS_OUT.format(name), "high"
    if "\0" in entry.orig_filename:
        yield f"the member name {name} goes on behind a zero byte, where some readers end it", "high"


def _unicode_path(entry: Entry) -> Iterator[Oddity]:
    """A second name (APPNOTE 4.6.9), which is for names that the first cannot spell."""
    for kind, content in extras(entry.extra):
        if kind != _UNICODE_PATH or len(content) < 5:
            continue
        other = content[5:].decode("utf-8", "replace")
        stale = int.from_bytes(content[1:5], "little") != zlib.crc32(entry.raw_name)
        if other != entry.filename and (
            stale or other.isascii() or _ending(other) != _ending(entry.filename)
        ):
            yield (
                f"{entry.filename} is called {other} in its Unicode path field, which some readers take",
                "high",
            )


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _link(stream: Stream, entry: Entry, data: int | None) -> Iterator[Oddity]:
    if not stat.S_ISLNK(entry.external_attr >> 16):
        return
    target = "?"
    if data is not None and entry.compress_type == zipfile.ZIP_STORED:
        content = window(stream, data, min(entry.compress_size, _LONGEST_TARGET))
        target = content.read().decode("utf-8", "replace")
    out = target.startswith("/") or ".." in target.split("/") or target == "?"
    where = "which leads out of the archive" if out else "which was not followed"
    yield f"{entry.filename} is a symbolic link to {target}, {where}", "high" if out else "low"


def _overlaps(entries: Sequence[Entry], locals_: Locals) -> Iterator[Oddity]:
    ranges = sorted(
        (entry.header_offset, local.data + entry.compress_size)
        for entry in entries
        if (local := locals_.get(id(entry)))
    )
    position = 0
    for start, end in ranges:
        if start < position:
            yield "members overlap: the same bytes are unpacked more than once", "high"
            return
        position = max(position, end)


def _torch(kind: Kind, entries: Sequence[Entry]) -> Iterator[Oddity]:
    """What the writer of PyTorch, whose reader is lenient, never does."""
    roots = list(dict.fromkeys(entry.filename.split("/")[0] for entry in entries))
    if len(roots) > 1:
        yield (
            f"members lie under several roots ({', '.join(roots[:3])}): torch.load reads one of them",
            "high",
        )
    rewritten = kind.format == "torch-zip" and _all_packed(kind, entries)
    if rewritten:
        yield "its members are compressed, which torch never does: another tool wrote it again", "low"
    for entry in entries:
        name = entry.filename
        if (
            name.lower().endswith(("/data.pkl", "/constants.pkl"))
            and name.rpartition("/")[2].lower() not in name
        ):
            yield (
                f"{name} is written in upper case: torch.load finds it nevertheless, readers that go by "
                "names do not",
                "high",
            )
        if entry.compress_type != zipfile.ZIP_STORED and not kind.may_be_packed(name):
            if not rewritten:
                yield (
                    f"{name} is compressed, which torch never does: who searches the bytes finds nothing",
                    "low" if kind.is_data(name) else "high",
                )
        elif entry.compress_type == zipfile.ZIP_STORED and entry.compress_size != entry.file_size:
            yield f"{name} is stored and declares two different sizes", "high"


def _all_packed(kind: Kind, entries: Sequence[Entry]) -> bool:
    """Whether the tensors are compressed throughout, but for some that are too small to gain by it."""
    tensors = [
        entry for entry in entries if kind.is_data(entry.filename) and entry.file_size > _WORTH_PACKING
    ]
    return bool(tensors) and all(entry.compress_type != zipfile.ZIP_STORED for entry in tensors)
