"""What a caller wants to know about; light, so that a program can say it before it loads what collects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Wish:
    """A change, a whole tree, an index, or (with ``files``) single files.

    ``base`` null means the upstream default branch, ``config`` null the configuration of the base.
    """

    repository: Path = Path()
    base: str | None = None
    head: str = "HEAD"
    mode: Literal["change", "all", "staged", "files"] = "change"
    config: Path | None = None
    offline: bool = False
    files: tuple[Path, ...] = ()
