"""What a pickle calls, as a person would write it: ``getattr(__import__('os'), 'system')('id')``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.inspect.pickle_values import Dict, Global, List, Long, Made

_TEXT: Final = 120
_BYTES: Final = 60
_ALL: Final = 280
_LEVELS: Final = 8
_BUILTINS: Final = ("builtins", "__builtin__")
_LEFT_OUT: Final = "…"

Excerpt = Callable[[Long, int], bytes]
"""The first bytes of a long argument."""


def render(value: Any, excerpt: Excerpt) -> str:
    """A value as source text, of bounded length and printable."""
    parts: list[str] = []
    _Rendering(parts, excerpt).add(value, _LEVELS)
    text = "".join(parts)
    return text if len(text) <= _ALL else text[: _ALL - 1] + _LEFT_OUT


def arguments_of(made: Made, excerpt: Excerpt) -> str:
    """The arguments of a call alone, without the parentheses."""
    parts: list[str] = []
    _Rendering(parts, excerpt).add_arguments(made, _LEVELS)
    text = "".join(parts)
    return text if len(text) <= _ALL else text[: _ALL - 1] + _LEFT_OUT


class _Rendering:
    def __init__(self, parts: list[str], excerpt: Excerpt) -> None:
        self._parts = parts
        self._excerpt = excerpt
        self._room = _ALL

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._room -= len(text)

    def add(self, value: Any, levels: int) -> None:
        if self._room <= 0:
            return
        if isinstance(value, Global):
            self._put(_name(value))
        elif isinstance(value, Made):
            if levels <= 0:
                self._put(_LEFT_OUT)
                return
            self.add(value.what, levels - 1)
            self._put("(")
            self.add_arguments(value, levels - 1)
            self._put(")")
        elif isinstance(value, str | bytes | Long):
            self._put(self._quoted(value))
        elif isinstance(value, Dict | List | tuple):
            self._container(value, levels - 1)
        elif value is None or isinstance(value, bool | int | float):
            self._put(_number(value))
        else:
            self._put(_LEFT_OUT)

    def add_arguments(self, made: Made, levels: int) -> None:
        if isinstance(made.arguments, tuple):
            self._items(made.arguments, levels)
        else:
            self._put("*")
            self.add(made.arguments, levels)
        if made.keywords:
            self._put(", **" if made.arguments else "**")
            self.add(made.keywords, levels)

    def _container(self, value: Dict | List | tuple[Any, ...], levels: int) -> None:
        opening, closing = (
            ("{", "}") if isinstance(value, Dict) else ("[", "]") if isinstance(value, List) else ("(", ")")
        )
        self._put(opening)
        if levels < 0:
            self._put(_LEFT_OUT)
        elif isinstance(value, Dict):
            for place, (key, item) in enumerate(value.items()):
                self._put(f"{', ' if place else ''}{self._quoted(key)}: ")
                self.add(item, levels)
        else:
            self._items(value, levels)
            if isinstance(value, tuple) and len(value) == 1:
                self._put(",")
        self._put(closing)

    def _items(self, items: Any, levels: int) -> None:
        for place, item in enumerate(items):
            if self._room <= 0:
                return
            if place:
                self._put(", ")
            self.add(item, levels)

    def _quoted(self, value: str | bytes | Long) -> str:
        most = _TEXT if isinstance(value, str) or (isinstance(value, Long) and value.text) else _BYTES
        long = False
        if isinstance(value, Long):
            data, long = self._excerpt(value, most), True
            value = data.decode("utf-8", "replace") if value.text else data
        long |= len(value) > most
        return repr(value[:most]) + (_LEFT_OUT if long else "")


def _number(value: Any) -> str:
    text = repr(value) if not isinstance(value, int) or value.bit_length() < 200 else hex(value)
    return text if len(text) <= 80 else text[:80] + _LEFT_OUT


def _name(found: Global) -> str:
    if found.module in _BUILTINS:
        return _printable(found.name)
    return _printable(found.symbol)


def _printable(text: str) -> str:
    text = text[:_TEXT]
    return text if text.isprintable() else repr(text)[1:-1]


def texts_in(value: Any, excerpt: Excerpt, levels: int) -> list[str]:
    """The texts among the arguments of a call."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, bytes):
        return [value.decode("latin-1")]
    if isinstance(value, Long):
        return [excerpt(value, 1 << 12).decode("latin-1")]
    found: list[str] = []
    if levels:
        inner: Any = ()
        if isinstance(value, Made):
            inner = (value.arguments, value.keywords)
        elif isinstance(value, Dict):
            inner = value.values()
        elif isinstance(value, tuple | List):
            inner = value
        for item in inner:
            found += texts_in(item, excerpt, levels - 1)
    return found
