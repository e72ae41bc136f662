"""Ids of the Hub that are also a folder of the repository: loaders take the folder."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scanner.domain import Finding
from scanner.evidence import ChangedPath, Evidence
from scanner.inspect.interface import Sighting
from scanner.scan.findings import ENGINE, finding
from scanner.scan.references import Named


def shadowed(
    evidence: Evidence, all_named: Sequence[Named], *, compared: bool
) -> tuple[list[Named], list[Finding]]:
    """The references, those that a folder stands in for as local ones, and a finding for each of these."""
    candidates = {name for one in all_named if one.loads and (name := _name(one))}
    if not candidates:
        return list(all_named), []
    folders = _folders(evidence, candidates)
    touched = {parent for path in evidence.manifest.paths for parent in _parents(path)}
    named, findings = [], []
    for one in all_named:
        folder = next((place for place in _places(one) if place in folders), None)
        if folder is None:
            named.append(one)
            continue
        local = one.reference.model_copy(update={"resolution": "local"})
        named.append(replace(one, reference=local))
        if one.reference.change == "removed":
            continue
        new = one.reference.change in ("added", "modified") or folder in touched
        sighting = Sighting("local-shadows-reference", ENGINE, symbol=one.mention.repo_id, evidence=folder)
        found = finding(sighting, one.reference.path, None, new if compared else None)
        findings.append(found.model_copy(update={"reference": local.id, "line": local.line}))
    return named, list({found.fingerprint: found for found in findings}.values())


def _name(named: Named) -> str | None:
    """The id of a repository that a loader would look for as a folder first."""
    mention = named.mention
    return None if mention.repo_type == "other" or mention.local else mention.repo_id


def _places(named: Named) -> Iterator[str]:
    """From the root, where programs are started, and from the folder of the source."""
    name = _name(named)
    if name and named.loads:
        yield name
        yield posixpath.normpath(posixpath.join(posixpath.dirname(named.reference.path), name))


def _folders(evidence: Evidence, names: set[str]) -> set[str]:
    """The folders of head whose path ends in one of ``names``."""
    found: set[str] = set()
    lasts = {name.rpartition("/")[2] for name in names}
    for entry in evidence.tree(evidence.manifest.head_tree):
        folder = posixpath.dirname(entry.path)
        while folder and folder not in found:
            if posixpath.basename(folder) in lasts:
                found.add(folder)
            folder = posixpath.dirname(folder)
    return found


def _parents(path: ChangedPath) -> Iterator[str]:
    folder = posixpath.dirname(path.path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
