"""From what is known of a repository to what the report says of it, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.domain import Origin, Repository, RepositoryDiff, RepositoryFile
from scanner.hub.interface import Record
from scanner.hub.remote import remote_code
from scanner.hub.tree import rank

_ASIDE = frozenset({"id", "type", "named", "origins", "files_complete", "card", "not_followed"})
"""Fields that are no claim of anybody's, or whose parts have their own origins."""

_STATED = frozenset({"card_sections", "card.texts", "card.metrics", "card.emissions", "card.dataset"})


@dataclass(frozen=True, slots=True)
class FilesRead:
    """What was read in the files of a repository: its card, and its configuration (:mod:`.config`)."""

    sections: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    papers: list[str] = field(default_factory=list)
    config: dict[str, str] = field(default_factory=dict)


def describe(
    record: Record,
    *,
    named: Iterable[str] = (),
    read: FilesRead | None = None,
    diff: RepositoryDiff | None = None,
    not_followed: Mapping[str, str] | None = None,
) -> Repository:
    """The repository of the report; ``named`` are ids of the source, those equal to its own are left out.

    ``origins`` has an entry for each field that has a value, those of the card as ``card.tags`` and so on:
    ``stated`` where the card says so, ``computed`` for what we make ourselves of bytes, and ``asserted`` for
    all that rests on the Hub's word.
    """
    read = read or FilesRead()
    card = _card(record, read)
    values = {
        "id": record.repo_id,
        "type": record.repo_type,
        "revision": record.commit or None,
        "named": sorted({*named} - {record.repo_id}),
        "identity": record.identity,
        "author": record.author,
        "author_kind": record.author_kind,
        "author_verified": record.author_verified,
        "author_created": record.author_created,
        "license": record.license,
        "license_name": record.license_name,
        "license_link": record.license_link,
        "library": record.library,
        "task": record.task,
        "languages": record.languages,
        "base_models": record.base_models,
        "base_model_relation": record.base_model_relation,
        "datasets": record.datasets,
        "not_followed": dict(sorted((not_followed or {}).items())),
        "card_sections": read.sections,
        "card": card or None,
        "gated": None if record.gated is None else record.gated != "no",
        "private": record.private,
        "disabled": record.disabled,
        "created": record.created,
        "last_modified": record.last_modified,
        "commits": record.commit_count,
        "first_commit": record.first_commit,
        "parameters": record.parameters,
        "downloads": record.downloads,
        "likes": record.likes,
        "remote_code": remote_code(record),
        "files": _files(record),
        "files_complete": record.files_complete,
        "hub_scans": worst_scans(record),
        "diff": diff,
    }
    told = {**values, **{f"card.{name}": value for name, value in card.items()}}
    origins = {
        name: _origin(name, record, read)
        for name, value in told.items()
        if name not in _ASIDE and value not in (None, [], {})
    }
    return Repository.model_validate({**values, "origins": origins})


def worst_scans(record: Record) -> dict[str, str]:
    """Each scanner and the worst that it says of a file; one that has seen half of them is not ``safe``."""
    worst: dict[str, str] = {}
    for file in record.files:
        for scanner, status in file.scans.items():
            known = worst.get(scanner)
            if known is None or (rank(status), status) > (rank(known), known):
                worst[scanner] = status
    return dict(sorted(worst.items()))


def _card(record: Record, read: FilesRead) -> dict[str, object]:
    """The parts of the card that have a value."""
    said = record.card
    parts: dict[str, object] = {
        "license_files": said.license_files,
        "tags": said.tags,
        "papers": sorted({*said.papers, *read.papers}),
        "texts": read.texts,
        "metrics": said.metrics,
        "emissions": said.emissions,
        "config": read.config or said.config,
        "dataset": said.dataset,
    }
    return {name: value for name, value in parts.items() if value}


def _origin(field: str, record: Record, read: FilesRead) -> Origin:
    if field in record.stated or field in _STATED or (field == "card.papers" and read.papers):
        return "stated"
    return "computed" if field == "diff" or (field == "card.config" and read.config) else "asserted"


def _files(record: Record) -> list[RepositoryFile]:
    return [
        RepositoryFile(
            path=file.path,
            size=file.size,
            oid=file.oid,
            sha256=file.sha256,
            hub_scans=dict(sorted(file.scans.items())),
        )
        for file in record.files
    ]
