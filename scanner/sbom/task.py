"""Documents that others made, read in a worker: what is wrong with one, what it has, what two differ in.

A *task* of :mod:`scanner.worker`; a job names files, and its outcome is JSON.
"""

from __future__ import annotations

import os
import stat
from typing import Any

from scanner.sbom.completeness.evaluate import profiles
from scanner.sbom.diff import diff
from scanner.sbom.validate import MAX_BYTES, VERSIONS, NotADocument, defects, parse

TASK = "scanner.sbom.task:read"

_OTHERS = {
    b"<": "; XML documents are not read: convert it to JSON",
    b"SPDXVersion:": "; this is SPDX, another format",
}
"""How other formats of bills of materials begin, and what is said of them."""


def read(job: dict[str, Any]) -> dict[str, Any]:
    """``check``: one path; ``diff``: two paths. ``wrong`` in the answer says why there is none."""
    try:
        documents = [_document(path) for path in job["paths"]]
    except NotADocument as error:
        return {"wrong": str(error)}
    if job["kind"] == "diff":
        return {"changes": [change.model_dump(mode="json") for change in diff(*documents)]}
    (document,) = documents
    return {
        "spec_version": document["specVersion"],
        "components": _count(document.get("components")),
        "defects": defects(document),
        "profiles": [profile.model_dump(mode="json") for profile in profiles(document)],
    }


def _document(path: str) -> dict[str, Any]:
    """The document in a file.

    Raises:
        NotADocument: there is none; the text says why.
    """
    try:
        data = _bytes(path)
    except OSError as error:
        raise NotADocument(f"{path}: {error.strerror}") from None
    try:
        document = parse(data)
    except NotADocument as error:
        hint = next((said for mark, said in _OTHERS.items() if data.lstrip().startswith(mark)), "")
        raise NotADocument(f"{path}: {error}{hint}") from None
    if document.get("bomFormat") != "CycloneDX" or document.get("specVersion") not in VERSIONS:
        hint = "; SPDX is another format" if "spdxVersion" in document or "@context" in document else ""
        raise NotADocument(
            f"{path}: this is no CycloneDX JSON document of version {VERSIONS[0]} to {VERSIONS[-1]}{hint}"
        )
    return document


def _bytes(path: str) -> bytes:
    """What is in a regular file, up to one byte too many; a pipe or a device could keep us waiting.

    Raises:
        OSError: it cannot be read.
        NotADocument: it is no regular file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotADocument(f"{path}: this is no regular file; name a JSON document")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)


def _count(value: Any) -> int:
    """Components at any depth; iterative, so that depth cannot hurt."""
    waiting, count = [value], 0
    while waiting:
        listed = waiting.pop()
        for node in listed if isinstance(listed, list) else ():
            count += 1
            if isinstance(node, dict):
                waiting.append(node.get("components"))
    return count
