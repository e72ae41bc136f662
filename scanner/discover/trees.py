"""Configuration files as trees whose scalars know where they stand; and the reader of JSON.

YAML's is in :mod:`scanner.discover.yamltree`, that of TOML, INI, ``.env`` and properties in
:mod:`scanner.discover.flat`. Every reader is tolerant (what stands before an error is kept), bounded by
:data:`MOST` nodes and :data:`DEEPEST` levels, and does not recurse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

MOST = 60_000
"""Nodes that are read of one file."""
DEEPEST = 60


@dataclass(slots=True)
class Scalar:
    """A value and the characters that write it, quotes and all."""

    value: str
    start: int
    end: int
    quoted: bool = False
    block: bool = False
    """A block scalar of YAML, or a string over several lines."""


@dataclass(slots=True)
class Mapping:
    """Keys and values in their order, doubles kept."""

    start: int
    end: int = 0
    pairs: list[tuple[Scalar, Node]] = field(default_factory=list)
    flow: bool = False
    _index: dict[str, Node] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The first value of each key, as :meth:`get` compares them: a file may have very many."""
    _indexed: int = field(default=0, init=False, repr=False, compare=False)

    def get(self, *keys: str) -> Node | None:
        """The value of the first of these keys, compared with letters small and ``-`` as ``_``."""
        for name, value in self.pairs[self._indexed :]:
            self._index.setdefault(snake(name.value), value)
        self._indexed = len(self.pairs)
        return next((self._index[key] for key in keys if key in self._index), None)

    def scalar(self, *keys: str) -> Scalar | None:
        """The first of these keys whose value is a scalar."""
        for key in keys:
            value = self.get(key)
            if isinstance(value, Scalar):
                return value
        return None


@dataclass(slots=True)
class Sequence:
    """A list."""

    start: int
    end: int = 0
    items: list[Node] = field(default_factory=list)


Node: TypeAlias = Scalar | Mapping | Sequence

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(key: str) -> str:
    """``modelId``, ``MODEL-ID`` and ``--model.id`` as ``model_id`` (of a dotted key its last part)."""
    key = key.strip().lstrip("-").rpartition(".")[2][:100]
    if not key.isupper():
        key = _HUMP.sub("_", key)
    return key.lower().replace("-", "_").replace(" ", "_")


class Builder:
    """Puts scalars and brackets, as a reader meets them, into trees."""

    def __init__(self) -> None:
        self.roots: list[Node] = []
        self.full = False
        self._open: list[Mapping | Sequence] = []
        self._keys: list[Scalar | None] = []
        self._count = 0
        self._skipped = 0

    def add(self, node: Node) -> None:
        """Put a node where the reader is."""
        self._count += 1
        if self._count > MOST:
            self.full = True
            return
        if not self._open:
            self.roots.append(node)
            return
        top = self._open[-1]
        if isinstance(top, Sequence):
            top.items.append(node)
        elif self._keys[-1] is None:
            # A key that is no scalar has no name: its value is kept under the empty one.
            self._keys[-1] = node if isinstance(node, Scalar) else Scalar("", node.start, node.end)
        elif isinstance(top, Mapping):
            top.pairs.append((self._keys[-1], node))
            self._keys[-1] = None

    def begin(self, node: Mapping | Sequence) -> None:
        """Open a mapping or a list."""
        if len(self._open) >= DEEPEST:
            self._skipped += 1
            return
        self.add(node)
        self._open.append(node)
        self._keys.append(None)

    def finish(self, end: int) -> None:
        """Close the innermost one."""
        if self._skipped:
            self._skipped -= 1
        elif self._open:
            self._open.pop().end = end
            self._keys.pop()

    @property
    def unfinished(self) -> bool:
        """Whether a mapping or a list is open."""
        return bool(self._open)


# Possessive, and closed by the end of the text too: no text makes the search start over.
_TOKEN = re.compile(
    r'"(?P<string>(?:[^"\\]++|\\.|\\\Z)*+)(?:"|\Z)|(?P<comment>//[^\n]*|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z))'
    r"|(?P<punctuation>[{}\[\],:])|(?P<word>[^\s{}\[\],:\"/]+|/)",
    re.S,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.S)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _CONTROL.get(match[2], match[2])


def read_json(text: str, start: int = 0, end: int | None = None) -> list[Node]:
    """The values of a JSON text, of one with comments and trailing commas, or of one value a line."""
    build = Builder()
    for match in _tokens(text, start, len(text) if end is None else end):
        if match["string"] is not None:
            value = match["string"]
            value = _ESCAPE.sub(_unescape, value) if "\\" in value else value
            build.add(Scalar(value, match.start(), match.end(), quoted=True))
        elif match["word"]:
            build.add(Scalar(match["word"], match.start(), match.end()))
        elif match["punctuation"] == "{":
            build.begin(Mapping(match.start(), flow=True))
        elif match["punctuation"] == "[":
            build.begin(Sequence(match.start()))
        elif match["punctuation"] in {"}", "]"}:
            build.finish(match.end())
        if build.full:
            break
    return build.roots


def _tokens(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    return (match for match in _TOKEN.finditer(text, start, end) if match["comment"] is None)
