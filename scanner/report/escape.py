"""Untrusted text made harmless inside GitHub Flavoured Markdown: the one place that does it.

Two rules keep it simple. Names are code spans: GitHub looks for no mention, issue, address, emoji, formula or
HTML inside code, and what is shown is what can be copied. Sentences are words: a word made of harmless
characters stays as it is, any other word becomes a code span. So nothing has to be known about how each
feature of GitHub can be switched off, and no invisible character is added.

A pipe ends a table cell even inside a code span (GFM, section 4.10), and a backslash before it is read
differently by different parsers; so a pipe is always an entity between two code spans.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scanner.report.plain import brief, cut, visible

NAME_LIMIT = 120
"""Characters of a name; the last :data:`NAME_TAIL` of them are its end, where the file name is."""
NAME_TAIL = 48
PROSE_LIMIT = 320
"""Characters of a sentence."""

_PIPE = "&#124;"
_WORD = re.compile(r"""(?P<open>[("']*)(?P<core>.*?)(?P<close>[.,;:!?)"']*)""")
_HARMLESS = re.compile(r"""(?:[A-Za-z0-9.,;'"()/%+=?!-]|[^\x00-\x7f])*""")
_LINKED_BY_GITHUB = re.compile(r"www\.|\b(?:gh|ghsa|cve)-\w", re.IGNORECASE)
_STARTS_A_BLOCK = re.compile(r"\d+[.)]|[!-/:-@\[-`{-~]+")
_CLOSING = ".,;:!?)\"'"
_STANDING_ALONE = r"""(?:^|(?<= )){}(?=[.,;:!?)"']*(?: |$))"""
"""Two code spans that touch would become one; so between two of them there is always a space."""
_ADDRESS = re.compile(r"[A-Za-z0-9._~:/?#@!$&*+,;=%-]+")


class Markdown(str):
    """Text that is Markdown already. Only this module makes it; everything else is escaped on its way out."""

    __slots__ = ()


def code(text: str, limit: int = NAME_LIMIT, tail: int = NAME_TAIL) -> Markdown:
    """``text`` as a code span that also holds inside a table cell; cut in its middle at ``limit``."""
    shown = brief(text, limit, tail)
    if not shown:
        return Markdown("(empty)")
    stripped = shown.strip(" ")
    before, after = len(shown) - len(shown.lstrip(" ")), len(shown) - len(shown.rstrip(" "))
    if before or after:
        shown = "[U+0020]" * (before if stripped else len(shown)) + stripped
        shown += "[U+0020]" * (after if stripped else 0)
    return Markdown(_PIPE.join(_span(part) for part in shown.split("|")))


def prose(text: str, literal: str | None = None, limit: int = PROSE_LIMIT) -> Markdown:
    """A sentence: harmless words as they are, other words and the first ``literal`` in it as code spans."""
    text = cut(text, limit * 2).strip(" ")
    found = re.search(_STANDING_ALONE.format(re.escape(cut(literal, limit))), text) if literal else None
    if not found:
        return Markdown(_opening(brief(text, limit)))
    before, after = brief(text[: found.start()], limit), brief(text[found.end() :], limit)
    rest = after.lstrip(_CLOSING)  # what closes a sentence touches the code span before it
    return Markdown(f"{_opening(before)}{code(found.group())}{after[: len(after) - len(rest)]}{_words(rest)}")


def link(label: str, url: str) -> Markdown:
    """A link to ``url``, an address of ours or the platform's; raises ValueError unless http(s)."""
    return Markdown(f"[{prose(label)}]({address(url)})")


def address(url: str) -> str:
    """``url`` if it is an http(s) address without characters that mean something in Markdown."""
    if not _ADDRESS.fullmatch(url) or urlsplit(url).scheme not in ("https", "http"):
        raise ValueError(f"not an http(s) address that can be linked: {visible(url[:NAME_LIMIT])!r}")
    return url


def fence(text: str, language: str = "") -> Markdown:
    """``text`` as a fenced code block; each of its lines is made visible."""
    lines = [visible(line) for line in text.split("\n")]
    marks = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return Markdown("\n".join((marks + language, *lines, marks)))


def suggestion(text: str) -> Markdown:
    """``text`` as a suggestion that GitHub can commit, literally; ValueError if something in it is unseen."""
    lines = text.split("\n") if text else []
    if any(visible(line.replace("\t", " ")) != line.replace("\t", " ") for line in lines):
        raise ValueError("a suggestion must not hold characters that cannot be seen")
    marks = "`" * max(3, _longest_run(text) + 1)
    return Markdown("\n".join((f"{marks}suggestion", *lines, marks)))


def finalize(value: object) -> str:
    """What Jinja puts in the place of an expression: Markdown as it is, everything else escaped."""
    if isinstance(value, Markdown):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return prose(value)
    str(value)  # an undefined value says here which one it is
    raise TypeError(f"a template may print text, numbers and Markdown, not {type(value).__name__}")


def _opening(text: str) -> str:
    """The words of a text that may stand at the start of a line, where ``1.`` or ``-`` would make a list."""
    first, space, rest = text.lstrip(" ").partition(" ")
    return (code(first) if _STARTS_A_BLOCK.fullmatch(first) else _word(first)) + space + _words(rest)


def _words(text: str) -> str:
    return " ".join(map(_word, text.split(" ")))


def _word(word: str) -> str:
    match = _WORD.fullmatch(word)
    if match is None or (word and not match["core"]):
        return word if _HARMLESS.fullmatch(word) else code(word)
    core = match["core"]
    safe = _HARMLESS.fullmatch(core) and not _LINKED_BY_GITHUB.search(core)
    return match["open"] + (core if safe else code(core)) + match["close"]


def _span(part: str) -> str:
    if not part:
        return ""
    marks = "`" * (_longest_run(part) + 1)
    pad = " " if "`" in (part[0], part[-1]) or part[0] == part[-1] == " " else ""
    return f"{marks}{pad}{part}{pad}{marks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
