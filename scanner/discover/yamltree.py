"""YAML as trees with places, from the parser's events: aliases are not followed, so nothing can expand."""

from __future__ import annotations

import re

from scanner.discover.trees import Builder, Mapping, Node, Scalar, Sequence

_TEMPLATE_LINE = re.compile(r"^[ \t]*\{\{.*?\}\}[ \t]*\r?$|^[ \t]*\{%.*?%\}[ \t]*\r?$", re.M)
_BRACKET = re.compile(r"[\[\]{}]")
_DEEPEST = 100
_TEMPLATE = re.compile(r"\{\{[^\n]*?\}\}|\{%[^\n]*?%\}")
_BREAKS = {ord(char): " " for char in "\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e"}


def read_yaml(text: str) -> tuple[list[Node], bool]:
    """The documents of a YAML text, and whether it was read to its end.

    A text that does not parse is read once more with its template marks (``{{ }}``, ``{% %}``) masked, so
    that Helm and Jinja templates are read as the YAML around them; then as far as it goes.
    """
    text = _shallow(text.translate(_BREAKS))
    nodes, whole = _read(text)
    if whole or not ("{{" in text or "{%" in text):
        return nodes, whole
    masked = _TEMPLATE_LINE.sub(lambda m: " " * len(m[0].rstrip("\r")) + "\r" * m[0].endswith("\r"), text)
    masked = _TEMPLATE.sub(_masked, masked)
    again, whole = _read(masked)
    return (again, whole) if whole or _size(again) > _size(nodes) else (nodes, False)


def _shallow(text: str) -> str:
    """The text up to where its brackets are deeper than any configuration's: parsing those is quadratic."""
    depth = 0
    for match in _BRACKET.finditer(text):
        depth = depth + 1 if match[0] in "[{" else max(0, depth - 1)
        if depth > _DEEPEST:
            return text[: match.start()]
    return text


def _masked(match: re.Match[str]) -> str:
    """As many characters as the template has, that YAML reads as a plain word and ids cannot hold."""
    return "${" + "_" * (len(match[0]) - 3) + "}"


def _size(nodes: list[Node]) -> int:
    return sum(node.end - node.start for node in nodes)


def _read(text: str) -> tuple[list[Node], bool]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    build, end = Builder(), 0
    try:
        for event in yaml.parse(text, Loader=loader):
            first, last = event.start_mark, event.end_mark
            if first is None or last is None:
                continue
            start, end = first.index, last.index
            if isinstance(event, yaml.ScalarEvent):
                block = event.style in {"|", ">"}
                build.add(Scalar(event.value, start, end, quoted=event.style in {"'", '"'}, block=block))
            elif isinstance(event, yaml.MappingStartEvent):
                build.begin(Mapping(start, flow=bool(event.flow_style)))
            elif isinstance(event, yaml.SequenceStartEvent):
                build.begin(Sequence(start))
            elif isinstance(event, yaml.AliasEvent):
                build.add(Scalar("", start, end))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                build.finish(end)
            if build.full:
                return build.roots, False
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        while build.unfinished:
            build.finish(end)
        return build.roots, False
    return build.roots, True
