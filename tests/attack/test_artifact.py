"""Attacks by the artifact that the second half of a ``workflow_run`` pair is given: anyone can make one."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.attack.scene import OUTPUTS, OUTSIDE, SECRETS, Scene, command, harmless, unseen
from tests.report.hostile import SNIPPETS
from tests.scan.samples import EVIL
from tests.support import modelward

Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report directory of a hostile change."""
    scene = Scene.set(tmp_path_factory.mktemp("scene"))
    scene.repo.commit({"m.pkl": EVIL, "requirements.txt": b"requests==2.32.0\n"})
    return scene.judge().output


@pytest.fixture
def poisoned(scene: Scene, report: Path) -> Scene:
    """The scene with a copy of that report, ready to be tampered with."""
    shutil.copytree(report, scene.folder / "report")
    return scene


def spoken(scene: Scene, report: Path) -> tuple[int, str, str, str]:
    """Status, what was said, the outputs and the summary."""
    files = {name: scene.folder / f"{name}-again" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_bytes(b"")
    env = {**SECRETS, "GITHUB_ACTIONS": "true", **{name: str(file) for name, file in files.items()}}
    said = modelward("publish", "--report", report, env=env)
    for line in (said.out + said.err).splitlines():
        assert command(line) in {None, "error", "warning", "notice"}, line
    outputs, summary = (file.read_text() for file in files.values())
    everything = said.out + said.err + outputs + summary
    assert not any(secret in everything for secret in (*SECRETS.values(), OUTSIDE, "root:x:0"))
    assert "Traceback" not in everything
    assert not unseen(said.out + said.err)
    return said.status, said.out + said.err, outputs, summary


def everywhere(value: Any, text: str) -> Any:
    """``value`` with ``text`` in place of every string that is free."""
    if isinstance(value, dict):
        return {key: everywhere(item, text) if key not in KEPT else item for key, item in value.items()}
    if isinstance(value, list):
        return [everywhere(item, text) for item in value]
    return text if isinstance(value, str) else value


KEPT = {
    *(
        "schema_version",
        "verdict",
        "severity",
        "cause",
        "status",
        "source",
        "change",
        "coverage",
        "mode",
        "format",
    ),
    *("sha256_origin", "fail_on_severity", "id", "artifact", "reference"),
}


@pytest.mark.parametrize(
    "text", ["\n".join(SNIPPETS), " ".join(SNIPPETS), "::error::x\nverdict=pass\n##[error]y"]
)
def test_words_of_the_artifact_are_rendered_as_words(poisoned: Scene, text: str) -> None:
    path = poisoned.folder / "report/report.json"
    report = everywhere(json.loads(path.read_bytes()), text)
    path.write_text(json.dumps(report), encoding="utf-8", errors="surrogatepass")
    (path.parent / "comment.md").write_text("[evil](https://evil.example) @acme/team")
    (path.parent / "summary.md").write_text("[evil](https://evil.example)")
    status, _, outputs, summary = spoken(poisoned, path.parent)
    if status != 0:  # refused, which is as good
        assert (outputs, summary) == ("", "")
        return
    harmless(summary)
    assert "evil.example)" not in summary
    names = {line.partition("<<")[0] for line in outputs.splitlines() if "<<modelward-" in line}
    assert names <= OUTPUTS
    assert "\nverdict=pass" not in outputs


def _no_head(report: dict[str, Any]) -> None:
    del report["change"]


def _more(report: dict[str, Any]) -> None:
    report["links"] = {"sbom": "https://evil.example"}


def _verdict(report: dict[str, Any]) -> None:
    report["verdict"] = "pass\nverdict=fail"


def _types(report: dict[str, Any]) -> None:
    report["findings"] = {"0": report["findings"]}


def _version(report: dict[str, Any]) -> None:
    report["schema_version"] = "2"


@pytest.mark.parametrize("tamper", [_no_head, _more, _verdict, _types, _version])
def test_what_is_no_report_is_refused(poisoned: Scene, tamper: Change) -> None:
    path = poisoned.folder / "report/report.json"
    report = json.loads(path.read_bytes())
    tamper(report)
    path.write_text(json.dumps(report))
    status, said, outputs, summary = spoken(poisoned, path.parent)
    assert status != 0
    assert "report.json" in said
    assert (outputs, summary) == ("", "")


@pytest.mark.parametrize(
    "data", [b"", b"[" * 1_000_000, b'{"a":' * 100_000, b"\xff" * 100, b"null", b"1e999999"]
)
def test_bytes_that_are_no_report_are_refused(poisoned: Scene, data: bytes) -> None:
    path = poisoned.folder / "report/report.json"
    path.write_bytes(data)
    status, _, outputs, summary = spoken(poisoned, path.parent)
    assert (status, outputs, summary) == (3, "", "")


@pytest.mark.parametrize("target", ["/proc/self/environ", "/etc/passwd", "{secret}", "/dev/zero"])
def test_a_link_in_place_of_the_report_shows_nothing(poisoned: Scene, target: str) -> None:
    path = poisoned.folder / "report/report.json"
    path.unlink()
    path.symlink_to(target.format(secret=poisoned.secret))
    status, _, outputs, summary = spoken(poisoned, path.parent)
    assert (status, outputs, summary) == (3, "", "")


def test_a_link_to_another_report_is_not_followed(poisoned: Scene) -> None:
    """A valid one, which would speak for this run."""
    path = poisoned.folder / "report/report.json"
    path.rename(poisoned.folder / "another.json")
    path.symlink_to(poisoned.folder / "another.json")
    status, said, outputs, summary = spoken(poisoned, path.parent)
    assert (status, outputs, summary) == (3, "", "")
    assert "report.json" in said


def test_a_link_in_place_of_the_sbom_is_not_passed_on(poisoned: Scene) -> None:
    """An output that names it would be uploaded by the next step, and followed."""
    folder = poisoned.folder / "report"
    for name in ("sbom.cdx.json", "results.sarif"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(poisoned.secret)
    _, _, outputs, _ = spoken(poisoned, folder)
    assert os.fspath(folder / "sbom.cdx.json") not in outputs
    assert os.fspath(folder / "results.sarif") not in outputs
