"""cyclonedx-py: Python packages out of requirements, Poetry and Pipenv files (cyclonedx-bom, Apache-2.0).

Its command line is its only public interface. Requirements go in on standard input, where it follows no
include; Poetry and Pipenv files lie in a folder of ours. It is told a package index that does not exist, so
that the one it would assume can be told from one that a manifest names.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from scanner.sbom.cyclonedx import Component, Evidence, Occurrence, text, unique_properties
from scanner.sbom.feeders import convert
from scanner.sbom.feeders.interface import Feed, Job, Manifests
from scanner.sbom.feeders.process import TOOL, Command, place
from scanner.sbom.requirements import Line, Requirements
from scanner.worker import Limits

NAME = "cyclonedx-py"
CONSTRAINT = "modelward:requirement:constraint"
"""Property: the versions that a constraints file allows, and where it says so."""

HASHES = "modelward:requirement:hashes"
"""Property: ``none`` where a requirement names no digest."""

_ARGUMENTS = ("--spec-version", "1.6", "--output-format", "JSON", "--output-reproducible", "--no-validate")
_NO_INDEX = "https://index.invalid/simple"
_LINE_REF = re.compile(r"^requirements-L(\d+)$")


def requirements(flat: Requirements, limits: Limits = TOOL) -> Job:
    """One run over flattened requirements: each package with the file and line that names it."""
    words = ["requirements", "-", "--index-url", _NO_INDEX]
    return Job(
        NAME, "the requirements files", _command(words, limits, flat.feed()), partial(_read_lines, flat=flat)
    )


def poetry(lock: str, files: Manifests, folder: Path, limits: Limits = TOOL) -> Job:
    """One run over a ``poetry.lock`` and the ``pyproject.toml`` beside it, which name edges.

    The tool does not know projects with a ``[project]`` table and ends with an error for them.
    """
    project = f"{lock[: -len('poetry.lock')]}pyproject.toml"
    pair = {"poetry.lock": files[lock], "pyproject.toml": files[project]}
    command = _in_folder(["poetry", "--all-extras"], pair, folder, limits)
    return Job(NAME, lock, command, partial(_read_poetry, lock=lock, data=list(pair.values())))


def pipenv(lock: str, files: Manifests, folder: Path, limits: Limits = TOOL) -> Job:
    """One run over a ``Pipfile.lock``, which names no edges."""
    command = _in_folder(["pipenv", "--dev"], {"Pipfile.lock": files[lock]}, folder, limits)
    return Job(NAME, lock, command, partial(_read_pipenv, lock=lock, data=[files[lock]]))


def _read_lines(output: bytes, flat: Requirements) -> Feed:
    parsed = convert.document(output)
    named = convert.hosts_named([flat.feed()])
    limiting = _by_name(flat.constraints)
    components = []
    for raw in convert.entries(parsed.get("components")):
        numbered = _LINE_REF.match(str(raw.get("bom-ref")))
        found = convert.component(raw, named)
        if found is None or numbered is None or not 0 < int(numbered[1]) <= len(flat.lines):
            continue
        components.append(_described(found, flat.lines[int(numbered[1]) - 1], limiting))
    return Feed(
        components=tuple(components),
        direct=tuple(each.bom_ref for each in components if each.bom_ref),
        tools=convert.tools(parsed, NAME),
    )


def _read_poetry(output: bytes, lock: str, data: list[bytes]) -> Feed:
    parsed = convert.document(output)
    metadata = parsed.get("metadata")
    root = metadata.get("component") if isinstance(metadata, dict) else None
    root_ref = root.get("bom-ref") if isinstance(root, dict) else None
    edges = convert.edges(parsed)
    components = tuple(_components(parsed, lock, data))
    return Feed(
        components=components,
        dependencies=tuple(edge for edge in edges if edge.ref != root_ref),
        direct=tuple(ref for edge in edges if edge.ref == root_ref for ref in edge.depends_on),
        resolved=tuple(each.bom_ref for each in components if each.bom_ref),
        tools=convert.tools(parsed, NAME),
    )


def _read_pipenv(output: bytes, lock: str, data: list[bytes]) -> Feed:
    parsed = convert.document(output)
    return Feed(components=tuple(_components(parsed, lock, data)), tools=convert.tools(parsed, NAME))


def _components(parsed: Mapping[str, Any], lock: str, data: list[bytes]) -> list[Component]:
    named = convert.hosts_named(data)
    here = Evidence(occurrences=[Occurrence(location=lock)])
    found = [convert.component(raw, named) for raw in convert.entries(parsed.get("components"))]
    return [each.model_copy(update={"evidence": here}) for each in found if each is not None]


def _described(found: Component, line: Line, limiting: Mapping[str, list[Line]]) -> Component:
    """What the requirement itself says: where it stands, which versions it allows, what limits it."""
    pairs = [(prop.name, prop.value) for prop in found.properties or ()]
    if found.version is None and line.specifier:
        pairs.append(("modelward:requirement:specifier", text(line.specifier, 512)))
    if "--hash=" not in line.text:
        pairs.append((HASHES, "none"))
    pairs += [
        (CONSTRAINT, text(f"{limit.specifier} ({limit.path}:{limit.line})", 512))
        for limit in limiting.get(normalised(line.name), ())
    ]
    occurrence = Occurrence(location=line.path, line=line.line)
    return found.model_copy(
        update={"evidence": Evidence(occurrences=[occurrence]), "properties": unique_properties(pairs)}
    )


def _by_name(lines: tuple[Line, ...]) -> dict[str, list[Line]]:
    grouped: dict[str, list[Line]] = {}
    for line in lines:
        grouped.setdefault(normalised(line.name), []).append(line)
    return grouped


def normalised(name: str) -> str:
    """A Python project's name as comparisons need it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _in_folder(words: list[str], files: Mapping[str, bytes], folder: Path, limits: Limits) -> Command:
    for name, data in files.items():
        place(folder, name, data)
    return _command([*words, str(folder)], limits, b"")


def _command(words: list[str], limits: Limits, feed: bytes) -> Command:
    program = (sys.executable, "-I", "-m", "cyclonedx_py")
    return Command((*program, *words, *_ARGUMENTS), limits, feed, {"SOURCE_DATE_EPOCH": "0"})
