"""A tool that fails, hangs, floods or looks around: tiny real programs in its place."""

from __future__ import annotations

import os
import select
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.sbom.feeders.process import TOOL, Command, ToolError, run
from scanner.worker import Limits

SHORT = replace(TOOL, wall=1)


@pytest.fixture(name="script")
def _script(tmp_path: Path) -> Path:
    return tmp_path / "tool"


def _write(script: Path, body: str) -> tuple[str, ...]:
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return (str(script),)


def _one(words: tuple[str, ...], limits: Limits = TOOL, feed: bytes = b"") -> bytes | str:
    """The answer of one tool, or the reason that there is none."""
    (answer,) = run([Command(words, limits, feed)], output_limit=100_000)
    return str(answer) if isinstance(answer, ToolError) else answer


def test_standard_input_goes_in_and_standard_output_comes_out(script: Path) -> None:
    assert _one(_write(script, "cat; echo noise >&2"), feed=b"text") == b"text"


def test_answers_come_in_the_order_of_the_commands(tmp_path: Path) -> None:
    bodies = ["echo 0", "exit 1", "echo 2", "exit 3"]
    commands = [Command(_write(tmp_path / str(number), body), TOOL) for number, body in enumerate(bodies)]
    answers = run(commands, parallel=2)
    assert [str(answer) if isinstance(answer, ToolError) else answer for answer in answers] == [
        b"0\n",
        "it ended with status 1",
        b"2\n",
        "it ended with status 3",
    ]


def test_they_run_side_by_side(tmp_path: Path) -> None:
    # Each of the two waits for the other: one after the other they would wait for ever.
    pipes = [tmp_path / "there", tmp_path / "back"]
    for pipe in pipes:
        os.mkfifo(pipe)
    first = _write(tmp_path / "first", f"echo a > {pipes[0]}; cat {pipes[1]}")
    second = _write(tmp_path / "second", f"cat {pipes[0]}; echo b > {pipes[1]}")
    assert run([Command(first, TOOL), Command(second, TOOL)], parallel=2) == [b"b\n", b"a\n"]


def test_it_sees_no_environment_and_an_empty_folder_of_its_own(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    answer = _one(_write(script, 'env; echo "here=$(pwd)"; ls -A'))
    assert isinstance(answer, bytes)
    seen = answer.decode().splitlines()
    variables = dict(line.split("=", 1) for line in seen if "=" in line)
    assert "GITHUB_TOKEN" not in variables
    assert variables["here"] == variables["HOME"] == variables["TMPDIR"]
    assert not Path(variables["HOME"]).exists()
    assert [line for line in seen if "=" not in line] == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("exit 3", "it ended with status 3"),
        ("kill -9 $$", "it was ended by SIGKILL"),
        ("exec sleep 600", "it took longer than 1 s"),
        ("sleep 600 & exit 0", "it took longer than 1 s"),
        ("exec >&-; exec sleep 600", "it closed its output and did not end"),
        ("exec yes", "it wrote more than 100000 bytes"),
        ("while true; do :; done", "it was ended by SIGXCPU"),
    ],
)
def test_a_tool_that_gives_no_answer_is_named_for_it(script: Path, body: str, reason: str) -> None:
    limits = replace(TOOL, cpu=1) if "XCPU" in reason else SHORT
    assert _one(_write(script, body), limits) == reason


def test_what_it_started_ends_with_it(script: Path, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    assert _one(_write(script, f"sleep 600 & echo $! > {note}; wait"), SHORT) == "it took longer than 1 s"
    try:
        ended = os.pidfd_open(int(note.read_text()))
    except ProcessLookupError:
        return
    # Readable once the process has ended; what was killed may take a moment to go.
    assert select.select([ended], [], [], 60)[0]
    os.close(ended)


def test_it_cannot_write_more_than_its_limit(script: Path) -> None:
    limits = replace(TOOL, file_size=100_000)
    assert _one(_write(script, "exec head -c 200000 /dev/zero > big"), limits) == "it ended with status 1"


def test_a_tool_that_is_not_there(tmp_path: Path) -> None:
    assert _one((os.fspath(tmp_path / "nothing"),)) == "it ended with status 1"
