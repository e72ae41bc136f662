"""The data fields: what each is called, of what it is asked, and where a CycloneDX document says it.

Sources: CycloneDX 1.6 and 1.7 for the places; what is asked is in
:mod:`scanner.sbom.completeness.profiles`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scanner.sbom.completeness import states
from scanner.sbom.completeness.states import State, at, digest, either, property_named, reference

Of = Literal["document", "stated", "files", "models", "data"]
"""Of what a field is asked: once, or of each of these (:class:`scanner.sbom.foreign.Context`)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One data field."""

    title: str
    of: Of
    state: State
    place: str
    """Where a CycloneDX document says it, for a reader."""


_SAMPLE = "cdx:ai-ml:model:"

FIELDS: Mapping[str, Field] = {
    "sbom-author": Field(
        "SBOM author", "document", *at("metadata.authors", "metadata.manufacturer", "metadata.supplier")
    ),
    "sbom-author-contact": Field(
        "E-mail address or URL of the SBOM's creator",
        "document",
        states.creator_of_sbom,
        "metadata.authors[].email, metadata.manufacturer.url",
    ),
    "sbom-signature": Field(
        "Signature of the SBOM's author",
        "document",
        states.signature,
        "signature, externalReferences[type=digital-signature]",
    ),
    "tool-name": Field("Name of the tool", "document", *states.tool("name")),
    "tool-version": Field("Version of the tool", "document", *states.tool("version")),
    "timestamp": Field("Timestamp", "document", *at("metadata.timestamp")),
    "generation-context": Field("When in the life cycle it was made", "document", *at("metadata.lifecycles")),
    "format": Field("Format", "document", *at("bomFormat")),
    "format-version": Field("Version of the format", "document", *at("specVersion")),
    "sbom-version": Field("Version of the SBOM", "document", *at("version")),
    "sbom-identity": Field("Identity of the SBOM", "document", *at("serialNumber")),
    "coverage": Field(
        "How complete it is, and what is known to be unknown", "document", states.completeness, "compositions"
    ),
    "system-name": Field("Name of the system", "document", *at("metadata.component.name")),
    "system-version": Field("Version of the system", "document", *at("metadata.component.version")),
    "system-producer": Field(
        "Producer of the system",
        "document",
        *at(
            "metadata.component.supplier",
            "metadata.component.manufacturer",
            "metadata.component.group",
            "metadata.manufacturer",
            "metadata.supplier",
        ),
    ),
    "infrastructure": Field(
        "Software that runs it", "document", states.software, "components[type=library|framework|container]"
    ),
    "security-findings": Field(
        "Known vulnerabilities and findings", "document", states.security, "vulnerabilities"
    ),
    "security-report": Field(
        "Where the results of checks are",
        "document",
        *reference(
            "static-analysis-report", "vulnerability-assertion", "exploitability-statement", "attestation"
        ),
    ),
    "producer": Field(
        "Producer", "stated", *at("supplier", "manufacturer", "authors", "author", "publisher")
    ),
    "producer-contact": Field(
        "E-mail address or URL of the creator", "stated", states.creator, "supplier.url, authors[].email"
    ),
    "name": Field("Name", "stated", *at("name")),
    "version": Field("Version", "stated", *at("version")),
    "identifier": Field("Identifier", "stated", *at("purl", "cpe", "swhid", "omniborId", "swid.tagId")),
    "hash": Field("Digest", "files", *digest("content")),
    "hash-algorithm": Field("Algorithm of the digest", "files", *digest("alg")),
    "hash-sha512": Field(
        "SHA-512", "files", states.sha512, "externalReferences[type=distribution].hashes[alg=SHA-512]"
    ),
    "license": Field("Licence", "stated", states.licence, "licenses[]"),
    "dependencies": Field(
        "What it depends on", "stated", states.dependencies, "dependencies[], compositions[].dependencies"
    ),
    "filename": Field("File name", "files", *property_named("bsi:component:filename")),
    "executable": Field("Whether it is executable", "files", *property_named("bsi:component:executable")),
    "archive": Field("Whether it is an archive", "files", *property_named("bsi:component:archive")),
    "structured": Field("Whether it is structured", "files", *property_named("bsi:component:structured")),
    "distribution": Field(
        "Where it is had", "stated", *reference("distribution", "source-distribution", "vcs", "website")
    ),
    "model-description": Field(
        "Description and capabilities",
        "models",
        *either(at("description"), at("modelCard.considerations.useCases")),
    ),
    "model-task": Field("Task", "models", *at("modelCard.modelParameters.task")),
    "model-architecture": Field(
        "Architecture",
        "models",
        *at("modelCard.modelParameters.architectureFamily", "modelCard.modelParameters.modelArchitecture"),
    ),
    "model-parameters": Field("Number of parameters", "models", *property_named(f"{_SAMPLE}parameter:count")),
    "model-modality": Field(
        "Inputs and outputs",
        "models",
        *at("modelCard.modelParameters.inputs", "modelCard.modelParameters.outputs"),
    ),
    "model-learning": Field("How it learned", "models", *at("modelCard.modelParameters.approach")),
    "model-lineage": Field("What it is made from", "models", *at("pedigree.ancestors", "pedigree.notes")),
    "model-datasets": Field(
        "Data that it was trained on", "models", *at("modelCard.modelParameters.datasets")
    ),
    "model-use": Field(
        "Intended use", "models", *at("modelCard.considerations.useCases", "modelCard.considerations.users")
    ),
    "model-limitations": Field(
        "Limitations",
        "models",
        *at(
            "modelCard.considerations.technicalLimitations",
            "modelCard.considerations.ethicalConsiderations",
            "modelCard.considerations.performanceTradeoffs",
        ),
    ),
    "model-metrics": Field("Results of evaluations", "models", *at("modelCard.quantitativeAnalysis")),
    "model-energy": Field(
        "Energy and emissions", "models", *at("modelCard.considerations.environmentalConsiderations")
    ),
    "model-release": Field(
        "Date of release",
        "models",
        *either(at("releaseNotes.timestamp"), property_named("modelward:created")),
    ),
    "data-provenance": Field(
        "Provenance of data",
        "data",
        *either(at("data", "supplier", "publisher"), reference("website", "distribution", "vcs")),
    ),
    "data-sensitivity": Field("Sensitivity of data", "data", *states.data("classification", "sensitiveData")),
    "data-governance": Field("Who answers for data", "data", *states.data("governance")),
    "data-hash": Field("Digest of data", "data", *digest("content")),
    "data-description": Field(
        "Description of data", "data", *either(at("description"), states.data("description"))
    ),
}
"""Every field by its id."""
