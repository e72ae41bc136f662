"""A repository of the Hub as a component: model, data set, Space or kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.domain import Artifact, Card, HubType, Reference, Repository
from scanner.sbom import addresses, datasets, hub_files, licenses, occurrences, origins, purl, refs
from scanner.sbom.ancestry import pedigree
from scanner.sbom.cyclonedx import (
    Component,
    ComponentType,
    ExternalReference,
    Organization,
    text,
    unique_properties,
)
from scanner.sbom.hub_index import Index, OnlyNamed
from scanner.sbom.model_cards import SAYS, model_card
from scanner.sbom.origins import Says

TYPES: Mapping[str, ComponentType] = {
    "model": "machine-learning-model",
    "dataset": "data",
    "space": "application",
    "kernel": "library",
}
"""What a repository of each kind is in a document."""

_CARD = "README.md"
_CONFIG = "config.json"
_TAGS = 100
_CODE = 50


def component(
    repository: Repository,
    index: Index,
    artifacts: Sequence[Artifact],
    references: Sequence[Reference],
    data_refs: Sequence[str],
    left: int,
) -> tuple[Component, bool]:
    """The component, and whether it lists every file of the repository; ``left`` bounds their number."""
    card = repository.card or Card()
    ref = refs.repository(repository)
    supplier = _supplier(repository)
    terms = licenses.of(repository)
    files, whole = hub_files.listed(repository, artifacts, named=bool(references or artifacts), left=left)
    parts = hub_files.components(repository, files, artifacts, supplier, terms)
    is_model = repository.type == "model"
    described, says = model_card(repository, artifacts, data_refs) if is_model else (None, {})
    lineage = pedigree(repository, index) if is_model else None
    tags = [text(tag, 100) for tag in card.tags if ":" not in tag][:_TAGS]
    description = card.texts.get("description")
    group, _, name = repository.id.rpartition("/")
    links = addresses.ordered([*_links(repository, card), *hub_files.distributions(repository, files)])
    data = datasets.data(repository, supplier) if repository.type == "dataset" else None
    address = purl.hub_model(repository.id, repository.revision) if repository.revision else None
    made = Component(
        type=TYPES[repository.type],
        bom_ref=ref,
        supplier=supplier,
        group=group or None,
        name=name,
        version=repository.revision,
        description=text(description) if description else None,
        licenses=terms,
        purl=address if is_model else None,
        pedigree=lineage,
        external_references=links,
        components=parts or None,
        evidence=occurrences.evidence(references),
        model_card=described,
        data=data,
        tags=tags or None,
    )
    claims = {**_origins(repository, made), **says}
    pairs = [*_properties(repository), *occurrences.pinned(references), *origins.pairs(claims)]
    return made.model_copy(update={"properties": unique_properties(pairs)}), whole


def only_named(entry: OnlyNamed) -> Component:
    """The component of something of which the name is all that is known."""
    kind: HubType | None = entry.kind if entry.kind in TYPES else None  # type: ignore[assignment]
    group, _, name = entry.name.rpartition("/") if kind else ("", "", entry.name)
    made_type = TYPES[kind] if kind else "machine-learning-model"
    is_hub_model = kind == "model" and entry.commit is not None
    links = addresses.reference("website", None if kind else addresses.web(entry.name))
    pairs = [("modelward:known", "name only"), *(("modelward:not_known", why) for why in entry.reasons)]
    pairs += occurrences.pinned(entry.references)
    if entry.store:
        pairs.append(("modelward:store", text(entry.store, 100)))
    return Component(
        type=made_type,
        bom_ref=entry.ref,
        group=group or None,
        name=name or entry.name or licenses.UNKNOWN,
        version=entry.commit,
        licenses=licenses.unknown(),
        purl=purl.hub_model(entry.name, entry.commit) if is_hub_model and entry.commit else None,
        external_references=links or None,
        evidence=occurrences.evidence(entry.references),
        properties=unique_properties(pairs),
    )


def _supplier(repository: Repository) -> Organization | None:
    """The name space, which is all that the Hub says of who supplies it."""
    if repository.author is None:
        return None
    return Organization(name=text(repository.author, 200), url=[addresses.namespace(repository.author)])


def _links(repository: Repository, card: Card) -> Iterator[ExternalReference]:
    page = addresses.page(repository)
    paths = {file.path for file in repository.files}
    yield from addresses.reference("website", page)
    yield from addresses.reference("vcs", page, "git")
    if _CARD in paths:
        about = None if repository.type == "model" else f"card of the {repository.type}"
        yield from addresses.reference("model-card", addresses.file(repository, _CARD), about)
    if _CONFIG in paths:
        yield from addresses.reference("configuration", addresses.file(repository, _CONFIG))
    yield from addresses.reference("license", licenses.terms(repository), "terms, as the publisher states")
    for path in card.license_files:
        yield from addresses.reference("license", addresses.file(repository, path), text(path, 200))
    for paper in card.papers:
        yield from addresses.reference("documentation", addresses.paper(paper), f"paper, {text(paper, 200)}")


def _properties(repository: Repository) -> Iterator[tuple[str, str]]:
    values: Mapping[str, object] = {
        "modelward:repository_id": repository.id,
        "modelward:repository_type": repository.type,
        "modelward:revision": repository.revision,
        "modelward:hub_identity": repository.identity,
        "modelward:author_kind": repository.author_kind,
        "modelward:author_verified": repository.author_verified,
        "modelward:created": repository.created,
        "modelward:last_modified": repository.last_modified,
        "modelward:first_commit": repository.first_commit,
        "modelward:gated": repository.gated,
        "modelward:private": repository.private,
        "modelward:disabled": repository.disabled,
    }
    for name, value in values.items():
        if value is not None:
            yield name, str(value).lower() if isinstance(value, bool) else text(str(value), 300)
    for scanner, status in repository.hub_scans.items():
        yield f"modelward:hub_scan:{scanner}", text(status, 100)
    for code in repository.remote_code[:_CODE]:
        yield "modelward:remote_code", text(code, 300)
    for other in repository.named:
        yield "modelward:named_as", text(other, 300)


def _origins(repository: Repository, made: Component) -> dict[str, Says]:
    """Who says what outside the model card."""
    found: dict[str, Says] = {"name": "asserted by the Hub"}
    if made.version:
        found["version"] = "asserted by the Hub"
    if made.supplier:
        found["supplier"] = "asserted by the Hub"
    if made.description:
        found["description"] = "stated by the publisher"
    if repository.license:
        found["license"] = SAYS[repository.origins.get("license", "asserted")]
    if made.tags:
        found["tags"] = SAYS[repository.origins.get("card.tags", "asserted")]
    if made.pedigree:
        found["base_models"] = SAYS[repository.origins.get("base_models", "asserted")]
    if made.components:
        found["files"] = "asserted by the Hub"
    if made.data:
        found["data"] = "asserted by the Hub"
    return found
