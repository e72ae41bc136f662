"""What happened on the runner: its variables and the event file, read into plain facts.

The event file is GitHub's, not the pull request's author's; the strings in it still are (titles, branch
names), so only identifiers are taken, and each is checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_EVENT = 32 << 20
"""Bytes; GitHub caps webhook payloads at 25 MB."""

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/-]*)?")

_BRANCH = re.compile(r"[^\x00-\x20\x7f~^:?*\[\\]{1,250}")
_REF = re.compile(r"refs/" + _BRANCH.pattern)

CHANGES = ("pull_request", "pull_request_target", "merge_group", "push")
WHOLE = ("schedule", "workflow_dispatch", "release")
EVENTS = (*CHANGES, *WHOLE, "workflow_run")


class EventError(ValueError):
    """The runner's variables or its event file cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Event:
    """One run of a workflow. Commits are full object ids; what the event does not have is null."""

    name: str
    repository: str
    server_url: str
    api_url: str
    head: str | None
    """The commit to look at: of a pull request its own head, never the merge commit."""
    base: str | None
    """The commit to compare with; null for a whole tree, or when only a branch is known."""
    base_branch: str | None = None
    """The branch whose tip stands in for an unknown ``base`` (the default branch, after a new push)."""
    whole: bool = False
    pull_request: int | None = None
    head_repository: str | None = None
    head_branch: str | None = None
    """Of the run that triggered a ``workflow_run``; its author chose it, so it can only narrow a search."""
    actor: str = ""
    run_id: int = 0
    run_attempt: int = 1
    ref: str | None = None
    """What a push or a run by hand is of, such as ``refs/heads/main``."""
    default_branch: str | None = None
    release_tag: str | None = None
    release_id: int | None = None

    @property
    def fork(self) -> bool:
        """Whether the head lives in another repository."""
        return self.head_repository is not None and self.head_repository != self.repository

    @property
    def on_default_branch(self) -> bool:
        """Whether what happened is a commit of the default branch."""
        return self.default_branch is not None and self.ref == f"refs/heads/{self.default_branch}"

    @property
    def read_only(self) -> bool:
        """Whether GitHub gives this run a token that can only read (forks under pull_request, Dependabot)."""
        limited = self.fork and self.name == "pull_request"
        return limited or (self.actor == "dependabot[bot]" and self.name in ("pull_request", "push"))

    @property
    def run_url(self) -> str:
        """Where the run can be seen."""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"

    @property
    def enterprise_server(self) -> bool:
        """Whether this is GitHub Enterprise Server, which has no artifact upload v4."""
        host = self.server_url.partition("://")[2].split("/")[0]
        return host != "github.com" and not host.endswith(".ghe.com")


def read_event(env: Mapping[str, str]) -> Event | None:
    """The event of this run, or ``None`` when this is no runner.

    Raises:
        EventError: this is a runner, and its variables or event file cannot be used.
    """
    name = env.get("GITHUB_EVENT_NAME", "")
    if not name:
        return None
    if name not in EVENTS:
        raise EventError(f"the event {name!r} is not supported; run on one of {', '.join(EVENTS)}")
    payload = _payload(env)
    common: dict[str, Any] = {
        "name": name,
        "repository": _checked(env.get("GITHUB_REPOSITORY"), _REPOSITORY, "GITHUB_REPOSITORY"),
        "server_url": _checked(env.get("GITHUB_SERVER_URL", "https://github.com"), _URL, "GITHUB_SERVER_URL"),
        "api_url": _checked(env.get("GITHUB_API_URL", "https://api.github.com"), _URL, "GITHUB_API_URL"),
        "actor": env.get("GITHUB_ACTOR", ""),
        "run_id": _number(env.get("GITHUB_RUN_ID")),
        "run_attempt": _number(env.get("GITHUB_RUN_ATTEMPT")) or 1,
    }
    return Event(**common, **_READERS[name](payload, env))


def _pull_request(payload: Any, _: Mapping[str, str]) -> dict[str, Any]:
    request = _get(payload, "pull_request")
    return {
        "pull_request": _number(_get(request, "number")),
        "base": _sha(_get(request, "base", "sha"), "pull_request.base.sha"),
        "head": _sha(_get(request, "head", "sha"), "pull_request.head.sha"),
        "head_repository": _maybe(_get(request, "head", "repo", "full_name"), _REPOSITORY) or "(deleted)",
    }


def _merge_group(payload: Any, _: Mapping[str, str]) -> dict[str, Any]:
    group = _get(payload, "merge_group")
    return {
        "base": _sha(_get(group, "base_sha"), "merge_group.base_sha"),
        "head": _sha(_get(group, "head_sha"), "merge_group.head_sha"),
    }


def _push(payload: Any, env: Mapping[str, str]) -> dict[str, Any]:
    """before..after; a branch that is new has no before and is compared with the default branch."""
    before = _maybe(_get(payload, "before"), _SHA)
    known = before is not None and before.strip("0") != ""
    branch = _get(payload, "repository", "default_branch")
    return {
        **_branches(payload, env),
        "head": _sha(_get(payload, "after") or env.get("GITHUB_SHA"), "after"),
        "base": before if known else None,
        "base_branch": str(branch) if branch and not known else None,
    }


def _tree(payload: Any, env: Mapping[str, str]) -> dict[str, Any]:
    release = _get(payload, "release") or {}
    return {
        **_branches(payload, env),
        "head": _sha(env.get("GITHUB_SHA"), "GITHUB_SHA"),
        "base": None,
        "whole": True,
        "release_tag": _get(release, "tag_name"),
        "release_id": _number(_get(release, "id")) or None,
    }


def _branches(payload: Any, env: Mapping[str, str]) -> dict[str, Any]:
    """Which branch it is of, and which is the default one: a schedule runs on that alone."""
    ref = _maybe(_get(payload, "ref"), _REF) or _maybe(env.get("GITHUB_REF"), _REF)
    default = _maybe(_get(payload, "repository", "default_branch"), _BRANCH)
    if default is None and ref is not None and _get(payload, "schedule"):
        default = ref.removeprefix("refs/heads/")
    return {"ref": ref, "default_branch": default}


def _workflow_run(payload: Any, _: Mapping[str, str]) -> dict[str, Any]:
    """The second half of a pair: the trusted commit is that of the run that triggered this one."""
    run = _get(payload, "workflow_run")
    branch = _get(run, "head_branch")
    return {
        "head": _sha(_get(run, "head_sha"), "workflow_run.head_sha"),
        "base": None,
        "head_repository": _maybe(_get(run, "head_repository", "full_name"), _REPOSITORY),
        "head_branch": str(branch) if branch else None,
    }


_READERS = {
    "pull_request": _pull_request,
    "pull_request_target": _pull_request,
    "merge_group": _merge_group,
    "push": _push,
    "workflow_run": _workflow_run,
    **dict.fromkeys(WHOLE, _tree),
}


def _payload(env: Mapping[str, str]) -> Any:
    path = env.get("GITHUB_EVENT_PATH", "")
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_EVENT + 1)
        if len(data) > MAX_EVENT:
            raise EventError(f"{path}: the event file is larger than {MAX_EVENT} bytes")
        return json.loads(data)
    except (OSError, ValueError, RecursionError) as error:
        raise EventError(f"GITHUB_EVENT_PATH: {path or 'not set'}: cannot be read: {error}") from error


def _get(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _maybe(value: Any, pattern: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None


def _checked(value: Any, pattern: re.Pattern[str], what: str) -> str:
    found = _maybe(value, pattern)
    if found is None:
        raise EventError(f"{what} is {value!r}, which is not what a runner gives")
    return found.rstrip("/")


def _sha(value: Any, what: str) -> str:
    found = _checked(value, _SHA, what)
    if not found.strip("0"):
        raise EventError(f"{what} is no commit: what was pushed is a deletion, and leaves nothing to look at")
    return found


def _number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
