"""What stands behind a repository of the Hub: code, what an adapter is for, base models, data sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from scanner.hub.texts import REPO_ID
from scanner.scan.records import Name, Records
from scanner.scan.remote_files import full_name
from scanner.scan.subject import Subject, Subjects, subject_of
from scanner.words import counted

MOST_BEHIND = 20
"""So many repositories whose code or weights one repository loads are looked at, one level deep."""

MOST_LEVELS = 3
"""So many levels of base models are looked up."""

MOST_FOLLOWED = 24
"""So many repositories are looked up in one run only because cards name them."""

_TOO_MANY = f"cards name more than the {MOST_FOLLOWED} repositories that are looked up"
_TOO_MANY_BEHIND = f"it loads from more than {MOST_BEHIND} repositories"
_TOO_FAR = f"it is more than {counted(MOST_LEVELS, 'level')} behind what the change names"
_NO_NAME = "no repository of the Hub can have this name"


class _Lead(NamedTuple):
    """A name that the card of a subject states."""

    subject: Subject
    name: Name

    @property
    def told(self) -> str:
        return full_name(self.name.repo_type, self.name.repo_id)


def follow(subjects: Subjects, records: Records, look: Callable[[Subject], None]) -> None:
    """Look at what is loaded from behind, then look up what cards name, as far as the budget goes.

    What a card names and nobody looked up is noted on its subject, with the reason: it makes no verdict
    incomplete, since nothing of it is loaded.
    """
    _loaded(subjects, records, look)
    _named(subjects, records)


def _loaded(subjects: Subjects, records: Records, look: Callable[[Subject], None]) -> None:
    """One level: where the code comes from, and what an adapter is for."""
    leads: list[tuple[Subject, Name, bool]] = []
    for subject in list(subjects.values()):
        if subject.record.repo_type != "model":
            continue
        code = subject.looked.code_repositories
        code = code | {entry.partition("--")[0] for entry in subject.record.auto_map if "--" in entry}
        found = [(name, True) for name in sorted(code)]
        found += [(name, False) for name in sorted(subject.looked.base_repositories)]
        subject.not_followed |= {name: _TOO_MANY_BEHIND for name, _ in found[MOST_BEHIND:]}
        leads += [(subject, Name("model", name, None), is_code) for name, is_code in found[:MOST_BEHIND]]
    records.look_up(name for _, name, _ in leads)
    for subject, name, is_code in leads:
        known = records.get(name)
        if known.record is None:
            subject.looked.incomplete.append(known.gap(full_name("model", name.repo_id)))
            continue
        behind, is_new = subject_of(subjects, known.record)
        behind.aliases.add(name.repo_id)
        if is_new:
            behind.behind, behind.code_only = subject.name, is_code
            look(behind)


def _named(subjects: Subjects, records: Records) -> None:
    """Base models level by level, and the data sets of each."""
    asked: set[Name] = set()
    left = MOST_FOLLOWED
    level = [subject for subject in subjects.values() if subject.record.repo_type == "model"]
    for _ in range(MOST_LEVELS):
        leads = list(_leads(level))
        fresh = list(dict.fromkeys(lead.name for lead in leads if lead.name not in asked))
        new = [name for name in fresh if name not in records][:left]
        left -= len(new)
        records.look_up(new)
        asked |= {name for name in fresh if name in records}
        level = list(_found(leads, asked, subjects, records))
    _note_rest(level, subjects)


def _leads(level: Sequence[Subject]) -> Iterator[_Lead]:
    """What the cards of a level name: first base models, then data sets."""
    for subject in level:
        for name in subject.record.base_models:
            yield _Lead(subject, Name("model", name, None))
    for subject in level:
        for name in subject.record.datasets:
            if REPO_ID.fullmatch(name):
                yield _Lead(subject, Name("dataset", name, None))
            else:
                subject.not_followed[full_name("dataset", name)] = _NO_NAME


def _found(
    leads: Iterable[_Lead], asked: set[Name], subjects: Subjects, records: Records
) -> Iterator[Subject]:
    """The models that were met for the first time; what is not known is noted."""
    for lead in leads:
        if lead.name not in asked:
            lead.subject.not_followed[lead.told] = _TOO_MANY
            continue
        known = records.get(lead.name)
        if known.record is None:
            lead.subject.not_followed[lead.told] = known.detail
            continue
        behind, is_new = subject_of(subjects, known.record)
        behind.aliases.add(lead.name.repo_id)
        if is_new and behind.record.repo_type == "model":
            yield behind


def _note_rest(level: Sequence[Subject], subjects: Subjects) -> None:
    """What the last level names, unless it is known from elsewhere."""
    known = {
        full_name(one.record.repo_type, name).casefold()
        for one in subjects.values()
        for name in (one.record.repo_id, *one.aliases)
    }
    for lead in _leads(level):
        if lead.told.casefold() not in known:
            lead.subject.not_followed[lead.told] = _TOO_FAR
