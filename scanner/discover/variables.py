"""Variables of a shell text: what they are set to, and words with their values put in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.discover.shellwords import Line, Word

MOST_VALUES = 24
"""Values of one variable, and results of one word, that are followed."""

_ASSIGNMENT = re.compile(r"(?:\$env:|\$)?([A-Za-z_]\w{0,80})(?:\[[^\]]*\])?[:+?!]{0,2}=(.*)", re.S)
_DECLARE = frozenset(
    {
        "export",
        "local",
        "declare",
        "readonly",
        "typeset",
        "set",
        "env",
        "-x",
        "-r",
        "-a",
        "-g",
        "override",
        "define",
    }
)
_SIGNS = frozenset({"=", ":=", "?=", "::=", "+="})
_NAME = re.compile(r"[A-Za-z_]\w*")
_USE = re.compile(
    r"\$\{(?:env:)?([A-Za-z_]\w*)(?:\[[^\]]*\])?(?::?[-=]([^{}]*))?\}|\$\(([A-Za-z_]\w*)\)|\$(?:env:)?([A-Za-z_]\w*)|%([A-Za-z_]\w*)%"
)
_POSITIONAL = re.compile(r"\$\{[0-9]:?-([^{}]*)\}")
_SUBSTITUTION = re.compile(r"\$\(([^()]{6,400})\)|`([^`]{6,400})`")
Span = tuple[int, int]


class Variables:
    """The variables that a list of commands sets, anywhere."""

    def __init__(self, lines: list[Line]) -> None:
        self._values: dict[str, list[tuple[str, Span]]] = {}
        self._array: str | None = None
        self._of: dict[int, list[tuple[str, str, int]]] = {}
        for line in lines:
            found = list(self._read(line))
            if found:
                self._of[line.words[0].start] = found
            for name, value, start in found:
                kept = self._values.setdefault(name, [])
                if value and len(kept) < MOST_VALUES:
                    kept.append((value, (start, start + len(value))))

    def of(self, line: Line) -> list[tuple[str, str, int]]:
        """Name, value and place of what the command sets."""
        return self._of.get(line.words[0].start, [])

    def _read(self, line: Line) -> Iterator[tuple[str, str, int]]:
        words = line.words
        first = words[0].value
        if (
            self._array
            and not _ASSIGNMENT.match(first)
            and all("/" in word.value or word.quote for word in words)
        ):
            for word in words:
                yield self._array, word.value, word.start
            return
        self._array = None
        if first == "for" and len(words) > 3 and words[2].value == "in":
            for word in words[3:]:
                yield words[1].value, word.value, word.start
            return
        if first.lower() in {"env", "arg"} and len(words) == 3 and "=" not in words[1].value:
            yield words[1].value, words[2].value, words[2].start
            return
        sign = next((n for n, word in enumerate(words[1:3], 1) if word.value in _SIGNS), 0)
        if sign:
            name = words[sign - 1].value.removeprefix("$env:").removeprefix("$")
            for one in words[sign + 1 : sign + 9] if _NAME.fullmatch(name) else []:
                yield name, one.value, one.start
            return
        for word in words:
            match = _ASSIGNMENT.fullmatch(word.value)
            if match is None:
                if word.value in _DECLARE:
                    continue
                return
            yield from self._assigned(match, word)

    def _assigned(self, match: re.Match[str], word: Word) -> Iterator[tuple[str, str, int]]:
        name, value = match[1], match[2]
        if value in {"(", ""} and not word.quote:
            self._array = name
            return
        start = word.end - len(value)
        # The word's quotes are gone from its value, not from the file: "NAME='value'" ends in one.
        shift = word.end - word.start - len(word.value)
        yield name, value, start - (1 if shift else 0)

    def substitutions(self, line: Line) -> Iterator[tuple[str, int]]:
        """The commands inside ``$( )`` and backticks of the command's words."""
        for word in line.words:
            if "$(" not in word.value and "`" not in word.value:
                continue
            for match in _SUBSTITUTION.finditer(word.value):
                inner = match[1] or match[2]
                if " " in inner:
                    yield inner, word.start + match.start(1 if match[1] else 2)

    def expand(self, word: Word, depth: int = 0) -> list[tuple[str, Span]]:
        """What the word may be, each with the characters where the id stands; itself if nothing is known."""
        span = (word.start, word.end)
        value = word.value
        first = _POSITIONAL.fullmatch(value)
        if first:
            begin = word.start + first.start(1)
            return [(first[1], (begin, begin + len(first[1])))]
        match = _USE.search(value)
        if match is None or depth > 4:
            return [(value, span)]
        name = match[1] or match[3] or match[4] or match[5]
        values = list(self._values.get(name, []))
        default = match[2]
        if default:
            begin = word.start + match.start(2)
            inner = Word(default.strip("\"'"), begin, begin + len(default))
            values += self.expand(inner, depth + 1)
        if not values:
            return [(value, span)]
        results: list[tuple[str, Span]] = []
        whole = match.span() == (0, len(value))
        for text, place in values[:MOST_VALUES]:
            if whole:
                results += self.expand(Word(text, *place), depth + 1) if text != value else [(text, place)]
            else:
                put = value[: match.start()] + text + value[match.end() :]
                results += (
                    [(done, span) for done, _ in self.expand(Word(put, *span), depth + 1)]
                    if put != value
                    else []
                )
        return results[:MOST_VALUES] or [(value, span)]
