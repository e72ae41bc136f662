"""What speaks against a reference: how it is pinned, where it leads, and whose it is.

The rules are rows of :mod:`scanner.rules.references`; what the policy denies is the policy's affair.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fnmatch import fnmatchcase

from scanner.domain import Reference, Severity
from scanner.hub.diff import license_change, license_text
from scanner.hub.interface import Record
from scanner.hub.lock import LockEntry
from scanner.hub.lock import check as contradictions
from scanner.hub.names import is_famous, look_alike
from scanner.hub.remote import remote_code
from scanner.hub.texts import COMMIT
from scanner.rules import RULES
from scanner.words import counted

YOUNG = timedelta(days=30)
"""An account younger than this has no history that speaks for it."""

_COMMIT_LIKE = re.compile(r"(?=.*[a-f])[0-9a-f]{7,39}|[0-9a-f]{40}")
"""Digits alone are a date or a number of a version, which nobody takes for a commit."""

_PULL_REQUEST = "refs/pr/"
_LICENSED = frozenset({"model", "dataset"})
_NO_LICENSE = frozenset({"", "unknown"})
_LICENSE_FILES = re.compile(r"(?i)(?:licen[cs]e|copying|notice)[^/]*")


@dataclass(frozen=True, slots=True)
class Judged:
    """One reference and everything that is known of where it leads.

    ``named`` is the id as the source has it, ``revision_state`` that of the mention. ``record`` and
    ``refusal`` are what the Hub answered, neither when it was not asked; ``previous`` is the record of what
    the base named. ``pickles`` and ``safetensors`` are paths of weight files at the commit, ``locked`` the
    entry of the base's lock file, ``others`` the ids that the same source names, ``loads`` false for an
    address that nothing loads, ``side`` true in tests, examples and documents.
    """

    reference: Reference
    named: str
    revision_state: str
    policy_date: date
    record: Record | None = None
    refusal: str | None = None
    previous: Record | None = None
    pickles: Sequence[str] = ()
    safetensors: Sequence[str] = ()
    locked: LockEntry | None = None
    others: Iterable[str] = ()
    loads: bool = True
    side: bool = False

    @property
    def known(self) -> Record | None:
        """The record, if the Hub's description in it could be read."""
        return self.record if self.record and self.record.commit else None

    @property
    def repo_id(self) -> str:
        """As the Hub calls it where that is known."""
        return self.record.repo_id if self.record else self.named


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing wrong with a reference; without a severity it has that of its rule.

    ``pin`` says that naming the resolved commit resolves it.
    """

    rule: str
    symbol: str
    evidence: str = ""
    severity: Severity | None = None
    arguments: str | None = None
    pin: bool = False


def judge(judged: Judged) -> list[Objection]:
    """Everything that speaks against the reference; nothing for a folder, or for what is not on the Hub."""
    if judged.reference.resolution == "local" or judged.reference.repo_type == "other" or not judged.named:
        return []
    absent = judged.refusal in ("not-found", "revision-not-found")
    checks = _ABSENT if absent else _ALWAYS + (_LOADED if judged.loads else ())
    found = [objection for check in checks for objection in check(judged)]
    return [_milder(objection) for objection in found] if judged.side else found


def is_commit(revision: str | None) -> bool:
    """Whether it has the form of a full commit id."""
    return revision is not None and COMMIT.fullmatch(revision) is not None


def ref_kind(revision: str | None, record: Record) -> str | None:
    """``branch`` or ``tag`` where the repository has one of that name, short or in full."""
    if revision is None:
        return None
    if revision.removeprefix("refs/heads/") in record.branches:
        return "branch"
    return "tag" if revision.removeprefix("refs/tags/") in record.tags else None


def _milder(objection: Objection) -> Objection:
    """One step down; never below ``info``."""
    severity = objection.severity or Severity(RULES[objection.rule].severity)
    return replace(objection, severity=list(Severity)[max(0, severity.rank - 1)])


def _missing(judged: Judged) -> Iterator[Objection]:
    if judged.refusal == "not-found":
        yield Objection("repository-not-found", judged.named)
    else:
        yield Objection("revision-not-found", judged.named, judged.reference.revision or "the default branch")


def _similar(judged: Judged) -> Iterator[Objection]:
    """By the name in the source, and by that to which the Hub redirects it."""
    alike = look_alike(judged.named, judged.others) or look_alike(judged.repo_id, judged.others)
    if alike:
        yield Objection("similar-name", *alike)


def _renamed(judged: Judged) -> Iterator[Objection]:
    """The Hub's oldest names, of one segment, cannot be registered again; nor one that differs by case."""
    record = judged.known
    if record and "/" in judged.named and judged.named.casefold() != record.repo_id.casefold():
        yield Objection("repository-renamed", judged.named, record.repo_id)


def _recreated(judged: Judged) -> Iterator[Objection]:
    if judged.known and judged.locked:
        told = contradictions(judged.locked, judged.known)
        if told:
            yield Objection("repository-recreated", judged.repo_id, "; ".join(told))


def _revision(judged: Judged) -> Iterator[Objection]:
    """How it is pinned: at most one objection, the gravest."""
    revision, record = judged.reference.revision, judged.known
    severity, exposed = _exposure(judged)
    pin = record is not None
    if judged.revision_state in ("absent", "impossible"):
        loader = "; this loader takes none" if judged.revision_state == "impossible" else ""
        evidence = loader + (f", and {exposed}" if exposed else "")
        yield Objection(
            "unpinned-reference",
            judged.repo_id,
            evidence,
            severity,
            pin=pin and judged.revision_state == "absent",
        )
    elif judged.revision_state == "literal" and revision is not None:
        kind = ref_kind(revision, record) if record else None
        if _COMMIT_LIKE.fullmatch(revision):
            yield from _commit_like(judged, revision, kind)
            return
        what = f"the {kind or 'name'} {revision}"
        if revision.startswith(_PULL_REQUEST):
            what = f"{revision}, a pull request that its author can change"
            severity = severity or Severity.MEDIUM
        evidence = f"{what} ({exposed})" if exposed else what
        yield Objection("mutable-revision", judged.repo_id, evidence, severity, pin=pin)


def _commit_like(judged: Judged, revision: str, kind: str | None) -> Iterator[Objection]:
    """A branch or tag in disguise, or the start of a commit id, of which an attacker can make another one."""
    record = judged.known
    if kind:
        evidence, severity = f"the name of a {kind}", None
    elif record and not record.commit.startswith(revision):
        evidence, severity = f"a name that leads to the commit {record.commit[:12]}", None
    elif not is_commit(revision):
        evidence, severity = f"only {len(revision)} of its 40 digits", Severity.MEDIUM
    else:
        return
    yield Objection("commit-like-name", judged.repo_id, evidence, severity, pin=record is not None)


def _unreachable(judged: Judged) -> Iterator[Objection]:
    record, revision = judged.known, judged.reference.revision
    if record and record.reachable is False and revision and record.commit.startswith(revision):
        yield Objection("unreachable-commit", record.commit, record.repo_id)


def _exposure(judged: Judged) -> tuple[Severity | None, str]:
    """What somebody who can move the revision gains, and how grave that makes it."""
    allowed = judged.reference.trust_remote_code is True or judged.reference.repo_type == "kernel"
    code = remote_code(judged.known) if judged.known else []
    if allowed and code:
        return Severity.HIGH, f"its code may run: {_some(code)}"
    if allowed and not judged.known:
        return Severity.MEDIUM, "its code may run"
    pickles = [path for path in _taken(judged) if judged.reference.files or not _beside(judged, path)]
    return (Severity.MEDIUM, f"its weights are a pickle: {_some(pickles)}") if pickles else (None, "")


def _taken(judged: Judged) -> list[str]:
    """Pickles that the reference loads, as far as it says which files it loads."""
    wanted = judged.reference.files
    return sorted(
        path for path in judged.pickles if not wanted or any(fnmatchcase(path, pattern) for pattern in wanted)
    )


def _beside(judged: Judged, path: str) -> str | None:
    """Safetensors in the folder of ``path``: loaders prefer them."""
    folder = posixpath.dirname(path)
    same = (other for other in sorted(judged.safetensors) if posixpath.dirname(other) == folder)
    return next(same, None)


def _pickle(judged: Judged) -> Iterator[Objection]:
    """Told of the first file alone; only a note where the loader may choose: most prefer safetensors."""
    for path in _taken(judged):
        offered = _beside(judged, path) or (
            min(judged.safetensors, default=None) if judged.reference.files else None
        )
        if offered:
            severity = None if judged.reference.files else Severity.INFO
            yield Objection("pickle-beside-safetensors", path, offered, severity)
            return


def _license(judged: Judged) -> Iterator[Objection]:
    """A licence in a file of its own is one, too: only its terms are not known."""
    record = judged.known
    if record is None or record.repo_type not in _LICENSED:
        return
    changed = license_change(judged.previous, record) if judged.previous and judged.previous.commit else None
    if changed:
        yield Objection("license-changed", record.repo_id, changed)
    elif (license_text(record) or "").casefold() in _NO_LICENSE and not record.license_link:
        has_file = any(_LICENSE_FILES.fullmatch(file.path) for file in record.files)
        if record.files_complete and not has_file:
            yield Objection("license-missing", record.repo_id)


def _publisher(judged: Judged) -> Iterator[Objection]:
    record = judged.known
    if record is None or record.author is None or record.author_verified or is_famous(record.repo_id):
        return
    if record.author_kind is None:
        evidence = f"the Hub says nothing of the account {record.author}"
        yield Objection("publisher-unknown", record.repo_id, evidence, Severity.INFO)
    elif record.author_created:
        born = _day(record.author_created)
        if born and judged.policy_date - born < YOUNG:
            yield Objection(
                "publisher-unknown", record.repo_id, f"the account {record.author} exists since {born}"
            )


def _day(moment: str) -> date | None:
    try:
        return date.fromisoformat(moment[:10])
    except ValueError:
        return None


def _some(names: Sequence[str]) -> str:
    """The first, and how many more."""
    return f"{names[0]} and {counted(len(names) - 1, 'other')}" if len(names) > 1 else names[0]


_Check = Callable[[Judged], Iterator[Objection]]

_ABSENT: tuple[_Check, ...] = (_missing, _similar)
_ALWAYS: tuple[_Check, ...] = (_similar, _renamed, _recreated)
_LOADED: tuple[_Check, ...] = (_revision, _unreachable, _pickle, _license, _publisher)
