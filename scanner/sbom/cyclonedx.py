"""The part of CycloneDX 1.6 that Modelward writes, as types.

Attribute names are the specification's in snake case; they are written under the specification's own names
(https://cyclonedx.org/docs/1.6/json/). A value that a document does not know is left out: never null, never
made up. Lists are sorted by whoever builds them, so that equal content is equal bytes.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
HASH_ALGORITHMS = {
    "MD5": 32,
    "SHA-1": 40,
    "SHA-256": 64,
    "SHA-384": 96,
    "SHA-512": 128,
    "SHA3-256": 64,
    "SHA3-384": 96,
    "SHA3-512": 128,
    "BLAKE2b-256": 64,
    "BLAKE2b-384": 96,
    "BLAKE2b-512": 128,
}
"""Algorithms we pass on, with the number of hexadecimal digits of each."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
ABSOLUTE = re.compile(r"^(?:/|[A-Za-z]:[\\/]|\\\\|file:)")
"""What a place on a machine looks like."""

TEXT_LIMIT = 4096


class Node(BaseModel):
    """Base of every object: immutable, closed, written under the specification's names."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, alias_generator=to_camel, populate_by_name=True
    )


class Property(Node):
    """A name and a value; the same name may appear several times."""

    name: str
    value: str


class Hash(Node):
    """A digest in hexadecimal; ``alg`` is a key of :data:`HASH_ALGORITHMS`."""

    alg: str
    content: str


class License(Node):
    """Either an SPDX ``id`` or a ``name``."""

    id: str | None = None
    name: str | None = None
    url: str | None = None
    acknowledgement: Literal["declared", "concluded"] | None = None


class LicenseChoice(Node):
    """A licence or an SPDX expression; in 1.6 an expression must be the only entry of its list."""

    license: License | None = None
    expression: str | None = None
    acknowledgement: Literal["declared", "concluded"] | None = None


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


class Evidence(Node):
    """Why a component is listed."""

    occurrences: list[Occurrence] | None = None


class ModelParameters(Node):
    """What a model is, as far as its own bytes say."""

    architecture_family: str | None = None
    model_architecture: str | None = None


class ModelCard(Node):
    """What is known of a model."""

    model_parameters: ModelParameters | None = None
    properties: list[Property] | None = None


ComponentType = Literal[
    "application", "library", "framework", "file", "machine-learning-model", "data", "platform"
]


class Component(Node):
    """One thing of the bill of materials."""

    type: ComponentType
    bom_ref: str | None = Field(None, alias="bom-ref")
    group: str | None = None
    name: str
    version: str | None = None
    description: str | None = None
    scope: Literal["required", "optional", "excluded"] | None = None
    hashes: list[Hash] | None = None
    licenses: list[LicenseChoice] | None = None
    purl: str | None = None
    external_references: list[ExternalReference] | None = None
    properties: list[Property] | None = None
    evidence: Evidence | None = None
    model_card: ModelCard | None = None


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
    component: Component
    properties: list[Property] | None = None


class Bom(Node):
    """A whole document."""

    schema_: str = Field(SCHEMA, alias="$schema")
    bom_format: Literal["CycloneDX"] = "CycloneDX"
    spec_version: Literal["1.6"] = "1.6"
    serial_number: str | None = None
    version: int = 1
    metadata: Metadata
    components: list[Component] = []
    dependencies: list[Dependency] = []
    compositions: list[Composition] | None = None


def plain(node: Node) -> dict[str, Any]:
    """The node as JSON values, under the specification's names, without what is unknown."""
    return node.model_dump(mode="json", by_alias=True, exclude_none=True)


def encode(node: Node) -> bytes:
    """The node as JSON and a newline: ASCII only, so that no direction mark reaches a terminal."""
    return json.dumps(plain(node), indent=2, ensure_ascii=True).encode("ascii") + b"\n"


def text(value: str, limit: int = TEXT_LIMIT) -> str:
    """``value`` fit for a document: no control characters or lone surrogates, at most ``limit`` long."""
    cleaned = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1] + "\N{HORIZONTAL ELLIPSIS}"


def relative(path: str) -> str:
    """A repository path as a document holds it, never to be taken for a place on a machine.

    Of an absolute path only the last part is kept; a relative one that looks like an absolute one of another
    system gets a leading ``./``.
    """
    cleaned = text(path)
    if cleaned.startswith("/"):
        return cleaned.rstrip("/").rpartition("/")[2] or "."
    return f"./{cleaned}" if ABSOLUTE.match(cleaned) else cleaned


def unique_properties(pairs: list[tuple[str, str]]) -> list[Property] | None:
    """Sorted properties without repetitions, or ``None`` when there are none."""
    return [Property(name=name, value=value) for name, value in sorted(set(pairs))] or None
