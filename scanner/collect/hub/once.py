"""What several threads want is made by the first of them; the others wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Once:
    """Results by key, also failures; nothing is made twice."""

    def __init__(self) -> None:
        self._made: dict[str, Future[Any]] = {}
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], T]) -> T:
        """What ``make`` returned, or raised, when it was called for this key."""
        with self._lock:
            future = self._made.get(key)
            mine = future is None
            if future is None:
                future = self._made[key] = Future()
        if mine:
            try:
                future.set_result(make())
            except BaseException as error:
                future.set_exception(error)
        result: T = future.result()
        return result

    def forget(self, key: str, value: object) -> None:
        """Make it anew when it is wanted again, unless it is no longer ``value``."""
        with self._lock:
            future = self._made.get(key)
            if future is not None and future.done() and not future.exception() and future.result() is value:
                del self._made[key]
