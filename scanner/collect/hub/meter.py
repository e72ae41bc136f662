"""What one run may cost the Hub, and the caller: requests, bytes and seconds, over all rounds and threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from scanner.collect.errors import Unserved
from scanner.collect.wish import Hub
from scanner.domain import Cause
from scanner.evidence import HubSpent

_LESS = "raise the Hub budget, or review fewer repositories at once; then run again"


class Meter:
    """Counts from what earlier rounds spent; every method may be called from any thread."""

    def __init__(self, wish: Hub, spent: HubSpent) -> None:
        self._wish = wish
        self._requests, self._bytes, self._seconds = spent.requests, spent.bytes, spent.seconds
        self._promised = spent.bytes
        self._since: float | None = None
        self._lock = threading.Lock()

    @property
    def spent(self) -> HubSpent:
        """What was spent so far."""
        with self._lock:
            return HubSpent(requests=self._requests, bytes=self._bytes, seconds=round(self._elapsed(), 3))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time counts only in here: what scan takes between two rounds is not the Hub's."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._seconds = self._elapsed()
                self._since, self._promised = None, self._bytes

    def _elapsed(self) -> float:
        return self._seconds + (time.monotonic() - self._since if self._since is not None else 0)

    def promise(self, amount: int) -> None:
        """Take ``amount`` bytes into account before they are asked for, in the order of the requests.

        Raises:
            Unserved: they do not fit into what is left.
        """
        with self._lock:
            left = self._wish.bytes - self._promised
            if amount > left:
                detail = f"{amount} bytes do not fit into the {max(0, left)} that are left of the Hub budget"
                raise Unserved(Cause.BUDGET, detail, _LESS)
            self._promised += amount

    def request(self) -> None:
        """Count one request that is about to be made; raises :class:`Unserved` when there are none left."""
        self.check_time()
        with self._lock:
            if self._requests >= self._wish.requests:
                detail = f"the budget of {self._wish.requests} requests to the Hub is used up"
                raise Unserved(Cause.BUDGET, detail, _LESS)
            self._requests += 1

    def receive(self, amount: int) -> None:
        """Count bytes that arrived; raises :class:`Unserved` when they are more than may be."""
        with self._lock:
            self._bytes += amount
            if self._bytes > self._wish.bytes:
                detail = f"the budget of {self._wish.bytes} bytes from the Hub is used up"
                raise Unserved(Cause.BUDGET, detail, _LESS)

    def check_time(self, ahead: float = 0) -> None:
        """Raise :class:`Unserved` when the time is up, or would be in ``ahead`` seconds."""
        with self._lock:
            if self._elapsed() + ahead > self._wish.seconds:
                detail = f"the budget of {self._wish.seconds:g} seconds for the Hub is used up"
                raise Unserved(Cause.BUDGET, detail, _LESS)
