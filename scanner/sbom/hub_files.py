"""The files of a Hub repository as parts of its component: digest and who declares it, size, format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scanner.domain import Artifact, Repository, RepositoryFile
from scanner.sbom import addresses, file_traits, licenses, origins, purl, refs
from scanner.sbom.cyclonedx import (
    Component,
    ExternalReference,
    Hash,
    LicenseChoice,
    Organization,
    relative,
    text,
    unique_properties,
)
from scanner.sbom.facts import fact_properties

MOST_FILES = 300
"""So many files of a repository that the source names are listed."""

MOST_LOOKED_AT = 2_000
"""So many of those that were looked at."""

MOST_IN_ALL = 2_000
"""So many of all repositories together: a document has to stay below 16 MB."""

MOST_BEHIND = 50
"""So many of one that only cards name."""


def listed(
    repository: Repository, artifacts: Sequence[Artifact], *, named: bool, left: int
) -> tuple[list[RepositoryFile], bool]:
    """The files that become components, by path, and whether these are all of the repository.

    Files that were looked at come first, then those of the large storage, where weights are, then the rest;
    ``left`` is how many the document has room for.
    """
    looked = {artifact.path for artifact in artifacts}
    most = min(left, max(MOST_FILES if named else MOST_BEHIND, min(len(looked), MOST_LOOKED_AT)))
    ranked = sorted(
        repository.files, key=lambda file: (file.path not in looked, file.sha256 is None, file.path)
    )
    kept = ranked[:most]
    return sorted(kept, key=lambda file: file.path), (
        repository.files_complete and len(kept) == len(repository.files)
    )


def components(
    repository: Repository,
    files: Iterable[RepositoryFile],
    artifacts: Sequence[Artifact],
    supplier: Organization | None,
    terms: list[LicenseChoice],
) -> list[Component]:
    """A component for each file."""
    by_path = {artifact.path: artifact for artifact in artifacts}
    return [_component(repository, file, by_path.get(file.path), supplier, terms) for file in files]


def distributions(repository: Repository, files: Iterable[RepositoryFile]) -> list[ExternalReference]:
    """Where the bytes of each weight file are, with the digest that the Hub declares."""
    return [
        reference
        for file in files
        if file.sha256
        for reference in addresses.reference(
            "distribution",
            addresses.file(repository, file.path, raw=True),
            f"{text(file.path, 200)}; SHA-256 as the Hub declares it",
            [Hash(alg="SHA-256", content=file.sha256)],
        )
    ]


def _component(
    repository: Repository,
    file: RepositoryFile,
    artifact: Artifact | None,
    supplier: Organization | None,
    terms: list[LicenseChoice],
) -> Component:
    sha256 = (artifact.sha256 if artifact else None) or file.sha256
    computed = artifact is not None and artifact.sha256_origin == "computed"
    digests = (("SHA-256", sha256), ("SHA-512", artifact.sha512 if artifact else None))
    hashes = [Hash(alg=alg, content=content) for alg, content in digests if content]
    says: origins.Says = "computed from bytes" if computed else "asserted by the Hub"
    own = refs.repository(repository)
    is_model = repository.type == "model" and repository.revision is not None
    return Component(
        type="file",
        bom_ref=refs.artifact(artifact) if artifact else f"{own}#{text(file.path)}",
        supplier=supplier,
        name=relative(file.path),
        version=repository.revision,
        hashes=hashes or None,
        licenses=terms if terms != licenses.unknown() else None,
        purl=purl.hub_file(repository.id, repository.revision or "", file.path) if is_model else None,
        external_references=addresses.reference(
            "distribution",
            addresses.file(repository, file.path, raw=True),
            hashes=hashes,
        ),
        properties=unique_properties(
            [
                *file_traits.properties(file.path, artifact.format if artifact else None),
                *_properties(file, artifact),
                *origins.pairs({"hashes": says} if hashes else {}),
            ]
        ),
    )


def _properties(file: RepositoryFile, artifact: Artifact | None) -> list[tuple[str, str]]:
    pairs = [
        ("modelward:size", str(file.size)),
        ("modelward:git_oid", file.oid),
        *((f"modelward:hub_scan:{name}", status) for name, status in file.hub_scans.items()),
    ]
    if artifact is None:
        return [*pairs, ("modelward:coverage", "none"), ("modelward:status", "skipped")]
    found: Mapping[str, str | None] = {
        "modelward:format": artifact.format,
        "modelward:change": artifact.change,
        "modelward:coverage": artifact.coverage,
        "modelward:status": artifact.status,
        "modelward:digest_origin": artifact.sha256_origin,
    }
    return [
        *pairs,
        *((name, value) for name, value in found.items() if value is not None),
        *fact_properties(artifact.facts),
    ]
