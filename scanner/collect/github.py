"""The two questions that collect has for the GitHub API: a merge base, and a file of another repository."""

from __future__ import annotations

import base64
import binascii
import json
from contextlib import closing
from typing import Any
from urllib.parse import quote

from scanner.collect.errors import CollectError, Unserved
from scanner.collect.http import Http, origin
from scanner.collect.limits import API_ANSWER, CENTRAL_CONFIG
from scanner.collect.wish import Central, Patience, Remote
from scanner.domain import Cause

_VERSION = "2022-11-28"


class Refused(Exception):
    """The API answered with this status instead of an answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


def merge_base(remote: Remote, base: str, head: str) -> str | None:
    """The best common ancestor of two commits, or ``None`` when there is none (or no such commit).

    Raises:
        CollectError: the API does not answer.
    """
    url = f"{remote.api_url}/repos/{remote.repository}/compare/{base}...{head}"
    try:
        # The list of files comes with the first page alone, and nothing of it is needed.
        answer = _get(remote.patience, url, remote.token, API_ANSWER, {"per_page": "1", "page": "2"})
    except Refused as error:
        if error.status == 404:
            return None
        raise CollectError(
            f"the merge base is not known: {remote.api_url} says {error}; "
            "give the job 'permissions: contents: read'"
        ) from error
    except Unserved as error:
        raise CollectError(f"the merge base is not known: {error.detail}; {error.action}") from error
    commit = answer.get("merge_base_commit") if isinstance(answer, dict) else None
    sha = commit.get("sha") if isinstance(commit, dict) else None
    if not isinstance(sha, str) or not sha.isalnum():
        raise CollectError(f"{remote.api_url} gave no merge base of {base} and {head}; run again")
    return sha


def central_config(central: Central) -> bytes:
    """The configuration that lives in another repository.

    Raises:
        CollectError: it cannot be read; there is no default for it.
    """
    where = f"the configuration {central.repository}/{central.path}@{central.ref}"
    url = f"{central.api_url}/repos/{central.repository}/contents/{quote(central.path)}"
    try:
        answer = _get(central.patience, url, central.token, 2 * CENTRAL_CONFIG, {"ref": central.ref})
    except Refused as error:
        raise CollectError(
            f"{where} cannot be read ({error}): check the address, and that config-token may read it"
        ) from error
    except Unserved as error:
        raise CollectError(f"{where} cannot be read: {error.detail}; {error.action}") from error
    if not isinstance(answer, dict) or answer.get("type") != "file" or answer.get("encoding") != "base64":
        raise CollectError(f"{where} is not a file; name one of at most {CENTRAL_CONFIG} bytes")
    try:
        data = base64.b64decode(str(answer.get("content")))
    except binascii.Error as error:
        raise CollectError(f"{where} came damaged; run again") from error
    if len(data) > CENTRAL_CONFIG:
        raise CollectError(f"{where} is larger than {CENTRAL_CONFIG} bytes; make it smaller")
    return data


def _get(patience: Patience, url: str, token: str, limit: int, query: dict[str, str]) -> Any:
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": _VERSION}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    with closing(Http(patience)) as http, http.ask("GET", url, headers, query=query) as response:
        if response.status_code != 200:
            raise Refused(response.status_code)
        data = http.small(response, limit)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        detail = f"{origin(url)} gave an answer that is not JSON"
        raise Unserved(Cause.UNREADABLE, detail, "run again") from error
