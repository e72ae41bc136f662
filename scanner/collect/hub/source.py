"""Where the bytes of a file are, and whether what a server says of them is what the Hub's tree declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from scanner.collect.errors import Unserved
from scanner.collect.http import origin
from scanner.collect.hub.client import REDIRECTED, Client, target_of
from scanner.collect.hub.failures import of_status
from scanner.collect.lfs import may_fetch
from scanner.domain import Cause
from scanner.exchange import HubFileRequest
from scanner.words import HUB_PREFIX

if TYPE_CHECKING:
    from httpx2 import Response

AGAIN = "run again; if it happens again, do not use this file: the server does not serve what the Hub lists"
_REDIRECTS = 3


@dataclass(frozen=True)
class Source:
    """An address; ``home`` when it is the Hub's own, else one that was signed for this file."""

    url: str
    home: bool


def resolve_url(client: Client, request: HubFileRequest) -> str:
    """The address that the Hub gives to a file at a commit."""
    prefix = HUB_PREFIX[request.repo_type]
    return f"{client.endpoint}/{prefix}{request.repo_id}/resolve/{request.commit}/{quote(request.path)}"


def locate(client: Client, request: HubFileRequest) -> Source:
    """Ask the Hub where a large file is, without a byte of it.

    Raises:
        Unserved: it does not say, refuses, or has another file there than its tree declares.
    """

    def use(response: Response) -> Source | str:
        if response.status_code in REDIRECTED:
            return redirected(client, request, response)
        if response.status_code != 200:
            raise of_status(response, origin(str(response.url)))
        agree(request, response)
        return Source(str(response.url), home=True)

    url = resolve_url(client, request)
    for _ in range(_REDIRECTS + 1):
        found = client.ask("HEAD", url, use)
        if isinstance(found, Source):
            return found
        url = found
    raise wrong(url, f"redirects more than {_REDIRECTS} times")


def redirected(client: Client, request: HubFileRequest, response: Response) -> Source | str:
    """Where a redirect of the Hub leads: on within the Hub, or to where it stores files."""
    url = str(response.url)
    target = target_of(response)
    if client.is_home(target):
        return target
    if not may_fetch(target, client.endpoint):
        kind = urlsplit(target).scheme[:20]
        detail = f"{origin(url)} sends us to an address of the kind {kind!r}"
        raise Unserved(Cause.ACCESS, detail, AGAIN)
    agree(request, response)
    return Source(target, home=False)


def agree(request: HubFileRequest, response: Response) -> None:
    """Check what the Hub says of a file against its tree: the commit, the digest, and the size if it is said.

    Raises:
        Unserved: something differs, or is not said.
    """
    headers, where = response.headers, str(response.url)
    if headers.get("x-repo-commit") != request.commit:
        raise wrong(where, "says that the file is of another commit")
    etag = headers.get("x-linked-etag") or headers.get("etag") or ""
    if etag.removeprefix("W/").strip('"') != (request.sha256 or request.oid):
        raise wrong(where, "says that the file has another digest than in the Hub's tree")
    if headers.get("x-linked-size", str(request.size)) != str(request.size):
        raise wrong(where, "says that the file has another size than in the Hub's tree")


def wrong(url: str, what: str) -> Unserved:
    """A server that does not do what it should."""
    return Unserved(Cause.UNREADABLE, f"{origin(url)} {what}", AGAIN)
