"""Untrusted text made harmless for logs, terminals and every other plain place.

Names and values out of a pull request can hold terminal escapes, right-to-left marks, invisible characters
and the workflow commands of a GitHub runner. Nothing is dropped: what cannot be seen is written out, so that
two names that differ also look different.
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"

_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Controls (ESC, C1), formats (bidirectional and zero-width), unassigned, private, surrogates, separators."""

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Characters of a visible category that no font draws (Default_Ignorable_Code_Point; Braille blank)."""

_VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))

_SPACED_COMMAND = re.compile(r":(?=:)|##(?=\[)")


def visible(text: str) -> str:
    """``text`` on one line, each character that cannot be seen written as ``[U+202E]``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"[U+{ord(char):04X}]" if _unseen(char) else char for char in text)


def cut(text: str, limit: int, tail: int = 0) -> str:
    """At most ``limit`` characters of ``text``, its last ``tail`` ones kept, with an ellipsis for the rest.

    The answer can be longer after :func:`visible`; use :func:`brief` for both.
    """
    if len(text) <= limit:
        return text
    head = text[: limit - tail - 1]
    return head + ELLIPSIS + (text[-tail:] if tail else "")


def brief(text: str, limit: int, tail: int = 0) -> str:
    """:func:`visible` text of at most ``limit`` characters; work is bounded by ``limit``, not by the text."""
    return cut(visible(cut(text, limit, tail)), limit, tail)


def log_line(text: str) -> str:
    """One line that a terminal cannot be steered by and that no GitHub runner takes for a command.

    The runner obeys ``::name::`` at the start of a line and the older ``##[name]`` anywhere in it
    (actions/runner, ActionCommand.cs); both are broken up by a space. Give it the whole line that is
    printed: a command can also come together from two harmless parts.
    """
    return _SPACED_COMMAND.sub(lambda match: match.group() + " ", visible(text))


def _unseen(char: str) -> bool:
    category = unicodedata.category(char)
    if category in _UNSEEN_CATEGORIES or (category == "Zs" and char != " "):
        return True
    return char in _BLANK_LETTERS or any(ord(char) in selectors for selectors in _VARIATION_SELECTORS)
