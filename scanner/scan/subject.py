"""One Hub repository that the change leads to, in the making."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.domain import Reference
from scanner.hub.interface import Record
from scanner.scan.references import Named
from scanner.scan.remote_files import Looked, full_name


@dataclass
class Subject:
    """One repository at one commit, and everything that led to it."""

    record: Record
    named: list[Named] = field(default_factory=list)
    asked: bool = False
    """True when the caller named it itself."""
    behind: str | None = None
    """The repository that leads to it."""
    code_only: bool = False
    before: Record | None = None
    """At the commit that the base names, where the change moves a revision."""
    looked: Looked = field(default_factory=Looked)
    aliases: set[str] = field(default_factory=set)
    """Ids under which other repositories name it."""
    not_followed: dict[str, str] = field(default_factory=dict)
    """What stands behind it and was not looked up, and why."""

    @property
    def name(self) -> str:
        """``org/name``, with the prefix of its kind."""
        return full_name(self.record.repo_type, self.record.repo_id)

    @property
    def place(self) -> Reference | None:
        """The reference to point at: in the difference if there is one."""
        references = [named.reference for named in self.named]
        return min(references, key=lambda one: (not one.in_diff, one.path, one.line), default=None)

    @property
    def wanted(self) -> bool:
        """Whether its files are looked at: a Space runs elsewhere, and an address alone loads nothing."""
        return self.record.repo_type != "space" and (
            self.asked or self.behind is not None or any(named.loads for named in self.named)
        )

    @property
    def only(self) -> list[str]:
        """The files that are loaded, where every place that loads any says which."""
        loading = [named.mention.files for named in self.named if named.loads]
        if self.asked or self.behind or not all(loading):
            return []
        return sorted({name for files in loading for name in files})


Subjects = dict[tuple[str, str], Subject]
"""By name and commit."""


def subject_of(subjects: Subjects, record: Record) -> tuple[Subject, bool]:
    """The subject of a record, and whether it is new."""
    key = (full_name(record.repo_type, record.repo_id), record.commit)
    is_new = key not in subjects
    return subjects.setdefault(key, Subject(record)), is_new
