"""The embedded Hub itself: two listeners on loopback, a thread a connection, and a log of what was asked."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from scanner.demo.hub.answer import Asked, Given, Refused, moved
from scanner.demo.hub.api import Api
from scanner.demo.hub.files import Files, is_cached
from scanner.demo.hub.state import Fault, HubState

_PIECE = 1 << 16


class EmbeddedHub:
    """The Hub at ``endpoint`` and its large storage at ``storage_endpoint``; use it as a context manager.

    ``latency`` is waited for before each answer, in seconds; ``bandwidth`` is that of all connections
    together, in bytes a second. ``log`` holds every request in the order of arrival.
    """

    def __init__(
        self, state: HubState | None = None, *, latency: float = 0, bandwidth: float | None = None
    ) -> None:
        self.state = state or HubState()
        self.latency, self.bandwidth = latency, bandwidth
        self.log: list[Asked] = []
        self._closing = threading.Event()
        self._line = threading.Lock()
        self._free_at = 0.0
        self._servers = [_Server(self, origin) for origin in ("hub", "storage")]
        self.endpoint, self.storage_endpoint = (
            f"http://127.0.0.1:{server.server_address[1]}" for server in self._servers
        )
        self._api, self._files = Api(self.state, self.endpoint), Files(self.state, self.storage_endpoint)
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            for server in self._servers
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()

    def asked(self, where: str = "", *, origin: str | None = None) -> list[Asked]:
        """The requests so far whose target holds ``where``."""
        return [each for each in self.log if where in each.target and origin in (None, each.origin)]

    def answer(self, asked: Asked) -> tuple[Given | None, Fault | None]:
        """What is said to a request, and how the connection misbehaves over it; null is nothing at all."""
        self.log.append(asked)
        if self.latency:
            time.sleep(self.latency)
        fault = self.state.fault(asked.origin, asked.method, asked.target)
        if fault is not None and (instead := _instead(asked, fault)) is not None:
            return instead, fault
        if fault is not None and fault.kind == "drop":
            return None, fault
        try:
            given = self._usual(asked, fault)
        except Refused as refusal:
            given = refusal.answer()
        if fault is not None:
            given = _spoilt(given, fault)
        return given, fault

    def _usual(self, asked: Asked, fault: Fault | None) -> Given:
        if asked.origin == "storage":
            return self._files.large(asked, fault)
        if asked.path.startswith("/api/") and not is_cached(asked):
            return self._api.answer(asked, endless=fault is not None and fault.kind == "endless")
        return self._files.resolve(asked, fault)

    def stall(self) -> None:
        """Wait until the server ends."""
        self._closing.wait()

    def throttle(self, amount: int) -> None:
        """Wait until ``amount`` more bytes have passed the one line that all share."""
        if self.bandwidth:
            with self._line:
                self._free_at = max(self._free_at, time.monotonic()) + amount / self.bandwidth
                wait = self._free_at - time.monotonic()
            if wait > 0:
                time.sleep(wait)


def _instead(asked: Asked, fault: Fault) -> Given | None:
    """The answers that have nothing to do with what was asked."""
    if fault.kind == "status":
        return Given(fault.value, fault.headers, [fault.body], len(fault.body))
    if fault.kind == "body":
        return Given(
            200, {"Content-Type": "application/json", **fault.headers}, [fault.body], len(fault.body)
        )
    if fault.kind == "huge":
        pieces, rest = divmod(fault.value, _PIECE)
        body = (b" " * (_PIECE if piece < pieces else rest) for piece in range(pieces + 1))
        return Given(200, {"Content-Type": "application/json"}, body, -1)
    if fault.kind == "redirect":
        return moved(302, fault.location or asked.target, fault.headers)
    return None


def _spoilt(given: Given, fault: Fault) -> Given:
    """The usual answer with a changed body."""
    if fault.kind == "gzip":
        body = gzip.compress(b"".join(given.body))
        return replace(
            given, headers={**given.headers, "Content-Encoding": "gzip"}, body=[body], length=len(body)
        )
    if fault.kind == "unannounced":
        body = b"".join(given.body)[: fault.value].ljust(fault.value, b"\0")
        return replace(given, body=[body], length=-1)
    if fault.kind == "other-bytes":
        inverted = bytes(255 - byte for byte in range(256))
        return replace(given, body=(piece.translate(inverted) for piece in given.body))
    return given


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, hub: EmbeddedHub, origin: str) -> None:
        self.hub, self.origin = hub, origin
        super().__init__(("127.0.0.1", 0), _Connection)


class _Connection(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece: two wait for each other's acknowledgement
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length") or 0))
        given, fault = self.server.hub.answer(
            Asked(self.server.origin, self.command, self.path, headers, body)
        )
        if given is None:
            self.close_connection = True
            return
        try:
            self._send(given, fault)
        except OSError:
            self.close_connection = True  # whoever asked has gone

    def _send(self, given: Given, fault: Fault | None) -> None:
        self.send_response(given.status)
        for name, value in given.headers.items():
            self.send_header(name, value)
        if given.length < 0:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(given.length))
        self.end_headers()
        if self.command == "HEAD":
            return
        cut = fault.value if fault and fault.kind in ("short", "stall") else None
        sent = self._send_body(given.body, cut)
        if fault is not None and fault.kind == "stall":
            self.wfile.flush()
            self.server.hub.stall()
        if sent != given.length:
            self.close_connection = True

    def _send_body(self, body: Iterable[bytes], cut: int | None) -> int:
        sent = 0
        for piece in body:
            some = piece if cut is None else piece[: cut - sent]
            self.server.hub.throttle(len(some))
            self.wfile.write(some)
            sent += len(some)
            if len(some) < len(piece):
                break
        return sent

    do_GET = do_HEAD = do_POST = _answer  # noqa: N815 - names of http.server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """The log is :attr:`EmbeddedHub.log`."""
