"""``modelward.lock``: which Hub repositories a source relies on, whose they were, and what they held.

The file as it stands on the base binds; an entry of the head is a claim. Its JSON Schema is committed as
``docs/schemas/lock.schema.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from scanner.domain import HubType, Noun, Repository
from scanner.exchange import ByteCount, Commit, HubId, HubPath
from scanner.hub.documents import Unusable
from scanner.hub.documents import parse as parse_json
from scanner.hub.interface import HubFile, Record
from scanner.words import counted

LOCK_BYTES = 16 << 20
"""A larger file is no lock file."""

_REPOSITORIES = 2_000

_SHOWN = 3
"""Files that are named; of more, the number is told."""

_LINES = 50
"""Changes that are told; of more, the number."""

Digest = Annotated[str, StringConstraints(pattern=r"^(sha256:[0-9a-f]{64}|git:[0-9a-f]{40})$")]
"""SHA-256 of a file in the Hub's large storage, or the git object id of any other file."""

Identity = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$")]
Moment = Annotated[str, StringConstraints(pattern=r"^[0-9T:.Z+-]{1,40}$")]


class LockError(Exception):
    """A lock file that cannot be used, or be written; the message says why, on one line."""


class LockedFile(Noun):
    """One file of a commit, as the Hub declared it."""

    digest: Digest
    size: ByteCount = Field(description="bytes")


class LockEntry(Noun):
    """One repository: what tells it from another one of the same name, and its files at each commit."""

    type: HubType
    id: HubId
    identity: Identity | None = Field(None, description="the Hub's own id (_id)")
    first_commit: Commit | None = None
    author: Account | None = None
    author_created: Moment | None = None
    commits: dict[Commit, dict[HubPath, LockedFile]] = Field({}, description="files by commit and path")


class Lock(Noun):
    """A whole lock file."""

    schema_version: Literal["1"] = "1"
    repositories: list[LockEntry] = Field([], max_length=_REPOSITORIES)

    def entry(self, repo_type: str, repo_id: str) -> LockEntry | None:
        """The entry of a repository, whatever case its name is written in."""
        name = repo_id.casefold()
        fitting = (one for one in self.repositories if one.type == repo_type and one.id.casefold() == name)
        return next(fitting, None)


def parse(data: bytes) -> Lock:
    """A lock file.

    Raises:
        LockError: it is none.
    """
    try:
        lock = Lock.model_validate(parse_json(data, LOCK_BYTES), strict=True)
    except Unusable as error:
        raise LockError(str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"][:3])
        shown = f" at {place[:100]!a}" if place else ""
        raise LockError(f"it does not have the form of a lock file{shown}") from error
    names = [(entry.type, entry.id.casefold()) for entry in lock.repositories]
    if len(set(names)) != len(names):
        raise LockError("it names a repository twice")
    paths = (path for entry in lock.repositories for files in entry.commits.values() for path in files)
    if not all(path.isprintable() for path in paths):
        raise LockError("it names a file that cannot be printed")
    return lock


def dump(lock: Lock) -> bytes:
    """The file: sorted, one line for each file of a repository, a newline at the end."""
    entries = sorted(lock.repositories, key=lambda entry: (entry.type, entry.id.casefold(), entry.id))
    body = ",\n".join(_entry_text(entry) for entry in entries)
    listed = f"[\n{body}\n  ]" if entries else "[]"
    version = json.dumps(lock.schema_version)
    return f'{{\n  "schema_version": {version},\n  "repositories": {listed}\n}}\n'.encode()


def _entry_text(entry: LockEntry) -> str:
    fields = entry.model_dump(exclude={"commits"}, exclude_none=True)
    lines = [f'      "{name}": {_quoted(value)}' for name, value in fields.items()]
    commits = ",\n".join(_commit_text(commit, files) for commit, files in sorted(entry.commits.items()))
    lines.append(f'      "commits": {{\n{commits}\n      }}' if commits else '      "commits": {}')
    return "    {\n" + ",\n".join(lines) + "\n    }"


def _commit_text(commit: str, files: dict[str, LockedFile]) -> str:
    lines = ",\n".join(
        f'          {_quoted(path)}: {{"digest": {_quoted(file.digest)}, "size": {file.size}}}'
        for path, file in sorted(files.items())
    )
    return f'        "{commit}": {{\n{lines}\n        }}' if files else f'        "{commit}": {{}}'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def from_repositories(repositories: Iterable[Repository]) -> Lock:
    """A lock of these repositories, each at all the commits that are given; one without a commit is left out.

    Raises:
        LockError: two of them have one name and are not the same repository, or one cannot be written.
    """
    entries: dict[tuple[str, str], LockEntry] = {}
    for repository in repositories:
        if repository.revision is None:
            continue
        try:
            entry = _entry(repository)
        except ValidationError as error:
            name = f"{repository.type} {repository.id}"
            raise LockError(f"{name} cannot be locked: the Hub describes it in an unknown form") from error
        key = (entry.type, entry.id.casefold())
        known = entries.get(key)
        if known is not None and known.identity != entry.identity:
            raise LockError(f"{entry.id} was answered by two different repositories; run it again")
        entries[key] = (
            entry
            if known is None
            else known.model_copy(
                update={
                    "commits": {**known.commits, **entry.commits},
                    "first_commit": known.first_commit or entry.first_commit,
                }
            )
        )
    return Lock(repositories=[entries[key] for key in sorted(entries)])


def _entry(repository: Repository) -> LockEntry:
    files = {
        file.path: {
            "digest": f"sha256:{file.sha256}" if file.sha256 else f"git:{file.oid}",
            "size": file.size,
        }
        for file in repository.files
    }
    return LockEntry.model_validate(
        {
            "type": repository.type,
            "id": repository.id,
            "identity": repository.identity,
            "first_commit": repository.first_commit,
            "author": repository.author,
            "author_created": repository.author_created,
            "commits": {repository.revision: files},
        }
    )


def check(entry: LockEntry, record: Record) -> list[str]:
    """Where the Hub's account differs from the entry; what one of them does not know contradicts nothing.

    A commit that the entry does not have is not a contradiction.
    """
    pairs = (
        ("the Hub's id of the repository", entry.identity, record.identity),
        ("the first commit", entry.first_commit, record.first_commit),
        ("the account", _folded(entry.author), _folded(record.author)),
        ("the date on which the account was created", entry.author_created, record.author_created),
    )
    told = [f"{what} was {old} and is {new}" for what, old, new in pairs if old and new and old != new]
    locked = entry.commits.get(record.commit)
    return told if locked is None else told + _files(locked, record)


def _folded(name: str | None) -> str | None:
    """Names of accounts do not differ by case."""
    return name.casefold() if name else None


def _files(locked: dict[str, LockedFile], record: Record) -> list[str]:
    """A file that the entry lacks contradicts nothing: the list may have been incomplete when it was made."""
    found = {file.path: file for file in record.files}
    other = [path for path, file in locked.items() if path in found and not _same(file, found[path])]
    missing = [path for path in locked if path not in found] if record.files_complete else []
    at = f"at the commit {record.commit[:12]}"
    return [
        f"{_names(paths)} {was} {at}"
        for paths, was in ((other, "has another content"), (missing, "is not there"))
        if paths
    ]


def _same(locked: LockedFile, file: HubFile) -> bool:
    """Compared by the kind of digest that was locked."""
    kind, _, digest = locked.digest.partition(":")
    return locked.size == file.size and digest == (file.sha256 if kind == "sha256" else file.oid)


def _names(paths: list[str]) -> str:
    shown = ", ".join(sorted(paths)[:_SHOWN])
    return f"{shown} and {counted(len(paths) - _SHOWN, 'other')}" if len(paths) > _SHOWN else shown


def compare(base: Lock, head: Lock) -> list[str]:
    """What an edit of the lock file changes, one line a change."""
    before = {(entry.type, entry.id.casefold()): entry for entry in base.repositories}
    after = {(entry.type, entry.id.casefold()): entry for entry in head.repositories}
    told = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is None and new is not None:
            told.append(f"adds {new.id}")
        elif new is None and old is not None:
            told.append(f"removes {old.id}")
        elif old is not None and new is not None:
            told += _changes(old, new)
    more = [f"and {counted(len(told) - _LINES, 'further change')}"] if len(told) > _LINES else []
    return told[:_LINES] + more


def _changes(old: LockEntry, new: LockEntry) -> list[str]:
    told = [
        f"{new.id}: {name} {getattr(old, name) or 'unknown'} → {getattr(new, name) or 'unknown'}"
        for name in ("id", "identity", "first_commit", "author", "author_created")
        if getattr(old, name) != getattr(new, name)
    ]
    for commit in sorted(old.commits.keys() | new.commits.keys()):
        before, after = old.commits.get(commit), new.commits.get(commit)
        if before != after:
            did = "adds" if before is None else "removes" if after is None else "changes the files of"
            told.append(f"{new.id}: {did} the commit {commit[:12]}")
    return told
