"""What servers of the tests have in common: a port on loopback, a thread, a record of what was asked."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """One request; the names of ``headers`` are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Given:
    """One answer; a ``body`` shorter than ``length`` breaks off."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] | None = None
    length: int | None = None


class Loopback(ABC):
    """A server; use it as a context manager. Subclasses say what it answers."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @abstractmethod
    def answer(self, asked: Asked) -> Given:
        """What this server says to a request."""

    def stall(self) -> Given:
        """Say nothing for as long as the server lives."""
        self.closing.wait()
        return Given(500)


def _handler(server: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one piece: two wait for each other's acknowledgement

        def _answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, self._body(headers))
            server.asked.append(asked)
            given = server.answer(asked)
            try:
                self.send_response(given.status)
                for name, value in (given.headers or {}).items():
                    self.send_header(name, value)
                length = len(given.body) if given.length is None else given.length
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(given.body)
            except OSError:
                self.close_connection = True  # whoever asked has gone
            if given.length is not None:
                self.close_connection = True

        def _body(self, headers: Mapping[str, str]) -> bytes:
            if headers.get("transfer-encoding") != "chunked":
                return self.rfile.read(int(headers.get("content-length") or 0))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - names of http.server

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Tests are quiet."""

    return Handler
