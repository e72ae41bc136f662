"""What is to be reported of the source of a change."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.domain import Artifact, Finding, Incomplete, Reference, Repository


@dataclass
class Reviewed:
    """References, what they lead to, and what is wrong with it."""

    references: list[Reference] = field(default_factory=list)
    repositories: list[Repository] = field(default_factory=list)
    artifacts: list[Artifact] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    incomplete: list[Incomplete] = field(default_factory=list)
