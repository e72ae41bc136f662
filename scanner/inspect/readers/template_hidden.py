"""Text that a chat template slips into a conversation: what a person who reads the chat never sees.

A template that answers to an ordinary word of the user with an address or markup of its own is how poisoned
templates work; an honest one tests for the marks of its own format and writes those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import nodes

Hidden = tuple[str, int, bool]
"""What is said, on which line, and whether it is written only for certain words of the conversation."""

_ADDRESS = re.compile(r"(?i)\b(?:https?|ftp|wss?)://[^\s\"'<>]{4,200}")
_MARKUP = re.compile(r"(?i)<script\b|<iframe\b|<img\b[^>]{0,200}\bsrc\s*=|javascript:")
_ORDER = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|all)\b.{0,40}\b"
    r"(?:instructions?|rules|prompts?|guidelines)|\b(?:do not|don't|never)\b.{0,30}\b(?:tell|inform|"
    r"mention to|reveal|disclose|show)\b.{0,30}\b(?:user|anyone|human)\b|"
    r"\bwithout\b.{0,20}\b(?:telling|informing)\b.{0,20}\buser\b|\b(?:curl|wget)\s+-?\S{0,20}\s*https?:|"
    r"\bpip3? install\b|\bsend\b.{0,60}\b(?:password|credential|api key|secret|token)s?\b"
)
_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0020-\U000e007f]{2,}|[\u200b-\u200d\u2060]{8,}")
_WORD = re.compile(r"[A-Za-z][A-Za-z .,'!?-]{2,}\Z")
_ROLES_TEXT = """
system user assistant tool function developer ipython model text image video audio thought content
"""
_ROLES = frozenset(_ROLES_TEXT.split())
_LINE = 80


def hidden_text(tree: nodes.Template) -> Iterator[Hidden]:
    """Addresses, markup, orders to the model and invisible characters in what the template writes."""
    from jinja2 import nodes

    waiting: list[tuple[nodes.Node, bool]] = [(tree, False)]
    while waiting:
        node, conditional = waiting.pop()
        text = _written(node)
        for pattern, what in _KINDS:
            found = pattern.search(text) if text else None
            if found:
                yield (
                    what.format(found[0][:_LINE].strip()),
                    node.lineno,
                    conditional and pattern is not _INVISIBLE,
                )
        if isinstance(node, nodes.If):
            inner = conditional or _asks_for_a_word(node.test)
            waiting.append((node.test, conditional))
            waiting.extend((child, inner) for child in node.body)
            waiting.extend((child, conditional) for child in (*node.elif_, *node.else_))
        elif isinstance(node, nodes.CondExpr):
            inner = conditional or _asks_for_a_word(node.test)
            waiting.append((node.expr1, inner))
            waiting.extend((child, conditional) for child in (node.test, node.expr2) if child is not None)
        else:
            waiting.extend((child, conditional) for child in node.iter_child_nodes())


_KINDS = (
    (_ADDRESS, "the address {}"),
    (_MARKUP, "the markup {}"),
    (_ORDER, "the order “{}”"),
    (_INVISIBLE, "invisible characters"),
)


def _written(node: nodes.Node) -> str:
    from jinja2 import nodes

    if isinstance(node, nodes.TemplateData):
        return node.data
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else ""


def _asks_for_a_word(test: nodes.Node) -> bool:
    """Whether a condition searches text for a word of ordinary language, which is no role and no mark."""
    from jinja2 import nodes

    for node in (test, *test.find_all(nodes.Compare)):
        if not isinstance(node, nodes.Compare) or not any(operand.op == "in" for operand in node.ops):
            continue
        sought = node.expr
        word = sought.value if isinstance(sought, nodes.Const) else None
        into_text = not isinstance(node.ops[0].expr, nodes.List | nodes.Tuple | nodes.Dict)
        if isinstance(word, str) and into_text and _WORD.match(word) and word.lower() not in _ROLES:
            return not _is_presence(node)
    return False


def _is_presence(node: nodes.Compare) -> bool:
    """``'tools' in message``: whether a map has a key, not whether a text holds a word."""
    from jinja2 import nodes

    return isinstance(node.ops[0].expr, nodes.Name)
