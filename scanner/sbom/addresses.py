"""Addresses that a document may lead its readers to: pages of the Hub, papers, and what publishers state."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from scanner.domain import Repository
from scanner.sbom.cyclonedx import ExternalReference, Hash
from scanner.words import HUB_PREFIX

HUB = "https://huggingface.co"

_WEB = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?"
    r"(?:[/?#](?:[A-Za-z0-9._~!$&'()*+,;=:@/?#-]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
)
_LENGTH = 2_000

_PAPERS = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/"}


def web(value: str | None) -> str | None:
    """``value`` if it is a plain address of the web without a user's name in it, else ``None``."""
    if value is None or len(value) > _LENGTH or value.count("#") > 1 or not _WEB.fullmatch(value):
        return None
    return value


def page(repository: Repository) -> str:
    """The repository's page on the Hub."""
    return f"{HUB}/{HUB_PREFIX[repository.type]}{quote(repository.id, safe='/')}"


def namespace(name: str) -> str:
    """The page of a name space."""
    return f"{HUB}/{quote(name, safe='')}"


def file(repository: Repository, path: str, *, raw: bool = False) -> str:
    """The page of a file at the repository's commit, or with ``raw`` its bytes."""
    at = quote(repository.revision or "main", safe="")
    return f"{page(repository)}/{'resolve' if raw else 'blob'}/{at}/{quote(path, safe='/')}"


def paper(name: str) -> str | None:
    """Where the paper ``arxiv:…`` or ``doi:…`` is."""
    kind, _, identity = name.partition(":")
    return web(_PAPERS[kind] + identity) if kind in _PAPERS else None


def reference(
    kind: str, url: str | None, comment: str | None = None, hashes: list[Hash] | None = None
) -> list[ExternalReference]:
    """An external reference, or nothing where there is no address."""
    if url is None:
        return []
    return [ExternalReference(type=kind, url=url, comment=comment, hashes=hashes or None)]


def ordered(references: Iterable[ExternalReference]) -> list[ExternalReference] | None:
    """Each reference once, sorted; ``None`` when there are none."""
    unique = {(each.type, each.url): each for each in references}
    return [unique[key] for key in sorted(unique)] or None
