"""The source of a change: what it names, how it loads it, and what that leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.domain import Artifact, Cause, Incomplete
from scanner.evidence import ChangedPath, Evidence
from scanner.scan.looking import Looker
from scanner.scan.references import references
from scanner.scan.reviewed import Reviewed
from scanner.scan.sources import Searched, Sources
from scanner.scan.workshop import Workshop
from scanner.words import LOCK_PATH, counted, is_aside

_SHOWN = 3


@dataclass
class SourceReview:
    """What is to be reported of it."""

    reviewed: Reviewed
    warnings: list[str]


def review(
    evidence: Evidence,
    looker: Looker,
    workshop: Workshop,
    paths: Sequence[ChangedPath],
    artifacts: Sequence[Artifact],
) -> SourceReview:
    """Search ``paths``, look up what they name, and judge how they load it.

    ``artifacts`` are the model files of the change, which calls may load.
    """
    manifest = evidence.manifest
    compared = manifest.change.merge_base is not None
    searched: list[Searched] = []
    warnings: list[str] = []
    if manifest.change.mode != "files":
        sources = Sources(evidence, workshop, looker.asking)
        searched = sources.search(paths)
        warnings = _warnings(sources, searched)
    defeated = [
        _defeated(one) for one in searched if one.new and one.new.defeated and not is_aside(one.path.path)
    ]
    named = references(searched)
    locked = any(LOCK_PATH in (path.path, path.previous_path) for path in paths)
    loads = any(one.new.unsafe for one in searched if one.new)
    if not (named or locked or loads or manifest.named):
        return SourceReview(Reviewed(incomplete=defeated), warnings)
    from scanner.scan import locks, provenance, repositories, shadows  # most changes need none of them
    from scanner.scan.loading import unsafe_loads

    concerned = locked or any(one.asks for one in named)
    lock = locks.read(evidence, looker.asking) if concerned else locks.Locks()
    named, shadowed = shadows.shadowed(evidence, named, compared=compared)
    reviewed = repositories.review(evidence, looker, workshop, named, lock, compared=compared)
    reviewed.findings += shadowed
    reviewed.incomplete += defeated
    reviewed.findings += unsafe_loads(evidence, searched, named, artifacts, compared=compared)
    reviewed.findings += provenance.unresolved(named, compared=compared)
    return SourceReview(reviewed, warnings)


def _defeated(one: Searched) -> Incomplete:
    """A file that ended the search: it can load a model that nobody sees."""
    assert one.new is not None
    return Incomplete(
        subject=one.path.path,
        cause=Cause.HOSTILE,
        detail=one.new.defeated,
        action="review by hand which models it loads, or make it simpler",
    )


def _warnings(sources: Sources, searched: Sequence[Searched]) -> list[str]:
    warnings = []
    if sources.unsearched:
        shown = ", ".join(sources.unsearched[:_SHOWN])
        count = counted(len(sources.unsearched), "file was", "files were")
        warnings.append(f"{count} too large to be searched for references: {shown}")
    gaps = [
        f"{one.path.path}: {gap.removeprefix(f'{one.path.path}: ')}"
        for one in searched
        if one.new
        for gap in (*one.new.gaps, *([one.new.defeated] if is_aside(one.path.path) else []))
        if gap
    ]
    warnings += gaps[:_SHOWN]
    if len(gaps) > _SHOWN:
        warnings.append(f"{counted(len(gaps) - _SHOWN, 'more file')} could be searched only in part")
    return warnings
