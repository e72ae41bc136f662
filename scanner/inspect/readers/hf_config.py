"""Configuration files of Hugging Face repositories: what in them makes a loader run code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scanner.inspect.readers.chat_template import read_chat_template
from scanner.inspect.readers.reading import Reading, Unreadable
from scanner.inspect.readers.strict_json import read_json, walk_json
from scanner.inspect.stream import Stream

_PIPELINES = frozenset({"custom_pipeline", "custom_pipelines"})
_FOREIGN = "--"
_GENERATE = "custom_generate"
_ADAPTED = "base_model_name_or_path"
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}(?:/[A-Za-z0-9._-]{1,96})?\Z")
_CODE = "code_repositories"
_BASES = "base_repositories"
_BUILT_IN_MODULES = ("sentence_transformers.", "transformers.", "torch.", "diffusers.")


def read_hf_config(stream: Stream, name: str) -> Reading:
    """Look at every key of a configuration, or at a bare template.

    The facts ``code_repositories`` and ``base_repositories`` name the repositories of the Hub that code is
    loaded from, and that an adapter belongs to.

    Raises:
        Unreadable: it is no strict JSON, or too large.
    """
    if name.lower().endswith(".jinja"):
        return _template(_decode(stream), name)
    value = read_json(stream, name)
    reading = Reading()
    for key, node in walk_json(value):
        if key == "auto_map":
            _auto_map(node, reading)
        elif key in _PIPELINES and key is not None:
            _pipelines(node, key, reading)
        elif key == _GENERATE and isinstance(node, str):
            _code(node, f"{key} is {node}", reading, repository=True)
        elif key == "trust_remote_code" and node is True:
            reading.saw(
                "remote-code-reference", "trust_remote_code", "the configuration sets trust_remote_code"
            )
        elif key == "chat_template":
            _templates(node, name, reading)
        elif key is None and isinstance(node, list):
            _modules(node, reading)
        elif isinstance(node, dict) and _is_component_list(node):
            _components(node, reading)
        if key == _ADAPTED and name.lower() == "adapter_config.json":
            _name(node, _BASES, reading)
    return reading


def _code(target: str, said: str, reading: Reading, repository: bool = False) -> None:
    """Code that is named as module.Class, of another repository when its id and ``--`` stand before it.

    With ``repository`` a mere id names the code of that repository, too.
    """
    before, foreign, _ = target.partition(_FOREIGN)
    elsewhere = ", of another repository" if foreign else ""
    reading.saw("remote-code-reference", target, said + elsewhere)
    if foreign:
        _name(before, _CODE, reading)
    elif repository and "/" in target:
        _name(target, _CODE, reading)


def _name(repository: Any, fact: str, reading: Reading) -> None:
    """Note an id of the Hub; a path, which leads out of it, is none."""
    if isinstance(repository, str) and _REPOSITORY.match(repository) and ".." not in repository:
        known = reading.facts.get(fact)
        reading.facts[fact] = sorted({repository, *(known if isinstance(known, list) else ())})


def _auto_map(node: Any, reading: Reading) -> None:
    """``auto_map`` names module.Class of this repository, or of another one before ``--``.

    Tokenizers give a list, slow and fast class, where the others give one name.
    """
    roles = node.items() if isinstance(node, dict) else [("the class", node)]
    for role, targets in roles:
        for target in _texts(targets):
            _code(target, f"auto_map: {role} is {target}", reading)


def _texts(node: Any) -> Iterator[str]:
    """The texts in a value, through lists in lists."""
    for _, value in walk_json(node):
        if isinstance(value, str):
            yield value


def _pipelines(node: Any, key: str, reading: Reading) -> None:
    if isinstance(node, str):
        _code(node, f"{key} is {node}", reading, repository=True)
    elif isinstance(node, dict):
        for task, pipeline in node.items():
            code = pipeline.get("impl") if isinstance(pipeline, dict) else None
            if isinstance(code, str):
                _code(code, f"{key}: {task} is {code}", reading)


def _modules(modules: list[Any], reading: Reading) -> None:
    """``modules.json`` of sentence-transformers: each module's type is imported."""
    for module in modules:
        kind = module.get("type") if isinstance(module, dict) else None
        if isinstance(kind, str) and not kind.startswith(_BUILT_IN_MODULES):
            reading.saw("remote-code-reference", kind, f"a module is of type {kind}")


def _is_component_list(node: dict[str, Any]) -> bool:
    return "_class_name" in node and "_diffusers_version" in node


def _components(node: dict[str, Any], reading: Reading) -> None:
    """``model_index.json`` of diffusers: a class name that is a pair names a module of the repository."""
    own = node["_class_name"]
    if isinstance(own, list) and len(own) == 2 and all(isinstance(part, str) for part in own):
        symbol = ".".join(own)
        reading.saw("remote-code-reference", symbol, f"_class_name is {symbol}")


def _templates(node: Any, name: str, reading: Reading) -> None:
    """One template, or a list of named ones."""
    texts = node if isinstance(node, list) else [node]
    for entry in texts:
        text = entry.get("template") if isinstance(entry, dict) else entry
        if isinstance(text, str):
            reading.merge(_template(text, f"the chat template in {name}"))


def _template(text: str, where: str) -> Reading:
    try:
        return read_chat_template(text, where)
    except Unreadable as error:
        reading = Reading()
        reading.left_open(str(error), error.cause, error.action)
        return reading


def _decode(stream: Stream) -> str:
    from scanner.inspect import limits

    data = stream.at(0, limits.TEMPLATE_BYTES + 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("the template is not UTF-8") from error
