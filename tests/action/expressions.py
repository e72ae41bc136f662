"""The part of GitHub's expressions that ``action.yml`` uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w.-]*)|(\d+)|(==|!=|&&|\|\||[!(),]))")
_PLACE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


@dataclass
class Expressions:
    """Evaluates against ``contexts`` (``github``, ``inputs``, ``steps``); ``failed`` is of the job so far."""

    contexts: Mapping[str, Any]
    failed: bool = False

    def text(self, template: Any) -> str:
        """``template`` with every ``${{ … }}`` replaced by its value, as text."""
        return _PLACE.sub(lambda match: _text(self._value(match[1])), _text(template))

    def condition(self, text: str | None) -> bool:
        """Whether a step runs: without a status function, only while nothing has failed."""
        text = (text or "success()").strip().removeprefix("${{").removesuffix("}}")
        if not re.search(r"\b(always|success|failure|cancelled)\(\)", text):
            text = f"success() && ({text})"
        return bool(self._value(text))

    def _value(self, text: str) -> Any:
        tokens = list(_tokens(text))
        value = self._either(tokens)
        assert not tokens, f"cannot read {text!r} from {tokens}"
        return value

    def _either(self, tokens: list[str]) -> Any:
        value = self._both(tokens)
        while tokens[:1] == ["||"]:
            tokens.pop(0)
            right = self._both(tokens)
            value = value or right
        return value

    def _both(self, tokens: list[str]) -> Any:
        value = self._compared(tokens)
        while tokens[:1] == ["&&"]:
            tokens.pop(0)
            right = self._compared(tokens)
            value = value and right
        return value

    def _compared(self, tokens: list[str]) -> Any:
        value = self._single(tokens)
        if tokens and tokens[0] in ("==", "!="):
            equal = tokens.pop(0) == "=="
            return (_text(value).lower() == _text(self._single(tokens)).lower()) is equal
        return value

    def _single(self, tokens: list[str]) -> Any:
        token = tokens.pop(0)
        if token == "!":
            return not self._single(tokens)
        if token == "(":
            value = self._either(tokens)
            assert tokens.pop(0) == ")"
            return value
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token.isdigit():
            return int(token)
        if tokens[:1] == ["("]:
            return self._call(token, tokens)
        value = self.contexts
        for name in token.split("."):
            value = value.get(name, "") if isinstance(value, Mapping) else ""
        return value

    def _call(self, name: str, tokens: list[str]) -> Any:
        functions: dict[str, Callable[..., Any]] = {
            "always": lambda: True,
            "success": lambda: not self.failed,
            "failure": lambda: self.failed,
            "cancelled": lambda: False,
            "endsWith": lambda text, end: _text(text).lower().endswith(_text(end).lower()),
        }
        assert tokens.pop(0) == "("
        arguments = []
        while tokens[0] != ")":
            arguments.append(self._either(tokens))
            if tokens[0] == ",":
                tokens.pop(0)
        tokens.pop(0)
        return functions[name](*arguments)


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        assert match, f"cannot read {text[place:]!r}"
        place = match.end()
        yield match[0].strip()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
