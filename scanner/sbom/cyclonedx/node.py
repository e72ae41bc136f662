"""What every object of a document is made of, and the texts that may stand in one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

HASH_ALGORITHMS = {
    "MD5": 32,
    "SHA-1": 40,
    "SHA-256": 64,
    "SHA-384": 96,
    "SHA-512": 128,
    "SHA3-256": 64,
    "SHA3-384": 96,
    "SHA3-512": 128,
    "BLAKE2b-256": 64,
    "BLAKE2b-384": 96,
    "BLAKE2b-512": 128,
}
"""Algorithms we pass on, with the number of hexadecimal digits of each."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
ABSOLUTE = re.compile(r"^(?:/|[A-Za-z]:[\\/]|\\\\|file:)")
"""What a place on a machine looks like."""

TEXT_LIMIT = 4096


class Node(BaseModel):
    """Base of every object: immutable, closed, written under the specification's names."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, alias_generator=to_camel, populate_by_name=True
    )


class Property(Node):
    """A name and a value; the same name may appear several times."""

    name: str
    value: str


def plain(node: Node) -> dict[str, Any]:
    """The node as JSON values, under the specification's names, without what is unknown."""
    return node.model_dump(mode="json", by_alias=True, exclude_none=True)


def text(value: str, limit: int = TEXT_LIMIT) -> str:
    """``value`` fit for a document: no control characters or lone surrogates, at most ``limit`` long."""
    cleaned = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1] + "\N{HORIZONTAL ELLIPSIS}"


def relative(path: str) -> str:
    """A repository path as a document holds it, never to be taken for a place on a machine.

    Of an absolute path only the last part is kept; a relative one that looks like an absolute one of another
    system gets a leading ``./``.
    """
    cleaned = text(path)
    if cleaned.startswith("/"):
        return cleaned.rstrip("/").rpartition("/")[2] or "."
    return f"./{cleaned}" if ABSOLUTE.match(cleaned) else cleaned


def unique_properties(pairs: Iterable[tuple[str, str]]) -> list[Property] | None:
    """Sorted properties without repetitions, or ``None`` when there are none."""
    return [Property(name=name, value=value) for name, value in sorted(set(pairs))] or None
