"""Which commits are looked at: found in a clone, or fetched from a remote."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.collect import github
from scanner.collect.changes import merge_base
from scanner.collect.clone import Absent, Clone
from scanner.collect.errors import CollectError
from scanner.collect.repository import Repository
from scanner.collect.wish import Remote, Wish

_UPSTREAM = tuple(
    f"refs/remotes/{remote}/{name}"
    for remote in ("upstream", "origin")
    for name in ("HEAD", "main", "master")
)
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Points:
    """Head, base and merge base; without a merge base all of head is looked at.

    ``missing`` says why there is no merge base although one was wanted, ``warning`` what stood in for it.
    """

    head: str
    base: str | None = None
    common: str | None = None
    missing: str | None = None
    warning: str | None = None


def local(repository: Repository, wish: Wish) -> Points:
    """The commits that a wish names, in a clone.

    Raises:
        CollectError: there is no such head, or nothing to compare with.
    """
    head_name = "HEAD" if wish.mode == "staged" else wish.head
    base_name = _local_base(repository, wish)
    head, base = repository.commits([head_name, base_name or head_name])
    if head is None:
        raise CollectError(
            f"{head_name!r} names no commit in this repository: "
            "name one with --head, or commit something first"
        )
    if base_name is None:
        return Points(head)
    if base is None:
        return Points(head, missing=f"the base {base_name!r} is not a commit of this repository")
    common = merge_base(repository, base, head)
    if common is None:
        missing = f"the base {base_name!r} and the head share no history here; fetch more of it"
        return Points(head, base, missing=missing)
    return Points(head, base, common)


def _local_base(repository: Repository, wish: Wish) -> str | None:
    if wish.mode == "all":
        return None
    if wish.mode == "staged":
        return wish.base or "HEAD"
    if wish.base:
        return wish.base
    found = next(
        (name for name, oid in zip(_UPSTREAM, repository.commits(_UPSTREAM), strict=True) if oid), None
    )
    if found is None:
        raise CollectError(
            "there is no upstream branch to compare with: name a base with --base REV, "
            "or look at the whole tree with --all"
        )
    return found


def fetched(clone: Clone, remote: Remote, wish: Wish) -> Points:
    """The commits that a wish names, fetched; the merge base is the server's, as the clone has no history.

    Raises:
        CollectError: there is no such head, or the server does not answer.
    """
    if wish.mode != "all" and wish.base and _OID.fullmatch(wish.base) and _OID.fullmatch(wish.head):
        common = github.merge_base(remote, wish.base, wish.head)
        if common is not None:
            try:
                clone.commits([wish.head, wish.base, common])
            except Absent:
                pass  # one after the other it will be seen which
            else:
                return Points(wish.head, wish.base, common)
    head = _head(clone, remote, wish.head)
    if wish.mode == "all":
        return Points(head)
    base = _base(clone, wish.base) if wish.base else None
    if base is None and not wish.default_base:
        return Points(head, missing=f"the base {wish.base or ''!r} is not a commit of {remote.repository}")
    if base is None:
        base = clone.named("HEAD")
        if base == head:
            warning = (
                "the commit before this push is not known; the whole tree was looked at"
                if wish.base
                else None
            )
            return Points(head, warning=warning)
    common = github.merge_base(remote, base, head)
    if common is None:
        return Points(head, base, missing=f"the base {base} and the head share no history")
    clone.commits([common])
    return Points(head, base, common)


def _head(clone: Clone, remote: Remote, name: str) -> str:
    try:
        if not _OID.fullmatch(name):
            return clone.named(name)
        try:
            clone.commits([name])
        except Absent:
            clone.pull_request(name)
    except Absent:
        raise CollectError(
            f"{name} is not a commit of {remote.repository} (any more): run again on the newest one"
        ) from None
    return name


def _base(clone: Clone, name: str) -> str | None:
    try:
        if not _OID.fullmatch(name):
            return clone.named(name)
        clone.commits([name])
    except Absent:
        return None
    return name
