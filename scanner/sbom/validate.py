"""Is a document right? The specification's own schema, strictly; then what no schema can say."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from scanner.sbom import purl
from scanner.sbom.cyclonedx import ABSOLUTE

if TYPE_CHECKING:
    from cyclonedx.validation.json import JsonStrictValidator

MAX_BYTES = 16 << 20
"""What ``actions/attest`` accepts as a predicate."""

_CHARACTER = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}"
PLAIN_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?=[/?#]|$)|(?!//))"
    rf"(?:{_CHARACTER})*(?:\?(?:{_CHARACTER}|\?)*)?(?:#(?:{_CHARACTER}|\?)*)?",
    re.ASCII,
)
"""Addresses that RFC 3986 surely allows; it allows more."""

_MAX_ERRORS = 20
_SLICE = 100
_PLACES = ("location", "path")


def check(data: bytes) -> list[str]:
    """What is wrong with a CycloneDX 1.6 JSON document, one line a defect; empty when it is fine."""
    if len(data) > MAX_BYTES:
        return [f"the document has {len(data)} bytes, more than {MAX_BYTES}"]
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        return [f"the document is not JSON: {error}"]
    if not isinstance(document, dict):
        return ["the document is not a JSON object"]
    return [*islice(schema_errors(document), _MAX_ERRORS), *lint(document)][:_MAX_ERRORS]


def schema_errors(document: dict[str, Any]) -> Iterator[str]:
    """What the strict schema of CycloneDX 1.6 objects to.

    The validator compares each entry of a list with every other one to see that they differ, which takes
    minutes for thousands of components. So long lists are shown to it in slices, and compared here.
    """
    long = {key: value for key, value in document.items() if isinstance(value, list) and len(value) > _SLICE}
    yield from _piece({**document, **{key: value[:_SLICE] for key, value in long.items()}}, 0)
    frame: dict[str, Any] = {key: document.get(key) for key in ("bomFormat", "specVersion")}
    for key, value in sorted(long.items()):
        for start in range(_SLICE, len(value), _SLICE):
            yield from _piece({**frame, key: value[start : start + _SLICE]}, start)
        counted = Counter(json.dumps(entry, sort_keys=True) for entry in value)
        if len(counted) < len(value):
            twice = next(entry for entry, count in counted.items() if count > 1)
            yield f"/{key}: entries are equal: {twice[:200]}"


def _piece(document: dict[str, Any], start: int) -> Iterator[str]:
    """The objections to a part of a document whose list begins at entry ``start`` of the whole one."""
    for error in _validator().validate_str(json.dumps(_lighter(document)), all_errors=True) or ():
        path = list(error.data.absolute_path)
        if start and len(path) > 1:
            path[1] += start
        yield f"/{'/'.join(str(part) for part in path)}: {_brief(error.data.message)}"


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
    for _, node in _objects(copy):
        references = node.get("externalReferences")
        for reference in references if isinstance(references, list) else ():
            url = reference.get("url") if isinstance(reference, dict) else None
            if isinstance(url, str) and PLAIN_URI.fullmatch(url):
                reference["url"] = short.setdefault(url, f"r{len(short)}")
    return copy


@lru_cache(maxsize=1)
def _validator() -> JsonStrictValidator:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.V1_6)


def lint(document: dict[str, Any]) -> list[str]:
    """References that are double or lead nowhere, package URLs that are none, places on the machine."""
    refs = Counter(node["bom-ref"] for _, node in _objects(document) if isinstance(node.get("bom-ref"), str))
    found = [
        f"the reference {ref!r} is used {count} times" for ref, count in sorted(refs.items()) if count > 1
    ]
    found += _dangling(document, set(refs))
    for pointer, node in _objects(document):
        address = node.get("purl")
        if isinstance(address, str) and not _is_purl(address):
            found.append(f"{pointer}/purl: {address!r} is not a package URL")
        for key in _PLACES:
            value = node.get(key)
            if isinstance(value, str) and ABSOLUTE.match(value):
                found.append(f"{pointer}/{key}: {value!r} is not relative to the repository")
        name, value = node.get("name"), node.get("value")
        if (
            isinstance(name, str)
            and name.endswith(":path")
            and isinstance(value, str)
            and ABSOLUTE.match(value)
        ):
            found.append(f"{pointer}/value: {value!r} is not relative to the repository")
        url = node.get("url")
        if isinstance(url, str) and url.lower().startswith("file:"):
            found.append(f"{pointer}/url: {url!r} is an address on this machine")
    return found


def _dangling(document: dict[str, Any], refs: set[str]) -> list[str]:
    found = []
    listed: Counter[str] = Counter()
    for pointer, entry in _entries(document, "dependencies"):
        listed[str(entry.get("ref"))] += 1
        named = [entry.get("ref"), *(entry.get("dependsOn") or ()), *(entry.get("provides") or ())]
        found += [f"{pointer}: {ref!r} is no reference of this document" for ref in named if ref not in refs]
    found += [f"/dependencies: {ref!r} is listed {count} times" for ref, count in listed.items() if count > 1]
    for pointer, entry in _entries(document, "compositions"):
        named = [*(entry.get("assemblies") or ()), *(entry.get("dependencies") or ())]
        found += [f"{pointer}: {ref!r} is no reference of this document" for ref in named if ref not in refs]
    return found


def _entries(document: dict[str, Any], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, entry in enumerate(document.get(key) or ()):
        if isinstance(entry, dict):
            yield f"/{key}/{index}", entry


def _objects(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the document with its JSON pointer; iterative, so that depth cannot hurt."""
    stack: list[tuple[str, Any]] = [("", document)]
    while stack:
        pointer, node = stack.pop()
        if isinstance(node, dict):
            yield pointer, node
            stack += [(f"{pointer}/{key}", node[key]) for key in reversed(node)]
        elif isinstance(node, list):
            stack += [(f"{pointer}/{index}", node[index]) for index in reversed(range(len(node)))]


def _is_purl(value: str) -> bool:
    try:
        return bool(purl.parse(value).name)
    except ValueError:
        return False
