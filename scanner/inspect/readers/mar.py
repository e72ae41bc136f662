"""TorchServe archives: what ``MAR-INF/MANIFEST.json`` says of the model, its handler and its requirements.

Source: TorchServe's ``model-archiver``. The handler and every file beside it are looked at as members.
"""

from __future__ import annotations

from scanner.inspect.readers.paths import outside
from scanner.inspect.readers.reading import Reading
from scanner.inspect.readers.strict_json import read_json, walk_json
from scanner.inspect.stream import Stream

_BUILT_IN_HANDLERS = frozenset(
    {"image_classifier", "image_segmenter", "object_detector", "text_classifier", "base_handler"}
)
_FILES = frozenset({"serializedFile", "modelFile", "handler", "requirementsFile", "extraFiles", "configFile"})


def read_mar_manifest(stream: Stream) -> Reading:
    """Look at the manifest.

    Raises:
        Unreadable: it is no strict JSON, or too large.
    """
    reading = Reading()
    for key, node in walk_json(read_json(stream, "the manifest")):
        if key not in _FILES or not isinstance(node, str):
            continue
        for place in node.split(","):
            why = outside(place.strip())
            if why:
                reading.saw("path-outside-model", place.strip(), f"{key} is {place.strip()}: {why}")
        if key == "handler" and node.partition(":")[0] not in _BUILT_IN_HANDLERS and not outside(node):
            evidence = f"TorchServe imports {node} and runs it for every request"
            reading.saw("bundled-handler", node[:120], evidence)
        elif key == "requirementsFile" and not outside(node):
            evidence = f"TorchServe may install what {node} lists"
            reading.saw("bundled-handler", node[:120], evidence)
    return reading
