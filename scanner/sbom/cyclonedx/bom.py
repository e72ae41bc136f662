"""A whole document: what it is about, what is in it, and how much of that is known."""

from __future__ import annotations

import json
from typing import Any, Literal, get_args

from pydantic import Field

from scanner.sbom.cyclonedx.component import Component
from scanner.sbom.cyclonedx.node import Node, Property, plain
from scanner.sbom.cyclonedx.parts import Contact, ExternalReference, LicenseChoice, Organization
from scanner.sbom.cyclonedx.vulnerability import Vulnerability

SpecVersion = Literal["1.6", "1.7"]
SPEC_VERSIONS: tuple[SpecVersion, ...] = get_args(SpecVersion)


class Dependency(Node):
    """What a component depends on directly; always written, also when it is nothing."""

    ref: str
    depends_on: list[str] = []


Aggregate = Literal["complete", "incomplete", "unknown"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)


class Composition(Node):
    """How much of the named components is known."""

    aggregate: Aggregate
    assemblies: list[str] | None = None
    dependencies: list[str] | None = None
    vulnerabilities: list[str] | None = None


class Annotator(Node):
    """Who remarks."""

    component: Component


class Annotation(Node):
    """A remark on components."""

    bom_ref: str | None = Field(None, alias="bom-ref")
    subjects: list[str]
    annotator: Annotator
    timestamp: str
    text: str


class Citation(Node):
    """Who supplied the values at these JSON pointers; 1.7 alone."""

    bom_ref: str | None = Field(None, alias="bom-ref")
    pointers: list[str]
    timestamp: str
    attributed_to: str
    note: str | None = None


class Lifecycle(Node):
    """When in a product's life the document was made."""

    phase: Literal["pre-build"]


class Tools(Node):
    """The programs that took part."""

    components: list[Component]


class Metadata(Node):
    """What the document is about and who made it; ``timestamp`` is ISO 8601 in UTC."""

    timestamp: str
    lifecycles: list[Lifecycle]
    tools: Tools
    authors: list[Contact] | None = None
    component: Component
    manufacturer: Organization | None = None
    supplier: Organization | None = None
    licenses: list[LicenseChoice] | None = None
    properties: list[Property] | None = None


class Bom(Node):
    """A whole document."""

    schema_: str = Field("", alias="$schema")
    bom_format: Literal["CycloneDX"] = "CycloneDX"
    spec_version: SpecVersion = "1.6"
    serial_number: str | None = None
    version: int = 1
    metadata: Metadata
    components: list[Component] = []
    external_references: list[ExternalReference] | None = None
    dependencies: list[Dependency] = []
    compositions: list[Composition] | None = None
    vulnerabilities: list[Vulnerability] | None = None
    annotations: list[Annotation] | None = None
    citations: list[Citation] | None = None
    properties: list[Property] | None = None

    def model_post_init(self, _: Any) -> None:
        """The schema's address follows from the version."""
        object.__setattr__(
            self, "schema_", f"http://cyclonedx.org/schema/bom-{self.spec_version}.schema.json"
        )


def encode(node: Node, *, compact: bool = False) -> bytes:
    """The node as JSON and a newline: ASCII only, so that no direction mark reaches a terminal."""
    indent, separators = (None, (",", ":")) if compact else (2, None)
    return json.dumps(plain(node), indent=indent, separators=separators).encode("ascii") + b"\n"
