"""What BSI TR-03183-2 (version 2.1.0, section 8.1) asks of a file: its name, and what kind of file it is."""

from __future__ import annotations

_ARCHIVES = frozenset(
    {"7z", "keras", "mar", "nemo", "npz", "pt2", "skops", "tar", "torch-zip", "torchscript", "zip"}
)
_COMPRESSED = frozenset({"bzip2", "gzip", "lz4", "lzma", "xz", "zlib", "zstd"})
_EXECUTABLES = frozenset({"executable", "python"})
_NO_CLAIM = frozenset({"unknown", "empty", "lfs-pointer", "dvc-pointer"})

_BY_ENDING = {
    ".gguf": "gguf",
    ".json": "json",
    ".onnx": "onnx",
    ".py": "python",
    ".safetensors": "safetensors",
}


def properties(path: str, form: str | None) -> list[tuple[str, str]]:
    """The properties of the ``bsi:component`` taxonomy; of a file of unknown format only its name."""
    name = path.rpartition("/")[2] or path
    pairs = [("bsi:component:filename", name)]
    if form is None or form in _NO_CLAIM:
        form = next((kind for ending, kind in _BY_ENDING.items() if name.lower().endswith(ending)), None)
    if form is None:
        return pairs
    return [
        *pairs,
        ("bsi:component:executable", "executable" if form in _EXECUTABLES else "non-executable"),
        ("bsi:component:archive", "archive" if form in _ARCHIVES else "no archive"),
        ("bsi:component:structured", "unstructured" if form in _COMPRESSED else "structured"),
    ]
