"""A tool's CycloneDX JSON as our types: what we know is taken over, everything else is left behind.

Left behind on purpose: guessed CPEs, descriptions that quote the input, addresses that no manifest names (a
tool fills in its default package index), credentials in addresses, and local paths.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from scanner.domain import EngineRef
from scanner.sbom import purl as purls
from scanner.sbom.cyclonedx import (
    HASH_ALGORITHMS,
    Component,
    Dependency,
    ExternalReference,
    Hash,
    License,
    LicenseChoice,
    text,
    unique_properties,
)
from scanner.sbom.feeders.process import ToolError

MAX_COMPONENTS = 20_000
_MAX_REFERENCES = 200
_HEX = re.compile(r"^[0-9a-f]+$")
_URL = re.compile(r"^[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+$")
_FILE_NAME = re.compile(r"#[^#/]+\.(?:whl|egg|zip|tar\.gz|tar\.bz2|tar\.xz|tgz)$")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_REFERENCE_TYPES = frozenset({"distribution", "vcs", "website", "documentation", "issue-tracker", "license"})
_KEPT_PROPERTIES = ("cdx:",)

Named = Callable[[str], bool]
"""Whether a host name stands in the manifests."""


def document(output: bytes) -> Mapping[str, Any]:
    """The tool's answer as JSON.

    Raises:
        ToolError: it is not a CycloneDX document.
    """
    try:
        parsed = json.loads(output)
    except (ValueError, RecursionError):
        raise ToolError("its answer was not JSON") from None
    if not isinstance(parsed, dict) or parsed.get("bomFormat") != "CycloneDX":
        raise ToolError("its answer was not a CycloneDX document")
    return parsed


def entries(value: Any) -> list[dict[str, Any]]:
    """The objects of a JSON list; nothing when it is none."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def tools(parsed: Mapping[str, Any], name: str) -> tuple[EngineRef, ...]:
    """The tool called ``name`` as the document names it, with its version."""
    metadata = parsed.get("metadata")
    listed = metadata.get("tools") if isinstance(metadata, dict) else None
    found = entries(listed.get("components") if isinstance(listed, dict) else None)
    return tuple(
        EngineRef(name=name, version=text(str(entry.get("version")), 64))
        for entry in found
        if entry.get("name") == name
    )


def hosts_named(data: Iterable[bytes]) -> Named:
    """A test whether a host name stands anywhere in these bytes."""
    haystack = b"\0".join(data).lower()
    return lambda host: bool(host) and host.lower().encode("ascii", "ignore") in haystack


def component(
    raw: Mapping[str, Any], named: Named, kept: tuple[str, ...] = _KEPT_PROPERTIES
) -> Component | None:
    """One component of a tool's answer, without occurrences; ``None`` when it has no name.

    Of its properties those are taken over whose names begin with one of ``kept``.
    """
    name = raw.get("name")
    if not isinstance(name, str) or not name.strip():
        return None
    purl = canonical_purl(raw.get("purl"), named)
    return Component(
        type="library",
        bom_ref=_string(raw, "bom-ref"),
        group=_string(raw, "group"),
        name=text(name, 512),
        version=_string(raw, "version"),
        scope="optional" if raw.get("scope") == "optional" else None,
        licenses=_licenses(raw.get("licenses")),
        purl=purl,
        external_references=_references(raw.get("externalReferences"), purl, named),
        properties=unique_properties(
            [
                (text(entry["name"], 256), text(str(entry.get("value", ""))))
                for entry in entries(raw.get("properties"))
                if isinstance(entry.get("name"), str) and entry["name"].startswith(kept)
            ]
        ),
    )


def edges(parsed: Mapping[str, Any]) -> list[Dependency]:
    """The document's dependency edges, under its own references."""
    return [
        Dependency(
            ref=text(entry["ref"]),
            depends_on=[ref for ref in entry.get("dependsOn") or () if isinstance(ref, str)],
        )
        for entry in entries(parsed.get("dependencies"))
        if isinstance(entry.get("ref"), str) and isinstance(entry.get("dependsOn") or [], list)
    ]


def canonical_purl(value: Any, named: Named) -> str | None:
    """A package URL in canonical form, without a tool's own qualifiers; ``None`` when it is none."""
    if not isinstance(value, str) or len(value) > 2048:
        return None
    try:
        parsed = purls.parse(value)
        qualifiers = {}
        for key, given in parsed.qualifiers.items():
            if key == "package-id":
                continue
            if key.endswith("_url"):
                address = _address(given, named)
                if address is None or (key == "repository_url" and _is_default(parsed.type, address)):
                    continue
                given = address
            qualifiers[key] = text(given, 1024)
        return purls.write(parsed, qualifiers)
    except ValueError:
        return None


def _is_default(kind: str, address: str) -> bool:
    """Whether packages of that type come from there anyway, as the specification of their URLs says."""
    usual = purls.registry(kind)
    return usual is not None and urlsplit(address).hostname == usual


def _string(raw: Mapping[str, Any], key: str) -> str | None:
    value = raw.get(key)
    return text(value, 512) if isinstance(value, str) and value.strip() else None


def _address(value: Any, named: Named) -> str | None:
    """An address that a manifest names, without credentials; ``None`` for everything else."""
    if not isinstance(value, str) or not _URL.match(value) or _BAD_PERCENT.search(value) or len(value) > 2048:
        return None
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        if not parts.scheme or not named(host) or parts.scheme == "file" or parts.scheme.endswith("+file"):
            return None
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        return None


def _references(value: Any, purl: str | None, named: Named) -> list[ExternalReference] | None:
    """References that a manifest names; digests of an unnamed one are kept under the package's own URL.

    A lock names dozens of files for one package: they become one reference with all their digests, else a few
    hundred packages would make a document too large to attest.
    """
    merged: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for entry in entries(value)[:_MAX_REFERENCES]:
        kind = entry.get("type")
        if kind not in _REFERENCE_TYPES:
            continue
        hashes = _hashes(entry.get("hashes"))
        address = _address(entry.get("url"), named)
        if address is not None:
            merged.setdefault((kind, _FILE_NAME.sub("", address)), set()).update(hashes)
        elif hashes and purl:
            merged.setdefault((kind, purl), set()).update(hashes)
    return [
        ExternalReference(
            type=kind,
            url=url,
            hashes=[Hash(alg=alg, content=digest) for alg, digest in sorted(found)] or None,
        )
        for (kind, url), found in sorted(merged.items())
    ] or None


def _hashes(value: Any) -> set[tuple[str, str]]:
    found = set()
    for entry in entries(value):
        alg, content = entry.get("alg"), str(entry.get("content")).lower()
        if isinstance(alg, str) and len(content) == HASH_ALGORITHMS.get(alg) and _HEX.match(content):
            found.add((alg, content))
    return found


def _licenses(value: Any) -> list[LicenseChoice] | None:
    """What the manifest declares; in 1.6 an expression stands alone or becomes a name."""
    from cyclonedx.spdx import is_supported_id

    found = entries(value)
    if len(found) == 1 and isinstance(expression := found[0].get("expression"), str):
        return [LicenseChoice(expression=text(expression, 512), acknowledgement="declared")]
    names: set[tuple[str, str]] = set()
    for entry in found:
        inner = (
            entry.get("license")
            if isinstance(entry.get("license"), dict)
            else {"name": entry.get("expression")}
        )
        label = inner.get("id") or inner.get("name") if isinstance(inner, dict) else None
        if isinstance(label, str) and label.strip():
            names.add(("id" if is_supported_id(label) else "name", text(label, 512)))
    return [
        LicenseChoice(
            license=License(
                id=label if kind == "id" else None,
                name=label if kind == "name" else None,
                acknowledgement="declared",
            )
        )
        for kind, label in sorted(names)
    ] or None
