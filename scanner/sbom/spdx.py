"""The bill of materials as SPDX 2.3 JSON (https://spdx.github.io/spdx-spec/v2.3/), for tools of that format.

Made from the CycloneDX document, which says more: what SPDX 2.3 has no place for is said in the document's
own comment, so that nobody takes its silence for an answer.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.sbom.foreign import Context, Node, dicts, inner
from scanner.sbom.lint import is_expression

LOST = (
    "SPDX 2.3 has no place for model cards, data governance, vulnerabilities and findings, completeness and "
    "remarks; they are in the CycloneDX document beside this one (sbom.cdx.json), of which this is an "
    "extract. "
    "Licences are as declared; nothing was concluded."
)
_PURPOSES = {
    "application": "APPLICATION",
    "framework": "FRAMEWORK",
    "library": "LIBRARY",
    "container": "CONTAINER",
    "file": "FILE",
}
_ALGORITHMS = {
    "MD5": "MD5",
    "SHA-1": "SHA1",
    "SHA-256": "SHA256",
    "SHA-384": "SHA384",
    "SHA-512": "SHA512",
    "SHA3-256": "SHA3-256",
    "SHA3-384": "SHA3-384",
    "SHA3-512": "SHA3-512",
    "BLAKE2b-256": "BLAKE2b-256",
    "BLAKE2b-384": "BLAKE2b-384",
    "BLAKE2b-512": "BLAKE2b-512",
}
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_NO_ID = re.compile(r"[^A-Za-z0-9.-]+")


def convert(document: Mapping[str, Any]) -> bytes:
    """SPDX 2.3 JSON of a CycloneDX document of ours; equal documents give equal bytes."""
    licences = _Licences()
    root = inner(document, "metadata", "component") or {}
    nodes = [root, *Context(dict(document)).components]
    ids = {str(node.get("bom-ref")): _id(node) for node in nodes}
    serial = str(document.get("serialNumber", "")).removeprefix("urn:uuid:")
    packages = [_package(node, licences) for node in nodes]
    relationships = sorted(
        {("SPDXRef-DOCUMENT", "DESCRIBES", _id(root)), *_edges(document, ids), *_inside(nodes, ids)}
    )
    spdx = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": str(root.get("name") or "repository"),
        "documentNamespace": f"https://spdx.org/spdxdocs/modelward-{serial}",
        "creationInfo": {
            "created": inner(document, "metadata", "timestamp"),
            "creators": sorted(_creators(document)),
            "comment": LOST,
        },
        "packages": packages,
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
            for one, kind, other in relationships
        ],
        **({"hasExtractedLicensingInfos": licences.own()} if licences.own() else {}),
    }
    return json.dumps(spdx, indent=2, ensure_ascii=True).encode("ascii") + b"\n"


class _Licences:
    """Names of licences that SPDX does not list, under identifiers of the document's own."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, str | None]] = {}

    def of(self, node: Node) -> str:
        """The declared licences as one expression, or ``NOASSERTION``."""
        found = []
        for choice in dicts(node.get("licenses")):
            inside = choice.get("license") if isinstance(choice.get("license"), dict) else {}
            expression = choice.get("expression") or inner(inside, "id")
            if isinstance(expression, str) and is_expression(expression) and "LicenseRef-" not in expression:
                found.append(expression)
            elif name := expression or inner(inside, "name"):
                found.append(self._reference(str(name), inner(inside, "url")))
        joined = sorted(set(found))
        if len(joined) > 1:
            return " AND ".join(f"({each})" if " " in each else each for each in joined)
        return joined[0] if joined else "NOASSERTION"

    def _reference(self, name: str, url: Any) -> str:
        ref = f"LicenseRef-{_NO_ID.sub('-', name).strip('-.')[:60] or 'unnamed'}-{_digest(name)}"
        self._names[ref] = (name, url if isinstance(url, str) else None)
        return ref

    def own(self) -> list[dict[str, Any]]:
        """Every one that was named."""
        return [
            {
                "licenseId": ref,
                "extractedText": f"{name}: the text was not read",
                "name": name,
                **({"seeAlsos": [url]} if url else {}),
            }
            for ref, (name, url) in sorted(self._names.items())
        ]


def _package(node: Node, licences: _Licences) -> dict[str, Any]:
    group, name = node.get("group"), str(node.get("name") or "unknown")
    address = node.get("purl")
    package = {
        "SPDXID": _id(node),
        "name": f"{group}/{name}" if group else name,
        "versionInfo": node.get("version"),
        "supplier": f"Organization: {maker}" if (maker := inner(node, "supplier", "name")) else "NOASSERTION",
        "downloadLocation": _location(node),
        "filesAnalyzed": False,
        "checksums": _checksums(node),
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licences.of(node),
        "copyrightText": "NOASSERTION",
        "description": node.get("description"),
        "comment": _COMMENTS.get(str(node.get("type"))),
        "primaryPackagePurpose": _PURPOSES.get(str(node.get("type")), "OTHER"),
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": address}
        ]
        if isinstance(address, str)
        else None,
    }
    return {key: value for key, value in package.items() if value is not None}


_COMMENTS = {
    "machine-learning-model": "a machine-learning model; SPDX 2.3 has no purpose of this name",
    "data": "a data set; SPDX 2.3 has no purpose of this name",
}


def _checksums(node: Node) -> list[dict[str, str]] | None:
    return [
        {"algorithm": _ALGORITHMS[each["alg"]], "checksumValue": str(each.get("content"))}
        for each in dicts(node.get("hashes"))
        if each.get("alg") in _ALGORITHMS
    ] or None


def _location(node: Node) -> str:
    """Where it is had; a package URL is no location."""
    for kind in ("distribution", "vcs"):
        for reference in dicts(node.get("externalReferences")):
            url = reference.get("url")
            if reference.get("type") == kind and isinstance(url, str) and _ADDRESS.fullmatch(url):
                return url
    return "NOASSERTION"


def _creators(document: Mapping[str, Any]) -> Iterator[str]:
    tools = dicts(inner(document, "metadata", "tools", "components"))
    yield from (f"Tool: {tool.get('name')}-{tool.get('version')}" for tool in tools)
    for author in dicts(inner(document, "metadata", "authors")):
        yield f"Person: {author.get('name') or author.get('email')}"
    if maker := inner(document, "metadata", "manufacturer", "name"):
        yield f"Organization: {maker}"


def _edges(document: Mapping[str, Any], ids: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for entry in dicts(document.get("dependencies")):
        for end in entry.get("dependsOn") or ():
            if str(entry.get("ref")) in ids and str(end) in ids:
                yield ids[str(entry["ref"])], "DEPENDS_ON", ids[str(end)]


def _inside(nodes: list[Node], ids: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """What lies in what, and what is made from what."""
    for node in nodes:
        for part in dicts(node.get("components")):
            yield _id(node), "CONTAINS", _id(part)
        for ancestor in dicts(inner(node, "pedigree", "ancestors")):
            if (end := ids.get(str(ancestor.get("purl")))) and end != _id(node):
                yield _id(node), "DESCENDANT_OF", end


def _id(node: Node) -> str:
    """An identifier of SPDX's alphabet: readable, and as unique as the reference it is made from."""
    ref = str(node.get("bom-ref"))
    return f"SPDXRef-{_NO_ID.sub('-', str(node.get('name'))).strip('-.')[:40] or 'unnamed'}-{_digest(ref)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
