"""Several databases describe the same vulnerability: their entries become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_PREFERRED = ("MAL-", "GHSA-", "PYSEC-", "GO-", "RUSTSEC-", "CVE-")
"""Whose id an entry goes by: what people search for first, and what states severity and fixes."""

_Entry = Mapping[str, Any]


def together(entries: Iterable[_Entry]) -> list[dict[str, Any]]:
    """One entry for each package and vulnerability: aliases of each other are the same."""
    packages: dict[str, list[_Entry]] = {}
    for entry in entries:
        packages.setdefault(entry["purl"], []).append(entry)
    return [_one(group) for purl in sorted(packages) for group in _groups(packages[purl])]


def _groups(entries: Sequence[_Entry]) -> list[list[_Entry]]:
    """Entries that share a name, directly or through others."""
    groups: list[tuple[set[str], list[_Entry]]] = []
    for entry in sorted(entries, key=lambda each: str(each["id"])):
        names, members = {entry["id"], *entry["aliases"]}, [entry]
        apart = []
        for known, others in groups:
            if known & names:
                names |= known
                members = others + members
            else:
                apart.append((known, others))
        groups = [*apart, (names, members)]
    return [members for _, members in groups]


def _one(group: Sequence[_Entry]) -> dict[str, Any]:
    ordered = sorted(group, key=_preference)
    first = ordered[0]
    rated = next((each for each in ordered if each["severity"]), first)
    names = {name for each in ordered for name in (each["id"], *each["aliases"])}
    return {
        **first,
        "aliases": sorted(names - {first["id"]}),
        **{name: rated[name] for name in ("severity", "score", "vector")},
        "fixed": next((each["fixed"] for each in ordered if each["fixed"]), []),
        "summary": next((each["summary"] for each in ordered if each["summary"]), ""),
        "cwe": sorted({cwe for each in ordered for cwe in each["cwe"]}),
    }


def _preference(entry: _Entry) -> tuple[int, str]:
    name = str(entry["id"])
    rank = next((rank for rank, prefix in enumerate(_PREFERRED) if name.startswith(prefix)), len(_PREFERRED))
    return rank, name
