"""How components are referred to within a document: by package URL where there is one."""

from __future__ import annotations

from hashlib import sha256

from scanner.domain import Artifact, Repository
from scanner.sbom import purl
from scanner.sbom.cyclonedx import relative
from scanner.words import HUB_PREFIX

ROOT = "repository"
"""The repository itself, where it has no package URL."""

INSPECTED = "inspected"
"""What a caller named without a repository."""

_MARK = 16


def artifact(subject: Artifact) -> str:
    """Of a model file, wherever it lies; a place on the machine is told apart, and not told."""
    if subject.source != "local":
        return f"model:{subject.id}"
    place = relative(subject.path)
    mark = "" if place == subject.path else f"@{sha256(subject.path.encode()).hexdigest()[:_MARK]}"
    return f"model:local:{place}{mark}"


def repository(subject: Repository) -> str:
    """Of a repository of the Hub at its commit."""
    return hub(subject.type, subject.id, subject.revision)


def hub(kind: str, name: str, commit: str | None) -> str:
    """Of what the Hub calls ``name``; a model at a known commit goes by its package URL."""
    if kind == "model" and commit and (address := purl.hub_model(name, commit)):
        return address
    return f"hub:{HUB_PREFIX[kind]}{name}" + (f"@{commit}" if commit else "")
