"""The honest side of the corpus: files by real writers, and configurations as real repositories hold them."""

from __future__ import annotations

import io
import lzma
import pickle
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

import h5py
import numpy as np

from tests.corpus.entry import Entry, single, text_of, zipped
from tests.inspect.looking import FIXTURES
from tests.inspect.test_bundled_python import HANDLER, MODELING, TOKENIZER
from tests.inspect.test_configurations import HONEST, ORDINARY
from tests.inspect.test_keras import FORMATS

_LARGE = FIXTURES.parent / "large"
_TEMPLATES = FIXTURES.parent / "templates"
_REAL = Path(__file__).parent / "real"
_BY_LIBRARIES = (
    *("joblib.joblib", "joblib-arrays.joblib", "joblib-bz2.joblib", "joblib-gzip.joblib", "joblib-xz.joblib"),
    *("joblib-zlib.joblib", "model.safetensors", "torch-legacy.pth", "torch-zip.pt", "torchscript.pt"),
)
_MODELS = (
    *("boosted.json", "boosted.ubj", "flax.msgpack", "frame.rdata", "frame.rds", "lightgbm.txt", "loops.pt"),
    *("nested.h5", "nested.json", "nested.keras", "pipeline.skops", "plain.mlmodel", "plain.tflite"),
    *("program.pt2", "registered.keras", "small.gguf"),
)
_VALUES: dict[str, Any] = {
    "weights": {"weights": [1.0, 2.0], "names": ("a", "b"), "n": 3},
    "containers": [
        OrderedDict(a=1),
        defaultdict(list, a=[1]),
        Counter("ab"),
        deque([1]),
        {1},
        frozenset([1]),
    ],
    "times": [date(2024, 1, 2), datetime(2024, 1, 2, tzinfo=UTC), timedelta(1)],
    "numbers": [Decimal("1.5"), Fraction(1, 2), complex(1, 2), range(3), slice(1, 2), 1 << 80],
    "ids and paths": [UUID(int=5), PurePosixPath("a/b"), bytearray(b"x"), Ellipsis],
    "an array": np.arange(12.0).reshape(3, 4),
    "an array of texts": np.array(["a", "bb"]),
    "an array of objects": np.array([1, "a", None], dtype=object),
    "scalars": [np.float64(3), np.int8(1), np.dtype("f4")],
    "a generator": np.random.default_rng(1),
    "an old generator": np.random.RandomState(1),
    "a partial function": partial(np.clip, a_min=0),
}


def pickles() -> Iterator[Entry]:
    """What pickle and numpy write."""
    for way, value in _VALUES.items():
        for protocol in (2, 4) if way != "weights" else range(6):
            data = pickle.dumps(value, protocol)
            yield single("pickle", f"{way}, protocol {protocol}", "model.pkl", data, hostile=False)
    for way, array in (("numbers", np.arange(6.0)), ("objects", np.array([{}, 1], dtype=object))):
        made = io.BytesIO()
        np.save(made, array, allow_pickle=True)
        yield single("numpy", f"an array of {way}", "array.npy", made.getvalue(), hostile=False)
        yield single(
            "numpy", f"arrays of {way}", "arrays.npz", zipped({"a.npy": made.getvalue()}), hostile=False
        )


def libraries() -> Iterator[Entry]:
    """What torch, joblib, scikit-learn, Keras and others wrote, and what h5py writes."""
    for folder, names in ((FIXTURES, _BY_LIBRARIES), (FORMATS, _MODELS)):
        for file in names:
            yield single("library", file, file, (folder / file).read_bytes(), hostile=False)
    for path in sorted(_LARGE.glob("*.xz")):
        if not path.name.startswith("payload"):
            data = lzma.decompress(path.read_bytes())
            yield single("library", f"large {path.stem}", path.stem, data, hostile=False)
    for path in sorted(_REAL.iterdir()):
        yield single("library", f"real {path.name}", path.name, path.read_bytes(), hostile=False)
    made = io.BytesIO()
    with h5py.File(made, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=np.zeros((20, 20)), compression="gzip")
    yield single("library", "weights by h5py", "model.weights.h5", made.getvalue(), hostile=False)


def configurations() -> Iterator[Entry]:
    """Configurations, templates, code that computes, and files that are no models."""
    for number, (name, value, _) in enumerate(HONEST):
        yield single("configuration", f"{number:02} {name}", name, text_of(value), hostile=False)
    for number, (name, text) in enumerate(ORDINARY):
        yield single("ordinary", f"{number:02} {name}", name, text.encode(), hostile=False)
    for path in sorted(_TEMPLATES.glob("*.jinja")):
        yield single("template", path.stem, "chat_template.jinja", path.read_bytes(), hostile=False)
    config = {"model_type": "own", "auto_map": {"AutoModel": "modeling_own.Own"}}
    for way, source in (("a model", MODELING), ("a tokenizer", TOKENIZER), ("a handler", HANDLER)):
        files = {"config.json": text_of(config), "modeling_own.py": source.encode()}
        yield Entry("code", way, files, hostile=False)
