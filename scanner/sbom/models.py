"""A model file as a component: what it is, its digests and who says them, and what its own bytes tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scanner.domain import Artifact, Finding
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
from scanner.sbom.purl import hub_file

_AI = "cdx:ai-ml:model"
_OFFICIAL = {
    "parameter_count": f"{_AI}:parameter:count",
    **{
        name: f"{_AI}:hyperparameter:{name}"
        for name in (
            "context_length",
            "d_model",
            "hidden_act",
            "hidden_size",
            "intermediate_size",
            "layer_norm_epsilon",
            "layer_norm_type",
            "max_position_embeddings",
            "num_attention_heads",
            "num_hidden_layers",
            "num_key_value_heads",
            "num_layers",
            "quantization",
            "tokenizer_class",
            "vocab_size",
        )
    },
}
"""Facts that the CycloneDX property taxonomy has a name for (cdx:ai-ml, June 2026)."""

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


def model_component(artifact: Artifact, findings: Sequence[Finding]) -> Component:
    """The component of one model file; values that are not known are left out."""
    pairs = [
        (name, _string(value)) for name, get in _PROPERTIES.items() if (value := get(artifact)) is not None
    ]
    for finding in findings:
        if finding.artifact == artifact.id:
            accepted = ", accepted" if finding.suppressed else ""
            pairs.append(("modelward:finding", f"{finding.rule} ({finding.severity.value}{accepted})"))
    digests = (("SHA-256", artifact.sha256), ("SHA-512", artifact.sha512))
    return Component(
        type="machine-learning-model",
        bom_ref=f"model:{artifact.id}",
        name=text(artifact.path.rpartition("/")[2] or artifact.path, 512),
        purl=_purl(artifact),
        hashes=[Hash(alg=alg, content=content) for alg, content in digests if content] or None,
        properties=unique_properties(pairs),
        evidence=None
        if artifact.source == "hub"
        else Evidence(occurrences=[Occurrence(location=artifact.path)]),
        model_card=_card(artifact),
    )


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
    properties = unique_properties(
        [
            (_OFFICIAL.get(name, f"modelward:{text(name, 128)}"), _string(each))
            for name, value in facts.items()
            for each in (value if isinstance(value, list) else [value])
        ]
    )
    named = _string(architecture) if isinstance(architecture, str) and architecture else None
    if named is None and properties is None:
        return None
    return ModelCard(
        model_parameters=ModelParameters(model_architecture=named) if named else None, properties=properties
    )


def _string(value: object) -> str:
    """A value as a property holds it; booleans as JSON writes them."""
    return str(value).lower() if isinstance(value, bool) else text(str(value))
