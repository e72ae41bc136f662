"""What an expression of JavaScript may be, as far as one file tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

MOST = 300_000
"""Nodes of a tree that are visited."""
MOST_VALUES = 24
DEEPEST = 12

_ESCAPE = re.compile(r"\\(.)", re.S)
_PASSED = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "await_expression",
        "jsx_expression",
        "type_assertion",
    }
)


@dataclass(slots=True)
class Value:
    """One value that an expression may have; ``text`` is null where it is not known. ``node`` writes it."""

    text: str | None
    node: Node


def string_of(node: Node) -> str:
    """A node as it is written."""
    return (node.text or b"").decode("utf-8", "replace")


def walk(root: Node) -> Iterator[Node]:
    """Every named node in the order of the file, without recursion."""
    cursor, count = root.walk(), 0
    while count < MOST:
        node = cursor.node
        count += 1
        if node is not None and node.is_named:
            yield node
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


class Constants:
    """The names that a file gives to values, and the packages it imports."""

    def __init__(self, nodes: list[Node]) -> None:
        self.imports: dict[str, tuple[str, str]] = {}
        """Local name: package and exported name (``*`` for all of it)."""
        self.packages: set[str] = set()
        self._values: dict[str, list[Node]] = {}
        for node in nodes:
            if node.type == "import_statement":
                self._import(node)
            elif node.type == "variable_declarator":
                self._declare(node)
            elif node.type == "call_expression":
                self._loaded(node)
            elif node.type in {
                "assignment_expression",
                "assignment_pattern",
                "required_parameter",
                "optional_parameter",
                "public_field_definition",
                "field_definition",
            }:
                name = node.child_by_field_name("left") or node.child_by_field_name("pattern")
                name = name or node.child_by_field_name("name") or node.child_by_field_name("property")
                value = node.child_by_field_name("right") or node.child_by_field_name("value")
                if name is not None and value is not None and name.type != "object_pattern":
                    self._keep(string_of(name), value)
            elif node.type == "object_assignment_pattern":
                name, value = node.child_by_field_name("left"), node.child_by_field_name("right")
                if name is not None and value is not None:
                    self._keep(string_of(name), value)
            elif node.type == "for_in_statement":
                self._loop(node)

    def _keep(self, name: str, value: Node) -> None:
        kept = self._values.setdefault(name.removeprefix("this.").removeprefix("#")[:100], [])
        if len(kept) < MOST_VALUES:
            kept.append(value)

    def _loop(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        array = right if right.type == "array" else next(iter(self._values.get(string_of(right), [])), None)
        if array is not None and array.type == "array":
            for child in array.named_children[:MOST_VALUES]:
                self._keep(string_of(left), child)

    def _import(self, node: Node) -> None:
        source = node.child_by_field_name("source")
        if source is None:
            return
        package = string_of(source).strip("\"'")
        self.packages.add(package)
        for part in walk(node):
            if part.type == "import_specifier":
                name, alias = part.child_by_field_name("name"), part.child_by_field_name("alias")
                if name is not None:
                    self.imports[string_of(alias or name)] = (package, string_of(name))
            elif part.type == "namespace_import" and part.named_children:
                self.imports[string_of(part.named_children[0])] = (package, "*")
            elif (
                part.type == "identifier" and part.parent is not None and part.parent.type == "import_clause"
            ):
                self.imports[string_of(part)] = (package, "*")

    def _loaded(self, node: Node) -> str | None:
        """The package of ``require("…")`` and ``import("…")``."""
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or arguments is None or not arguments.named_children:
            return None
        if callee.type != "import" and string_of(callee) not in {"require", "importScripts"}:
            return None
        package = self.literal(arguments.named_children[0])
        if package:
            self.packages.add(package)
        return package

    def _declare(self, node: Node) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or value is None:
            return
        inner = value
        while inner.type in _PASSED and inner.named_children:
            inner = inner.named_children[0]
        package = self._loaded(inner) if inner.type == "call_expression" else None
        if package is None:
            if name.type == "identifier":
                self._keep(string_of(name), value)
            return
        if name.type == "identifier":
            self.imports[string_of(name)] = (package, "*")
            return
        for part in name.named_children:
            if part.type == "shorthand_property_identifier_pattern":
                self.imports[string_of(part)] = (package, string_of(part))
            elif part.type == "pair_pattern":
                key, local = part.child_by_field_name("key"), part.child_by_field_name("value")
                if key is not None and local is not None:
                    self.imports[string_of(local)] = (package, string_of(key))

    def literal(self, node: Node) -> str | None:
        """The text of a string or of a template without parts to fill in."""
        if node.type == "string":
            return _ESCAPE.sub(r"\1", string_of(node)[1:-1])
        if node.type == "template_string" and not any(
            c.type == "template_substitution" for c in node.children
        ):
            return string_of(node)[1:-1]
        return None

    def object_of(self, node: Node | None, depth: int = 0) -> Node | None:
        """The object literal that an expression is."""
        while node is not None and node.type in _PASSED and node.named_children:
            node = node.named_children[0]
        if node is None or depth > DEEPEST:
            return None
        if node.type == "object":
            return node
        for value in self._values.get(string_of(node)[:100].removeprefix("this."), [])[:1]:
            return self.object_of(value, depth + 1)
        if node.type == "member_expression":
            name = node.child_by_field_name("property")
            holder = self.object_of(node.child_by_field_name("object"), depth + 1)
            if name is not None and holder is not None:
                return self.object_of(self.property_of(holder, string_of(name)), depth + 1)
        return None

    def property_of(self, node: Node | None, name: str) -> Node | None:
        """The value of a property of the object that an expression is."""
        literal = self.object_of(node)
        if literal is None:
            return None
        for child in literal.named_children:
            if child.type == "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and value is not None and string_of(key).strip("\"'") == name:
                    return value
            elif child.type == "shorthand_property_identifier" and string_of(child) == name:
                return child
        return None

    def resolve(self, node: Node | None, depth: int = 0) -> list[Value]:
        """Every value that an expression may have; one unknown if nothing can be told."""
        if node is None:
            return []
        if depth > DEEPEST:
            return [Value(None, node)]
        text = self.literal(node)
        if text is not None:
            return [Value(text, node)]
        if node.type in _PASSED and node.named_children:
            return self.resolve(node.named_children[0], depth + 1)
        if node.type == "template_string":
            return self._template(node, depth)
        if node.type == "ternary_expression":
            return self._either(node, ("consequence", "alternative"), depth)
        if node.type == "binary_expression":
            operator = node.child_by_field_name("operator")
            if operator is not None and operator.type in {"??", "||"}:
                return self._either(node, ("left", "right"), depth)
            if operator is not None and operator.type == "+":
                return self._sum(node, depth)
            return [Value(None, node)]
        if node.type in {
            "identifier",
            "shorthand_property_identifier",
            "member_expression",
            "subscript_expression",
        }:
            return self._name(node, depth)
        return [Value(None, node)]

    def _either(self, node: Node, fields: tuple[str, str], depth: int) -> list[Value]:
        values = [one for field in fields for one in self.resolve(node.child_by_field_name(field), depth + 1)]
        known = [one for one in values if one.text is not None]
        return (known or values[:1])[:MOST_VALUES]

    def _sum(self, node: Node, depth: int) -> list[Value]:
        left = self.resolve(node.child_by_field_name("left"), depth + 1)
        right = self.resolve(node.child_by_field_name("right"), depth + 1)
        both = [
            Value(a.text + b.text, node)
            for a in left
            for b in right
            if a.text is not None and b.text is not None
        ]
        return both[:MOST_VALUES] or [Value(None, node)]

    def _template(self, node: Node, depth: int) -> list[Value]:
        texts: list[str] = [""]
        for child in node.named_children:
            if child.type in {"string_fragment", "escape_sequence"}:
                texts = [text + string_of(child) for text in texts]
            elif child.type == "template_substitution" and child.named_children:
                values = self.resolve(child.named_children[0], depth + 1)
                parts = [one.text for one in values if one.text is not None]
                if not parts:
                    return [Value(None, node)]
                texts = [text + part for text in texts for part in parts][:MOST_VALUES]
        return [Value(text, node) for text in texts]

    def _name(self, node: Node, depth: int) -> list[Value]:
        name = string_of(node).removeprefix("this.").removeprefix("#")
        found = self._values.get(name[:100])
        if found and not any(value.start_byte <= node.start_byte < value.end_byte for value in found):
            values = [one for value in found for one in self.resolve(value, depth + 1)]
            known = [one for one in values if one.text is not None]
            return known[:MOST_VALUES] or [Value(None, node)]
        if node.type == "identifier" or node.type == "shorthand_property_identifier":
            return [Value(None, node)]
        holder = node.child_by_field_name("object")
        index = node.child_by_field_name("property") or node.child_by_field_name("index")
        literal = self.object_of(holder)
        if literal is None or index is None:
            return self._array(holder, node, depth)
        if index.type == "property_identifier":
            value = self.property_of(literal, string_of(index))
            return self.resolve(value, depth + 1) if value is not None else [Value(None, node)]
        keys = [one.text for one in self.resolve(index, depth + 1) if one.text is not None]
        chosen = (
            [self.property_of(literal, key) for key in keys]
            if keys
            else [
                child.child_by_field_name("value") for child in literal.named_children if child.type == "pair"
            ]
        )
        values = [one for value in chosen if value is not None for one in self.resolve(value, depth + 1)]
        known = [one for one in values if one.text is not None]
        return known[:MOST_VALUES] or [Value(None, node)]

    def _array(self, holder: Node | None, node: Node, depth: int) -> list[Value]:
        array = holder
        if holder is not None and holder.type != "array":
            array = next(iter(self._values.get(string_of(holder), [])), None)
        if array is None or array.type != "array":
            return [Value(None, node)]
        values = [
            one for child in array.named_children[:MOST_VALUES] for one in self.resolve(child, depth + 1)
        ]
        return [one for one in values if one.text is not None] or [Value(None, node)]
