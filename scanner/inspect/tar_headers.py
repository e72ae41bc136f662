"""The headers of a tar archive, read as leniently as its readers do and as strictly as memory demands.

Source: POSIX.1-2001 pax, the GNU tar manual, and what :mod:`tarfile` accepts. Whatever :mod:`tarfile` skips
in silence (headers behind a broken one, or behind the end) is found here, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.inspect.readers.reading import Unreadable
from scanner.inspect.stream import Stream

BLOCK = 512
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL, _PAX_SUN = b"L", b"K", b"x", b"g", b"X"
_REGULAR = b"0\0007"
_NO_DATA = b"123456"
_SPARSE = b"S"
_LONGEST_TEXT = 1 << 20
"""One extended header."""
_EXTENDED = 64
"""Extended headers in a row."""


@dataclass(slots=True)
class TarMember:
    """One member: ``kind`` is its type flag."""

    name: str
    kind: bytes
    size: int
    offset: int
    """Of the data."""
    link: str = ""
    sparse: bool = False
    plain_size: int = 0
    """What the plain header says, which an extended one may overrule."""
    faults: list[str] = field(default_factory=list)
    """What about its headers no writer does."""

    @property
    def regular(self) -> bool:
        """Whether readers take it for a file with content; types that nobody knows are taken for one."""
        return self.kind not in b"123456" or self.kind in _REGULAR

    @property
    def links(self) -> bool:
        """Whether it stands for another file."""
        return self.kind in (b"1", b"2")

    @property
    def end(self) -> int:
        """Where the next header is."""
        data = 0 if self.kind in _NO_DATA else self.size
        return self.offset + -(-data // BLOCK) * BLOCK


def checksum_holds(block: bytes) -> bool:
    """Whether a block is a header, by the rule of :mod:`tarfile`: unsigned or signed sum of its bytes."""
    if len(block) < BLOCK or not any(block[:100]):
        return False
    field_ = block[148:156].strip(b" \0")
    try:
        stated = int(field_, 8)
    except ValueError:
        return False
    total = sum(block) - sum(block[148:156]) + 8 * 32
    if stated == total:
        return True
    return stated == total - 256 * sum(1 for byte in block[:148] + block[156:] if byte > 127)


def read_members(stream: Stream, start: int) -> Iterator[TarMember]:
    """The members in a row from ``start`` on, up to the first block that is no header.

    Raises:
        Unreadable: extended headers are larger than the cap, or a header holds what is no number.
    """
    position = start
    shared: dict[str, str] = {}
    while True:
        own: dict[str, str] = {}
        faults: list[str] = []
        for _ in range(_EXTENDED):
            block = stream.at(position, BLOCK)
            if not checksum_holds(block):
                return
            member = _plain(block, position + BLOCK)
            if member.kind in (_LONG_NAME, _LONG_LINK):
                key = "path" if member.kind == _LONG_NAME else "linkpath"
                if own.setdefault(key, text := _text(stream, member)) != text:
                    faults.append("a member has two long names")
            elif member.kind in (_PAX, _PAX_SUN):
                own.update(_pax(stream, member, faults))
            elif member.kind == _PAX_GLOBAL:
                shared.update(_pax(stream, member, faults))
            else:
                break
            position = member.end
        else:
            raise Unreadable("extended tar headers without end", "hostile")
        _apply(member, {**shared, **own}, faults)
        if member.kind == _SPARSE:
            member.sparse = True
            position = _behind_sparse_map(stream, block, member)
        member.faults = faults
        yield member
        position = member.end


def _plain(block: bytes, offset: int) -> TarMember:
    name = _until_zero(block[:100])
    kind = block[156:157]
    if block[257:263] == b"ustar\0" and kind not in (_LONG_NAME, _LONG_LINK):
        prefix = _until_zero(block[345:500])
        name = f"{prefix}/{name}" if prefix else name
    if kind == b"\0" and name.endswith("/"):
        kind = b"5"
    return TarMember(name, kind, _number(block[124:136]), offset, _until_zero(block[157:257]))


def _until_zero(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("utf-8", "replace")


def _number(data: bytes) -> int:
    """An octal number, or one in base 256 behind a set bit."""
    if data[0] == 0x80:
        return int.from_bytes(data[1:], "big")
    if data[0] == 0xFF:
        raise Unreadable("a tar member of negative size", "hostile")
    try:
        return int(data.split(b"\0", 1)[0].strip() or b"0", 8)
    except ValueError:
        raise Unreadable("a tar header whose size is no number") from None


def _text(stream: Stream, member: TarMember) -> str:
    if member.size > _LONGEST_TEXT:
        raise Unreadable(f"an extended tar header of {member.size:,} bytes", "hostile")
    return _until_zero(stream.at(member.offset, member.size))


def _pax(stream: Stream, member: TarMember, faults: list[str]) -> dict[str, str]:
    """The records of an extended header: ``length key=value`` and a line feed."""
    if member.size > _LONGEST_TEXT:
        raise Unreadable(f"an extended tar header of {member.size:,} bytes", "hostile")
    data = stream.at(member.offset, member.size)
    found: dict[str, str] = {}
    position = 0
    while position < len(data) and data[position]:
        digits, blank, _ = data[position : position + 20].partition(b" ")
        length = int(digits) if digits.isdigit() and blank else 0
        record = data[position + len(digits) + 1 : position + length]
        key, equals, value = record.removesuffix(b"\n").partition(b"=")
        if not equals or length > len(data) - position or not record.endswith(b"\n"):
            faults.append("an extended tar header holds a record that is none")
            break
        name = key.decode("utf-8", "replace")
        if name in found and name in ("path", "linkpath", "size"):
            faults.append(f"an extended tar header states {name} twice")
        found[name] = value.decode("utf-8", "replace")
        position += length
    return found


def _apply(member: TarMember, stated: dict[str, str], faults: list[str]) -> None:
    """Let an extended header overrule the plain one."""
    member.plain_size = member.size
    member.name = stated.get("GNU.sparse.name", stated.get("path", member.name))
    member.link = stated.get("linkpath", member.link)
    member.sparse = any(key.startswith("GNU.sparse.") for key in stated)
    size = stated.get("size")
    if size is None:
        return
    if not size.isdecimal() or len(size) > 20:
        raise Unreadable("an extended tar header whose size is no number", "hostile")
    if member.size not in (0, int(size)) and int(size) < 8 << 30:
        faults.append(
            f"{member.name} has another size in its extended header ({int(size):,}) than in the plain one "
            f"({member.size:,}): old readers go by the plain one"
        )
    member.size = int(size)


def _behind_sparse_map(stream: Stream, block: bytes, member: TarMember) -> int:
    """Step over the blocks in which an old sparse map goes on."""
    more, position = block[482:483] not in (b"\0", b""), member.offset
    for _ in range(_LONGEST_TEXT // BLOCK):
        if not more:
            break
        further = stream.at(position, BLOCK)
        more = len(further) == BLOCK and further[504:505] != b"\0"
        position += BLOCK
    member.offset = position
    return position
