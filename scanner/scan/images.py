"""The container images that both sides of a change name: their files gathered, read in workers."""

from __future__ import annotations

from typing import Any

from scanner.evidence import REGULAR_MODES, Evidence, Tree
from scanner.exchange import BlobRequest
from scanner.sbom import containers, manifests
from scanner.sbom.part import Part
from scanner.scan.asking import Asking
from scanner.scan.workshop import Job, Workshop

_MOST = 200
_LARGEST = 1 << 20
"""Bytes of a file that names images."""


def head_and_base(evidence: Evidence, asking: Asking, workshop: Workshop) -> tuple[Part | None, Part | None]:
    """The images of head, and those of the base where there is one; ``None`` while bytes are to come."""
    manifest = evidence.manifest
    head = _of(evidence, asking, workshop, manifest.head_tree) if manifest.head_tree else None
    base = _of(evidence, asking, workshop, manifest.base_tree) if manifest.base_tree else None
    return head, base


def _of(evidence: Evidence, asking: Asking, workshop: Workshop, tree: Tree) -> Part | None:
    entries = [
        entry
        for entry in evidence.tree(tree)
        if entry.mode in REGULAR_MODES and manifests.names_images(entry.path)
    ]
    entries.sort(key=lambda entry: (entry.path.count("/"), entry.path))
    gaps = []
    if len(entries) > _MOST:
        gaps.append(
            f"{len(entries) - _MOST} files that name container images were left out: more than {_MOST}"
        )
    jobs = []
    pending = False
    for entry in entries[:_MOST]:
        key = f"git:{entry.oid}"
        stored = evidence.object(key)
        if (entry.size or 0) > _LARGEST:
            gaps.append(f"{entry.path} is larger than {_LARGEST} bytes; its images were not read")
        elif stored is not None and stored.whole:
            data = str(evidence.location(key).absolute())
            jobs.append(Job("images", {"path": entry.path, "data": data}, (key, entry.path)))
        elif (answer := asking.ask(BlobRequest(oid=entry.oid))) is not None:
            gaps.append(f"{entry.path} was not read: {answer.detail}")
        else:
            pending = True
    if pending:
        return None
    found = []
    for job, value in zip(jobs, workshop.results(jobs, _died), strict=True):
        path = job.input["path"]
        gaps += [gap if gap.startswith(path) else f"{path}: {gap}" for gap in value["gaps"]]
        found += [
            containers.Image(path, **{**image, "arguments": tuple(image["arguments"])})
            for image in value["images"]
        ]
    return containers.containers(found, gaps)


def _died(reason: str) -> dict[str, Any]:
    return {"images": [], "gaps": [f"its images were not read: that ended the worker: {reason}"]}
