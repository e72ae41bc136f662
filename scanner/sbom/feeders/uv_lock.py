"""``uv.lock``: what uv resolved, for every platform (https://docs.astral.sh/uv/concepts/projects/layout/).

Read strictly: version 1 of the format, in which each entry has a name and one source. An entry that is
anything else is left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.sbom.feeders.lock_packages import (
    MAX_PACKAGES,
    Lock,
    LockProblem,
    Package,
    inside,
    matching,
    named,
)

VERSION = 1
_HEADER = "[[package]]"
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?")
_FOLDERS = ("virtual", "editable", "directory")
_KINDS = ("registry", "git", "url", "path", *_FOLDERS)
_COMMIT = re.compile(r"#([0-9a-fA-F]{40})$")

Table = Mapping[str, Any]


def header_lines(text: str) -> list[int]:
    """The lines in which entries begin."""
    return [number for number, line in enumerate(text.split("\n"), 1) if line.strip() == _HEADER]


def read(content: Table, path: str) -> Lock:
    """The entries of the lock at ``path`` in the repository.

    Raises:
        LockProblem: it is no such lock, or one of another version.
    """
    if content.get("version") != VERSION:
        raise LockProblem("it is no uv.lock of a version that is known")
    tables = content.get("package", [])
    if not isinstance(tables, list) or len(tables) > MAX_PACKAGES:
        raise LockProblem(f"it is no uv.lock, or lists more than {MAX_PACKAGES} packages")
    lock = Lock([_package(table, path) for table in tables])
    by_name: dict[str, list[tuple[int, Table]]] = {}
    for number, (table, package) in enumerate(zip(tables, lock.packages, strict=True)):
        if package.name:
            by_name.setdefault(package.name, []).append((number, table))
    for table, package in zip(tables, lock.packages, strict=True):
        if package.name:
            _link(table, package, by_name, lock)
    local = [each.name for each in lock.packages if each.left_out and each.name]
    if local:
        lock.gaps.append(f"{path} takes {named(local)} from a local path, which was left out")
    if broken := sum(not each.name for each in lock.packages):
        lock.gaps.append(f"{path}: {broken} entries were not understood and left out")
    return lock


def _package(table: Any, path: str) -> Package:
    """The entry; one without a name is not understood."""
    name = table.get("name") if isinstance(table, dict) else None
    source = table.get("source") if isinstance(table, dict) else None
    version = table.get("version") if isinstance(table, dict) else None
    kind, place = _origin(source)
    if (
        not isinstance(name, str)
        or not _NAME.fullmatch(name)
        or not kind
        or not isinstance(version, str | None)
    ):
        return Package("", left_out=True)
    found = Package(name, version)
    if kind in _FOLDERS:
        found.own = inside(path, place)
        found.left_out = not found.own
    elif kind == "registry" and "://" not in place:
        pass  # a folder of files with names and versions
    elif kind == "path" or "://" not in place:
        found.left_out = True
    elif kind == "registry":
        found.qualifiers["repository_url"] = place
        found.page = f"{place.rstrip('/')}/{name}/"
    elif kind == "git":
        commit = _COMMIT.search(place)
        address = place.partition("?")[0].partition("#")[0]
        found.qualifiers["vcs_url"] = f"git+{address}" + (f"@{commit[1]}" if commit else "")
    else:
        found.qualifiers["download_url"] = place
    found.digests = set(_digests(table))
    return found


def _origin(source: Any) -> tuple[str, str]:
    """The kind of a source and where it leads; nothing when it is not exactly one that is known."""
    kinds = [kind for kind in _KINDS if kind in source] if isinstance(source, dict) else []
    place = source[kinds[0]] if len(kinds) == 1 else None
    return (kinds[0], place) if isinstance(place, str) else ("", "")


def _digests(table: Table) -> Iterator[tuple[str, str]]:
    wheels = table.get("wheels")
    for entry in [table.get("sdist"), *(wheels if isinstance(wheels, list) else ())]:
        value = entry.get("hash") if isinstance(entry, dict) else None
        if isinstance(value, str):
            algorithm, _, digest = value.partition(":")
            yield algorithm, digest.lower()


def _link(table: Table, package: Package, by_name: Mapping[str, list[tuple[int, Table]]], lock: Lock) -> None:
    """Note what an entry needs; of the repository's own, how each of those came to be wanted."""
    for kind, label, wanted in _wants(table):
        name = wanted.get("name") if isinstance(wanted, dict) else None
        found = matching(wanted, by_name.get(name, ())) if isinstance(name, str) else []
        package.complete = package.complete and bool(found)
        package.needs.update(found)
        if kind is None:
            package.always.update(found)
        if package.own:
            marker = wanted.get("marker") if isinstance(wanted, dict) else None
            for each in found:
                if kind is not None:
                    lock.packages[each].properties.add((f"modelward:lock:{kind}", label))
                if isinstance(marker, str):
                    lock.packages[each].properties.add(("modelward:lock:marker", marker))


def _wants(table: Table) -> Iterator[tuple[str | None, str, Any]]:
    """Each dependency with the kind and the name of what brings it in: an extra, a group, or nothing."""
    plain = table.get("dependencies", [])
    yield from ((None, "", each) for each in (plain if isinstance(plain, list) else [plain]))
    for kind, key in (("extra", "optional-dependencies"), ("group", "dev-dependencies")):
        lists = table.get(key, {})
        for label, listed in lists.items() if isinstance(lists, dict) else ():
            yield from ((kind, label, each) for each in (listed if isinstance(listed, list) else [listed]))
