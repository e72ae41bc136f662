"""The storages that a legacy torch checkpoint declares in its pickle: the bytes that follow the pickles.

``torch.save`` before 1.6 (and with ``_use_new_zipfile_serialization=False``) names each storage by a
persistent id ``("storage", type, key, location, elements, view)``. Behind the pickles it writes for every key
eight bytes with the number of elements and then the elements. Source: ``_legacy_save``.
"""

from __future__ import annotations

from typing import Any

from scanner.inspect import limits

_COUNT = 8
_MODULES = frozenset({"torch", "torch.cuda", "torch.storage"})
_SIZES = {
    "DoubleStorage": 8,
    "FloatStorage": 4,
    "HalfStorage": 2,
    "BFloat16Storage": 2,
    "LongStorage": 8,
    "IntStorage": 4,
    "ShortStorage": 2,
    "CharStorage": 1,
    "ByteStorage": 1,
    "BoolStorage": 1,
    "ComplexDoubleStorage": 16,
    "ComplexFloatStorage": 8,
    "QInt8Storage": 1,
    "QUInt8Storage": 1,
    "QInt32Storage": 4,
    "QUInt4x2Storage": 1,
    "QUInt2x4Storage": 1,
    "UntypedStorage": 1,
}
"""Bytes an element takes, by the name of the storage's class."""


class Storages:
    """The storages of one pickle by their keys, as far as every persistent id is one."""

    def __init__(self) -> None:
        self.known = True
        """False when something else was persisted, or the same key twice with two sizes."""
        self._bytes: dict[str, int] = {}

    def note(self, identity: Any) -> None:
        """Take in one persistent id, as the walk has it on its stack."""
        if not self.known or _is_class(identity):
            return
        found = _storage(identity)
        if found is None or len(self._bytes) >= limits.LEGACY_STORAGES:
            self.known = False
            return
        key, size = found
        self.known = self._bytes.setdefault(key, size) == size

    @property
    def length(self) -> int:
        """Bytes that all of them take in the file."""
        return sum(_COUNT + size for size in self._bytes.values())


def _is_class(identity: Any) -> bool:
    """Whether it is a module's class with its source, which no bytes behind the pickles belong to."""
    return isinstance(identity, tuple) and len(identity) == 4 and identity[0] == "module"


def _storage(identity: Any) -> tuple[str, int] | None:
    """Key and size in bytes; ``None`` when it is no storage that torch writes."""
    if not isinstance(identity, tuple) or len(identity) not in (5, 6) or identity[0] != "storage":
        return None
    _, kind, key, location, elements, *_ = identity
    size = _SIZES.get(getattr(kind, "name", ""))
    if size is None or getattr(kind, "module", "") not in _MODULES or not isinstance(location, str):
        return None
    if not isinstance(key, str) or type(elements) is not int or not 0 <= elements < 1 << 53:
        return None
    return key, elements * size
