"""What collect hands to scan: the evidence directory. What scan asks in return is in :mod:`scanner.exchange`.

Layout of an evidence directory::

    manifest.json       Manifest
    trees/<name>        'git ls-tree -r -l -z --full-tree' as git printed it: opaque to collect
    objects/<key>       the bytes of one object at their own offsets; what was not collected is a hole

collect writes it and never looks into the bytes; scan reads it and never writes it. Both JSON formats are
pydantic models whose schemas are committed under ``docs/schemas/``.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from scanner.domain import Change, HubType, Noun, PathChange, Sha256
from scanner.exchange import Answer, ByteCount, Extent, HexSha256, HubId, HubRevision, Key, Oid
from scanner.words import CONFIG_PATH

WHOLE = 1 << 20
"""An object up to this size is whole in the first answer."""

EDGE = 64 << 10
"""Of a larger object the first answer holds this much of its beginning and of its end."""

REGULAR_MODES = frozenset({"100644", "100755", "100664"})
SYMLINK_MODE = "120000"
SUBMODULE_MODE = "160000"


class StoredObject(Noun):
    """One object of the evidence: how large it is, which bytes of it are here, and who says its digest."""

    key: Key
    size: ByteCount
    extents: list[Extent] = Field(description="collected byte ranges, sorted, disjoint, not adjacent")
    sha256: HexSha256 | None = None
    sha512: str | None = None
    digest_origin: Literal["computed", "declared"] | None = None
    declared_by: str | None = None

    @property
    def whole(self) -> bool:
        """True when every byte is here."""
        return self.size == 0 or self.extents == [(0, self.size)]


class Side(Noun):
    """A path on one side of the change."""

    mode: str
    oid: str
    key: Key | None = Field(None, description="null where there are no bytes: a submodule")
    size: ByteCount | None = None


class ChangedPath(Noun):
    """One path that differs between merge base and head (or that is looked at for itself).

    A path that is not valid UTF-8 is written with ``\\xNN`` for each such byte and doubled backslashes.
    """

    path: str
    previous_path: str | None = None
    change: PathChange
    old: Side | None = None
    new: Side | None = None
    added_lines: list[tuple[int, int]] | None = Field(
        None, description="first line and number of lines of each added range; null when not known"
    )


class Uncommitted(Noun):
    """A file of the working tree that differs from the index or is not tracked."""

    path: str
    key: Key


class Tree(Noun):
    """A tree listing: ``file`` is its name under ``trees/``."""

    oid: Oid
    file: str


class BaseConfig(Noun):
    """Where the configuration came from; ``key`` is null when there is none."""

    source: Literal["base", "head", "file", "central", "default"] = "default"
    path: str = CONFIG_PATH
    key: Key | None = None


class EventFacts(Noun):
    """What the runner says of the event; everything is null at a desk."""

    name: str | None = None
    pull_request: int | None = None
    fork: bool | None = None


class Inputs(Noun):
    """What the caller asked for; null means that the configuration or the default decides."""

    fail_on_severity: Literal["info", "low", "medium", "high", "critical", "never"] | None = None
    fail_on_incomplete: bool | None = None
    fail_on_vulnerability: Literal["info", "low", "medium", "high", "critical", "never"] | None = None
    sbom: Literal["auto", "always", "never"] | None = None
    sbom_version: Literal["1.6", "1.7"] = "1.6"
    sbom_author: str | None = Field(None, description="who answers for the SBOM: a name, an e-mail or a URL")
    spdx: bool = False
    offline: bool = False
    osv: bool = Field(False, description="whether there is a vulnerability database that can be asked")


class HubNamed(Noun):
    """One Hub repository that the caller named itself."""

    repo_type: HubType
    repo_id: HubId
    revision: HubRevision | None = None


class HubSpent(Noun):
    """What was spent on the Hub so far: the budgets are for the whole run."""

    requests: int = 0
    bytes: ByteCount = 0
    seconds: float = 0


class Manifest(Noun):
    """``manifest.json``: everything collect knows, apart from the bytes."""

    schema_version: Literal["1"] = "1"
    policy_date: date = Field(description="the collecting machine's date; exceptions expire against it")
    document_time: int = Field(description="seconds since 1970: SOURCE_DATE_EPOCH or the head commit's date")
    change: Change
    event: EventFacts = Field(default_factory=EventFacts)
    inputs: Inputs = Field(default_factory=Inputs)
    config: BaseConfig = Field(default_factory=BaseConfig)
    base_tree: Tree | None = None
    head_tree: Tree | None = None
    paths: list[ChangedPath] = []
    named: list[HubNamed] = Field([], description="repositories that the caller named")
    uncommitted: list[Uncommitted] = []
    uncommitted_more: int = Field(0, description="uncommitted files beyond those listed")
    objects: list[StoredObject] = []
    answers: list[Answer] = []
    base_missing: str | None = Field(
        None, description="why there is no base to compare with, if one was asked for"
    )
    warnings: list[str] = []
    lfs_fetched: ByteCount = Field(0, description="bytes of Git LFS that were fetched from a server so far")
    hub_spent: HubSpent = Field(default_factory=HubSpent)


class TreeEntry(NamedTuple):
    """One line of a tree listing."""

    mode: str
    oid: str
    size: int | None
    path: str


def display_path(raw: bytes) -> str:
    """A path as text: itself when it is UTF-8, else with ``\\xNN`` escapes and doubled backslashes."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def write_aside(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all: aside, flushed, renamed.

    Raises:
        OSError: the disk is full or the directory cannot be written; nothing is left behind.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


@dataclass(frozen=True)
class Evidence:
    """A read-only view of an evidence directory."""

    root: Path
    manifest: Manifest
    index: dict[str, StoredObject]

    @classmethod
    def open(cls, root: Path) -> Evidence:
        """Read and validate the manifest.

        Raises:
            OSError: there is no manifest.
            pydantic.ValidationError: the manifest is not one.
        """
        manifest = Manifest.model_validate_json((root / "manifest.json").read_bytes())
        return cls(root, manifest, {stored.key: stored for stored in manifest.objects})

    def object(self, key: str | None) -> StoredObject | None:
        """The object of that key, if any byte or the mere size of it was collected."""
        return self.index.get(key) if key else None

    def location(self, key: str) -> Path:
        """Where the bytes of an object are; the file exists for every listed object."""
        return object_path(self.root, key)

    def read(self, key: str | None, limit: int) -> bytes | None:
        """The whole object when it is here whole and no larger than ``limit`` bytes, else ``None``."""
        stored = self.object(key)
        if stored is None or not stored.whole or stored.size > limit:
            return None
        return self.location(stored.key).read_bytes()

    def tree(self, tree: Tree | None) -> Iterator[TreeEntry]:
        """The entries of a tree listing, in git's order."""
        if tree is None:
            return
        for record in (self.root / "trees" / Path(tree.file).name).read_bytes().split(b"\0"):
            if record:
                head, _, path = record.partition(b"\t")
                mode, _kind, oid, size = head.decode("ascii").split()
                yield TreeEntry(mode, oid, int(size) if size.isdigit() else None, display_path(path))


def object_path(root: Path, key: str) -> Path:
    """Where an evidence directory keeps the object of ``key``."""
    return root / "objects" / key.replace(":", "-")


def edges(size: int) -> list[tuple[int, int]]:
    """The first answer for an object of ``size`` bytes: all of a small one, both ends of a large one."""
    if size <= WHOLE:
        return [(0, size)] if size else []
    return [(0, EDGE), (size - EDGE, EDGE)]


def merge_extents(extents: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same bytes as sorted, disjoint, non-adjacent ranges; empty ranges vanish."""
    merged: list[tuple[int, int]] = []
    for offset, length in sorted(extent for extent in extents if extent[1] > 0):
        if merged and offset <= merged[-1][0] + merged[-1][1]:
            start, size = merged[-1]
            merged[-1] = (start, max(size, offset + length - start))
        else:
            merged.append((offset, length))
    return merged


def sha256_hex(data: bytes) -> Sha256:
    """SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
