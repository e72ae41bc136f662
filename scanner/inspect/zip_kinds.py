"""Which model format a zip archive is, by the names of its members, and which members are mere data in it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from scanner.inspect import member_roles as roles
from scanner.inspect.examination import Examination, Handler, Item
from scanner.inspect.stream import Stream

_RAW_TENSOR = re.compile(r"[^/]+/(?:data|constants)/\d+\Z")
_TORCH_PICKLE = re.compile(r"[^/]+/data\.pkl\Z")
_TORCHSCRIPT = re.compile(r"[^/]+/(?:constants\.pkl\Z|code/)")

_PT2 = re.compile(r"(?:[^/]+/)?(?:archive_format|models/[^/]+\.json|serialized_exported_program\.json)\Z")
_PT2_DATA = re.compile(r"(?:[^/]+/)?data/(?:weights|constants)/(?:weight|tensor)_\d+\Z")
_PROGRAM = re.compile(r"[^/]+/code/")
_KERAS_PARTS = frozenset({"metadata.json", "model.weights.h5"})
_KERAS_WEIGHTS = re.compile(r"model(?:_\d+)?\.weights\.h5\Z")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of archive: its format, its members that nothing unpickles, and who reads special members."""

    format: str
    data: re.Pattern[str] | None = None
    special: tuple[tuple[re.Pattern[str], Handler], ...] = ()
    """Members that this kind gives a meaning of their own, by lower-case name, and who looks at them."""
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

    def look(self, examination: Examination, stream: Stream, name: str, path: str, depth: int) -> bool:
        """Look at a member that this kind gives a meaning of its own; whether it was one.

        Raises:
            Unreadable: it is not what it is said to be.
        """
        lower = name.lower()
        handler = next((handler for pattern, handler in self.special if pattern.match(lower)), None)
        if handler is None:
            return False
        handler(examination, Item(self.format, stream, name.rsplit("/", 1)[-1], path, depth))
        return True


def _member(pattern: str, handler: Handler) -> tuple[re.Pattern[str], Handler]:
    return re.compile(pattern), handler


_SCRIPT = (
    _member(r"[^/]+/code/.*\.py\Z", roles.look_at_torchscript_code),
    _member(r"[^/]+/extra/", roles.look_at_extra_text),
)
_EXPORTED = (
    _member(r"(?:[^/]+/)?models/[^/]+\.json\Z", roles.look_at_exported_program),
    _member(r"(?:[^/]+/)?serialized_exported_program\.json\Z", roles.look_at_exported_program),
    _member(r"(?:[^/]+/)?extra/", roles.look_at_extra_text),
)
_KERAS = (
    _member(r"config\.json\Z", roles.look_at_keras_config),
    _member(r"metadata\.json\Z", roles.look_at_keras_metadata),
)
_SKOPS = (_member(r"schema\.json\Z", roles.look_at_skops_schema),)
_MAR = (
    _member(r"mar-inf/manifest\.json\Z", roles.look_at_mar_manifest),
    _member(r".*\.py\Z", roles.look_at_bundled_python),
)

_Test = Callable[[list[str]], bool]
_KINDS: tuple[tuple[_Test, Kind], ...] = (
    (
        lambda names: any(map(_TORCHSCRIPT.match, names)) and any(map(_TORCH_PICKLE.match, names)),
        Kind("torchscript", _RAW_TENSOR, special=_SCRIPT, packed=_PROGRAM),
    ),
    (lambda names: any(map(_TORCH_PICKLE.match, names)), Kind("torch-zip", _RAW_TENSOR)),
    (lambda names: any(map(_PT2.match, names)), Kind("pt2", _PT2_DATA, special=_EXPORTED)),
    (lambda names: "mar-inf/manifest.json" in names, Kind("mar", special=_MAR)),
    (
        lambda names: "config.json" in names and not _KERAS_PARTS.isdisjoint(names),
        Kind("keras", special=_KERAS, lazy=_KERAS_WEIGHTS),
    ),
    (lambda names: "schema.json" in names, Kind("skops", special=_SKOPS)),
    (lambda names: bool(names) and all(name.endswith(".npy") for name in names), Kind("npz")),
)
_ZIP = Kind("zip")


def kind_of(names: list[str]) -> Kind:
    """The kind of archive with these members; names are compared as PyTorch does, without regard to case."""
    lower = [name.lower() for name in names if not name.endswith("/")]
    return next((kind for test, kind in _KINDS if test(lower)), _ZIP)
