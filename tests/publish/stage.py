"""A run of publish as a runner makes it: an event file, a report directory, files to write to, a GitHub."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.domain import Report
from scanner.publish.client import Clock
from scanner.publish.publish import publish
from tests.report import samples
from tests.servers.github import GitHub
from tests.servers.github_state import REPOSITORY, Pull

EVENTS = Path(__file__).resolve().parent.parent / "events"
HEAD = samples.HEAD
BASE = samples.BASE
FORK = "mallory/shop"
PULL = 7
KEY = "modelward"


class Hands(Clock):
    """A clock that goes on only when somebody sleeps; ``slept`` are the seconds, none of them waited for."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        if seconds:
            self.slept.append(seconds)
            self.time += seconds


@dataclass
class Ran:
    """What one run said to its runner."""

    out: str
    outputs: dict[str, str]
    summary: str
    clock: Hands

    @property
    def commands(self) -> list[str]:
        return [line for line in self.out.splitlines() if line.startswith("::")]


@dataclass
class Stage:
    """A GitHub with one open pull request, and a place for the files of its runs."""

    github: GitHub
    folder: Path
    pull: Pull
    runs: int = 100
    clock: Hands = field(default_factory=Hands)

    def run(
        self,
        report: Report,
        event: str = "pull_request",
        *,
        payload: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        inputs: Mapping[str, str] | None = None,
        run_id: int | None = None,
        attempt: int = 1,
        files: Mapping[str, bytes] | None = None,
    ) -> Ran:
        """Publish ``report`` in a run of its own; the run after it has a higher id."""
        where = self.folder / f"run-{self.runs + 1}"
        variables = self.prepare(report, event, payload, env, inputs, run_id, attempt, files)
        out = io.StringIO()
        publish(where, variables, False, out, self.clock)
        return Ran(out.getvalue(), _outputs(where / "outputs"), _text(where / "summary"), self.clock)

    def prepare(
        self,
        report: Report,
        event: str = "pull_request",
        payload: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        inputs: Mapping[str, str] | None = None,
        run_id: int | None = None,
        attempt: int = 1,
        files: Mapping[str, bytes] | None = None,
    ) -> dict[str, str]:
        """The environment of the next run; its event file and its report are written."""
        self.runs += 1
        where = self.folder / f"run-{self.runs}"
        where.mkdir()
        (where / "report.json").write_text(report.model_dump_json(), "utf-8")
        for name, data in (files or {}).items():
            (where / name).write_bytes(data)
        told = json.loads((EVENTS / f"{event.removesuffix('_target')}.json").read_text("utf-8"))
        self._place(event, told)
        told = _merged(told, payload or {})
        (where / "event.json").write_text(json.dumps(told), "utf-8")
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(where / "event.json"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SERVER_URL": self.github.server_url,
            "GITHUB_API_URL": self.github.api_url,
            "GITHUB_SHA": HEAD,
            "GITHUB_ACTOR": "dev",
            "GITHUB_RUN_ID": str(run_id or self.runs),
            "GITHUB_RUN_ATTEMPT": str(attempt),
            "GITHUB_OUTPUT": str(where / "outputs"),
            "GITHUB_STEP_SUMMARY": str(where / "summary"),
            "INPUT_GITHUB-TOKEN": "ghs_test",
            **{f"INPUT_{name.upper()}": value for name, value in (inputs or {}).items()},
            **(env or {}),
        }

    def _place(self, event: str, told: dict[str, Any]) -> None:
        """Put our repository and commits into a payload of somebody else's."""
        told["repository"] |= {"full_name": REPOSITORY, "default_branch": "main"}
        if "pull_request" in told:
            request = told["pull_request"]
            request["number"] = self.pull.number
            request["head"] |= {"sha": self.pull.head, "repo": {"full_name": self.pull.head_repository}}
            request["base"] |= {"sha": BASE, "repo": {"full_name": REPOSITORY}}
        if "merge_group" in told:
            told["merge_group"] |= {"head_sha": HEAD, "base_sha": BASE}
        if event == "push":
            told |= {"before": BASE, "after": HEAD}
        if "workflow_run" in told:
            told["workflow_run"] |= {
                "head_sha": self.pull.head,
                "head_branch": self.pull.branch,
                "head_repository": {"full_name": self.pull.head_repository},
            }

    def comments(self) -> list[str]:
        """The bodies of the comments on the pull request."""
        return [comment["body"] for comment in self.github.state.comments.get(self.pull.number, [])]

    def reviews(self) -> list[Any]:
        return self.github.state.reviews.get(self.pull.number, [])


@contextmanager
def stage(folder: Path, prefix: str = "/api/v3", **pull: Any) -> Iterator[Stage]:
    """A GitHub with the pull request that the sample reports are about."""
    with GitHub(prefix) as github:
        given = {"number": PULL, "head": HEAD, "base": BASE, "files": diff(), **pull}
        yield Stage(github, folder, github.state.add_pull(Pull(**given)))


def diff() -> dict[str, set[int]]:
    """The files of the sample reports, and the lines of them that a pull request shows."""
    binary = ["models/ranker.bin", "models/big-01.safetensors", "models/big-02.safetensors"]
    return {**{path: set() for path in binary}, "serve.py": {40, 41}, "train.py": {12, 13, 14}}


def _merged(into: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in given.items():
        into[key] = _merged(into.get(key) or {}, value) if isinstance(value, Mapping) else value
    return into


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def _outputs(path: Path) -> dict[str, str]:
    """What the runner reads; a later value of a name replaces the earlier one."""
    found: dict[str, str] = {}
    rest = _text(path).splitlines()
    while rest:
        name, _, delimiter = rest.pop(0).partition("<<")
        end = rest.index(delimiter)
        found[name], rest = "\n".join(rest[:end]), rest[end + 1 :]
    return found
