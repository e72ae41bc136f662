"""action.yml, run.sh, the inputs of the program and the README say the same."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.inputs import ActionInputs
from scanner.publish.outputs import values
from tests.support import ROOT

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
RUN = (ROOT / "run.sh").read_text()

FIELDS = {name.replace("_", "-"): field for name, field in ActionInputs.model_fields.items()}

# Inputs that only the steps use, and their defaults; they have no place in the program.
OF_THE_STEPS = {
    "image": "",
    "network": "",
    "artifact-name": "modelward-report",
    "retention-days": "",
    "upload-sarif": "false",
    "sarif-category": "modelward",
}
OUTPUTS = {
    *("verdict", "findings-count", "highest-severity", "report", "sbom", "spdx", "sarif"),
    *("predicate", "subjects"),
    *("artifact-url", "sbom-url", "comment-url", "check-run-url"),
}
SECRET = {"github-token", "config-token"}


def test_every_input_is_the_programs_or_the_steps_own() -> None:
    assert ACTION["inputs"].keys() == FIELDS.keys() | OF_THE_STEPS.keys()
    assert not FIELDS.keys() & OF_THE_STEPS.keys()


def test_an_input_is_described_as_in_the_program() -> None:
    described = {name: ACTION["inputs"][name]["description"] for name in FIELDS}
    assert described == {name: field.description for name, field in FIELDS.items()}


def test_only_the_token_and_the_steps_own_inputs_have_defaults() -> None:
    defaults = {name: told["default"] for name, told in ACTION["inputs"].items() if told.get("default")}
    steps = {name: default for name, default in OF_THE_STEPS.items() if default}
    # The release workflow writes a digest as the default of the image.
    image = defaults.pop("image", None)
    assert image is None or re.fullmatch(r"[a-z0-9.-]+(/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}", image)
    assert defaults == {"github-token": "${{ github.token }}", **steps}
    assert not [name for name, told in ACTION["inputs"].items() if told.get("required")]


def test_the_outputs() -> None:
    assert ACTION["outputs"].keys() == OUTPUTS
    for name, told in ACTION["outputs"].items():
        step, output = re.fullmatch(r"\$\{\{ steps\.([\w-]+)\.outputs\.([\w-]+) \}\}", told["value"]).groups()  # type: ignore[union-attr]
        assert step in {each.get("id") for each in STEPS}, name
        assert output in {name, "artifact-url"}


def _reads(package: str) -> set[str]:
    """The inputs that the modules of a package read: ``inputs.NAME``."""
    found = set()
    for path in (ROOT / "scanner" / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("inputs", "self.inputs"):
                found.add(node.attr)
    return found & ActionInputs.model_fields.keys()


def _given(step_id: str) -> dict[str, str]:
    (step,) = [step for step in STEPS if step.get("id") == step_id]
    return {
        name.removeprefix("INPUT_").lower(): value
        for name, value in step["env"].items()
        if name.startswith("INPUT_")
    }


@pytest.mark.parametrize(("step", "package"), [("rounds", "collect"), ("publish", "publish")])
def test_a_phase_is_given_exactly_the_inputs_it_reads(step: str, package: str) -> None:
    given = _given(step)
    assert given.keys() == _reads(package)
    assert given == {name: f"${{{{ inputs.{name.replace('_', '-')} }}}}" for name in given}


def test_every_input_of_the_program_reaches_a_phase() -> None:
    reached = {name.replace("_", "-") for step in ("rounds", "publish") for name in _given(step)}
    assert reached == FIELDS.keys()


def test_inputs_reach_the_shell_through_the_environment_only() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")
    for step in STEPS[:-1]:
        if "run" in step and "env" in step:
            assert all(re.fullmatch(r"\$\{\{ [\w.-]+ \}\}", value) for value in step["env"].values())


def test_the_gate_is_last_and_has_no_token() -> None:
    last = STEPS[-1]
    assert last["run"].strip().endswith("gate")
    assert not any(name.startswith("INPUT_") for name in last["env"])
    assert not any("token" in value for value in last["env"].values())
    assert "continue-on-error" not in last


def test_what_keeps_the_evidence_runs_in_any_case() -> None:
    for step in STEPS:
        if "upload" in step.get("id", "") or step.get("id") == "publish" or step["name"] == "Gate":
            assert step["if"].startswith("always() && ")


def test_everything_that_is_used_is_named_by_commit() -> None:
    lines = [line for line in (ROOT / "action.yml").read_text().splitlines() if " uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r" uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_the_engine_is_never_handed_to_a_container() -> None:
    for name in ("action.yml", "run.sh", "Dockerfile"):
        assert "docker.sock" not in (ROOT / name).read_text()


def test_no_container_gets_a_value_on_its_command_line() -> None:
    assigned = re.findall(r"--env[= ]\"?(\S+?)=(\S*)", RUN)
    assert assigned == [("GITHUB_EVENT_PATH", "/event.json")]


def test_run_sh_is_short() -> None:
    assert len(RUN.splitlines()) < 100


def test_every_output_that_publish_promises_is_written(tmp_path: Path) -> None:
    from tests.report.samples import failing  # a report to speak of

    promised = {
        told["value"].split(".outputs.")[1].removesuffix(" }}")
        for told in ACTION["outputs"].values()
        if "steps.publish" in told["value"]
    }
    of_run_sh = set(re.findall(r" output (\w+) \"\$work/said/", RUN))
    assert of_run_sh == {"predicate", "subjects"}
    assert promised == values(failing(), tmp_path).keys() | of_run_sh | {"comment-url", "check-run-url"}


@pytest.mark.parametrize("system", ["Darwin", "MINGW64_NT-10.0"])
def test_elsewhere_than_on_linux_there_is_one_clear_line(tmp_path: Path, system: str) -> None:
    uname = tmp_path / "uname"
    uname.write_text(f"#!/bin/sh\necho {system}\n")
    uname.chmod(0o755)
    said = alone({"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert said == (
        "::error title=Modelward::"
        "this action needs a Linux runner: set runs-on to one, such as ubuntu-latest\n"
    )


def test_without_docker_there_is_one_clear_line(tmp_path: Path) -> None:
    said = alone({"PATH": "/usr/bin:/bin", "DOCKER_HOST": f"unix://{tmp_path}/none.sock"})
    assert said == (
        "::error title=Modelward::no Docker engine answers: use a runner that has Docker running\n"
    )


def alone(env: dict[str, str]) -> str:
    """What run.sh prints, standard error included, when it can do nothing."""
    done = subprocess.run(
        [ROOT / "run.sh", "rounds"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    return done.stdout
