"""A model file as a component: what it is, its digests and who says them, and what its own bytes tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scanner.domain import Artifact
from scanner.sbom import file_traits, origins, refs
from scanner.sbom.cyclonedx import (
    Aggregate,
    Component,
    Evidence,
    Hash,
    ModelCard,
    ModelParameters,
    Occurrence,
    relative,
    text,
    unique_properties,
)
from scanner.sbom.facts import as_text, fact_properties
from scanner.sbom.purl import hub_file

_PROPERTIES: Mapping[str, Callable[[Artifact], object]] = {
    "modelward:path": lambda artifact: relative(artifact.path),
    "modelward:source": lambda artifact: artifact.source,
    "modelward:format": lambda artifact: artifact.format,
    "modelward:size": lambda artifact: artifact.size,
    "modelward:git_oid": lambda artifact: artifact.git_oid,
    "modelward:repository_id": lambda artifact: artifact.repository_id,
    "modelward:revision": lambda artifact: artifact.revision,
    "modelward:change": lambda artifact: artifact.change,
    "modelward:coverage": lambda artifact: artifact.coverage,
    "modelward:status": lambda artifact: artifact.status,
    "modelward:digest_origin": lambda artifact: artifact.sha256_origin,
}


def model_component(artifact: Artifact) -> Component:
    """The component of one model file; values that are not known are left out."""
    pairs = [
        (name, as_text(value)) for name, get in _PROPERTIES.items() if (value := get(artifact)) is not None
    ]
    digests = (("SHA-256", artifact.sha256), ("SHA-512", artifact.sha512))
    hashes = [Hash(alg=alg, content=content) for alg, content in digests if content]
    pairs += file_traits.properties(artifact.path, artifact.format)
    card = _card(artifact)
    pairs += origins.pairs(_origins(artifact, card))
    return Component(
        type="machine-learning-model",
        bom_ref=refs.artifact(artifact),
        name=text(artifact.path.rpartition("/")[2] or artifact.path, 512),
        purl=_purl(artifact),
        hashes=hashes or None,
        properties=unique_properties(pairs),
        evidence=None
        if artifact.source == "hub"
        else Evidence(occurrences=[Occurrence(location=artifact.path)]),
        model_card=card,
    )


def _origins(artifact: Artifact, card: ModelCard | None) -> dict[str, origins.Says]:
    """Who says what; a declared digest is that of a Git LFS or DVC pointer, or of the Hub."""
    found: dict[str, origins.Says] = {}
    if artifact.sha256:
        declared: origins.Says = (
            "asserted by the Hub" if artifact.source == "hub" else "stated by the publisher"
        )
        found["hashes"] = "computed from bytes" if artifact.sha256_origin == "computed" else declared
    if card and card.model_parameters:
        found["architecture"] = "computed from bytes"
    if card and card.properties:
        found["model_properties"] = "computed from bytes"
    return found


def _purl(artifact: Artifact) -> str | None:
    """A file of the Hub has an address that others know it by."""
    if artifact.repository_id is None or artifact.revision is None:
        return None
    return hub_file(artifact.repository_id, artifact.revision, artifact.path)


def coverage(artifact: Artifact) -> Aggregate:
    """How much is known of what a model file is made of."""
    if artifact.coverage == "full" and artifact.status == "scanned":
        return "complete"
    if artifact.coverage == "structural" or artifact.change == "unchanged":
        return "incomplete"
    return "unknown"


def _card(artifact: Artifact) -> ModelCard | None:
    """The model card, of what the readers computed from the bytes; ``None`` when that is nothing."""
    facts = dict(artifact.facts)
    architecture = facts.pop("architecture", None)
    properties = unique_properties(fact_properties(facts))
    named = as_text(architecture) if isinstance(architecture, str) and architecture else None
    if named is None and properties is None:
        return None
    return ModelCard(
        model_parameters=ModelParameters(model_architecture=named) if named else None, properties=properties
    )
