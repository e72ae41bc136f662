"""The table of formats by id, and what file names promise about them.

Pure data and pure functions, used by the scan's main process, by the workers and by the documentation.
"""

from __future__ import annotations

from scanner.inspect.format_rows import ROWS, Format
from scanner.inspect.format_rows_text import HF_CONFIG_NAMES, SHARD_INDEX, YAML_NAMES

__all__ = ["FORMATS", "Format", "contradiction", "named_format", "names_a_model"]

FORMATS: dict[str, Format] = {row.id: row for row in ROWS}
"""Every format by its id, in the order of the documentation."""

_MODEL_ENDINGS = frozenset(
    {
        ".pt",
        ".pth",
        ".pth.tar",
        ".pt2",
        ".ptl",
        ".ckpt",
        ".pkl",
        ".pickle",
        ".joblib",
        ".dill",
        ".safetensors",
        ".gguf",
        ".ggml",
        ".h5",
        ".hdf5",
        ".keras",
        ".onnx",
        ".npy",
        ".npz",
        ".tflite",
        ".mlmodel",
        ".mar",
        ".nemo",
        ".skops",
        ".pmml",
        ".bin",
        ".msgpack",
        ".pb",
        ".cbm",
        ".rds",
        ".ubj",
        ".xgb",
        ".bst",
        ".lgb",
        ".pte",
        ".t7",
        ".engine",
        ".plan",
        ".trt",
        ".rknn",
        ".params",
        ".pdmodel",
        ".pdiparams",
        ".pdparams",
        ".pdopt",
        ".cntk",
        ".dnn",
        ".llamafile",
        ".rda",
        ".rdata",
    }
)
"""Endings by which people name models: unrecognised content under them is worth a word."""

_NEUTRAL_ENDINGS = frozenset(
    {
        ".bin",
        ".dat",
        ".data",
        ".model",
        ".weights",
        ".ckpt",
        ".p",
        ".sav",
        ".xml",
        ".json",
        ".txt",
        ".z",
        ".meta",
    }
)
"""Endings that promise nothing."""

_PROMISED: dict[str, frozenset[str]] = {}
for _row in ROWS:
    for _name in _row.names:
        if _name not in _NEUTRAL_ENDINGS:
            _PROMISED[_name] = _PROMISED.get(_name, frozenset()) | {_row.id}

_SOURCE = "source code"
_PLAIN: dict[str, str] = {
    ending: title
    for title, endings in (
        ("a text file", ".txt .md .rst .csv .tsv .log .tex .adoc .org readme license notice changelog"),
        ("an image", ".png .jpg .jpeg .gif .bmp .webp .ico .tif .tiff .svg"),
        ("sound or film", ".wav .mp3 .ogg .flac .mp4 .mov .avi .webm .mkv"),
        ("a document", ".pdf .html .htm .ipynb .rtf"),
        (
            _SOURCE,
            ".py .pyi .js .ts .c .h .cpp .hpp .cc .rs .go .java .rb .sh .r .jl .lua .css .scss .sql .php .kt",
        ),
        ("a configuration file", ".json .yaml .yml .toml .ini .cfg .conf .lock .xml .env"),
        ("a font", ".ttf .otf .woff .woff2"),
    )
    for ending in endings.split()
}
"""What endings that are no model's promise: nothing that a loader runs."""


def _endings(basename: str) -> list[str]:
    """The name itself and each of its endings, longest first, lower case."""
    name = basename.lower()
    parts = name.split(".")
    return [name, *("." + ".".join(parts[index:]) for index in range(1, len(parts)))]


def named_format(basename: str) -> set[str]:
    """The ids of the formats that a file name promises; empty when the name is neutral."""
    for ending in _endings(basename):
        if ending in _PROMISED:
            return set(_PROMISED[ending])
    return set()


def is_obeyed(basename: str) -> bool:
    """Whether loaders read instructions from a text file of this name: configurations, indexes, templates."""
    name = basename.lower()
    return name in HF_CONFIG_NAMES or name in YAML_NAMES or name.endswith((SHARD_INDEX, ".jinja"))


def names_a_model(basename: str) -> bool:
    """Whether people give this name to models, so that unrecognised content under it deserves a word."""
    return any(ending in _MODEL_ENDINGS for ending in _endings(basename))


def promises_plain(basename: str) -> bool:
    """Whether people give this name to texts, pictures and other things that nothing runs."""
    return any(_PLAIN.get(ending, _SOURCE) != _SOURCE for ending in _endings(basename))


def contradiction(basename: str, format_id: str) -> tuple[str, str, bool] | None:
    """What the name promises, what the content is, and whether a harmless name hides content that can act.

    ``None`` when name and content agree, or when the name promises nothing.
    """
    content = FORMATS[format_id]
    endings = _endings(basename)
    if format_id in ("lfs-pointer", "dvc-pointer", "empty", "unknown") or any(
        e in content.names for e in endings
    ):
        return None
    promised = [FORMATS[id_] for id_ in sorted(named_format(basename))]
    if promised:
        title = next((row.title for row in promised if row.names[0] in endings), promised[0].title)
        return title, content.title, content.can_act and not any(row.can_act for row in promised)
    plain = next((_PLAIN[ending] for ending in endings if ending in _PLAIN), None)
    return (plain, content.title, content.can_act) if plain else None
