"""Questions to the Hub and to where it stores files: patient, within the budgets, and never further.

The session is huggingface_hub's own, made by our factory: with time-outs, uncompressed answers, and no
redirect followed by itself. That library's own retries have no bound on the pause a server may ask for, and
half of its calls have neither retry nor time-out; so asking again is done here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from scanner import __version__
from scanner.collect.errors import Unserved
from scanner.collect.http import origin
from scanner.collect.hub.failures import of_status, unreachable
from scanner.collect.hub.library import load
from scanner.collect.hub.meter import Meter
from scanner.collect.wish import Hub
from scanner.domain import Cause

if TYPE_CHECKING:
    from httpx2 import Client as Session
    from httpx2 import Request, Response

T = TypeVar("T")

_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
REDIRECTED = frozenset({301, 302, 303, 307, 308})
_REDIRECTS = 3
_LATER = "run again later"
_REPORT = "run again; if it happens again, report it to whoever runs this server"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PORTS = {"http": 80, "https": 443}


class Client:
    """The one client of a run; close it. Its methods may be called from any thread."""

    def __init__(self, wish: Hub, meter: Meter) -> None:
        self.endpoint = wish.endpoint.rstrip("/")
        self._wish, self._patience, self.meter = wish, wish.patience, meter
        self._hub = load()
        self._hub.set_client_factory(self._session)
        self._given_up: dict[str, Unserved] = {}
        self._not_before: dict[str, float] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close every connection, and leave the library as it was."""
        from huggingface_hub.utils._http import default_client_factory

        self._hub.set_client_factory(default_client_factory)
        self._hub.close_session()

    def _session(self) -> Session:
        from http.cookiejar import DefaultCookiePolicy

        import httpx2
        from huggingface_hub.utils._http import hf_request_event_hook

        patience = self._patience
        timeout = httpx2.Timeout(patience.silence, connect=patience.connect)
        hooks = {"request": [hf_request_event_hook, _plainly]}
        client = httpx2.Client(
            event_hooks=hooks,
            follow_redirects=False,
            timeout=timeout,
            trust_env=urlsplit(self.endpoint).hostname not in _LOOPBACK,  # no proxy leads to this machine
        )
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return client

    def ask(
        self,
        method: str,
        url: str,
        use: Callable[[Response], T],
        *,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """What ``use`` makes of the answer, be its status what it may; all of it again if it breaks off.

        The token goes along to the origin of the endpoint and nowhere else.

        Raises:
            Unserved: no answer, each time one that says to come back later, or a budget is used up.
        """
        import httpx2

        where, pause, last = origin(url), self._patience.pause, ""
        queue = self._queue(url)
        for attempt in range(self._patience.attempts):
            if attempt:
                self._wait(pause)
                pause = self._patience.pause * 2**attempt
            self._keep_to(queue, where)
            self.meter.request()
            try:
                with self._hub.get_session().stream(
                    method, url, headers=self._headers(url, headers)
                ) as response:
                    if response.status_code not in _AGAIN:
                        _check_plain(response)
                        return use(response)
                    last, wished = f"status {response.status_code}", self._wished(response)
            except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as error:
                last, wished = type(error).__name__, None
                if attempt == self._patience.attempts - 1:
                    raise self._give_up(where, unreachable(where, last)) from error
            except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
                last, wished = f"no whole answer ({type(error).__name__})", None
            if wished is not None:
                if wished > self._patience.longest_pause:
                    detail = (
                        f"{where} does not serve it now: {last}, and it asks for a pause of {wished} seconds"
                    )
                    raise self._give_up(queue, Unserved(Cause.RATE, detail, _LATER))
                pause = 0
                with self._lock:
                    self._not_before[queue] = time.monotonic() + wished
        raise Unserved(Cause.RATE, f"{where} does not serve it now: {last}", _LATER)

    def chunks(self, response: Response, limit: int) -> Iterator[bytes]:
        """The body as it was sent, never more than ``limit`` bytes of it.

        Raises:
            Unserved: it is longer, takes too long, or a budget is used up.
            httpx2.HTTPError: it breaks off.
        """
        where = origin(str(response.url))
        deadline, left = time.monotonic() + self._patience.fetch, limit
        for chunk in response.iter_raw():  # as it arrives: a trickle is noticed, too
            left -= len(chunk)
            self.meter.receive(len(chunk))
            if left < 0:
                raise Unserved(Cause.UNREADABLE, f"{where} sent more than {limit} bytes", _REPORT)
            yield chunk
            self.meter.check_time()
            if time.monotonic() > deadline:
                raise Unserved(Cause.RATE, f"{where} took too long to send it", _LATER)

    def document(self, url: str, limit: int) -> tuple[bytes, Mapping[str, str]]:
        """Body and headers of a document of the API; a repository that was renamed is followed.

        Raises:
            Unserved: as :meth:`ask`; or the Hub refuses it, or sends us elsewhere.
        """

        def use(response: Response) -> tuple[bytes, Mapping[str, str]] | str:
            if response.status_code in REDIRECTED:
                return self._at_home(url, response)
            if response.status_code != 200:
                raise of_status(response, origin(url))
            return b"".join(self.chunks(response, limit)), response.headers

        for _ in range(_REDIRECTS + 1):
            answer = self.ask("GET", url, use)
            if not isinstance(answer, str):
                return answer
            url = answer
        raise Unserved(Cause.UNREADABLE, f"{origin(url)} redirects more than {_REDIRECTS} times", _REPORT)

    def _at_home(self, url: str, response: Response) -> str:
        """Where a redirect leads that must stay with the Hub; raises :class:`Unserved` otherwise."""
        target = target_of(response)
        if not self.is_home(target):
            detail = f"{origin(url)} sends a question about a repository to {origin(target)[:100]!r}"
            raise Unserved(Cause.UNREADABLE, detail, _REPORT)
        return target

    def is_home(self, url: str) -> bool:
        """Whether an address is on the Hub's own origin: the only place that sees the token."""
        return _origin(url) == _origin(self.endpoint)

    def _headers(self, url: str, headers: Mapping[str, str] | None) -> dict[str, str]:
        sent = {"User-Agent": f"modelward/{__version__}; hf_hub/{self._hub.__version__}", **(headers or {})}
        if self._wish.token and self.is_home(url):
            sent["Authorization"] = f"Bearer {self._wish.token}"
        return sent

    def _queue(self, url: str) -> str:
        """Which rate limit an address falls under: the Hub counts its API and its files apart."""
        if not self.is_home(url):
            return f"files of {origin(url)}"
        return "api" if urlsplit(url).path.startswith(urlsplit(self.endpoint).path + "/api/") else "resolve"

    def _keep_to(self, queue: str, where: str) -> None:
        """Wait as long as the server wants everybody to; raise when it was given up."""
        with self._lock:
            refusal = self._given_up.get(queue) or self._given_up.get(where)
            wait = self._not_before.get(queue, 0) - time.monotonic()
        if refusal is not None:
            raise refusal
        if wait > 0:
            self._wait(wait)

    def _give_up(self, what: str, refusal: Unserved) -> Unserved:
        with self._lock:
            return self._given_up.setdefault(what, refusal)

    def _wait(self, seconds: float) -> None:
        self.meter.check_time(seconds)
        time.sleep(seconds)

    def _wished(self, response: Response) -> int | None:
        """Seconds that the server asks us to wait, if it does."""
        limit = self._hub.utils.parse_ratelimit_headers(response.headers)
        if response.status_code == 429 and limit is not None and limit.remaining == 0:
            return int(limit.reset_in_seconds)
        value = response.headers.get("retry-after", "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def target_of(response: Response) -> str:
    """The whole address that a redirect leads to; raises :class:`Unserved` where it is none."""
    url = str(response.url)
    try:
        return urljoin(url, response.headers.get("location", ""))
    except ValueError:
        detail = f"{origin(url)} sends us to something that is no address"
        raise Unserved(Cause.UNREADABLE, detail, _REPORT) from None


def _plainly(request: Request) -> None:
    """Ask for bytes as they are: what is counted, ranged and digested is what was sent."""
    request.headers["Accept-Encoding"] = "identity"


def _check_plain(response: Response) -> None:
    """Raise :class:`Unserved` for a body that is not the bytes themselves: no bomb, no other length."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        detail = f"{origin(str(response.url))} compressed an answer that was asked for as it is"
        raise Unserved(Cause.UNREADABLE, detail, _REPORT)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname or "", port or _PORTS.get(parts.scheme)
