"""The values that an expression may have, as far as the source tells."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from scanner.discover.syntax import At


@dataclass(frozen=True, slots=True)
class Text:
    """A string; ``node`` is where it is written in the searched file, null for another module's."""

    text: str
    node: ast.expr | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """A constant that is no string: None, a truth value, a number."""

    value: object


@dataclass(frozen=True, slots=True)
class Shape:
    """Something with parts: a display of a list or dictionary, a call that makes an object, a definition."""

    node: ast.AST
    at: At


@dataclass(frozen=True, slots=True)
class Path:
    """A path of the file system; the text where it is known."""

    text: str | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """What an import names, by its full name."""

    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Cannot be told."""


Value = Text | Plain | Shape | Path | Thing | Unknown
Values = tuple[Value, ...]

UNKNOWN: Values = (Unknown(),)


def given_path(value: Value) -> str | None:
    """The text of a string or path, where it is known."""
    return value.text if isinstance(value, Path | Text) else None
