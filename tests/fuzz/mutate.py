"""Changed inputs: the same bytes for the same target, seed and number, on every machine.

Bytes are flipped as any fuzzer does it; beyond that, the structure is changed where it is understood:
opcodes are spliced, members of archives are swapped and nested, numbers that may be lengths or offsets are
moved a little, lines of one text stand in another. That is what leads behind the first check.
"""

from __future__ import annotations

import gzip
import io
import pickletools
import random
import re
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence

from tests.fuzz.seeds import seeds_for
from tests.fuzz.targets import TARGETS
from tests.inspect import assembler as asm

LARGEST = 32 << 10
"""Bytes of an input."""
_WORDS = (0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_LONG = (1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
_WIDTHS = ("<B", "<H", "<I", "<Q", ">H", ">I", ">Q")
_OPCODES = [code.code.encode("latin-1") for code in pickletools.opcodes]
_SNIPPETS = (
    *(
        asm.name("os", "system"),
        asm.name("builtins", "getattr"),
        asm.name("torch._utils", "_rebuild_tensor_v2"),
    ),
    *(b"cbuiltins\neval\n", b"(S'x'\nt", asm.REDUCE, asm.BUILD, asm.NEWOBJ, asm.NEWOBJ_EX, b"\x80\x05", b"("),
    *(
        b"}(K\x01K\x02u",
        b"](K\x01e",
        b"q\x00h\x00",
        b"\x94",
        b"\x8e\x04\0\0\0\0\0\0\0abcd",
        b"\x97\x98",
        b"Pid\n",
    ),
    *(
        b"I01\n",
        b"L5L\n",
        b"F1.5\n",
        b"V\\u0041\n",
        b"\x8a\x02\xff\x7f",
        b"2",
        b"0",
        b"1",
        b"Q",
        b"o",
        b"l",
        b"d",
    ),
)
_TOKENS = (
    *(
        "\0",
        "\ufeff",
        "\u202e",
        "\ud800",
        "'",
        '"',
        "\\",
        "\\u0000",
        "\n",
        "\r",
        "\t",
        "\f",
        "{{",
        "}}",
        "{%",
        "%}",
    ),
    *(
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "<",
        ">",
        "&",
        "*",
        "!!",
        "!!python/name:os.system",
        "|",
        "#",
        "%",
        "$",
        "${",
    ),
    *(
        "`",
        "```",
        "---",
        "...",
        "1e999",
        "-1",
        "NaN",
        "9" * 40,
        "0x",
        "null",
        "true",
        "__class__",
        "lambda x: x",
    ),
    *(
        "f'{x!r:{y}}'",
        "<!DOCTYPE x [<!ENTITY a '&a;'>]>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<<EOF",
        "$(",
        "&&",
    ),
    *("# -*- coding: utf-7 -*-", "# coding: rot13", "# coding: unicode_escape", "# coding: hex", "org/model"),
    *(
        "/*",
        "//",
        "=>",
        "async",
        "match x:",
        "@",
        ":=",
        "*x, = y",
        "b''",
        '"""',
        "\\N{DIGIT ONE}",
        "\u0660",
        "İ",
    ),
)
_NUMBER = re.compile(rb"\d+")
_REPEATED = (2, 16, 300, 3000)

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def _place(rng: random.Random, data: bytes) -> int:
    return rng.randrange(len(data) + 1)


def _flip(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    changed = bytearray(data or b"\0")
    for _turn in range(rng.choice((1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _word(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    width = rng.choice(_WIDTHS)
    value = rng.choice(_WORDS + _LONG) & (1 << 8 * struct.calcsize(width)) - 1
    at = _place(rng, data)
    return data[:at] + struct.pack(width, value) + data[at + struct.calcsize(width) :]


def _length(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Move a number that may be a length or an offset: one that is no larger than the input."""
    width = rng.choice(_WIDTHS[1:])
    size = struct.calcsize(width)
    for _turn in range(24):
        at = _place(rng, data)
        if at + size <= len(data) and 0 < (value := struct.unpack_from(width, data, at)[0]) <= len(data):
            moved = rng.choice((value - 1, value + 1, 0, value * 2, len(data), len(data) - at, at))
            return data[:at] + struct.pack(width, moved & (1 << 8 * size) - 1) + data[at + size :]
    return _word(rng, data, ())


def _cut(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = sorted((_place(rng, data), _place(rng, data)))
    return data[:start] + data[end:] if rng.random() < 0.5 else data[: max(1, end)]


def _double(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start = _place(rng, data)
    piece = data[start : start + rng.choice((1, 4, 16, 100))]
    return data[:start] + piece * rng.choice(_REPEATED) + data[start:]


def _splice(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = rng.choice(others)
    start, end = sorted((_place(rng, other), _place(rng, other)))
    at = _place(rng, data)
    return data[:at] + other[start:end] + data[at + rng.choice((0, end - start)) :]


def _join(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    return data + bytes(rng.choice((0, 0, 1, 512))) + rng.choice(others)


def _wrap(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Put the input into an archive beside another, or compress it."""
    other, form = rng.choice(others), rng.randrange(6)
    buffer = io.BytesIO()
    names = rng.choice(
        (("archive/data.pkl", "archive/version"), ("config.json", "model.weights.h5"), ("a", "a"))
    )
    if form == 0:
        return gzip.compress(data, mtime=0)
    if form == 1:
        return zlib.compress(data)
    if form == 2:
        with tarfile.open(fileobj=buffer, mode="w", format=rng.randrange(3)) as archive:
            for name, content in zip(names, (data, other), strict=True):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return buffer.getvalue()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED * 8 * (form > 3) // 8) as file,
    ):
        warnings.simplefilter("ignore")
        for name, content in zip(names, (data, other), strict=True):
            file.writestr(
                zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED if form > 3 else zipfile.ZIP_STORED
            )
    return buffer.getvalue()


def _boundaries(data: bytes) -> list[int]:
    """Where opcodes begin, as far as the input is a pickle."""
    places = []
    try:
        for _, _, position in pickletools.genops(data):
            places.append(position or 0)
    except Exception:  # a broken pickle has boundaries up to the break
        return places
    return places


def _opcode(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Put in, take out or exchange whole opcodes."""
    places = _boundaries(data)
    if not places:
        return _splice(rng, data, others)
    at = rng.choice(places)
    after = next((place for place in places if place > at), len(data))
    choice = rng.randrange(4)
    if choice == 0:
        return data[:at] + rng.choice(_SNIPPETS) + data[at:]
    if choice == 1:
        return data[:at] + data[after:]
    if choice == 2:
        return data[:at] + rng.choice(_OPCODES) + data[at + 1 :]
    other = rng.choice(others)
    theirs = _boundaries(other) or [0]
    start, end = sorted((rng.choice(theirs), rng.choice([*theirs, len(other)])))
    return data[:at] + other[start:end] + data[at:]


def _token(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = _place(rng, data)
    token = rng.choice(_TOKENS).encode("utf-8", "surrogatepass") * rng.choice((1, 1, 1, 2, 400))
    return data[:at] + token + data[at + rng.choice((0, 0, len(token))) :]


def _number(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return _token(rng, data, ())
    number = rng.choice(found)
    value = rng.choice((b"0", b"-1", b"4294967296", b"1e400", b"0.1", b"9" * 400, b"00", b"true"))
    return data[: number.start()] + value + data[number.end() :]


def _line(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Take a line out, put one of another text in, or bring two out of order."""
    lines, theirs = data.splitlines(True) or [b""], rng.choice(others).splitlines(True) or [b""]
    at = rng.randrange(len(lines))
    choice = rng.randrange(3)
    if choice == 0:
        lines[at : at + 1] = []
    elif choice == 1:
        lines.insert(at, rng.choice(theirs))
    else:
        lines[at], lines[-1 - at] = lines[-1 - at], lines[at]
    return b"".join(lines)


_COMMON: tuple[Mutation, ...] = (_flip, _word, _length, _cut, _double, _splice, _join)
_BY_KIND: dict[str, tuple[Mutation, ...]] = {
    "pickle": (*_COMMON, *[_opcode] * 7),
    "archive": (*_COMMON, *[_length] * 3, *[_wrap] * 2),
    "binary": (*_COMMON, *[_length] * 3),
    "text": (_flip, _cut, _double, _splice, *[_token] * 5, *[_line] * 3, _number),
    "any": (*_COMMON, _length, _wrap, _wrap, _opcode, _opcode, _token, _line),
}


def changed(target: str, data: bytes, rng: random.Random) -> bytes:
    """Another input made of ``data``."""
    own, more = seeds_for(target)
    others = own if rng.random() < 0.6 else more
    for _turn in range(rng.choice((1, 1, 2, 3, 6))):
        data = rng.choice(_BY_KIND[TARGETS[target].kind])(rng, data, others)[:LARGEST]
    return data


def made(target: str, seed: int, number: int) -> bytes:
    """The input of that number."""
    rng = random.Random(f"{target} {seed} {number}")
    own, more = seeds_for(target)
    return changed(target, rng.choice(own if rng.random() < 0.85 else more), rng)
