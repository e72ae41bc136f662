"""The arguments of one call: in place, by keyword, in unpacked dictionaries, through ``partial``."""

from __future__ import annotations

import ast
from typing import NamedTuple

from scanner.discover import members
from scanner.discover.callees import Callee
from scanner.discover.loader import Argument
from scanner.discover.syntax import At, Call
from scanner.discover.value import Plain, Shape, Text, Unknown, Values
from scanner.discover.values import Evaluator


class Given(NamedTuple):
    """An argument's expression and where it stands."""

    node: ast.expr
    at: At


class Arguments:
    """What a call gives to a callee."""

    def __init__(self, evaluator: Evaluator, call: Call, callee: Callee, own: bool) -> None:
        """``own`` is false for ``partial(function, …)``, whose arguments are another function's."""
        self._evaluator = evaluator
        self.positional: list[Given] = []
        self.words: dict[str, Given] = {}
        self.open = False
        """Whether a dictionary that cannot be told is unpacked into it."""
        if callee.given is not None:
            self._add(*callee.given)
        if own:
            self._add(call.node, call.at)

    def _add(self, node: ast.Call, at: At) -> None:
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                break
            self.positional.append(Given(argument, at))
        for word in node.keywords:
            if word.arg is not None:
                self.words[word.arg] = Given(word.value, at)
            else:
                self._unpack(word.value, at)

    def _unpack(self, node: ast.expr, at: At) -> None:
        for value in self._evaluator.values(node, at):
            if isinstance(value, Shape):
                for key, element, place in members.elements(self._evaluator, value):
                    names = self._evaluator.texts(key, place) if key is not None else []
                    if len(names) == 1 and isinstance(element, ast.expr):
                        self.words.setdefault(names[0], Given(element, place))
            if not isinstance(value, Shape) or isinstance(value.node, ast.DictComp):
                self.open = True

    def pick(self, argument: Argument) -> Given | None:
        """The expression of an argument, if it is given."""
        for name in argument.names:
            if name in self.words:
                return self.words[name]
        if argument.position is not None and argument.position < len(self.positional):
            return self.positional[argument.position]
        return None

    def option(self, name: str, options: tuple[str, ...]) -> Given | None:
        """A keyword of the call, or an entry of one of its dictionaries of options."""
        if name in self.words:
            return self.words[name]
        for option in options:
            given = self.words.get(option)
            for value in self._evaluator.values(*given) if given else ():
                for key, element, at in (
                    members.elements(self._evaluator, value) if isinstance(value, Shape) else ()
                ):
                    if (
                        key is not None
                        and name in self._evaluator.texts(key, at)
                        and isinstance(element, ast.expr)
                    ):
                        return Given(element, at)
        return None

    def switched(self, name: str, options: tuple[str, ...]) -> bool | None:
        """Whether a switch is on; null when it cannot be told."""
        given = self.option(name, options)
        if given is None:
            return None if self.open else False
        return truth(self._evaluator.values(*given))


def truth(values: Values) -> bool | None:
    """True when it may be true, null when it cannot be told."""
    known = [bool(value.value) for value in values if isinstance(value, Plain)]
    if any(known):
        return True
    return False if len(known) == len(values) and known else None


def only_text(values: Values) -> str | None:
    """The one string it is; null for none, several, or what cannot be told."""
    texts = {value.text for value in values if isinstance(value, Text)}
    return (
        texts.pop() if len(texts) == 1 and not any(isinstance(value, Unknown) for value in values) else None
    )
