"""Package URLs in the one form that compares (https://github.com/package-url/purl-spec)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packageurl import PackageURL


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


def make(kind: str, namespace: str | None, name: str, version: str | None) -> str | None:
    """A package URL without qualifiers; ``None`` when the parts make none."""
    from packageurl import PackageURL

    try:
        return write(PackageURL(kind, namespace, name, version))
    except ValueError:
        return None
