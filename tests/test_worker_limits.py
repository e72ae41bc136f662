"""What the limits of a worker stop, for whoever runs it: root, and a user who may nothing.

Each deed is done twice: under the limit, and with nothing but that limit loosened. So a limit that does not
bind is seen, and so is one that something else reached first.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from scanner.worker import Limits

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534
SMALL = Limits(memory=256 << 20, cpu=1, wall=60)

_DRIVER = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
from scanner.worker import Limits, run
order = json.loads(sys.argv[2])
for name, most in order["granted"].items():
    resource.setrlimit(getattr(resource, name), (most, most))
(outcome,) = run("tests.worker_tasks:attempt", [order["deed"]], Limits(**order["limits"]), parallel=1)
print(json.dumps(getattr(outcome, "value", None) or "died: " + outcome.reason))
"""

LIMITED = {
    "memory": ("allocate", {}, "died: it needed more than 256 MiB of memory", {"memory": 1 << 30}),
    "processor time": ("compute", {}, "died: it used more than 1 s of processor time", {"cpu": 60}),
    "wall clock": ("wait", {"wall": 1}, "died: it took longer than 1 s", {"wall": 60}),
    "open files": ("open", {}, "refused: OSError", {"open_files": 256}),
    "file size": ("write", {}, "refused: OSError", {"file_size": 1 << 20}),
    "processes": ("fork", {}, "refused: BlockingIOError", {"processes": -1}),
    "threads": ("thread", {}, "refused: RuntimeError", {"processes": -1}),
}


def interpreter_for_nobody() -> str:
    """A Python that a user without rights can run; or the test is skipped."""
    if os.getuid() != 0:
        pytest.skip("these tests run without privileges already")
    for place in (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3"):
        try:
            probe = subprocess.run(
                [place, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"],
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
                cwd="/",
                check=False,
            )
        except OSError:
            continue
        if probe.returncode == 0:
            return place
    pytest.skip("no Python of 3.11 or later that another user can run")


@pytest.fixture(scope="module")
def readable() -> Iterator[Path]:
    """The worker and its tasks where everybody may read them, wherever the checkout lies."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="modelward-worker-") as name:
        folder = Path(name)
        for path in ("scanner/__init__.py", "scanner/worker.py", "tests/worker_tasks.py"):
            (folder / path).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
        for each in (folder, *folder.rglob("*")):
            each.chmod(0o755)
        yield folder


@pytest.fixture(params=["caller", "nobody"])
def attempt(request: pytest.FixtureRequest, readable: Path) -> Any:
    """Attempts a deed in a worker, as the user of the tests or as one without rights."""
    who: dict[str, Any] = {}
    place = sys.executable
    if request.param == "nobody":
        place = interpreter_for_nobody()
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def attempt(deed: str, limits: Limits, granted: dict[str, int] | None = None) -> str:
        order = json.dumps({"deed": deed, "limits": asdict(limits), "granted": granted or {}})
        words = [place, "-I", "-c", _DRIVER, str(readable), order]
        answer = subprocess.run(words, stdout=subprocess.PIPE, check=True, cwd="/", env={}, **who)
        return str(json.loads(answer.stdout))

    attempt.root = os.getuid() == 0 and not who  # type: ignore[attr-defined]
    return attempt


@pytest.mark.parametrize("limit", LIMITED)
def test_a_limit_stops_what_needs_more(attempt: Any, limit: str) -> None:
    deed, tighter, stopped, looser = LIMITED[limit]
    bound = replace(SMALL, **tighter)
    if limit in ("processes", "threads") and attempt.root:
        # RLIMIT_NPROC does not bind root: what holds there is the container's own bound on processes.
        assert attempt(deed, bound) == "done"
        return
    assert attempt(deed, bound) == stopped
    assert attempt(deed, replace(bound, **looser)) == "done"


def test_recursion_ends_the_job_with_a_reason(attempt: Any) -> None:
    assert attempt("descend", SMALL) == "died: its content is nested too deeply"
    assert attempt("descend, allowed", SMALL) == "done"


def test_a_worker_starts_where_the_caller_has_less_to_give(attempt: Any) -> None:
    """Without privileges nobody can raise a limit again; what the caller has is then the limit."""
    granted = {"RLIMIT_NOFILE": 40, "RLIMIT_AS": 2 << 30, "RLIMIT_CPU": 600}
    assert (
        attempt("open", replace(SMALL, memory=8 << 30, cpu=6000, open_files=256), granted)
        == "refused: OSError"
    )
