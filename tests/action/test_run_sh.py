"""What run.sh takes from the folder that publish writes to; an engine of a few lines stands in for Docker."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.action.harness import outputs
from tests.support import ROOT

ENGINE = r"""#!/usr/bin/env bash
# `docker run` does what $DEED says, in the folder that is mounted as /said.
[[ $1 == run ]] || exit 0
for argument; do
    [[ $argument != *:/said ]] || cd -- "${argument%:/said}"
    [[ $argument != --env=* || ${argument#--env=} == *=* ]] || printenv "${argument#--env=}" >>"$TOLD"
done
eval "$DEED"
"""
HONEST = "echo verdict=pass >output; echo said >summary; echo {} >verdict.svr.json; echo x >subjects.sha256"


@dataclass(frozen=True)
class Ran:
    status: int
    log: str
    outputs: dict[str, str]
    summary: str
    told: list[str]


def published(folder: Path, deed: str) -> Ran:
    """run.sh publish, with a container that does ``deed``."""
    engine, work = folder / "bin" / "docker", folder / "work"
    for each in (engine.parent, work / "report", work / "said"):
        each.mkdir(parents=True)
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    for name in ("output", "summary", "told"):
        (folder / name).touch()
    env = {
        "PATH": f"{engine.parent}:{os.environ['PATH']}",
        "DEED": deed,
        "TOLD": str(folder / "told"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "MODELWARD_IMAGE": "image",
        "MODELWARD_WORK": str(work),
    }
    done = subprocess.run([ROOT / "run.sh", "publish"], env=env, capture_output=True, text=True, check=False)
    said = {name: (folder / name).read_text() for name in ("output", "summary", "told")}
    return Ran(
        done.returncode, done.stdout, outputs(said["output"]), said["summary"], said["told"].splitlines()
    )


def test_the_predicate_and_its_subjects_are_outputs_of_the_runner(tmp_path: Path) -> None:
    ran = published(tmp_path, HONEST)
    said = tmp_path / "work" / "said"
    assert (ran.status, ran.summary) == (0, "said\n")
    assert ran.outputs == {
        "verdict": "pass",
        "predicate": str(said / "verdict.svr.json"),
        "subjects": str(said / "subjects.sha256"),
    }
    assert {"/said", "/said/output", "/said/summary"} <= set(ran.told)
    assert not any(str(tmp_path / "output") in line for line in ran.told)  # never the runner's own files


def test_what_was_not_written_is_no_output(tmp_path: Path) -> None:
    ran = published(tmp_path, "echo verdict=fail >output; touch summary")
    assert ran.outputs == {"verdict": "fail"}


@pytest.mark.parametrize("name", ["output", "summary", "verdict.svr.json", "subjects.sha256"])
@pytest.mark.parametrize("how", ["ln -sf /etc/passwd {}", "mkfifo {}"])
def test_a_link_is_not_followed_and_a_pipe_not_waited_for(tmp_path: Path, name: str, how: str) -> None:
    ran = published(tmp_path, f"{HONEST}; rm {name}; {how.format(name)}")
    assert (ran.status, ran.outputs, ran.summary) == (4, {}, "")
    assert "nothing of it is used" in ran.log


def test_a_publish_that_fails_still_speaks_and_stays_failed(tmp_path: Path) -> None:
    ran = published(tmp_path, "echo verdict=fail >output; echo said >summary; exit 2")
    assert (ran.status, ran.outputs, ran.summary) == (2, {"verdict": "fail"}, "said\n")
