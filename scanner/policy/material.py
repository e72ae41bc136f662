"""What there is to judge, with the look-ups that several parts of the policy need."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scanner.domain import (
    Artifact,
    Finding,
    Incomplete,
    Reference,
    Repository,
    Vulnerability,
    VulnerabilityAssessment,
)
from scanner.words import HUB_PREFIX

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Material:
    """What a scan found, before the policy: findings carry ``new`` already."""

    findings: Sequence[Finding] = ()
    incomplete: Sequence[Incomplete] = ()
    artifacts: Sequence[Artifact] = ()
    references: Sequence[Reference] = ()
    repositories: Sequence[Repository] = ()
    has_base: bool = True
    """False when nothing can be called new or old."""
    vulnerabilities: Sequence[Vulnerability] = ()
    """Known ones of the software, worst first."""
    assessment: VulnerabilityAssessment | None = None
    """How far the software was compared with a database; ``None`` where the change touches none of it."""

    @cached_property
    def artifact(self) -> Mapping[str, Artifact]:
        """Artifacts by id."""
        return {artifact.id: artifact for artifact in self.artifacts}

    @cached_property
    def reference(self) -> Mapping[str, Reference]:
        """References by id."""
        return {reference.id: reference for reference in self.references}

    @cached_property
    def hub(self) -> tuple[HubSubject, ...]:
        """The Hub repositories of the head, each commit for itself, in order of name and commit."""
        found: dict[tuple[str, str | None], HubSubject] = {}
        for repository in self.repositories:
            name = HUB_PREFIX[repository.type] + repository.id
            found[name.casefold(), commit(repository.revision)] = HubSubject(
                name, commit(repository.revision), repository.author, repository, ()
            )
        for reference in self.references:
            prefix = HUB_PREFIX.get(reference.repo_type)
            if prefix is None or reference.repo_id is None or reference.resolution == "local":
                continue
            if reference.change == "removed":
                continue
            name, at = prefix + reference.repo_id, reference_commit(reference)
            known = found.get((name.casefold(), at)) or HubSubject(name, at, None, None, ())
            found[name.casefold(), at] = HubSubject(
                known.name, at, known.author, known.record, (*known.references, reference)
            )
        return tuple(found[key] for key in sorted(found, key=lambda key: (key[0], key[1] or "")))

    def in_change(self, finding: Finding) -> bool:
        """Whether the finding lies in a file, or on a line, that the change touches."""
        artifact = self.artifact.get(finding.artifact or "")
        reference = self.reference.get(finding.reference or "")
        return touched(artifact) or bool(reference and reference.in_diff)

    def digest(self, artifact: str | None) -> str | None:
        """The SHA-256 of an artifact if it was computed from its bytes; a declared one proves nothing."""
        found = self.artifact.get(artifact or "")
        return found.sha256 if found and found.sha256_origin == "computed" else None

    def repository_at(self, finding: Finding) -> str | None:
        """``org/name@commit`` of the repository a finding is about, in the form of the configuration."""
        reference = self.reference.get(finding.reference or "")
        if reference and reference.repo_id and reference.repo_type in HUB_PREFIX:
            name, at = HUB_PREFIX[reference.repo_type] + reference.repo_id, reference_commit(reference)
        else:
            artifact = self.artifact.get(finding.artifact or "")
            name, at = (artifact.repository_id or "", commit(artifact.revision)) if artifact else ("", None)
        return f"{name.casefold()}@{at}" if name and at else None


@dataclass(frozen=True)
class HubSubject:
    """One Hub repository, at one commit if that is known, and where it is named."""

    name: str
    """``org/name``, ``datasets/org/name`` or ``spaces/org/name``."""
    commit: str | None
    author: str | None
    record: Repository | None
    """What the Hub says of it; ``None`` when that was not collected."""
    references: tuple[Reference, ...]

    @property
    def publishers(self) -> frozenset[str]:
        """Who stands behind it, in lower case: the name space and the author that the Hub names."""
        return frozenset(name.casefold() for name in (publisher(self.name), self.author) if name)

    def is_one_of(self, repositories: Sequence[str]) -> bool:
        """Whether a list of the configuration names it, as a whole or at this commit."""
        name = self.name.casefold()
        return name in repositories or (self.commit is not None and f"{name}@{self.commit}" in repositories)


def publisher(repository: str) -> str | None:
    """The part of ``org/name`` before the slash; ``None`` for the Hub's oldest names, which have none."""
    name = repository.removeprefix("datasets/").removeprefix("spaces/").removeprefix("kernels/")
    return name.split("/")[0] if "/" in name else None


def commit(revision: str | None) -> str | None:
    """``revision`` if it is a full commit id, since a branch or a tag can be moved."""
    return revision if revision and _COMMIT.fullmatch(revision) else None


def reference_commit(reference: Reference) -> str | None:
    """The commit a reference leads to, if that is known."""
    return commit(reference.resolved_revision) or commit(reference.revision)


def touched(artifact: Artifact | None) -> bool:
    """Whether the change adds, modifies or renames the file."""
    return artifact is not None and artifact.change in ("added", "modified", "renamed")
