"""The software and the container images of both sides of a change: asked for, read together, read once."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from scanner.evidence import Evidence
from scanner.exchange import Requests
from scanner.sbom.feeders import syft
from scanner.sbom.part import Part
from scanner.sbom.software import Software
from scanner.scan import images, software
from scanner.scan.asking import Asking
from scanner.scan.kept import Kept
from scanner.scan.work import TASK
from scanner.scan.workshop import Workshop
from scanner.worker import Crew
from tests.scan.samples import PACKAGE_LOCK
from tests.support import Repo, modelward

Answer = TypeVar("Answer")
Both = tuple[Software | None, Software | None]


class Counted:
    """The real syft, and how often it was started."""

    def __init__(self, folder: Path) -> None:
        real = syft.locate(None)
        assert real
        self._starts = folder / "starts"
        self._starts.write_text("")
        self.path = folder / "syft"
        self.path.write_text(f'#!/bin/sh\necho x >> {self._starts}\nexec {real} "$@"\n')
        self.path.chmod(self.path.stat().st_mode | stat.S_IXUSR)

    @property
    def starts(self) -> int:
        """How often it was started."""
        return len(self._starts.read_text().split())


@pytest.fixture
def counted(tmp_path: Path) -> Counted:
    folder = tmp_path / "bin"
    folder.mkdir()
    return Counted(folder)


def rounds(repo: Repo, tmp_path: Path, step: Callable[[Evidence, Asking], Answer]) -> list[Answer]:
    """What ``step`` gives in each round, until it asks for nothing."""
    evidence, wanted = tmp_path / "evidence", tmp_path / "requests.json"
    words: list[str | Path] = ["collect", "--repo", repo.path, "--base", "main", "--evidence", evidence]
    answers: list[Answer] = []
    while len(answers) < 5:
        ran = modelward(*words, *(("--requests", wanted) if answers else ()))
        assert ran.status == 0, ran.err
        opened = Evidence.open(evidence)
        asking = Asking(opened.manifest)
        answers.append(step(opened, asking))
        if not asking.requests:
            return answers
        wanted.write_text(Requests(requests=asking.requests).model_dump_json())
    raise AssertionError("it never stops asking")


def reader(kept: Kept, binary: Path | None) -> Callable[[Evidence, Asking], Both]:
    """What reads both sides, with that syft."""
    return lambda evidence, asking: software.head_and_base(
        evidence, asking, kept, str(binary) if binary else None
    )


def purls(found: Software | None) -> list[str | None]:
    assert found
    return [component.purl for component in found.components]


def main_with(repo: Repo, files: dict[str | bytes, bytes]) -> None:
    """Commit ``files`` on main, and begin the branch there."""
    repo.git("checkout", "--quiet", "main")
    repo.commit(files)
    repo.git("checkout", "--quiet", "-B", "change")


def test_an_unchanged_tree_is_read_once_for_both_sides(repo: Repo, tmp_path: Path, counted: Counted) -> None:
    main_with(repo, {"requirements.txt": b"-r more/base.in\n", "more/base.in": b"numpy==1.26.4\n"})
    repo.commit({"README.md": b"# y\n"})
    kept = Kept(tmp_path / "kept")

    *waiting, (head, base) = rounds(repo, tmp_path, reader(kept, counted.path))
    assert waiting == [(None, None), (None, None)]  # the file, then what it includes
    assert purls(head) == ["pkg:pypi/numpy@1.26.4"]
    assert head == base
    assert counted.starts == 1


def test_a_later_round_reads_nothing_again(repo: Repo, tmp_path: Path, counted: Counted) -> None:
    main_with(repo, {"package-lock.json": PACKAGE_LOCK})
    kept = Kept(tmp_path / "kept")
    first, second = (rounds(repo, tmp_path, reader(kept, counted.path))[-1] for _ in range(2))
    assert first == second
    assert counted.starts == 1


def test_both_sides_of_a_changed_tree_are_read(repo: Repo, tmp_path: Path, counted: Counted) -> None:
    main_with(repo, {"requirements.txt": b"numpy==1.0\n"})
    repo.commit({"requirements.txt": b"numpy==2.0\n"})
    kept = Kept(tmp_path / "kept")
    (both,) = rounds(repo, tmp_path, reader(kept, counted.path))
    assert [purls(each) for each in both] == [["pkg:pypi/numpy@2.0"], ["pkg:pypi/numpy@1.0"]]
    assert counted.starts == 2


def test_another_syft_is_asked_again(repo: Repo, tmp_path: Path, counted: Counted) -> None:
    repo.commit({"package-lock.json": PACKAGE_LOCK})
    kept = Kept(tmp_path / "kept")
    ((without, _),) = rounds(repo, tmp_path, reader(kept, None))
    ((found, base),) = rounds(repo, tmp_path, reader(kept, counted.path))
    assert without
    assert without.components == ()
    assert not without.complete
    assert purls(found)[0] == "pkg:npm/left-pad@1.3.0"
    assert base == Software()


def test_a_file_that_is_too_large_is_a_gap(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"uv.lock": b"#" * ((16 << 20) + 1)})
    kept = Kept(tmp_path / "kept")
    (head, _) = rounds(repo, tmp_path, reader(kept, None))[-1]
    assert head
    assert [warning.partition(" is")[0] for warning in head.warnings] == ["uv.lock"]


def test_images_of_both_sides_are_found_also_in_files_that_did_not_change(repo: Repo, tmp_path: Path) -> None:
    main_with(
        repo, {"Dockerfile": b"FROM python:3.11\n", "compose.yaml": b"services: {db: {image: redis}}\n"}
    )
    repo.commit({"Dockerfile": b"ARG X\nFROM $X\nFROM alpine\n", "huge/Dockerfile": b"#" * ((1 << 20) + 1)})
    with Crew(TASK, parallel=1) as crew:
        workshop = Workshop(Kept(tmp_path / "kept"), crew)
        answers = rounds(
            repo, tmp_path, lambda evidence, asking: images.head_and_base(evidence, asking, workshop)
        )
    assert answers[0] == (None, None)
    head, base = answers[-1]

    def named(part: Part | None) -> list[str | None]:
        assert part
        return [component.purl for component in part.components]

    assert named(head) == ["pkg:docker/alpine", "pkg:docker/redis"]
    assert named(base) == ["pkg:docker/python@3.11", "pkg:docker/redis"]
    assert head
    assert head.gaps == (
        "huge/Dockerfile is larger than 1048576 bytes; its images were not read",
        "Dockerfile:2 names an image by a variable that has no value there, so it is not known",
    )


def test_without_a_base_there_is_one_side(repo: Repo, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    assert modelward("collect", "--repo", repo.path, "--all", "--evidence", evidence).status == 0
    opened = Evidence.open(evidence)
    assert software.head_and_base(opened, Asking(opened.manifest), Kept(tmp_path / "k"), None)[1] is None
