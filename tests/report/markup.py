"""Markdown as GitHub reads it: cmark-gfm with GitHub's extensions, and the text left for its filters."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

EXTENSIONS = ["table", "autolink", "strikethrough", "tagfilter", "tasklist"]
_QUIET = frozenset({"code", "pre"})
"""Inside these GitHub looks for no mention, reference, emoji or formula."""


def to_html(markdown: str) -> str:
    """The HTML, with raw HTML let through, so that none can hide."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    return str(cmarkgfm.markdown_to_html_with_extensions(markdown, options=options, extensions=EXTENSIONS))


class Page(HTMLParser):
    """Elements, link targets, comments and the text outside code of a rendered page."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.targets: list[str] = []
        self.comments: list[str] = []
        self.text = ""
        self.code = ""
        self._quiet = 0
        self.feed(to_html(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.targets += [value or "" for name, value in attrs if name in ("href", "src")]
        self._quiet += tag in _QUIET

    def handle_endtag(self, tag: str) -> None:
        self.ends[tag] += 1
        self._quiet -= tag in _QUIET

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.comments.append(decl)

    def handle_pi(self, data: str) -> None:
        self.comments.append(data)

    def unknown_decl(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if self._quiet:
            self.code += data
        else:
            self.text += data
