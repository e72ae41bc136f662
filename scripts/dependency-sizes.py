"""Measure what each dependency takes on disk, and put the figures into docs/dependencies.md.

``own`` is the installed files of the distribution; ``all`` adds everything it needs, so that what two
dependencies share is counted for both. Compiled byte code is left out: it depends on what has been run.
Figures are megabytes (1,000,000 bytes) in the environment that runs this; they are printed, or written with
``--write``.
"""

from __future__ import annotations

import argparse
import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "dependencies.md"
_ROW = re.compile(r"^\| `(?P<requirement>[^`]+)` \|.*\|(?P<sizes>[^|]*\|[^|]*)\|$", re.MULTILINE)


def own_size(name: str) -> int:
    """Bytes of the installed files of one distribution.

    Raises:
        importlib.metadata.PackageNotFoundError: it is not installed.
    """
    files = [Path(str(file.locate())) for file in distribution(name).files or []]
    return sum(file.stat().st_size for file in files if file.suffix != ".pyc" and file.is_file())


def closure(requirement: Requirement) -> set[str]:
    """The canonical names of a requirement and of everything it needs here."""
    found: set[str] = set()
    done: set[tuple[str, frozenset[str]]] = set()
    waiting = [requirement]
    while waiting:
        current = waiting.pop()
        key = (canonicalize_name(current.name), frozenset(current.extras))
        if key in done:
            continue
        done.add(key)
        found.add(key[0])
        for text in distribution(current.name).requires or []:
            needed = Requirement(text)
            extras = current.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)
    return found


def _measured(row: re.Match[str]) -> str:
    requirement = Requirement(row["requirement"])
    total = sum(own_size(name) for name in closure(requirement))
    sizes = f" {own_size(requirement.name) / 1e6:.1f} | {total / 1e6:.1f} "
    return row[0][: row.start("sizes") - row.start()] + sizes + "|"


def main() -> None:
    """Measure every row of the document; print or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"change {DOCUMENT.name} instead of printing it")
    arguments = parser.parse_args()
    text = _ROW.sub(_measured, DOCUMENT.read_text(encoding="utf-8"))
    if arguments.write:
        DOCUMENT.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
