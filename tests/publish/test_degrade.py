"""Where not everything can be said: forks, missing permissions, GitHub down, the second half of a pair."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.publish.publish import PublishError
from tests.publish.stage import BASE, FORK, HEAD, PULL, stage
from tests.report import samples
from tests.servers.github import Fault
from tests.servers.github_state import Pull

OTHER = "c" * 40


@pytest.mark.parametrize(
    ("changed", "who"),
    [({"head_repository": FORK}, "a pull request from a fork"), ({}, "Dependabot")],
)
def test_a_token_that_can_only_read_is_not_tried(tmp_path: Path, changed: dict[str, str], who: str) -> None:
    with stage(tmp_path, **changed) as on:
        ran = on.run(samples.failing(), env={"GITHUB_ACTOR": "dependabot[bot]" if not changed else "mallory"})
        assert on.github.calls == []
        assert sum(who in line for line in ran.commands) == 1
        assert who in ran.summary
        assert sum(line.startswith("::error file=") for line in ran.commands) == 4
        assert ran.outputs["verdict"] == "fail"
        assert ran.outputs["comment-url"] == ""


def test_a_fork_in_the_trusted_workflow_has_a_comment(tmp_path: Path) -> None:
    with stage(tmp_path, head_repository=FORK) as on:
        on.run(samples.failing(), "pull_request_target")
        assert len(on.comments()) == 1


def test_a_missing_permission_is_named_once_and_the_rest_is_said(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.github.tokens["ghs_test"].grants = {"contents": "read"}
        ran = on.run(samples.failing())
        warned = [line for line in ran.commands if "give the job" in line]
        assert len(warned) == 1
        assert "checks%3A write" in warned[0] or "checks: write" in warned[0]
        assert "pull-requests: write" in warned[0]
        assert "Resource not accessible by integration" in warned[0]
        assert "pull-requests" in ran.summary
        assert sum(line.startswith("::error file=") for line in ran.commands) == 4


def test_without_checks_the_lines_are_annotated_by_commands(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.github.tokens["ghs_test"].grants = {"contents": "read", "pull-requests": "write"}
        ran = on.run(samples.failing())
        assert len(on.comments()) == 1
        assert any("give the job checks: write." in line for line in ran.commands)
        assert not any("pull-requests" in line for line in ran.commands)
        assert not any("file=models/ranker.bin" in line for line in ran.commands)
        assert any("file=serve.py" in line for line in ran.commands)


def test_without_a_token(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        ran = on.run(samples.failing(), env={"INPUT_GITHUB-TOKEN": ""})
        assert on.github.calls == []
        assert "github-token is empty" in ran.out


def test_a_report_about_another_commit_is_refused(tmp_path: Path) -> None:
    forged = samples.passing()
    forged = forged.model_copy(update={"change": forged.change.model_copy(update={"head": OTHER})})
    with stage(tmp_path) as on:
        with pytest.raises(PublishError, match=f"of {OTHER}, the run of {HEAD}"):
            on.run(forged, "workflow_run")
        assert on.github.calls == []


def test_a_report_about_another_repository_is_refused(tmp_path: Path) -> None:
    forged = samples.passing()
    forged = forged.model_copy(update={"change": forged.change.model_copy(update={"repository": "x/y"})})
    with stage(tmp_path) as on, pytest.raises(PublishError, match="not of acme/shop"):
        on.run(forged)


@pytest.mark.parametrize("hidden", [False, True])
def test_the_second_half_of_a_pair_finds_the_pull_request_by_its_commit(tmp_path: Path, hidden: bool) -> None:
    with stage(tmp_path, head_repository=FORK) as on:
        on.github.state.hides_fork_commits = hidden
        on.github.state.add_pull(Pull(3, HEAD, BASE, head_repository="eve/shop"))
        on.github.state.add_pull(Pull(4, HEAD, BASE, head_repository=FORK, state="closed"))
        on.run(samples.failing(), "workflow_run")
        assert len(on.comments()) == 1
        assert set(on.github.state.comments) == {PULL}
        assert on.github.state.check_runs[0]["head_sha"] == HEAD


def test_the_second_half_without_a_pull_request_makes_a_check_run(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.github.state.pulls.clear()
        ran = on.run(samples.failing(), "workflow_run")
        assert len(on.github.state.check_runs) == 1
        assert on.comments() == []
        assert f"No open pull request has {HEAD} as its head" in ran.summary


def test_github_that_is_down_fails_nothing(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        down = [Fault(503)] * 100
        on.github.fail("pulls/get", *down)
        on.github.fail("checks/create", *down)
        ran = on.run(samples.failing())
        assert any("No pull request: GitHub answered 503; run again later" in line for line in ran.commands)
        assert any("No check run: GitHub answered 503" in line for line in ran.commands)
        assert sum(ran.clock.slept) <= 300
        assert sum(line.startswith("::error file=") for line in ran.commands) == 4


def test_a_batch_that_is_not_taken_is_said_by_commands(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.github.fail("checks/update", Fault(422, "Validation Failed"))
        ran = on.run(samples.many(60), inputs={"review-comments": "false"})
        (said,) = on.github.state.annotations.values()
        commanded = [line for line in ran.commands if "file=" in line]
        assert (len(said), len(commanded)) == (50, 10)
        assert ran.outputs["check-run-url"] != ""


def test_review_comments_that_break_off_are_not_said_again(tmp_path: Path) -> None:
    report = samples.many(4)
    with stage(tmp_path, files={artifact.path: set() for artifact in report.artifacts}) as on:
        operation = "pulls/create-review-comment"
        on.github.interfere(operation, lambda: None)
        on.github.interfere(operation, lambda: on.github.fail(operation, Fault(403, "No")))
        ran = on.run(report)
        (said,) = on.github.state.annotations.values()
        assert len(on.reviews()) == 1
        assert len(said) == 3
        assert any("give the job pull-requests: write" in line for line in ran.commands)
