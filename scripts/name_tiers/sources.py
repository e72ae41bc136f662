"""Where the sources come from: the standard library, wheels, and unpacked packages."""

from __future__ import annotations

import ast
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SKIP = re.compile(r"(^|/)(tests?|_?vendor(ed)?/.*/tests?|examples?|benchmarks?|demos?|docs?)(/|$)|[^\w/.]")
"""Folders that a package does not import by itself, and paths that cannot be imported at all."""
_LONGEST = 2_000_000
"""Characters; no source written by hand is longer, and tables are not worth a walk."""


@dataclass(frozen=True, slots=True)
class Source:
    """One module: its dotted name, whether it is a package, and its text."""

    module: str
    package: bool
    text: str

    def parse(self) -> ast.Module | None:
        """The syntax tree; None when this interpreter cannot read it."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Package:
    """One distribution: its name and version, and where its files are."""

    name: str
    version: str
    place: Path

    def sources(self) -> Iterator[Source]:
        """Every module, in the order of their names; compiled ones as their stub or Cython text."""
        files = _of_wheel(self.place) if self.place.suffix == ".whl" else _of_folder(self.place)
        for path, text in files:
            yield from _source(path, text)

    def compiled(self) -> list[str]:
        """The modules that are compiled: what they hold cannot be walked."""
        if self.place.suffix == ".whl":
            with zipfile.ZipFile(self.place) as wheel:
                names = wheel.namelist()
        else:
            names = [path.relative_to(self.place).as_posix() for path in self.place.rglob("*.so")]
        return sorted(
            {name.split(".")[0].replace("/", ".") for name in names if re.search(r"\.(so|pyd)$", name)}
        )


def packages(folder: Path) -> list[Package]:
    """The wheels of a folder, and its folders that are called NAME-VERSION."""
    found = []
    for place in sorted(folder.iterdir()):
        if place.suffix == ".whl" or (place.is_dir() and "-" in place.name):
            name, version = place.name.split("-")[:2]
            found.append(Package(name.lower().replace("_", "-"), version.split("+")[0], place))
    return found


def _source(path: str, text: str) -> Iterator[Source]:
    module = path.removesuffix(".py").replace("/", ".")
    package = module.endswith(".__init__")
    module = module.removesuffix(".__init__")
    if all(part.isidentifier() for part in module.split(".")):
        yield Source(module, package, text)


def _of_wheel(place: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(place) as wheel:
        for name in sorted(wheel.namelist()):
            path = re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", name)
            if name.endswith(".py") and not _SKIP.search(path) and wheel.getinfo(name).file_size < _LONGEST:
                yield path, wheel.read(name).decode("utf-8", "replace")


def _of_folder(place: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(place.rglob("*.py")):
        path = file.relative_to(place).as_posix()
        if (
            "site-packages" not in path
            and (path.startswith("test/support/") or not _SKIP.search(path))
            and file.stat().st_size < _LONGEST
        ):
            yield path, file.read_text("utf-8", "replace")
