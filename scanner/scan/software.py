"""The software part of the SBOM: which manifests are needed, and what the feeders say of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from scanner.evidence import REGULAR_MODES, BlobRequest, Evidence, TreeEntry
from scanner.sbom import manifests, software
from scanner.sbom.feeders.syft import locate
from scanner.scan.kept import Kept
from scanner.scan.looking import Looker

MANIFEST_LIMIT = 64 << 20
"""A dependency manifest larger than this is not read; the composition says so."""


def gather(evidence: Evidence, looker: Looker, kept: Kept, syft: str | None) -> software.Software | None:
    """Software out of head's manifests; ``None`` while some of them are still to come."""
    entries = evidence.tree(evidence.manifest.head_tree)
    by_path = {entry.path: entry for entry in entries if entry.mode in REGULAR_MODES}
    wanted = manifests.wanted(by_path)
    files: dict[str, bytes] = {}
    warnings: list[str] = []
    while True:
        pending = False
        for path in wanted:
            if path not in files and path in by_path:
                data, waiting = _bytes(evidence, looker, by_path[path])
                pending |= waiting
                if data is not None:
                    files[path] = data
                elif not waiting:
                    warnings.append(f"{path} could not be read; what it lists is missing")
        if pending:
            return None
        found = _collect(kept, files, syft)
        wanted = [path for path in found.missing_includes if path in by_path and path not in files]
        if not wanted:
            return replace(
                found, complete=found.complete and not warnings, warnings=(*found.warnings, *warnings)
            )


def _bytes(evidence: Evidence, looker: Looker, entry: TreeEntry) -> tuple[bytes | None, bool]:
    """The manifest, and whether it is still to come."""
    key = f"git:{entry.oid}"
    data = evidence.read(key, MANIFEST_LIMIT)
    if data is not None or (entry.size or 0) > MANIFEST_LIMIT:
        return data, False
    return None, looker.ask(BlobRequest(oid=entry.oid)) is None


def _collect(kept: Kept, files: dict[str, bytes], syft: str | None) -> software.Software:
    made_from = sorted((path, hashlib.sha256(data).hexdigest()) for path, data in files.items())
    known = kept.get("software", made_from, syft)
    if known is not None:
        return software.Software.from_json(known)
    found = software.collect(files, locate(syft))
    kept.put(found.to_json(), "software", made_from, syft)
    return found
