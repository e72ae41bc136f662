"""One thing of the bill of materials, and where it comes from."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scanner.sbom.cyclonedx.model_card import Data, ModelCard
from scanner.sbom.cyclonedx.node import Node, Property
from scanner.sbom.cyclonedx.parts import (
    Contact,
    Evidence,
    ExternalReference,
    Hash,
    LicenseChoice,
    Organization,
)

ComponentType = Literal[
    "application",
    "container",
    "library",
    "framework",
    "file",
    "machine-learning-model",
    "data",
    "platform",
]


class Commit(Node):
    """One commit of a component's history."""

    uid: str | None = None
    url: str | None = None
    message: str | None = None


class Pedigree(Node):
    """What a component is made from."""

    ancestors: list[Component] | None = None
    commits: list[Commit] | None = None
    notes: str | None = None


class Component(Node):
    """One thing of the bill of materials."""

    type: ComponentType
    mime_type: str | None = Field(None, alias="mime-type")
    bom_ref: str | None = Field(None, alias="bom-ref")
    supplier: Organization | None = None
    manufacturer: Organization | None = None
    authors: list[Contact] | None = None
    publisher: str | None = None
    group: str | None = None
    name: str
    version: str | None = None
    description: str | None = None
    scope: Literal["required", "optional", "excluded"] | None = None
    hashes: list[Hash] | None = None
    licenses: list[LicenseChoice] | None = None
    purl: str | None = None
    pedigree: Pedigree | None = None
    external_references: list[ExternalReference] | None = None
    components: list[Component] | None = None
    evidence: Evidence | None = None
    model_card: ModelCard | None = None
    data: list[Data] | None = None
    properties: list[Property] | None = None
    tags: list[str] | None = None
