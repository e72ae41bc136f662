"""Shell text as simple commands of words that know where they stand.

Tolerant rather than right: POSIX shells, Makefiles, console transcripts, PowerShell and batch files are all
read by the same few patterns, and what none of them would accept is read as plain words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST = 60_000
"""Words that are read of one text."""

_TOKEN = re.compile(
    r"(?P<blank>[ \t\r\f\v]+|(?:\\|`|\^)[ \t]*\r?\n)"
    r"|(?P<newline>\n)"
    r"|(?P<heredoc><<-?[ \t]*(?P<quote>['\"]?)(?P<mark>[A-Za-z_]\w{0,60})(?P=quote))"
    r"|(?P<redirect>\d?(?:>>?|<)&?\d?)"
    r"|(?P<operator>\|\||&&|;;|[;|&(){}])"
    r"|(?P<word>(?:'[^']{0,20000}'|\"(?:[^\"\\]|\\.){0,20000}\"|\$\{[^}\n]{0,400}\}|\$\([^()\n]{0,400}\)|`[^`\n]{1,400}`"
    r"|\\[^\n]|\{\{[^}\n]{0,200}\}\}|\{[^\s{}]{0,200}\}|(?<=\w)'(?=\w)|(?<!^)\#|\[\[|\(\)|=\(|[^\s;|&(){}<>\\'\"`])+)"
    r"|(?P<other>.)",
    re.S,
)


@dataclass(slots=True)
class Word:
    """A word: its text without the outer quotes, and the characters that write it."""

    value: str
    start: int
    end: int
    quote: str = ""


@dataclass(slots=True)
class Line:
    """One simple command."""

    words: list[Word] = field(default_factory=list)
    heredocs: list[tuple[int, int]] = field(default_factory=list)
    """The characters of the documents that it is given."""

    @property
    def span(self) -> tuple[int, int]:
        return self.words[0].start, self.words[-1].end


def split(text: str, start: int = 0, end: int | None = None, *, folded: bool = False) -> list[Line]:
    """The simple commands between those characters; in a ``folded`` text a line's end ends no command."""
    end = len(text) if end is None else end
    lines: list[Line] = []
    current = Line()
    pending: list[tuple[Line, str]] = []
    at = start
    for _ in range(MOST):
        if at >= end:
            break
        if text[at] == "#" and (at == start or text[at - 1] in " \t\n;({"):
            stop = text.find("\n", at, end)
            at = end if stop < 0 else stop
            continue
        match = _TOKEN.match(text, at, end)
        if match is None:
            break
        at = match.end()
        if match["word"] is not None:
            current.words.append(_word(match))
        elif match["heredoc"]:
            pending.append((current, match["mark"]))
        elif (match["newline"] and not folded) or match["operator"]:
            if current.words:
                lines.append(current)
                current = Line()
            if match["newline"] and pending:
                for line, mark in pending:
                    at = _document(text, at, end, line, mark)
                pending = []
    if current.words:
        lines.append(current)
    return lines


def _document(text: str, at: int, end: int, line: Line, mark: str) -> int:
    close = re.compile(rf"^[ \t]*{re.escape(mark)}[ \t]*\r?$", re.M).search(text, at, end)
    if close is None:
        return at
    line.heredocs.append((at, close.start()))
    return close.end()


def _word(match: re.Match[str]) -> Word:
    raw, start, end = match["word"], match.start(), match.end()
    if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "'\"" and raw.find(raw[0], 1) == len(raw) - 1:
        return Word(raw[1:-1], start + 1, end - 1, raw[0])
    if raw[:1] == "'" or '\\"' not in raw:
        value = raw.replace('"', "").replace("'", "") if "{" not in raw or "${" in raw else raw
        return Word(value, start, end)
    return Word(raw, start, end)
