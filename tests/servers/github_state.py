"""What the GitHub of the tests remembers, and what each operation does to it."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.servers.operations import Access

Key = TypeVar("Key")
Value = TypeVar("Value")

REPOSITORY = "acme/shop"
MAX_BODY = 65_536
BOT = "github-actions[bot]"

FULL: dict[str, Access] = {"contents": "read", "pull-requests": "write", "checks": "write"}
"""What the documented workflow for pull requests gives."""


Answer = tuple[int, Any, dict[str, str]]


@dataclass
class Token:
    """Who a token is, what it may do, and in which repositories."""

    login: str = BOT
    grants: dict[str, Access] = field(default_factory=lambda: dict(FULL))
    repositories: set[str] = field(default_factory=lambda: {"acme/shop"})


class Failed(Exception):
    """The answer to a request that cannot be fulfilled."""

    def __init__(self, status: int, message: str, *errors: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"message": message, "documentation_url": "https://docs.github.com/rest"}
        if errors:
            self.body["errors"] = [{"code": "custom", "message": error} for error in errors]


@dataclass(frozen=True)
class Call:
    """One request that reached an operation."""

    operation: str
    path: dict[str, str]
    query: dict[str, str]
    body: Any
    token: Token


@dataclass
class Pull:
    """A pull request; ``files`` gives the lines of each changed file that are in the diff."""

    number: int
    head: str
    base: str = "b" * 40
    head_repository: str = REPOSITORY
    branch: str = "topic"
    state: str = "open"
    files: dict[str, set[int]] = field(default_factory=dict)


class State:
    """Everything that is stored, as GitHub would give it back; tests may add to it and look at it."""

    def __init__(self, api_url: str, server_url: str, upload_url: str, example: Callable[[str], Any]) -> None:
        self.api_url, self.server_url, self.upload_url = api_url, server_url, upload_url
        self._example = example
        self._ids = itertools.count(1_000)
        self.pulls: dict[int, Pull] = {}
        self.hides_fork_commits = False
        """As GitHub does for a commit that only a fork has: the commit has no pull requests."""
        self.comments: dict[int, list[Any]] = {}
        self.reviews: dict[int, list[Any]] = {}
        self.check_runs: list[Any] = []
        self.snapshots: list[Any] = []
        self.snapshot_result = "SUCCESS"
        self.annotations: dict[int, list[Any]] = {}
        self.releases: dict[int, Any] = {}
        self.assets: dict[int, list[Any]] = {}
        self.uploaded: dict[str, bytes] = {}
        self.contents: dict[tuple[str, str, str], bytes] = {}
        """Files by repository, path and ref."""
        self.merge_bases: dict[tuple[str, str, str], str] = {}
        """By repository, base and head."""

    def answer(self, call: Call) -> Answer:
        """Status, body and headers of an allowed call."""
        handler = getattr(self, "_" + call.operation.replace("/", "_").replace("-", "_"))
        found: Answer = handler(call)
        return found

    # Things that somebody does by hand.

    def add_pull(self, pull: Pull) -> Pull:
        self.pulls[pull.number] = pull
        return pull

    def add_comment(self, number: int, body: str, login: str) -> Any:
        """A comment on a pull request."""
        comment = self._example("issues/create-comment")
        path = f"{REPOSITORY}/issues"
        identity = next(self._ids)
        comment |= {
            "id": identity,
            "body": body,
            "url": f"{self.api_url}/repos/{path}/comments/{identity}",
            "issue_url": f"{self.api_url}/repos/{path}/{number}",
            "html_url": f"{self.server_url}/{REPOSITORY}/pull/{number}#issuecomment-{identity}",
        }
        comment["user"]["login"] = login
        self.comments.setdefault(number, []).append(comment)
        return comment

    def add_review(self, number: int, login: str, body: str, **given: Any) -> Any:
        """A review comment; ``in_reply_to_id`` makes it an answer."""
        comment = self._example("pulls/create-review-comment")
        identity = next(self._ids)
        comment |= {
            "id": identity,
            "body": body,
            "url": f"{self.api_url}/repos/{REPOSITORY}/pulls/comments/{identity}",
            "pull_request_url": f"{self.api_url}/repos/{REPOSITORY}/pulls/{number}",
        }
        comment.pop("in_reply_to_id")
        comment |= given
        comment["user"]["login"] = login
        self.reviews.setdefault(number, []).append(comment)
        return comment

    def add_release(self, identity: int, tag: str, immutable: bool = False) -> Any:
        release = self._example("repos/get-release")
        path = f"repos/{REPOSITORY}/releases/{identity}/assets"
        release |= {
            "id": identity,
            "tag_name": tag,
            "immutable": immutable,
            "assets": [],
            "upload_url": f"{self.upload_url}/{path}{{?name,label}}",
        }
        self.releases[identity] = release
        return release

    def add_asset(self, release: int, name: str, data: bytes, login: str) -> Any:
        asset = self._example("repos/list-release-assets")
        identity = next(self._ids)
        asset |= {
            "id": identity,
            "name": name,
            "size": len(data),
            "digest": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "browser_download_url": f"{self.server_url}/{REPOSITORY}/releases/download/{identity}",
        }
        asset["uploader"]["login"] = login
        self.assets.setdefault(release, []).append(asset)
        self.uploaded[name] = data
        return asset

    # Comments.

    def _issues_list_comments(self, call: Call) -> Answer:
        return self._page(call, self.comments.get(int(call.path["issue_number"]), []))

    def _issues_create_comment(self, call: Call) -> Answer:
        number = int(call.path["issue_number"])
        self._known(self.pulls, number)
        _fits(call.body["body"])
        return 201, self.add_comment(number, call.body["body"], call.token.login), {}

    def _issues_update_comment(self, call: Call) -> Answer:
        _, comment = _by_id(self.comments, call)
        _fits(call.body["body"])
        comment["body"] = call.body["body"]
        return 200, comment, {}

    def _issues_delete_comment(self, call: Call) -> Answer:
        stored, comment = _by_id(self.comments, call)
        stored.remove(comment)
        return 204, None, {}

    # Pull requests.

    def _pulls_get(self, call: Call) -> Answer:
        pull = self._known(self.pulls, int(call.path["pull_number"]))
        return 200, self._pull(pull, "pulls/get"), {}

    def _pulls_list(self, call: Call) -> Answer:
        wanted = call.query.get("head")
        found = [
            self._pull(pull, "pulls/list")
            for pull in self.pulls.values()
            if call.query.get("state", "open") in (pull.state, "all")
            and wanted in (None, f"{pull.head_repository.partition('/')[0]}:{pull.branch}")
        ]
        return self._page(call, found)

    def _repos_list_pull_requests_associated_with_commit(self, call: Call) -> Answer:
        found = [
            self._pull(pull, call.operation)
            for pull in self.pulls.values()
            if pull.head == call.path["commit_sha"]
            and not (self.hides_fork_commits and pull.head_repository != REPOSITORY)
        ]
        return self._page(call, found)

    def _pull(self, pull: Pull, operation: str) -> Any:
        found = self._example(operation)
        found |= {"number": pull.number, "state": pull.state}
        found |= {"labels": [], "milestone": None, "requested_teams": []}  # where the example is not valid
        found["head"] |= {"sha": pull.head, "ref": pull.branch}
        found["base"]["sha"] = pull.base
        found["base"]["repo"]["full_name"] = REPOSITORY
        found["head"]["repo"] = {**found["base"]["repo"], "full_name": pull.head_repository}
        return found

    def _pulls_list_review_comments(self, call: Call) -> Answer:
        return self._page(call, self.reviews.get(int(call.path["pull_number"]), []))

    def _pulls_create_review_comment(self, call: Call) -> Answer:
        number = int(call.path["pull_number"])
        pull = self._known(self.pulls, number)
        body = call.body
        _fits(body["body"])
        lines = pull.files.get(body["path"])
        if lines is None:
            raise Failed(422, "Validation Failed", "pull_request_review_thread.path could not be resolved")
        wanted = range(body.get("start_line", body.get("line", 0)), body.get("line", 0) + 1)
        if body.get("subject_type") != "file" and not set(wanted) <= lines:
            raise Failed(422, "Validation Failed", "pull_request_review_thread.line must be part of the diff")
        known = {key: value for key, value in body.items() if key not in ("body",)}
        return 201, self.add_review(number, call.token.login, body["body"], **known), {}

    def _pulls_delete_review_comment(self, call: Call) -> Answer:
        stored, comment = _by_id(self.reviews, call)
        stored.remove(comment)
        return 204, None, {}

    # The dependency graph.

    def _dependency_graph_create_repository_snapshot(self, call: Call) -> Answer:
        made = self._example("dependency-graph/create-repository-snapshot")
        self.snapshots.append(call.body)
        return 201, made | {"id": next(self._ids), "result": self.snapshot_result}, {}

    # Check runs.

    def _checks_create(self, call: Call) -> Answer:
        run = self._example("checks/create")
        identity = next(self._ids)
        output = dict(call.body["output"])
        self.annotations[identity] = list(output.pop("annotations", []))
        run |= {key: value for key, value in call.body.items() if key != "output"}
        run |= {
            "id": identity,
            "url": f"{self.api_url}/repos/{REPOSITORY}/check-runs/{identity}",
            "html_url": f"{self.server_url}/{REPOSITORY}/runs/{identity}",
            "completed_at": "2026-01-02T03:04:05Z" if call.body.get("status") == "completed" else None,
            "pull_requests": [],
        }
        run["output"] |= {**output, "annotations_count": len(self.annotations[identity])}
        self.check_runs.append(run)
        return 201, run, {}

    def _checks_update(self, call: Call) -> Answer:
        identity = int(call.path["check_run_id"])
        run = next(run for run in self.check_runs if run["id"] == identity)
        output = dict(call.body.get("output", {}))
        self.annotations[identity] += output.pop("annotations", [])
        run["output"] |= {**output, "annotations_count": len(self.annotations[identity])}
        return 200, run, {}

    def _checks_list_for_ref(self, call: Call) -> Answer:
        found = [
            run
            for run in self.check_runs
            if run["head_sha"] == call.path["ref"] and call.query.get("check_name") in (None, run["name"])
        ]
        status, page, headers = self._page(call, found)
        return status, {"total_count": len(found), "check_runs": page}, headers

    # Releases.

    def _repos_get_release(self, call: Call) -> Answer:
        return 200, self._known(self.releases, int(call.path["release_id"])), {}

    def _repos_list_release_assets(self, call: Call) -> Answer:
        return self._page(call, self.assets.get(int(call.path["release_id"]), []))

    def _repos_upload_release_asset(self, call: Call) -> Answer:
        identity = int(call.path["release_id"])
        if self._known(self.releases, identity)["immutable"]:
            raise Failed(422, "Cannot upload assets to an immutable release.")
        if any(asset["name"] == call.query["name"] for asset in self.assets.get(identity, [])):
            raise Failed(422, "Validation Failed", "already_exists")
        return 201, self.add_asset(identity, call.query["name"], call.body, call.token.login), {}

    def _repos_update_release_asset(self, call: Call) -> Answer:
        _, asset = _by_id(self.assets, call, "asset_id")
        self.uploaded[call.body["name"]] = self.uploaded.pop(asset["name"])
        asset["name"] = call.body["name"]
        return 200, asset, {}

    def _repos_delete_release_asset(self, call: Call) -> Answer:
        stored, asset = _by_id(self.assets, call, "asset_id")
        stored.remove(asset)
        self.uploaded.pop(asset["name"])
        return 204, None, {}

    # What collect asks.

    def _repos_get_content(self, call: Call) -> Answer:
        path, ref = call.path["path"], call.query.get("ref", "main")
        data = self._known(self.contents, (_repository(call), path, ref))
        found = self._example("repos/get-content") | {
            "name": path.rpartition("/")[2],
            "path": path,
            "size": len(data),
            "encoding": "base64",
            "content": base64.encodebytes(data).decode(),
        }
        return 200, found, {}

    def _repos_compare_commits_with_basehead(self, call: Call) -> Answer:
        base, _, head = call.path["basehead"].partition("...")
        sha = self._known(self.merge_bases, (_repository(call), base, head))
        found = self._example(call.operation)
        found["merge_base_commit"]["sha"] = sha
        return 200, found | {"commits": [], "files": [], "total_commits": 0}, {}

    def _page(self, call: Call, items: list[Any]) -> Answer:
        """One page, with the ``Link`` that leads to the next one."""
        size, page = int(call.query.get("per_page", 30)), int(call.query.get("page", 1))
        headers = {}
        if len(items) > size * page:
            url = f"{self.api_url}/next?page={page + 1}&per_page={size}"
            headers["Link"] = f'<{url}>; rel="next", <{url}>; rel="last"'
        return 200, items[size * (page - 1) : size * page], headers

    @staticmethod
    def _known(stored: Mapping[Key, Value], key: Key) -> Value:
        if key not in stored:
            raise Failed(404, "Not Found")
        return stored[key]


def _repository(call: Call) -> str:
    return f"{call.path['owner']}/{call.path['repo']}"


def _by_id(stored: dict[int, list[Any]], call: Call, name: str = "comment_id") -> tuple[list[Any], Any]:
    for items in stored.values():
        for item in items:
            if item["id"] == int(call.path[name]):
                return items, item
    raise Failed(404, "Not Found")


def _fits(body: str) -> None:
    if len(body) > MAX_BODY:
        raise Failed(422, "Validation Failed", f"body is too long (maximum is {MAX_BODY} characters)")
