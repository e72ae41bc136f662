"""What the image is, and what a phase can see and do in its container."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.action.conftest import docker
from tests.action.harness import Job
from tests.action.stage import HOSTILE, Stage, derived, runners
from tests.support import ROOT

pytestmark = pytest.mark.docker

MOST = 200_000_000
"""Bytes of the compressed image."""
USER = 65532


def inside(image: str, script: str, *options: str) -> str:
    return docker(
        "run",
        "--rm",
        "--network",
        "none",
        "--read-only",
        *options,
        "--entrypoint",
        "/bin/sh",
        image,
        "-c",
        script,
    )


def test_the_image_says_what_it_is_and_is_nobody(image: str) -> None:
    (told,) = json.loads(docker("image", "inspect", image))
    config = told["Config"]
    assert config["User"] == f"{USER}:{USER}"
    assert config["Entrypoint"] == ["/opt/modelward/venv/bin/python", "-I", "/opt/modelward/entrypoint.py"]
    for name in ("title", "description", "licenses", "source", "version", "revision"):
        assert config["Labels"][f"org.opencontainers.image.{name}"]


def test_the_image_holds_no_compiler_and_no_installer_of_wheels(image: str) -> None:
    script = (
        "for name in gcc cc c++ clang make ld; do command -v $name; done; ls /opt/modelward/venv/bin; true"
    )
    found = inside(image, script).splitlines()
    assert not {Path(line).name for line in found} & {"gcc", "cc", "c++", "clang", "make", "ld", "pip"}


def test_the_program_runs_as_anybody_on_a_read_only_root(image: str) -> None:
    for user in ("65532:65532", "1001:118"):
        told = docker("run", "--rm", "--network", "none", "--read-only", "--user", user, image, "--version")
        assert told.startswith("modelward, version ")
        assert inside(image, "syft --version && git --version", "--user", user).startswith("syft ")


def test_every_module_is_compiled_for_those_who_cannot_write(image: str) -> None:
    script = (
        "import pathlib\n"
        "for path in pathlib.Path('/opt/modelward').rglob('*.py'):\n"
        "    (compiled,) = path.parent.glob(f'__pycache__/{path.stem}.cpython-*.pyc')\n"
        "    assert compiled.read_bytes()[4:8] == b'\\1\\0\\0\\0', path\n"  # by content, never checked
        "    print(path)\n"
    )
    python = ("--entrypoint", "/opt/modelward/venv/bin/python", image, "-I", "-c", script)
    found = docker("run", "--rm", "--network", "none", *python).splitlines()
    assert "/opt/modelward/scanner/worker.py" in found
    assert len(found) > 1000


def test_the_image_weighs_what_it_may(image: str) -> None:
    class Scale:
        weight = 0

        def write(self, data: bytes) -> int:
            self.weight += len(data)
            return len(data)

    scale = Scale()
    with (
        subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as save,
        gzip.GzipFile(fileobj=scale, mode="wb", compresslevel=1) as packed,  # type: ignore[call-overload]
    ):
        assert save.stdout
        while chunk := save.stdout.read(1 << 20):
            packed.write(chunk)
    assert save.returncode == 0
    assert 50_000_000 < scale.weight < MOST


def test_building_again_makes_the_same_layers(image: str) -> None:
    """But for the one in which Debian's packages are installed: its times are the release's business."""
    bases = [name for name in ("BASE_IMAGE", "BUILD_IMAGE") if os.environ.get(name)]
    if not bases:
        pytest.skip("BASE_IMAGE names no image to build from; docs/image.md says how to make one")
    arguments = [word for name in bases for word in ("--build-arg", name)]
    again = docker("build", "--quiet", "--no-cache", "--network", "host", *arguments, str(ROOT))
    try:
        first, second = (
            json.loads(docker("image", "inspect", each))[0]["RootFS"]["Layers"] for each in (image, again)
        )
        assert first[-3:] == second[-3:]
    finally:
        docker("rmi", again)


@pytest.fixture(params=runners(), ids=["as we are", "as somebody else"][: len(runners())])
def probed(
    scene: Stage, image: str, tmp_path: Path, request: pytest.FixtureRequest
) -> tuple[Job, dict[str, Any]]:
    """A run of the action whose phases say what they see; the facts by phase."""
    scene.runner.user = request.param
    program = (ROOT / "tests/action/probe.py").read_text()
    address = scene.proxy.url.removeprefix("http://")
    scene.runner.env = {**scene.runner.env, "HTTPS_PROXY": "http://user:canary-of-a-proxy@127.0.0.1:9"}
    with derived(image, tmp_path / "context", program, {"probe.address": address}) as scene.image:
        base, head = scene.propose({"models/a.pt": HOSTILE})
        job = scene.pull_request(base, head, {"config-token": "canary-of-the-policy"})
    found = re.findall(r"^PROBE (\w+) (.*)$", job.log, re.MULTILINE)
    return job, {phase: json.loads(facts) for phase, facts in found}


def test_what_each_phase_can_see_and_do(probed: tuple[Job, dict[str, Any]]) -> None:
    job, facts = probed
    assert facts.keys() == {"collect", "scan", "publish", "gate"}, job.log
    for phase in facts.values():
        assert phase["uid"] != 0
        assert phase["gid"] != 0
        assert set(phase["capabilities"]) == {"0"}
        assert phase["no_new_privileges"] == "1"
        assert phase["engine"] == []
    scan = facts["scan"]
    # No network, though the probe works: collect has one.
    assert (scan["interfaces"], scan["reaches"]) == (["lo"], False)
    assert facts["collect"]["reaches"]
    assert facts["publish"]["reaches"]
    assert not facts["gate"]["reaches"]
    # No secrets, no inputs, and nothing of the event.
    told = {phase: facts[phase]["environments"] for phase in facts}
    secrets = ("ghs_test", "canary-of-the-policy", "canary-of-a-proxy")
    assert [secret in told["collect"] for secret in secrets] == [True, True, True]
    assert [secret in told["publish"] for secret in secrets] == [True, False, True]
    assert not any(secret in told[phase] for secret in secrets for phase in ("scan", "gate"))
    assert not re.search(r"^(INPUT|GITHUB|RUNNER|ACTIONS)_", told["scan"], re.MULTILINE)
    # Nothing can be written but what it is there to write; message queues are the container's own.
    can = {phase: [path for path in facts[phase]["writable"] if path != "/dev/mqueue"] for phase in facts}
    assert can["scan"] == ["/report", "/tmp"]
    assert [path for path in can["collect"] if not path.startswith("/evidence/")] == ["/evidence", "/tmp"]
    assert can["publish"] == ["/said", "/said/output", "/said/summary", "/tmp"]
    assert can["gate"] == ["/tmp"]


TAKEN = """
import os, sys
if sys.argv[1] == "scan":
    {deed}
    sys.stdout.flush()
os.execv(sys.executable, [sys.executable, "-I", "/opt/modelward/entrypoint.py", *sys.argv[1:]])
"""


def test_a_link_in_the_report_is_not_followed_out_of_it(scene: Stage, image: str, tmp_path: Path) -> None:
    program = TAKEN.format(deed="os.symlink('/etc/passwd', '/report/notes.txt')")
    with derived(image, tmp_path / "context", program) as scene.image:
        base, head = scene.propose({"models/a.pt": HOSTILE})
        job = scene.pull_request(base, head)
    assert job.failed
    assert not scene.runner.artifacts
    assert "nothing of it is used" in job.steps["rounds"].commands[-1].data


def test_nothing_that_scan_prints_is_a_command(scene: Stage, image: str, tmp_path: Path) -> None:
    said = "'::error::out\\n##[warning]out\\n::stop-commands::x\\n::set-output name=verdict::pass'"
    deed = f"sys.stdout.write({said}); sys.stderr.write({said}); sys.stderr.flush()"
    with derived(image, tmp_path / "context", TAKEN.format(deed=deed)) as scene.image:
        base, head = scene.propose({"models/a.pt": HOSTILE})
        job = scene.pull_request(base, head)
    assert "##[warning]out" in job.steps["rounds"].log
    assert job.steps["rounds"].commands == []
    assert job.outputs["verdict"] == "fail"


def test_a_scan_that_ends_without_a_report_is_red_and_says_so(
    scene: Stage, image: str, tmp_path: Path
) -> None:
    with derived(image, tmp_path / "context", TAKEN.format(deed="os._exit(9)")) as scene.image:
        base, head = scene.propose({"models/a.pt": HOSTILE})
        job = scene.pull_request(base, head)
    assert job.failed
    (error,) = job.steps["rounds"].commands
    assert error.data.startswith("scan left no report (status 9)")
    assert not scene.runner.artifacts
