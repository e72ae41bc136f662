"""What a card says in its own words: plain text by topic, and the papers that it names.

The Markdown is a stranger's: each section is cut to a few kibibytes before a parser sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from scanner.hub.card import CARD_BYTES, Heading, body, headings
from scanner.hub.card_topics import topics
from scanner.hub.texts import clean

if TYPE_CHECKING:
    from markdown_it.token import Token

TEXT_CHARACTERS = 2_000
"""Of each topic so much plain text is kept."""

_MARKDOWN = 8_192
_NESTING = 20
_PAPERS = 50

_UNFILLED = re.compile(r"\[?\s*more information needed\s*\]?", re.IGNORECASE)
"""What the Hub's template has where nothing was written."""

_ARXIV = re.compile(r"\barxiv\.org/(?:abs|pdf|html)/(\d{4}\.\d{4,5}|[a-z-]{2,20}/\d{7})(?!\d)", re.IGNORECASE)
_DOI = re.compile(r"\bdoi\.org/(10\.\d{4,9}/[A-Za-z0-9._;/:-]{1,150})")
_UNSHOWN = frozenset({"script", "style", "template", "title"})


def read(job: dict[str, Any]) -> dict[str, Any]:
    """The headings of the file at ``job["path"]``, its texts by topic, and the papers it names; JSON."""
    with open(job["path"], "rb") as file:
        markdown = file.read(CARD_BYTES).decode("utf-8", "replace")
    lines = body(markdown)
    found = headings(lines)
    return {
        "sections": [heading.text for heading in found],
        "texts": texts(lines, found),
        "papers": papers("\n".join(lines)),
    }


def papers(text: str) -> list[str]:
    """ArXiv ids and DOIs that are linked, ``arxiv:…`` and ``doi:…``, sorted; up to 50."""
    named: dict[str, None] = {}
    for match in _ARXIV.finditer(text):
        named[f"arxiv:{match[1].lower()}"] = None
        if len(named) == _PAPERS:
            break
    for match in _DOI.finditer(text):
        if len(named) >= _PAPERS:
            break
        named[f"doi:{match[1].rstrip('.,;:/')}"] = None
    return sorted(named)


def texts(lines: list[str], found: Sequence[Heading]) -> dict[str, str]:
    """The plain text of the first section about each topic that has any; at most 2,000 characters each.

    A section takes in the deeper ones that are about nothing else. What stands under the title describes the
    model where no section does.
    """
    made: dict[str, str] = {}
    for number, heading in enumerate(found):
        named = [topic for topic in topics(heading.text) if topic not in made]
        if not named:
            continue
        part = "\n".join(lines[heading.last + 1 : _end(found, number, len(lines))])[:_MARKDOWN]
        for topic in named:
            if text := plain(part, code=topic == "citation"):
                made[topic] = text
    if "description" not in made and found and found[0].level == 1:
        end = found[1].first if len(found) > 1 else len(lines)
        if text := plain("\n".join(lines[found[0].last + 1 : end])[:_MARKDOWN]):
            made["description"] = text
    return dict(sorted(made.items()))


def _end(found: Sequence[Heading], number: int, whole: int) -> int:
    """The line behind a section: that of the next heading that is no deeper, or about something else."""
    own, named = found[number], set(topics(found[number].text))
    for heading in found[number + 1 :]:
        if heading.level <= own.level or set(topics(heading.text)) - named:
            return heading.first
    return whole


def plain(markdown: str, *, code: bool = False) -> str:
    """The text of a piece of Markdown on one line, without markup, links and HTML; cut to 2,000 characters.

    Blocks of code are left out unless ``code`` is true.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005 - no address is kept
    joined = " ".join(" ".join(_words(parser.parse(markdown), code)).split())
    return clean(_UNFILLED.sub("", joined).strip(), TEXT_CHARACTERS) if joined else ""


def _words(tokens: Iterable[Token], code: bool) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(map(_inline, token.children or ()))
        elif token.type == "html_block":
            yield _Shown.text(token.content)
        elif code and token.type in ("fence", "code_block"):
            yield token.content


def _inline(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return token.content if token.type in ("text", "code_inline", "image") else ""


class _Shown(HTMLParser):
    """Collects what a browser would show of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden = ""

    @classmethod
    def text(cls, html: str) -> str:
        """The text between the tags."""
        parser = cls()
        parser.feed(html)
        parser.close()
        return " ".join(parser._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _UNSHOWN:
            self._hidden = self._hidden or tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._parts.append(data)
