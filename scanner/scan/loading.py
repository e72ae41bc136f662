"""Code of the change that loads models in an unsafe way."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scanner.discover.interface import UnsafeLoad
from scanner.domain import Artifact, Finding
from scanner.evidence import Evidence
from scanner.inspect.interface import Sighting
from scanner.scan.edits import fix_of
from scanner.scan.findings import ENGINE, finding, milder
from scanner.scan.references import Named
from scanner.scan.sources import Searched
from scanner.words import is_aside


def unsafe_loads(
    evidence: Evidence,
    searched: Iterable[Searched],
    all_named: Iterable[Named],
    artifacts: Sequence[Artifact],
    *,
    compared: bool,
) -> list[Finding]:
    """A finding for each unsafe call of the changed files.

    It is tied to the model file where the path shows which, and to the reference that the same call makes.
    """
    by_path = {artifact.path: artifact for artifact in artifacts if artifact.change != "removed"}
    by_call = {
        (one.reference.path, one.mention.call_line): one.reference.id
        for one in all_named
        if one.reference.change != "removed"
    }
    return [found for one in searched for found in _of_file(evidence, one, by_path, by_call, compared)]


def _of_file(
    evidence: Evidence,
    searched: Searched,
    artifacts: Mapping[str, Artifact],
    references: Mapping[tuple[str, int], str],
    compared: bool,
) -> Iterator[Finding]:
    path = searched.path
    before = {_identity(load) for load in searched.old.unsafe} if searched.old else set()
    told: set[str] = set()
    for load in searched.new.unsafe if searched.new else ():
        artifact = _artifact(path.path, load, artifacts)
        sighting = Sighting(
            load.rule, ENGINE, symbol=load.symbol, arguments=load.expression, evidence=load.detail
        )
        new = (_identity(load) not in before) if compared else None
        found = finding(sighting, path.path, artifact.id if artifact else None, new)
        if found.fingerprint in told:
            continue
        told.add(found.fingerprint)
        update: dict[str, object] = {
            "line": load.line,
            "fix": fix_of(evidence, path, load.fix, None),
            "reference": references.get((path.path, load.line)),
        }
        if is_aside(path.path):
            update["severity"] = milder(found.severity)
        yield found.model_copy(update=update)


def _identity(load: UnsafeLoad) -> tuple[str, str, str]:
    return load.rule, load.symbol, load.expression


def _artifact(path: str, load: UnsafeLoad, artifacts: Mapping[str, Artifact]) -> Artifact | None:
    """The model file that the call loads, from the root or from the folder of the source."""
    if load.path is None:
        return None
    places = (load.path, posixpath.join(posixpath.dirname(path), load.path))
    return next(filter(None, (artifacts.get(posixpath.normpath(place)) for place in places)), None)
