"""The corpus: one text file for each target, one input a line, so that a difference can be read.

A line is a name and the input, packed with zlib, in base85. The name of what coverage-guided runs kept is the
beginning of its SHA-256; a regression says what it once broke.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"


def stored(target: str) -> dict[str, bytes]:
    """The inputs kept for a target, by name."""
    path = FOLDER / f"{target}.txt"
    lines = path.read_text("ascii").splitlines() if path.exists() else []
    pairs = (line.split(" ", 1) for line in lines)
    return {name: zlib.decompress(base64.b85decode(text)) for name, text in pairs}


def store(target: str, inputs: Mapping[str, bytes]) -> None:
    """Keep these inputs for a target, and no others."""
    if not inputs:
        (FOLDER / f"{target}.txt").unlink(missing_ok=True)
        return
    FOLDER.mkdir(exist_ok=True)
    lines = [f"{name} {base64.b85encode(zlib.compress(data, 9)).decode()}\n" for name, data in inputs.items()]
    (FOLDER / f"{target}.txt").write_text("".join(sorted(lines)), "ascii")


def named(data: bytes) -> str:
    """The name of an input that has none."""
    return hashlib.sha256(data).hexdigest()[:12]
