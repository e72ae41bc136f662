"""What a row of the table of loaders says: matching reads these fields and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from scanner.discover.interface import RepoType

Evidence = Literal["import", "name", "anywhere"]
"""How sure the callee must be: ``import``: it resolves to an import of one of the roots; ``name``: that, or
nothing says where the name is from; ``anywhere``: the name is unmistakable, wherever it comes from."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument that names a repository: its position, or null, and its keywords."""

    position: int | None
    names: tuple[str, ...] = ()
    revision: tuple[str, ...] = ("revision",)
    """Keywords that take the revision of this repository; none means that it cannot be named."""
    repo_type: RepoType | None = None
    """Where it differs from the loader's."""
    objects: bool = False
    """Whether a loaded object may stand here as well: an unresolved one then counts if named so."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """What may stand before the id, and what it says about it."""

    text: str
    repo_type: RepoType | None = None
    at_revision: bool = False
    """Whether ``@revision`` may follow the id."""
    namespace: str | None = None
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Loader:
    """One row: what is called, which arguments are ids, and what else the call says about them."""

    id: str
    library: str
    call: str
    """``Class.method`` or a function's name; either part may have ``*``, and ``|`` separates alternatives."""
    ids: tuple[Argument, ...]
    roots: tuple[str, ...]
    """Packages it is imported from."""
    evidence: Evidence = "anywhere"
    repo_type: RepoType = "model"
    type_keyword: str | None = None
    """The keyword that says model, dataset or space."""
    namespace: str | None = None
    """What an id of one segment stands under."""
    prefixes: tuple[Prefix, ...] = ()
    needs_prefix: bool = False
    switch: str | None = None
    """The keyword that lets code of the repository run."""
    always_code: bool = False
    """Whether that code always runs."""
    options: tuple[str, ...] = ()
    """Keywords whose dictionaries hold the revision and the switch."""
    files: tuple[str | int, ...] = ()
    """Keywords and positions that name files."""
    builders: bool = False
    """Whether names of file formats may stand in the place of an id."""
    store: str | None = None
    """For what is no repository of the Hub."""
    quiet: bool = False
    """Whether an unresolved id is not worth a word, other things being passed there more often."""
    one_segment: bool = True
    """Whether a name without an owner may be an id here."""
    within: bool = False
    """Whether the path of a file follows the id."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Ids that short names stand for."""

    @property
    def names(self) -> tuple[str, ...]:
        """Patterns for the last name of the call."""
        return tuple(self.call.rpartition(".")[2].split("|"))

    @property
    def owners(self) -> tuple[str, ...]:
        """Patterns for the names before it; none means any."""
        owner = self.call.rpartition(".")[0]
        return tuple(owner.split("|")) if owner and owner != "*" else ()
