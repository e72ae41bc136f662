"""References in JavaScript and TypeScript, by syntax tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scanner.discover import ids
from scanner.discover.addresses import find_addresses
from scanner.discover.interface import Edit, Found, Mention, RepoType
from scanner.discover.jsvalues import Constants, Value, string_of, walk
from scanner.discover.keys import row_of
from scanner.discover.keywords import CONTEXT
from scanner.discover.marks import COMMIT, EXPRESSION, merge
from scanner.discover.scriptcalls import SCRIPT_CALLS, ScriptCall
from scanner.discover.trees import snake

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

LONGEST = 1_000_000
"""Bytes of a file that is parsed; of a longer one, which is a bundle, only the addresses are searched."""
WIDEST = 20_000
"""Longest line of a file that is parsed: what is wider is minified."""

_LOOK = re.compile(rb"[\"'`][^\"'`\n]*/[^\"'`\n]*[\"'`]|from_pretrained|fromPretrained|pipeline\(")
_SCRIPT = re.compile(rb"<script\b[^>]*>(.*?)</script\s*>", re.S | re.I)


def find(text: str, path: str, line_offset: int = 0) -> Found:
    """The references of a JavaScript or TypeScript file, or of the scripts of a component or page."""
    found = Found(mentions=find_addresses(text, line_offset))
    data = text.encode("utf-8", "replace")
    if not _LOOK.search(data):
        return found
    if len(data) > LONGEST or any(len(row) > WIDEST for row in data.split(b"\n")):
        found.gaps.append(f"{path}: generated or too long; only its addresses were searched")
        return found
    ending = PurePosixPath(path).suffix.lower()
    if ending in {".vue", ".svelte", ".html", ".htm", ".astro"}:
        data = _scripts(data)
    tree = _parser(ending).parse(data)
    search = _Search(data, line_offset)
    search.run(tree.root_node)
    found.mentions = merge([*search.mentions, *found.mentions])
    return found


def _parser(ending: str) -> Parser:
    import tree_sitter
    import tree_sitter_javascript
    import tree_sitter_typescript

    if ending in {".ts", ".mts", ".cts"}:
        language = tree_sitter_typescript.language_typescript()
    elif ending in {".tsx", ".vue", ".svelte", ".astro"}:
        language = tree_sitter_typescript.language_tsx()
    else:
        language = tree_sitter_javascript.language()
    return tree_sitter.Parser(tree_sitter.Language(language))


def _scripts(data: bytes) -> bytes:
    """The scripts of a page where they stand; everything else is blank."""
    parts, at = [], 0
    for match in _SCRIPT.finditer(data):
        parts += [re.sub(rb"[^\n]", b" ", data[at : match.start(1)]), match[1]]
        at = match.end(1)
    return b"".join([*parts, re.sub(rb"[^\n]", b" ", data[at:])])


class _Search:
    def __init__(self, data: bytes, offset: int) -> None:
        self.data = data
        self.offset = offset
        self.mentions: list[Mention] = []
        self._seen: set[int] = set()

    def run(self, root: Node) -> None:
        nodes = list(walk(root))
        self.constants = Constants(nodes)
        for node in nodes:
            if node.type in {"call_expression", "new_expression"}:
                self._call(node)
        for node in nodes:
            if node.type in {
                "pair",
                "variable_declarator",
                "assignment_expression",
                "public_field_definition",
                "field_definition",
                "assignment_pattern",
                "property_signature",
                "jsx_attribute",
            }:
                self._named(node)

    # --- calls

    def _call(self, node: Node) -> None:
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        arguments = node.child_by_field_name("arguments")
        if callee is None or arguments is None or arguments.type != "arguments":
            return
        name = string_of(callee)
        if len(name) > 200:
            return
        given = [child for child in arguments.named_children if child.type != "comment"]
        for row in SCRIPT_CALLS:
            if self._matches(row, callee, name):
                self._row(row, node, given)

    def _matches(self, row: ScriptCall, callee: Node, name: str) -> bool:
        last = name.rpartition(".")[2]
        first = name.partition(".")[0]
        origin, original = self.constants.imports.get(first, ("", first))
        if first != name and original == "*":
            name = last
        elif first == name:
            name = original
        for one in row.names:
            if (one.startswith(".") and "." in name and last == one[1:]) or name == one:
                break
        else:
            return False
        if not row.packages:
            return True
        if origin:
            return any(package in origin for package in row.packages)
        if row.id == "transformers.js-pipeline":
            return callee.type == "identifier" or last == "pipeline"
        return any(package in one for one in self.constants.packages for package in row.packages)

    def _row(self, row: ScriptCall, node: Node, given: list[Node]) -> None:
        if len(given) <= row.position:
            return
        target = given[row.position]
        kind: RepoType = row.kind
        holder = target
        if row.key is not None:
            holder = self.constants.object_of(target) or target
            value = self.constants.property_of(target, row.key)
            if value is None:
                return
            if value.type == "object":
                type_node = self.constants.property_of(value, "type")
                type_value = self.constants.resolve(type_node)[0].text if type_node else None
                kind = type_value if type_value in {"model", "dataset", "space"} else kind  # type: ignore[assignment]
                value = self.constants.property_of(value, "name")
                if value is None:
                    return
            target = value
        elif target.type in {"object", "spread_element", "arrow_function", "function_expression"}:
            return
        revision, pin, state = self._revision(row, given, holder)
        paths = self.constants.property_of(given[row.position], "path") if row.key else None
        files = [one.text for one in self.constants.resolve(paths) if one.text] if paths else []
        imported = not row.packages or any(
            one in origin for one in row.packages for origin in self.constants.packages
        )
        for one in self.constants.resolve(target):
            self._value(row, node, target, one, kind, imported, (revision, pin, state), files)

    def _revision(
        self, row: ScriptCall, given: list[Node], holder: Node
    ) -> tuple[str | None, Edit | None, str]:
        if row.options is None:
            return None, None, "impossible"
        options = holder if row.key else (given[row.options] if len(given) > row.options else None)
        literal = self.constants.object_of(options) if options is not None else None
        value = self.constants.property_of(literal, "revision") if literal is not None else None
        if value is not None:
            texts = self.constants.resolve(value)
            text = texts[0].text if texts else None
            place = texts[0].node if texts else value
            pin = (
                self._edit(place.start_byte, place.end_byte, f'"{COMMIT}"')
                if text and place.type == "string"
                else None
            )
            return text, pin, "literal" if text else "unresolved"
        if options is None:
            last = given[-1]
            missing = row.options - len(given)
            filler = ", undefined" * missing
            return (
                None,
                self._edit(last.end_byte, last.end_byte, f'{filler}, {{ revision: "{COMMIT}" }}'),
                "absent",
            )
        if literal is None:
            return None, None, "unresolved"
        return None, self._property(literal), "absent"

    def _property(self, literal: Node) -> Edit | None:
        if literal.type != "object":
            return None
        start = literal.start_byte + 1
        empty = not literal.named_children
        return self._edit(start, start, f' revision: "{COMMIT}"' + (" " if empty else ","))

    def _value(
        self,
        row: ScriptCall,
        node: Node,
        target: Node,
        value: Value,
        kind: RepoType,
        imported: bool,
        revision: tuple[str | None, Edit | None, str],
        files: list[str],
    ) -> None:
        if value.text is None:
            if imported and self.constants.packages and row.id.startswith("transformers.js"):
                self._add(row.id, kind, target, node, None, target)
            return
        read = ids.read(value.text, "strong" if imported else "weak", kind)
        if (
            read is None
            and imported
            and kind == "model"
            and re.fullmatch(r"[A-Za-z][\w.-]{2,60}", value.text)
        ):
            single = ids.single(value.text, kind)
            read = ids.Value(single) if single else None
        if read is None:
            return
        one = self._add(row.id, read.kind or kind, value.node, node, read.repo_id, target)
        one.local, one.files = read.local, files[:50]
        one.revision, one.pin, one.revision_state = revision  # type: ignore[assignment]
        self._seen.add(value.node.start_byte)

    # --- names and keys

    def _named(self, node: Node) -> None:
        key = (
            node.child_by_field_name("key")
            or node.child_by_field_name("name")
            or node.child_by_field_name("left")
        )
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        if node.type == "jsx_attribute" and len(node.named_children) == 2:
            key, value = node.named_children
        if key is None or value is None or key.end_byte - key.start_byte > 120:
            return
        row = row_of(snake(string_of(key).strip("\"'`").replace("?.", ".")))
        if row is None:
            return
        if row.strength == "context" and not self._context(node):
            return
        for one in self._literals(value):
            if one.node.start_byte in self._seen or one.text is None:
                continue
            read = ids.read(one.text, "bare" if row.strength != "strong" else "weak", row.kind)
            if read is None or read.repo_id is None or read.repo_id.partition("/")[2] == "":
                continue
            self._add(row.id, read.kind or row.kind, one.node, node, read.repo_id, value)

    def _literals(self, value: Node) -> Iterator[Value]:
        if value.type == "array":
            for child in value.named_children[:500]:
                if child.type in {"string", "template_string"}:
                    yield Value(self.constants.literal(child), child)
        elif value.type in {
            "string",
            "template_string",
            "ternary_expression",
            "binary_expression",
            "as_expression",
            "parenthesized_expression",
            "jsx_expression",
            "satisfies_expression",
        }:
            yield from self.constants.resolve(value)

    def _context(self, node: Node) -> bool:
        """Whether the object around a pair is held by a name that speaks of models."""
        above: Node | None = node.parent
        for _ in range(8):
            if above is None:
                return False
            if above.type in {"pair", "variable_declarator", "public_field_definition"}:
                key = above.child_by_field_name("key") or above.child_by_field_name("name")
                if key is not None and CONTEXT.search(snake(string_of(key)[:100])):
                    return True
            above = above.parent
        return False

    # --- places

    def _add(
        self, loader: str, kind: RepoType, place: Node, call: Node, repo_id: str | None, target: Node
    ) -> Mention:
        one = Mention(
            loader=loader,
            repo_type=kind,
            line=place.start_point[0] + 1 + self.offset,
            end_line=place.end_point[0] + 1 + self.offset,
            repo_id=repo_id,
            call_line=call.start_point[0] + 1 + self.offset,
            call_end_line=call.end_point[0] + 1 + self.offset,
            expression=string_of(target)[:EXPRESSION],
        )
        self.mentions.append(one)
        return one

    def _edit(self, start: int, end: int, text: str) -> Edit:
        first = self.data.count(b"\n", 0, start)
        last = first + self.data.count(b"\n", start, end)
        column = start - (self.data.rfind(b"\n", 0, start) + 1)
        end_column = end - (self.data.rfind(b"\n", 0, end) + 1)
        return Edit(first + 1 + self.offset, column, last + 1 + self.offset, end_column, text)
