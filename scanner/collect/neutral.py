"""Git as we run it: a configuration of our own, and surroundings that add nothing to it."""

from __future__ import annotations

import os
import resource
import shutil
from contextlib import suppress
from pathlib import Path

from scanner.collect.errors import CollectError

_CONFIG = """[core]
\trepositoryformatversion = {version}
\tbare = true
\tfsmonitor = false
\thooksPath = /dev/null
\tattributesFile = /dev/null
\texcludesFile = /dev/null
\tquotePath = false
\tbigFileThreshold = 8m
\tpackedGitWindowSize = 16m
\tpackedGitLimit = 128m
\tdeltaBaseCacheLimit = 32m
[gc]
\tauto = 0
[diff]
\trenames = false
[protocol]
\tallow = never
"""


def own_config(*, sha256: bool) -> str:
    """The configuration of a bare repository that we made; ``sha256``: its object names are SHA-256."""
    extension = "[extensions]\n\tobjectFormat = sha256\n" if sha256 else ""
    return _CONFIG.format(version=1 if sha256 else 0) + extension


def find_git() -> str:
    """The path of git.

    Raises:
        CollectError: there is none.
    """
    git = shutil.which("git")
    if git is None:
        raise CollectError("git was not found on PATH: install git, or name single files with 'inspect'")
    return git


def environment(git_dir: Path) -> dict[str, str]:
    """All that a git command of ours finds around it: nothing of the user's or the system's settings.

    No protocol is allowed here; a command that is meant to fetch allows its one protocol itself.
    """
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(git_dir),
        "LC_ALL": "C",
        "GIT_DIR": str(git_dir),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_LFS_SKIP_SMUDGE": "1",
    }


def bound(pid: int, kind: int, limit: int) -> None:
    """Bound what a running process may use (``resource.RLIMIT_*``); it never gets more than it has."""
    with suppress(ProcessLookupError):  # it may have ended already
        hard = resource.prlimit(pid, kind)[1]
        if hard == resource.RLIM_INFINITY or hard > limit:
            resource.prlimit(pid, kind, (limit, limit))
