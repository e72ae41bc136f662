"""The model card of a Hub repository: what its publisher states, what its bytes tell, and which is which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from scanner.domain import Artifact, Card, CardTopic, Metric, Repository
from scanner.sbom import task_formats
from scanner.sbom.cyclonedx import (
    Considerations,
    DatasetRef,
    EnvironmentalConsiderations,
    EthicalConsideration,
    Format,
    ModelCard,
    ModelParameters,
    PerformanceMetric,
    QuantitativeAnalysis,
    text,
    unique_properties,
)
from scanner.sbom.facts import LANGUAGE, PARAMETERS, property_name
from scanner.sbom.origins import Says

SAYS: Mapping[str, Says] = {
    "stated": "stated by the publisher",
    "computed": "computed from bytes",
    "asserted": "asserted by the Hub",
}

_TEXT_PROPERTIES: tuple[CardTopic, ...] = (
    "out-of-scope",
    "training-data",
    "training-procedure",
    "evaluation",
    "citation",
    "contact",
    "personal-data",
)
"""Topics that CycloneDX has no field for: quoted in properties."""

_EMISSIONS = "huggingface:co2_eq_emissions"
_PARAMETER_FIELDS = ("architecture", "model_type")
_SHARD = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.safetensors")


def model_card(
    repository: Repository, artifacts: Sequence[Artifact], datasets: Sequence[str]
) -> tuple[ModelCard | None, dict[str, Says]]:
    """The card, and who says which part of it; ``datasets`` are references of data components."""
    card = repository.card or Card()
    config = SAYS[repository.origins.get("card.config", "asserted")]
    found: dict[str, Says] = {}

    def claimed(name: str, value: object, says: Says) -> None:
        if value:
            found[name] = says

    taken, given = task_formats.FORMATS.get(repository.task or "", ([], []))
    parameters = ModelParameters(
        task=text(repository.task, 200) if repository.task else None,
        architecture_family=card.config.get("model_type"),
        model_architecture=card.config.get("architecture"),
        datasets=[DatasetRef(ref=ref) for ref in datasets] or None,
        inputs=[Format(format=each) for each in taken] or None,
        outputs=[Format(format=each) for each in given] or None,
    )
    claimed("task", parameters.task, _says(repository, "task"))
    claimed("architecture_family", parameters.architecture_family, config)
    claimed("architecture", parameters.model_architecture, config)
    claimed("datasets", parameters.datasets, _says(repository, "datasets"))
    claimed("inputs", parameters.inputs, "inferred")
    claimed("outputs", parameters.outputs, "inferred")
    analysis = _analysis(card.metrics)
    claimed("metrics", analysis, "stated by the publisher")
    considerations = _considerations(card)
    claimed("considerations", considerations, "stated by the publisher")
    counted = parameters_of(artifacts)
    claimed("parameters", counted, "computed from bytes")
    if counted is None:
        claimed("parameters", repository.parameters, _says(repository, "parameters"))
    claimed("languages", repository.languages, _says(repository, "languages"))
    claimed("configuration", _configured(card), config)
    number = repository.parameters if counted is None else counted
    made = ModelCard(
        model_parameters=parameters if parameters != ModelParameters() else None,
        quantitative_analysis=analysis,
        considerations=considerations,
        properties=unique_properties(_properties(repository, card, number)),
    )
    return (made if made != ModelCard() else None), found


def _says(repository: Repository, field: str) -> Says:
    return SAYS[repository.origins.get(field, "asserted")]


def _analysis(metrics: Sequence[Metric]) -> QuantitativeAnalysis | None:
    rows = [
        PerformanceMetric(
            type=text(metric.type, 200),
            value=text(metric.value, 200),
            slice=" / ".join(text(part, 200) for part in _slice(metric) if part) or None,
        )
        for metric in metrics
    ]
    unique = list({row.model_dump_json(): row for row in rows}.values())
    return QuantitativeAnalysis(performance_metrics=unique) if unique else None


def _slice(metric: Metric) -> tuple[str | None, ...]:
    """What the result is about; the Hub says of some that it ran the evaluation itself."""
    return metric.task, metric.dataset, metric.split, "verified by the Hub" if metric.verified else None


def _considerations(card: Card) -> Considerations | None:
    """The publisher's own words; nothing is split, judged or summed up."""

    def quoted(topic: CardTopic) -> list[str] | None:
        said = card.texts.get(topic)
        return [text(said)] if said else None

    environment = [(f"{_EMISSIONS}:{name}", text(value)) for name, value in card.emissions.items()]
    if "environmental" in card.texts:
        environment.append(("modelward:card:environmental", text(card.texts["environmental"])))
    properties = unique_properties(environment)
    bias = card.texts.get("bias")
    made = Considerations(
        users=quoted("users"),
        use_cases=quoted("intended-use"),
        technical_limitations=quoted("limitations"),
        performance_tradeoffs=quoted("tradeoffs"),
        ethical_considerations=[EthicalConsideration(name=text(bias))] if bias else None,
        environmental_considerations=EnvironmentalConsiderations(properties=properties)
        if properties
        else None,
    )
    return made if made != Considerations() else None


def _configured(card: Card) -> dict[str, str]:
    """What the configuration says beyond the architecture."""
    return {name: value for name, value in card.config.items() if name not in _PARAMETER_FIELDS}


def _properties(repository: Repository, card: Card, parameters: int | None) -> Iterator[tuple[str, str]]:
    if parameters is not None:
        yield PARAMETERS, str(parameters)
    for language in repository.languages:
        yield LANGUAGE, text(language, 100)
    for name, value in _configured(card).items():
        yield property_name(name), text(value, 200)
    for topic in _TEXT_PROPERTIES:
        if topic in card.texts:
            yield f"modelward:card:{topic}", text(card.texts[topic])
    if repository.library:
        yield "modelward:library", text(repository.library, 100)


def parameters_of(artifacts: Sequence[Artifact]) -> int | None:
    """Parameters that the headers of the weights tell, where they are one file or one whole set of shards.

    Other layouts may hold the same weights twice, so nothing is added up.
    """
    counts: dict[str, int] = {}
    for artifact in artifacts:
        count = artifact.facts.get("parameter_count")
        is_known = artifact.status == "scanned" and isinstance(count, int)
        if artifact.format == "safetensors" and not is_known:
            return None
        if artifact.format == "safetensors" and isinstance(count, int):
            counts[artifact.path] = count
    if len(counts) == 1 and not _SHARD.fullmatch(next(iter(counts))):
        return next(iter(counts.values()))
    shards = [_SHARD.fullmatch(path) for path in counts]
    sets = {(shard["stem"], shard["count"]) for shard in shards if shard}
    if len(sets) != 1 or not all(shards):
        return None
    numbers = {int(shard["number"]) for shard in shards if shard}
    ((_, count_text),) = sets
    return sum(counts.values()) if numbers == set(range(1, int(count_text) + 1)) else None
