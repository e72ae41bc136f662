"""Words that every part of the program uses."""

from __future__ import annotations

import re

CONFIG_PATH = ".github/modelward.yml"
"""Where a repository keeps its configuration."""

HUB_PREFIX = {"model": "", "dataset": "datasets/", "space": "spaces/", "kernel": "kernels/"}
"""What the Hub writes before the id of a repository, by its kind."""

LOCK_PATH = "modelward.lock"
"""Where a repository keeps which Hub repositories it relies on."""


DISAGREES = "witness-disagrees"
"""The rule by which two engines disagree, and ours has its reasons."""


def counted(number: int, one: str, several: str | None = None) -> str:
    """``1 file`` or ``1,200 files``; ``several`` is the plural where it is not made with an s."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


_ASIDE_FOLDERS = frozenset(
    {"test", "tests", "testing", "example", "examples", "doc", "docs", "demo", "demos", "benchmarks"}
)
_ASIDE_NAMES = re.compile(r"(?:test_.*|.*_test|conftest)\.py|.*\.(?:md|mdx|rst)", re.IGNORECASE)


def is_aside(path: str) -> bool:
    """Whether a file of the repository is a test, an example or documentation, by its path."""
    *folders, name = path.split("/")
    return not _ASIDE_FOLDERS.isdisjoint(folder.lower() for folder in folders) or bool(
        _ASIDE_NAMES.fullmatch(name)
    )


def is_report_only(rule: str, severity: str, blocking: bool) -> bool:
    """Whether a finding is for those who read ``report.json`` alone: two engines disagree, ours has reasons.

    A configuration that makes more of the rule brings it back to everybody's eyes.
    """
    return rule == DISAGREES and severity == "info" and not blocking
