"""What is said of a model, and of data: model card, data descriptor, governance."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scanner.sbom.cyclonedx.node import Node, Property
from scanner.sbom.cyclonedx.parts import Attachment, Contact, Organization


class Approach(Node):
    """How a model learned."""

    type: Literal[
        "supervised", "unsupervised", "reinforcement-learning", "semi-supervised", "self-supervised"
    ]


class DatasetRef(Node):
    """A data set that is a component of this document."""

    ref: str


class Format(Node):
    """What goes in or comes out."""

    format: str


class ModelParameters(Node):
    """What a model is."""

    approach: Approach | None = None
    task: str | None = None
    architecture_family: str | None = None
    model_architecture: str | None = None
    datasets: list[DatasetRef] | None = None
    inputs: list[Format] | None = None
    outputs: list[Format] | None = None


class ConfidenceInterval(Node):
    """Bounds of a result, as they are written."""

    lower_bound: str | None = None
    upper_bound: str | None = None


class PerformanceMetric(Node):
    """One result; every value is a text, as the specification wants it."""

    type: str | None = None
    value: str | None = None
    slice: str | None = None
    confidence_interval: ConfidenceInterval | None = None


class QuantitativeAnalysis(Node):
    """What was measured of a model."""

    performance_metrics: list[PerformanceMetric] | None = None


class EthicalConsideration(Node):
    """A risk, and what was done about it."""

    name: str
    mitigation_strategy: str | None = None


class FairnessAssessment(Node):
    """Who may be harmed, and how."""

    group_at_risk: str | None = None
    benefits: str | None = None
    harms: str | None = None
    mitigation_strategy: str | None = None


class EnvironmentalConsiderations(Node):
    """What training cost the environment.

    ``energyConsumptions`` is left out: it demands kilowatt hours, which the Hub's cards do not state.
    """

    properties: list[Property] | None = None


class Considerations(Node):
    """What the publisher wants users to think of."""

    users: list[str] | None = None
    use_cases: list[str] | None = None
    technical_limitations: list[str] | None = None
    performance_tradeoffs: list[str] | None = None
    ethical_considerations: list[EthicalConsideration] | None = None
    environmental_considerations: EnvironmentalConsiderations | None = None
    fairness_assessments: list[FairnessAssessment] | None = None


class ModelCard(Node):
    """What is known of a model."""

    bom_ref: str | None = Field(None, alias="bom-ref")
    model_parameters: ModelParameters | None = None
    quantitative_analysis: QuantitativeAnalysis | None = None
    considerations: Considerations | None = None
    properties: list[Property] | None = None


class DataContents(Node):
    """The data themselves, by address or by property."""

    attachment: Attachment | None = None
    url: str | None = None
    properties: list[Property] | None = None


class ResponsibleParty(Node):
    """Who answers for data: exactly one of the two."""

    organization: Organization | None = None
    contact: Contact | None = None


class Governance(Node):
    """Who keeps, oversees and owns data."""

    custodians: list[ResponsibleParty] | None = None
    stewards: list[ResponsibleParty] | None = None
    owners: list[ResponsibleParty] | None = None


class Data(Node):
    """One body of data within a ``data`` component."""

    bom_ref: str | None = Field(None, alias="bom-ref")
    type: Literal["source-code", "configuration", "dataset", "definition", "other"]
    name: str | None = None
    contents: DataContents | None = None
    classification: str | None = None
    sensitive_data: list[str] | None = None
    description: str | None = None
    governance: Governance | None = None
