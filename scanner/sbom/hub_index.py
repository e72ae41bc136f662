"""Which component a name stands for: a repository of the Hub that is known, or one that is only named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scanner.domain import HubType, Reference, Repository
from scanner.sbom import refs
from scanner.sbom.cyclonedx import text

_COMMIT = 40
_HEXADECIMAL = frozenset("0123456789abcdef")
_NAME = 300


@dataclass
class OnlyNamed:
    """Something that the source or a card names, and of which nothing more is known."""

    ref: str
    kind: HubType | str
    """``other`` for what is not on the Hub."""
    name: str
    commit: str | None = None
    store: str | None = None
    reasons: set[str] = field(default_factory=set)
    """Why nothing is known."""
    references: list[Reference] = field(default_factory=list)


class Index:
    """The repositories by every name, and what is only named, as it is met."""

    def __init__(self, repositories: Iterable[Repository], references: Sequence[Reference]) -> None:
        self.only_named: dict[str, OnlyNamed] = {}
        self._by_name: dict[tuple[str, str], list[Repository]] = defaultdict(list)
        for repository in repositories:
            for name in {repository.id.casefold(), *(each.casefold() for each in repository.named)}:
                self._by_name[repository.type, name].append(repository)
        for known in self._by_name.values():
            known.sort(key=lambda one: (-(one.commits or 0), one.revision or ""))
        self._written = {
            (one.repo_type, (one.repo_id or "").casefold(), one.revision): one.resolved_revision
            for one in references
            if one.resolved_revision
        }

    def named(self, kind: HubType, name: str) -> Repository | None:
        """The repository that a card names: cards name no commit, so the longest history is the newest."""
        known = self._by_name.get((kind, name.casefold()))
        return known[0] if known else None

    def of_name(self, kind: HubType, name: str, why: str) -> str:
        """The reference of what a card names; ``why`` nothing is known of it, if that is so."""
        repository = self.named(kind, name)
        if repository is not None:
            return refs.repository(repository)
        return self._note(kind, name, None, None, why).ref

    def of_reference(self, reference: Reference) -> tuple[str, Repository | None] | None:
        """What a place in the source names; ``None`` for a folder, or where it is not known what is meant.

        A place that was not looked up stands for the commit of another one that says exactly the same.
        """
        if reference.repo_id is None:
            return None
        name = reference.repo_id
        written = (reference.repo_type, name.casefold(), reference.revision)
        commit = reference.resolved_revision or self._written.get(written)
        for repository in self._by_name.get((reference.repo_type, name.casefold()), ()):
            if repository.revision and repository.revision in (commit, reference.revision):
                return refs.repository(repository), repository
        fixed = reference.revision if _is_commit(reference.revision) else None
        entry = self._note(reference.repo_type, name, fixed, reference.store, _REASONS[reference.resolution])
        entry.references.append(reference)
        return entry.ref, None

    def _note(self, kind: str, name: str, commit: str | None, store: str | None, why: str) -> OnlyNamed:
        shown = text(name, _NAME)
        ref = f"other:{store or 'unknown'}:{shown}" if kind == "other" else refs.hub(kind, shown, commit)
        entry = self.only_named.setdefault(ref, OnlyNamed(ref, kind, shown, commit, store))
        entry.reasons.add(text(why, _NAME))
        return entry


_REASONS = {
    "resolved": "the commit that it stood for is not among the repositories that were looked up",
    "unresolved": "what the source says could not be followed to a name",
    "not_found": "the Hub does not know it, or does not show it",
    "gated": "the Hub shows it only to those who accepted its terms",
    "local": "the source takes it from a folder of the repository",
    "not_checked": "it was not looked up: the change leaves its place alone, or the Hub could not be asked",
}


def _is_commit(revision: str | None) -> bool:
    return revision is not None and len(revision) == _COMMIT and set(revision) <= _HEXADECIMAL
