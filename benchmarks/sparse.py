"""Model files of any size that take no room on the disk: real headers, and holes where the numbers would be.

They are laid out as their libraries write them, down to the padding: torch loads the checkpoints.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

_ALIGNMENT = 64
_FLAGS = 0x0808
"""Sizes in a descriptor behind the data, names in UTF-8."""
_PROTOCOL = b"\x80\x02"
_MAGIC = _PROTOCOL + b"\x8a\x0a" + (0x1950A86A20F9469CFC6C).to_bytes(10, "little") + b"."
_VERSION = _PROTOCOL + b"M" + (1001).to_bytes(2, "little") + b"."


def safetensors(path: Path, size: int, tensors: int) -> None:
    """Write a safetensors file of ``tensors`` float32 tensors that take ``size`` bytes in all."""
    each = size // tensors // 4 * 4
    header = json.dumps(
        {
            f"layer.{index}.weight": {
                "dtype": "F32",
                "shape": [each // 4],
                "data_offsets": [index * each, (index + 1) * each],
            }
            for index in range(tensors)
        }
    ).encode()
    header += b" " * (-len(header) % 8)
    with path.open("wb") as out:
        out.write(len(header).to_bytes(8, "little") + header)
        out.truncate(8 + len(header) + each * tensors)


def legacy_torch(path: Path, size: int, tensors: int, extra: bytes = b"") -> None:
    """Write a checkpoint as torch did before 1.6, of ``tensors`` float32 tensors of ``size`` bytes in all.

    ``extra`` are opcodes that leave one value on the stack, which becomes one more entry of the checkpoint.
    """
    elements = size // tensors // 4
    system = _dictionary([(b"protocol_version", b"M\xe9\x03"), (b"little_endian", b"\x88")])
    keys = _PROTOCOL + b"](" + b"".join(_text(b"%d" % index) for index in range(tensors)) + b"e."
    with path.open("wb") as out:
        for part in (_MAGIC, _VERSION, system, _state(elements, tensors, b"N", extra), keys):
            out.write(part)
        for _ in range(tensors):
            out.write(elements.to_bytes(8, "little"))
            out.seek(4 * elements, 1)
        out.truncate()


def torch_zip(path: Path, size: int, tensors: int, extra: bytes = b"") -> None:
    """Write a checkpoint as torch does since 1.6; see :func:`legacy_torch`."""
    elements = size // tensors // 4
    checksum = _zeros(4 * elements)
    root = path.stem
    members: list[tuple[str, bytes | None]] = [
        ("data.pkl", _state(elements, tensors, b"", extra)),
        (".format_version", b"1"),
        (".storage_alignment", b"64"),
        ("byteorder", b"little"),
        *((f"data/{index}", None) for index in range(tensors)),
        ("version", b"3\n"),
        (".data/serialization_id", b"0" * 40),
    ]
    with path.open("wb") as out:
        entries = []
        for name, data in members:
            crc, length = (checksum, 4 * elements) if data is None else (zlib.crc32(data), len(data))
            entries.append(_member(out, f"{root}/{name}".encode(), data, crc, length))
        _directory(out, entries)


def _member(out: IO[bytes], name: bytes, data: bytes | None, crc: int, length: int) -> bytes:
    """Write one member, a hole when it has no data; returns its entry of the directory."""
    start = out.tell()
    padding = -(start + 30 + len(name) + 4) % _ALIGNMENT
    field = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
    out.write(struct.pack("<4s5H3I2H", b"PK\3\4", 0, _FLAGS, 0, 0, 0, 0, 0, 0, len(name), len(field)))
    out.write(name + field)
    if data is None:
        out.seek(length, 1)
    else:
        out.write(data)
    out.write(struct.pack("<4s3I", b"PK\7\x08", crc, length, length))
    fixed = (b"PK\1\2", 0, 0, _FLAGS, 0, 0, 0, crc, length, length, len(name), 0, 0, 0, 0, 0, start)
    return struct.pack("<4s6H3I5H2I", *fixed) + name


def _directory(out: IO[bytes], entries: list[bytes]) -> None:
    """Write the directory and both end records, as torch's writer always does."""
    start, count = out.tell(), len(entries)
    out.write(b"".join(entries))
    end = out.tell()
    size = end - start
    out.write(struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 798, 45, 0, 0, count, count, size, start))
    out.write(struct.pack("<4sIQI", b"PK\6\7", 0, end, 1))
    many = min(count, 0xFFFF)
    out.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, many, many, size, start, 0))


def _state(elements: int, tensors: int, view: bytes, extra: bytes) -> bytes:
    """The pickle of a state dictionary of one-dimensional float32 tensors."""
    made = [(b"layer.%d.weight" % index, _tensor(index, elements, view)) for index in range(tensors)]
    return _dictionary([*made, (b"extra", extra)] if extra else made)


def _tensor(key: int, elements: int, view: bytes) -> bytes:
    shape = b"J" + elements.to_bytes(4, "little")
    storage = b"(" + _text(b"storage") + b"ctorch\nFloatStorage\n" + _text(b"%d" % key) + _text(b"cpu")
    identity = storage + shape + view + b"tQ"
    hooks = b"ccollections\nOrderedDict\n)R"
    arguments = b"(" + identity + b"K\0" + shape + b"\x85" + b"K\1\x85" + b"\x89" + hooks + b"t"
    return b"ctorch._utils\n_rebuild_tensor_v2\n" + arguments + b"R"


def _dictionary(items: list[tuple[bytes, bytes]]) -> bytes:
    return _PROTOCOL + b"}(" + b"".join(_text(key) + value for key, value in items) + b"u."


def _text(text: bytes) -> bytes:
    return b"X" + len(text).to_bytes(4, "little") + text


def _zeros(length: int) -> int:
    """CRC-32 of so many zeros, without writing them."""
    crc, block = 0, bytes(1 << 20)
    for start in range(0, length, len(block)):
        crc = zlib.crc32(block[: length - start], crc)
    return crc


WRITERS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("model.safetensors", safetensors),
    ("model.pt", torch_zip),
    ("model.pth", legacy_torch),
)
"""Each writer with a name for what it writes."""


def written(directory: Path, size: int, tensors: int) -> Iterator[Path]:
    """Write one file of each kind, of about ``size`` bytes."""
    for name, write in WRITERS:
        write(directory / name, size, tensors)
        yield directory / name
