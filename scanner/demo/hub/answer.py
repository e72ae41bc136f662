"""One request and one answer of the embedded Hub, and the errors in the Hub's own form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came; the names of ``headers`` are in lower case."""

    origin: str
    """``hub`` or ``storage``."""
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The address without its query, quoted as it came."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    def said(self, name: str) -> bool:
        """Whether a switch of the query is on."""
        return self.query.get(name, [""])[-1].lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        value = self.query.get(name, [""])[-1]
        return int(value) if value.isdigit() else default


@dataclass(frozen=True)
class Given:
    """One answer: ``length`` bytes come out of ``body``."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Iterable[bytes] = ()
    length: int = 0


class Refused(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None):
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}

    def answer(self) -> Given:
        """As the Hub says it: in two headers and in the body."""
        headers = {"X-Error-Message": self.message, **self.headers}
        if self.code:
            headers["X-Error-Code"] = self.code
        return document({"error": self.message}, status=self.status, headers=headers)


def document(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Given:
    """A JSON answer."""
    data = json.dumps(value).encode()
    return Given(
        status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, [data], len(data)
    )


def moved(status: int, location: str, headers: Mapping[str, str] | None = None) -> Given:
    """A redirect."""
    data = f"Redirecting to {location}".encode()
    return Given(status, {"Location": location, **(headers or {})}, [data], len(data))


def segments(path: str) -> list[str]:
    """The parts of a path, each unquoted for itself."""
    return [unquote(part) for part in path.strip("/").split("/")]
