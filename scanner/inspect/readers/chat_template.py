"""Chat templates: parsed by Jinja's own parser, never rendered, and searched for ways out of the template.

What counts as a way out: names of Python's internals (``__class__``, …) as attribute, item or text, the
``attr`` filter, and item names put together from pieces of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from scanner.inspect import limits
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

_INTERNAL = re.compile(
    r"__(?:class|mro|bases?|subclasses|globals|builtins|import|init|dict|code|closure|func|self|module|loader|"
    r"getattribute|getattr|reduce|reduce_ex|subclasshook|init_subclass|call|defaults|kwdefaults|wrapped)__"
)
_INTERNAL_ATTRIBUTES = frozenset(
    {
        "mro",
        "func_globals",
        "func_code",
        "im_func",
        "im_class",
        "im_self",
        "gi_frame",
        "gi_code",
        "cr_frame",
        "cr_code",
        "ag_frame",
        "f_globals",
        "f_locals",
        "f_builtins",
        "f_back",
        "tb_frame",
        "co_code",
    }
)
_BUILDING_FILTERS = frozenset({"format", "join", "reverse", "replace"})


@cache
def _environment() -> Environment:
    """Jinja with the tags that chat templates use: loop controls, ``do`` and the ``generation`` block."""
    from jinja2 import Environment, nodes
    from jinja2.ext import Extension

    class Generation(Extension):
        """``{% generation %}…{% endgeneration %}``, which marks what the assistant says."""

        tags = {"generation"}

        def parse(self, parser: Any) -> Any:
            line = next(parser.stream).lineno
            return nodes.Scope(
                parser.parse_statements(("name:endgeneration",), drop_needle=True), lineno=line
            )

    # Nothing is rendered, so there is nothing to escape.
    return Environment(extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do", Generation])  # noqa: S701


def read_chat_template(text: str, where: str) -> Reading:
    """Search one template; ``where`` names it in evidence.

    Raises:
        Unreadable: it is too long, or Jinja cannot parse it.
    """
    if len(text) > limits.TEMPLATE_BYTES:
        raise Unreadable(f"{where} is longer than {limits.TEMPLATE_BYTES >> 20} MiB", "budget", SPLIT)
    from jinja2 import TemplateError

    try:
        tree = _environment().parse(text)
        found = sorted(set(_escapes(tree)))
    except TemplateError as error:
        raise Unreadable(f"{where} is no Jinja template: {str(error)[:120]}") from error
    except RecursionError as error:
        raise Unreadable(f"{where} is nested too deeply to be read", "hostile") from error
    reading = Reading()
    for symbol, line in found:
        reading.saw("chat-template-code", symbol, f"{where}, line {line}: {symbol}")
    return reading


def _escapes(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    """What reaches out, with its line."""
    from jinja2 import nodes

    for node in _all(tree):
        if isinstance(node, nodes.Getattr):
            if node.attr.startswith("__") or node.attr in _INTERNAL_ATTRIBUTES:
                yield f".{node.attr}", node.lineno
        elif isinstance(node, nodes.Getitem):
            name = _text(node.arg)
            if name is not None and (name.startswith("__") or name in _INTERNAL_ATTRIBUTES):
                yield f"[{name!r}]", node.lineno
            elif name is None and _built(node.arg):
                yield "an item whose name is put together from text", node.lineno
        elif isinstance(node, nodes.Filter):
            if node.name == "attr":
                yield "|attr", node.lineno
        elif isinstance(node, nodes.Const) and isinstance(node.value, str):
            internal = _INTERNAL.search(node.value)
            if internal:
                yield repr(internal[0]), node.lineno


def _all(tree: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.iter_child_nodes())


def _text(node: nodes.Node) -> str | None:
    """The text that an expression of constants and concatenations spells; nothing is evaluated."""
    from jinja2 import nodes

    if isinstance(node, nodes.Const):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, nodes.Concat):
        parts = [_text(part) for part in node.nodes]
    elif isinstance(node, nodes.Add):
        parts = [_text(node.left), _text(node.right)]
    else:
        return None
    return None if None in parts else "".join(part for part in parts if part is not None)


def _built(node: nodes.Node) -> bool:
    """Whether an item name is computed out of text rather than looked up or counted."""
    from jinja2 import nodes

    if isinstance(node, nodes.Filter):
        return node.name in _BUILDING_FILTERS
    if isinstance(node, nodes.Mod):
        return isinstance(node.left, nodes.Const) and isinstance(node.left.value, str)
    if isinstance(node, nodes.Concat):
        return True
    if isinstance(node, nodes.Add):
        return any(
            isinstance(side, nodes.Const) and isinstance(side.value, str) for side in (node.left, node.right)
        )
    return False
