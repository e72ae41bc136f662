"""Zip archives, and the model formats that are one: members by their content, whoever may read them.

What readers see of an archive differs: by which directory they go, whether by any, what they make of two
members of one name. So every member that any of them reaches is looked at, and the differences are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanner.inspect.examination import PROGRAM_RULE, Examination, Item
from scanner.inspect.formats import names_a_model
from scanner.inspect.interface import Sighting
from scanner.inspect.readers.executables import PROGRAM_BYTES, is_script, kind_of_program
from scanner.inspect.readers.reading import READER, Unreadable
from scanner.inspect.recognise_pickles import begins_a_pickle
from scanner.inspect.strays import look_at_stray
from scanner.inspect.stream import Extent, Stream, memory, window
from scanner.inspect.zip_carving import Carved, carve, unexplained
from scanner.inspect.zip_directory import Directories, Entry, entries_at, extras, read_directories
from scanner.inspect.zip_gaps import name_gap
from scanner.inspect.zip_kinds import Kind, kind_of
from scanner.inspect.zip_layout import DESCRIPTOR, MISSING, Local, Locals, local_header
from scanner.inspect.zip_members import look_at_member
from scanner.inspect.zip_oddities import escapes, oddities
from scanner.inspect.zip_ranges import require_directory, require_members
from scanner.inspect.zip_rows import ENDING as ROW_ENDING
from scanner.inspect.zip_rows import archives_in_a_row

_REWRITE = "Write the archive again with the library that made it, or remove it."
_IN_A_ROW = "item.pt"
"""The name of one of several archives in a file, which has none of its own."""
_LONG_EXTRA = 16
"""Bytes of a comment or an extra field from which on something could stand in it."""


def look_at_zip(examination: Examination, item: Item) -> str:
    """Look at every member that can act, and at the layout; returns what kind of archive it is.

    Raises:
        NotCollected: members are missing, or only the whole archive will do.
        Unreadable: there is no readable directory, or a cap is reached.
    """
    return _look_at_whole(examination, item) if item.stream.whole else _look_at_parts(examination, item)


def _look_at_parts(examination: Examination, item: Item) -> str:
    """An archive of which only parts are here: none but the strict layout is read so."""
    stream = item.stream
    place = require_directory(stream)
    entries = entries_at(stream, place.offset, place.size)
    kind = kind_of([entry.filename for entry in entries])
    require_members(stream, entries, kind, place)
    acting = _acting(entries, kind)
    _look_at_members(examination, item, kind, acting, {id(one): local_header(stream, one) for one in acting})
    return kind.format


def _look_at_whole(examination: Examination, item: Item) -> str:
    row = archives_in_a_row(item.stream) if item.name.lower().endswith(ROW_ENDING) else []
    return _look_at_row(examination, item, row) if row else _look_at_archive(examination, item)


def _look_at_row(examination: Examination, item: Item, row: list[Extent]) -> str:
    """Look at each of several archives for itself: who reads such a file knows where each begins."""
    formats = []
    for start, length in row:
        examination.enter(item)
        path = f"archive at {start}" if item.member is None else f"{item.member}!archive at {start}"
        formats.append(
            examination.inspect(window(item.stream, start, length), _IN_A_ROW, path, item.depth + 1)
        )
    return formats[0] or item.format


def _look_at_archive(examination: Examination, item: Item) -> str:
    stream = item.stream
    directories = read_directories(stream)
    entries = _united(directories)
    locals_ = {id(entry): local_header(stream, entry) for entry in entries}
    gaps = unexplained(stream, directories, entries, locals_)
    carved = [(gap, list(carve(stream, gap))) for gap in gaps]
    named = entries or [found.entry for _, founds in carved for found in founds]
    kind = kind_of([entry.filename for entry in named])
    models, sightings = examination.models, len(examination.look.sightings)
    acting = _acting(entries, kind, locals_)
    _look_at_members(examination, item, kind, acting, locals_)
    _look_at_data(examination, item, kind, entries, locals_)
    hidden = _look_at_carved(examination, item, kind, [found for _, founds in carved for found in founds])
    notes = hidden if directories.ends or directories.lost else []
    for gap, founds in carved:
        notes += name_gap(examination, item, gap, directories, kind, bool(founds))
    notes += _look_at_comments(examination, item, directories, entries)
    if kind.format != "zip" or examination.models > models or names_a_model(item.name):
        if directories.views:
            notes += oddities(stream, directories, kind, entries, locals_)
        for detail, severity in notes:
            examination.malformed(item.member, detail, severity)
    else:
        for detail, severity in escapes(entries, locals_):
            examination.malformed(item.member, detail, severity)
    if directories.lost and not directories.ends:
        detail = "the zip directory cannot be read; the archive was read by its local headers"
        examination.refuse(item.member, Unreadable(detail, "hostile", _REWRITE))
    elif not directories.ends:
        _say_truncated(examination, item, len(examination.look.sightings) > sightings)
    return kind.format


def _say_truncated(examination: Examination, item: Item, acts: bool) -> None:
    """A download that broke off looks like this, and an archive that only some readers should open."""
    detail = "the zip archive is truncated: it has no end record, and was read by its local headers"
    examination.malformed(item.member, detail, "high" if acts else "low")
    examination.gap(item.member, detail, action=_REWRITE)


def _united(directories: Directories) -> list[Entry]:
    """The entries of every view, each once; those of the first view in its order, all of them."""
    entries: list[Entry] = []
    known: set[tuple[object, ...]] = set()
    for view in directories.views:
        fresh = [entry for entry, key in zip(view.entries, view.content, strict=True) if key not in known]
        entries += fresh
        known.update(view.content)
    return entries


def _acting(entries: Iterable[Entry], kind: Kind, locals_: Locals | None = None) -> list[Entry]:
    """The members to look at, those first whose names say that they are models."""
    found = [
        entry
        for entry in entries
        if not (entry.filename.endswith("/") and not entry.file_size and not entry.compress_size)
        and (not kind.is_data(entry.filename) or _renamed(entry, (locals_ or {}).get(id(entry))))
    ]
    return sorted(found, key=lambda entry: (not names_a_model(entry.filename), entry.header_offset))


def _look_at_data(
    examination: Examination, item: Item, kind: Kind, entries: Sequence[Entry], locals_: Locals
) -> None:
    """Look at raw tensors that are no such thing: a pickle in their place waits for a careless reader."""
    for entry in entries:
        local = locals_[id(entry)]
        if local is None or not kind.is_data(entry.filename):
            continue
        content = window(item.stream, local.data, entry.compress_size)
        _program(examination, item, entry, content)
        if content.size and begins_a_pickle(content):
            examination.enter(item)
            path = entry.filename if item.member is None else f"{item.member}!{entry.filename}"
            before = len(examination.look.sightings)
            examination.look_as(["pickle"], content, "", path, item.depth + 1)
            acts = len(examination.look.sightings) > before
            detail = f"{entry.filename} is a pickle in the place of a tensor, where torch.load has none"
            severity = "high" if acts else "low"
            examination.malformed(item.member, detail, severity, offset=entry.header_offset)


def _program(examination: Examination, item: Item, entry: Entry, content: Stream) -> None:
    """Say that the place of a tensor holds a program; only the first bytes are needed for it."""
    length = min(content.size, PROGRAM_BYTES)
    if content.missing(0, length):
        return
    kind = kind_of_program(content.at(0, length), content.size)
    if kind is not None and not is_script(kind):
        path = entry.filename if item.member is None else f"{item.member}!{entry.filename}"
        evidence = f"{entry.filename} is {kind}, in the place of a tensor"
        examination.sighting(Sighting(PROGRAM_RULE, READER, kind, member=path, evidence=evidence))


def _renamed(entry: Entry, local: Local | None) -> bool:
    return local is not None and local.name != entry.raw_name


def _look_at_members(
    examination: Examination, item: Item, kind: Kind, entries: Sequence[Entry], locals_: Locals
) -> None:
    for entry in entries:
        examination.enter(item)
        local = locals_[id(entry)]
        for reading in _readings(entry, local):
            _look_at_one(examination, item, kind, reading, local)


def _look_at_one(examination: Examination, item: Item, kind: Kind, entry: Entry, local: Local | None) -> None:
    path = entry.filename if item.member is None else f"{item.member}!{entry.filename}"
    try:
        look_at_member(examination, item, kind, entry, local, path)
    except Unreadable as error:
        examination.refuse(path, error)


def _readings(entry: Entry, local: Local | None) -> list[Entry]:
    """The member as the directory has it, and as its local header has it when that differs."""
    if local is None:
        return [entry]
    sized = not local.flags & DESCRIPTOR and local.packed != MISSING
    packed = local.packed if sized else entry.compress_size
    if (local.method, packed) == (entry.compress_type, entry.compress_size):
        return [entry]
    other = Entry(entry.filename)
    other.raw_name, other.faults, other.extra = local.name, [], b""
    other.flag_bits, other.compress_type, other.CRC = entry.flag_bits, local.method, local.crc or entry.CRC
    other.header_offset, other.compress_size = entry.header_offset, packed
    other.file_size = local.size if sized and local.size != MISSING else entry.file_size
    return [entry, other]


def _look_at_carved(
    examination: Examination, item: Item, kind: Kind, carved: Sequence[Carved]
) -> list[tuple[str, str]]:
    """Look at members that no directory names; what to say of them."""
    notes = []
    for found in carved:
        examination.enter(item)
        _look_at_one(examination, item, kind, found.entry, found.local)
        notes.append(
            (
                f"the member {found.entry.filename} at {found.entry.header_offset} is in no directory: only "
                "readers that go by local headers see it",
                "high",
            )
        )
    return notes


def _look_at_comments(
    examination: Examination, item: Item, directories: Directories, entries: Sequence[Entry]
) -> list[tuple[str, str]]:
    """Look into comments and extra fields, where no loader looks; what to say of them."""
    notes = []
    places: list[tuple[str, Stream]] = [("the comment", window(item.stream, *directories.comment))]
    for entry in entries:
        places.append((f"the comment of {entry.filename}", memory(entry.comment)))
        places += (
            (f"extra field {kind:#06x} of {entry.filename}", memory(content))
            for kind, content in extras(entry.extra)
        )
    for where, content in places:
        if content.size >= _LONG_EXTRA:
            title = look_at_stray(examination, item, content, where)
            if title:
                notes.append((f"{title} stands in {where}", "high"))
    return notes
