"""Which model format a zip archive is, by the names of its members, and which members are mere data in it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from scanner.inspect.examination import Examination
from scanner.inspect.readers.keras import read_keras_config
from scanner.inspect.stream import Stream

_RAW_TENSOR = re.compile(r"[^/]+/(?:data|constants)/\d+\Z")
_TORCH_PICKLE = re.compile(r"[^/]+/data\.pkl\Z")
_TORCHSCRIPT = re.compile(r"[^/]+/(?:constants\.pkl\Z|code/)")

_PROGRAM = re.compile(r"[^/]+/code/")
_KERAS_WEIGHTS = re.compile(r"model(?:_\d+)?\.weights\.h5\Z")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of archive: its format, its members that nothing unpickles, and who reads a special member."""

    format: str
    data: re.Pattern[str] | None = None
    special: str = ""
    unread_members: tuple[tuple[str, str], ...] = ()
    """Endings of member names that act and that nobody reads yet, and what they are."""
    lazy: re.Pattern[str] | None = None
    """Large members that are read where they lie, when they are stored: fetched only as far as needed."""
    packed: re.Pattern[str] | None = None
    """Members that the kind's writer compresses; all others it stores."""

    def is_data(self, name: str) -> bool:
        """Whether a member is raw tensors, which the loader never interprets."""
        return self.data is not None and self.data.match(name) is not None

    def is_lazy(self, info: zipfile.ZipInfo) -> bool:
        """Whether a member is read where it lies."""
        stored = info.compress_type == zipfile.ZIP_STORED
        return stored and self.lazy is not None and self.lazy.match(info.filename) is not None

    def may_be_packed(self, name: str) -> bool:
        """Whether the writer of such archives compresses this member."""
        return self.packed is not None and self.packed.match(name) is not None

    def look(self, examination: Examination, stream: Stream, name: str, path: str) -> bool:
        """Look at the one member that this kind gives a meaning of its own; whether this was it."""
        if not self.special or name.lower() != self.special:
            return False
        examination.reading(path, read_keras_config(stream))
        return True

    def unread(self, names: list[str]) -> list[str]:
        """What in the archive can act and is read by nobody yet."""
        return [
            what
            for ending, what in self.unread_members
            if any(name.lower().endswith(ending) for name in names)
        ]


_TORCHSCRIPT_PROGRAM = ((".py", "the TorchScript program under code/"),)
_HANDLERS = ((".py", "the Python handlers of a TorchServe archive"),)
_SCHEMA = (("schema.json", "the types that a skops schema names"),)

_Test = Callable[[list[str]], bool]
_KINDS: tuple[tuple[_Test, Kind], ...] = (
    (
        lambda names: any(map(_TORCHSCRIPT.match, names)) and any(map(_TORCH_PICKLE.match, names)),
        Kind("torchscript", _RAW_TENSOR, unread_members=_TORCHSCRIPT_PROGRAM, packed=_PROGRAM),
    ),
    (lambda names: any(map(_TORCH_PICKLE.match, names)), Kind("torch-zip", _RAW_TENSOR)),
    (lambda names: "mar-inf/manifest.json" in names, Kind("mar", unread_members=_HANDLERS)),
    (
        lambda names: {"config.json", "metadata.json"} <= set(names),
        Kind("keras", special="config.json", lazy=_KERAS_WEIGHTS),
    ),
    (lambda names: "schema.json" in names, Kind("skops", unread_members=_SCHEMA)),
    (lambda names: bool(names) and all(name.endswith(".npy") for name in names), Kind("npz")),
)
_ZIP = Kind("zip")


def kind_of(names: list[str]) -> Kind:
    """The kind of archive with these members; names are compared as PyTorch does, without regard to case."""
    lower = [name.lower() for name in names if not name.endswith("/")]
    return next((kind for test, kind in _KINDS if test(lower)), _ZIP)
