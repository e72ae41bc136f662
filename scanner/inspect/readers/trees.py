"""Models of trees: XGBoost and LightGBM as text or JSON. Numbers and names; no code can stand in them.

Sources: XGBoost's "Introduction to Model IO"; LightGBM's ``gbdt_model_text.cpp``.
"""

from __future__ import annotations

import re

from scanner.inspect import limits
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.readers.strict_json import read_json, walk_json
from scanner.inspect.readers.ubjson import read_ubjson
from scanner.inspect.stream import Stream

_LINE = re.compile(
    r"(?:\w[\w .-]*=.*|tree|end of \w+|feature_importances:|parameters:|\[[\w. -]+:.*\]|pandas_categorical:.*"
    r"|\s*)\Z"
)
_SHORT = 4096
_OLD = b"bin"
_UBJSON_LENGTHS = (b"L", b"i", b"U", b"l", b"I")


def read_xgboost(stream: Stream) -> Reading:
    """Look at every text of a model in JSON or UBJSON.

    Raises:
        Unreadable: it is neither, or too large; the old binary form is not read.
    """
    head = stream.at(0, 3)
    if head.startswith(_OLD):
        raise Unreadable("the binary form of XGBoost before 1.6 is not read")
    if head[:1] == b"{" and head[1:2] in _UBJSON_LENGTHS:
        return read_ubjson(stream)
    model = read_json(stream, "the XGBoost model")
    if not isinstance(model, dict) or "learner" not in model:
        raise Unreadable("the XGBoost model has no learner")
    reading = Reading()
    for key, node in walk_json(model):
        if isinstance(node, str) and 8 <= len(node) <= _SHORT:
            judge_text(reading, key or "a text", node)
    version = model.get("version")
    if isinstance(version, list):
        reading.facts["version"] = ".".join(str(part) for part in version[:3])
    return reading


def read_lightgbm(stream: Stream) -> Reading:
    """Look at every line.

    Raises:
        Unreadable: it is too large, or no text.
    """
    if stream.size > limits.LIGHTGBM_BYTES:
        raise Unreadable(f"larger than {limits.LIGHTGBM_BYTES >> 20} MiB", "budget", SPLIT)
    reading = Reading()
    odd = 0
    stream.seek(0)
    for line in stream:
        try:
            text = line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise Unreadable("the LightGBM model is not UTF-8") from error
        value = text.partition("=")[2] or text
        if len(text) <= _SHORT and value.lower() != value.upper():  # numbers alone say nothing
            judge_text(reading, "a line", text)
        odd += _LINE.match(text) is None
    if odd:
        reading.left_open(f"{odd} lines are none that LightGBM writes")
    return reading
