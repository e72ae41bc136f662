"""The table of formats: one row a format, and what file names promise about them.

Pure data, read by the scan's main process, by the workers and by the documentation. How content is
recognised is code (:mod:`scanner.inspect.recognise`); the ``recognised`` column says it in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NONE_YET = "none yet"
_MODELSCAN = "modelscan"
_OWN = "own reader"
_MEMBERS = "each member by its content"
_NO_CODE = "nothing"
_WHOLE_PICKLE = "every opcode of every pickle up to its STOP"
_WHOLE_ARCHIVE = "the directory, and every member that can act"


@dataclass(frozen=True, slots=True)
class Format:
    """One row: how a format is recognised, what can act in it, who looks at it, what "read in full" means.

    ``names`` are lower-case file-name endings (with their dot) or whole file names under which the format is
    expected. ``asks`` says which bytes a look needs when only the head and tail of a file were collected.
    """

    id: str
    title: str
    names: tuple[str, ...]
    recognised: str
    acts: str
    can_act: bool
    reader: str
    full: str
    asks: Literal["whole", "header", "nothing"] = "whole"


_PICKLE_NAMES = (".pkl", ".pickle", ".p", ".dill", ".joblib", ".sav", ".pt", ".pth", ".pth.tar")
_TORCH_NAMES = (".pt", ".pth", ".pth.tar", ".pt2", ".ptl", ".pkl", ".pickle")
_WRAPPED_PICKLE = (".pkl", ".pickle", ".joblib", ".dill", ".z")
_ZIP_NAMES = (
    ".zip",
    ".whl",
    ".egg",
    ".jar",
    ".apk",
    ".docx",
    ".xlsx",
    ".pptx",
    ".odt",
    ".ods",
    ".epub",
    ".npz",
    ".mar",
    ".keras",
    ".skops",
    ".pt",
    ".pth",
    ".pt2",
)
HF_CONFIG_NAMES = (
    "config.json",
    "tokenizer_config.json",
    "adapter_config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "feature_extractor_config.json",
    "image_processor_config.json",
    "video_preprocessor_config.json",
    "model_index.json",
    "modules.json",
    "chat_template.json",
    "chat_template.jinja",
)


def _plain(id_: str, title: str, names: tuple[str, ...], recognised: str, full: str) -> Format:
    return Format(id_, title, names, recognised, _NO_CODE, False, _OWN, full, "header")


def _unread(
    id_: str, title: str, names: tuple[str, ...], recognised: str, acts: str, can_act: bool = True
) -> Format:
    return Format(id_, title, names, recognised, acts, can_act, NONE_YET, "not read yet", "nothing")


_ROWS = (
    Format(
        "pickle",
        "a pickle",
        _PICKLE_NAMES,
        "a walk over its opcodes, protocols 0 to 5",
        "every import and call in the stream",
        True,
        _MODELSCAN,
        _WHOLE_PICKLE,
    ),
    Format(
        "torch-zip",
        "a PyTorch checkpoint (zip)",
        (*_TORCH_NAMES, ".zip"),
        "zip with a `data.pkl` beside `version` or `data/`",
        "the pickle `data.pkl`",
        True,
        _MODELSCAN,
        "the directory and every member but the raw tensors under `data/`",
    ),
    Format(
        "torch-legacy",
        "a PyTorch checkpoint (legacy)",
        _TORCH_NAMES,
        "first pickle holds 0x1950a86a20f9469cfc6c",
        "each of its five pickles",
        True,
        _MODELSCAN,
        "all five pickles; the raw tensors behind them are data",
    ),
    Format(
        "torchscript",
        "a TorchScript program",
        (*_TORCH_NAMES, ".zip"),
        "zip with `constants.pkl` or `code/`",
        "the pickles, and the program under `code/`",
        True,
        f"{_MODELSCAN} for the pickles; {NONE_YET} for `code/`",
        "the pickles and the program",
    ),
    Format(
        "tar",
        "a tar archive",
        (".tar", ".pt", ".pth", ".pth.tar", ".nemo"),
        "a header block with a valid checksum",
        "its members",
        True,
        _MEMBERS,
        _WHOLE_ARCHIVE,
    ),
    Format(
        "npy",
        "a NumPy array",
        (".npy",),
        r"`\x93NUMPY`",
        "a pickle, when the elements are objects",
        True,
        f"{_OWN}; {_MODELSCAN} for objects",
        "the header and the size; for objects also the pickle",
        "header",
    ),
    Format(
        "npz",
        "NumPy arrays in a zip",
        (".npz", ".zip"),
        "zip whose members are all `.npy`",
        "arrays of objects",
        True,
        _MEMBERS,
        "the header of every array, and the pickles of arrays of objects",
    ),
    Format(
        "joblib",
        "a joblib pickle",
        (".joblib", ".pkl", ".pickle", ".sav"),
        "pickle that imports `joblib.numpy_pickle.NumpyArrayWrapper`",
        "every import and call; pickles of object arrays",
        True,
        _MODELSCAN,
        f"{_WHOLE_PICKLE}; raw arrays between the opcodes are stepped over",
    ),
    Format(
        "keras",
        "a Keras v3 model",
        (".keras", ".zip"),
        "zip with `config.json` and `metadata.json`",
        "Lambda layers and classes outside Keras",
        True,
        _OWN,
        "`config.json` at any depth and every other member",
    ),
    Format(
        "hdf5",
        "an HDF5 file",
        (".h5", ".hdf5", ".he5", ".keras", ".weights.h5"),
        r"`\x89HDF\r\n\x1a\n` at 0 or at a power of two from 512 on",
        "Lambda layers of a Keras model; links out of the file",
        True,
        f"{_OWN}, {_MODELSCAN}",
        "attributes and links of every object; values are data",
    ),
    _unread(
        "savedmodel",
        "a TensorFlow SavedModel",
        (".pb",),
        "protocol buffer: schema version, meta graphs",
        "graph operations that read or write files or run code",
    ),
    _unread(
        "graphdef",
        "a TensorFlow graph",
        (".pb", ".meta", ".graphdef"),
        "protocol buffer: a list of nodes with name and operation",
        "graph operations that read or write files or run code",
    ),
    _unread(
        "onnx",
        "an ONNX model",
        (".onnx",),
        "protocol buffer: IR version, graph, operator sets",
        "custom operators, paths of external data",
    ),
    Format(
        "gguf",
        "a GGUF model",
        (".gguf",),
        "`GGUF`",
        "the Jinja chat template, which is parsed and never rendered",
        False,
        _OWN,
        "every key and every tensor record; tensors are data",
        "header",
    ),
    _unread(
        "ggml",
        "a GGML model (before GGUF)",
        (".ggml", ".bin"),
        "`lmgg`, `fmgg`, `tjgg` or `algg`",
        _NO_CODE,
        False,
    ),
    _plain(
        "safetensors",
        "a safetensors file",
        (".safetensors",),
        "length of a JSON header, then `{`",
        "the header, checked against the file's size; tensors are data",
    ),
    _unread("tflite", "a TensorFlow Lite model", (".tflite",), "`TFL3` at 4", "custom operators"),
    _unread(
        "coreml",
        "a Core ML model",
        (".mlmodel",),
        "protocol buffer: specification version and a model type of 200 or more",
        "custom layers and models",
    ),
    _unread("openvino", "an OpenVINO model", (".xml",), "XML, `<net>` with `<layers>`", "custom extensions"),
    _unread(
        "xgboost",
        "an XGBoost model",
        (".json", ".ubj", ".xgb", ".model"),
        "JSON or UBJSON with `learner` at the top, or `binf`",
        _NO_CODE,
        False,
    ),
    _unread(
        "lightgbm", "a LightGBM model", (".txt", ".lgb"), "text: `tree`, then `version=`", _NO_CODE, False
    ),
    _unread("catboost", "a CatBoost model", (".cbm",), "`CBM1`", _NO_CODE, False),
    _unread(
        "flax-msgpack",
        "a Flax checkpoint",
        (".msgpack",),
        "MessagePack map of parameters",
        _NO_CODE,
        False,
    ),
    Format(
        "mar",
        "a TorchServe archive",
        (".mar", ".zip"),
        "zip with `MAR-INF/MANIFEST.json`",
        "Python handlers and the models in it",
        True,
        f"{_MEMBERS}; {NONE_YET} for handlers",
        _WHOLE_ARCHIVE,
    ),
    _unread(
        "rds",
        "an R data file",
        (".rds", ".rda", ".rdata"),
        "`RDX2`/`RDX3`, or a serialisation header, plain or compressed",
        "promises and closures, which run when used",
    ),
    Format(
        "skops",
        "a skops model",
        (".skops", ".zip"),
        "zip with `schema.json` naming `__loader__`",
        "types named in the schema",
        True,
        f"{_MEMBERS}; {NONE_YET} for the schema",
        _WHOLE_ARCHIVE,
    ),
    _unread("pmml", "a PMML model", (".pmml", ".xml"), "XML, `<PMML>`", "XML entities"),
    Format(
        "nemo",
        "a NeMo archive",
        (".nemo", ".tar"),
        "tar with `model_config.yaml`",
        "the checkpoint, and `_target_` in the configuration",
        True,
        f"{_MEMBERS}; {NONE_YET} for the configuration",
        _WHOLE_ARCHIVE,
    ),
    Format(
        "zip",
        "a zip archive",
        _ZIP_NAMES,
        "`PK\\x03\\x04`, or an end record at the end",
        "its members",
        True,
        _MEMBERS,
        _WHOLE_ARCHIVE,
    ),
    *(
        Format(
            id_,
            title,
            (*names, *_WRAPPED_PICKLE),
            recognised,
            "what is packed in it",
            True,
            "what is packed, by its content",
            "all that is packed in it",
        )
        for id_, title, names, recognised in (
            (
                "gzip",
                "gzip-compressed data",
                (".gz", ".tgz", ".rds", ".rda", ".rdata", ".svgz"),
                r"`\x1f\x8b`",
            ),
            ("bzip2", "bzip2-compressed data", (".bz2", ".tbz2", ".tbz", ".rds", ".rda", ".rdata"), "`BZh`"),
            (
                "xz",
                "xz- or lzma-compressed data",
                (".xz", ".txz", ".lzma", ".rds", ".rda", ".rdata"),
                r"`\xfd7zXZ\0`, or an LZMA header",
            ),
            ("zlib", "zlib-compressed data", (".zlib", ".zz"), "a zlib header whose data can be unpacked"),
        )
    ),
    *(
        _unread(id_, title, names, recognised, "what is packed in it")
        for id_, title, names, recognised in (
            ("zstd", "Zstandard-compressed data", (".zst", ".zstd", ".tzst"), r"`\x28\xb5\x2f\xfd`"),
            ("lz4", "LZ4-compressed data", (".lz4", *_WRAPPED_PICKLE), r"`\x04\x22\x4d\x18`"),
            ("7z", "a 7-Zip archive", (".7z", ".pt", ".pth", ".pkl"), r"`7z\xbc\xaf\x27\x1c`"),
        )
    ),
    Format(
        "hf-config",
        "a model configuration",
        (*HF_CONFIG_NAMES, ".json"),
        "its file name and keys that such files have, or `auto_map`",
        "`auto_map`, custom pipelines, chat templates",
        False,
        _OWN,
        "every key",
    ),
    _unread(
        "mlmodel-yaml",
        "an MLflow model description",
        ("mlmodel",),
        "the name `MLmodel` and the key `flavors`",
        "`loader_module` and `code`, which MLflow imports",
    ),
    Format(
        "lfs-pointer",
        "a Git LFS pointer",
        (),
        "the pointer's version line",
        _NO_CODE,
        False,
        _OWN,
        "digest and size",
    ),
    Format(
        "dvc-pointer",
        "a DVC pointer",
        (".dvc",),
        "the name `.dvc` and the key `outs`",
        _NO_CODE,
        False,
        _OWN,
        "digests, sizes and paths",
    ),
    Format("empty", "an empty file", (), "no byte", _NO_CODE, False, _OWN, "there is nothing", "nothing"),
    Format(
        "unknown",
        "content that no loader we know reads",
        (),
        "a model's name, and none of the above",
        "not known",
        True,
        NONE_YET,
        "not read",
        "nothing",
    ),
)

FORMATS: dict[str, Format] = {row.id: row for row in _ROWS}
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
for _row in _ROWS:
    for _name in _row.names:
        if _name not in _NEUTRAL_ENDINGS:
            _PROMISED[_name] = _PROMISED.get(_name, frozenset()) | {_row.id}

_PLAIN: dict[str, str] = {
    ending: title
    for title, endings in (
        ("a text file", ".txt .md .rst .csv .tsv .log .tex .adoc .org readme license notice changelog"),
        ("an image", ".png .jpg .jpeg .gif .bmp .webp .ico .tif .tiff .svg"),
        ("sound or film", ".wav .mp3 .ogg .flac .mp4 .mov .avi .webm .mkv"),
        ("a document", ".pdf .html .htm .ipynb .rtf"),
        (
            "source code",
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


def names_a_model(basename: str) -> bool:
    """Whether people give this name to models, so that unrecognised content under it deserves a word."""
    return any(ending in _MODEL_ENDINGS for ending in _endings(basename))


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
