"""What expressions of a template spell, as far as constants tell; nothing is rendered, nothing is called."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import nodes

LONGEST = 4_096
"""Characters of a text that is put together; more names nothing."""
HUGE = 10**7
"""A number that no template needs: as a count of steps or of characters it makes rendering hang."""

Value = str | int | None

_CASES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "trim": str.strip,
    "string": str,
    "safe": str,
}


class Folding:
    """Folds constants, text operations and variables that were set to either."""

    def __init__(self) -> None:
        self._variables: dict[str, Value] = {}
        self._known: dict[int, Value] = {}

    def note(self, name: str, value: Value) -> None:
        """Remember what a variable was set to."""
        self._variables[name] = value

    def text(self, node: nodes.Node) -> str | None:
        """The text that an expression spells, if it can be told."""
        value = self.value(node)
        return value if isinstance(value, str) else None

    def value(self, node: nodes.Node) -> Value:
        """The text or whole number that an expression comes to; :data:`HUGE` stands for anything larger."""
        key = id(node)
        if key not in self._known:
            folded = self._fold(node)
            if isinstance(folded, str) and len(folded) > LONGEST:
                folded = None
            elif isinstance(folded, int):
                folded = max(-HUGE, min(folded, HUGE))
            self._known[key] = folded
        return self._known[key]

    def _fold(self, node: nodes.Node) -> Value:
        from jinja2 import nodes

        if isinstance(node, nodes.Const):
            plain = isinstance(node.value, str | int) and not isinstance(node.value, bool)
            return node.value if plain else None
        if isinstance(node, nodes.Name):
            return self._variables.get(node.name)
        if isinstance(node, nodes.Concat):
            return self._joined(node.nodes, "")
        if isinstance(node, nodes.BinExpr):
            return self._operation(node)
        if isinstance(node, nodes.Filter):
            return self._filter(node)
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
            return self._method(node.node.node, node.node.attr, node.args)
        if isinstance(node, nodes.Getitem):
            return self._item(node)
        return None

    def _joined(self, parts: list[nodes.Expr], by: str) -> str | None:
        values = [self.value(part) for part in parts]
        return None if None in values else by.join(map(str, values))

    def _operation(self, node: nodes.BinExpr) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if left is None or (right is None and node.operator != "%"):
            return None
        if node.operator == "%" and isinstance(left, str):
            return self._percent(left, node.right)
        if isinstance(left, int) and isinstance(right, int):
            return _arithmetic(node.operator, left, right)
        if node.operator == "+" and isinstance(left, str) and isinstance(right, str):
            return left + right
        if node.operator == "*" and isinstance(left, str) and isinstance(right, int):
            return left * right if 0 <= right * max(len(left), 1) <= LONGEST else None
        return None

    def _percent(self, pattern: str, argument: nodes.Node) -> str | None:
        """``%`` with the plainest conversions; widths are left alone."""
        from jinja2 import nodes

        items = argument.items if isinstance(argument, nodes.Tuple | nodes.List) else [argument]
        values = [self.value(item) for item in items]
        if re.search(r"%[^csd%]", pattern) or None in values:
            return None
        try:
            return pattern % tuple(values)
        except (TypeError, ValueError, OverflowError):
            return None

    def _filter(self, node: nodes.Filter) -> Value:
        from jinja2 import nodes

        if node.node is None:
            return None
        if node.name == "join" and isinstance(node.node, nodes.List | nodes.Tuple):
            by = self.text(node.args[0]) if node.args else ""
            return None if by is None else self._joined(node.node.items, by)
        if node.name == "format":
            pattern = self.text(node.node)
            return None if pattern is None else self._percent(pattern, nodes.Tuple(node.args, "load"))
        text = self.text(node.node)
        if text is None:
            return None
        if node.name == "reverse":
            return text[::-1]
        return self._method(node.node, node.name, node.args)

    def _method(self, on: nodes.Node, name: str, arguments: list[nodes.Expr]) -> Value:
        from jinja2 import nodes

        text = self.text(on)
        if text is None:
            return None
        if name == "join" and len(arguments) == 1 and isinstance(arguments[0], nodes.List | nodes.Tuple):
            return self._joined(arguments[0].items, text)
        values = [self.text(argument) for argument in arguments]
        if name == "replace" and len(values) == 2 and None not in values:
            old, new = (value or "" for value in values)
            return text.replace(old, new) if old and len(text) * max(len(new), 1) <= LONGEST * 8 else None
        if name == "format":
            filled = iter(values)
            if None in values or re.search(r"\{[^}]", text) or text.count("{}") > len(values):
                return None
            return re.sub(r"\{\}", lambda _: next(filled) or "", text)
        case = _CASES.get({"strip": "trim"}.get(name, name))
        return case(text) if case and not arguments else None

    def _item(self, node: nodes.Getitem) -> str | None:
        """A text turned round or cut by constants."""
        from jinja2 import nodes

        text = self.text(node.node)
        if text is None:
            return None
        if isinstance(node.arg, nodes.Slice):
            start, stop, step = node.arg.start, node.arg.stop, node.arg.step
            bounds = [_bound(self.value(one)) if one else None for one in (start, stop, step)]
            return text[slice(*bounds)] if bounds[2] != 0 else None
        index = self.value(node.arg)
        return text[index] if isinstance(index, int) and -len(text) <= index < len(text) else None


def _bound(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _arithmetic(operator: str, left: int, right: int) -> int | None:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if operator == "**" and right >= 0:
        return left**right if right <= 64 or left in (-1, 0, 1) else HUGE
    return left // right if operator == "//" and right else None
