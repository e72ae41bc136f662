"""A walk through a configuration's tree, with what each key says of its value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.discover import ids
from scanner.discover.blocks import search
from scanner.discover.interface import Edit, Found, Mention, RepoType
from scanner.discover.keys import row_of
from scanner.discover.keytable import CARD_KEYS, PINS, Key
from scanner.discover.keywords import (
    ANSWER_KEYS,
    COMMAND_KEYS,
    CONTEXT,
    DATASET_CONTEXT,
    HUB_MARKS,
    REMOTE_CODE_KEYS,
    REPOSITORY_KEYS_OF_IMAGES,
    TRANSPARENT,
    WEB_KEYS,
)
from scanner.discover.marks import COMMIT, Lines, mention
from scanner.discover.shell import find_in, in_list
from scanner.discover.shellwords import Line, Word, split
from scanner.discover.tools import IMAGES
from scanner.discover.trees import Mapping, Node, Scalar, Sequence, read_json, snake

_ASSIGNED = re.compile(r"([A-Za-z_]\w{1,80})=(.+)", re.S)
_FLAGS = re.compile(r"(?:^|\s)--?[a-zA-Z][\w-]+[ =]")
_MARKED = ("huggingface:", "huggingface/", "hf:")
_DATA = {
    "yaml": "yaml",
    "yml": "yaml",
    "json": "json",
    "toml": "toml",
    "sh": "sh",
    "py": "python",
    "env": "env",
}
_STRUCTURES = ("[{", "[\n", "{\n", "[ ", '{"', '["')
_EVERY_KEY = 3
"""Keys above a ``context`` key that are looked at."""

Above = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A key and what it says."""

    key: Scalar
    name: str
    loader: str
    strength: ids.Strength
    kind: RepoType
    row: Key | None
    parent: Mapping


class Walk:
    """One walk; what it finds is in :attr:`found`."""

    def __init__(self, lines: Lines, path: str, *, card: bool = False, flat: str | None = None) -> None:
        self.lines = lines
        self.path = path
        self.card = card
        self.flat = flat
        self.found = Found()

    def roots(self, nodes: list[Node], above: Above = ()) -> None:
        """Walk through these trees, which stand under the keys ``above``."""
        stack: list[tuple[Node, Above]] = [(node, above) for node in reversed(nodes)]
        while stack:
            node, above = stack.pop()
            if isinstance(node, Mapping):
                stack += reversed(self._mapping(node, above))
            elif isinstance(node, Sequence):
                stack += [(item, above) for item in reversed(node.items)]
            elif above:
                self._valued(
                    Scalar(above[-1], node.start, node.start), above[-1], node, Mapping(0), above[:-1]
                )

    def _mapping(self, node: Mapping, above: Above) -> list[tuple[Node, Above]]:
        below: list[tuple[Node, Above]] = []
        if any(snake(key.value) in ANSWER_KEYS for key, _ in node.pairs) and node.scalar("model", "id"):
            return below
        named = node.scalar("name") or node.scalar("key")
        for key, value in node.pairs:
            name = snake(key.value)
            if self._foreign(name, value):
                continue
            if name in TRANSPARENT and above and not (name == "value" and named):
                name = above[-1]
            if name == "value" and named and isinstance(value, Scalar):
                key, name = named, snake(named.value)
            if isinstance(value, Mapping):
                self._key(key, above, node)
                below.append((value, (*above, name)))
            elif not self._command(key, name, value, node):
                if isinstance(value, Scalar):
                    self._key(key, above, node)
                self._valued(key, name, value, node, above)
                if isinstance(value, Sequence):
                    below += [(item, (*above, name)) for item in value.items if not isinstance(item, Scalar)]
        return below

    def _foreign(self, name: str, value: Node) -> bool:
        """Whether the key's value is about something else than models."""
        if name in {"image", "uses", "container"}:
            return True
        return name in WEB_KEYS and isinstance(value, Scalar) and not (self.card and name == "type")

    # --- commands

    def _command(self, key: Scalar, name: str, value: Node, node: Mapping) -> bool:
        """Read the value as a command, if it is one."""
        if isinstance(value, Sequence):
            words = [item for item in value.items if isinstance(item, Scalar)]
            if not words or not (name in COMMAND_KEYS or any(word.value.startswith("--") for word in words)):
                return False
            if any(any(char.isspace() for char in word.value) for word in words):
                for word in words:
                    self._script(word)
                if len(words) > 1 and not all(word.block or " " in word.value for word in words):
                    self._words(words, "")
                return True
            return self._words(words, self._image(node, name))
        if not isinstance(value, Scalar) or name in {
            "default",
            "description",
            "message",
            "prompt",
            "content",
            "text",
        }:
            return False
        ending = key.value.rpartition(".")[2].lower() if "." in key.value else ""
        if value.block and ending in _DATA:
            self._language(value, _DATA[ending])
            return True
        if name in COMMAND_KEYS or (" " in value.value and "/" in value.value and _FLAGS.search(value.value)):
            return self._script(value, self._image(node, name) if name in COMMAND_KEYS else "")
        return False

    def _image(self, node: Mapping, name: str) -> str:
        """The image beside a command, where that says which program reads the words."""
        image = node.scalar("image")
        if (
            image is None
            or name not in {"args", "command", "cmd"}
            or (name == "args" and node.get("command"))
        ):
            return ""
        return image.value if any(re.search(pattern, image.value) for pattern, _ in IMAGES) else ""

    def _words(self, words: list[Scalar], image: str) -> bool:
        line = Line([self._word(word) for word in words])
        last = line.words[-1]
        if image and self._arguments(line.words[0]):
            line.words.insert(0, Word(image, line.words[0].start, line.words[0].start))
        self._take(find_in(self.lines, self.path, [line], in_list(self.lines, last)))
        return True

    def _script(self, value: Scalar, image: str = "") -> bool:
        start, end, folded = self._inside(value)
        commands = split(self.lines.text, start, end, folded=folded)
        if image and commands and self._arguments(commands[0].words[0]):
            first = commands[0].words[0]
            commands[0].words.insert(0, Word(image, first.start, first.start))
        self._take(find_in(self.lines, self.path, commands))
        return True

    def _arguments(self, first: Word) -> bool:
        """Whether a command begins with what an image's own program takes, not with another program."""
        return first.value.startswith("-") or ids.read(first.value, "bare") is not None

    def _inside(self, value: Scalar) -> tuple[int, int, bool]:
        """The characters of a scalar without its quotes or block mark, and whether its lines are joined."""
        text = self.lines.text
        if value.quoted:
            size = 3 if text.startswith(('"""', "'''"), value.start) else 1
            return value.start + size, value.end - size, size == 1
        if value.block:
            first = text.find("\n", value.start, value.end)
            return (
                (first + 1 if first >= 0 else value.end),
                value.end,
                text[value.start : value.start + 1] == ">",
            )
        return value.start, value.end, True

    def _json(self, value: Scalar, above: Above) -> None:
        """A JSON text that is the value of a key: it is walked as if it stood there itself."""
        if len(above) > _EVERY_KEY * 3 or '\\"' in value.value[:200]:
            return
        start, end, _ = self._inside(value)
        nodes = read_json(self.lines.text, start, end)
        self.roots(nodes, above)

    def _language(self, value: Scalar, language: str) -> None:
        start, end, _ = self._inside(value)
        self._take(search(self.lines, start, end, self.path, language))

    def _word(self, value: Scalar) -> Word:
        if value.quoted:
            return Word(value.value, value.start + 1, value.end - 1, self.lines.text[value.start])
        return Word(value.value, value.start, value.end)

    def _take(self, inner: Found) -> None:
        self.found.mentions += inner.mentions
        self.found.unsafe += inner.unsafe
        self.found.lack_as(inner)

    # --- keys

    def _key(self, key: Scalar, above: Above, node: Mapping) -> None:
        """A key that is itself an id, in a table of models."""
        if "/" not in key.value or not above or not CONTEXT.search(above[-1]):
            return
        kind: RepoType = "dataset" if DATASET_CONTEXT.search(above[-1]) else "model"
        self._read(key, _Place(key, "", "key", "weak", kind, None, node))

    def _valued(self, key: Scalar, name: str, value: Node, node: Mapping, above: Above) -> None:
        items = value.items if isinstance(value, Sequence) else [value]
        place = self._place(key, name, node, above)
        for item in items:
            if not isinstance(item, Scalar) or not item.value:
                continue
            if item.value.lstrip()[:2] in _STRUCTURES or (
                item.value.lstrip()[:1] == "{" and '":' in item.value
            ):
                self._json(item, (*above, name))
                continue
            assigned = _ASSIGNED.fullmatch(item.value) if isinstance(value, Sequence) else None
            if assigned:
                self._assigned(item, assigned, node, above)
            elif name == "preload_from_hub":
                self._preload(item, key, node)
            elif "auto_map" in {name, *above[-1:]} and "--" in item.value:
                self._auto_map(item, key, node)
            elif name in {"model_args", "model_kwargs"} and "=" in item.value:
                words = [Word("--model_args", item.start, item.start), self._word(item)]
                self._take(find_in(self.lines, self.path, [Line(words)], lambda _: None))
            elif place is not None:
                self._several(item, place)
            elif item.value.startswith(_MARKED):
                self._read(item, _Place(key, name, "key", "strong", "model", None, node))

    def _place(self, key: Scalar, name: str, node: Mapping, above: Above) -> _Place | None:
        if self.card and not above and name in CARD_KEYS:
            loader, kind = CARD_KEYS[name]
            return _Place(key, name, loader, "strong", kind, None, node)
        if self.card and name == "type" and above[-1:] == ("dataset",):
            return _Place(key, name, "card.results", "strong", "dataset", None, node)
        if self.card and not (above and above[0] == "model_index") and name in {"tags", "widget"}:
            return None
        row = row_of(name)
        if row is None:
            return None
        if row.id == "name-or-path":
            return _Place(key, name, "config.name-or-path", "weak", "model", row, node)
        near = above[-_EVERY_KEY:]
        if row.strength != "context":
            return _Place(key, name, row.id, row.strength, row.kind, row, node)
        marked = any(isinstance(one, Scalar) and one.value.lower() in HUB_MARKS for _, one in node.pairs)
        if not marked and not any(CONTEXT.search(one) for one in near):
            return None
        if name in {"repository", "repo"} and any(node.get(one) for one in REPOSITORY_KEYS_OF_IMAGES):
            return None
        dataset = bool(near) and DATASET_CONTEXT.search(near[-1]) is not None
        loader = "dataset-path" if dataset else row.id
        return _Place(key, name, loader, "weak", "dataset" if dataset else "model", row, node)

    def _assigned(self, item: Scalar, match: re.Match[str], node: Mapping, above: Above) -> None:
        """``NAME=value`` in a list: an environment."""
        value = match[2].strip("\"'")
        end = item.end - (1 if item.quoted else 0) - (len(match[2]) - len(match[2].rstrip("\"'")))
        key = Scalar(match[1], item.start, item.end)
        place = self._place(key, snake(match[1]), node, above)
        if place is not None:
            self._several(Scalar(value, end - len(value), end), place)

    def _several(self, item: Scalar, place: _Place) -> None:
        if place.row is not None and (
            place.row.list or re.fullmatch(r"[\w.-]+/[\w.-]+([,;][\w.-]+/[\w.-]+)+", item.value)
        ):
            inside = item.start + (1 if item.quoted else 0)
            for part in re.finditer(r"[^,;\s]+", item.value):
                name, sign, value = part[0].partition("=")
                value = value if sign else name
                end = inside + part.end()
                self._read(Scalar(value, end - len(value), end), place)
            return
        self._read(item, place)

    def _read(self, item: Scalar, place: _Place) -> None:
        strength: ids.Strength = "strong" if item.value.startswith(_MARKED[:2]) else place.strength
        value = ids.read(item.value, strength, place.kind)
        if place.row is not None and place.row.strength == "context" and "/" not in item.value:
            return
        if value is None or (value.repo_id is None and (item.block or place.row is None)):
            return
        inside = (item.start + 1, item.end - 1) if item.quoted else (item.start, item.end)
        one = mention(
            self.lines,
            inside,
            place.loader,
            call=(min(place.key.start, item.start), item.end),
            kind=value.kind or place.kind,
            repo_id=value.repo_id,
            expression=item.value,
        )
        one.local = value.local
        trust = place.parent.scalar(*REMOTE_CODE_KEYS)
        one.trust_remote_code = trust is not None and trust.value.strip().lower() in {
            "true",
            "1",
            "yes",
            "on",
        }
        if value.repo_id:
            self._revised(one, item, place, value.revision)
        self.found.mentions.append(one)

    def _revised(self, one: Mention, item: Scalar, place: _Place, inside: str | None) -> None:
        if inside:
            one.revision, one.revision_state = inside, "literal"
            return
        if place.loader.startswith(("card.", "config.")):
            one.revision_state = "impossible"
        row = place.row
        if row is None or (row.strength == "context" and place.loader != "dataset-path"):
            return
        keys = row.revision
        if place.name not in row.names:
            stem = next((place.name[: -len(end)] for end in row.names if place.name.endswith("_" + end)), "")
            keys = tuple(stem + key for key in row.revision)
        revision = place.parent.scalar(*keys)
        if revision is None:
            one.pin = self._pin(item, place)
        elif revision.value and revision.value.lower() not in {"null", "~", "none"}:
            known = not ids.templated(revision.value)
            one.revision = revision.value if known else None
            one.revision_state = "literal" if known else "unresolved"
            if known:
                start, end = (
                    (revision.start + 1, revision.end - 1)
                    if revision.quoted
                    else (revision.start, revision.end)
                )
                one.pin = self.lines.edit(start, end, COMMIT)

    def _pin(self, item: Scalar, place: _Place) -> Edit | None:
        """A key beside that names the commit, where the tool has one."""
        row = place.row
        assert row is not None
        key = row.pin if place.name in row.names else None
        for loader, beside, name in PINS:
            if loader == place.loader and any(snake(one.value) in beside for one, _ in place.parent.pairs):
                key = name
        if key is None or self.flat == "env" or item.block:
            return None
        text = self.lines.text
        if place.parent.flow:
            quote = '"' if text[place.key.start : place.key.start + 1] == '"' else ""
            return self.lines.edit(item.end, item.end, f", {quote}{key}{quote}: {quote}{COMMIT}{quote}")
        end = self.lines.end(item.end)
        indent = " " * (place.key.start - self.lines.start(place.key.start))
        written = f'{key} = "{COMMIT}"' if self.flat == "toml" else f"{key}: {COMMIT}"
        return self.lines.edit(end, end, f"{self.lines.newline()}{indent}{written}")

    # --- values with a form of their own

    def _preload(self, item: Scalar, key: Scalar, node: Mapping) -> None:
        """A Space's ``org/name file,file commit``."""
        parts = item.value.split()
        start = item.start + (1 if item.quoted else 0)
        place = _Place(key, "preload_from_hub", "card.preload", "strong", "model", None, node)
        count = len(self.found.mentions)
        self._read(Scalar(parts[0], start, start + len(parts[0])), place)
        for one in self.found.mentions[count:]:
            one.files = parts[1].split(",") if len(parts) > 1 else []
            if len(parts) > 2:
                one.revision, one.revision_state = parts[2], "literal"

    def _auto_map(self, item: Scalar, key: Scalar, node: Mapping) -> None:
        """``org/name--module.Class``: code that is loaded from another repository."""
        repo_id = item.value.partition("--")[0]
        start = item.start + (1 if item.quoted else 0)
        self._read(
            Scalar(repo_id, start, start + len(repo_id)),
            _Place(key, "auto_map", "config.auto-map", "strong", "model", None, node),
        )
