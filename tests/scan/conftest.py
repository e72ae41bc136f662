"""A repository with a base to compare with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scan.samples import WEIGHTS
from tests.support import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """On ``main`` a text and a model; the branch ``change`` is checked out."""
    made = Repo.make(tmp_path / "repo")
    made.commit({"README.md": b"# x\n", "models/old.safetensors": WEIGHTS})
    made.branch("change")
    return made
