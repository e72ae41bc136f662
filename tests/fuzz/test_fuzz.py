"""The corpus through every target, some thousand changed inputs, and the watch itself."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from scanner.inspect.interface import Subject
from scanner.inspect.look import HANDLERS
from scanner.worker import Died, Done, Limits, run
from tests.fuzz.corpus import FOLDER, named, stored
from tests.fuzz.guard import READ_FREELY, Violation, counted, guarded
from tests.fuzz.mutate import LARGEST, made
from tests.fuzz.seeds import seeds_for
from tests.fuzz.targets import TARGETS, Target, check

ROOT = Path(__file__).resolve().parents[2]
SHARES = 4
RUNS = 40
"""Changed inputs of each target: some four thousand in all."""


def fuzz(way: str, targets: list[str], crashes: Path, *more: str) -> str:
    """What ``python -m tests.fuzz`` says, in a process of its own; it must come to a good end."""
    chosen = [argument for target in targets for argument in ("--target", target)]
    command = [sys.executable, "-m", "tests.fuzz", way, *chosen, "--crashes", str(crashes), *more]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    assert not crashes.exists()
    return ended.stdout


@pytest.mark.parametrize("share", range(SHARES))
def test_the_seeds_and_the_corpus(share: int, tmp_path: Path) -> None:
    targets = sorted(TARGETS)[share::SHARES]
    told = fuzz("replay", targets, tmp_path / "crashes")
    assert [line.split()[0] for line in told.splitlines()] == targets


@pytest.mark.parametrize("share", range(SHARES))
def test_changed_inputs(share: int, tmp_path: Path) -> None:
    targets = sorted(TARGETS)[share::SHARES]
    told = fuzz("run", targets, tmp_path / "crashes", "--runs", str(RUNS), "--seed", "5")
    assert all(f" {RUNS} inputs" in line for line in told.splitlines())


def test_every_format_that_somebody_looks_at_is_a_target() -> None:
    assert {f"as-{name}" for name in HANDLERS} < TARGETS.keys()


def test_the_corpus_is_small_and_of_targets() -> None:
    paths = list(FOLDER.iterdir())
    assert {path.stem for path in paths} <= {*TARGETS, "contained"}
    assert sum(path.stat().st_size for path in paths) < 1 << 20
    for target in TARGETS:
        for name, data in stored(target).items():
            assert len(data) <= LARGEST
            assert name == named(data) or not name[:1].isdigit()


def test_an_input_is_the_same_each_time_and_another_for_another_number() -> None:
    inputs = [made("look", 1, number) for number in range(50)]
    assert inputs == [made("look", 1, number) for number in range(50)]
    assert len(set(inputs)) > 40
    assert all(len(data) <= LARGEST for data in inputs)


def test_seeds_of_a_format_are_of_that_format() -> None:
    own, _ = seeds_for("as-gguf")
    assert own
    assert all(data.startswith(b"GGUF") for data in own)


def swallowing(act: Callable[[], object]) -> Target:
    """A parser that does something and hides that it failed."""

    def run(_: bytes) -> None:
        try:
            act()
        except Exception:
            return

    return Target(run, "any")


@pytest.mark.parametrize(
    "act",
    [
        lambda: Path("/etc/hostname").read_bytes(),
        lambda: socket.create_connection(("127.0.0.1", 9), 1),
        lambda: subprocess.run(["true"], check=False),
        lambda: os.system("true"),
        lambda: exec("1 + 1"),
        lambda: __import__("wave_of_nowhere"),
        lambda: os.remove("/nonexistent"),
    ],
    ids=["open", "connect", "process", "shell", "code", "import", "remove"],
)
def test_what_no_parser_may_do_is_seen(act: Callable[[], object]) -> None:
    with pytest.raises(Violation):
        check(swallowing(act), b"")


def test_after_a_target_everything_is_allowed_again() -> None:
    with guarded():
        pass
    assert Path(__file__).read_bytes()


def test_reading_without_end_is_seen() -> None:
    stream = counted(bytes(1 << 20))

    def forever(_: bytes) -> None:
        while True:
            stream.at(0, 1 << 20)

    assert READ_FREELY
    with pytest.raises(Violation, match="times the input was read"):
        check(Target(forever, "any"), b"")


def test_a_gap_that_only_names_an_exception_is_a_defect() -> None:
    from tests.fuzz.targets import _foreseen

    _foreseen([{"detail": "the member cannot be read: it is encrypted"}])
    with pytest.raises(Violation):
        _foreseen([{"detail": "a zip archive cannot be read (KeyError)"}])
    with pytest.raises(Violation):
        _foreseen(["x.py: the search failed (IndexError); only explicit addresses were searched"])


def test_a_hang_of_the_hdf5_library_ends_with_the_worker(tmp_path: Path) -> None:
    """The C library reads an attribute for ever, and no Python runs meanwhile that could stop it."""
    data = stored("contained")["hdf5-endless"]
    path = tmp_path / "model.h5"
    path.write_bytes(data)
    job = asdict(Subject("model.h5", str(path), len(data), [(0, len(data))]))
    (outcome,) = run("scanner.inspect.look:look", [job], Limits(memory=3 << 30, cpu=3, wall=60))
    assert outcome == Died("it used more than 3 s of processor time")


def test_a_mapping_with_very_many_keys_is_searched_in_one_pass(tmp_path: Path) -> None:
    """Each key once looked at all others: minutes for 200 KB, which now take a second."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"args: [x, y]\n" * 15_000)
    job = {"path": "x.yaml", "data": str(path)}
    (outcome,) = run("scanner.discover.find:find", [job], Limits(memory=3 << 30, cpu=20, wall=180))
    assert isinstance(outcome, Done)
