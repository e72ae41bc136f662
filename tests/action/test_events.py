"""The whole action from the event files of a runner: each kind of event, and more than can be said."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.action.harness import Job
from tests.action.stage import HARMLESS, HOST, HOSTILE, Stage
from tests.collect.forge import NAME, ZERO
from tests.servers.github_state import MAX_BODY, Token
from tests.support import ROOT

pytestmark = pytest.mark.docker

COMPARE = "repos/compare-commits-with-basehead"
TINY = b"cos\nsystem\n(S'id'\ntR."
"""A pickle that runs a command when it is loaded."""


@pytest.fixture(autouse=True)
def _with_image(scene: Stage, image: str) -> None:
    scene.image = image


def event(name: str) -> Any:
    """The event file of a runner, of our repository."""
    told = json.loads((ROOT / "tests" / "events" / f"{name}.json").read_text("utf-8"))
    told["repository"] |= {"full_name": NAME, "default_branch": "main"}
    return told


def pull_request(base: str, head: str) -> Any:
    told = event("pull_request")
    told["pull_request"]["number"] = 7
    told["pull_request"]["base"] |= {"sha": base, "repo": {"full_name": NAME}}
    told["pull_request"]["head"] |= {"sha": head, "repo": {"full_name": NAME}}
    return told


def push(before: str, after: str, branch: str = "change", *, forced: bool = False) -> Any:
    told = {"before": before, "after": after, "ref": f"refs/heads/{branch}", "forced": forced}
    return event("push") | told


def kept(scene: Stage) -> Any:
    """The report that was uploaded."""
    return json.loads((scene.runner.artifacts["modelward-report"] / "report.json").read_bytes())


def paths(report: Any) -> set[str]:
    return {finding["path"] for finding in report["findings"]}


def forget_what_nothing_names(scene: Stage) -> None:
    scene.forge.repo.git("reflog", "expire", "--expire=now", "--all")
    scene.forge.repo.git("gc", "--quiet", "--prune=now")


def expect_only_a_check_run(scene: Stage, job: Job, head: str) -> Any:
    """A change without a pull request has a check run on its head, and no comment; returns the report."""
    (check,) = scene.forge.api.state.check_runs
    assert (check["head_sha"], check["conclusion"]) == (head, "failure"), job.log
    assert job.outputs["check-run-url"] == check["html_url"]
    assert job.outputs["comment-url"] == ""
    assert set(scene.forge.api.operations) == {COMPARE, "checks/create"}
    assert [name for name, step in job.steps.items() if step.outcome == "failure"] == ["Gate"]
    assert job.outputs["verdict"] == "fail"
    report = kept(scene)
    assert report["change"]["head"] == head
    return report


def test_a_run_again_keeps_one_comment_and_one_artifact_of_each_name(scene: Stage) -> None:
    base, head = scene.propose({"models/a.pt": HOSTILE})
    told = pull_request(base, head)
    first = scene.run("pull_request", told, sha=head)
    (comment,) = scene.forge.api.state.comments[7]
    assert comment["html_url"] == first.outputs["comment-url"]
    stale = scene.runner.artifacts["modelward-report"] / "stale"
    stale.touch()
    second = scene.run("pull_request", told, sha=head, again=(1, 2))
    assert second.outputs["comment-url"] == first.outputs["comment-url"]
    (text,) = scene.comments
    assert f"head={head} run=1-2 " in text
    for name in ("sbom-url", "artifact-url"):
        assert second.outputs[name] != first.outputs[name]
        assert f"({second.outputs[name]})" in text
        assert f"({first.outputs[name]})" not in text
    assert set(scene.runner.artifacts) == {"modelward-report", "modelward-report.cdx.json"}
    assert not stale.exists()
    done = Counter(scene.forge.api.operations)
    assert (done["issues/create-comment"], done["issues/update-comment"]) == (1, 1)
    assert done["pulls/create-review-comment"] == 1  # the file's own, which says the same as before
    checks = scene.forge.api.state.check_runs
    assert [check["external_id"] for check in checks] == ["modelward/1-1", "modelward/1-2"]
    assert {check["head_sha"] for check in checks} == {head}


def test_a_run_of_what_was_force_pushed_away_leaves_the_comment_alone(scene: Stage) -> None:
    base, dropped = scene.propose({"models/a.pt": HOSTILE})
    scene.forge.repo.git("reset", "--quiet", "--hard", base)
    head = scene.amend(base, {"models/a.safetensors": HARMLESS})
    assert not scene.run("pull_request", pull_request(base, head), sha=head).failed
    (green,) = scene.comments
    late = scene.run("pull_request", pull_request(base, dropped), sha=dropped)
    assert late.outputs["verdict"] == "fail"
    assert late.failed
    assert scene.comments == [green]
    assert not scene.forge.api.state.reviews
    assert "The pull request has moved on" in late.steps["publish"].summary
    found = {check["head_sha"]: check["conclusion"] for check in scene.forge.api.state.check_runs}
    assert found == {head: "success", dropped: "failure"}


@pytest.mark.parametrize(("model", "verdict"), [(HOSTILE, "fail"), (HARMLESS, "pass")])
def test_a_dependabot_run_says_it_without_writing(scene: Stage, model: bytes, verdict: str) -> None:
    scene.runner.actor = "dependabot[bot]"
    scene.forge.api.tokens["ghs_test"] = Token(grants={"contents": "read"}, repositories={NAME})
    path = "models/a.pt" if verdict == "fail" else "models/a.safetensors"
    base, head = scene.propose({path: model})
    job = scene.run("pull_request", pull_request(base, head), sha=head)
    tried = [asked.method for asked in scene.proxy.asked if "/api/" in asked.target]
    assert (tried, scene.forge.api.operations) == (["GET"], [COMPARE])  # what is denied is no operation
    assert job.outputs["verdict"] == verdict
    assert job.failed is (verdict == "fail")
    assert job.steps["publish"].outcome == "success"
    assert job.outputs["comment-url"] == job.outputs["check-run-url"] == ""
    said = job.steps["publish"].commands
    assert sum("Dependabot" in command.data for command in said if command.name == "notice") == 1
    errors = [command for command in said if command.name == "error"]
    assert any(f"file={path}," in error.properties for error in errors) is (verdict == "fail")
    assert path in job.steps["publish"].summary
    assert "Dependabot" in job.steps["publish"].summary
    assert {artifact["path"] for artifact in kept(scene)["artifacts"]} == {path}


def test_a_merge_group_has_a_check_run_on_its_own_head(scene: Stage) -> None:
    base, head = scene.propose({"models/a.pt": HOSTILE})
    told = event("merge_group")
    told["merge_group"] |= {"base_sha": base, "head_sha": head}
    job = scene.run("merge_group", told, sha=head)
    assert paths(expect_only_a_check_run(scene, job, head)) == {"models/a.pt"}


def test_a_push_is_judged_by_what_came_after_the_commit_before(scene: Stage) -> None:
    _, before = scene.propose({"models/before.pt": HOSTILE})
    head = scene.amend(before, {"models/after.pt": HOSTILE + b"\0"})
    job = scene.run("push", push(before, head), sha=head)
    report = expect_only_a_check_run(scene, job, head)
    assert report["change"]["base"] == before
    assert paths(report) == {"models/after.pt"}


@pytest.mark.parametrize("forced", [False, True], ids=["new branch", "force push"])
def test_a_push_whose_before_is_unknown_is_compared_with_the_default_branch(
    scene: Stage, forced: bool
) -> None:
    base, dropped = scene.propose({"models/dropped.pt": HOSTILE})
    scene.forge.repo.git("reset", "--quiet", "--hard", base)
    head = scene.amend(base, {"models/a.pt": HOSTILE})
    scene.forge.repo.git("checkout", "--quiet", "main")  # HEAD is the default branch, as on a forge
    forget_what_nothing_names(scene)
    told = push(dropped if forced else ZERO, head, forced=forced)
    report = expect_only_a_check_run(scene, scene.run("push", told, sha=head), head)
    assert report["change"]["base"] == base
    assert paths(report) == {"models/a.pt"}


def test_a_force_push_to_the_default_branch_is_looked_at_whole_and_said(scene: Stage) -> None:
    scene.forge.repo.commit({"models/old.pt": HOSTILE})
    dropped = scene.forge.repo.commit({"models/dropped.pt": HOSTILE})
    scene.forge.repo.git("reset", "--quiet", "--hard", "HEAD~1")
    head = scene.forge.repo.commit({"README.md": b"# x\n"})
    forget_what_nothing_names(scene)
    job = scene.run("push", push(dropped, head, "main", forced=True), sha=head)
    (check,) = scene.forge.api.state.check_runs
    assert (check["head_sha"], check["conclusion"]) == (head, "failure"), job.log
    assert paths(kept(scene)) == {"models/old.pt"}
    for said in (job.steps["publish"].summary, check["output"]["summary"]):
        assert "the commit before this push is not known; the whole tree was looked at" in said


def test_a_release_gets_the_sbom_of_its_whole_tree(scene: Stage) -> None:
    scene.forge.repo.commit({"models/first.safetensors": HARMLESS})
    head = scene.forge.repo.commit({"models/second.safetensors": HARMLESS})
    api = scene.forge.api
    api.tokens["ghs_test"] = Token(grants={"contents": "write"}, repositories={NAME})
    api.state.upload_url = f"{HOST}/api/uploads"
    told = event("release")
    told["release"] |= {"tag_name": "v1.2"}
    api.state.add_release(told["release"]["id"], "v1.2")
    job = scene.run("release", told, sha=head)
    assert not job.failed, job.log
    (asset,) = api.state.assets[told["release"]["id"]]
    assert asset["name"] == "shop-v1.2.cdx.json"
    attached = api.state.uploaded[asset["name"]]
    assert attached == scene.runner.artifacts["modelward-report.cdx.json"].read_bytes()
    models = [each for each in json.loads(attached)["components"] if each["type"] == "machine-learning-model"]
    places = {place["location"] for model in models for place in model["evidence"]["occurrences"]}
    assert places == {"models/first.safetensors", "models/second.safetensors"}
    assert api.state.check_runs == []
    assert api.state.comments == {}
    report = kept(scene)
    assert (report["change"]["mode"], report["change"]["head"]) == ("all", head)


def test_a_push_to_the_default_branch_submits_what_its_tree_depends_on(scene: Stage) -> None:
    before = scene.forge.repo.commit(
        {"models/old.safetensors": HARMLESS, "requirements.txt": b"flask==3.0.0\n"}
    )
    head = scene.forge.repo.commit({"README.md": b"# x\n"})
    api = scene.forge.api
    api.tokens["ghs_test"] = Token(grants={"contents": "write"}, repositories={NAME})
    inputs = {"dependency-snapshot": "true", "check-run": "false", "osv-url": "none"}
    job = scene.run("push", push(before, head, "main"), inputs, sha=head)
    (sent,) = api.state.snapshots
    assert (sent["sha"], sent["ref"]) == (head, "refs/heads/main"), job.log
    assert list(sent["manifests"]["requirements.txt"]["resolved"]) == ["pkg:pypi/flask@3.0.0"]
    verdict = json.loads(Path(job.outputs["predicate"]).read_bytes())
    assert {"MODELWARD_ALL_MODELS_READ", "MODELWARD_WHOLE_TREE"} <= set(verdict["properties"])
    assert Path(job.outputs["subjects"]).read_text().endswith("  models/old.safetensors\n")


def test_of_1200_findings_the_worst_are_said_and_the_rest_counted(scene: Stage) -> None:
    files: dict[str | bytes, bytes] = {f"models/{number:04}.pkl": TINY for number in range(1200)}
    base, head = scene.propose(files)
    job = scene.run("pull_request", pull_request(base, head), sha=head)
    assert job.steps["publish"].outcome == "success", job.log
    assert job.steps["Gate"].outcome == "failure"
    assert (job.outputs["verdict"], job.outputs["findings-count"]) == ("fail", "1200")
    assert paths(kept(scene)) == set(files)
    sbom = json.loads(scene.runner.artifacts["modelward-report.cdx.json"].read_bytes())
    assert len(sbom["components"]) >= len(files)

    (comment,) = scene.comments
    assert len(comment) <= MAX_BODY
    shown, left = re.findall(r"^\| 🔴 ", comment, re.MULTILINE), re.search(r"([\d,]+) rows of 1,200", comment)
    assert left
    assert len(shown) + int(left[1].replace(",", "")) == 1200

    api = scene.forge.api
    reviews = api.state.reviews[7]
    assert {review["path"] for review in reviews} == {f"models/{number:04}.pkl" for number in range(10)}
    assert {review["subject_type"] for review in reviews} == {"file"}
    assert len(reviews) == 10

    (check,) = api.state.check_runs
    assert (check["head_sha"], check["conclusion"]) == (head, "failure")
    more = [body["output"]["annotations"] for body in api.bodies("checks/update")]
    assert [len(batch) for batch in more] == [50] * 19
    annotations = api.state.annotations[check["id"]]
    assert len(annotations) == 20 * 50  # so the first request had 50 as well
    assert {each["path"] for each in annotations} == {f"models/{number:04}.pkl" for number in range(10, 1010)}
    assert "190 further annotations left out" in check["output"]["summary"]

    publish = job.steps["publish"]
    assert 0 < len(publish.summary.encode()) <= 1 << 20
    assert max(Counter(command.name for command in publish.commands).values()) <= 10
    assert any("1,190 further places annotated" in command.data for command in publish.commands)
