"""YAML as a tree with tags and lines, from the parser's events: nothing is built, no alias followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.inspect import limits
from scanner.inspect.readers.reading import SPLIT, Unreadable
from scanner.inspect.stream import Stream


@dataclass(slots=True)
class Node:
    """One node: a scalar with its text, or a sequence or mapping with what is in it.

    ``pairs`` holds the entries of a mapping; ``items`` those of a sequence.
    """

    line: int
    tag: str | None = None
    text: str | None = None
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    kind: str = "scalar"
    pending: Node | None = None
    """The key that waits for its value."""

    def add(self, child: Node) -> None:
        """Put a child where it belongs."""
        if self.kind == "sequence":
            self.items.append(child)
        elif self.pending is None:
            self.pending = child
        else:
            self.pairs.append((self.pending, child))
            self.pending = None

    def get(self, key: str) -> Node | None:
        """The value of a key; the last one, as loaders take it."""
        return next((value for name, value in reversed(self.pairs) if name.text == key), None)


def read_yaml(stream: Stream, what: str) -> list[Node]:
    """The documents of a stream.

    Raises:
        Unreadable: it is too large, nested too deeply, not UTF-8 or UTF-16, or no YAML.
    """
    if stream.size > limits.YAML_BYTES:
        raise Unreadable(f"{what} is larger than {limits.YAML_BYTES >> 20} MiB", "budget", SPLIT)
    return parse_yaml(stream.at(0, stream.size), what)


def parse_yaml(data: bytes, what: str) -> list[Node]:
    """The documents that ``data`` spells; see :func:`read_yaml`."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = Node(0, kind="sequence")
    stack = [root]
    anchors: dict[str, Node] = {}
    """Scalars that aliases stand for; what a mapping or a sequence holds was met where it stands."""
    parts: dict[str, int] = {}
    """How many parts each alias stands for, once all aliases in it are followed."""
    sizes: list[tuple[str, int]] = [("", 0)]
    """Of the collections that are open: anchor and parts so far."""
    try:
        for count, event in enumerate(yaml.parse(data, Loader=loader)):
            if count > limits.YAML_EVENTS:
                raise Unreadable(f"{what} has more than {limits.YAML_EVENTS:,} parts", "budget", SPLIT)
            _grow(event, parts, sizes, what)
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.ScalarEvent):
                stack[-1].add(Node(line, event.tag, event.value))
                if event.anchor:
                    anchors[event.anchor] = Node(line, event.tag, event.value)
            elif isinstance(event, yaml.AliasEvent):
                known = anchors.get(event.anchor or "")
                stack[-1].add(Node(line, known.tag, known.text) if known else Node(line, kind="alias"))
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
                node = Node(line, event.tag, kind=kind)
                stack[-1].add(node)
                stack.append(node)
                if len(stack) > limits.YAML_DEPTH:
                    raise Unreadable(f"{what} is nested more than {limits.YAML_DEPTH} deep", "hostile")
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise Unreadable(f"{what} is no YAML ({type(error).__name__})") from error
    return root.items


def _grow(event: Any, parts: dict[str, int], sizes: list[tuple[str, int]], what: str) -> None:
    """Count what a loader that follows aliases would walk through.

    Raises:
        Unreadable: it is a bomb.
    """
    import yaml

    size = 1
    if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
        sizes.append((event.anchor or "", 1))
        return
    if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
        anchor, size = sizes.pop()
        if anchor:
            parts[anchor] = size
    elif isinstance(event, yaml.AliasEvent):
        size = parts.get(event.anchor or "", 1)
    elif not isinstance(event, yaml.ScalarEvent):
        return
    anchor, before = sizes[-1]
    sizes[-1] = (anchor, before + size)
    if before + size > limits.YAML_EXPANDED:
        raise Unreadable(f"{what} is a bomb: its aliases stand for more than {before:,} parts", "hostile")


def walk_yaml(documents: list[Node]) -> Iterator[Node]:
    """Every node in document order, keys too."""
    waiting = list(reversed(documents))
    while waiting:
        node = waiting.pop()
        yield node
        children = [*node.items, *(part for pair in node.pairs for part in pair)]
        waiting.extend(reversed(children))
