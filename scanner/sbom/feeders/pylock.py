"""``pylock.toml``: the lock file that every Python tool can write (PEP 751), read by ``packaging``.

https://packaging.python.org/en/latest/specifications/pylock-toml/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scanner.sbom.feeders.lock_packages import (
    MAX_PACKAGES,
    Lock,
    LockProblem,
    Package,
    inside,
    matching,
    named,
)

if TYPE_CHECKING:
    from packaging import pylock

_HEADER = "[[packages]]"


def header_lines(text: str) -> list[int]:
    """The lines in which entries begin."""
    return [number for number, line in enumerate(text.split("\n"), 1) if line.strip() == _HEADER]


def read(content: Mapping[str, Any], path: str) -> Lock:
    """The entries of the lock at ``path`` in the repository.

    Raises:
        LockProblem: it is no such lock, or of a version that ``packaging`` does not know.
    """
    from packaging import pylock

    try:
        parsed = pylock.Pylock.from_dict(content)
    except pylock.PylockUnsupportedVersionError:
        raise LockProblem("it is a version of pylock.toml that is not known") from None
    except (pylock.PylockValidationError, ValueError):
        raise LockProblem("it is no valid pylock.toml") from None
    if len(parsed.packages) > MAX_PACKAGES:
        raise LockProblem(f"it lists more than {MAX_PACKAGES} packages")
    tables = content["packages"]
    by_name: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for number, table in enumerate(tables):
        by_name.setdefault(table["name"], []).append((number, table))
    lock = Lock([_package(each, path) for each in parsed.packages])
    for given, package in zip(parsed.packages, lock.packages, strict=True):
        # Only a list that is there says what is needed: the field may be left out.
        package.complete = given.dependencies is not None
        for wanted in given.dependencies or ():
            found = matching(wanted, by_name.get(str(wanted.get("name")), ()))
            package.complete = package.complete and bool(found)
            package.needs.update(found)
            package.always.update(found)
    if local := [each.name for each in lock.packages if each.left_out]:
        lock.gaps.append(f"{path} takes {named(local)} from a local path, which was left out")
    return lock


def _package(given: pylock.Package, path: str) -> Package:
    found = Package(given.name, str(given.version) if given.version is not None else None)
    if given.marker is not None:
        found.properties.add(("modelward:lock:marker", str(given.marker)))
    if given.directory is not None:
        found.own = inside(path, given.directory.path)
        found.left_out = not found.own
    elif given.vcs is not None:
        found.left_out = given.vcs.url is None
        found.qualifiers["vcs_url"] = f"{given.vcs.type}+{given.vcs.url}@{given.vcs.commit_id}"
    elif given.archive is not None:
        found.left_out = given.archive.url is None
        found.qualifiers["download_url"] = given.archive.url or ""
    elif given.index is not None:
        found.qualifiers["repository_url"] = given.index
        found.page = f"{given.index.rstrip('/')}/{given.name}/"
    found.digests = set(_digests(given))
    return found


def _digests(given: pylock.Package) -> Iterator[tuple[str, str]]:
    for entry in (given.archive, given.sdist, *(given.wheels or ())):
        for algorithm, digest in (entry.hashes if entry is not None else {}).items():
            yield algorithm, digest.lower()
