"""The form of what a loader is given: an id that the Hub's client accepts, or a path of the file system."""

from __future__ import annotations

import re

from scanner.discover import ids, idtables

_REPO_ID = re.compile(
    r"(?!.*(?:--|\.\.))(?:[A-Za-z0-9_][\w.-]{0,95}/)?[A-Za-z0-9_][\w.-]{0,95}(?<![.-])", re.ASCII
)
_CHECKPOINT = re.compile(r"(?:checkpoint|ckpt|epoch|step)[-_]?\d+", re.IGNORECASE)


def is_repo_id(text: str) -> bool:
    """Whether the Hub's client would ask for it, of one segment or two; no evidence that there is one."""
    return len(text) <= 96 and _REPO_ID.fullmatch(text) is not None and not text.endswith(".git")


def is_path(text: str) -> bool:
    """Whether it is rooted, dotted, of many segments, in a usual folder, or named like a file."""
    if not text or "://" in text:
        return False
    last = text.rstrip("/").rpartition("/")[2].lower()
    return (
        ids.local(text)
        or text[0] in "./~\\$%"
        or "\\" in text
        or last.endswith(idtables.FILE_ENDINGS)
        or _CHECKPOINT.fullmatch(last) is not None
    )
