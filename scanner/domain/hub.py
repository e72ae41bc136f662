"""Repositories of the Hub."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scanner.domain.base import Noun, Sha256
from scanner.domain.models import HubType


class RepositoryDiff(Noun):
    """What lies between two commits of one Hub repository."""

    from_revision: str | None = None
    to_revision: str | None = None
    files: list[str] = Field([], description="paths that differ, sorted")
    added: list[str] = Field([], description="those of them that are new")
    removed: list[str] = Field([], description="those of them that are gone")
    license: str | None = Field(None, description="'before → after' when it changed")
    base_models: list[str] = Field([], description="'+org/new' and '-org/old'")
    remote_code: list[str] = Field([], description="'+name' and '-name' of code that a loader may run")
    commits: int | None = Field(
        None, description="how many lie between; null when neither leads to the other"
    )


Origin = Literal["stated", "computed", "asserted"]
"""Who says so: the publisher in the card, we from bytes, or the Hub."""


class Metric(Noun):
    """One result that the card states (``model-index``); values are kept as they are written."""

    type: str
    value: str
    task: str | None = None
    dataset: str | None = None
    split: str | None = None
    verified: bool | None = None


CardTopic = Literal[
    "description",
    "intended-use",
    "users",
    "out-of-scope",
    "limitations",
    "bias",
    "tradeoffs",
    "training-data",
    "training-procedure",
    "evaluation",
    "environmental",
    "citation",
    "contact",
    "personal-data",
]
"""What a section of a card is about, as its heading says."""


class Card(Noun):
    """What a model or data set card states beyond the fields of :class:`Repository`; all of it bounded."""

    license_files: list[str] = Field([], description="files of the repository that hold a licence's text")
    tags: list[str] = []
    papers: list[str] = Field([], description="arXiv ids and DOIs: 'arxiv:…', 'doi:…'")
    texts: dict[CardTopic, str] = Field({}, description="plain text of the first section about each topic")
    metrics: list[Metric] = []
    emissions: dict[str, str] = Field(
        {}, description="keys of co2_eq_emissions; 'emissions' is grams of CO2 equivalent"
    )
    config: dict[str, str] = Field(
        {},
        description="architecture, model_type, quantization, context_length … as config.json says",
    )
    dataset: dict[str, list[str]] = Field(
        {}, description="of a data set: pretty_name, size_categories, source_datasets, annotations_creators …"
    )


class RepositoryFile(Noun):
    """One file of a Hub repository at its commit."""

    path: str
    size: int
    oid: str = Field(description="git object id")
    sha256: Sha256 | None = Field(None, description="of a file in the large storage, as the Hub declares it")
    hub_scans: dict[str, str] = Field({}, description="scanner and its status")


class Repository(Noun):
    """One Hub repository at one commit; ``origins`` says for each field who says so."""

    id: str
    type: HubType
    revision: str | None = Field(None, description="the commit")
    named: list[str] = Field([], description="ids under which the source names it, where they differ from id")
    identity: str | None = Field(
        None, description="the Hub's own id (_id), which a new owner of the name cannot keep"
    )
    author: str | None = None
    author_kind: Literal["organization", "user"] | None = None
    author_verified: bool | None = None
    author_created: str | None = None
    license: str | None = None
    license_name: str | None = None
    license_link: str | None = None
    library: str | None = None
    task: str | None = None
    languages: list[str] = []
    base_models: list[str] = []
    base_model_relation: str | None = None
    datasets: list[str] = []
    not_followed: dict[str, str] = Field(
        {}, description="base models and 'datasets/…' of which nothing more is known, and why"
    )
    card_sections: list[str] = []
    gated: bool | None = None
    private: bool | None = None
    disabled: bool | None = None
    created: str | None = None
    last_modified: str | None = None
    commits: int | None = Field(None, description="how many lead to this one")
    first_commit: str | None = None
    parameters: int | None = None
    downloads: int | None = None
    likes: int | None = None
    remote_code: list[str] = Field([], description="code that a loader may run: names of auto_map, files")
    files: list[RepositoryFile] = []
    files_complete: bool = Field(False, description="whether these are all files of the commit")
    hub_scans: dict[str, str] = Field({}, description="scanner and the worst that it says of a file")
    card: Card | None = Field(None, description="null where nothing more is stated, or it was not read")
    diff: RepositoryDiff | None = None
    origins: dict[str, Origin] = Field({}, description="fields of the card as 'card.tags' and so on")
