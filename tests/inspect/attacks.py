"""Checkpoints that PyTorch loads otherwise than other readers see them, each of some 8 MiB.

Source: what ``torch.load`` and :mod:`zipfile` make of them, tried with real torch.
"""

from __future__ import annotations

import io
import pickle
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Mapping
from types import MappingProxyType

from scanner.inspect import limits
from tests.inspect.looking import Payload

EVIL = pickle.dumps(Payload(), 2)
GOOD = pickle.dumps({"weights": [1.0, 2.0]}, 2)
TENSOR = bytes(8 << 20)
_VERSION = ("archive/version", b"3\n")
Member = tuple[str, bytes]


def archive(*members: Member, packed: str = "") -> bytes:
    """A zip archive of these members, stored but for the one called ``packed``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a duplicate name is what some of these are about
        for name, data in members:
            how = zipfile.ZIP_DEFLATED if name == packed else zipfile.ZIP_STORED
            file.writestr(zipfile.ZipInfo(name), data, how)
    return buffer.getvalue()


def checkpoint(*pickles: Member) -> bytes:
    """A checkpoint with these members in front of its tensor."""
    return archive(*pickles, ("archive/data/0", TENSOR), _VERSION)


HONEST = checkpoint(("archive/data.pkl", EVIL))


def _patched(place: Callable[[bytes], int], layout: str, value: int) -> bytes:
    data = bytearray(HONEST)
    struct.pack_into(layout, data, place(HONEST), value)
    return bytes(data)


def _first_entry(offset: int) -> Callable[[bytes], int]:
    """A place in the first entry of the directory, which is the pickle's."""
    return lambda data: int.from_bytes(data[-6:-2], "little") + offset


def _end(offset: int) -> Callable[[bytes], int]:
    """A place in the end record."""
    return lambda data: len(data) - 22 + offset


def _hidden(index: int) -> bytes:
    """A record that the directory does not name: the first of three, or the one in the middle."""
    names = ["archive/data.pkl", "archive/data/0", _VERSION[0]]
    names.insert(index, "archive/DATA.PKL")
    content = {
        "archive/DATA.PKL": EVIL + bytes(limits.ZIP_SLACK),
        "archive/data.pkl": GOOD,
        _VERSION[0]: b"3",
    }
    data = archive(*((name, content.get(name, TENSOR)) for name in names))
    start = int.from_bytes(data[-6:-2], "little")
    entries = [b"PK\1\2" + part for part in data[start:-22].split(b"PK\1\2")[1:]]
    del entries[index]
    kept = b"".join(entries)
    return data[:start] + kept + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 3, 3, len(kept), start, 0)


def _tar_in_front() -> bytes:
    """The header of the pickle's member is also a tar header; torch tries tar first."""
    long = pickle.dumps({"text": "x" * 1000, "hook": Payload()}, 2)
    data = bytearray(checkpoint(("archive/data.pkl", long)))
    block = bytearray(tarfile.TarInfo("x").tobuf())
    block[:100] = data[:100]
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    data[:512] = block
    return bytes(data)


ATTACKS: Mapping[str, bytes] = MappingProxyType(
    {
        "two pickles of one name": checkpoint(("archive/data.pkl", EVIL), ("archive/data.pkl", GOOD)),
        "two pickles, the last is evil": checkpoint(("archive/data.pkl", GOOD), ("archive/data.pkl", EVIL)),
        "two cases of one name": checkpoint(("archive/DATA.PKL", EVIL), ("archive/data.pkl", GOOD)),
        "two roots": checkpoint(("archive/data.pkl", EVIL), ("other/data.pkl", GOOD)),
        "a name that leads out": checkpoint(("archive/data.pkl", EVIL), ("archive/../x", GOOD)),
        "a packed pickle": archive(
            ("archive/data.pkl", EVIL), ("archive/data/0", TENSOR), _VERSION, packed="archive/data.pkl"
        ),
        "a packed version": archive(
            ("archive/data.pkl", EVIL), ("archive/data/0", TENSOR), _VERSION, packed="archive/version"
        ),
        "another name in the local header": HONEST.replace(b"archive/data.pkl", b"archive/note.txt", 1),
        "another flag in the local header": _patched(lambda _: 6, "<H", 1),
        "another encoding in the local header": _patched(lambda _: 6, "<H", 0x800),
        "two sizes of a stored pickle": _patched(_first_entry(24), "<I", len(EVIL) + 1),
        "another method in the local header": _patched(lambda _: 8, "<H", 8),
        "another size in the local header": _patched(lambda _: 18, "<I", 3),
        "a wrong checksum": _patched(_first_entry(16), "<I", 1),
        "encrypted, says the directory": _patched(_first_entry(8), "<H", 1),
        "another disk": _patched(_first_entry(34), "<H", 1),
        "a pickle that ends early": _patched(_first_entry(20), "<I", len(EVIL) - 1),
        "a pickle that overlaps the tensor": _patched(_first_entry(20), "<I", len(EVIL) + 4096),
        "two counts of members": _patched(_end(10), "<H", 2),
        "fewer members than there are": _patched(_end(8), "<I", 2 << 16 | 2),
        "another disk in the end record": _patched(_end(4), "<H", 1),
        "a directory elsewhere": _patched(_end(16), "<I", 4096),
        "bytes behind": HONEST + b"behind",
        "a comment": HONEST[:-2] + b"\7\0comment",
        "bytes in front": b"\0" * 1000 + HONEST,
        "a zip in front": archive(("archive/data.pkl", GOOD)) + HONEST,
        "a pickle in front": EVIL + HONEST,
        "a hidden record in front": _hidden(0),
        "a hidden record between": _hidden(1),
        "a tar in front": _tar_in_front(),
    }
)
