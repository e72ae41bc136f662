"""Text as an attacker would choose it."""

from __future__ import annotations

import re

from hypothesis import strategies

SNIPPETS = (
    "@octocat",
    "(@acme/team)",
    "x@example.com",
    "#1",
    "GH-123",
    "acme/shop#7",
    "https://evil.example/x",
    "http://evil.example",
    "ftp://evil.example",
    "www.evil.example",
    "mailto:a@b.example",
    "xmpp:a@b.example/x",
    "[a](https://evil.example)",
    "![a](https://evil.example/x.png)",
    "[a]: https://evil.example",
    "[^1]",
    "<img src=x onerror=alert(1)>",
    "<a href='https://evil.example'>x</a>",
    "<!-- modelward -->",
    "-->",
    "<?x?>",
    "<https://evil.example>",
    "</details>",
    "</sub>",
    "<details>",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "`",
    "``",
    "```",
    "~~~",
    "~~x~~",
    "|",
    "\\|",
    "\\\\|",
    "\\",
    "\n",
    "\r\n",
    "\n\n# x",
    "\n- x",
    "\n|a|b|c|d|\n|---|---|---|---|\n",
    "> [!CAUTION]",
    "$x$",
    "$`x`$",
    "$$",
    ":tada:",
    ":+1:",
    "**x**",
    "__x__",
    "_x_",
    "1. x",
    "- x",
    "* x",
    "===",
    "---",
    "\u202e",
    "\u2066",
    "\u200b",
    "\x1b[31m",
    "\x00",
    "\x9b",
    "\ud800",
    "\u2028",
    "::error::x",
    "::set-output name=a::b",
    "##[error]x",
    "##",
    "[error]",
    ":",
    " ",
    "   ",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "models/a.bin",
    "torch.load",
    "é漢",
)

texts = strategies.one_of(
    strategies.lists(strategies.sampled_from(SNIPPETS), max_size=8).map("".join),
    strategies.lists(strategies.sampled_from(SNIPPETS), max_size=8).map(" ".join),
    strategies.text(max_size=40),
)
"""Pieces of trouble, joined and apart, and any text at all."""

MENTION = re.compile(r"@\w")
REFERENCE = re.compile(r"#\d|\b(?:gh|ghsa|cve)-\w", re.IGNORECASE)
EMOJI = re.compile(r":[\w+-]+:")
ADDRESS = re.compile(r"www\.\w|://|mailto:|xmpp:", re.IGNORECASE)
"""What GitHub's own filters look for in the text of a comment after Markdown is done with it."""
