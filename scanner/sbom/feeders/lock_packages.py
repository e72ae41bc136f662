"""What the readers of Python lock files find, and how it is handed over: as the CycloneDX of a tool.

The readers run in a process of their own, started anew for each file: nothing here imports pydantic.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

MAX_PACKAGES = 20_000
OURS = "modelward"
"""Key of the answer under which stands what the format has no place for."""

_ALGORITHMS = {
    "md5": "MD5",
    "sha1": "SHA-1",
    "sha256": "SHA-256",
    "sha384": "SHA-384",
    "sha512": "SHA-512",
    "blake2b": "BLAKE2b-512",
}
_NAMED = 5


class LockProblem(Exception):
    """A lock file cannot be read; the message says why, quoting nothing of it."""


@dataclass(slots=True)
class Package:
    """One entry of a lock file; ``needs`` are positions of other entries."""

    name: str
    version: str | None = None
    qualifiers: dict[str, str] = field(default_factory=dict)
    """Of its package URL: where it comes from."""
    page: str = ""
    """Where its files are listed; empty when the lock does not say."""
    digests: set[tuple[str, str]] = field(default_factory=set)
    """Algorithm, as lock files call it, and hexadecimal digits, of each of its files."""
    properties: set[tuple[str, str]] = field(default_factory=set)
    own: bool = False
    """Whether it is the repository's own code, which is no dependency."""
    left_out: bool = False
    needs: set[int] = field(default_factory=set)
    always: set[int] = field(default_factory=set)
    """Those of ``needs`` that no group and no extra brings in."""
    complete: bool = True
    """Whether ``needs`` is everything it needs."""


@dataclass(slots=True)
class Lock:
    """A lock file; ``gaps`` say in words what is missing from it here."""

    packages: list[Package]
    gaps: list[str] = field(default_factory=list)


def inside(lock: str, target: str) -> bool:
    """Whether the path ``target``, as the file ``lock`` means it, lies in the repository."""
    if target.startswith(("/", "~")) or "\\" in target or ":" in target or "\0" in target:
        return False
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(lock), target))
    return joined != ".." and not joined.startswith("../")


def matching(wanted: Mapping[str, Any], entries: Sequence[tuple[int, Mapping[str, Any]]]) -> list[int]:
    """Positions of the entries that agree with ``wanted`` wherever it says something."""
    keys = [key for key in ("version", "source", "index", "vcs", "archive", "directory") if key in wanted]
    return [number for number, entry in entries if all(entry.get(key) == wanted[key] for key in keys)]


def named(names: Iterable[str]) -> str:
    """A few of these names for a sentence, and how many more there are."""
    listed = sorted(set(names))
    more = len(listed) - _NAMED
    return ", ".join(name[:100] for name in listed[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def document(lock: Lock, lines: Sequence[int]) -> dict[str, Any]:
    """The answer: entries under references ``L0``, ``L1``, … with the lines in which they begin."""
    packages = lock.packages
    listed = {number for number, package in enumerate(packages) if not (package.own or package.left_out)}
    own = [package for package in packages if package.own]
    direct = {number for package in own for number in package.needs} & listed
    always = _reached([number for package in own for number in package.always], packages)
    exact = len(lines) == len(packages)
    return {
        "bomFormat": "CycloneDX",
        "components": [
            _component(packages[number], number, bool(own) and number not in always)
            for number in sorted(listed)
        ],
        "dependencies": [
            {
                "ref": f"L{number}",
                "dependsOn": [f"L{each}" for each in sorted(packages[number].needs & listed)],
            }
            for number in sorted(listed)
        ],
        OURS: {
            "direct": [f"L{number}" for number in sorted(direct)],
            "resolved": [
                f"L{number}"
                for number in sorted(listed)
                if packages[number].complete and packages[number].needs <= listed
            ],
            "lines": {f"L{number}": lines[number] for number in sorted(listed)} if exact else {},
            "gaps": lock.gaps,
        },
    }


def _reached(start: Iterable[int], packages: Sequence[Package]) -> set[int]:
    """Everything that is needed whenever the repository's own code is installed."""
    seen: set[int] = set()
    waiting = list(start)
    while waiting:
        number = waiting.pop()
        if number not in seen:
            seen.add(number)
            waiting += packages[number].always if packages[number].own else packages[number].needs
    return seen


def _component(package: Package, number: int, optional: bool) -> dict[str, Any]:
    hashes = [
        {"alg": _ALGORITHMS[algorithm], "content": digest}
        for algorithm, digest in sorted(package.digests)
        if algorithm in _ALGORITHMS
    ]
    return {
        "type": "library",
        "bom-ref": f"L{number}",
        "name": package.name,
        **({"version": package.version} if package.version else {}),
        **({"scope": "optional"} if optional else {}),
        "purl": _purl(package),
        "externalReferences": [{"type": "distribution", "url": package.page, "hashes": hashes}],
        "properties": [{"name": name, "value": value} for name, value in sorted(package.properties)],
    }


def _purl(package: Package) -> str:
    version = f"@{quote(package.version, safe='')}" if package.version else ""
    values = "&".join(f"{key}={quote(value, safe='')}" for key, value in sorted(package.qualifiers.items()))
    return f"pkg:pypi/{quote(package.name, safe='')}{version}" + (f"?{values}" if values else "")
