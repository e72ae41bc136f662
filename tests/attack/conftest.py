"""The scene, set anew for each attack."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attack.scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene.set(tmp_path)
