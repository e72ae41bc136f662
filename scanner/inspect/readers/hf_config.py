"""Configuration files of Hugging Face repositories: what in them makes a loader run code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from scanner.inspect import limits
from scanner.inspect.format_rows_text import TEMPLATE_ENDINGS
from scanner.inspect.readers import hf_code
from scanner.inspect.readers.chat_template import read_chat_template
from scanner.inspect.readers.config_targets import danger_of
from scanner.inspect.readers.hf_code import note_code, note_library
from scanner.inspect.readers.paths import outside
from scanner.inspect.readers.reading import Reading, Unreadable
from scanner.inspect.readers.strict_json import DuplicateKey, read_json, walk_json
from scanner.inspect.stream import Stream

_ADAPTED = "base_model_name_or_path"
_TEMPLATES = ("chat_template", "default_chat_template")
_CLASSES_TEXT = """
tokenizer_class processor_class image_processor_type feature_extractor_type image_processor_class
feature_extractor_class video_processor_type video_processor_class slow_tokenizer_class config_class
model_class
"""
_CLASSES = frozenset(_CLASSES_TEXT.split())
"""Keys whose value a loader looks up among its own classes: a plain name, or code from elsewhere."""
_ATTENTION = ("_attn_implementation", "attn_implementation", "experts_implementation")
"""A repository of kernels, which is native code, when its value is the id of one."""
_ACTIVATIONS = ("activation_fn", "sbert_ce_default_activation_function", "activation_function")
"""What sentence-transformers imports by its dotted name, and calls."""
_PLAIN_CLASS = re.compile(r"[A-Za-z_]\w*\Z")
_MODULES_BY_DESIGN = re.compile(r"sentence_transformers\.(?:\w+\.)?(?:models|modules)\.")
_SENTENCE_MODULES = ("sentence_transformers.", "transformers.", "torch.nn.", "diffusers.")


def read_hf_config(stream: Stream, name: str) -> Reading:
    """Look at every key of a configuration, or at a bare template.

    The facts ``code_repositories`` and ``base_repositories`` name the repositories of the Hub that code is
    loaded from, and that an adapter belongs to.

    Raises:
        Unreadable: it is no strict JSON, or too large.
    """
    if name.lower().endswith(TEMPLATE_ENDINGS):
        return read_template(_decode(stream), name)
    reading = Reading()
    try:
        value = read_json(stream, name)
    except DuplicateKey as error:
        reading.malformed(str(error), "high")
        reading.left_open(str(error), error.cause, error.action)
        return reading
    for key, node in walk_json(value):
        _entry(key, node, name, reading)
    reading.credentials(stream.at(0, stream.size).decode("utf-8", "replace"), name)
    return reading


def _entry(key: str | None, node: Any, name: str, reading: Reading) -> None:
    """One value with its key."""
    if key == "trust_remote_code" and node is True:
        said = "the configuration sets trust_remote_code"
        reading.saw(hf_code.RULE, "trust_remote_code", said, severity="low")
    elif key in _TEMPLATES:
        _templates(node, name, reading)
    elif key is not None and key in _READ_BY_KEY:
        _READ_BY_KEY[key](node, key, reading)
    elif key is None and isinstance(node, list):
        _modules(node, reading)
    if isinstance(node, dict) and "_class_name" in node:
        _components(node, reading)
    if key == _ADAPTED and name.lower() == "adapter_config.json":
        hf_code.note_repository(node, hf_code.BASES, reading)


def _generate(node: Any, key: str, reading: Reading) -> None:
    """``custom_generate``: a repository, or a folder, whose ``generate.py`` runs."""
    if isinstance(node, str):
        note_code(node, f"{key} is {node}", reading, repository=True)


def _attention(node: Any, key: str, reading: Reading) -> None:
    """The name of an implementation; a repository of compiled kernels when it is an id."""
    if isinstance(node, str) and "/" in node:
        _generate(node, key, reading)


def _class(node: Any, key: str, reading: Reading) -> None:
    """A class that a loader looks up among its own; anything but a plain name leads elsewhere."""
    if isinstance(node, str) and not _PLAIN_CLASS.match(node):
        note_code(node, f"{key} is {node}", reading)


def _target(node: Any, key: str, reading: Reading) -> None:
    """``_target_`` of Hydra, which may stand in JSON, too."""
    danger = danger_of(node) if isinstance(node, str) else None
    if danger:
        reading.saw("configuration-calls-code", node, f"{key}: {danger}")


def _auto_map(node: Any, key: str, reading: Reading) -> None:
    """``auto_map`` names module.Class of this repository, or of another one before ``--``.

    Tokenizers give a list, slow and fast class, where the others give one name.
    """
    roles = node.items() if isinstance(node, dict) else [("the class", node)]
    for role, targets in roles:
        for target in _texts(targets):
            note_code(target, f"{key}: {role} is {target}", reading)


def _texts(node: Any) -> Iterator[str]:
    """The texts in a value, through lists in lists."""
    for _, value in walk_json(node):
        if isinstance(value, str):
            yield value


def _pipelines(node: Any, key: str, reading: Reading) -> None:
    if isinstance(node, str):
        note_code(node, f"{key} is {node}", reading, repository=True)
    elif isinstance(node, dict):
        for task, pipeline in node.items():
            code = pipeline.get("impl") if isinstance(pipeline, dict) else None
            if isinstance(code, str):
                note_code(code, f"{key}: {task} is {code}", reading)


def _peft_mapping(node: Any, key: str, reading: Reading) -> None:
    """``auto_mapping`` of PEFT: ``importlib.import_module(parent_library)``, then the class out of it."""
    if not isinstance(node, dict):
        return
    library, name = node.get("parent_library"), node.get("base_model_class")
    if isinstance(library, str):
        said = f"{key}: PEFT imports {library}"
        note_library(library, name if isinstance(name, str) else "", said, reading, "high")


def _modules(modules: list[Any], reading: Reading) -> None:
    """``modules.json`` of sentence-transformers: each module's type is imported, each path is opened."""
    for module in modules:
        if not isinstance(module, dict):
            continue
        kind, path = module.get("type"), module.get("path")
        if isinstance(kind, str) and _is_foreign(kind):
            note_code(kind, f"a module is of type {kind}", reading)
        why = outside(path) if isinstance(path, str) else None
        if why:
            reading.saw("path-outside-model", str(path), f"the path of a module: {why}")


def _is_foreign(kind: str) -> bool:
    """Whether a module's type is none that these libraries mean to be one."""
    if _MODULES_BY_DESIGN.match(kind):
        return False
    return not kind.startswith(_SENTENCE_MODULES) or danger_of(kind) is not None


def _components(node: dict[str, Any], reading: Reading) -> None:
    """``model_index.json`` of diffusers: each component is a library, which is imported, and a class of it.

    A class name that is itself a pair names a module of the repository.
    """
    for name, part in node.items():
        if not isinstance(part, list) or len(part) != 2 or not all(isinstance(one, str) for one in part):
            continue
        if name == "_class_name":
            note_code(".".join(part), f"_class_name is {'.'.join(part)}", reading)
        elif not name.startswith("_") and "_diffusers_version" in node:
            library, kind = part
            note_library(library, kind, f"{name} is {kind} of {library}", reading, "low")


def _templates(node: Any, name: str, reading: Reading) -> None:
    """One template, or several with names: a list of pairs, or a map."""
    texts = node if isinstance(node, list) else list(node.values()) if isinstance(node, dict) else [node]
    for entry in texts:
        text = entry.get("template") if isinstance(entry, dict) else entry
        if isinstance(text, str):
            reading.merge(read_template(text, f"the chat template in {name}"))


def read_template(text: str, where: str) -> Reading:
    """A chat template, or what about it could not be read."""
    try:
        return read_chat_template(text, where)
    except Unreadable as error:
        reading = Reading()
        reading.left_open(str(error), error.cause, error.action)
        return reading


def _decode(stream: Stream) -> str:
    data = stream.at(0, limits.TEMPLATE_BYTES + 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("the template is not UTF-8") from error


_READ_BY_KEY: Mapping[str, Callable[[Any, str, Reading], None]] = MappingProxyType(
    {
        "auto_map": _auto_map,
        "auto_mapping": _peft_mapping,
        "custom_pipeline": _pipelines,
        "custom_pipelines": _pipelines,
        "custom_generate": _generate,
        **dict.fromkeys(_ATTENTION, _attention),
        **dict.fromkeys(_ACTIVATIONS, _target),
        "_target_": _target,
        "__target__": _target,
        **dict.fromkeys(_CLASSES, _class),
    }
)
"""Keys that name code, and who reads their values."""
