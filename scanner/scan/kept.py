"""Results of earlier rounds, kept by the digest of what they were made from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from scanner import __version__

FOLDER = ".rounds"


class Kept:
    """JSON values by key, in a folder of the report directory that is removed after the last round.

    Only scan writes and reads it; what is found there is exactly what would be computed again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, kind: str, *made_from: object) -> Any | None:
        """The value kept for these inputs, or ``None``."""
        try:
            return json.loads(self._path(kind, made_from).read_bytes())
        except (OSError, ValueError):
            return None

    def put(self, value: Any, kind: str, *made_from: object) -> None:
        """Keep a value; a disk that is full only costs the saving."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._path(kind, made_from).write_text(json.dumps(value))
        except OSError:
            self._path(kind, made_from).unlink(missing_ok=True)

    def _path(self, kind: str, made_from: tuple[object, ...]) -> Path:
        name = json.dumps([__version__, kind, *made_from], sort_keys=True, default=list)
        return self._folder / hashlib.sha256(name.encode()).hexdigest()
