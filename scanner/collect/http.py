"""Questions to servers: no redirect is followed, no password file is read, and patience has an end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scanner import __version__
from scanner.collect.errors import Unserved
from scanner.collect.objects import CHUNK
from scanner.collect.wish import Patience
from scanner.domain import Cause

if TYPE_CHECKING:
    import requests

_AGAIN = frozenset({429, 500, 502, 503, 504})
_RUN_AGAIN = "run again later"


class Http:
    """One session with servers; use :meth:`ask` as a context manager."""

    def __init__(self, patience: Patience) -> None:
        from http.cookiejar import DefaultCookiePolicy

        import requests

        self._patience = patience
        self._failure = requests.RequestException
        self._session = requests.Session()
        self._session.headers.clear()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    @contextmanager
    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> Iterator[requests.Response]:
        """The answer, whatever its status; what passes by itself is asked again a few times.

        Raises:
            Unserved: no answer, or each time one that says to come back later.
        """
        response = self._patiently(method, url, headers, query, json)
        try:
            yield response
        finally:
            response.close()

    def _patiently(
        self, method: str, url: str, headers: Mapping[str, str], query: Mapping[str, str] | None, json: Any
    ) -> requests.Response:
        pause, last = self._patience.pause, ""
        for attempt in range(self._patience.attempts):
            if attempt:
                time.sleep(pause)
                pause = self._patience.pause * 2**attempt
            try:
                response = self._once(method, url, headers, query, json)
            except (self._failure, ValueError) as error:
                last = f"no answer ({_kind(error)})"
                continue
            if response.status_code not in _AGAIN and not _limited(response):
                return response
            last = f"status {response.status_code}"
            wished = _retry_after(response)
            response.close()
            if wished is not None:
                if wished > self._patience.longest_pause:
                    last += f", and it asks for a pause of {wished} seconds"
                    break
                pause = wished
        raise Unserved(Cause.RATE, f"{origin(url)} does not serve it now: {last}", _RUN_AGAIN)

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], query: Mapping[str, str] | None, json: Any
    ) -> requests.Response:
        return self._session.request(
            method,
            url,
            headers={
                "User-Agent": f"modelward/{__version__}",
                "Accept-Encoding": "identity",  # what is read is what was sent: no bomb
                **headers,
            },
            params=query,
            json=json,
            auth=_as_it_is,
            stream=True,
            allow_redirects=False,
            timeout=(self._patience.connect, self._patience.silence),
        )

    def chunks(self, response: requests.Response, limit: int) -> Iterator[bytes]:
        """The body, never more than ``limit`` bytes of it.

        Raises:
            Unserved: it is longer, takes too long, or breaks off.
        """
        from urllib3.exceptions import HTTPError

        deadline = time.monotonic() + self._patience.fetch
        left = limit
        try:
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                left -= len(chunk)
                if left < 0:
                    raise Unserved(
                        Cause.UNREADABLE,
                        f"{origin(response.url)} sent more than {limit} bytes",
                        "repair the object on the server, then run again",
                    )
                yield chunk
                if time.monotonic() > deadline:
                    raise Unserved(Cause.RATE, f"{origin(response.url)} took too long to send it", _RUN_AGAIN)
        except (HTTPError, OSError) as error:
            raise Unserved(
                Cause.RATE, f"{origin(response.url)} broke off while sending it ({_kind(error)})", _RUN_AGAIN
            ) from error

    def small(self, response: requests.Response, limit: int) -> bytes:
        """A body of at most ``limit`` bytes; raises as :meth:`chunks`."""
        return b"".join(self.chunks(response, limit))


def origin(url: str) -> str:
    """Scheme, host and port of an address: what may be shown of one that was signed."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An authentication that adds nothing, so that none is taken from a .netrc file."""
    return request


def _limited(response: requests.Response) -> bool:
    """GitHub says 403 for its rate limits, too."""
    if response.status_code != 403:
        return False
    return "Retry-After" in response.headers or response.headers.get("X-RateLimit-Remaining") == "0"


def _retry_after(response: requests.Response) -> int | None:
    """Seconds; a date is not understood and counts as not said."""
    value = response.headers.get("Retry-After", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def _kind(error: Exception) -> str:
    """What kind of failure it is; the text of it may hold a signed address."""
    return type(error).__name__
