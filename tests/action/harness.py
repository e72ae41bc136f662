"""What the runner does with a composite action, as far as ``action.yml`` uses it.

It evaluates the expressions, gives each step its variables and files, runs it with bash, reads its outputs,
its summary and the workflow commands in all that it printed, and goes on as the runner would. The actions
that the steps use are stood in for by the few lines that matter of each: what they store, and where from.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from tests.action.expressions import Expressions
from tests.support import ROOT

Outcome = Literal["success", "failure", "skipped"]
_COMMAND = re.compile(r"::([A-Za-z-]+)(?: ([^:]*))?::(.*)")
_OLD_COMMAND = re.compile(r"##\[([A-Za-z-]+)(?: ([^\]]*))?\](.*)")


@dataclass(frozen=True)
class Command:
    """A workflow command that the runner heeded."""

    name: str
    properties: str
    data: str


@dataclass
class Step:
    """How one step ended."""

    outcome: Outcome
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""

    @property
    def commands(self) -> list[Command]:
        return commands(self.log)


@dataclass
class Job:
    """How the action ended; ``steps`` by id or else by name."""

    steps: dict[str, Step] = field(default_factory=dict)
    failed: bool = False
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> str:
        return "".join(step.log for step in self.steps.values())


@dataclass
class Runner:
    """A runner with its folders below ``folder``; ``artifacts`` is what is stored on the server, by name."""

    folder: Path
    action: Path = ROOT
    server_url: str = "https://github.com"
    api_url: str = "https://api.github.com"
    repository: str = "acme/models"
    token: str = "ghs_test"
    actor: str = "octocat"
    env: Mapping[str, str] = field(default_factory=dict)
    user: tuple[int, int] | None = None
    """Who the runner is; None is whoever runs the test."""
    artifacts: dict[str, Path] = field(default_factory=dict)
    uploads: int = 0
    sarif: list[Path] = field(default_factory=list)

    def run(
        self,
        event: str,
        payload: Any,
        inputs: Mapping[str, str],
        *,
        sha: str,
        run_id: int = 1,
        attempt: int = 1,
    ) -> Job:
        """Run the action once, on an event; a run that is repeated keeps its id and has another attempt."""
        description = yaml.safe_load((self.action / "action.yml").read_text())
        temp = self.folder / f"temp-{run_id}-{attempt}"
        temp.mkdir(parents=True)
        (temp / "event.json").write_text(json.dumps(payload))
        if self.user:
            for path in (temp, temp / "event.json"):
                os.chown(path, *self.user)
        variables = {
            **self._variables(event, sha, temp),
            "GITHUB_RUN_ID": str(run_id),
            "GITHUB_RUN_ATTEMPT": str(attempt),
        }
        github = {
            **{name.removeprefix("GITHUB_").lower(): value for name, value in variables.items()},
            "token": self.token,
            "event": payload,
        }
        unknown = inputs.keys() - description["inputs"].keys()
        assert not unknown, f"no such inputs: {unknown}"
        values = {
            name: inputs.get(name, Expressions({"github": github}).text(told.get("default")))
            for name, told in description["inputs"].items()
        }
        job = Job()
        contexts: dict[str, Any] = {"github": github, "inputs": values, "steps": {}}
        for number, told in enumerate(description["runs"]["steps"]):
            expressions = Expressions(contexts, job.failed)
            if expressions.condition(told.get("if")):
                step = self._step(told, expressions, variables, temp / f"step-{number}")
            else:
                step = Step("skipped")
            if step.outcome == "failure" and not told.get("continue-on-error"):
                job.failed = True
            job.steps[told.get("id") or told["name"]] = step
            if "id" in told:
                contexts["steps"][told["id"]] = {"outputs": step.outputs, "outcome": step.outcome}
        expressions = Expressions(contexts)
        for name, output in description["outputs"].items():
            job.outputs[name] = expressions.text(output["value"])
        return job

    def _variables(self, event: str, sha: str, temp: Path) -> dict[str, str]:
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_ACTOR": self.actor,
            "GITHUB_API_URL": self.api_url,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(temp / "event.json"),
            "GITHUB_JOB": "models",
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_SERVER_URL": self.server_url,
            "GITHUB_SHA": sha,
            "RUNNER_TEMP": str(temp),
        }

    def _step(
        self, told: Mapping[str, Any], expressions: Expressions, variables: Mapping[str, str], place: Path
    ) -> Step:
        if "uses" in told:
            given = {name: expressions.text(value) for name, value in told["with"].items()}
            try:
                return Step("success", _ACTIONS[told["uses"].partition("@")[0]](self, given))
            except OSError as error:
                return Step("failure", log=f"{error}\n")
        assert told["shell"] == "bash"
        files = {name: place / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        place.mkdir()
        for file in files.values():
            file.touch()
        (place / "run.sh").write_text(expressions.text(told["run"]))
        if self.user:
            for file in (place, *files.values()):
                os.chown(file, *self.user)
        env = {name: expressions.text(value) for name, value in told.get("env", {}).items()}
        user, group = self.user or (None, None)
        base = {"PATH": os.environ["PATH"], "HOME": str(place)}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", place / "run.sh"],
            env={**base, **variables, **{name: str(file) for name, file in files.items()}, **self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            check=False,
            timeout=300,
            user=user,
            group=group,
            extra_groups=[Path("/var/run/docker.sock").stat().st_gid] if self.user else None,
        )
        return Step(
            "success" if done.returncode == 0 else "failure",
            outputs(files["GITHUB_OUTPUT"].read_text()),
            done.stdout.decode("utf-8", "replace"),
            files["GITHUB_STEP_SUMMARY"].read_text(),
        )

    def _upload(self, given: Mapping[str, str]) -> dict[str, str]:
        """upload-artifact: hidden files stay away, links are followed, a single file can stay as it is."""
        source = Path(given["path"])
        whole = given.get("archive") == "false"
        name = source.name if whole else given["name"]
        assert given["overwrite"] == "true"
        stored = self.folder / "artifacts" / name
        if whole:
            stored.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, stored)
        else:
            shutil.rmtree(stored, ignore_errors=True)
            shutil.copytree(source, stored, ignore=shutil.ignore_patterns(".*"))
        self.artifacts[name] = stored
        self.uploads += 1
        number = str(self.uploads)
        return {"artifact-id": number, "artifact-url": f"https://github.com/artifacts/{number}"}

    def _download(self, given: Mapping[str, str]) -> dict[str, str]:
        if given["name"] not in self.artifacts:
            raise FileNotFoundError(f"no artifact {given['name']}")
        shutil.copytree(self.artifacts[given["name"]], given["path"], dirs_exist_ok=True)
        return {}

    def _sarif(self, given: Mapping[str, str]) -> dict[str, str]:
        path = Path(given["sarif_file"])
        json.loads(path.read_bytes())
        self.sarif.append(path)
        return {}


_ACTIONS = {
    "actions/upload-artifact": Runner._upload,
    "actions/download-artifact": Runner._download,
    "github/codeql-action/upload-sarif": Runner._sarif,
}


def outputs(text: str) -> dict[str, str]:
    """What a ``GITHUB_OUTPUT`` file says, in both of its notations."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        if match := re.fullmatch(r"([^=<]+)<<(.+)", line):
            value = []
            for inner in lines:
                if inner == match[2]:
                    break
                value.append(inner)
            else:
                raise ValueError(f"no end of {match[1]}")
            found[match[1]] = "\n".join(value)
        else:
            name, equals, value_ = line.partition("=")
            assert equals, f"the runner refuses the line {line!r}"
            found[name] = value_
    return found


def commands(log: str) -> list[Command]:
    """The workflow commands that a runner finds in what was printed, honouring ``stop-commands``."""
    found, resume = [], None
    for line in log.splitlines():
        if resume:
            resume = None if line.strip() == f"::{resume}::" else resume
            continue
        match = _COMMAND.match(line.lstrip()) or _OLD_COMMAND.search(line)
        if not match:
            continue
        if match[1] == "stop-commands":
            resume = match[3]
        else:
            found.append(Command(match[1], match[2] or "", match[3]))
    assert resume is None, "commands were stopped and never resumed"
    return found
