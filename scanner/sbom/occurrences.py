"""Where the source names a component: file, line, and by what it is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.domain import Reference
from scanner.sbom.cyclonedx import Evidence, Occurrence, text
from scanner.sbom.part import Remark
from scanner.words import counted

PINNED = "modelward:pinned"

_MOST = 200
_SHOWN = 5


def evidence(references: Iterable[Reference]) -> Evidence | None:
    """An occurrence for each place, sorted; up to 200."""
    places = {
        (one.path, one.line, one.loader): Occurrence(
            location=one.path,
            line=one.line if one.line > 0 else None,
            symbol=text(one.loader, 200),
            additional_context=_context(one),
        )
        for one in sorted(references, key=lambda one: one.id)
    }
    found = [places[key] for key in sorted(places)][:_MOST]
    return Evidence(occurrences=found) if found else None


def _context(one: Reference) -> str:
    """What is written there: the name, and the revision."""
    written = text(one.expression or one.repo_id or "", 200)
    return f"{written}@{text(one.revision, 100)}" if one.revision else f"{written}, no revision"


def pinned(references: Sequence[Reference]) -> Iterator[tuple[str, str]]:
    """The property that says whether every place names a commit; nothing where no place names it."""
    if references:
        yield PINNED, "true" if all(one.pinned for one in references) else "false"


def unpinned(ref: str, references: Sequence[Reference]) -> list[Remark]:
    """That the commit of a component is only what the name stood for when it was looked up."""
    loose = sorted({(one.path, one.line) for one in references if not one.pinned and one.resolved_revision})
    if not loose:
        return []
    places = ", ".join(f"{text(path, 200)}:{line}" for path, line in loose[:_SHOWN])
    more = f" and {counted(len(loose) - _SHOWN, 'more place')}" if len(loose) > _SHOWN else ""
    said = "the version is the commit that the name stood for when it was looked up"
    return [Remark((ref,), f"No commit is named at {places}{more}: {said}.")]
