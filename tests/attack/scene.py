"""The scene of an attack: a repository, secrets, observers; and what must hold whatever is tried."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from scanner.sbom.feeders import syft
from tests.report.hostile import ADDRESS, EMOJI, MENTION, REFERENCE
from tests.report.markup import Page
from tests.support import ROOT, Ran, Repo, modelward

SECRETS = {
    name: f"canary-{hashlib.sha256(name.encode()).hexdigest()[:20]}"
    for name in (
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "ACTIONS_RUNTIME_TOKEN",
        "GITHUB_TOKEN",
        "GH_TOKEN",
        "HF_TOKEN",
        "INPUT_GITHUB-TOKEN",
        "INPUT_CONFIG-TOKEN",
    )
}
OUTSIDE = "canary-of-a-file-outside-the-repository"

OUTPUTS = {
    *("verdict", "findings-count", "highest-severity", "report", "sbom", "spdx", "sarif"),
    *("artifact-url", "comment-url", "check-run-url"),
}
COMMANDS = {"error", "warning", "notice"}

# Dumps its own environment and that of its ancestors below the command that the user started.
OBSERVER = """#!{python} -IS
import os, sys
pid = os.getpid()
with open({log!r}, "ab") as log:
    while pid > 1:
        with open(f"/proc/{{pid}}/cmdline", "rb") as stream:
            command = stream.read()
        if b"entrypoint.py" in command:
            break
        with open(f"/proc/{{pid}}/environ", "rb") as stream:
            log.write(b"\\nseen: " + command + b"\\n" + stream.read())
        with open(f"/proc/{{pid}}/stat") as stream:
            pid = int(stream.read().rpartition(")")[2].split()[1])
os.execv({program!r}, [{program!r}, *sys.argv[1:]])
"""


@dataclass(frozen=True)
class Judged(Ran):
    """A whole run, and what publish then said to the runner."""

    spoken: str
    outputs: dict[str, str]
    summary: str


@dataclass(frozen=True)
class Scene:
    """Where an attack is tried. ``marker`` exists only when something of the attacker's ran."""

    folder: Path
    repo: Repo

    @classmethod
    def set(cls, folder: Path) -> Scene:
        """A base with one text on ``main``; the branch ``change`` is checked out."""
        scene = cls(folder, Repo.make(folder / "workspace"))
        (folder / "secret.txt").write_text(OUTSIDE)
        (folder / "bin").mkdir()
        scene.repo.commit({"README.md": b"# x\n"})
        scene.repo.branch("change")
        return scene

    @property
    def marker(self) -> Path:
        return self.folder / "it-ran"

    @property
    def touch(self) -> str:
        """A shell command that leaves the marker."""
        return f"touch '{self.marker}'"

    @property
    def secret(self) -> Path:
        return self.folder / "secret.txt"

    def judge(self, *arguments: str, base: str = "main") -> Judged:
        """Run in the hostile workspace, let publish speak, and see that nothing bad came of either."""
        before = _fingerprint(self.repo.path)
        report = self.folder / "report"
        env = {
            **SECRETS,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
        }
        self._observe("git", str(shutil.which("git")))
        if found := syft.locate(None):
            env["MODELWARD_SYFT"] = str(self._observe("syft", found))
        ran = modelward("run", "--base", base, *arguments, cwd=self.repo.path, env=env, output=report)
        judged = self.publish(ran, env)
        self._unharmed(judged)
        assert _fingerprint(self.repo.path) == before, "the workspace was written to"
        return judged

    def publish(self, ran: Ran, env: dict[str, str]) -> Judged:
        """What publish makes of the report, as a runner would see it."""
        files = {name: self.folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_bytes(b"")
        given = {**env, "GITHUB_ACTIONS": "true", **{name: str(file) for name, file in files.items()}}
        said = modelward("publish", "--report", ran.output, env=given)
        outputs = outputs_of(files["GITHUB_OUTPUT"].read_text())
        told = files["GITHUB_STEP_SUMMARY"].read_text()
        return Judged(ran.status, ran.out, ran.err, ran.output, said.out + said.err, outputs, told)

    def _observe(self, name: str, program: str) -> Path:
        path = self.folder / "bin" / name
        path.write_text(
            OBSERVER.format(python=sys.executable, log=str(self.folder / "seen"), program=program)
        )
        path.chmod(0o755)
        return path

    def _unharmed(self, judged: Judged) -> None:
        assert not self.marker.exists(), "something ran"
        assert "Traceback" not in judged.err
        self.nothing_leaked(judged)
        whole(judged)
        for line in (judged.out + judged.err).splitlines():
            assert command(line) is None, line
        for line in judged.spoken.splitlines():
            assert command(line) in {None, *COMMANDS}, line
        for text in (judged.out, judged.err, judged.spoken):
            assert not unseen(text)
        written = [judged.output / name for name in ("comment.md", "summary.md")]
        for text in (*(path.read_text() for path in written if path.exists()), judged.summary):
            harmless(text)
        assert judged.outputs.keys() <= OUTPUTS
        assert judged.outputs["verdict"] == judged.report["verdict"]

    def nothing_leaked(self, judged: Judged) -> None:
        """No secret in what was written or said, nor in the environment of any process that was watched."""
        written = [path.read_bytes() for path in judged.output.rglob("*") if path.is_file()]
        said = (judged.out, judged.err, judged.spoken, judged.summary, *judged.outputs.values())
        everything = b"\0".join([*written, *(text.encode("utf-8", "surrogateescape") for text in said)])
        watched = (self.folder / "seen").read_bytes()
        assert b"PATH=" in watched
        for secret in (*SECRETS.values(), OUTSIDE):
            assert secret.encode() not in everything
            assert secret.encode() not in watched, [
                part for part in watched.split(b"\nseen: ") if secret.encode() in part
            ]


def whole(judged: Judged) -> None:
    """The report is complete and valid, and its verdict is the exit status."""
    jsonschema.validate(judged.report, report_schema())
    statuses = {"pass": {0}, "warn": {0}, "fail": {1}, "incomplete": {2, 3}}
    assert judged.status in statuses[judged.report["verdict"]], judged.err
    if judged.status == 2:  # refused: the report says why, and there is nothing else to say
        return
    sarif = json.loads((judged.output / "results.sarif").read_bytes())
    assert sarif["version"] == "2.1.0"
    written = judged.report["sbom"] is not None and judged.report["sbom"]["written"]
    assert (judged.output / "sbom.cdx.json").exists() == written
    assert not [path for path in judged.output.iterdir() if path.is_symlink() or not path.is_file()]


@cache
def report_schema() -> Any:
    return json.loads((ROOT / "docs/schemas/report.schema.json").read_bytes())


def command(line: str) -> str | None:
    """The command a runner would take ``line`` for (actions/runner, ActionCommand.cs), else null."""
    new = re.match(r"::([^:\s]+)(?: [^:]*)?::", line.lstrip())
    old = re.search(r"##\[([^\]\s]+)[^\]]*\]", line)
    return new[1] if new else old[1] if old else None


def unseen(text: str) -> list[str]:
    """Characters that steer a terminal or hide something; a line feed is what ends our lines."""
    return [
        char for char in text if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]


def harmless(markdown: str) -> None:
    """Rendered as GitHub does: no link, image, mention, comment, raw element or reference."""
    page = Page(markdown)
    assert page.targets == []
    assert page.comments == []
    assert not page.tags.keys() & {"a", "img", "script", "iframe", "svg", "style", "form", "input"}
    assert (page.tags - page.ends).keys() <= {"br"}
    for pattern in (MENTION, REFERENCE, EMOJI, ADDRESS):
        assert pattern.search(page.text) is None, page.text
    assert not unseen(markdown.replace("\t", ""))


def outputs_of(text: str) -> dict[str, str]:
    """What the runner takes from ``GITHUB_OUTPUT`` (actions/runner, FileCommandManager.cs)."""
    found: dict[str, str] = {}
    rest = text.splitlines()
    while rest:
        line = rest.pop(0)
        name, equals, value = line.partition("=")
        if equals and "<<" not in name:
            found[name] = value
            continue
        name, _, delimiter = line.partition("<<")
        end = rest.index(delimiter)
        found[name], rest = "\n".join(rest[:end]), rest[end + 1 :]
    return found


def _fingerprint(folder: Path) -> dict[bytes, object]:
    """Every path below ``folder`` with its kind, target or content."""
    found: dict[bytes, object] = {}
    for base, folders, files in os.walk(os.fsencode(folder)):
        for name in (*folders, *files):
            path = os.path.join(base, name)
            if os.path.islink(path):
                found[path] = os.readlink(path)
            elif os.path.isfile(path):
                with open(path, "rb") as stream:
                    found[path] = hashlib.file_digest(stream, "sha256").hexdigest()
            else:
                found[path] = None
    return found
