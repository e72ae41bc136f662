"""The Hub's API: information, trees, commits, refs, paths, scans and accounts."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from scanner.demo.hub import describe
from scanner.demo.hub.answer import Asked, Given, Refused, document, moved
from scanner.demo.hub.state import Account, Commit, HubState, Repository, RepoType

PLURALS: dict[str, RepoType] = {
    "models": "model",
    "datasets": "dataset",
    "spaces": "space",
    "kernels": "kernel",
}
_NAMES = {kind: kind.title() for kind in PLURALS.values()}
_QUESTIONS = "revision|tree|commits|refs|paths-info|scan"
_ADDRESS = re.compile(
    rf"/api/({'|'.join(PLURALS)})/([^/]+?(?:/(?!(?:{_QUESTIONS})(?:/|$))[^/]+)?)"
    rf"(?:/({_QUESTIONS})(?:/([^/]+)(?:/(.+))?)?)?"
)
_OVERVIEW = re.compile(r"/api/(organizations|users)/([^/]+)/overview")
_ROWS, _EXPANDED_ROWS, _COMMITS, _MOST = 1_000, 50, 50, 1_000
_ACCESS = "Access to {} {} is restricted. You must have access to it and be authenticated to access it."


class Api:
    """Answers what is asked below ``/api``; ``endpoint`` is needed for absolute addresses."""

    def __init__(self, state: HubState, endpoint: str) -> None:
        self._state, self._endpoint = state, endpoint

    def answer(self, asked: Asked, *, endless: bool = False) -> Given:
        """The answer; raises :class:`Refused`. ``endless`` gives every page a next one."""
        if match := _OVERVIEW.fullmatch(asked.path):
            return self._overview(match[1], unquote(match[2]))
        match = _ADDRESS.fullmatch(asked.path)
        if match is None:
            raise Refused(404, "", "Sorry, we can't find the page you are looking for.")
        plural, repo_id, question, revision, path = match.groups()
        repo_id = unquote(repo_id)
        found = find(self._state, asked, PLURALS[plural], repo_id)
        if isinstance(found, str):
            return moved(307, asked.target.replace(repo_id, found, 1))
        commit = at(found, unquote(revision) if revision else "main")
        answers: dict[str | None, Callable[[], Given]] = {
            None: lambda: _info(asked, found, commit),
            "revision": lambda: _info(asked, found, commit),
            "tree": lambda: self._tree(asked, found, commit, unquote(path or ""), endless),
            "commits": lambda: self._commits(asked, found, commit, endless),
            "refs": lambda: document(describe.refs(found, pulls=asked.said("include_prs"))),
            "paths-info": lambda: _paths(asked, found, commit),
            "scan": lambda: document(describe.scan(found, commit)),
        }
        return answers[question]()

    def _overview(self, plural: str, name: str) -> Given:
        account: Account | None = self._state.accounts.get(name)
        if account is None or plural != f"{account.kind}s":
            kind = "organization" if plural == "organizations" else "user"
            raise Refused(404, "", f"This {kind} does not exist")
        return document(describe.overview(self._state, account))

    def _tree(
        self, asked: Asked, repository: Repository, commit: Commit, folder: str, endless: bool
    ) -> Given:
        expand = asked.said("expand")
        limit = min(_MOST, asked.number("limit", _EXPANDED_ROWS if expand else _ROWS))
        cursor = asked.query.get("cursor", [""])[-1]
        start = int(b64decode(cursor)) if cursor else 0
        rows = list(describe.rows(commit, folder, recursive=asked.said("recursive")))
        if folder and not rows:
            raise Refused(404, "EntryNotFound", f"{folder} does not exist on {commit.id!r}")
        some = rows[:limit] if endless else rows[start : start + limit]
        if expand:
            some = [describe.expanded(repository, commit, row) for row in some]
        more = endless or start + limit < len(rows)
        following = b64encode(str(start + limit).encode()).decode()
        return document(some, headers=self._next(asked, {"cursor": following}) if more else None)

    def _commits(self, asked: Asked, repository: Repository, commit: Commit, endless: bool) -> Given:
        limit, page = min(_MOST, asked.number("limit", _COMMITS)), asked.number("p", 0)
        history = repository.history(commit)
        start = 0 if endless else page * limit
        some = [describe.commit_row(each) for each in islice(history, start, start + limit)]
        headers = {"X-Total-Count": str(len(history))}
        if endless or start + limit < len(history):
            headers |= self._next(asked, {"p": str(page + 1)})
        return document(some, headers=headers)

    def _next(self, asked: Asked, change: dict[str, str]) -> dict[str, str]:
        query = {name: values[-1] for name, values in asked.query.items()} | change
        return {"Link": f'<{self._endpoint}{asked.path}?{urlencode(query)}>; rel="next"'}


def _info(asked: Asked, repository: Repository, commit: Commit) -> Given:
    whole = describe.info(
        repository, commit, blobs=asked.said("blobs"), security=asked.said("securityStatus")
    )
    if wanted := asked.query.get("expand"):
        whole = {key: value for key, value in whole.items() if key in {"_id", "id", *wanted}}
    return document(whole)


def _paths(asked: Asked, repository: Repository, commit: Commit) -> Given:
    form = parse_qs(asked.body.decode("utf-8", "replace"))
    expand = form.get("expand", ["false"])[-1].lower() in ("1", "true")
    rows: list[dict[str, Any]] = [
        row for row in describe.rows(commit, "", recursive=True) if row["path"] in form.get("paths", [])
    ]
    return document([describe.expanded(repository, commit, row) for row in rows] if expand else rows)


def find(state: HubState, asked: Asked, kind: RepoType, repo_id: str) -> Repository | str:
    """The repository, or the id that it has now; raises :class:`Refused`, as the Hub does for its API."""
    words, token = asked.headers.get("authorization", "").partition(" ")[::2]
    if words and token not in state.tokens:
        raise Refused(401, "", "Invalid credentials in Authorization header")
    repository = state.repositories.get((kind, repo_id))
    if repository is None and (kind, repo_id) in state.renamed:
        return state.renamed[kind, repo_id]
    if repository is None or (repository.private and repo_id not in state.tokens.get(token, ())):
        raise Refused(404 if token else 401, "RepoNotFound", "Repository not found")
    if repository.disabled:
        raise Refused(403, "", "Access to this resource is disabled.")
    return repository


def opened(state: HubState, asked: Asked, repository: Repository) -> None:
    """Raise :class:`Refused` where a gate keeps this caller from the files."""
    token = asked.headers.get("authorization", "").partition(" ")[2]
    if repository.gated and repository.repo_id not in state.tokens.get(token, ()):
        name = _NAMES[repository.repo_type].lower()
        raise Refused(403 if token else 401, "GatedRepo", _ACCESS.format(name, repository.repo_id))


def at(repository: Repository, revision: str) -> Commit:
    """The commit that a revision stands for; raises :class:`Refused`."""
    commit = repository.resolve(revision)
    if commit is None:
        raise Refused(404, "RevisionNotFound", f"Invalid rev id: {quote(revision, safe='/')}")
    return commit
