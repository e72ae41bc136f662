"""JSON as one value and nothing else: UTF-8, UTF-16 or UTF-32, bounded, no duplicate keys, no NaN."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from scanner.inspect import limits
from scanner.inspect.readers.reading import REWRITE, SPLIT, Unreadable
from scanner.inspect.stream import Stream

_BRACKETS = re.compile(rb'"(?>[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""Brackets, and whole strings so that brackets in them do not count."""
_BOM = b"\xef\xbb\xbf"


class DuplicateKey(Unreadable):
    """An object holds the same key twice, so that readers disagree about its value."""


def read_json(stream: Stream, what: str) -> Any:
    """The value in a stream.

    Raises:
        Unreadable: it is too large, or no such value.
    """
    if stream.size > limits.JSON_BYTES:
        raise Unreadable(f"{what} is larger than {limits.JSON_BYTES >> 20} MiB", "budget", SPLIT)
    return parse_json(stream.at(0, stream.size).removeprefix(_BOM), what)


def parse_json(data: bytes, what: str) -> Any:
    """The value that ``data`` spells; ``what`` names it in errors.

    Raises:
        DuplicateKey: an object has a key twice.
        Unreadable: it is no such value.
    """
    try:
        encoding = json.detect_encoding(data)
        if not encoding.startswith("utf-8"):
            data = data.decode(encoding).encode()
        _check_depth(data, what)
        return json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant)
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{what} is not JSON: {_short(error)}", action=REWRITE) from error


def _short(error: Exception) -> str:
    return str(error)[:100] if isinstance(error, json.JSONDecodeError) else type(error).__name__


def _check_depth(data: bytes, what: str) -> None:
    """Count brackets outside strings before the recursive parser meets them."""
    if data.count(b"[") + data.count(b"{") <= limits.JSON_DEPTH:
        return
    depth = 0
    for token in _BRACKETS.finditer(data):
        if token[0] in (b"[", b"{"):
            depth += 1
            if depth > limits.JSON_DEPTH:
                raise Unreadable(f"{what} is nested more than {limits.JSON_DEPTH} deep", "hostile")
        elif token[0] in (b"]", b"}"):
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise DuplicateKey(f"the key {twice!r:.80} stands twice in one object", "hostile", REWRITE)
    return made


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def walk_json(value: Any) -> Iterator[tuple[str | None, Any]]:
    """Every value in document order, with its key in an object, ``""`` in a list and ``None`` at the root."""
    waiting: list[tuple[str | None, Any]] = [(None, value)]
    while waiting:
        key, node = waiting.pop()
        yield key, node
        if isinstance(node, dict):
            waiting.extend(reversed(node.items()))
        elif isinstance(node, list):
            waiting.extend(("", child) for child in reversed(node))
