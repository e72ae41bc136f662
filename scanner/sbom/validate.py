"""Is a document right? The specification's own schema, strictly; then what no schema can say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from scanner.sbom.lint import lint, objects
from scanner.sbom.pieces import pieces, repetitions

if TYPE_CHECKING:
    from cyclonedx.validation.json import JsonStrictValidator

MAX_BYTES = 16 << 20
"""What ``actions/attest`` accepts as a predicate."""

VERSIONS = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
"""Versions of the specification that the validator has a schema of."""

_CHARACTER = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}"
PLAIN_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?=[/?#]|$)|(?!//))"
    rf"(?:{_CHARACTER})*(?:\?(?:{_CHARACTER}|\?)*)?(?:#(?:{_CHARACTER}|\?)*)?",
    re.ASCII,
)
"""Addresses that RFC 3986 surely allows; it allows more."""

MAX_ERRORS = 20


class NotADocument(ValueError):
    """These bytes are no CycloneDX JSON document; the text says why."""


def parse(data: bytes) -> dict[str, Any]:
    """The document as JSON values.

    Raises:
        NotADocument: it is too large, no JSON, or of another kind.
    """
    if len(data) > MAX_BYTES:
        raise NotADocument(f"the document has {len(data)} bytes, more than {MAX_BYTES}")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotADocument(f"the document is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise NotADocument("the document is not a JSON object")
    return document


def check(data: bytes) -> list[str]:
    """What is wrong with a CycloneDX JSON document, one line a defect; empty when it is fine."""
    try:
        document = parse(data)
    except NotADocument as error:
        return [str(error)]
    return defects(document)


def defects(document: dict[str, Any]) -> list[str]:
    """The first :data:`MAX_ERRORS` things that are wrong with a document."""
    try:
        found = list(islice(schema_errors(document), MAX_ERRORS))
    except RecursionError:
        return ["the document is nested too deeply"]
    return [*found, *lint(document)][:MAX_ERRORS]


def schema_errors(document: dict[str, Any]) -> Iterator[str]:
    """What the strict schema of the document's own version objects to."""
    version = document.get("specVersion")
    validator = _validator(version if version in VERSIONS else VERSIONS[-2])
    for piece in pieces(document):
        for error in validator.validate_str(json.dumps(_lighter(piece.document)), all_errors=True) or ():
            yield f"{_pointer(piece.place(list(error.data.absolute_path)))}: {_brief(error.data.message)}"
    for path, twice in repetitions(document):
        yield f"{_pointer(path)}: entries are equal: {twice[:200]}"


def _pointer(path: tuple[str | int, ...]) -> str:
    return "/" + "/".join(str(part) for part in path)


def _brief(message: str) -> str:
    """A message that may quote a whole list before it says what is wrong with it."""
    return message if len(message) <= 300 else f"{message[:100]} ... {message[-195:]}"


def _lighter(document: dict[str, Any]) -> dict[str, Any]:
    """A copy in which addresses that are plainly well-formed are short.

    The validator reads each address with a general grammar, at several milliseconds each. Equal addresses
    stay equal and others different, so that the schema says the same of the copy.
    """
    copy: dict[str, Any] = json.loads(json.dumps(document))
    short: dict[str, str] = {}
    for _, node in objects(copy):
        references = node.get("externalReferences")
        for reference in references if isinstance(references, list) else ():
            url = reference.get("url") if isinstance(reference, dict) else None
            if isinstance(url, str) and PLAIN_URI.fullmatch(url):
                reference["url"] = short.setdefault(url, f"r{len(short)}")
    return copy


@lru_cache(maxsize=len(VERSIONS))
def _validator(version: str) -> JsonStrictValidator:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.from_version(version))
