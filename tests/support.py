"""Real git repositories, and the program run as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENTRYPOINT = ROOT / "entrypoint.py"

NO_HUB = "http://127.0.0.1:9"
"""Where nothing listens: no test asks the real Hub by accident."""

_IDENTITY = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+00:00",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+00:00",
}


@dataclass(frozen=True)
class Repo:
    """A git repository with a working tree."""

    path: Path

    @classmethod
    def make(cls, path: Path) -> Repo:
        path.mkdir(parents=True, exist_ok=True)
        repo = cls(path)
        repo.git("init", "--quiet", "--initial-branch=main")
        return repo

    def git(self, *arguments: str | bytes, stdin: bytes | None = None) -> str:
        """Standard output of a git command; a git that fails fails the test."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.path), **_IDENTITY}
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, input=stdin, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, files: Mapping[str | bytes, bytes]) -> None:
        for name, content in files.items():
            path = os.path.join(os.fsencode(self.path), os.fsencode(name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as stream:
                stream.write(content)

    def commit(self, files: Mapping[str | bytes, bytes] | None = None, message: str = "x") -> str:
        """Commit everything in the working tree, after writing ``files``; returns the commit id."""
        self.write(files or {})
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str) -> None:
        self.git("checkout", "--quiet", "-b", name)


@dataclass(frozen=True)
class Ran:
    """How the program ended, and what it left."""

    status: int
    out: str
    err: str
    output: Path

    @property
    def report(self) -> Any:
        return json.loads((self.output / "report.json").read_bytes())

    def artifact(self, path: str) -> Any:
        """The one artifact of that path."""
        (found,) = [artifact for artifact in self.report["artifacts"] if artifact["path"] == path]
        return found

    def rules(self, path: str) -> set[str]:
        """The rules that have a finding on that path."""
        return {finding["rule"] for finding in self.report["findings"] if finding["path"] == path}


def modelward(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    output: Path | None = None,
) -> Ran:
    """Run the program in a process of its own."""
    words = [str(argument) for argument in arguments]
    if output is not None:
        words += ["--output", str(output)]
    done = subprocess.run(
        [sys.executable, str(ENTRYPOINT), *words],
        cwd=cwd,
        env={**os.environ, "HF_ENDPOINT": NO_HUB, "MODELWARD_OSV_URL": "none", **(env or {})},
        capture_output=True,
        check=False,
        timeout=300,
    )
    out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    return Ran(done.returncode, out, err, output or Path())


def run(repo: Repo, output: Path, *arguments: str | Path, env: Mapping[str, str] | None = None) -> Ran:
    """``modelward run`` on a repository, with the report in ``output``."""
    return modelward("run", "--repo", repo.path, *arguments, env=env, output=output)
