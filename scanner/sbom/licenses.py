"""Licences of the Hub: an SPDX id or expression where the publisher's word is one, else name and address.

The Hub's identifiers (https://huggingface.co/docs/hub/repositories-licenses) are its own: some are those of
SPDX in lower case, many are not, and ``gpl-3.0`` does not say whether later versions are meant: nothing is
guessed.
"""

from __future__ import annotations

import re

from scanner.domain import Repository
from scanner.sbom import addresses
from scanner.sbom.cyclonedx import License, LicenseChoice, text

UNKNOWN = "unknown"
"""Name of a licence that nobody states."""

_NO_ANSWER = frozenset({"", "unknown", "none", "n/a", "unlicensed"})
_OWN = "other"
_OPERATOR = re.compile(r"\s(?:and|or|with)\s", re.IGNORECASE)
_EXPRESSION = 200
_NAME = 200


def of(repository: Repository) -> list[LicenseChoice]:
    """What the publisher declares; a licence named ``unknown`` where that is nothing.

    Several licences are listed as they are: the Hub does not say whether one may choose.
    """
    stated = (repository.license or "").strip()
    if choice := _expression(stated):
        return [choice]
    names = [part.strip() for part in stated.split(",")]
    choices = [_choice(name, repository) for name in dict.fromkeys(names)]
    return list({choice.model_dump_json(): choice for choice in choices}.values())


def unknown() -> list[LicenseChoice]:
    """The licence of something of which nobody states one."""
    return [LicenseChoice(license=License(name=UNKNOWN))]


def _expression(stated: str) -> LicenseChoice | None:
    """An SPDX expression, which must stand alone."""
    if not _OPERATOR.search(stated) or len(stated) > _EXPRESSION or "," in stated:
        return None
    from cyclonedx.spdx import is_expression

    written = _OPERATOR.sub(lambda match: match[0].upper(), stated)
    return LicenseChoice(expression=written, acknowledgement="declared") if is_expression(written) else None


def _choice(name: str, repository: Repository) -> LicenseChoice:
    from cyclonedx.spdx import fixup_id

    if name.lower() in _NO_ANSWER:
        return LicenseChoice(license=License(name=UNKNOWN))
    if identity := fixup_id(name):
        return LicenseChoice(license=License(id=identity, acknowledgement="declared"))
    called = repository.license_name if name.lower() == _OWN and repository.license_name else name
    return LicenseChoice(
        license=License(name=text(called, _NAME), url=terms(repository), acknowledgement="declared")
    )


def terms(repository: Repository) -> str | None:
    """Where the publisher says that the terms are: an address, or a file of the repository."""
    link = (repository.license_link or "").strip()
    if address := addresses.web(link):
        return address
    path = link.removeprefix("./")
    listed = {file.path for file in repository.files}
    return addresses.file(repository, path) if path in listed else None
