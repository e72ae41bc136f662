"""The program that reads one Python lock file: bytes on standard input, an answer on standard output.

:mod:`scanner.sbom.feeders.python_locks` starts it, confined, for one file.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module

from scanner.sbom.feeders.lock_packages import LockProblem, document

KINDS = {"uv": "scanner.sbom.feeders.uv_lock", "pylock": "scanner.sbom.feeders.pylock"}


def main(kind: str, path: str) -> None:
    """Read the lock file of that kind; what cannot be read is said in the answer."""
    sys.stdout.write(json.dumps(_answer(sys.stdin.buffer.read(), kind, path)))


def _answer(data: bytes, kind: str, path: str) -> dict[str, object]:
    import tomllib

    reader = import_module(KINDS[kind])
    try:
        text = data.decode("utf-8")
        lock = reader.read(tomllib.loads(text), path)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return {"problem": "it is not TOML"}
    except LockProblem as problem:
        return {"problem": str(problem)}
    return document(lock, reader.header_lines(text))
