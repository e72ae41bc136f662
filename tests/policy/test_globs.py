"""Path patterns, beside what git itself says of the same patterns."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.globs import matcher, refusal

CASES = [
    ("*.pkl", "a.pkl", True),
    ("*.pkl", "x/y/a.pkl", True),
    ("*.pkl", "a.pkl.txt", False),
    ("*.pkl", "x.pkl/a", True),
    ("notebooks", "x/notebooks/a", True),
    ("notebooks", "notebooks", True),
    ("notebooks/", "notebooks", False),
    ("notebooks/", "x/notebooks/a", True),
    ("/setup.bin", "setup.bin", True),
    ("/setup.bin", "x/setup.bin", False),
    ("models/*.bin", "models/a.bin", True),
    ("models/*.bin", "models/x/a.bin", False),
    ("models/*.bin", "x/models/a.bin", False),
    ("models/**", "models/x/a.bin", True),
    ("models/**", "models", False),
    ("models/**/old", "models/old", True),
    ("models/**/old", "models/a/b/old/x", True),
    ("models/**/old", "models/a/b/older", False),
    ("**/a", "a", True),
    ("**/a/b", "x/a/b", True),
    ("**/a/**/b", "a/b", True),
    ("**", "a/b", True),
    ("*", "a/b", True),
    ("m?del", "model", True),
    ("m?del", "m/del", False),
    ("model-[0-9].pt", "model-3.pt", True),
    ("model-[!0-9].pt", "model-3.pt", False),
    ("Model.pt", "model.pt", False),
    ("a*b", "a\nb", True),
    ("data/x y", "data/x y/z", True),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), CASES)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert refusal(pattern) is None
    assert matcher([pattern])(path) is expected


def test_git_agrees(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for pattern, path, expected in CASES:
        (tmp_path / ".gitignore").write_text(pattern + "\n")
        result = subprocess.run(
            ["git", "-C", str(tmp_path), "check-ignore", "-q", "--no-index", "--", path], check=False
        )
        assert (result.returncode == 0) is expected, (pattern, path)


def test_any_of_several_patterns_is_enough() -> None:
    matches = matcher(["*.bin", "docs/"])
    assert [path for path in ("a.bin", "docs/x", "b.pt") if matches(path)] == ["a.bin", "docs/x"]
    assert not matcher([])("a")


@pytest.mark.parametrize(
    "pattern", ["", "/", "//", "!a", "a\\b", "../a", "a/./b", "a//b", "a/" + "**/" * 9 + "b"]
)
def test_what_is_refused(pattern: str) -> None:
    assert refusal(pattern)


def test_a_long_name_made_to_backtrack_is_decided() -> None:
    hostile = "/".join(["a" * 100_000] * 20)
    assert not matcher(["*a*a*a*a*a*a*a*a*b", "**/a*/**/a*/**/a*/**/*b"])(hostile)


def spelled(path: str) -> Iterator[str]:
    """Patterns that name the path itself."""
    yield "/" + path
    yield "**/" + path
    yield "/".join("*" for _ in path.split("/")) if "/" in path else "*"


@given(
    st.lists(
        st.text("ab.-é ", min_size=1).filter(lambda part: part not in (".", "..")), min_size=1, max_size=5
    )
)
def test_a_path_matches_its_own_spellings(parts: list[str]) -> None:
    path = "/".join(parts)
    for pattern in spelled(path):
        assert matcher([pattern])(path), pattern


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_pattern_that_is_not_refused_raises(pattern: str, path: str) -> None:
    if refusal(pattern) is None:
        assert matcher([pattern])(path) in (True, False)
