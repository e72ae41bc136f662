"""What no schema can say of a document: references, package URLs, licences, places on a machine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from scanner.sbom import purl
from scanner.sbom.cyclonedx import ABSOLUTE

_PLACES = ("location", "path")
_LICENCE_KEYS = frozenset(
    {"expression", "expressionDetails", "acknowledgement", "bom-ref", "licensing", "properties"}
)
_OWN_LICENCE = re.compile(r"\b(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")
"""A name of one's own, which the library's parser does not know (SPDX specification, annex D)."""
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")


def lint(document: dict[str, Any]) -> list[str]:
    """What is wrong beyond the schema, one line a defect."""
    refs = Counter(node["bom-ref"] for _, node in objects(document) if isinstance(node.get("bom-ref"), str))
    found = [
        f"the reference {ref!r} is used {count} times" for ref, count in sorted(refs.items()) if count > 1
    ]
    found += _dangling(document, set(refs))
    found += _unresolved(document)
    for pointer, node in objects(document):
        for rule in _RULES:
            found += [f"{pointer}/{place}: {problem}" for place, problem in rule(node)]
    return found


def objects(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of the document with its JSON pointer; iterative, so that depth cannot hurt."""
    stack: list[tuple[str, Any]] = [("", document)]
    while stack:
        pointer, node = stack.pop()
        if isinstance(node, dict):
            yield pointer, node
            stack += [(f"{pointer}/{key}", node[key]) for key in reversed(node)]
        elif isinstance(node, list):
            stack += [(f"{pointer}/{index}", node[index]) for index in reversed(range(len(node)))]


Problems = Iterator[tuple[str, str]]
"""Key of the object, and what is wrong with its value."""


def _purls(node: dict[str, Any]) -> Problems:
    address = node.get("purl")
    if isinstance(address, str) and not _is_purl(address):
        yield "purl", f"{address!r} is not a package URL"


def _licences(node: dict[str, Any]) -> Problems:
    expression = node.get("expression")
    if isinstance(expression, str) and set(node) <= _LICENCE_KEYS and not is_expression(expression):
        yield "expression", f"{expression[:200]!r} is not an SPDX licence expression"


def _places(node: dict[str, Any]) -> Problems:
    for key in _PLACES:
        value = node.get(key)
        if isinstance(value, str) and ABSOLUTE.match(value):
            yield key, f"{value!r} is not relative to the repository"
    name, value = node.get("name"), node.get("value")
    if name == "modelward:path" and isinstance(value, str) and ABSOLUTE.match(value):  # ours to define
        yield "value", f"{value!r} is not relative to the repository"
    url = node.get("url")
    if isinstance(url, str) and url.lower().startswith("file:"):
        yield "url", f"{url!r} is an address on this machine"
    if "location" in node and node.get("line") == 0:
        yield "line", "lines count from 1"


_RULES: tuple[Callable[[dict[str, Any]], Problems], ...] = (_purls, _licences, _places)


def _dangling(document: dict[str, Any], refs: set[str]) -> list[str]:
    """References that lead nowhere, and dependencies that are listed twice."""
    found = []
    listed: Counter[str] = Counter()
    for pointer, named in _named(document, listed):
        found += [
            f"{pointer}: {ref!r} is no reference of this document"
            for ref in named
            if isinstance(ref, str) and ref not in refs and not ref.startswith("urn:cdx:")
        ]
    found += [f"/dependencies: {ref!r} is listed {count} times" for ref, count in listed.items() if count > 1]
    return found


def _named(document: dict[str, Any], listed: Counter[str]) -> Iterator[tuple[str, Iterable[Any]]]:
    """Every list of references, with its JSON pointer; counts those that ``dependencies`` lists."""
    for pointer, entry in _entries(document, "dependencies"):
        listed[str(entry.get("ref"))] += 1
        yield pointer, [entry.get("ref"), *_list(entry, "dependsOn"), *_list(entry, "provides")]
    for pointer, entry in _entries(document, "compositions"):
        keys = ("assemblies", "dependencies", "vulnerabilities")
        yield pointer, [ref for key in keys for ref in _list(entry, key)]
    for pointer, entry in _entries(document, "vulnerabilities"):
        yield pointer, [place.get("ref") for place in _list(entry, "affects") if isinstance(place, dict)]
    for pointer, entry in _entries(document, "annotations"):
        yield pointer, _list(entry, "subjects")
    for pointer, entry in _entries(document, "citations"):
        yield pointer, [entry.get("attributedTo"), entry.get("process")]
    for pointer, node in objects(document):
        if isinstance(parameters := node.get("modelParameters"), dict):
            yield (
                pointer,
                [each.get("ref") for each in _list(parameters, "datasets") if isinstance(each, dict)],
            )


def _unresolved(document: dict[str, Any]) -> list[str]:
    """Citations of values that are not there."""
    found = []
    for pointer, entry in _entries(document, "citations"):
        found += [
            f"{pointer}/pointers: {str(cited)[:200]!r} leads to nothing"
            for cited in _list(entry, "pointers")
            if not isinstance(cited, str) or not _POINTER.fullmatch(cited) or not _leads(document, cited)
        ]
    return found


def _leads(node: Any, pointer: str) -> bool:
    """Whether a JSON pointer (RFC 6901) leads to a value."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and key in node:
            node = node[key]
        elif isinstance(node, list) and key.isascii() and key.isdigit() and int(key[:9]) < len(node):
            node = node[int(key[:9])]
        else:
            return False
    return True


def _entries(document: dict[str, Any], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, entry in enumerate(_list(document, key)):
        if isinstance(entry, dict):
            yield f"/{key}/{index}", entry


def _list(node: dict[str, Any], key: str) -> list[Any]:
    value = node.get(key)
    return value if isinstance(value, list) else []


@lru_cache(maxsize=4096)
def _is_purl(value: str) -> bool:
    try:
        return bool(purl.parse(value).name)
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def is_expression(value: str) -> bool:
    """By syntax and SPDX's list; names of one's own begin with ``LicenseRef-``."""
    from cyclonedx.spdx import is_expression

    return is_expression(_OWN_LICENCE.sub("MIT", value))
