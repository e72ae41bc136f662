"""MLflow's ``MLmodel``: what it makes ``mlflow.<flavour>.load_model`` import, and which files it leads to.

Source: MLflow's ``models/model.py`` and ``pyfunc/__init__.py``: ``loader_module`` is imported whatever it
says, the folder ``code`` is put on the import path, and the other paths are joined to the folder of the
model.
"""

from __future__ import annotations

from scanner.inspect.readers.paths import outside
from scanner.inspect.readers.reading import Reading
from scanner.inspect.readers.yaml_config import judge_yaml
from scanner.inspect.readers.yaml_tree import Node, read_yaml, walk_yaml
from scanner.inspect.stream import Stream

_RULE = "configuration-calls-code"
_OWN = ("mlflow.",)
_PATHS_TEXT = """
code code_path code_paths data model_data model_path model_code_path model_code pickled_model
python_model artifact_path path state_dict config pipeline components env conda virtualenv
serialized_model saved_model_dir
"""
_PATHS = frozenset(_PATHS_TEXT.split())
_MODULES = frozenset({"loader_module", "pickle_module", "pickle_module_name", "serialization_module"})
_PICKLERS = frozenset({"pickle", "cloudpickle", "dill", "joblib", "mlflow.pytorch.pickle_module", "skops"})
_CODE = frozenset({"model_code_path", "code", "code_paths"})


def read_mlmodel(stream: Stream, name: str) -> Reading:
    """Look at every key.

    Raises:
        Unreadable: it is no YAML, or beyond a cap.
    """
    reading = Reading()
    documents = read_yaml(stream, name)
    for node in walk_yaml(documents):
        for key, value in node.pairs:
            _entry(key.text or "", value, reading)
    judge_yaml(documents, reading)
    reading.credentials(stream.at(0, stream.size).decode("utf-8", "replace"), name)
    return reading


def _entry(key: str, value: Node, reading: Reading) -> None:
    if key in _MODULES and value.text and not value.text.startswith(_OWN) and value.text not in _PICKLERS:
        evidence = f"line {value.line}: MLflow imports what {key} names"
        reading.saw(_RULE, value.text, evidence)
    if key not in _PATHS:
        return
    for place in (value, *value.items):
        if not place.text:
            continue
        why = outside(place.text)
        if why and not (key in ("path", "artifact_path") and "://" in place.text):
            reading.saw("path-outside-model", place.text, f"line {place.line}: {key}: {why}")
        elif key in _CODE and place.text not in ("null", "~"):
            evidence = f"{key} is {place.text}, which MLflow puts on the import path"
            reading.saw("remote-code-reference", place.text, evidence, severity="low")
