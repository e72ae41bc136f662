"""``modelward lock``: what the Hub repositories that HEAD names are today, written down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scanner.domain import Report
from scanner.evidence import write_aside
from scanner.hub.lock import Lock, LockError, compare, dump, from_repositories, parse
from scanner.words import LOCK_PATH, counted, is_aside

_LIMIT = 16 << 20


class LockingError(Exception):
    """The lock file cannot be written; the text says why, and what to do."""


@dataclass(frozen=True)
class Outcome:
    """What became of it, in lines to print."""

    changed: bool
    lines: list[str]


def write(folder: Path, report: Report, *, check: bool = False) -> Outcome:
    """Write the lock file beside ``.git``, or with ``check`` only compare it.

    Raises:
        LockingError: a repository could not be looked up, or the present file is not a lock file.
        OSError: the file cannot be written.
    """
    unknown = sorted(  # what only tests and documents name need not exist
        {
            f"{one.path}:{one.line}: {one.repo_id} ({one.resolution.replace('_', ' ')})"
            for one in report.references
            if one.repo_id
            and one.repo_type != "other"
            and one.resolution in ("not_checked", "not_found")
            and not is_aside(one.path)
        }
    )
    if unknown:
        raise LockingError(
            "nothing was locked, since the Hub did not say what these are:\n"
            + "\n".join(unknown[:20])
            + "\ncorrect or remove them, or see to the network and the token; then run again"
        )
    partial = sorted(one.id for one in report.repositories if one.identity and not one.files_complete)
    if partial:
        names = ", ".join(partial[:20])
        raise LockingError(f"nothing was locked: the Hub did not list all files of {names}; run again")
    path = _root(folder) / LOCK_PATH
    try:
        old = parse(path.read_bytes()[: _LIMIT + 1]) if path.exists() else Lock()
    except LockError as error:
        raise LockingError(f"{path}: {error}; remove or repair it, then run again") from error
    try:
        new = from_repositories([one for one in report.repositories if one.identity])
    except LockError as error:
        raise LockingError(f"nothing was locked: {error}") from error
    lines = compare(old, new)
    if not check and (lines or not path.exists()):
        write_aside(path, dump(new))
    told = "differs from" if check else "written to"
    count = counted(len(new.repositories), "repository", "repositories")
    return Outcome(bool(lines), [*lines, f"{count}: {told if lines else 'as in'} {path}"])


def _root(folder: Path) -> Path:
    """The top of the working tree that ``folder`` lies in."""
    folder = folder.resolve()
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)
