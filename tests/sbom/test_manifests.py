"""Which files are dependency manifests, and what is said of those that nobody reads."""

from __future__ import annotations

import pytest

from scanner.sbom import manifests


def test_wanted_names_the_manifests_of_the_repository_itself() -> None:
    paths = [
        "README.md",
        "requirements.txt",
        "docs/requirements-dev.txt",
        "requirements/base.txt",
        "notes/base.txt",
        "web/package-lock.json",
        "web/node_modules/left-pad/package-lock.json",
        "app/poetry.lock",
        "app/pyproject.toml",
        "other/pyproject.toml",
        "svc/go.mod",
        "svc/go.sum",
        "lone/go.sum",
        "lock/pylock.toml",
        "lock/pylock.dev.toml",
        "lock/other.toml",
    ]
    assert manifests.wanted(paths) == [
        "app/poetry.lock",
        "app/pyproject.toml",
        "docs/requirements-dev.txt",
        "lock/pylock.dev.toml",
        "lock/pylock.toml",
        "requirements.txt",
        "requirements/base.txt",
        "svc/go.mod",
        "svc/go.sum",
        "web/package-lock.json",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "requirements.txt",
        "a/uv.lock",
        "environment.yml",
        "package.json",
        "setup.py",
        "docker/Dockerfile.gpu",
        "train.dockerfile",
        "Containerfile",
        "docker-compose.prod.yml",
        "compose.yaml",
    ],
)
def test_a_change_of_a_manifest_touches_the_sbom(path: str) -> None:
    assert manifests.touches(["README.md", path])


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "uv.lock/readme",
        "notes.txt",
        "poetry.lock.bak",
        "Poetry.lock",
        "pylock.txt",
        "compose.py",
        "node_modules/a/Dockerfile",
    ],
)
def test_a_change_of_anything_else_does_not(path: str) -> None:
    assert not manifests.touches([path])


def test_the_number_of_manifests_is_bounded_and_the_rest_is_said() -> None:
    paths = [f"deep/er/{number}/uv.lock" for number in range(manifests.MAX_FILES)] + ["uv.lock"]
    wanted = manifests.wanted(paths)
    assert len(wanted) == manifests.MAX_FILES
    assert "uv.lock" in wanted
    assert manifests.gaps(paths) == ["1 dependency manifests were left out: more than 400"]


def test_depth_is_bounded_and_said() -> None:
    deep = "a/" * manifests.MAX_DEPTH + "uv.lock"
    assert manifests.wanted([deep]) == []
    assert manifests.gaps([deep]) == [f"{deep} was left out: more than 16 folders deep"]


@pytest.mark.parametrize(
    ("paths", "unread"),
    [
        (["environment.yml"], "environment.yml"),
        (["web/package.json"], "web/package.json"),
        (["pyproject.toml", "web/package-lock.json"], "pyproject.toml"),
        (["app/pyproject.toml", "docs/requirements.txt"], "app/pyproject.toml"),
    ],
)
def test_a_manifest_that_nobody_reads_is_a_gap(paths: list[str], unread: str) -> None:
    (gap,) = manifests.gaps(paths)
    assert gap.startswith(f"{unread} was not read")


@pytest.mark.parametrize(
    "paths",
    [
        ["package.json", "package-lock.json"],
        ["packages/a/package.json", "package-lock.json"],
        ["pyproject.toml", "uv.lock"],
        ["setup.py", "requirements.txt"],
        ["web/node_modules/a/package.json"],
    ],
)
def test_a_lock_beside_or_above_covers_it(paths: list[str]) -> None:
    assert manifests.gaps(paths) == []


def test_many_gaps_are_named_in_one_line() -> None:
    (gap,) = manifests.gaps([f"p{number}/setup.py" for number in range(9)])
    assert gap.startswith(
        "p0/setup.py, p1/setup.py, p2/setup.py, p3/setup.py, p4/setup.py and 4 more were not read"
    )
