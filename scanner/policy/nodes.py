"""A YAML document as nodes that know their line, without anything YAML can do beyond mappings and lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scanner.policy.text import printable

if TYPE_CHECKING:
    import yaml

_NULL = ("", "~", "null")
_MERGE = "<<"

Spot = tuple[int, int, str]
"""Line and column, from 1, and a message."""


class NodeError(ValueError):
    """The text is not YAML, or uses what is refused here."""

    def __init__(self, spots: list[Spot]) -> None:
        super().__init__(spots[0][2])
        self.spots = spots


@dataclass(slots=True)
class Node:
    """A scalar (``str``, or ``None`` when nothing is written), a list of nodes, or a mapping of nodes."""

    line: int
    column: int
    value: str | list[Node] | dict[str, Node] | None
    keys: dict[str, Node] = field(default_factory=dict)
    """Where the keys of a mapping stand."""

    def plain(self) -> Any:
        """The same as text, lists and dictionaries."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def find(self, location: tuple[int | str, ...], *, key: bool = False) -> Node:
        """The node at ``location``, or the nearest one around it; with ``key`` its key, not its value."""
        node = self
        for depth, step in enumerate(location):
            if isinstance(node.value, dict) and step in node.value:
                last = depth == len(location) - 1
                node = node.keys[str(step)] if key and last else node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            else:
                break
        return node


class _Builder:
    """Builds nodes from the reader's events, without recursion, and stops at the first that is refused."""

    def __init__(self, depth: int) -> None:
        self.root: Node | None = None
        self.spots: list[Spot] = []
        self._depth = depth
        self._open: list[Node] = []
        self._keys: list[Node | None] = []
        """For each open node the key that waits for its value."""

    def start(self, event: Any, value: list[Node] | dict[str, Node]) -> None:
        """A list or a mapping begins."""
        line, column = _place(event)
        if len(self._open) == self._depth:
            raise NodeError([(line, column, "nested too deeply")])
        node = Node(line, column, value)
        if self._wants_key():
            self.spots.append((line, column, "a key must be a single value"))
        self._add(node)
        self._open.append(node)
        self._keys.append(None)

    def end(self) -> None:
        """It ends."""
        self._open.pop()
        self._keys.pop()

    def scalar(self, event: Any) -> None:
        """A single value; plain ones that mean nothing are ``None``, except as a key."""
        line, column = _place(event)
        plain = event.style is None
        if self._wants_key():
            if plain and event.value == _MERGE:
                self.spots.append((line, column, "merge keys are not allowed: write the keys out"))
            self._add(Node(line, column, event.value))
        else:
            null = plain and event.value.lower() in _NULL
            self._add(Node(line, column, None if null else event.value))

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._keys[-1] is None

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.value.append(node)
            return
        key, self._keys[-1] = self._keys[-1], node
        if key is None:
            return
        self._keys[-1] = None
        if isinstance(key.value, str) and isinstance(parent.value, dict):
            if first := parent.keys.get(key.value):
                message = f"duplicate key; it is already set in line {first.line}"
                self.spots.append((key.line, key.column, message))
            else:
                parent.keys[key.value] = key
                parent.value[key.value] = node


def compose(text: str, depth: int) -> Node | None:
    """The only document of ``text``; ``None`` when it is empty.

    Raises:
        NodeError: not YAML; several documents; aliases, anchors, merge keys or tags; duplicate keys; keys
            that are no scalars; nested more than ``depth`` levels.
    """
    import yaml

    builder = _Builder(depth)
    loader: yaml.SafeLoader | None = None
    try:
        loader = yaml.SafeLoader(text)
        _feed(builder, loader)
    except yaml.reader.ReaderError as error:
        raise _unprintable(text, error) from None
    except yaml.MarkedYAMLError as error:
        raise _at(error.problem_mark or error.context_mark, _syntax(error)) from None
    except NodeError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError):
        # The reader lets the built-in errors of int() and chr() through, for escapes and version numbers.
        mark = loader.get_mark() if loader is not None else None
        raise _at(mark, "not valid YAML: an escape or a number is out of range") from None
    if builder.spots:
        raise NodeError(sorted(builder.spots))
    return None if builder.root is None or builder.root.value is None else builder.root


def _feed(builder: _Builder, loader: Any) -> None:
    import yaml

    while loader.check_event():
        event = loader.get_event()
        if isinstance(event, yaml.DocumentStartEvent) and builder.root is not None:
            raise _at(event.start_mark, "the file holds several YAML documents; one is wanted")
        if isinstance(event, yaml.NodeEvent):
            _refuse(event)
        if isinstance(event, yaml.ScalarEvent):
            builder.scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            builder.start(event, [])
        elif isinstance(event, yaml.MappingStartEvent):
            builder.start(event, {})
        elif isinstance(event, yaml.CollectionEndEvent):
            builder.end()


def _refuse(event: Any) -> None:
    """Raise :class:`NodeError` for what could make one value stand for another."""
    if event.anchor is not None:  # an alias carries the name of its anchor, and has no tag
        what = "anchors" if hasattr(event, "tag") else "aliases"
        raise _at(event.start_mark, f"{what} are not allowed: write the value out")
    if event.tag is not None:
        raise _at(event.start_mark, "tags are not allowed: write the value alone")


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _at(mark: Any, message: str) -> NodeError:
    return NodeError([(mark.line + 1, mark.column + 1, message) if mark is not None else (1, 1, message)])


def _syntax(error: yaml.MarkedYAMLError) -> str:
    said = ", ".join(part for part in (error.context, error.problem) if part)
    hint = "; indent with spaces, not tabs" if "'\\t'" in said else ""
    return f"not valid YAML: {printable(said)}{hint}"


def _unprintable(text: str, error: yaml.reader.ReaderError) -> NodeError:
    before = text[: error.position]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    shown = f"U+{ord(text[error.position]):04X}"
    return NodeError([(line, column, f"not valid YAML: the character {shown} is not allowed")])
