"""GitHub's API on loopback: its state in memory, every request and answer held to GitHub's own description.

What the description does not know is added here: the length of a comment, what a token may not do, pages,
rate limits, an answer that is lost after its write, lines outside the diff, immutable releases. A request
that the description does not allow, or an operation that is not in ``operations.OPERATIONS``, is a problem;
the test that made it fails when the server closes. GraphQL has no such description: one query is known.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from openapi_core.testing import MockRequest, MockResponse

from tests.servers.description import API, UPLOAD, UPLOADS, described, description, example
from tests.servers.github_state import Call, Failed, State, Token
from tests.servers.loopback import Asked, Given, Loopback
from tests.servers.operations import OPERATIONS

VIEWER = "query { viewer { login } }"


@dataclass
class Fault:
    """An answer other than the right one; ``after`` tells that what was asked is done all the same."""

    status: int
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False


class GitHub(Loopback):
    """A GitHub with one repository or more; use it as a context manager.

    ``prefix`` is ``/api/v3`` as on GitHub Enterprise Server: there PyGithub takes uploads on the same host.
    """

    def __init__(self, prefix: str = "/api/v3") -> None:
        self.tokens = {"ghs_test": Token()}
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.faults: dict[str, deque[Fault]] = {}
        self.meanwhile: dict[str, deque[Callable[[], None]]] = {}
        """What somebody else does just before an operation, once each."""
        super().__init__()
        self._lock = threading.Lock()
        self.server_url = self.url
        self.api_url = self.server_url + prefix
        self.upload_url = self.server_url + "/api/uploads"
        self.graphql_url = self.server_url + ("/api/graphql" if prefix else "/graphql")
        self._routes = self._make_routes()
        self.state = State(self.api_url, self.server_url, self.upload_url, example)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if kind is None:
            assert not self.problems, "\n".join(self.problems)

    @property
    def operations(self) -> list[str]:
        """The operations called, in order."""
        return [call.operation for call in self.calls]

    def bodies(self, operation: str) -> list[Any]:
        """What was sent to one operation."""
        return [call.body for call in self.calls if call.operation == operation]

    def fail(self, operation: str, *faults: Fault) -> None:
        """Give these answers to the next requests for ``operation``."""
        self.faults.setdefault(operation, deque()).extend(faults)

    def interfere(self, operation: str, action: Callable[[], None]) -> None:
        """Do ``action`` just before the next request for ``operation`` is looked at."""
        self.meanwhile.setdefault(operation, deque()).append(action)

    def _make_routes(self) -> list[tuple[str, re.Pattern[str], str, str]]:
        """Method, pattern of the path, operation and path as described."""
        routes = []
        for path, methods in described()["paths"].items():
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path).replace("(?P<path>[^/]+)", "(?P<path>.+)")
            for method, operation in methods.items():
                name = operation["operationId"]
                base = urlsplit(self.upload_url if name == UPLOAD else self.api_url).path
                routes.append((method.upper(), re.compile(re.escape(base) + pattern), name, path))
        # A route of words goes before one whose parameter would take the word.
        return sorted(routes, key=lambda route: route[3].count("{") - route[3].count("/"))

    def answer(self, asked: Asked) -> Given:
        """The answer to one request, whatever it is."""
        with self._lock:
            try:
                return self._answer(asked)
            except Failed as error:
                return _json(error.status, error.body)
            except Exception as error:
                self.problems.append(f"{asked.method} {asked.target}: {error!r}")
                raise

    def _answer(self, asked: Asked) -> Given:
        parts = urlsplit(asked.target)
        if asked.method == "POST" and self.server_url + parts.path == self.graphql_url:
            return self._graphql(asked)
        for method, pattern, operation, path in self._routes:
            match = pattern.fullmatch(parts.path)
            if method != asked.method or not match:
                continue
            query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            words = {key: unquote(value) for key, value in match.groupdict().items()}
            request = MockRequest(
                UPLOADS if operation == UPLOAD else API,
                method,
                path.format(**match.groupdict()),
                path_pattern=path,
                args=query,
                view_args=words,
                headers=dict(asked.headers),
                data=asked.body,
                content_type=asked.headers.get("content-type", "application/json"),
            )
            self._note(operation, "request", description().iter_request_errors(request))
            return self._operation(operation, request, words, query, asked)
        self.problems.append(f"{asked.method} {asked.target}: no operation that Modelward may call")
        raise Failed(404, "Not Found")

    def _graphql(self, asked: Asked) -> Given:
        query = json.loads(asked.body).get("query")
        if query != VIEWER:
            self.problems.append(f"GraphQL {query!r}: not a query that Modelward may ask")
        return _json(200, {"data": {"viewer": {"login": self._token(asked).login}}})

    def _operation(
        self, operation: str, request: MockRequest, words: dict[str, str], query: dict[str, str], asked: Asked
    ) -> Given:
        if self.meanwhile.get(operation):
            self.meanwhile[operation].popleft()()
        fault = self.faults[operation].popleft() if self.faults.get(operation) else None
        if fault and not fault.after:
            return _json(fault.status, {"message": fault.message}, fault.headers)
        token = self._allowed(operation, words, asked)
        call = Call(operation, words, query, _decoded(asked), token)
        self.calls.append(call)
        status, found, headers = self.state.answer(call)
        if fault:
            return _json(fault.status, {"message": fault.message}, fault.headers)
        if status == 204:
            return Given(204)
        given = _json(status, found, headers)
        response = MockResponse(given.body, status, content_type="application/json")
        self._note(operation, "answer", description().iter_response_errors(request, response))
        return given

    def _note(self, operation: str, what: str, errors: Iterable[Exception]) -> None:
        """Remember what the description does not allow."""
        for error in errors:
            found = getattr(error.__cause__ or error, "schema_errors", None) or ()
            said = "; ".join(str(cause.message)[:300] for cause in found) or repr(error)[:300]
            self.problems.append(f"{operation}: {what}: {said}")

    def _token(self, asked: Asked) -> Token:
        token = self.tokens.get(asked.headers.get("authorization", "").rpartition(" ")[2])
        if token is None:
            raise Failed(401, "Bad credentials")
        return token

    def _allowed(self, operation: str, words: dict[str, str], asked: Asked) -> Token:
        token = self._token(asked)
        if f"{words['owner']}/{words['repo']}" not in token.repositories:
            raise Failed(404, "Not Found")
        permission, access = OPERATIONS[operation]
        granted = token.grants.get(permission)
        if granted is None or (access == "write" and granted != "write"):
            raise Failed(403, "Resource not accessible by integration")
        return token


def _decoded(asked: Asked) -> Any:
    is_json = "json" in asked.headers.get("content-type", "")
    return json.loads(asked.body) if asked.body and is_json else asked.body


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> Given:
    told = {"Content-Type": "application/json", **(headers or {})}
    return Given(status, json.dumps(body).encode(), told)
