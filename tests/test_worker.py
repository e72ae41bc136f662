"""The door to hostile bytes: what a task may not do, and who is blamed when a worker dies."""

from __future__ import annotations

import os

import pytest

from scanner import worker
from scanner.worker import PARSER, Died, Done, Limits, run

TASKS = "tests.worker_tasks"
SMALL = Limits(memory=512 << 20, cpu=1, wall=30)


def test_outcomes_come_in_the_order_of_the_jobs() -> None:
    jobs = [{"number": number} for number in range(300)]
    assert run(f"{TASKS}:echo", jobs, parallel=2) == [Done(job) for job in jobs]


def test_no_jobs_start_no_worker() -> None:
    assert run("no.such:task", []) == []


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("exit", "status 7"),
        ("kill", "SIGKILL"),
        ("segfault", "SIGSEGV"),
        ("memory", "MiB of memory"),
        ("spin", "processor time"),
        ("garble", "not JSON"),
        ("raise", "status 1"),
    ],
)
def test_a_worker_that_dies_blames_its_job_and_no_other(deed: str, reason: str) -> None:
    jobs = ["fine", deed, "fine"]
    outcomes = run(f"{TASKS}:do", jobs, SMALL, parallel=2)
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job == "fine":
            assert outcome == Done("fine")
        else:
            assert isinstance(outcome, Died)
            assert reason in outcome.reason


def test_a_worker_that_hangs_is_ended() -> None:
    hanging, fine = run(f"{TASKS}:do", ["hang", "fine"], Limits(memory=512 << 20, cpu=5, wall=1), parallel=1)
    assert hanging == Died("it took longer than 1 s")
    assert fine == Done("fine")


def test_each_job_has_its_own_processor_time() -> None:
    """Three jobs that together use more than one may: none is ended."""
    jobs = ["work"] * 3
    assert (
        run(f"{TASKS}:do", jobs, Limits(memory=512 << 20, cpu=1, wall=60), parallel=1) == [Done("fine")] * 3
    )


def test_a_task_sees_nothing_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token")
    monkeypatch.setenv("PYTHONPATH", "/nonexistent/shadow")
    (outcome,) = run(f"{TASKS}:surroundings", [None])
    assert isinstance(outcome, Done)
    seen = outcome.value
    assert seen["environment"] == worker.environment()
    assert seen["cwd"] == "/"
    assert seen["isolated"]
    assert "" not in seen["path"]
    assert "/nonexistent/shadow" not in seen["path"]


def test_a_task_can_write_no_file_and_open_few() -> None:
    (outcome,) = run(f"{TASKS}:reach", [None], PARSER)
    assert isinstance(outcome, Done)
    assert outcome.value["wrote"] == 0
    assert outcome.value["opened"] < 64


def test_what_a_task_prints_is_not_taken_for_its_answer() -> None:
    assert run(f"{TASKS}:chatter", ["x"]) == [Done("answer to x")]


def test_workers_do_not_outlive_the_call() -> None:
    (outcome,) = run(f"{TASKS}:own_pid", [None])
    assert isinstance(outcome, Done)
    with pytest.raises(ProcessLookupError):
        os.kill(outcome.value, 0)
