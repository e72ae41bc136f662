"""Bad input: each ends with a clear line and a whole report."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.scan.samples import BENIGN, EVIL, REQUIREMENTS, WEIGHTS
from tests.support import ENTRYPOINT, Repo, modelward, run


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"fail-on-severty: high\n", 'modelward.yml:1:1: unknown key "fail-on-severty"'),
        (b"fail-on-severity: high\nrules:\n  pickle-dangerous-imprt: off\n", "pickle-dangerous-import"),
        (b"a: &a [x]\nb: [*a, *a]\n", "anchors are not allowed"),
        (b"\xff\xfe\x00", "modelward.yml:1"),
        (b"[" * 10_000, "modelward.yml:1"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_a_clear_error(
    repo: Repo, tmp_path: Path, text: bytes, said: str
) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({".github/modelward.yml": text})
    repo.branch("next")
    repo.commit({"m.pkl": BENIGN})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert ran.report["verdict"] == "incomplete"
    assert any(said in reason for reason in ran.report["reasons"])


def test_a_base_that_is_not_there_is_no_clean_report(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"m.safetensors": WEIGHTS})
    ran = run(repo, tmp_path / "report", "--base", "f" * 40)
    assert (ran.status, ran.report["verdict"]) == (3, "incomplete")
    assert ran.artifact("m.safetensors")["status"] == "scanned"
    assert "the base commit" in {gap["subject"] for gap in ran.report["incomplete"]}
    repo.commit({"m.pkl": EVIL})
    assert run(repo, tmp_path / "report", "--base", "f" * 40).status == 1


def test_no_git_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    ran = modelward("run", "--repo", folder, output=tmp_path / "report")
    assert ran.status == 2
    assert "not in a git repository" in ran.err
    assert ran.report["verdict"] == "incomplete"
    repo = Repo.make(tmp_path / "repo")
    repo.commit({"a": b""})
    empty = tmp_path / "bin"
    empty.mkdir()
    ran = run(repo, tmp_path / "report", "--all", env={"PATH": str(empty)})
    assert ran.status == 2
    assert "git was not found" in ran.err


def test_files_in_the_tree_cannot_steer_the_program(repo: Repo, tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    code = f"open({str(marker)!r}, 'w').close()\n".encode()
    hostile: dict[str | bytes, bytes] = {
        f"{name}.py": code
        for name in ("json", "sitecustomize", "usercustomize", "modelscan", "pydantic", "pickle")
    }
    hostile["modelscan-settings.toml"] = b"[unsafe_globals]\n"
    hostile[".syft.yaml"] = b"exclude: ['**']\nselect-catalogers: [none]\n"
    repo.commit({**hostile, "m.pkl": EVIL, "requirements.txt": REQUIREMENTS})
    ran = modelward(
        "run",
        "--base",
        "main",
        cwd=repo.path,
        output=tmp_path / "report",
        env={"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert ran.status == 1
    assert "pickle-dangerous-import" in ran.rules("m.pkl")
    assert b"pkg:pypi/requests@2.32.0" in (ran.output / "sbom.cdx.json").read_bytes()
    assert not marker.exists()


def test_a_file_that_kills_its_worker_is_told_and_spares_the_others(repo: Repo, tmp_path: Path) -> None:
    """A pickle that makes its reader hold far more than the worker may."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\0" * (256 << 20))
        archive.writestr("archive/version", b"3\n")
    repo.commit({"bomb.pt": bomb.getvalue(), "m.pkl": EVIL, "w.safetensors": WEIGHTS})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert ran.status == 1
    assert ran.artifact("bomb.pt")["status"] == "incomplete"
    assert "hostile" in {gap["cause"] for gap in ran.report["incomplete"] if gap["artifact"] == "git:bomb.pt"}
    assert ran.artifact("w.safetensors")["status"] == "scanned"
    assert "pickle-dangerous-import" in ran.rules("m.pkl")


def test_truncated_archives_are_incomplete(repo: Repo, tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("archive/data.pkl", BENIGN * 50)
    repo.commit({"cut.pt": whole.getvalue()[: len(whole.getvalue()) // 2]})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert (ran.status, ran.artifact("cut.pt")["status"]) == (1, "incomplete")
    assert "malformed-model" in ran.rules("cut.pt"), "what loads it anyway need not see what we see"


def test_a_full_disk_leaves_no_half_report(repo: Repo, tmp_path: Path) -> None:
    """A file size limit stands in for the full disk: writing fails in the middle of a document."""
    repo.commit({f"{number}.pkl": EVIL for number in range(40)})
    output = tmp_path / "report"
    assert run(repo, output, "--base", "main").status == 1
    done = subprocess.run(
        [
            sys.executable,
            str(ENTRYPOINT),
            "run",
            "--repo",
            str(repo.path),
            "--base",
            "main",
            "--output",
            str(output),
        ],
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
    )
    assert done.returncode == 4
    assert b"modelward: " in done.stderr
    assert b"Traceback" not in done.stderr
    left = {path.name for path in output.iterdir()}
    assert not any(name.startswith(".aside") for name in left)
    if "report.json" in left:
        assert json.loads((output / "report.json").read_bytes())["verdict"] == "incomplete"


def test_an_interrupted_run_leaves_no_report(repo: Repo, tmp_path: Path) -> None:
    """The signal comes while git is asked, which here is a program that waits for it."""
    repo.commit({"m.pkl": EVIL})
    git = tmp_path / "bin/git"
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\necho ready > '{tmp_path}/ready'\nexec sleep 60\n")
    git.chmod(0o755)
    os.mkfifo(tmp_path / "ready")
    output = tmp_path / "report"
    output.mkdir()
    (output / "report.json").write_text('{"verdict": "pass"}')  # of an earlier run
    process = subprocess.Popen(
        [
            sys.executable,
            str(ENTRYPOINT),
            "run",
            "--repo",
            str(repo.path),
            "--base",
            "main",
            "--output",
            str(output),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PATH": f"{git.parent}:/usr/bin:/bin"},
        start_new_session=True,
    )
    (tmp_path / "ready").read_text()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"interrupted" in err
    assert b"Traceback" not in err
    assert not (output / "report.json").exists()
