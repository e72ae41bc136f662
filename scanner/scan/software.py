"""The software of both sides of a change: their manifests gathered and read together, each tree only once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib.metadata import version

from scanner.evidence import REGULAR_MODES, Evidence, Tree, TreeEntry
from scanner.exchange import BlobRequest
from scanner.sbom import manifests, software
from scanner.scan.asking import Asking
from scanner.scan.kept import Kept

_LIBRARIES = ("cyclonedx-bom", "packaging")
"""Feeders whose answers depend on their version; syft's is that of the binary."""


@dataclass
class Manifests:
    """The manifests of one side, and in words what is missing from it."""

    files: dict[str, bytes] = field(default_factory=dict)
    oids: dict[str, str] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)
    pending: bool = False
    """Whether bytes are still to come."""


def head_and_base(
    evidence: Evidence, asking: Asking, kept: Kept, syft: str | None
) -> tuple[software.Software | None, software.Software | None]:
    """The software of head, and that of the base where there is one.

    Both are ``None`` while manifests of either are still to come. What was found for the same manifests, on
    the other side or in an earlier round, is not looked for again; what has to be, for both sides at once.

    Args:
        evidence: both trees, and the manifests as far as they are here.
        asking: is told which are missing.
        kept: the results of earlier rounds.
        syft: the binary (:func:`scanner.sbom.feeders.syft.locate`), or ``None``.
    """
    manifest = evidence.manifest
    sides = [
        gather(evidence, asking, tree) if tree else None for tree in (manifest.head_tree, manifest.base_tree)
    ]
    if any(side.pending for side in sides if side):
        return None, None
    tools = (_identity(syft), [version(name) for name in _LIBRARIES])
    keys = [(sorted(side.oids.items()), side.gaps, tools) if side else None for side in sides]
    found: list[software.Software | None] = [None, None]
    waiting: list[int] = []
    for number, key in enumerate(keys):
        if key is not None and (value := kept.get("software", *key)) is not None:
            found[number] = software.Software.from_json(value)
        elif key is not None and key not in [keys[each] for each in waiting]:
            waiting.append(number)
    given = [(number, side) for number in waiting if (side := sides[number])]
    results = software.collect_all([software.Side(side.files, side.gaps) for _, side in given], syft)
    for (number, _), result in zip(given, results, strict=True):
        kept.put(result.to_json(), "software", *(keys[number] or ()))
        for same in [each for each in range(len(keys)) if keys[each] == keys[number]]:
            found[same] = result
    return found[0], found[1]


def gather(evidence: Evidence, asking: Asking, tree: Tree) -> Manifests:
    """The manifests of a tree and what they include; what is not here yet is asked for."""
    by_path = {entry.path: entry for entry in evidence.tree(tree) if entry.mode in REGULAR_MODES}
    found = Manifests(gaps=manifests.gaps(by_path))
    wanted = manifests.wanted(by_path)
    tried: set[str] = set()
    while wanted:
        for path in wanted:
            _take(evidence, asking, by_path[path], found)
        tried.update(wanted)
        included = software.missing_includes(found.files)
        wanted = [path for path in included if path in by_path and path not in tried]
    return found


def _take(evidence: Evidence, asking: Asking, entry: TreeEntry, found: Manifests) -> None:
    data = evidence.read(f"git:{entry.oid}", manifests.MAX_FILE_BYTES)
    if data is not None:
        found.files[entry.path] = data
        found.oids[entry.path] = entry.oid
    elif (entry.size or 0) > manifests.MAX_FILE_BYTES:
        found.gaps.append(f"{entry.path} is larger than {manifests.MAX_FILE_BYTES} bytes and was not read")
    else:
        answer = asking.ask(BlobRequest(oid=entry.oid))
        if answer is not None:
            found.gaps.append(f"{entry.path} was not read: {answer.detail}")
        found.pending = found.pending or answer is None


def _identity(binary: str | None) -> tuple[str, int, int] | None:
    """Which program it is, without running it; within one run, that is enough."""
    if binary is None:
        return None
    about = os.stat(binary)
    return os.path.realpath(binary), about.st_size, about.st_mtime_ns
