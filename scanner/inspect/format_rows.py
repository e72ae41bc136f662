"""The rows of the table of formats: pure data. :mod:`scanner.inspect.formats` is the way to it.

How content is recognised is code (:mod:`scanner.inspect.recognise`); ``recognised`` says it in words.
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


Asks = Literal["whole", "header", "growing", "members", "metadata", "nothing"]
"""Which bytes a look asks for when it has a file's head and tail: everything; the header, of known length;
more and more of the beginning; the directory and the members that can act; metadata, wherever it lies; none.
"""


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
    asks: Asks = "whole"


_PICKLE_NAMES = (".pkl", ".pickle", ".p", ".dill", ".joblib", ".sav", ".pt", ".pth", ".pth.tar")
_TORCH_NAMES = (".pt", ".pth", ".pth.tar", ".pt2", ".ptl", ".pkl", ".pickle")
_WRAPPED_PICKLE = (".pkl", ".pickle", ".joblib", ".dill", ".z")
_ZIP_ENDINGS = "zip whl egg jar apk docx xlsx pptx odt ods epub npz mar keras skops pt pth pt2"
_ZIP_NAMES = tuple(f".{ending}" for ending in _ZIP_ENDINGS.split())
_CONFIGURATIONS = """
config tokenizer_config adapter_config generation_config preprocessor_config processor_config model_index
modules feature_extractor_config image_processor_config video_preprocessor_config chat_template
"""
HF_CONFIG_NAMES = (*(f"{name}.json" for name in _CONFIGURATIONS.split()), "chat_template.jinja")


def _plain(id_: str, title: str, names: tuple[str, ...], recognised: str, full: str) -> Format:
    return Format(id_, title, names, recognised, _NO_CODE, False, _OWN, full, "header")


def _graph(id_: str, title: str, names: tuple[str, ...], recognised: str) -> Format:
    acts = "graph operations that read or write files or run code"
    return Format(
        id_,
        title,
        names,
        recognised,
        acts,
        True,
        _OWN,
        "the operation of every node of every graph and function",
    )


def _unread(
    id_: str, title: str, names: tuple[str, ...], recognised: str, acts: str, can_act: bool = True
) -> Format:
    return Format(id_, title, names, recognised, acts, can_act, NONE_YET, "not read yet", "nothing")


ROWS = (
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
        "members",
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
        "growing",
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
        "members",
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
        "`config.json` at any depth and every other member; of weights the metadata",
        "members",
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
        "metadata",
    ),
    _graph("savedmodel", "a TensorFlow SavedModel", (".pb",), "protocol buffer: schema version, meta graphs"),
    _graph(
        "graphdef",
        "a TensorFlow graph",
        (".pb", ".meta", ".graphdef"),
        "protocol buffer: a list of nodes with name and operation",
    ),
    Format(
        "onnx",
        "an ONNX model",
        (".onnx",),
        "protocol buffer: IR version, graph, operator sets",
        "paths of external data, operators of custom domains",
        True,
        _OWN,
        "every node and tensor record of every graph and function; values are data",
        "metadata",
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
        "growing",
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
        "members",
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
