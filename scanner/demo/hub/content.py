"""The bytes of one file of a repository: given whole, or made where they are asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

CHUNK = 1 << 18
LARGE_SUFFIXES = (
    ".bin", ".ckpt", ".gguf", ".h5", ".joblib", ".keras", ".model", ".msgpack", ".npy", ".npz", ".onnx",
    ".parquet", ".pb", ".pickle", ".pkl", ".pt", ".pth", ".safetensors", ".tar", ".tflite", ".zip",
)  # fmt: skip
"""Names that the ``.gitattributes`` of a new repository sends to the large storage."""

LARGE_SIZE = 10 << 20
"""Files from this size on go there whatever their name."""


@dataclass(frozen=True)
class Content:
    """``size`` bytes that ``read(offset, length)`` gives; ``sha256`` is what the Hub declares of them."""

    size: int
    read: Callable[[int, int], bytes]
    sha256: str
    large: bool

    @cached_property
    def pointer(self) -> bytes:
        """The Git LFS pointer that git holds in its place."""
        text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {self.size}\n"
        return text.encode("ascii")

    @cached_property
    def oid(self) -> str:
        """The git object id: of the pointer where the bytes are in the large storage."""
        return git_oid("blob", self.pointer if self.large else self.read(0, self.size))

    def chunks(self, offset: int, length: int) -> Iterator[bytes]:
        """``length`` bytes from ``offset``."""
        for start in range(offset, offset + length, CHUNK):
            yield self.read(start, min(CHUNK, offset + length - start))


def given(path: str, data: bytes, *, large: bool | None = None) -> Content:
    """A file of known bytes; by default its name and size say whether it goes to the large storage."""
    if large is None:
        large = path.lower().endswith(LARGE_SUFFIXES) or len(data) >= LARGE_SIZE
    digest = hashlib.sha256(data).hexdigest()
    return Content(len(data), lambda offset, length: data[offset : offset + length], digest, large)


def sparse(size: int, extents: Mapping[int, bytes], *, sha256: str | None = None) -> Content:
    """A large file that is zero apart from ``extents`` (offset → bytes, disjoint); it costs no memory.

    Unless ``sha256`` is given, the declared digest is one of this description and not of the bytes.
    """
    parts = sorted(extents.items())

    def read(offset: int, length: int) -> bytes:
        length = max(0, min(length, size - offset))
        made = bytearray(length)
        for start, data in parts:
            low, high = max(start, offset), min(start + len(data), offset + length)
            if low < high:
                made[low - offset : high - offset] = data[low - start : high - start]
        return bytes(made)

    return Content(size, read, sha256 or hashlib.sha256(repr((size, parts)).encode()).hexdigest(), large=True)


def git_oid(kind: str, data: bytes) -> str:
    """The SHA-1 object id that git gives to ``data``."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) + data, usedforsecurity=False).hexdigest()
