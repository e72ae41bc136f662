"""From what is known of a repository to what the report says of it, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanner.domain import Origin, Repository, RepositoryDiff, RepositoryFile
from scanner.hub.interface import Record
from scanner.hub.remote import remote_code
from scanner.hub.tree import rank

_ASIDE = frozenset({"id", "type", "named", "origins", "files_complete"})
"""Fields that are no claim of anybody's."""


def describe(
    record: Record,
    *,
    named: Iterable[str] = (),
    card_sections: Sequence[str] = (),
    diff: RepositoryDiff | None = None,
) -> Repository:
    """The repository of the report; ``named`` are ids of the source, those equal to its own are left out.

    ``origins`` has an entry for each field that has a value: ``stated`` where the card says so, ``computed``
    for the difference, which we make ourselves, and ``asserted`` for all that rests on the Hub's word.
    """
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
        "card_sections": list(card_sections),
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
    origins = {
        name: _origin(name, record)
        for name, value in values.items()
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


def _origin(field: str, record: Record) -> Origin:
    if field in record.stated or field == "card_sections":
        return "stated"
    return "computed" if field == "diff" else "asserted"


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
