"""Changes to what decides: the configuration, and the workflows that call the action or the program."""

from __future__ import annotations

import re

from scanner.evidence import ChangedPath, Evidence, Side
from scanner.words import CONFIG_PATH

_WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml\Z")
_NAME = b"modelward"
"""A mention anywhere counts, in a comment too: to announce one file too many does no harm."""

_LIMIT = 1 << 20
"""Bytes; GitHub takes no workflow that is larger."""


def changes_of_policy(evidence: Evidence) -> list[str]:
    """The paths of the change that decide whether and how Modelward judges, sorted."""
    manifest = evidence.manifest
    if manifest.change.merge_base is None:
        return []
    return sorted({path.path for path in manifest.paths if _decides(evidence, path)})


def _decides(evidence: Evidence, path: ChangedPath) -> bool:
    names = {path.path, path.previous_path}
    if CONFIG_PATH in names:
        return True
    if not any(name and _WORKFLOW.match(name) for name in names):
        return False
    return _mentions(evidence, path.old) or _mentions(evidence, path.new)


def _mentions(evidence: Evidence, side: Side | None) -> bool:
    data = evidence.read(side.key, _LIMIT) if side else None
    return data is not None and _NAME in data.lower()
