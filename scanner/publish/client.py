"""The way to GitHub's API: PyGithub's requester, with retries of our own and errors that say what they mean.

PyGithub repeats a POST after a 5xx, which makes two comments of one when only the answer was lost, and gives
up a PATCH at once; its objects also complete themselves with requests nobody asked for. So its retries are
off and its requester is asked directly. GitHub's rules for waiting: "Best practices for using the REST API".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TypeVar

from scanner.report.plain import brief

if TYPE_CHECKING:
    from github import GithubException

BUDGET = 300.0
"""Seconds for all that is said in one run, waiting included."""
TIMEOUT = 30
"""Seconds without an answer to one request."""
WRITE_PAUSE = 1.0
"""Seconds between two requests that write, as GitHub asks."""
LIMIT_PAUSE = 60.0
"""Seconds to wait after a rate limit that does not say how long."""
MAX_BACKOFF = 30.0
PER_PAGE = 100
MAX_PAGES = 100

T = TypeVar("T")


class ApiError(Exception):
    """GitHub did not do what was asked; the text says what it answered, and can hold anything."""


class Denied(ApiError):
    """The token may not do this."""


class Refused(ApiError):
    """The request cannot be fulfilled, however often it is repeated."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Unanswered(ApiError):
    """No answer, or none but "later", within the time that publishing may take."""


class Clock:
    """The time, and how to let it pass: what the tests of waiting replace by a clock of their own."""

    now: Callable[[], float] = staticmethod(time.time)
    sleep: Callable[[float], None] = staticmethod(time.sleep)


class Client:
    """One repository on one GitHub, as one token sees it. Paths are those below the repository.

    Every method raises :class:`Denied`, :class:`Refused` or :class:`Unanswered`.
    """

    def __init__(self, api_url: str, repository: str, token: str, clock: Clock | None = None) -> None:
        from github import Auth, Github

        self._github = Github(
            base_url=api_url,
            auth=Auth.Token(token),
            timeout=TIMEOUT,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
        )
        self._root = f"/repos/{repository}"
        self._clock = clock or Clock()
        self._deadline = self._clock.now() + BUDGET
        self._next_write = 0.0
        self._login: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._github.close()

    def login(self) -> str:
        """Who the token is, in the words of REST: no permission is needed to ask GraphQL."""
        if self._login is None:
            query: dict[str, Any] = {"query": "query { viewer { login } }", "variables": {}}
            url = self._github.requester.graphql_url
            try:
                answer = self._send(lambda: self._ask("POST", url, body=query)[1])
                self._login = str(answer["data"]["viewer"]["login"])
            except (Denied, Refused, KeyError, TypeError):
                self._login = "github-actions[bot]"  # whose token it is unless the workflow gives another
        return self._login

    def get(self, path: str) -> Any:
        return self._send(lambda: self._ask("GET", self._root + path)[1])

    def pages(self, path: str, key: str | None = None, **parameters: str) -> Iterator[Any]:
        """The items of a list, page after page; ``key`` is where an answer that is an object holds them."""
        for page in range(1, MAX_PAGES + 1):
            asked = {**parameters, "per_page": PER_PAGE, "page": page}
            headers, data = self._send(lambda asked=asked: self._ask("GET", self._root + path, asked))  # type: ignore[misc]
            yield from data[key] if key else data
            if 'rel="next"' not in headers.get("link", ""):
                return

    def post(self, path: str, body: Any, made: Callable[[], Any]) -> Any:
        """Create something; ``made`` finds it when the answer was lost; where it finds nothing, once more."""
        try:
            return self._write(lambda: self._ask("POST", self._root + path, body=body)[1], made)
        except Refused as error:
            if error.status == 404:  # the other way to say that a token may not write here
                raise Denied(str(error)) from None
            raise

    def patch(self, path: str, body: Any, made: Callable[[], Any] | None = None) -> Any:
        """Change something; ``made`` as in :meth:`post`, where doing it twice would not be doing it once."""
        return self._write(lambda: self._ask("PATCH", self._root + path, body=body)[1], made)

    def delete(self, path: str) -> None:
        """Delete something, or find it gone."""
        try:
            self._write(lambda: self._ask("DELETE", self._root + path)[1])
        except Refused as error:
            if error.status != 404:
                raise

    def upload(
        self, url: str, name: str, opened: Callable[[], BinaryIO], size: int, made: Callable[[], Any]
    ) -> Any:
        """Upload the ``size`` bytes of ``opened()`` to an ``upload_url`` of the API's."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}

        def send() -> Any:
            with opened() as stream:
                return self._github.requester.requestMemoryBlobAndCheck(
                    "POST", url, {"name": name}, dict(headers), stream
                )[1]

        return self._write(send, made)

    def _ask(
        self, verb: str, url: str, parameters: Any = None, body: Any = None
    ) -> tuple[dict[str, Any], Any]:
        return self._github.requester.requestJsonAndCheck(verb, url, parameters=parameters, input=body)

    def _write(self, request: Callable[[], T], made: Callable[[], T | None] | None = None) -> T:
        def paced() -> T:
            self._clock.sleep(max(0.0, self._next_write - self._clock.now()))
            try:
                return request()
            finally:
                self._next_write = self._clock.now() + WRITE_PAUSE

        return self._send(paced, made)

    def _send(self, request: Callable[[], T], made: Callable[[], T | None] | None = None) -> T:
        """What ``request`` gives, repeated as long as that can help and there is time."""
        from github import GithubException

        backoff = 1.0
        while True:
            try:
                return request()
            except GithubException as error:
                wait, lost = _pause(error, self._clock.now()), error.status >= 500
                if wait is None and not lost:
                    raise _final(error) from None
                said = f"GitHub answered {error.status}"
            except OSError as error:
                wait, lost, said = None, True, f"GitHub did not answer ({type(error).__name__})"
            except (AssertionError, RuntimeError, ValueError) as error:
                # What PyGithub raises for addresses and answers that it does not take.
                raise Refused(0, f"the answer cannot be used ({type(error).__name__})") from None
            wait = backoff if wait is None else wait
            if self._clock.now() + wait > self._deadline:
                raise Unanswered(f"{said}; run again later") from None
            self._clock.sleep(wait)
            backoff = min(backoff * 2, MAX_BACKOFF)
            if lost and made is not None and (found := made()) is not None:
                return found


def _pause(error: GithubException, now: float) -> float | None:
    """Seconds that a rate limit asks to wait; null when it is none."""
    headers = error.headers or {}
    spent = headers.get("x-ratelimit-remaining") == "0"
    limited = "retry-after" in headers or spent or "rate limit" in _said(error).lower()
    if error.status != 429 and not (error.status == 403 and limited):
        return None
    if (after := headers.get("retry-after", "")).isdigit():
        return float(after)
    if spent and (reset := headers.get("x-ratelimit-reset", "")).isdigit():
        return max(0.0, float(reset) - now) + 1.0
    return LIMIT_PAUSE


def _said(error: GithubException) -> str:
    """The message of the answer; PyGithub's own is empty for the errors that it knows."""
    return str(error.data.get("message") or "") if isinstance(error.data, dict) else ""


def _final(error: GithubException) -> ApiError:
    data = error.data if isinstance(error.data, dict) else {}
    details = [str(each.get("message") or "") for each in data.get("errors", []) if isinstance(each, dict)]
    said = brief(": ".join(filter(None, [_said(error), *details])), 300)
    text = f"GitHub answered {error.status}: {said}"
    if error.status == 403:
        return Denied(text)
    return Refused(error.status, text)
