"""The public corpus: every family, in order, and the manifest that is committed.

``python -m tests.corpus.corpus`` writes the manifest, with a folder behind it also the files. Nothing in the
corpus is ever loaded; the payloads only print when somebody loads one by mistake.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from tests.corpus import formats, honest, streams
from tests.corpus.entry import Entry

MANIFEST = Path(__file__).parent / "manifest.json"


def corpus() -> Iterator[Entry]:
    """Every entry: the hostile ones by family, then the honest ones."""
    return chain(
        streams.layouts(),
        streams.wrappers(),
        streams.streams(),
        streams.names(),
        formats.keras(),
        formats.tensorflow(),
        formats.other_graphs(),
        formats.weights(),
        formats.containers(),
        formats.configurations(),
        formats.code(),
        honest.pickles(),
        honest.libraries(),
        honest.configurations(),
    )


def place(entry: Entry) -> str:
    """Its folder within the corpus."""
    return f"{'hostile' if entry.hostile else 'honest'}/{entry.name}"


def row(entry: Entry) -> dict[str, Any]:
    """Its row of the manifest."""
    made: dict[str, Any] = {"place": place(entry), "family": entry.family, "hostile": entry.hostile}
    made |= {"way": entry.way, "files": sorted(entry.files)}
    return {**made, "layout": entry.layout} if entry.layout else made


def lines(rows: list[dict[str, Any]]) -> str:
    """JSON with one row a line, so that a change shows."""
    return "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in rows) + "\n]\n"


def manifest() -> list[dict[str, Any]]:
    """What the corpus holds."""
    return [row(entry) for entry in corpus()]


def write(folder: Path) -> list[dict[str, Any]]:
    """Write the files into a folder that is emptied first; the manifest of what was written."""
    shutil.rmtree(folder, ignore_errors=True)
    rows = []
    for entry in corpus():
        target = folder / place(entry)
        target.mkdir(parents=True)
        for name, data in entry.files.items():
            (target / name).write_bytes(data)
        rows.append(row(entry))
    return rows


if __name__ == "__main__":
    MANIFEST.write_text(lines(manifest()), "utf-8")
    for argument in sys.argv[1:]:
        write(Path(argument))
