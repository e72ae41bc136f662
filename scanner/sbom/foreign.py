"""A CycloneDX document of any origin as plain JSON, which may hold anything anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

Node = dict[str, Any]

_MODEL = "machine-learning-model"
_SOFTWARE = frozenset({"library", "framework", "application", "operating-system", "firmware", "container"})


def dicts(value: Any) -> list[Node]:
    """The objects of a list; nothing when it is none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def inner(node: Any, *keys: str) -> Any:
    """The value at the end of ``keys``; null where the way breaks off."""
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node


@dataclass(frozen=True)
class Context:
    """One document, and what is looked up in it more than once."""

    document: Node

    @cached_property
    def components(self) -> list[Node]:
        """Every component, nested ones too, without the root."""
        found, waiting = [], dicts(self.document.get("components"))[::-1]
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting += dicts(node.get("components"))[::-1]
        return found

    @cached_property
    def stated(self) -> list[Node]:
        """Components that speak for themselves: a file within another one shares its maker and licence."""
        return [each for each in self.components if each.get("type") != "file" or id(each) not in self.nested]

    @cached_property
    def models(self) -> list[Node]:
        """Models."""
        return [each for each in self.components if each.get("type") == _MODEL]

    @cached_property
    def data(self) -> list[Node]:
        """Data sets."""
        return [each for each in self.components if each.get("type") == "data"]

    @cached_property
    def software(self) -> list[Node]:
        """Packages and containers."""
        return [each for each in self.components if str(each.get("type")) in _SOFTWARE]

    @cached_property
    def files(self) -> list[Node]:
        """What can lie on a disk: packages, files, and models that are not made of files."""
        return [
            each
            for each in self.components
            if each.get("type") != "data" and not dicts(each.get("components"))
        ]

    @cached_property
    def linked(self) -> frozenset[str]:
        """References that ``dependencies`` has an entry of."""
        return frozenset(str(each.get("ref")) for each in dicts(self.document.get("dependencies")))

    @cached_property
    def nested(self) -> frozenset[int]:
        """Identities of components that lie within another one."""
        return frozenset(id(each) for node in self.components for each in dicts(node.get("components")))

    @cached_property
    def aggregates(self) -> dict[str, str]:
        """How much is known of the dependencies, by reference."""
        return {
            ref: str(entry.get("aggregate"))
            for entry in dicts(self.document.get("compositions"))
            for ref in _texts(entry.get("dependencies"))
        }


def properties(node: Node, name: str) -> list[str]:
    """The values of a property."""
    return [str(each.get("value")) for each in dicts(node.get("properties")) if each.get("name") == name]


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
