"""TOML, INI, ``.env`` and properties files as trees with places: line by line, tolerant of any dialect."""

from __future__ import annotations

import re

from scanner.discover.trees import MOST, Builder, Mapping, Node, Scalar, Sequence

_SECTION = re.compile(r"[ \t]*\[{1,2}[ \t]*([^\]\n]{1,200}?)[ \t]*\]{1,2}[ \t]*(?:[#;].*)?\r?")
_PAIR = re.compile(
    r"[ \t]*(?:-[ \t]+)?(?:export[ \t]+|set[ \t]+)?"
    r"(?P<key>\"[^\"\n]{1,100}\"|'[^'\n]{1,100}'|[A-Za-z_][\w.\-]{0,100})"
    r"[ \t]*(?P<sign>[:?+]?=|:)[ \t]*"
)
_VALUE = re.compile(
    r"\"\"\"(?P<long>.*?)\"\"\"|'''(?P<longer>.*?)'''|\"(?P<double>(?:[^\"\\\n]|\\.)*)\"|'(?P<single>[^'\n]*)'"
    r"|(?P<punctuation>[\[\]{},=])|(?P<comment>#[^\n]*)|(?P<word>[^\s\[\]{},=\"'#]+)",
    re.S,
)


_LONGEST = 200_000
"""Characters of one value."""


def read_flat(text: str, *, toml: bool) -> list[Node]:
    """The sections of the text, each a mapping; the pairs above the first are a mapping of their own."""
    top = Mapping(0, len(text))
    roots: list[Node] = [top]
    current, at, count = top, 0, 0
    while at < len(text) and count < MOST:
        count += 1
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        section = _SECTION.fullmatch(text, at, end)
        pair = _PAIR.match(text, at, end)
        if section:
            current = Mapping(at, end)
            holder = Mapping(at, end)
            names = section[1].replace('"', "").split(".")
            for name in names[-1:]:
                holder.pairs.append((Scalar(name, section.start(1), section.end(1)), current))
            roots.append(holder)
        elif pair:
            key = Scalar(pair["key"].strip("\"'"), pair.start("key"), pair.end("key"))
            if toml:
                value, end = _toml(text, pair.end(), end)
            else:
                value, end = _plain(text, pair.end(), end)
            if value is not None:
                current.pairs.append((key, value))
        at = max(end, at) + 1
    return roots


def _plain(text: str, start: int, end: int) -> tuple[Scalar, int]:
    """The rest of the line, without its quotes or the comment after blanks; and where the value ends.

    A quoted value may cross lines.
    """
    value = text[start:end].rstrip("\r \t")
    if value[:1] in {'"', "'", "`"}:
        close = text.find(value[0], start + 1, start + _LONGEST)
        if close > 0 and (close < end or "=" not in text[end : text.find("\n", end + 1)]):
            return Scalar(text[start + 1 : close], start, close + 1, quoted=True), max(close, end)
    value = re.split(r"[ \t]+[#;]", value, maxsplit=1)[0].rstrip()
    return Scalar(value, start, start + len(value)), end


def _toml(text: str, start: int, end: int) -> tuple[Node | None, int]:
    """The value that starts there, and where it ends: long strings, arrays and tables may cross lines."""
    limit = min(len(text), start + _LONGEST)
    if text.startswith(("[", "{"), start):
        return _structure(text, start, limit, end)
    long = text.startswith(('"""', "'''"), start)
    match = _VALUE.match(text, start, limit if long else end)
    if match is None or match["punctuation"] or match["comment"]:
        return None, end
    return _scalar(match), max(match.end(), end)


def _structure(text: str, start: int, limit: int, end: int) -> tuple[Node | None, int]:
    build = Builder()
    for match in _VALUE.finditer(text, start, limit):
        mark = match["punctuation"]
        if mark == "[":
            build.begin(Sequence(match.start()))
        elif mark == "{":
            build.begin(Mapping(match.start(), flow=True))
        elif mark in {"]", "}"}:
            build.finish(match.end())
        elif not mark and not match["comment"]:
            build.add(_scalar(match))
        if not build.unfinished or build.full:
            return build.roots[0], match.end()
    return (build.roots[0] if build.roots else None), end


def _scalar(match: re.Match[str]) -> Scalar:
    for group in ("long", "longer", "double", "single"):
        if match[group] is not None:
            return Scalar(
                match[group], match.start(), match.end(), quoted=True, block=group.startswith("long")
            )
    return Scalar(match["word"] or "", match.start(), match.end())
