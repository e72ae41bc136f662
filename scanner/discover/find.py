"""The worker's task: search one file. ``scanner.discover.find:find`` takes a Source and returns a Found.

Whatever the bytes hold, the answer is a Found; only the memory limit may end the worker.
"""

from __future__ import annotations

import codecs
import fnmatch
import gc
import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scanner.discover.interface import Edit, Found, Mention, Sibling, Source

TASK = "scanner.discover.find:find"

LARGEST = 16 << 20
"""Bytes of a file that is searched."""

_SIBLING = 1 << 20

_FINDERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("python", ("*.py", "*.pyi", "*.pyw")),
    ("notebooks", ("*.ipynb",)),
    ("javascript", (
        "*.js", "*.mjs", "*.cjs", "*.jsx", "*.ts", "*.mts", "*.cts", "*.tsx", "*.vue", "*.svelte",
    )),
    ("requirements", ("requirements*.txt", "requirements*.in", "constraints*.txt")),
    ("docker", ("dockerfile*", "*.dockerfile", "containerfile*", "modelfile*")),
    ("shell", (
        "*.sh", "*.bash", "*.zsh", "*.ps1", "*.bat", "makefile", "gnumakefile", "*.mk", "justfile",
        "procfile",
    )),
    ("config", (
        "*.yaml", "*.yml", "*.json", "*.jsonc", "*.json5", "*.toml", ".env*", "*.env", "*.ini", "*.cfg",
        "*.properties",
    )),
    ("markdown", ("*.md", "*.mdx", "*.rst", "*.qmd", "*.rmd", "*.markdown")),
)  # fmt: skip
"""Modules of this package by the names, in lower case, of the files they search; the first that fits."""

_NOT_TEXT = frozenset(
    [
        "7z",
        "a",
        "avi",
        "bin",
        "bmp",
        "bz2",
        "ckpt",
        "class",
        "db",
        "dll",
        "dylib",
        "eot",
        "exe",
        "flac",
        "gguf",
        "gif",
        "gz",
        "h5",
        "heic",
        "ico",
        "jar",
        "jpeg",
        "jpg",
        "keras",
        "mov",
        "mp3",
        "mp4",
        "npy",
        "npz",
        "o",
        "obj",
        "ogg",
        "onnx",
        "otf",
        "parquet",
        "pb",
        "pdf",
        "pickle",
        "pkl",
        "png",
        "pt",
        "pth",
        "pyc",
        "rar",
        "safetensors",
        "so",
        "sqlite",
        "tar",
        "tgz",
        "tif",
        "tiff",
        "ttf",
        "wasm",
        "wav",
        "webm",
        "webp",
        "whl",
        "woff",
        "woff2",
        "xz",
        "zip",
        "zst",
        "lock",
        "map",
        "svg",
        "csv",
        "tsv",
        "jsonl",
        "ndjson",
        "arrow",
    ]
)
"""Endings of files that are not searched."""

_ADDRESS = ("huggingface.co", "hf.co", "hf-mirror.com", "hf:/", "hf-hub:", "hf_hub:")
"""What stands in every address of the Hub."""

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def searches(path: str) -> bool:
    """Whether a file of that name is searched at all: all but those whose ending denies text."""
    name = path.rpartition("/")[2].lower()
    ending = name.rpartition(".")[2] if "." in name else ""
    return ending not in _NOT_TEXT and not name.endswith((".min.js", "package-lock.json"))


def find(job: dict[str, Any]) -> dict[str, Any]:
    """Search one file: ``job`` is a Source as a dictionary, the answer a Found as one.

    Raises:
        OSError: the object of the evidence cannot be opened; that is no fault of its bytes.
        MemoryError: the worker's limit was reached.
    """
    siblings = [Sibling(one["module"], one["data"]) for one in job.get("siblings", ())]
    collects = gc.isenabled()
    gc.disable()  # a syntax tree has no circles, and looking for them takes as long as parsing
    try:
        return asdict(find_in(Source(job["path"], job["data"], siblings)))
    finally:
        if collects:
            gc.enable()


def find_in(source: Source) -> Found:
    """See :func:`find`."""
    with Path(source.data).open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        return Found(gaps=[f"{source.path} is larger than {LARGEST >> 20} MiB; search it for models by hand"])
    if b"\0" in data:
        return Found()
    siblings = {one.module: _read(one.data) for one in source.siblings}
    bom = data.startswith(codecs.BOM_UTF8)
    text, exact = decoded(data, source.path)
    found = find_text(text, source.path, siblings)
    _place_edits(found, exact, bom)
    return found


def find_text(text: str, path: str, siblings: Mapping[str, str] | None = None) -> Found:
    """Search a text under the name of its file."""
    found = Found()
    name = finder(path)
    if name is not None:
        try:
            found = _finder(name)(text, path, **({"siblings": siblings or {}} if name == "python" else {}))
        except MemoryError:
            raise
        except Exception as error:
            reason = type(error).__name__
            found.defeated = f"the search for models failed ({reason}); only explicit addresses were found"
    rows = _with_addresses(text)
    if rows is not None:
        from scanner.discover.addresses import find_addresses

        found.mentions = merged(found.mentions, find_addresses(rows))
    return found


def _with_addresses(text: str) -> str | None:
    """The text with all lines blanked that hold no address of any kind; null without one of the Hub."""
    lower = text.lower()
    if not any(mark in lower for mark in _ADDRESS):
        return None
    if len(lower) != len(text):
        return text
    kept: list[str] = []
    end = 0
    for place in sorted(at for mark in (":/", *_ADDRESS) for at in _places(lower, mark)):
        if place < end:
            continue
        start = text.rfind("\n", end, place) + 1 or end
        kept.append("\n" * text.count("\n", end, start))
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        kept.append(text[start:end])
    return "".join(kept)


def _places(text: str, mark: str) -> Iterator[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + len(mark))


def finder(path: str) -> str | None:
    """The module that searches files of that name; null where only addresses are searched for."""
    name = path.rpartition("/")[2].lower()
    return next(
        (one for one, names in _FINDERS if any(fnmatch.fnmatchcase(name, each) for each in names)), None
    )


def merged(structured: list[Mention], addresses: list[Mention]) -> list[Mention]:
    """Both, in order, without the addresses that a structured mention of the same repository covers."""
    spans: dict[str | None, list[tuple[int, int]]] = {}
    for one in structured:
        spans.setdefault(one.repo_id, []).append((one.line, one.end_line))
    kept = [
        one
        for one in addresses
        if not any(first <= one.end_line and one.line <= last for first, last in spans.get(one.repo_id, ()))
    ]
    return sorted(
        [*structured, *kept], key=lambda one: (one.line, one.call_line, one.repo_id or "", one.loader)
    )


def decoded(data: bytes, path: str) -> tuple[str, bool]:
    """The text, and whether its columns are those of the file: bytes of UTF-8.

    Python names its encoding in one of its first two lines (PEP 263).
    """
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    encoding = "utf-8"
    if path.lower().endswith((".py", ".pyi", ".pyw")):
        cookies = [match for line in data.split(b"\n", 2)[:2] if (match := _COOKIE.match(line))]
        if cookies:
            encoding = cookies[0][1].decode("ascii")
    try:
        text = data.decode(encoding)
        return text, codecs.lookup(encoding).name in ("utf-8", "ascii")
    except (LookupError, UnicodeError, ValueError):
        return data.decode("utf-8", "replace"), False


def _read(data: str) -> str:
    with Path(data).open("rb") as file:
        return decoded(file.read(_SIBLING), "sibling.py")[0]


def _finder(name: str) -> Callable[..., Found]:
    found: Callable[..., Found] = importlib.import_module(f"scanner.discover.{name}").find
    return found


def _place_edits(found: Found, exact: bool, bom: bool) -> None:
    """Move edits of the first line behind the file's mark; without exact columns there are none."""
    for one in found.mentions:
        one.pin = _placed(one.pin, exact, bom)
    for load in found.unsafe:
        load.fix = _placed(load.fix, exact, bom)


def _placed(edit: Edit | None, exact: bool, bom: bool) -> Edit | None:
    if edit is None or not exact:
        return None
    first = len(codecs.BOM_UTF8) if bom and edit.line == 1 else 0
    last = len(codecs.BOM_UTF8) if bom and edit.end_line == 1 else 0
    return Edit(edit.line, edit.column + first, edit.end_line, edit.end_column + last, edit.text)
