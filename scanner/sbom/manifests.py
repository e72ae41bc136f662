"""Which files of a repository say what software it depends on: a table, one row a kind of file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal

MAX_FILES = 400
MAX_DEPTH = 16
MAX_FILE_BYTES = 16 << 20
MAX_TOTAL_BYTES = 64 << 20
MAX_REQUIREMENTS_BYTES = 2 << 20
MAX_TOTAL_REQUIREMENTS_BYTES = 8 << 20
"""pip's files are read by us, line by line; a lock file by a tool with limits of its own."""
_GAPS_NAMED = 5

Role = Literal["requirements", "lock", "support", "unread"]
"""``requirements``: pip requirements; ``lock``: lists packages; ``support``: read together with a lock of its
directory; ``unread``: declares dependencies that no feeder reads."""


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of manifest. ``pattern`` is matched with the last one or two segments of a path."""

    pattern: str
    ecosystem: str
    role: Role = "lock"
    syft: bool = True
    """Whether syft is given the file."""
    needs: str | None = None
    """For ``support``: the lock that must lie beside it."""


_ROWS = (
    Row("*requirements*.txt", "python", "requirements"),
    Row("requirements/*.txt", "python", "requirements"),
    Row("poetry.lock", "python"),
    Row("pyproject.toml", "python", "support", syft=False, needs="poetry.lock"),
    Row("Pipfile.lock", "python"),
    Row("uv.lock", "python", syft=False),
    Row("pylock.toml", "python", syft=False),
    Row("pylock.*.toml", "python", syft=False),
    Row("pdm.lock", "python"),
    Row("package-lock.json", "npm"),
    Row("yarn.lock", "npm"),
    Row("pnpm-lock.yaml", "npm"),
    Row("Cargo.lock", "cargo"),
    Row("go.mod", "go"),
    Row("go.sum", "go", "support", needs="go.mod"),
    Row("Gemfile.lock", "ruby"),
    Row("composer.lock", "php"),
    Row("pom.xml", "maven"),
    Row("gradle.lockfile", "maven"),
    Row("packages.lock.json", "nuget"),
    Row("pubspec.lock", "dart"),
    Row("mix.lock", "elixir"),
    Row("rebar.lock", "erlang"),
    Row("Package.resolved", "swift"),
    Row("Podfile.lock", "swift"),
    Row("conan.lock", "conan"),
    Row("stack.yaml.lock", "haskell"),
    Row("cabal.project.freeze", "haskell"),
    Row("setup.py", "python", "unread"),
    Row("setup.cfg", "python", "unread"),
    Row("Pipfile", "python", "unread"),
    Row("environment.yml", "conda", "unread"),
    Row("environment.yaml", "conda", "unread"),
    Row("conda-lock.yml", "conda", "unread"),
    Row("package.json", "npm", "unread"),
    Row("npm-shrinkwrap.json", "npm", "unread"),
    Row("bun.lock", "npm", "unread"),
    Row("Cargo.toml", "cargo", "unread"),
    Row("Gemfile", "ruby", "unread"),
    Row("composer.json", "php", "unread"),
    Row("build.gradle", "maven", "unread"),
    Row("build.gradle.kts", "maven", "unread"),
)
_EXACT = {row.pattern: row for row in _ROWS if "*" not in row.pattern}
_GLOBS = tuple(row for row in _ROWS if "*" in row.pattern)

_IMAGES = (
    "dockerfile*",
    "*.dockerfile",
    "containerfile*",
    "*.containerfile",
    "compose*.yaml",
    "compose*.yml",
    "docker-compose*.yaml",
    "docker-compose*.yml",
)
"""Files that name container images, by their names in lower case."""

_FOREIGN = frozenset(
    {"node_modules", "site-packages", "vendor", "third_party", ".venv", "venv", ".tox", ".git", "__pycache__"}
)
"""Folders that hold other people's software: it is named by the manifests of those who brought it there."""


def row(path: str) -> Row | None:
    """The table's row for a path, or ``None`` when it is no manifest."""
    parent, _, name = path.rpartition("/")
    if found := _EXACT.get(name):
        return found
    if not name.endswith((".txt", ".toml")):  # what every pattern with a star ends in
        return None
    short = f"{parent.rpartition('/')[2]}/{name}"
    return next(
        (each for each in _GLOBS if fnmatchcase(short if "/" in each.pattern else name, each.pattern)), None
    )


def touches(paths: Iterable[str]) -> bool:
    """Whether a change of these paths touches a dependency manifest, also one that no feeder reads."""
    return any(row(path) is not None or names_images(path) for path in paths)


def names_images(path: str) -> bool:
    """Whether a file of that name, and of the repository's own, may name container images."""
    name = path.rpartition("/")[2].lower()
    return any(fnmatchcase(name, pattern) for pattern in _IMAGES) and _own(path)


def wanted(paths: Iterable[str]) -> list[str]:
    """The paths whose bytes an SBOM needs, sorted, at most :data:`MAX_FILES`; shallow ones are preferred."""
    return sorted(_candidates(tuple(paths))[:MAX_FILES])


def gaps(paths: Iterable[str]) -> list[str]:
    """What the SBOM will lack whatever is read: manifests nobody reads, and those beyond the bounds."""
    known = tuple(paths)
    candidates = _candidates(known)
    warnings = []
    if len(candidates) > MAX_FILES:
        warnings.append(
            f"{len(candidates) - MAX_FILES} dependency manifests were left out: more than {MAX_FILES}"
        )
    deep = [path for path in known if path.count("/") >= MAX_DEPTH and _own(path) and row(path)]
    if deep:
        warnings.append(f"{_named(deep)} left out: more than {MAX_DEPTH} folders deep")
    covered = {(path.rpartition("/")[0], _row(path).ecosystem) for path in candidates}
    unread = [path for path in known if _declares(path) and not _is_covered(path, covered)]
    if unread:
        warnings.append(f"{_named(unread)} not read: commit a lock file, so that what it depends on is known")
    return warnings


@lru_cache(maxsize=2)
def _candidates(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Manifests that a feeder reads, the shallow ones first."""
    read = {path for path in paths if _own(path) and path.count("/") < MAX_DEPTH and _read(path)}
    beside = {path for path in read if (need := _row(path).needs) is None or _sibling(path, need) in read}
    return tuple(sorted(beside, key=lambda path: (path.count("/"), path)))


def _own(path: str) -> bool:
    return _FOREIGN.isdisjoint(path.split("/")[:-1])


def _row(path: str) -> Row:
    found = row(path)
    assert found is not None
    return found


def _read(path: str) -> bool:
    found = row(path)
    return found is not None and found.role != "unread"


def _declares(path: str) -> bool:
    """A manifest that names dependencies but is not read by itself."""
    found = row(path)
    return (
        found is not None and found.role in ("unread", "support") and found.pattern != "go.sum" and _own(path)
    )


def _is_covered(path: str, covered: set[tuple[str, str]]) -> bool:
    """Whether a manifest of the same ecosystem that is read lies in the same folder or above."""
    ecosystem = _row(path).ecosystem
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if (folder, ecosystem) in covered:
            return True
    return False


def _sibling(path: str, name: str) -> str:
    parent, slash, _ = path.rpartition("/")
    return f"{parent}{slash}{name}"


def _named(paths: Iterable[str]) -> str:
    listed = sorted(paths)
    more = len(listed) - _GAPS_NAMED
    names = ", ".join(listed[:_GAPS_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{names} {'was' if len(listed) == 1 else 'were'}"
