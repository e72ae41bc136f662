"""Path patterns of the configuration: those of ``.gitignore``, matched in time linear in the path.

A pattern without a slash means a name at any depth; one with a slash starts at the root of the repository.
``*`` and ``?`` stay within one directory, ``[...]`` is a set of characters, ``**`` is any number of
directories. What names a directory means everything below it; a slash at the end means directories only.
Paths come from strangers, so segments are matched one by one and never by one backtracking expression.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable

_ANY_DEPTH = None
"""Stands for ``**`` in a compiled pattern."""
_Step = re.Pattern[str] | None

MAX_DOUBLE_STARS = 8


def refusal(pattern: str) -> str | None:
    """Why a pattern is refused, or ``None``."""
    if pattern.startswith("!"):
        return 'must not start with "!": use "paths" and "paths-ignore" together instead'
    if "\\" in pattern:
        return 'must not contain a backslash: directories are separated by "/", and "[*]" is a literal star'
    segments = _segments(pattern)
    if not segments:
        return "names no path"
    if any(segment in (".", "..", "") for segment in segments):
        return 'must not contain empty, "." or ".." segments: it starts at the root of the repository'
    if segments.count("**") > MAX_DOUBLE_STARS:
        return f'must not contain "**" more than {MAX_DOUBLE_STARS} times'
    return None


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A predicate over paths (relative, with ``/``): true when any of ``patterns`` matches.

    The patterns must be ones that :func:`refusal` does not refuse.
    """
    compiled = [(_compile(pattern), pattern.endswith("/")) for pattern in patterns]

    def matches(path: str) -> bool:
        segments = path.split("/")
        return any(_match(steps, segments, directory) for steps, directory in compiled)

    return matches


def _segments(pattern: str) -> list[str]:
    inner = pattern.removeprefix("/").removesuffix("/")
    return inner.split("/") if inner else []


def _compile(pattern: str) -> list[_Step]:
    segments = _segments(pattern)
    if len(segments) == 1 and not pattern.startswith("/"):
        segments.insert(0, "**")
    return [_ANY_DEPTH if segment == "**" else re.compile(fnmatch.translate(segment)) for segment in segments]


def _match(steps: list[_Step], segments: list[str], directory: bool) -> bool:
    """Whether the steps match the path or a directory above it: a walk over the set of reachable steps."""
    reached = _skip(steps, {0})
    for index, segment in enumerate(segments):
        following: set[int] = set()
        for at in reached:
            step = steps[at]
            if step is _ANY_DEPTH:
                following.add(at)
                if at == len(steps) - 1:  # at the end it means everything below, not the directory itself
                    following.add(len(steps))
            elif step.match(segment):
                following.add(at + 1)
        last = index == len(segments) - 1
        if len(steps) in following and not (last and directory):
            return True
        reached = _skip(steps, following - {len(steps)})
    return False


def _skip(steps: list[_Step], reached: set[int]) -> set[int]:
    """``**`` may also stand for no directory at all."""
    closed = set(reached)
    for at in sorted(reached):
        while at < len(steps) - 1 and steps[at] is _ANY_DEPTH:
            at += 1
            closed.add(at)
    return closed
