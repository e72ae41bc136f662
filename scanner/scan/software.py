"""The dependency manifests of head: which are needed, and their bytes."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.evidence import REGULAR_MODES, Evidence, TreeEntry
from scanner.exchange import BlobRequest
from scanner.sbom import manifests, software
from scanner.scan.asking import Asking


@dataclass
class Manifests:
    """Repository path to bytes, and in words what is missing from it."""

    files: dict[str, bytes] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)


def gather(evidence: Evidence, asking: Asking) -> Manifests:
    """The manifests of head and what they include; what is not here yet is asked for."""
    entries = evidence.tree(evidence.manifest.head_tree)
    by_path = {entry.path: entry for entry in entries if entry.mode in REGULAR_MODES}
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
    elif (entry.size or 0) > manifests.MAX_FILE_BYTES:
        found.gaps.append(f"{entry.path} is larger than {manifests.MAX_FILE_BYTES} bytes and was not read")
    else:
        answer = asking.ask(BlobRequest(oid=entry.oid))
        if answer is not None:
            found.gaps.append(f"{entry.path} was not read: {answer.detail}")
