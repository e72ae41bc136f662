"""YAML that a loader of models obeys: tags that construct objects, and keys that name what is called.

Sources: PyYAML's ``constructor.py`` (``!!python/…``), hyperpyyaml (``!new:``, ``!apply:``, ``!name:`` …),
Hydra's ``instantiate`` (``_target_``), which NeMo uses for ``model_config.yaml``.
"""

from __future__ import annotations

import re

from scanner.inspect.readers.config_targets import danger_of, danger_of_module
from scanner.inspect.readers.hf_config import read_template
from scanner.inspect.readers.paths import outside
from scanner.inspect.readers.reading import Reading
from scanner.inspect.readers.yaml_tree import Node, read_yaml, walk_yaml
from scanner.inspect.stream import Stream

_RULE = "configuration-calls-code"
_PYTHON = re.compile(
    r"(?:tag:yaml\.org,2002:|!)python/(object/apply|object/new|object|name|module)(?::(.*))?\Z", re.DOTALL
)
_HYPER = re.compile(r"!(new|apply|applyref|name|module):(.*)\Z", re.DOTALL)
_INCLUDE = re.compile(r"!include:(.*)\Z", re.DOTALL)
_FOREIGN = re.compile(r"(?:tag:yaml\.org,2002:|!)(ruby/\S+|(?:javax?|com|org|sun)\.\S+)\Z")
"""Tags by which readers in Ruby and Java construct an object of any class."""
_VARIABLE = re.compile(r"\$\{\.*([\w.]+)\}")
_TARGETS = frozenset({"_target_", "_target", "__target__", "target", "class_path"})
_TEMPLATES = frozenset({"chat_template", "default_chat_template", "chat_template_jinja"})
_CALLED = frozenset({"_target_", "__target__", "_target"})
_NAMING = frozenset({"path", "method", "fn", "func", "function", "target", "callable", "cls", "name"})
"""Arguments by which helpers such as hydra.utils.get_method are told what to fetch."""
_PLAIN_OBJECTS_TEXT = """
argparse.Namespace collections.OrderedDict collections.defaultdict pathlib.PosixPath pathlib.Path
pathlib.WindowsPath pathlib.PurePosixPath builtins.slice builtins.complex builtins.set
builtins.frozenset builtins.range numpy.core.multiarray.scalar numpy._core.multiarray.scalar numpy.dtype
numpy.ndarray numpy.core.multiarray._reconstruct numpy._core.multiarray._reconstruct torch.device
torch.Size torch.dtype datetime.datetime datetime.date datetime.timedelta uuid.UUID decimal.Decimal
fractions.Fraction
"""
_PLAIN_OBJECTS = frozenset(_PLAIN_OBJECTS_TEXT.split())


def read_yaml_config(stream: Stream, name: str) -> Reading:
    """Look at every tag and every target.

    Raises:
        Unreadable: it is no YAML, or beyond a cap.
    """
    reading = Reading()
    judge_yaml(read_yaml(stream, name), reading)
    reading.credentials(stream.at(0, stream.size).decode("utf-8", "replace"), name)
    return reading


def judge_yaml(documents: list[Node], reading: Reading) -> None:
    """Note what the documents make their loader call."""
    values = {
        key.text: value.text
        for node in walk_yaml(documents)
        for key, value in node.pairs
        if key.text and value.text
    }
    for node in walk_yaml(documents):
        if node.tag:
            _tag(node, reading)
        for key, value in node.pairs:
            if key.text in _TARGETS and value.text is not None:
                _target(node, key.text, _resolved(value.text, values), value.line, reading)
            elif key.text in _TEMPLATES and value.text is not None:
                where = f"the chat template in line {value.line}"
                reading.merge(read_template(value.text, where))


def _resolved(text: str, values: dict[str, str]) -> str:
    """A text with the variables of OmegaConf in it replaced, by the last part of their path."""
    return _VARIABLE.sub(lambda found: values.get(found[1].rpartition(".")[2], found[0]), text)


def _tag(node: Node, reading: Reading) -> None:
    tag = node.tag or ""
    python, hyper, include = _PYTHON.match(tag), _HYPER.match(tag), _INCLUDE.match(tag)
    where = f"line {node.line}: the tag {tag[:80]}"
    foreign = _FOREIGN.match(tag)
    if foreign:
        evidence = f"{where}: constructs an object of any class"
        reading.saw(_RULE, foreign[1], evidence, None, None, _given(node))
    if python:
        # In old tags the name may also be the scalar itself: !!python/name is empty then.
        name = python[2] or node.text or "an object"
        if name in _PLAIN_OBJECTS:
            return
        danger = danger_of_module(name) if python[1] == "module" else danger_of(name)
        if not danger and python[1] != "module":
            danger = danger_of_module(name.rpartition(".")[0])
        made = python[1] in ("object/apply", "object/new")
        severity = None if danger or (made and not _is_library(name)) else "low"
        reading.saw(_RULE, name, f"{where}: {danger or 'constructs an object'}", None, severity, _given(node))
    elif hyper:
        danger = danger_of(hyper[2])
        if danger:
            reading.saw(_RULE, hyper[2], f"{where}: {danger}", None, None, _given(node))
    elif include:
        why = outside(include[1])
        if why:
            reading.saw("path-outside-model", include[1], f"{where}: {why}")


def _is_library(name: str) -> bool:
    """Whether an object belongs to a library of models, whose own writers dump such things."""
    return name.partition(".")[0] in _LIBRARIES


_LIBRARIES_TEXT = """
numpy torch transformers sklearn pytorch_lightning lightning omegaconf datasets ray tensorflow pandas
gym gymnasium stable_baselines3 rl_zoo3 peft trl accelerate
"""
_LIBRARIES = frozenset(_LIBRARIES_TEXT.split())


def _target(node: Node, key: str, target: str, line: int, reading: Reading) -> None:
    danger = danger_of(target)
    if danger:
        reading.saw(_RULE, target, f"line {line}: {key}: {danger}", None, None, _given(node))
        return
    if key not in _CALLED:
        return
    for name, value in node.pairs:
        if name.text in _TARGETS or value.text is None:
            continue
        inner = danger_of(value.text)
        if inner and name.text in (
            "path",
            "method",
            "fn",
            "func",
            "function",
            "target",
            "callable",
            "cls",
            "name",
        ):
            reading.saw(
                _RULE, value.text, f"line {value.line}: {name.text}, handed to {target[:80]}: {inner}"
            )


def _given(node: Node) -> str | None:
    """The arguments next to a target or under a tag, as far as they are plain."""
    parts = [item.text for item in node.items if item.text is not None]
    parts += [
        f"{key.text}={value.text}"
        for key, value in node.pairs
        if key.text and key.text not in _TARGETS and value.text is not None
    ]
    parts += [item.text for _, value in node.pairs for item in value.items if item.text is not None]
    if not parts and node.text:
        parts = [node.text]
    return ", ".join(parts)[:150] or None
