"""The ecosystems of the OSV schema that packages of a repository belong to, by the type of their package URL.

(https://ossf.github.io/osv-schema/#defined-ecosystems; which part of a package URL is the name is as OSV's
own server has it)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scanner.sbom import purl

if TYPE_CHECKING:
    from packageurl import PackageURL

_SEPARATORS = re.compile(r"[-_.]+")


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """How OSV calls it, what joins name space and name, and which order its versions have."""

    name: str
    joint: Literal["/", ":", ""]
    """Empty: packages have no name space."""
    order: str
    """A class of :mod:`univers.versions`."""


ECOSYSTEMS = {
    # OSV calls Rust's by the host of its registry
    "cargo": Ecosystem(purl.registry("cargo") or "cargo", "", "SemverVersion"),
    "composer": Ecosystem("Packagist", "/", "ComposerVersion"),
    "conan": Ecosystem("ConanCenter", "", "ConanVersion"),
    "gem": Ecosystem("RubyGems", "", "RubygemsVersion"),
    "golang": Ecosystem("Go", "/", "SemverVersion"),
    "hex": Ecosystem("Hex", "/", "SemverVersion"),
    "maven": Ecosystem("Maven", ":", "MavenVersion"),
    "npm": Ecosystem("npm", "/", "SemverVersion"),
    "nuget": Ecosystem("NuGet", "", "NugetVersion"),
    "pub": Ecosystem("Pub", "", "SemverVersion"),
    "pypi": Ecosystem("PyPI", "", "PypiVersion"),
    "swift": Ecosystem("SwiftURL", "/", "SemverVersion"),
}
"""By the type of a package URL."""

ORDERS = {ecosystem.name: ecosystem.order for ecosystem in ECOSYSTEMS.values()}


def name_of(parts: PackageURL, ecosystem: Ecosystem) -> str | None:
    """The name of a package as OSV has it; ``None`` where such a package has none."""
    if not parts.namespace:
        return parts.name
    return f"{parts.namespace}{ecosystem.joint}{parts.name}" if ecosystem.joint else None


def comparable(name: str) -> str:
    """A name in the form in which names are compared: PyPI's (PEP 503), no other ecosystem suffers by it."""
    return _SEPARATORS.sub("-", name).casefold()
