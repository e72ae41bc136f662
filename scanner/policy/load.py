"""YAML in, :class:`~scanner.policy.config.Config` out, or an error that names the line.

The YAML is read as a node graph and never constructed: every scalar stays the text that was written, so that
``off``, ``no`` and dates mean what they say. Aliases, anchors, merge keys and tags are refused, which leaves
no way to make a small file large.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from scanner.policy.config import Config, Wrong
from scanner.policy.text import printable, quoted

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from scanner.policy.nodes import Node

MAX_BYTES = 256 * 1024
MAX_DEPTH = 8
MAX_PROBLEMS = 20
"""Problems told at once; the rest is counted."""

Location = tuple[int | str, ...]


class Problem(NamedTuple):
    """One thing wrong with a configuration; line and column count from 1."""

    line: int
    column: int
    message: str


class ConfigError(ValueError):
    """A configuration that cannot be used. ``str()`` is one line a problem: ``FILE:LINE:COLUMN: message``.

    ``line``, ``column`` and ``message`` are those of the first problem; ``problems`` holds them all, by line.
    """

    def __init__(
        self, where: str, line: int, column: int, message: str, others: Iterable[Problem] = ()
    ) -> None:
        self.where = where
        self.problems = tuple(sorted({Problem(line, column, message), *others}))
        self.line, self.column, self.message = self.problems[0]
        lines = [
            f"{where}:{line}:{column}: {message}" for line, column, message in self.problems[:MAX_PROBLEMS]
        ]
        if more := len(self.problems) - MAX_PROBLEMS:
            lines += [f"{where}: and {more} more"] if more > 0 else []
        super().__init__("\n".join(lines))


def load(data: bytes, where: str) -> Config:
    """Read a configuration; ``where`` is how errors call the file.

    Raises:
        ConfigError: it is not a configuration; nothing else is raised, whatever the bytes.
    """
    text = _decode(data, where)
    from scanner.policy.nodes import NodeError, compose

    try:
        root = compose(text, MAX_DEPTH)
    except NodeError as error:
        first, *others = (Problem(*spot) for spot in error.spots)
        raise ConfigError(where, *first, others) from None
    if root is None:
        return Config()
    if not isinstance(root.value, dict):
        raise ConfigError(where, root.line, root.column, "the file must be a mapping of keys")
    return _validate(root, where)


def _decode(data: bytes, where: str) -> str:
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data)} bytes; a configuration may have {MAX_BYTES}"
        raise ConfigError(where, 1, 1, message)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        raise ConfigError(where, line, column, "not UTF-8: save the file as UTF-8") from None


def _validate(root: Node, where: str) -> Config:
    from pydantic import ValidationError

    try:
        return Config.model_validate(root.plain(), by_alias=True, by_name=False)
    except ValidationError as error:
        first, *others = _problems(root, error.errors(include_url=False))
        raise ConfigError(where, *first, others) from None


def _problems(root: Node, errors: list[ErrorDetails]) -> Iterator[Problem]:
    for error in errors:
        location = tuple(step for step in error["loc"] if step != "[key]")
        at_key = error["loc"][-1:] == ("[key]",) or error["type"] == "extra_forbidden"
        node = root.find(location, key=at_key)
        yield Problem(node.line, node.column, _sentence(location, error))


def _sentence(location: Location, error: ErrorDetails) -> str:
    kind, place = error["type"], _place(location)
    context: Mapping[str, Any] = error.get("ctx", {})
    wrong = context.get("error")
    if kind == "extra_forbidden":
        valid = _keys_at(location[:-1])
        inside = f" in {_place(location[:-1])}" if location[:-1] else ""
        return f"unknown key {quoted(str(location[-1]))}{inside}{_advice(str(location[-1]), valid)}"
    if isinstance(wrong, Wrong):
        subject = f"{place}: {quoted(wrong.given)} " if wrong.given else f"{place} "
        return f"{subject}{wrong.message}{_advice(wrong.given, wrong.valid)}"
    if kind == "missing":
        return f"{_place(location[:-1])} has no {quoted(str(location[-1]))}: it is required"
    if kind == "list_type":
        return f'{place} must be a list: one "- value" a line'
    if kind in ("dict_type", "model_type"):
        return f'{place} must be a mapping: one "key: value" a line'
    if kind == "too_long":
        return f"{place} must not have more than {context['max_length']} entries"
    return f"{place}: {printable(error['msg'])}"


def _keys_at(location: Location) -> tuple[str, ...]:
    """The keys that are valid in the section at ``location``."""
    model: type[BaseModel] = Config
    for step in location:
        if isinstance(step, str):
            model = _section(model, step)
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _section(model: type[BaseModel], key: str) -> type[BaseModel]:
    from pydantic import BaseModel

    field = next(field for name, field in model.model_fields.items() if (field.alias or name) == key)
    kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
    return next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))


def _place(location: Location) -> str:
    """``exceptions[0].expires``; entries count from 1, as a reader would."""
    text = ""
    for step in location:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return quoted(text.removeprefix(".")) if text else "the configuration"


def _advice(given: str, valid: tuple[str, ...]) -> str:
    if not valid:
        return ""
    by_fold = {name.casefold(): name for name in valid}
    near = difflib.get_close_matches(given.casefold().replace("_", "-")[:200], by_fold, n=1, cutoff=0.7)
    if near:
        return f"; did you mean {quoted(by_fold[near[0]])}?"
    if len(valid) > 12:
        return "; docs/rules/README.md lists them all"
    return f"; valid are {', '.join(valid)}"
