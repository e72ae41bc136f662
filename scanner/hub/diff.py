"""What lies between two commits of a repository, or between two repositories that stand for each other."""

from __future__ import annotations

from scanner.domain import RepositoryDiff
from scanner.hub.interface import Record
from scanner.hub.remote import code_files


def compare(old: Record, new: Record) -> RepositoryDiff:
    """The difference from ``old`` to ``new``; both must have been read (their commit is known).

    A file that one side lacks counts only where the list of that side is complete. Remote code is ``+name``
    and ``-name`` of a class of ``auto_map`` or of a Python file, and ``±name`` of a Python file whose content
    changed.
    """
    before = {file.path: file.oid for file in old.files}
    after = {file.path: file.oid for file in new.files}
    added = sorted(after.keys() - before.keys()) if old.files_complete else []
    removed = sorted(before.keys() - after.keys()) if new.files_complete else []
    changed = sorted(path for path in before.keys() & after.keys() if before[path] != after[path])
    code = code_files(old) | code_files(new)
    marked = [("+", added), ("-", removed), ("±", changed)]
    return RepositoryDiff(
        from_revision=old.commit,
        to_revision=new.commit,
        files=sorted([*added, *removed, *changed]),
        added=added,
        removed=removed,
        license=license_change(old, new),
        base_models=_signed(old.base_models, new.base_models),
        remote_code=[
            *_signed(old.auto_map, new.auto_map),
            *(f"{sign}{path}" for sign, paths in marked for path in paths if path in code),
        ],
        commits=_distance(old, new),
    )


def license_text(record: Record) -> str | None:
    """The licence as a reader names it; of ``other`` its own name. ``None`` where none is stated."""
    if record.license in (None, "other") and record.license_name:
        return record.license_name
    return record.license


def license_change(old: Record, new: Record) -> str | None:
    """``before → after``, or ``None`` when it is the same."""
    before, after = license_text(old), license_text(new)
    if (before or "").casefold() == (after or "").casefold():
        return None
    return f"{before or 'none stated'} → {after or 'none stated'}"


def _signed(old: list[str], new: list[str]) -> list[str]:
    return [f"+{name}" for name in sorted({*new} - {*old})] + [f"-{name}" for name in sorted({*old} - {*new})]


def _distance(old: Record, new: Record) -> int | None:
    """How many commits lead from one to the other, in either direction."""
    if old.commit == new.commit:
        return 0
    for start, end in ((old, new), (new, old)):
        for position, commit in enumerate(end.commits):
            if commit.id == start.commit:
                return position
    return None
