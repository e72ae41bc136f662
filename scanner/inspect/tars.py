"""Tar archives and NeMo archives: each member by its content, in the order in which they stand.

Readers stop in silence at the end mark and at the first broken header; what stands behind is looked at, too.
"""

from __future__ import annotations

from scanner.inspect.archive_names import LEADS_OUT, NameCheck, leads_out
from scanner.inspect.examination import Examination, Item
from scanner.inspect.formats import names_a_model
from scanner.inspect.readers.reading import Unreadable
from scanner.inspect.strays import look_at_stray
from scanner.inspect.stream import window
from scanner.inspect.tar_headers import BLOCK, TarMember, checksum_holds, read_members

_NEMO = "model_config.yaml"
_STEP = 1 << 16
_CARVED = 64 << 20
"""Bytes behind a broken header that are searched for the next."""


def look_at_tar(examination: Examination, item: Item) -> str | None:
    """Look at every regular member; links are named, never followed.

    Raises:
        Unreadable: a header is broken in a way that hides what follows, or a cap is reached.
    """
    before = examination.models
    look = _TarLook(examination, item)
    try:
        look.run()
    finally:
        model = examination.models > before or look.nemo or names_a_model(item.name)
        for detail, severity in [*look.names.oddities, *look.notes] if model else look.escapes:
            examination.malformed(item.member, detail, severity)
    if look.nemo:
        return "nemo"
    return None


class _TarLook:
    """A walk through one archive and what is odd about it."""

    def __init__(self, examination: Examination, item: Item) -> None:
        self.examination = examination
        self.item = item
        self.names = NameCheck("tar")
        self.notes: list[tuple[str, str]] = []
        self.escapes: list[tuple[str, str]] = []
        """What does harm as soon as somebody unpacks the archive, a model or not."""
        self.nemo = False

    def run(self) -> None:
        """Look at the archive, and at further archives behind its end."""
        position, size = self._members(0), self.item.stream.size
        while (behind := self._next_content(position)) < size:
            start = position = behind
            if checksum_holds(self.item.stream.at(behind, BLOCK)):
                position = self._members(behind)
            if position == start:
                self._stray(behind)
                return
            detail = "members stand behind the end of the tar archive, where most readers have stopped"
            self.notes.append((detail, "high"))

    def _members(self, position: int) -> int:
        """Look at the members in a row; where the row ends."""
        for member in read_members(self.item.stream, position):
            self.examination.enter(self.item)
            self._name(member)
            self._content(member)
            position = member.end
        return position

    def _content(self, member: TarMember) -> None:
        for size in dict.fromkeys((member.size, member.plain_size)):
            if member.regular and size:
                self._content_of(member, size)

    def _content_of(self, member: TarMember, size: int) -> None:
        item = self.item
        path = member.name if item.member is None else f"{item.member}!{member.name}"
        content = window(item.stream, member.offset, size)
        if content.size:
            name = member.name.rstrip("/").rsplit("/", 1)[-1]
            self.examination.inspect(content, name, path, item.depth + 1)
        if content.size < size:
            self.examination.gap(path, "the member reaches beyond the end of the archive")
        if member.sparse:
            detail = f"{member.name} is sparse: it was looked at as it is stored, without its holes"
            self.notes.append((detail, "low"))
            self.examination.gap(path, detail, "unreadable", "Pack it again without --sparse, or remove it.")

    def _name(self, member: TarMember) -> None:
        self.names.add(member.name, twice=member.kind not in b"5")
        if leads_out(member.name):
            self.escapes.append((LEADS_OUT.format(member.name), "high"))
        self.nemo |= member.name.removeprefix("./") == _NEMO
        self.notes += ((fault, "high") for fault in member.faults)
        if member.links:
            kind = "symbolic" if member.kind == b"2" else "hard"
            out = leads_out(member.link)
            where = "which leads out of the archive" if out else "which was not followed"
            detail = f"{member.name} is a {kind} link to {member.link}, {where}"
            self.notes.append((detail, "high" if out else "low"))
            if out:
                self.escapes.append((detail, "high"))
        elif member.kind in b"346":
            detail = f"{member.name} is a device or a pipe, not a file"
            self.notes.append((detail, "high"))
            self.escapes.append((detail, "high"))

    def _next_content(self, position: int) -> int:
        """Where the first block stands that is not all zero bytes."""
        stream = self.item.stream
        while position < stream.size:
            data = stream.at(position, _STEP)
            blank = len(data) - len(data.lstrip(b"\0"))
            if blank < len(data):
                return position + blank // BLOCK * BLOCK
            position += len(data)
        return position

    def _stray(self, start: int) -> None:
        """Look at what stands behind the members and is no header."""
        stream = self.item.stream
        rest = window(stream, start, stream.size - start)
        title = look_at_stray(self.examination, self.item, rest, f"bytes at {start}")
        found = self._header_behind(start)
        if found is not None:
            detail = f"members stand behind a broken header at {start}, where most readers have stopped"
            self.notes.append((detail, "high"))
            self._members(found)
        what = f", {title}," if title else ""
        detail = f"{rest.size} bytes{what} stand behind the members of the tar archive"
        self.notes.append((detail, "high" if title else "low"))
        if not title and found is None:
            raise Unreadable(f"the tar archive is broken: at {start} is no header")

    def _header_behind(self, start: int) -> int | None:
        stream = self.item.stream
        last = min(stream.size - BLOCK, start + _CARVED)
        for position in range(start + BLOCK, last + 1, BLOCK):
            if checksum_holds(stream.at(position, BLOCK)):
                return position
        return None
