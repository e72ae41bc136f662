"""Package URLs in the one form that compares (https://github.com/package-url/purl-spec)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from packageurl import PackageURL


_OF_A_MODEL = 2
"""Segments of a model's id; those of data sets and Spaces have one more."""


def parse(value: str) -> PackageURL:
    """The parts of a package URL.

    Raises:
        ValueError: it is none.
    """
    from packageurl import PackageURL

    return PackageURL.from_string(value)


def write(parts: PackageURL, qualifiers: Mapping[str, str] | None = None) -> str:
    """The canonical text, with ``qualifiers`` in place of those of ``parts`` where given.

    The library leaves ``/`` in qualifiers as it is; the specification wants it encoded.
    """
    chosen = parts if qualifiers is None else parts._replace(qualifiers=dict(qualifiers))
    address, question, rest = chosen.to_string().partition("?")
    values, number_sign, subpath = rest.partition("#")
    return address + question + values.replace("/", "%2F") + number_sign + subpath


def registry(kind: str) -> str | None:
    """The host of a type's usual registry, as the definition of the type says; ``None`` where it has none."""
    from packageurl.validate import DEFINITIONS_BY_TYPE

    definition = DEFINITIONS_BY_TYPE.get(kind)
    return urlsplit((definition.default_repository_url if definition else None) or "").hostname


def make(kind: str, namespace: str | None, name: str, version: str | None) -> str | None:
    """A package URL without qualifiers; ``None`` when the parts make none."""
    from packageurl import PackageURL

    try:
        return write(PackageURL(kind, namespace, name, version))
    except ValueError:
        return None


def hub_file(repository: str, commit: str, path: str) -> str | None:
    """The package URL of a file of a model repository of the Hub; ``None`` where that has none.

    The type ``huggingface`` is for models; data sets and Spaces have no type of their own.
    """
    from packageurl import PackageURL

    parts = repository.split("/")
    if len(parts) != _OF_A_MODEL:
        return None
    try:
        return write(PackageURL("huggingface", parts[0], parts[1], commit, None, path))
    except ValueError:
        return None


def hub_model(repository: str, commit: str) -> str | None:
    """The package URL of a model of the Hub at a commit; ``None`` for ids without a name space."""
    namespace, _, name = repository.rpartition("/")
    return make("huggingface", namespace, name, commit) if namespace else None
