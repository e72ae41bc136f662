"""Hostile layouts of archives: each holds the same payload, where some reader finds it and others do not."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from types import MappingProxyType

from tests.inspect.attacks import archive
from tests.inspect.looking import Payload

EVIL = pickle.dumps(Payload(), 2)
GOOD = pickle.dumps({"weights": [1.0, 2.0]}, 2)
TENSOR = bytes(64)
_REST = (("archive/data/0", TENSOR), ("archive/version", b"3\n"))


def checkpoint(*pickles: tuple[str, bytes], packed: str = "") -> bytes:
    """A small checkpoint with these members in front."""
    return archive(*pickles, *_REST, packed=packed)


PLAIN = checkpoint(("archive/data.pkl", EVIL))
HONEST = checkpoint(("archive/data.pkl", GOOD))
PICKLE = "archive/data.pkl"


def _central(data: bytes, index: int = 0) -> int:
    """Where an entry of the directory begins."""
    position = int.from_bytes(data[-6:-2], "little")
    for _ in range(index):
        name, extra, comment = struct.unpack_from("<3H", data, position + 28)
        position += 46 + name + extra + comment
    return position


def _set(data: bytes, offset: int, layout: str, *values: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(layout, changed, offset, *values)
    return bytes(changed)


def _entry(offset: int, layout: str, *values: int) -> bytes:
    return _set(PLAIN, _central(PLAIN) + offset, layout, *values)


def _both(local: int, central: int, layout: str, *values: int) -> bytes:
    return _set(_entry(central, layout, *values), local, layout, *values)


def local_record(name: bytes, data: bytes, flags: int = 0, method: int = 0) -> bytes:
    """A member with its local header, which no directory names."""
    packed = zlib.compress(data)[2:-4] if method else data
    sizes = (0, 0, 0) if flags & 8 else (zlib.crc32(data), len(packed), len(data))
    head = struct.pack("<4s5H3I2H", b"PK\3\4", 20, flags, method, 0, 0, *sizes, len(name), 0)
    tail = struct.pack("<4s3I", b"PK\7\x08", zlib.crc32(data), len(packed), len(data)) if flags & 8 else b""
    return head + name + packed + tail


def _before_directory(extra: bytes, data: bytes = HONEST) -> bytes:
    """Bytes between the last member and the directory, whose place is put right."""
    start = _central(data)
    made = data[:start] + extra + data[start:]
    return _set(made, len(made) - 6, "<I", start + len(extra))


def _with_extra(kind: int, content: bytes, name: str = PICKLE, data: bytes = EVIL) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        info = zipfile.ZipInfo(name)
        info.extra = struct.pack("<HH", kind, len(content)) + content
        file.writestr(info, data)
        for other, tensor in _REST:
            file.writestr(zipfile.ZipInfo(other), tensor)
    return buffer.getvalue()


def _commented(comment: bytes, of_member: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        info = zipfile.ZipInfo(PICKLE)
        info.comment = of_member
        file.writestr(info, GOOD)
        for other, tensor in _REST:
            file.writestr(zipfile.ZipInfo(other), tensor)
        file.comment = comment
    return buffer.getvalue()


def _two_directories() -> bytes:
    """The end record leads to one directory by offset and to another by counting back."""
    first = local_record(b"archive/data.pkl", EVIL)
    second = local_record(b"archive/data.pkl", GOOD)

    def entry(offset: int, data: bytes) -> bytes:
        fields = (zlib.crc32(data), len(data), len(data), len(PICKLE), 0, 0, 0, 0, 0, offset)
        return struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, *fields) + PICKLE.encode()

    evil, good = entry(0, EVIL), entry(len(first), GOOD)
    body = first + second
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(good), len(body), 0)
    shift = len(evil)  # a reader that counts back moves every offset by this much
    moved = entry(len(first) - shift, GOOD)
    return body + evil + moved + end


def _unicode_name(name: bytes) -> bytes:
    content = b"\1" + struct.pack("<I", zlib.crc32(b"archive/note.txt")) + name
    return _with_extra(0x7075, content, "archive/note.txt")


def _linked(target: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        info = zipfile.ZipInfo("model.pkl")
        info.external_attr = 0o120777 << 16
        file.writestr(info, target)
        file.writestr(zipfile.ZipInfo("other.pkl"), EVIL)
    return buffer.getvalue()


def _zeroed_name() -> bytes:
    data = archive(("model.pklXtxt", EVIL))
    return data.replace(b"model.pklX", b"model.pkl\0")


def _streamed(contradict: bool) -> bytes:
    """A member with a data descriptor, as writers to pipes make them."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, *_: int) -> int:
            raise OSError

    buffer = Pipe()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("model.pkl"), EVIL)
    data = buffer.getvalue()
    at = data.index(b"PK\7\x08")
    return _set(data, at + 8, "<I", 3) if contradict else data


def _overlapping() -> bytes:
    """Two entries for one record."""
    data = archive(("model.pkl", EVIL), ("other.pkl", GOOD))
    start = _central(data)
    second = start + 46 + len("model.pkl")
    return _set(_set(data, second + 42, "<I", 0), second + 20, "<2I", len(EVIL), len(EVIL))


def _zip64(entries: int, offset: int) -> bytes:
    """zip64 end records that say something else than the plain one."""
    start, size = _central(PLAIN), len(PLAIN) - 22 - _central(PLAIN)
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, start + size, 1)
    return PLAIN[:-22] + record + locator + PLAIN[-22:]


def tarred(*members: tuple[tarfile.TarInfo | str, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    """A tar archive of these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as file:
        for name, data in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _tar_link(kind: bytes, target: str) -> bytes:
    info = tarfile.TarInfo("link.pkl")
    info.type, info.linkname = kind, target
    return tarred((info, b""), ("model.pkl", EVIL))


def _broken_header() -> bytes:
    """A header that is none, where readers stop, between two members."""
    data = bytearray(tarred(("good.pkl", GOOD), ("between", b""), ("model.pkl", EVIL)))
    data[1024 + 148 : 1024 + 154] = b"777777"
    return bytes(data)


def _pax_size() -> bytes:
    info = tarfile.TarInfo("model.pkl")
    info.pax_headers = {"size": "5"}
    return tarred((info, EVIL), form=tarfile.PAX_FORMAT)


_tar = tarred(("model.pkl", EVIL))

LAYOUTS: Mapping[str, tuple[bytes, str]] = MappingProxyType(
    {
        "upper case alone": (checkpoint(("archive/DATA.PKL", EVIL)), "upper case"),
        "two cases, evil first": (checkpoint(("archive/DATA.PKL", EVIL), (PICKLE, GOOD)), "but for upper"),
        "two cases, evil last": (checkpoint((PICKLE, GOOD), ("archive/DATA.PKL", EVIL)), "but for upper"),
        "duplicate, evil first": (checkpoint((PICKLE, EVIL), (PICKLE, GOOD)), "torch.load takes the first"),
        "duplicate, evil last": (checkpoint((PICKLE, GOOD), (PICKLE, EVIL)), "torch.load takes the first"),
        "another local name": (
            PLAIN.replace(b"data.pkl", b"note.txt", 1),
            "another name in its local header",
        ),
        "another central name": (
            PLAIN[::-1].replace(b"data.pkl"[::-1], b"note.txt"[::-1], 1)[::-1],
            "another name in its local header",
        ),
        "a tensor's name in the directory alone": (
            archive((PICKLE, GOOD), ("archive/data.pk2", EVIL), *_REST)[::-1].replace(
                b"archive/data.pk2"[::-1], b"archive/data/007"[::-1], 1
            )[::-1],
            "another name in its local header",
        ),
        "another local method": (_set(PLAIN, 8, "<H", 8), "packed in another way"),
        "another central method": (_entry(10, "<H", 8), "packed in another way"),
        "an unknown central method": (_entry(10, "<H", 99), "packed in another way"),
        "another local size": (_set(PLAIN, 18, "<I", 3), "another size in its local header"),
        "another central size": (_entry(20, "<I", 3), "another size in its local header"),
        "two sizes of a stored member": (_entry(24, "<I", 3), "two different sizes"),
        "a local encryption bit": (_set(PLAIN, 6, "<H", 1), "is encrypted, says its local header alone"),
        "a central encryption bit": (_entry(8, "<H", 1), "is encrypted, says the directory"),
        "both encryption bits": (_both(6, 8, "<H", 1), "is encrypted, says the directory"),
        "a wrong central checksum": (_entry(16, "<I", 1), "checksum"),
        "a wrong checksum in both": (_both(14, 16, "<I", 1), "checksum of archive/data.pkl is wrong"),
        "bytes in front": (b"junk" * 100 + PLAIN, "before the first member"),
        "few bytes in front": (b"junk" + PLAIN, "before the first member"),
        "bytes behind": (PLAIN + b"x", "behind the end record"),
        "many bytes behind": (PLAIN + b"x" * 5000, "behind the end record"),
        "a pickle behind": (HONEST + EVIL, "a pickle stands at"),
        "a zip behind": (HONEST + checkpoint((PICKLE, EVIL)), "two directories"),
        "a zip in front": (checkpoint((PICKLE, EVIL)) + HONEST, "two directories"),
        "a zip far in front": (
            checkpoint((PICKLE, EVIL)) + archive((PICKLE, GOOD), ("archive/data/0", bytes(70_000))),
            "is in no directory",
        ),
        "a pickle in front": (EVIL + HONEST, "it reads as"),
        "a zip behind a pickle": (GOOD + PLAIN, "it reads as"),
        "a zip and bytes behind a pickle": (GOOD + PLAIN + b"junk" * 10, "it reads as"),
        "a legacy checkpoint and a zip": (
            pickle.dumps(0x1950A86A20F9469CFC6C, 2) + EVIL + HONEST,
            "reads as",
        ),
        "a hidden record": (_before_directory(local_record(b"archive/DATA.PKL", EVIL)), "is in no directory"),
        "a hidden packed record": (
            _before_directory(local_record(b"x.pkl", EVIL, method=8)),
            "is in no directory",
        ),
        "a hidden streamed record": (
            _before_directory(local_record(b"x.pkl", EVIL, flags=8, method=8)),
            "is in no directory",
        ),
        "a hidden stored and streamed record": (
            _before_directory(local_record(b"x.pkl", EVIL, flags=8)),
            "is in no directory",
        ),
        "a hidden pickle": (_before_directory(EVIL), "a pickle stands at"),
        "a hidden gzip": (_before_directory(gzip.compress(EVIL, mtime=0)), "gzip-compressed data stands at"),
        "a packed pickle": (
            checkpoint((PICKLE, EVIL), packed=PICKLE),
            "is compressed, which torch never does",
        ),
        "two roots": (checkpoint((PICKLE, GOOD), ("other/data.pkl", EVIL)), "under several roots"),
        "a pickle in the comment": (_commented(EVIL), "stands in the comment"),
        "a zip in the comment": (_commented(archive(("model.pkl", EVIL))), ""),
        "a pickle in a member's comment": (_commented(b"", EVIL), "stands in the comment of"),
        "a pickle in an extra field": (_with_extra(0xCAFE, EVIL, data=GOOD), "stands in extra field"),
        "a Unicode path": (_unicode_name(b"archive/data.pkl"), "Unicode path field"),
        "two directories": (_two_directories(), "two directories"),
        "too few members counted": (_set(PLAIN, len(PLAIN) - 14, "<2H", 1, 1), "counts 1 members"),
        "another disk": (_entry(34, "<H", 1), "another disk"),
        "zip64 without its field": (_entry(42, "<I", 0xFFFFFFFF), "zip64 field that is not there"),
        "zip64 records that count differently": (_zip64(1, _central(PLAIN)), "counts 1 members"),
        "a zip64 directory elsewhere": (_zip64(3, _central(PLAIN) + 62), "two directories"),
        "zip64 sizes that differ": (
            _with_extra(1, struct.pack("<2Q", 1, 1)),
            "other sizes in its zip64 field",
        ),
        "a descriptor that contradicts": (_streamed(contradict=True), "data descriptor"),
        "no end record": (PLAIN[: _central(PLAIN)], "no end record"),
        "a damaged end record": (PLAIN.replace(b"PK\5\6", b"PK\5\7"), "no end record"),
        "a damaged directory": (PLAIN.replace(b"PK\1\2", b"PK\1\3", 1), "is in no directory"),
        "a name that leads out": (archive(("../../model.pkl", EVIL)), "leads out of the archive"),
        "an absolute name": (archive(("/etc/model.pkl", EVIL)), "leads out of the archive"),
        "a name with a drive": (archive(("C:\\model.pkl", EVIL)), "leads out of the archive"),
        "a name that ends early": (_zeroed_name(), "behind a zero byte"),
        "a link out": (_linked(b"/etc/passwd"), "is a symbolic link to /etc/passwd, which leads out"),
        "members that overlap": (_overlapping(), "members overlap"),
        "a size beyond the file": (
            _both(18, 20, "<2I", 0x7FFFFFF0, 0x7FFFFFF0),
            "reaches beyond the end of the file",
        ),
        "a folder with content": (archive(("model.pkl/", EVIL)), ""),
        "a tar with a link out": (
            _tar_link(tarfile.SYMTYPE, "../../x"),
            "symbolic link to ../../x, which leads out",
        ),
        "a tar with a hard link out": (_tar_link(tarfile.LNKTYPE, "/etc/passwd"), "hard link to /etc/passwd"),
        "a tar with a device": (_tar_link(tarfile.CHRTYPE, ""), "is a device"),
        "a tar with a name that leads out": (tarred(("../model.pkl", EVIL)), "leads out of the archive"),
        "a tar with a duplicate": (tarred(("m.pkl", GOOD), ("m.pkl", EVIL)), "two members are called m.pkl"),
        "a tar behind a tar": (tarred(("m.pkl", GOOD)) + _tar, "members stand behind the end"),
        "a tar with a broken header": (_broken_header(), "behind a broken header"),
        "a pickle behind a tar": (tarred(("m.pkl", GOOD)) + EVIL, "a pickle, stand behind the members"),
        "a tar with two sizes": (_pax_size(), "another size in its extended header"),
        "a tar of an unknown type": (_tar.replace(b"ustar", b"XXXXX"), ""),
        "a pickle behind blanks": (b"\0\r\n  " + EVIL, "behind 5 other bytes"),
        "a pickle behind a byte order mark": (
            b"\xef\xbb\xbf" + pickle.dumps(Payload(), 0),
            "behind 3 other bytes",
        ),
        "a pickle behind junk": (b"\x01\x02 not a pickle \xff" * 9 + EVIL, "other bytes"),
        "a pickle behind compressed data": (
            gzip.compress(GOOD, mtime=0) + EVIL,
            "stand behind the compressed data",
        ),
    }
)
"""The bytes, and words that one finding of high severity names the layout by (none: it is not odd)."""
