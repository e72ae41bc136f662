"""Members of archives that the archive's own kind gives a meaning, and who looks at them."""

from __future__ import annotations

from scanner.inspect.examination import Examination, Item
from scanner.inspect.lazy_readers import by

look_at_torchscript_code = by("torchscript", "read_torchscript_code")
"""One source under ``code/``."""


def look_at_extra_text(examination: Examination, item: Item) -> None:
    """A file that was saved along; it may be anything, so it is looked at as what it is, too."""
    from scanner.inspect.readers.torchscript import read_extra_text

    if examination.inspect(item.stream, item.name, item.member, item.depth) is None:
        examination.read(item, read_extra_text(item.stream, item.name))


look_at_exported_program = by("exported_program", "read_exported_program")
"""The graphs of an exported program."""


look_at_keras_config = by("keras", "read_keras_config")
"""The configuration of a Keras model."""


def look_at_keras_metadata(examination: Examination, item: Item) -> None:
    """Which Keras wrote it, and when."""
    from scanner.inspect.readers.metadata_text import judge_values
    from scanner.inspect.readers.strict_json import read_json

    examination.read(item, judge_values(read_json(item.stream, "the metadata")))


look_at_skops_schema = by("skops", "read_skops_schema")
"""The types that a skops model is built of."""


look_at_mar_manifest = by("mar", "read_mar_manifest")
"""The manifest of a TorchServe archive."""


def look_at_bundled_python(examination: Examination, item: Item) -> None:
    """Python that the loader of the archive imports."""
    from scanner.inspect.readers.python_source import read_python

    examination.read(item, read_python(item.stream, item.name))
