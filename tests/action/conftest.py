"""The image under test, images made from it, and a forge for the whole action."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.action.stage import Stage, stage


def docker(*arguments: str) -> str:
    """What a docker command prints; one that fails fails the test."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="session")
def image() -> str:
    """The image that MODELWARD_TEST_IMAGE names; .ci/run and docs/image.md build it."""
    name = os.environ.get("MODELWARD_TEST_IMAGE")
    if not name:
        pytest.skip("MODELWARD_TEST_IMAGE names no image; docs/image.md says how to build one")
    docker("image", "inspect", name)
    return name


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as made:
        yield made
