"""Commits, branches and tags, and whether the owner of a repository ever accepted a commit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scanner.hub.documents import Documents, Fields
from scanner.hub.interface import HubCommit
from scanner.hub.texts import COMMIT, DATE, Problems, clean

COMMITS = 20_000
"""Commits that are recorded."""

REFS = 10_000
"""Branches, and tags, that are recorded."""

_TITLE = 120
_AUTHOR = 100
_AUTHORS = 10
_REF_NAME = re.compile(r"[^\x00-\x20\x7f]{1,250}")


@dataclass(slots=True)
class Refs:
    """Names and the commits that they lead to; ``others`` are the commits of the Hub's own conversions."""

    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    whole: bool = False

    @property
    def heads(self) -> set[str]:
        """Every commit that has a name which the owner, or the Hub, gave it."""
        return {*self.branches.values(), *self.tags.values(), *self.others}


@dataclass(slots=True)
class History:
    """Commits that lead to one, newest first, as far as they are known."""

    commits: list[HubCommit] = field(default_factory=list)
    first: str | None = None
    whole: bool = False


def refs(documents: Documents, problems: Problems) -> Refs:
    """What ``refs`` says."""
    body = documents.one("refs")
    if body is None:
        return Refs()
    found = Refs(whole=isinstance(body, dict))
    fields = Fields(body, "refs", problems)
    found.whole &= _names(fields.raw("branches"), found.branches, "branch", problems)
    found.whole &= _names(fields.raw("tags"), found.tags, "tag", problems)
    converted: dict[str, str] = {}
    _names(fields.raw("converts") or [], converted, "conversion", problems)
    found.others.update(converted.values())
    return found


def _names(rows: Any, into: dict[str, str], kind: str, problems: Problems) -> bool:
    """Record what can be recorded; whether that is all."""
    if not isinstance(rows, list):
        problems.tell(f"refs has no list of the kind {kind}")
        return False
    whole = True
    for row in rows:
        fields = Fields(row, kind, problems)
        name, target = fields.matched("name", _REF_NAME), fields.matched("targetCommit", COMMIT)
        if len(into) == REFS:
            problems.tell(f"more names of the kind {kind} than the {REFS:,} that are recorded")
            return False
        if name is None or target is None or not name.isprintable():
            problems.tell(f"a {kind} has no usable name or commit")
            whole = False
        else:
            into[name] = target
    return whole


def history(documents: Documents, name: str, start: str | None, problems: Problems) -> History:
    """The commits of the pages ``name.0`` … which must begin at ``start``.

    ``<name>.last`` is the Hub's last page where pages between are left out: it tells the first commit, and
    that the ones here are not all.
    """
    found = History()
    rows = [row for page in documents.pages(name) for row in page]
    found.commits = [made for row in rows[:COMMITS] if (made := _commit(row, name, problems))]
    if not found.commits:
        return found
    if found.commits[0].id != start:
        problems.tell(f"{name} does not begin at {start or 'a known commit'}")
        return History()
    found.whole = documents.whole(name) and len(found.commits) == len(rows)
    if len(rows) > COMMITS:
        problems.tell(f"only {COMMITS:,} commits are recorded")
    last = documents.one(f"{name}.last")
    if last is not None:
        found.whole = False
        final = _commit(last[-1], name, problems) if isinstance(last, list) and last else None
        found.first = final.id if final else None
    elif found.whole:
        found.first = found.commits[-1].id
    return found


def _commit(row: Any, name: str, problems: Problems) -> HubCommit | None:
    fields = Fields(row, f"a commit of {name}", problems)
    identity = fields.matched("id", COMMIT)
    if identity is None:
        problems.tell(f"a commit of {name} has no id")
        return None
    authors = fields.raw("authors")
    named = [author.get("user") for author in _first(authors) if isinstance(author, dict)]
    return HubCommit(
        identity,
        fields.matched("date", DATE) or "",
        fields.text("title", _TITLE) or "",
        [clean(user, _AUTHOR) for user in named if isinstance(user, str)],
    )


def _first(authors: Any) -> list[Any]:
    return authors[:_AUTHORS] if isinstance(authors, list) else []


def reachable(commit: str, names: Refs, main: Iterable[HubCommit], main_whole: bool) -> bool | None:
    """Whether ``commit`` is on a branch or a tag.

    ``True``: one of them leads to it, or it is in the history of the main branch. ``False`` only where no
    other answer is possible: all names are known, the whole history of the main branch is, and every other
    name leads into that history too; else a commit may lie behind a branch that was not walked.
    """
    if commit in names.heads:
        return True
    walked = {entry.id for entry in main}
    if commit in walked:
        return True
    settled = names.whole and main_whole and names.heads <= walked
    return False if settled else None
