"""What goes into a search of one source file and what comes out: plain data that crosses the worker's door.

Nothing here imports pydantic: workers start often and must start fast.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

RepoType = Literal["model", "dataset", "space", "kernel", "other"]

RevisionState = Literal["absent", "literal", "unresolved", "impossible"]
"""``absent``: the loader would take one and got none; ``impossible``: this loader takes none."""


@dataclass(frozen=True, slots=True)
class Sibling:
    """A module of the same repository that the file imports, given because an earlier search wanted it."""

    module: str
    """As the importing file writes it, with its leading dots: ``.config``, ``app.settings``."""
    data: str
    """Path of its bytes."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to search: ``path`` is its path in the repository, ``data`` where its bytes are."""

    path: str
    data: str
    siblings: list[Sibling] = field(default_factory=list)


@dataclass(slots=True)
class Edit:
    """A replacement in the file as it is: lines from 1, columns in bytes of UTF-8 from 0, the end excluded.

    ``{commit}`` in ``text`` stands for the commit that is to be pinned.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(slots=True)
class Mention:
    """One place that names a repository of the Hub, a model of another store, or something unresolved."""

    loader: str
    """Id of the row of the table of loaders."""
    repo_type: RepoType
    line: int
    end_line: int
    """Where the id stands, as GitHub shows the file; of an unresolved one the call."""
    repo_id: str | None = None
    """As the loader would ask the Hub for it; null when it cannot be told from the source."""
    call_line: int = 0
    call_end_line: int = 0
    """The call, flag or key that loads it."""
    revision: str | None = None
    revision_state: RevisionState = "absent"
    trust_remote_code: bool | None = False
    """Null when it cannot be told from the source."""
    files: list[str] = field(default_factory=list)
    """Names or patterns of the files that are loaded, where the call names them; empty means all."""
    local: bool = False
    """True when the value has the form of a path of the file system."""
    store: str | None = None
    """For ``other``: s3, gcs, azure, mlflow, kaggle, ngc, torch-hub, url, …"""
    expression: str = ""
    """The argument as it is written, up to 200 characters."""
    package: str | None = None
    """The package that the loader is imported from, where an import shows it."""
    pin: Edit | None = None
    """The edit that names a commit; null where none can be written mechanically."""


@dataclass(slots=True)
class UnsafeLoad:
    """One call that loads a model in an unsafe way; ``rule`` is one of :mod:`scanner.rules`."""

    rule: str
    symbol: str
    """What is called, by its full name: ``torch.load``."""
    line: int
    end_line: int
    expression: str
    """The call as it is written, blanks collapsed, up to 200 characters."""
    detail: str = ""
    """What makes it unsafe, as it continues "… is called": ``with weights_only=False``."""
    path: str | None = None
    """The file it loads, where that is a literal."""
    fix: Edit | None = None


@dataclass(slots=True)
class Found:
    """What one file names. ``wants`` are modules whose constants would resolve more of it."""

    mentions: list[Mention] = field(default_factory=list)
    unsafe: list[UnsafeLoad] = field(default_factory=list)
    wants: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    """Why a part was not searched; what was searched instead."""
    defeated: str = ""
    """Why the search itself came to an end: what ends a search may be there to hide from it."""

    def lack_as(self, other: Found) -> None:
        """Take over what ``other``, found in a part of the same file, could not search."""
        self.gaps += other.gaps
        self.defeated = self.defeated or other.defeated
