"""The software as a part of a document: what is known of each package, and what its manifests leave open."""

from __future__ import annotations

import re
from collections.abc import Callable

from scanner.sbom import purl
from scanner.sbom.cyclonedx import Aggregate, Component
from scanner.sbom.feeders.cyclonedx_py import CONSTRAINT, HASHES
from scanner.sbom.part import Part, Remark
from scanner.sbom.software import Software
from scanner.words import counted

_EXACT = re.compile(r"===?[^*,]+ \(")
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:#|$)")


def software_part(software: Software) -> Part:
    """``software`` under references of its package URLs, with the edges that its lock files name.

    A package whose edges no manifest lists has edges that nobody knows; one without a version, or without a
    digest of its own in a requirements file, is named in an annotation.
    """
    known = set(software.resolved)
    edges: dict[str, Aggregate] = {
        _ref(each): "complete" if _ref(each) in known else "unknown" for each in software.components
    }
    unpinned = _where(software, _is_open)
    unhashed = _where(software, lambda each: _says(each, HASHES, "none"))
    remarks = []
    gaps = list(software.warnings)
    if unpinned:
        what = f"{counted(len(unpinned), 'package')} without a version: the manifests do not pin"
        remarks.append(Remark(unpinned, f"{what} which one is installed."))
        gaps.append(f"{what} them")
    if unhashed:
        what = f"{counted(len(unhashed), 'package')} named in a requirements file without a digest"
        remarks.append(Remark(unhashed, f"{what}: what is installed under that name is not checked."))
    return Part(
        components=software.components,
        dependencies=software.dependencies,
        direct=software.direct,
        edges=edges,
        remarks=tuple(remarks),
        gaps=tuple(gaps),
    )


def _where(software: Software, holds: Callable[[Component], bool]) -> tuple[str, ...]:
    return tuple(_ref(each) for each in software.components if holds(each))


def _ref(component: Component) -> str:
    return component.bom_ref or ""


def _says(component: Component, name: str, value: str) -> bool:
    return any(each.name == name and each.value == value for each in component.properties or ())


def _is_open(component: Component) -> bool:
    """Whether nothing says which version is installed: no version, file, commit, or constraint to one."""
    if component.version is not None:
        return False
    if any(each.name == CONSTRAINT and _EXACT.match(each.value) for each in component.properties or ()):
        return False
    origin = purl.parse(component.purl).qualifiers if component.purl else {}
    return "download_url" not in origin and not _COMMIT.search(origin.get("vcs_url", ""))
