"""What one bill of materials has that another has not: models, data, packages, containers, and licences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scanner.domain import BillChange
from scanner.sbom import purl
from scanner.sbom.foreign import Context, Node, dicts, inner, properties

Kind = Literal["model", "data", "package", "container", "other"]

_KINDS: Mapping[str, Kind] = {
    "machine-learning-model": "model",
    "data": "data",
    "library": "package",
    "framework": "package",
    "application": "package",
    "container": "container",
}
_ORDER: tuple[Kind, ...] = ("model", "data", "container", "package", "other")
_HUB: Mapping[str, Kind] = {"model": "model", "dataset": "data"}
_TEXT = 300
_DIGEST = 64


@dataclass(frozen=True, slots=True)
class Item:
    """One component, as far as a comparison goes."""

    kind: Kind
    identity: str
    """What stays when the version changes."""
    name: str
    version: str | None = None
    """Version, commit or digest."""
    license: str | None = None
    purl: str | None = None


def kind_of_hub(repo_type: str) -> Kind:
    """What a repository of the Hub is in a bill of materials; a Space is an application."""
    return _HUB.get(repo_type, "package")


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[BillChange]:
    """What ``new`` changes in ``old``; both are CycloneDX documents of any origin."""
    return compare(items(old), items(new))


def items(document: Mapping[str, Any]) -> list[Item]:
    """What a document lists; files within a model are part of that model."""
    context = Context(dict(document))
    return [item(node) for node in context.stated]


def item(node: Node) -> Item:
    """A component as an item."""
    kind = _KINDS.get(str(node.get("type")), "other")
    group, name = str(node.get("group") or ""), str(node.get("name") or "")
    path = next(iter(properties(node, "modelward:path")), None)
    shown = path or (f"{group}/{name}" if group else name)
    address = node.get("purl") if isinstance(node.get("purl"), str) else None
    digest = next(
        (str(each.get("content")) for each in dicts(node.get("hashes")) if each.get("alg") == "SHA-256"), None
    )
    version = (
        node.get("version")
        if isinstance(node.get("version"), str)
        else digest and f"sha256:{digest[:_DIGEST]}"
    )
    return Item(
        kind,
        (_without_version(address) if kind == "package" else None) or f"{kind}:{shown}",
        shown[:_TEXT],
        version[:_TEXT] if version else None,
        _license(node),
        address[:_TEXT] if address else None,
    )


def compare(old: Iterable[Item], new: Iterable[Item]) -> list[BillChange]:
    """Added, removed and updated, models first; a version that several items share is compared once."""
    before, after = _by_identity(old), _by_identity(new)
    found: list[BillChange] = []
    for identity in before.keys() | after.keys():
        found += _changes(before.get(identity, {}), after.get(identity, {}))
    return sorted(
        found,
        key=lambda one: (_ORDER.index(one.kind), one.name, one.change, one.before or "", one.after or ""),
    )


def _by_identity(listed: Iterable[Item]) -> dict[str, dict[str | None, Item]]:
    """By identity and version."""
    found: dict[str, dict[str | None, Item]] = defaultdict(dict)
    for each in listed:
        found[each.identity].setdefault(each.version, each)
    return found


def _changes(before: dict[str | None, Item], after: dict[str | None, Item]) -> Iterable[BillChange]:
    gone = [before[version] for version in sorted(before.keys() - after.keys(), key=str)]
    come = [after[version] for version in sorted(after.keys() - before.keys(), key=str)]
    for version in sorted(before.keys() & after.keys(), key=str):
        if before[version].license != after[version].license:
            yield _change("updated", before[version], after[version])
    if len(gone) == len(come) == 1:
        yield _change("updated", gone[0], come[0])
        return
    yield from (_change("removed", each, None) for each in gone)
    yield from (_change("added", None, each) for each in come)


def _change(
    what: Literal["added", "removed", "updated"], before: Item | None, after: Item | None
) -> BillChange:
    one = after or before
    assert one is not None
    return BillChange(
        kind=one.kind,
        change=what,
        name=one.name,
        before=before.version if before else None,
        after=after.version if after else None,
        license_before=before.license if before else None,
        license_after=after.license if after else None,
        purl=one.purl,
    )


def _without_version(address: str | None) -> str | None:
    if address is None:
        return None
    try:
        return purl.write(purl.parse(address)._replace(version=None), {})
    except ValueError:
        return None


def _license(node: Node) -> str | None:
    """The declared licences in words, sorted."""
    names = set()
    for choice in dicts(node.get("licenses")):
        inside = inner(choice, "license")
        said = choice.get("expression") or inner(inside, "id") or inner(inside, "name")
        if isinstance(said, str) and said.strip():
            names.add(said.strip())
    return ", ".join(sorted(names))[:_TEXT] or None
