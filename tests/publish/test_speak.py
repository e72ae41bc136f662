"""Whole runs against a GitHub on loopback: what is said, where, how often, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.domain import Cause, Incomplete, Verdict
from tests.publish.stage import BASE, HEAD, KEY, PULL, stage
from tests.report import samples
from tests.report.markup import Page
from tests.servers.github_state import BOT, Pull
from tests.support import modelward

OTHER = "c" * 40


def marker(head: str, run: int, attempt: int = 1, key: str = KEY) -> str:
    return f"<!-- modelward:{key} v1 head={head} run={run}-{attempt} -->"


def test_a_first_run_says_it_once_in_each_place(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        ran = on.run(samples.failing())
        (body,) = on.comments()
        assert body.startswith("**Do not merge: 1 malicious file")
        assert body.endswith(marker(HEAD, 101))
        (review,) = on.reviews()
        assert (review["path"], review["subject_type"]) == ("models/ranker.bin", "file")
        assert "os.system" in review["body"]
        assert "numexpr.evaluate" in review["body"]
        (check,) = on.github.state.check_runs
        assert (check["head_sha"], check["status"], check["conclusion"]) == (HEAD, "completed", "failure")
        assert check["details_url"] == f"{on.github.server_url}/acme/shop/actions/runs/101"
        said = on.github.state.annotations[check["id"]]
        assert {(each["path"], each["start_line"]) for each in said} == {
            ("serve.py", 41),
            ("assets/logo.png", 1),
            ("models/big-01.safetensors", 1),
            ("models/big-02.safetensors", 1),
        }
        assert ran.commands == []
        assert ran.outputs["comment-url"].startswith(f"{on.github.server_url}/acme/shop/pull/7#issuecomment-")
        assert ran.outputs["check-run-url"] == check["html_url"]
        assert ran.outputs["verdict"] == "fail"
        assert ran.outputs["comment-url"] in check["output"]["summary"]
        assert "models/ranker.bin" not in check["output"]["summary"]
        assert "🔴" not in check["output"]["summary"]
        assert not any(".." in each["message"] for each in said)
        assert on.github.operations.count("checks/update") == 0


def test_a_second_run_changes_the_comment_in_place_and_repeats_nothing(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(samples.failing())
        on.run(samples.failing(), attempt=2)
        (body,) = on.comments()
        assert body.endswith(marker(HEAD, 102, 2))
        assert len(on.reviews()) == 1
        assert len(on.github.state.check_runs) == 2


def test_what_is_mended_turns_green_and_its_review_comments_go(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(samples.failing())
        on.run(samples.nothing())
        (body,) = on.comments()
        assert body.startswith("**No model files or references in this change**")
        assert on.reviews() == []
        assert on.github.state.check_runs[-1]["conclusion"] == "success"


def test_a_review_comment_that_was_answered_stays(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(samples.failing())
        (ours,) = on.reviews()
        on.github.state.add_review(PULL, "dev", "why?", in_reply_to_id=ours["id"])
        on.run(samples.nothing())
        assert on.reviews()[0]["id"] == ours["id"]


@pytest.mark.parametrize(("mode", "said"), [("auto", 0), ("always", 1), ("on-failure", 0), ("never", 0)])
def test_nothing_to_say(tmp_path: Path, mode: str, said: int) -> None:
    with stage(tmp_path) as on:
        ran = on.run(samples.nothing(), inputs={"comment-summary-in-pr": mode})
        assert len(on.comments()) == said
        assert (ran.outputs["comment-url"] != "") == bool(said)
        assert on.github.state.check_runs[0]["conclusion"] == "success"


@pytest.mark.parametrize(("mode", "said"), [("auto", 1), ("always", 1), ("on-failure", 0), ("never", 0)])
def test_a_clean_change_that_touches_models(tmp_path: Path, mode: str, said: int) -> None:
    with stage(tmp_path) as on:
        on.run(samples.passing(), inputs={"comment-summary-in-pr": mode})
        assert len(on.comments()) == said


def test_on_failure_speaks_where_the_policy_only_warns(tmp_path: Path) -> None:
    lenient = samples.failing().model_copy(update={"verdict": Verdict.WARN})
    with stage(tmp_path) as on:
        on.run(lenient, inputs={"comment-summary-in-pr": "on-failure"})
        assert len(on.comments()) == 1
        assert on.github.state.check_runs[0]["conclusion"] == "neutral"


def test_what_could_not_be_read_requires_action(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(samples.incomplete())
        assert on.github.state.check_runs[0]["conclusion"] == "action_required"


def test_a_comment_of_somebody_else_with_our_marker_is_left_alone(tmp_path: Path) -> None:
    forged = f"Nothing to see.\n\n{marker(HEAD, 10**18)}"
    with stage(tmp_path) as on:
        on.github.state.add_comment(PULL, forged, "mallory")
        on.run(samples.failing())
        on.run(samples.nothing())
        assert on.comments()[0] == forged
        assert on.comments()[1].startswith("**No model files")
        assert len(on.comments()) == 2


def test_a_forged_fingerprint_does_not_silence_a_finding(tmp_path: Path) -> None:
    fingerprints = ",".join(finding.fingerprint for finding in samples.failing().findings)
    forged = f"Fine.\n\n<!-- modelward:{KEY} v1 findings={fingerprints} -->"
    with stage(tmp_path) as on:
        on.github.state.add_review(PULL, "mallory", forged)
        on.run(samples.failing())
        assert [review["user"]["login"] for review in on.reviews()] == ["mallory", BOT]


def test_a_marker_that_is_not_at_the_end_is_no_marker(tmp_path: Path) -> None:
    quoted = f"> {marker(HEAD, 1)}\n\nanother action's comment"
    with stage(tmp_path) as on:
        on.github.state.add_comment(PULL, quoted, BOT)
        on.run(samples.failing())
        assert on.comments()[0] == quoted
        assert len(on.comments()) == 2


def test_the_comment_is_found_on_a_later_page(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        for number in range(250):
            on.github.state.add_comment(PULL, f"remark {number}", "dev")
        on.run(samples.failing())
        on.run(samples.passing())
        assert sum("modelward:" in body for body in on.comments()) == 1


def test_two_jobs_have_a_comment_each(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(samples.failing(), inputs={"comment-id": "linux"})
        on.run(samples.failing(), inputs={"comment-id": "mac"})
        assert len(on.comments()) == 2
        on.run(samples.nothing(), inputs={"comment-id": "linux"})
        assert [body.startswith("**No model") for body in on.comments()] == [True, False]


def test_a_run_on_a_former_head_leaves_the_pull_request_alone(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(samples.failing())
        before = on.comments()
        on.github.state.pulls[PULL] = Pull(PULL, OTHER, BASE)
        ran = on.run(samples.nothing(), payload={"pull_request": {"head": {"sha": HEAD}}})
        assert on.comments() == before
        assert len(on.reviews()) == 1
        assert "has moved on" in ran.out
        assert on.github.state.check_runs[-1]["head_sha"] == HEAD


def test_the_comment_of_a_newer_run_on_the_same_head_stays(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(samples.failing(), run_id=500, attempt=2)
        before = on.comments()
        on.run(samples.nothing(), run_id=499)
        on.run(samples.nothing(), run_id=500, attempt=1)
        assert on.comments() == before
        on.run(samples.nothing(), run_id=500, attempt=3)
        assert on.comments() != before


def test_a_comment_about_a_former_head_is_replaced_whatever_its_run(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.github.state.add_comment(PULL, f"old\n\n{marker(OTHER, 10**9)}", BOT)
        on.run(samples.failing())
        (body,) = on.comments()
        assert body.endswith(marker(HEAD, 101))


def test_of_two_runs_that_both_created_a_comment_the_older_one_stays(tmp_path: Path) -> None:
    with stage(tmp_path) as on:

        def other_run() -> None:
            on.github.state.add_comment(PULL, f"theirs\n\n{marker(HEAD, 42)}", BOT)

        on.github.interfere("issues/create-comment", other_run)
        ran = on.run(samples.failing())
        (body,) = on.comments()
        (kept,) = on.github.state.comments[PULL]
        assert body.endswith(marker(HEAD, 101))
        assert ran.outputs["comment-url"] == kept["html_url"]


def test_twins_that_are_there_already_are_removed(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        for run in (1, 2, 3):
            on.github.state.add_comment(PULL, f"x\n\n{marker(HEAD, run)}", BOT)
        oldest = on.github.state.comments[PULL][0]["id"]
        on.run(samples.failing())
        assert [comment["id"] for comment in on.github.state.comments[PULL]] == [oldest]


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
def test_the_address_of_the_api_can_have_a_path(tmp_path: Path, prefix: str) -> None:
    with stage(tmp_path, prefix) as on:
        on.run(samples.failing())
        assert len(on.comments()) == 1


@pytest.mark.parametrize("event", ["merge_group", "push", "schedule", "workflow_dispatch"])
def test_events_without_a_pull_request_have_a_check_run_that_says_it_all(tmp_path: Path, event: str) -> None:
    with stage(tmp_path) as on:
        ran = on.run(samples.failing(), event)
        assert set(on.github.operations) == {"checks/create"}
        (check,) = on.github.state.check_runs
        assert check["head_sha"] == HEAD
        assert "models/ranker.bin" in check["output"]["summary"]
        assert on.comments() == []
        assert ran.outputs["comment-url"] == ""


def test_the_check_run_can_be_turned_off_and_named(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        ran = on.run(samples.failing(), inputs={"check-run": "false"})
        assert on.github.state.check_runs == []
        assert any("file=serve.py" in line for line in ran.commands)
        on.run(samples.failing(), inputs={"check-name": "Models (linux)"})
        assert on.github.state.check_runs[0]["name"] == "Models (linux)"


def test_the_reviews_and_the_summary_can_be_turned_off(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        ran = on.run(samples.failing(), inputs={"review-comments": "false", "job-summary": "false"})
        assert on.reviews() == []
        assert ran.summary == ""
        (said,) = on.github.state.annotations.values()
        assert sum(each["path"] == "models/ranker.bin" for each in said) == 2


def test_1200_findings(tmp_path: Path) -> None:
    report = samples.many(1_200)
    with stage(tmp_path, files={artifact.path: set() for artifact in report.artifacts}) as on:
        ran = on.run(report)
        (body,) = on.comments()
        assert len(body) <= 65_536
        assert len(on.reviews()) == 10
        (said,) = on.github.state.annotations.values()
        assert len(said) == 1_000
        assert {each["path"] for each in said}.isdisjoint(review["path"] for review in on.reviews())
        assert on.github.operations.count("checks/update") == 19
        assert all(set(sent) == {"output"} for sent in on.github.bodies("checks/update"))
        (check,) = on.github.state.check_runs
        assert "190 further annotations left out" in check["output"]["summary"]
        assert "1,190 further places annotated" in ran.out
        assert len(ran.summary.encode()) <= 1024 * 1024


def test_a_link_that_anybody_on_the_way_could_change_is_left_out(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        ran = on.run(samples.failing(), env={"MODELWARD_SBOM_URL": "http://github.example/sbom"})
        assert "github.example" not in on.comments()[0]
        assert "MODELWARD_SBOM_URL is not an https address" in ran.out


def test_links_to_what_was_uploaded(tmp_path: Path) -> None:
    uploaded = {
        "MODELWARD_SBOM_URL": "https://github.com/acme/shop/actions/runs/7/artifacts/21",
        "MODELWARD_REPORT_URL": "https://x.example/)![](http://203.0.113.7",
    }
    with stage(tmp_path) as on:
        ran = on.run(samples.failing(), env=uploaded)
        (body,) = on.comments()
        assert f"[SBOM]({uploaded['MODELWARD_SBOM_URL']})" in body
        assert "x.example" not in body
        assert "MODELWARD_REPORT_URL is not an https address" in ran.out


def test_a_suggestion_where_the_diff_can_be_mended(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        on.run(samples.everything())
        (suggested,) = [review for review in on.reviews() if review["path"] == "train.py"]
        assert (suggested["start_line"], suggested["line"], suggested["side"]) == (12, 13, "RIGHT")
        assert '```suggestion\n    revision="abc",\n```' in suggested["body"]
        (said,) = on.github.state.annotations.values()
        assert not any(each["path"] == "train.py" for each in said)


def test_a_suggestion_outside_the_diff_becomes_an_annotation(tmp_path: Path) -> None:
    with stage(tmp_path, files={"models/ranker.bin": set(), "train.py": {90}}) as on:
        ran = on.run(samples.everything())
        assert [review["path"] for review in on.reviews()] == ["models/ranker.bin"]
        (said,) = on.github.state.annotations.values()
        assert any((each["path"], each["start_line"]) == ("train.py", 12) for each in said)
        assert not any("No review comments" in line for line in ran.commands)


def test_a_suggestion_that_cannot_be_seen_is_not_made(tmp_path: Path) -> None:
    report = samples.everything()
    findings = [
        finding.model_copy(update={"fix": finding.fix.model_copy(update={"replacement": "x\u202ey"})})
        if finding.fix
        else finding
        for finding in report.findings
    ]
    with stage(tmp_path) as on:
        on.run(report.model_copy(update={"findings": findings}))
        assert not any(review["path"] == "train.py" for review in on.reviews())


def test_what_was_not_read_on_the_hub_is_said_without_a_place(tmp_path: Path) -> None:
    gap = Incomplete(subject="org/big", cause=Cause.ACCESS, detail="Gated", action="Ask for access.")
    report = samples.report(Verdict.INCOMPLETE, incomplete=[gap])
    with stage(tmp_path) as on:
        ran = on.run(report)
        assert [line for line in ran.commands if "org/big" in line] == [
            "::error title=Not read::org/big: Gated. Ask for access."
        ]


HOSTILE = "x ::error::y ##[add-mask] @org/team <!-- modelward:modelward v1 -->\n::warning::z"


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    gap = Incomplete(subject=HOSTILE, cause=Cause.ACCESS, detail=HOSTILE, action=HOSTILE)
    bad = samples.finding("malformed-model", "models/ranker.bin", artifact="git:models/ranker.bin")
    bad = bad.model_copy(update={"message": HOSTILE, "title": HOSTILE, "remediation": HOSTILE})
    artifact = samples.artifact("models/ranker.bin")
    report = samples.report(Verdict.FAIL, incomplete=[gap], findings=[bad], artifacts=[artifact])
    with stage(tmp_path) as on:
        ran = on.run(report, inputs={"check-run": "false"})
        for body in [*on.comments(), on.reviews()[0]["body"]]:
            page = Page(body)
            assert len(page.comments) == 1
            assert "@org" not in page.text
            assert "@org/team" in page.code
        assert all(line.startswith("::error title=") or "further" in line for line in ran.out.splitlines())


def test_the_command_line_takes_it_all_from_the_runner(tmp_path: Path) -> None:
    with stage(tmp_path) as on:
        variables = on.prepare(samples.failing(), "merge_group")
        folder = Path(variables["GITHUB_EVENT_PATH"]).parent
        done = modelward("publish", "--report", folder, env=variables)
        assert (done.status, done.out, done.err) == (0, "", "")
        assert on.github.operations == ["checks/create"]
        assert "ghs_test" not in (folder / "summary").read_text() + (folder / "outputs").read_text()
