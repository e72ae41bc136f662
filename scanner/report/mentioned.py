"""The references of a change as a reader sees them: what is named, from what to what, what that changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.domain import Reference, Report, Repository, RepositoryDiff
from scanner.words import counted

_COMMIT = re.compile(r"[0-9a-f]{40}")
_MOST_NAMES = 3

_STATES = {
    "resolved": "found",
    "unresolved": "cannot be told from the source",
    "not_found": "not on the Hub",
    "gated": "gated",
    "local": "a local path",
    "not_checked": "not checked",
}


_ByCommit = Mapping[tuple[str, str, str | None], Repository]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One reference that the change adds or modifies."""

    name: str
    revision: str | None
    place: str
    state: str
    before: str | None = None
    """What it named before: another repository, or another revision of the same one."""
    changes: str = ""
    """What lies between the two revisions."""


def mentioned(report: Report) -> list[Mentioned]:
    """The references that are added or modified, in the order of files and lines."""
    repositories: _ByCommit = {
        (one.type, one.id.casefold(), one.revision): one for one in report.repositories
    }
    chosen = [one for one in report.references if one.in_diff and one.change in ("added", "modified")]
    return [_mentioned(one, repositories) for one in sorted(chosen, key=lambda one: (one.path, one.line))]


def _mentioned(reference: Reference, repositories: _ByCommit) -> Mentioned:
    known = repositories.get(
        (reference.repo_type, (reference.repo_id or "").casefold(), reference.resolved_revision)
    )
    diff = known.diff if known and reference.previous else None
    return Mentioned(
        name=reference.repo_id or reference.expression or "?",
        revision=short(reference.revision or reference.resolved_revision),
        place=f"{reference.path}:{reference.line}",
        state=_STATES[reference.resolution],
        before=_before(reference),
        changes=", ".join(said(diff)) if diff else "",
    )


def _before(reference: Reference) -> str | None:
    previous = reference.previous
    if previous is None:
        return None
    revision = short(previous.revision or previous.resolved_revision)
    if previous.repo_id == reference.repo_id:
        return revision
    return f"{previous.repo_id}@{revision}" if revision else previous.repo_id


def said(diff: RepositoryDiff) -> Iterator[str]:
    """What lies between two commits, in a few words each, the weightiest first."""
    if diff.license:
        yield f"licence {diff.license}"
    if diff.base_models:
        yield f"base models {_some(diff.base_models)}"
    if diff.remote_code:
        yield f"code {_some(diff.remote_code)}"
    if diff.commits is not None:
        yield counted(diff.commits, "commit")
    added = [path for path in diff.added if f"+{path}" not in diff.remote_code]
    if added:
        yield f"adds {_some(added)}"
    if diff.removed:
        yield f"removes {_some(diff.removed)}"
    changed = len(diff.files) - len(diff.added) - len(diff.removed)
    if changed > 0:
        yield f"changes {counted(changed, 'file')}"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def short(revision: str | None) -> str | None:
    """A commit as people write it; anything else as it is."""
    return revision[:7] if revision and _COMMIT.fullmatch(revision) else revision
