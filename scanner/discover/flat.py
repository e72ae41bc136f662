"""TOML, INI, ``.env`` and properties files as trees with places: line by line, tolerant of any dialect."""

from __future__ import annotations

import re

from scanner.discover.trees import MOST, Mapping, Node, Scalar, Sequence

_SECTION = re.compile(r"[ \t]*\[{1,2}[ \t]*([^\]\n]{1,200}?)[ \t]*\]{1,2}[ \t]*(?:[#;].*)?\r?")
_PAIR = re.compile(
    r"[ \t]*(?:export[ \t]+|set[ \t]+)?(?P<key>\"[^\"\n]{1,100}\"|'[^'\n]{1,100}'|[A-Za-z_][\w.\-]{0,100})"
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
    """The value that starts there, and where it ends: arrays and inline tables may cross lines."""
    stack: list[Mapping | Sequence] = []
    key: Scalar | None = None
    at = start
    for _ in range(MOST):
        match = (
            _VALUE.search(text, at, min(len(text), start + _LONGEST))
            if stack
            else _VALUE.search(text, at, end)
        )
        if match is None and not stack and text.startswith(('"""', "'''"), at):
            match = _VALUE.match(text, at)
        if match is None:
            return (stack[0] if stack else None), end
        if not stack and match.start() == at and text.startswith(('"""', "'''"), at):
            match = _VALUE.match(text, at, min(len(text), start + _LONGEST)) or match
        at = match.end()
        mark = match["punctuation"]
        node: Node | None = None
        if match["comment"]:
            if not stack:
                return None, end
            continue
        if mark in {"[", "{"}:
            new: Mapping | Sequence = (
                Sequence(match.start()) if mark == "[" else Mapping(match.start(), flow=True)
            )
            if stack:
                key = _put(stack[-1], new, key)
            stack.append(new)
            continue
        if mark in {"]", "}"}:
            if not stack:
                return None, end
            node = stack.pop()
            node.end = at
            if not stack:
                return node, max(at, end if "\n" not in text[start:at] else at)
            continue
        if mark:
            continue
        node = _scalar(match)
        if not stack:
            return node, max(at, end)
        key = _put(stack[-1], node, key)
    return (stack[0] if stack else None), end


def _scalar(match: re.Match[str]) -> Scalar:
    for group in ("long", "longer", "double", "single"):
        if match[group] is not None:
            return Scalar(
                match[group], match.start(), match.end(), quoted=True, block=group.startswith("long")
            )
    return Scalar(match["word"] or "", match.start(), match.end())


def _put(top: Mapping | Sequence, node: Node, key: Scalar | None) -> Scalar | None:
    """Put ``node`` into ``top``; the key that waits for its value afterwards."""
    if isinstance(top, Sequence):
        top.items.append(node)
        return None
    if key is None:
        return node if isinstance(node, Scalar) else None
    top.pairs.append((key, node))
    return None
