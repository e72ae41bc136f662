"""The forge that the tests of runners use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collect.forge import Forge, forge


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Forge]:
    with forge(tmp_path) as made:
        yield made
