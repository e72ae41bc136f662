"""The GitHub of the tests notices what GitHub would refuse, and what Modelward may not ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.servers.description import SUBSET, described
from tests.servers.github import GitHub
from tests.servers.github_state import Pull
from tests.servers.operations import OPERATIONS, permissions

CHECK = {"name": "x", "head_sha": "a" * 40, "status": "completed", "conclusion": "success"}
PLACE = {"path": "a", "start_line": 1, "end_line": 1, "message": "x"}


@pytest.fixture
def github() -> Iterator[GitHub]:
    made = GitHub()
    with made:
        made.state.add_pull(Pull(7, "a" * 40))
        yield made
        made.problems.clear()


def ask(github: GitHub, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    headers = {"Authorization": "token ghs_test"}
    given = requests.request(method, github.api_url + path, json=body, headers=headers, timeout=10)
    return given.status_code, given.json() if given.content else None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/user", None),
        ("GET", "/repos/acme/shop/issues/7", None),
        ("DELETE", "/repos/acme/shop", None),
    ],
)
def test_an_operation_that_is_not_listed_is_a_problem(
    github: GitHub, method: str, path: str, body: Any
) -> None:
    assert ask(github, method, path, body)[0] == 404
    assert "no operation that Modelward may call" in github.problems[0]


@pytest.mark.parametrize(
    "output",
    [
        {"title": "x"},
        {"title": "x", "summary": "x" * 65_536},
        {"title": "x", "summary": "x", "annotations": [{**PLACE, "annotation_level": "error"}]},
        {"title": "x", "summary": "x", "annotations": [{**PLACE, "annotation_level": "notice"}] * 51},
    ],
)
def test_a_check_run_that_the_description_does_not_allow_is_a_problem(
    github: GitHub, output: dict[str, Any]
) -> None:
    ask(github, "POST", "/repos/acme/shop/check-runs", {**CHECK, "output": output})
    assert github.problems[0].startswith("checks/create: request: ")


def test_a_good_check_run_is_none(github: GitHub) -> None:
    output = {"title": "x", "summary": "x", "annotations": [{**PLACE, "annotation_level": "notice"}] * 50}
    status, made = ask(github, "POST", "/repos/acme/shop/check-runs", {**CHECK, "output": output})
    assert (status, made["output"]["annotations_count"], github.problems) == (201, 50, [])


def test_a_problem_fails_the_test_that_made_it() -> None:
    made = GitHub()
    with pytest.raises(AssertionError, match="no operation"), made:
        ask(made, "GET", "/user")


def test_a_long_comment_is_refused(github: GitHub) -> None:
    path = "/repos/acme/shop/issues/7/comments"
    assert ask(github, "POST", path, {"body": "x" * 65_536})[0] == 201
    assert ask(github, "POST", path, {"body": "x" * 65_537})[0] == 422


def test_a_repository_that_the_token_does_not_know(github: GitHub) -> None:
    assert ask(github, "GET", "/repos/acme/other/pulls/7")[0] == 404


def test_what_collect_asks_is_answered_as_described(github: GitHub) -> None:
    state = github.state
    state.contents["acme/shop", ".github/modelward.yml", "main"] = b"rules: {}\n"
    state.merge_bases["acme/shop", "b" * 40, "a" * 40] = "c" * 40
    assert ask(github, "GET", "/repos/acme/shop/contents/.github/modelward.yml")[1]["size"] == 10
    compared = ask(github, "GET", f"/repos/acme/shop/compare/{'b' * 40}...{'a' * 40}")[1]
    assert compared["merge_base_commit"]["sha"] == "c" * 40
    assert github.problems == []


def test_the_subset_is_that_of_the_operations() -> None:
    named = {
        operation["operationId"] for path in described()["paths"].values() for operation in path.values()
    }
    assert named == set(OPERATIONS)
    assert SUBSET.stat().st_size < 600_000
    info = json.loads(SUBSET.read_text("utf-8"))["info"]
    assert info["x-made-from"] == f"@octokit/openapi {info['version']}, api.github.com.json"


def test_writing_includes_reading() -> None:
    assert permissions(["issues/create-comment", "issues/list-comments"]) == {"pull-requests": "write"}
    assert permissions(["repos/get-content", "issues/list-comments"]) == {
        "contents": "read",
        "pull-requests": "read",
    }
