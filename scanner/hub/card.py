"""The sections of a model card: headings of its Markdown, found as CommonMark finds them."""

from __future__ import annotations

import re
from typing import NamedTuple

from scanner.hub.texts import clean

CARD_BYTES = 1 << 20
"""So much of a card is read."""

_SECTIONS = 100
_HEADING = 120

_ATX = re.compile(r" {0,3}#{1,6}(?:[ \t]+(.*))?")
_CLOSING = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_NO_PARAGRAPH = re.compile(r"[ \t]*(?:[>|<]|[-+*](?:[ \t]|$)|\d{1,9}[.)](?:[ \t]|$))|(?: {0,3}\t| {4})")


class Heading(NamedTuple):
    """One heading: its text, how deep it is (1 to 6), and the lines it takes up, counted from 0."""

    text: str
    level: int
    first: int
    last: int


def sections(markdown: str) -> list[str]:
    """The text of each heading in order, with its inline markup; up to 100 of them.

    Front matter, code, quotations, lists and comments are passed over.
    """
    return [heading.text for heading in headings(body(markdown))]


def body(markdown: str) -> list[str]:
    """The lines behind the front matter, of the first MiB."""
    lines = markdown[:CARD_BYTES].lstrip("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        return lines
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() == "---"), 0)
    return lines[end + 1 :] if end else lines


def headings(lines: list[str]) -> list[Heading]:
    """The headings among the lines of a body, up to 100."""
    found: list[Heading] = []
    fence, comment, paragraph, began = "", False, "", 0
    for number, line in enumerate(lines):
        if len(found) == _SECTIONS:
            break
        if fence or comment:
            fence = "" if fence and _closes(line, fence) else fence
            comment = comment and "-->" not in line
            continue
        opening = _FENCE.match(line)
        atx = _ATX.fullmatch(line)
        if opening and not (opening[1].startswith("`") and "`" in opening[2]):
            fence, paragraph = opening[1], ""
        elif line.lstrip().startswith("<!--"):
            comment, paragraph = "-->" not in line, ""
        elif atx:
            level = len(line.lstrip()) - len(line.lstrip().lstrip("#"))
            _add(found, _CLOSING.sub("", atx[1] or ""), level, number, number)
            paragraph = ""
        elif paragraph and _UNDERLINE.fullmatch(line):
            _add(found, paragraph, 1 if "=" in line else 2, began, number)
            paragraph = ""
        else:
            began = began if paragraph else number
            paragraph = _paragraph(paragraph, line)
    return found


def _closes(line: str, fence: str) -> bool:
    """A fence ends with at least as many of its own characters, and nothing else on the line."""
    mark = line.strip(" \t")
    return len(line) - len(line.lstrip(" ")) < 4 and len(mark) >= len(fence) and not mark.strip(fence[0])


def _is_rule(line: str) -> bool:
    """A thematic break: three or more of one mark."""
    marks = "".join(line.split())
    return len(marks) > 2 and marks[0] in "-_*" and not marks.strip(marks[0])


def _paragraph(paragraph: str, line: str) -> str:
    """The paragraph that an underline would make a heading of; empty where it cannot be one."""
    if not line.strip() or _is_rule(line) or (not paragraph and _NO_PARAGRAPH.match(line)):
        return ""
    if _NO_PARAGRAPH.match(line) and not line.startswith(("    ", "\t")):
        return ""
    return clean(f"{paragraph} {line.strip()}".strip(), _HEADING)


def _add(found: list[Heading], text: str, level: int, first: int, last: int) -> None:
    if text.strip():
        found.append(Heading(clean(text.strip(), _HEADING), level, first, last))
