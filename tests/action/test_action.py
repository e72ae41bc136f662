"""The whole action from a bare event: real containers of the real image, against the servers of the tests."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.action.conftest import docker
from tests.action.stage import HARMLESS, HOSTILE, Stage, owners, runners
from tests.collect.forge import NAME
from tests.servers.github_state import FULL, Token
from tests.support import ROOT

pytestmark = pytest.mark.docker


@pytest.fixture(autouse=True)
def _with_image(scene: Stage, image: str) -> None:
    scene.image = image


def report_of(scene: Stage, name: str = "modelward-report") -> dict[str, object]:
    found: dict[str, object] = json.loads((scene.runner.artifacts[name] / "report.json").read_bytes())
    return found


def test_a_hostile_change_fails_at_the_gate_and_everything_is_kept_and_said(scene: Stage) -> None:
    base, head = scene.propose({"models/a.pt": HOSTILE})
    job = scene.pull_request(base, head, {"upload-sarif": "true"})
    assert {name: step.outcome for name, step in job.steps.items() if step.outcome != "skipped"} == {
        "rounds": "success",
        "upload-report": "success",
        "upload-sbom": "success",
        "publish": "success",
        "Send the SARIF to code scanning": "success",
        "Gate": "failure",
    }, job.log
    assert job.failed
    outputs = job.outputs
    assert (outputs["verdict"], outputs["highest-severity"]) == ("fail", "critical")
    assert int(outputs["findings-count"]) >= 1
    for name, file in (("report", "report.json"), ("sbom", "sbom.cdx.json"), ("sarif", "results.sarif")):
        assert Path(outputs[name]).name == file
        assert Path(outputs[name]).is_file()
    assert set(scene.runner.artifacts) == {"modelward-report", "modelward-report.cdx.json"}
    assert report_of(scene)["change"]["head"] == head  # type: ignore[index]
    sbom = json.loads(scene.runner.artifacts["modelward-report.cdx.json"].read_bytes())
    assert sbom["bomFormat"] == "CycloneDX"
    (comment,) = scene.comments
    assert "models/a.pt" in comment
    assert all(outputs[name] for name in ("sbom-url", "artifact-url", "comment-url", "check-run-url"))
    assert outputs["sbom-url"] in comment
    assert outputs["artifact-url"] in comment
    assert "models/a.pt" in job.steps["publish"].summary
    (check,) = scene.forge.api.state.check_runs
    assert (check["head_sha"], check["conclusion"]) == (head, "failure")
    assert len(scene.runner.sarif) == 1


def test_a_fixed_change_turns_the_comment_green_and_passes(scene: Stage) -> None:
    base, head = scene.propose({"models/a.pt": HOSTILE})
    assert scene.pull_request(base, head).failed
    fixed = scene.amend(base, {"models/a.pt": b"", "models/a.safetensors": HARMLESS})
    (red,) = scene.comments
    job = scene.pull_request(base, fixed)
    assert not job.failed, job.log
    assert job.outputs["verdict"] == "pass"
    (green,) = scene.comments
    assert green != red
    assert "Do not merge" not in green


@pytest.mark.parametrize("user", runners(), ids=["as we are", "as somebody else"][: len(runners())])
def test_files_come_back_owned_by_the_caller_and_the_evidence_does_not(
    scene: Stage, user: tuple[int, int] | None
) -> None:
    scene.runner.user = user
    base, head = scene.propose({"models/a.pt": HOSTILE})
    job = scene.pull_request(base, head)
    work = Path(job.steps["rounds"].outputs["work"])
    assert owners(work / "report") == {user or (os.getuid(), os.getgid())}
    assert not (work / "evidence").exists()
    running = docker("ps", "--all", "--no-trunc", "--format", "{{.Mounts}}")
    assert work.name not in running


def test_a_later_round_answers_what_scan_asks(scene: Stage) -> None:
    content = HOSTILE
    oid = scene.forge.store(content)
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n".encode()
    base, head = scene.propose({"models/a.pt": pointer})
    scene.direct()  # the objects are on an origin that the proxy does not know
    job = scene.pull_request(base, head)
    report = json.loads(Path(job.outputs["report"]).read_bytes())
    (artifact,) = report["artifacts"]
    assert (artifact["source"], artifact["status"]) == ("lfs", "scanned"), job.log
    assert job.outputs["verdict"] == "fail"
    assert job.steps["rounds"].log.count("::stop-commands::") > 1


def test_an_enterprise_server_gets_everything_but_the_uploads(scene: Stage) -> None:
    scene.direct()
    base, head = scene.propose({"models/a.pt": HOSTILE})
    job = scene.pull_request(base, head)
    assert job.steps["upload-report"].outcome == job.steps["upload-sbom"].outcome == "skipped"
    (notice,) = [command for command in job.steps["enterprise"].commands if command.name == "notice"]
    assert "GitHub Enterprise Server" in notice.data
    assert job.outputs["artifact-url"] == job.outputs["sbom-url"] == ""
    assert scene.comments
    assert job.outputs["verdict"] == "fail"


def test_a_fork_is_spoken_for_by_the_second_half(scene: Stage) -> None:
    fork = "eve/models"
    base, _ = scene.propose({"models/a.pt": HOSTILE})
    head = scene.amend(base, {"models/b.pt": HOSTILE}, fork)
    scene.forge.api.tokens["ghs_test"] = Token(grants={"contents": "read"}, repositories={NAME})
    first = scene.pull_request(base, head, head_repository=fork)
    assert first.steps["publish"].outcome == "success", first.log
    assert not scene.comments
    scene.forge.api.tokens["ghs_test"] = Token(grants=dict(FULL), repositories={NAME})
    run = {"id": 1, "head_sha": head, "head_branch": "topic", "head_repository": {"full_name": fork}}
    second = scene.run("workflow_run", {"workflow_run": run}, sha=base)
    assert second.steps["publish"].outcome == "success", second.log
    (comment,) = scene.comments
    assert "models/b.pt" in comment
    assert second.steps["Gate"].outcome == "failure"


def test_a_report_of_another_commit_is_not_spoken_of_and_passes_no_gate(scene: Stage) -> None:
    base, head = scene.propose({"models/a.safetensors": HARMLESS})
    assert not scene.pull_request(base, head, {"comment-summary-in-pr": "never", "check-run": "false"}).failed
    other = {"id": 1, "head_sha": base, "head_branch": "topic", "head_repository": {"full_name": NAME}}
    job = scene.run("workflow_run", {"workflow_run": other}, sha=base)
    assert job.steps["publish"].outcome == "failure"
    assert job.steps["Gate"].outcome == "failure"
    assert f"the report is of {head}, not of {base}" in job.steps["Gate"].log
    assert not scene.comments


def test_without_access_there_is_no_report_and_nothing_is_claimed(scene: Stage) -> None:
    base, head = scene.propose({"models/a.safetensors": HARMLESS})
    scene.runner.token = "ghs_wrong"
    job = scene.pull_request(base, head)
    assert job.failed
    assert job.steps["rounds"].outcome == "failure"
    errors = [command for command in job.steps["rounds"].commands if command.name == "error"]
    assert [error.data for error in errors] == ["collect failed: see above"]
    assert not scene.runner.artifacts
    assert job.outputs["verdict"] == ""
    assert "ghs_wrong" not in job.log


def test_without_an_image_it_is_built_from_the_actions_own_folder(scene: Stage) -> None:
    bases = {name: os.environ.get(name, "") for name in ("BASE_IMAGE", "BUILD_IMAGE")}
    if not all(bases.values()):
        pytest.skip("BASE_IMAGE names no image to build from; docs/image.md says how to make one")
    scene.runner.action = ROOT
    scene.runner.env = {**scene.runner.env, **bases, "DOCKER_BUILDKIT": "1"}
    base, head = scene.propose({"models/a.safetensors": HARMLESS})
    job = scene.pull_request(base, head, {"image": ""})
    assert not job.failed, job.log
    assert job.steps["rounds"].outputs["image"].startswith("sha256:")


@pytest.mark.parametrize("wrong", ["--privileged", "no.such.registry.invalid/image:1"])
def test_an_image_that_cannot_be_had_is_one_clear_line(scene: Stage, wrong: str) -> None:
    base, head = scene.propose({"models/a.safetensors": HARMLESS})
    job = scene.pull_request(base, head, {"image": wrong})
    assert job.failed
    assert [command.data for command in job.steps["rounds"].commands] == [
        "the image could not be pulled: see above, then run again"
    ]
