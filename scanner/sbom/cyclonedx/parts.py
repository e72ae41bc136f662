"""The small objects that components and vulnerabilities are described with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from scanner.sbom.cyclonedx.node import Node, Property, relative

Acknowledgement = Literal["declared", "concluded"]


class Hash(Node):
    """A digest in hexadecimal; ``alg`` is a key of :data:`HASH_ALGORITHMS`."""

    alg: str
    content: str


class Attachment(Node):
    """A text within the document."""

    content: str
    content_type: str = "text/plain"


class License(Node):
    """Either an SPDX ``id`` or a ``name``."""

    id: str | None = None
    name: str | None = None
    text: Attachment | None = None
    url: str | None = None
    properties: list[Property] | None = None
    acknowledgement: Acknowledgement | None = None


class LicenseChoice(Node):
    """A licence or an SPDX expression; in 1.6 an expression must be the only entry of its list."""

    license: License | None = None
    expression: str | None = None
    acknowledgement: Acknowledgement | None = None


class Contact(Node):
    """A person or an office."""

    name: str | None = None
    email: str | None = None


class Organization(Node):
    """A group of people: who supplies, makes, owns or keeps something."""

    bom_ref: str | None = Field(None, alias="bom-ref")
    name: str | None = None
    url: list[str] | None = None
    contact: list[Contact] | None = None


class ExternalReference(Node):
    """Where else to look: an address, what it is, and the digests of what lies there."""

    type: str
    url: str
    comment: str | None = None
    hashes: list[Hash] | None = None


class Occurrence(Node):
    """Where in the repository a component is named; ``line`` counts from 1."""

    location: Annotated[str, BeforeValidator(lambda value: relative(value))]
    line: int | None = Field(None, ge=1)
    symbol: str | None = None
    additional_context: str | None = None


class Method(Node):
    """How an identity was found; ``confidence`` from 0 to 1."""

    technique: Literal[
        "source-code-analysis",
        "binary-analysis",
        "manifest-analysis",
        "hash-comparison",
        "attestation",
        "other",
    ]
    confidence: float
    value: str | None = None


class Identity(Node):
    """What a component was taken for, and on what grounds."""

    field: Literal["group", "name", "version", "purl", "hash"]
    confidence: float | None = None
    concluded_value: str | None = None
    methods: list[Method] | None = None


class Evidence(Node):
    """Why a component is listed, and under which licence it was found."""

    identity: list[Identity] | None = None
    occurrences: list[Occurrence] | None = None
    licenses: list[LicenseChoice] | None = None
