"""What can go wrong: before there is any evidence, and with a single answer."""

from __future__ import annotations

from scanner.domain import Cause


class CollectError(Exception):
    """The caller asked for something that cannot be collected; the text says what, and what to do."""


class Unserved(Exception):
    """One thing that cannot be served: why, in detail, and what can be done about it."""

    def __init__(self, cause: Cause, detail: str, action: str) -> None:
        super().__init__(detail)
        self.cause, self.detail, self.action = cause, detail, action
