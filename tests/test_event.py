"""What a run is about, read from event files as GitHub writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.event import MAX_EVENT, Event, EventError, read_event
from tests.support import ROOT

EVENTS = ROOT / "tests" / "events"
SHA = "5" * 40
REPOSITORY = "Codertocat/Hello-World"


def env(event: str, path: Path | None = None, **changes: str) -> dict[str, str]:
    given = {
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(path or EVENTS / f"{event}.json"),
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_SHA": SHA,
        "GITHUB_ACTOR": "Codertocat",
        "GITHUB_RUN_ID": "42",
        "GITHUB_RUN_ATTEMPT": "3",
    }
    return {**given, **changes}


def read(event: str, path: Path | None = None, **changes: str) -> Event:
    found = read_event(env(event, path, **changes))
    assert found is not None
    return found


def changed(tmp_path: Path, event: str, *keys: str, value: Any) -> Path:
    """The event file with one value replaced."""
    payload = json.loads((EVENTS / f"{event}.json").read_text("utf-8"))
    at = payload
    for key in keys[:-1]:
        at = at[key]
    at[keys[-1]] = value
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload), "utf-8")
    return path


def test_no_runner_no_event() -> None:
    assert read_event({}) is None


def test_a_pull_request_is_about_its_own_head() -> None:
    event = read("pull_request")
    assert (event.pull_request, event.repository, event.run_id, event.run_attempt) == (2, REPOSITORY, 42, 3)
    assert event.head == "ec26c3e57ca3a959ca5aad62de7213c562f8c821"
    assert event.base == "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"
    assert (event.fork, event.read_only, event.whole) == (False, False, False)
    assert event.run_url == f"https://github.com/{REPOSITORY}/actions/runs/42"


def test_the_trusted_event_is_read_the_same_way() -> None:
    trusted = read("pull_request_target", EVENTS / "pull_request.json")
    assert trusted.head == read("pull_request").head


@pytest.mark.parametrize("repository", [{"full_name": "mallory/Hello-World"}, None])
def test_a_fork_can_only_read_unless_the_workflow_is_trusted(tmp_path: Path, repository: Any) -> None:
    path = changed(tmp_path, "pull_request", "pull_request", "head", "repo", value=repository)
    event = read("pull_request", path)
    assert event.fork
    assert event.read_only
    assert not read("pull_request_target", path).read_only


@pytest.mark.parametrize(
    ("event", "limited"),
    [("pull_request", True), ("push", True), ("workflow_run", False), ("merge_group", False)],
)
def test_dependabot_can_only_read_where_it_starts_the_run(event: str, limited: bool) -> None:
    assert read(event, GITHUB_ACTOR="dependabot[bot]").read_only is limited


def test_a_merge_group() -> None:
    event = read("merge_group")
    payload = json.loads((EVENTS / "merge_group.json").read_text("utf-8"))["merge_group"]
    assert (event.head, event.base) == (payload["head_sha"], payload["base_sha"])
    assert event.pull_request is None


def test_a_push_is_before_and_after() -> None:
    event = read("push")
    assert event.base == "6113728f27ae82c7b1a177c8d03f9e96e0adf246"
    assert event.head == "59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5"
    assert event.base_branch is None


def test_a_new_branch_is_compared_with_the_default_branch() -> None:
    event = read("push", EVENTS / "push_new.json")
    assert (event.base, event.base_branch) == (None, "master")


def test_a_deleted_branch_leaves_nothing_to_look_at() -> None:
    with pytest.raises(EventError, match="after is no commit: what was pushed is a deletion"):
        read("push", EVENTS / "push_deleted.json")


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch", "release"])
def test_events_about_a_whole_tree(event: str) -> None:
    found = read(event)
    assert (found.whole, found.head, found.base) == (True, SHA, None)


def test_a_release_is_named() -> None:
    event = read("release")
    assert (event.release_tag, event.release_id) == ("0.0.1", 17372790)


def test_the_second_half_of_a_pair_trusts_the_run_alone() -> None:
    event = read("workflow_run")
    assert event.head == "5779607b49aab1200488439f02372c57b4f75444"
    assert (event.head_repository, event.head_branch) == ("octo-org/octo-repo", "main")
    assert event.pull_request is None


@pytest.mark.parametrize(
    ("server", "enterprise"),
    [
        ("https://github.com", False),
        ("https://acme.ghe.com", False),
        ("https://github.example.org", True),
        ("https://github.com.example.org", True),
        ("https://evilghe.com", True),
    ],
)
def test_which_github_it_is(server: str, enterprise: bool) -> None:
    assert read("pull_request", GITHUB_SERVER_URL=server).enterprise_server is enterprise


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"GITHUB_EVENT_NAME": "issue_comment"},
            "'issue_comment' is not supported; run on one of pull_request",
        ),
        ({"GITHUB_REPOSITORY": "a/b/c"}, "GITHUB_REPOSITORY is 'a/b/c'"),
        ({"GITHUB_REPOSITORY": "../x"}, None),
        ({"GITHUB_API_URL": "file:///etc"}, "GITHUB_API_URL is 'file:///etc'"),
        ({"GITHUB_API_URL": "https://x@y"}, "GITHUB_API_URL"),
        ({"GITHUB_EVENT_PATH": ""}, "GITHUB_EVENT_PATH: not set"),
        ({"GITHUB_EVENT_PATH": "/nowhere"}, "cannot be read"),
    ],
)
def test_variables_that_cannot_be_used(changes: dict[str, str], said: str | None) -> None:
    if said is None:
        assert read_event({**env("pull_request"), **changes}) is not None
        return
    with pytest.raises(EventError, match=said):
        read_event({**env("pull_request"), **changes})


@pytest.mark.parametrize("value", ["abc", "-x", "A" * 40, 7, None, "5" * 41, f"{SHA}\n"])
def test_a_commit_that_is_none(tmp_path: Path, value: Any) -> None:
    path = changed(tmp_path, "pull_request", "pull_request", "head", "sha", value=value)
    with pytest.raises(EventError, match=r"pull_request\.head\.sha is"):
        read("pull_request", path)


@pytest.mark.parametrize("text", ["", "[]", "null", "[" * 100_000, '{"pull_request": []}'])
def test_event_files_that_are_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "event.json"
    path.write_text(text)
    with pytest.raises(EventError):
        read("pull_request", path)


def test_an_event_file_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "event.json").open("wb") as stream:
        stream.truncate(MAX_EVENT + 1)
    with pytest.raises(EventError, match="larger than"):
        read("pull_request", tmp_path / "event.json")


@pytest.mark.parametrize(
    ("event", "ref", "default"),
    [
        ("push", "refs/heads/main", True),
        ("push", "refs/heads/topic", False),
        ("push", "refs/heads/main/topic", False),
        ("push", "refs/tags/main", False),
        ("push", "refs/tags/refs/heads/main", False),
        ("push", None, False),
        ("workflow_dispatch", "refs/heads/main", True),
        ("workflow_dispatch", "refs/tags/v1", False),
        ("schedule", "refs/heads/main", True),
    ],
)
def test_what_is_of_the_default_branch(tmp_path: Path, event: str, ref: str | None, default: bool) -> None:
    path = changed(tmp_path, event, "ref", value=ref)
    payload = json.loads(path.read_text("utf-8"))
    payload["repository"]["default_branch"] = "main"
    path.write_text(json.dumps(payload), "utf-8")
    found = read(event, path)
    assert (found.ref, found.on_default_branch) == (ref, default)


def test_a_schedule_runs_on_the_default_branch_also_where_it_does_not_name_it(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text('{"schedule": "17 3 * * 1"}')
    assert read("schedule", path, GITHUB_REF="refs/heads/trunk").on_default_branch
    assert not read(
        "workflow_dispatch", path.rename(tmp_path / "x"), GITHUB_REF="refs/tags/x"
    ).on_default_branch


@pytest.mark.parametrize("told", [None, "main", "refs/heads/a b", "refs/heads/x\n", 7])
def test_the_runner_says_which_branch_it_is_where_the_event_does_not(tmp_path: Path, told: Any) -> None:
    path = changed(tmp_path, "workflow_dispatch", "ref", value=told)
    assert read("workflow_dispatch", path, GITHUB_REF="refs/heads/topic").ref == "refs/heads/topic"


@pytest.mark.parametrize("event", ["pull_request", "merge_group", "release", "workflow_run"])
def test_nothing_else_is_a_commit_of_the_default_branch(event: str) -> None:
    assert not read(event, GITHUB_REF="refs/tags/v1").on_default_branch
