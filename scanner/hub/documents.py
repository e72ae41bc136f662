"""Bodies of the Hub's API: read within bounds, and every value asked for by its type.

The Hub wraps in them what the publisher wrote into a card, so any value may be of any type and size.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.hub.texts import TEXT, Problems, clean

DOCUMENT_BYTES = 16 << 20
"""A larger body is not read."""

LIST = 200
"""Entries of a list that are kept, unless said otherwise."""

_LARGEST = 1 << 62


class Unusable(Exception):
    """A document that is not read; the message says why."""


def parse(data: bytes, limit: int = DOCUMENT_BYTES) -> Any:
    """Strict JSON: UTF-8, no key twice, nothing that JSON does not know (NaN becomes null).

    Raises:
        Unusable: it is not that, or larger than ``limit`` bytes.
    """
    if len(data) > limit:
        raise Unusable(f"it is larger than {limit >> 20} MiB")
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=lambda _: None)
    except UnicodeDecodeError as error:
        raise Unusable("it is not UTF-8") from error
    except RecursionError as error:
        raise Unusable("it is nested too deeply") from error
    except ValueError as error:
        raise Unusable("it is not JSON") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Unusable("it has a key twice")
    return made


class Documents:
    """The documents of one answer by their role, and which parts of it are not there."""

    def __init__(self, paths: Mapping[str, str], lacking: frozenset[str], problems: Problems) -> None:
        self._paths, self._problems = paths, problems
        self._broken = {role.partition(".")[0] for role in lacking}

    def one(self, role: str) -> Any:
        """The document, or ``None``."""
        if role not in self._paths:
            return None
        try:
            with open(self._paths[role], "rb") as file:
                return parse(file.read(DOCUMENT_BYTES + 1))
        except (OSError, Unusable) as error:
            reason = error if isinstance(error, Unusable) else "it cannot be opened"
            self._problems.tell(f"{role} was not read: {reason}")
            self._broken.add(role.partition(".")[0])
            return None

    def page(self, role: str) -> list[Any]:
        """A document that must be a list."""
        page = self.one(role)
        if isinstance(page, list):
            return page
        if page is not None:
            self._problems.tell(f"{role} is not a list")
        self._broken.add(role.partition(".")[0])
        return []

    def pages(self, name: str) -> Iterator[list[Any]]:
        """The pages ``name.0``, ``name.1`` … as far as they follow each other."""
        number = 0
        while f"{name}.{number}" in self._paths:
            yield self.page(f"{name}.{number}")
            number += 1
        numbered = (role.partition(".") for role in self._paths)
        if any(kind == name and page.isdecimal() and int(page) >= number for kind, _, page in numbered):
            self._problems.tell(f"{name}.{number} is not there, but later pages are")
            self._broken.add(name)

    def whole(self, name: str) -> bool:
        """Whether every page was there and could be read; ask after :meth:`pages`.

        Whether the last page is the last of the Hub, only the collector can tell: it calls what it left out
        lacking.
        """
        return name not in self._broken and f"{name}.0" in self._paths


class Fields:
    """The values of an object, each only if it has the type that is asked for; null counts as absent."""

    def __init__(self, value: Any, where: str, problems: Problems) -> None:
        if value is not None and not isinstance(value, dict):
            problems.tell(f"{where} is not an object")
        self._values: dict[str, Any] = value if isinstance(value, dict) else {}
        self._where, self._problems = where, problems

    def __contains__(self, key: str) -> bool:
        return self._values.get(key) is not None

    def raw(self, key: str) -> Any:
        """The value as it is."""
        return self._values.get(key)

    def inner(self, key: str) -> Fields:
        """An object inside; an empty one where there is none."""
        return Fields(self._values.get(key), f"{self._where}.{key}", self._problems)

    def text(self, key: str, limit: int = TEXT) -> str | None:
        """A text that is not blank."""
        value = self._values.get(key)
        if isinstance(value, str):
            return clean(value.strip(), limit) or None
        self._wrong(key, "text", value)
        return None

    def matched(self, key: str, pattern: re.Pattern[str]) -> str | None:
        """A text that has the form of ``pattern``, unchanged."""
        value = self._values.get(key)
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        self._wrong(key, "of the form that the Hub gives it", value)
        return None

    def flag(self, key: str) -> bool | None:
        """A truth value."""
        value = self._values.get(key)
        if isinstance(value, bool):
            return value
        self._wrong(key, "true or false", value)
        return None

    def count(self, key: str) -> int | None:
        """A whole number from 0."""
        value = self._values.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST:
            return value
        self._wrong(key, "a count", value)
        return None

    def texts(self, key: str, most: int = LIST, limit: int = TEXT) -> list[str]:
        """A text, or a list of them: each once, in their order."""
        value = self._values.get(key)
        entries = value if isinstance(value, list) else [] if value is None else [value]
        found: dict[str, None] = {}
        for entry in entries:
            if len(found) == most:
                self._problems.tell(f"{self._where}.{key} has more than {most} entries")
                break
            if not isinstance(entry, str):
                self._wrong(key, "text", entry)
            elif entry.strip():
                found[clean(entry.strip(), limit)] = None
        return list(found)

    def _wrong(self, key: str, kind: str, value: Any) -> None:
        if value is not None:
            self._problems.tell(f"{self._where}.{key} is not {kind}")
