"""Data sets of the Hub, and files of data that a change brings in, as components."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.domain import Card, PathChange, Repository
from scanner.sbom import addresses, file_traits, origins, refs
from scanner.sbom.cyclonedx import (
    Component,
    Data,
    DataContents,
    Evidence,
    Governance,
    Hash,
    Occurrence,
    Organization,
    ResponsibleParty,
    relative,
    text,
    unique_properties,
)


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of data that the change adds or changes."""

    path: str
    change: PathChange
    size: int | None
    git_oid: str
    commit: str | None
    """The head of the change, where it is in this form."""
    sha256: str | None = None
    sha512: str | None = None
    sha256_origin: str | None = None
    """``computed``, or ``declared`` by a Git LFS pointer."""


def ref_of_file(file: DataFile) -> str:
    """How a file of data is referred to within the document."""
    return f"data:{relative(file.path)}"


def data(repository: Repository, owner: Organization | None) -> list[Data]:
    """The body of data that a repository of the Hub holds; its owner is the name space, as the Hub says."""
    card = repository.card or Card()
    sensitive = card.texts.get("personal-data")
    described = card.texts.get("description")
    values = unique_properties(
        [
            (f"modelward:dataset:{name}", text(value, 200))
            for name, values in card.dataset.items()
            for value in values
        ]
    )
    return [
        Data(
            bom_ref=f"{refs.repository(repository)}#data",
            type="dataset",
            name=text(next(iter(card.dataset.get("pretty_name", ())), repository.id), 300),
            contents=DataContents(url=addresses.page(repository), properties=values),
            description=text(described) if described else None,
            sensitive_data=[text(sensitive)] if sensitive else None,
            governance=Governance(owners=[ResponsibleParty(organization=owner)]) if owner else None,
        )
    ]


def data_file(file: DataFile) -> Component:
    """The component of a file of data; who made it, and under which terms, nobody states."""
    digests = (("SHA-256", file.sha256), ("SHA-512", file.sha512))
    hashes = [Hash(alg=alg, content=content) for alg, content in digests if content]
    properties: Mapping[str, object] = {
        "modelward:path": relative(file.path),
        "modelward:change": file.change,
        "modelward:size": file.size,
        "modelward:git_oid": file.git_oid,
        "modelward:commit": file.commit,
        "modelward:digest_origin": file.sha256_origin,
    }
    says: origins.Says = (
        "computed from bytes" if file.sha256_origin == "computed" else "stated by the publisher"
    )
    name = text(file.path.rpartition("/")[2] or file.path, 512)
    return Component(
        type="data",
        bom_ref=ref_of_file(file),
        name=name,
        version=file.commit,
        hashes=hashes or None,
        data=[Data(bom_ref=f"{ref_of_file(file)}#data", type="dataset", name=name)],
        evidence=Evidence(occurrences=[Occurrence(location=file.path)]),
        properties=unique_properties(
            [
                *((name, str(value)) for name, value in properties.items() if value is not None),
                *file_traits.properties(file.path, None),
                *origins.pairs({"hashes": says} if hashes else {}),
            ]
        ),
    )
