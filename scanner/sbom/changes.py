"""What a change does to the bill of materials: the document of head against what is known of the base.

No second document is made. The base's software is read as head's is; its models and repositories follow from
what the change does to each file and to each reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scanner.domain import Artifact, BillChange, Reference, Repository
from scanner.sbom import refs
from scanner.sbom.cyclonedx import Component, plain
from scanner.sbom.diff import Item, compare, item, kind_of_hub
from scanner.sbom.foreign import dicts

ARROW = " → "
"""Between the two licences of a :class:`~scanner.domain.RepositoryDiff`."""


@dataclass(frozen=True, slots=True)
class Base:
    """What the base is known to have."""

    artifacts: Sequence[Artifact]
    references: Sequence[Reference]
    repositories: Sequence[Repository]
    software: Sequence[Component] | None
    """``None``: not known, so packages and containers are not compared."""


def changes(document: Mapping[str, Any], base: Base) -> list[BillChange]:
    """Every difference between the base and ``document``, models first."""
    now = {str(node.get("bom-ref")): item(node) for node in dicts(document.get("components"))}
    files = {refs.artifact(each): each for each in base.artifacts if each.repository_id is None}
    software = {ref for ref, one in now.items() if one.kind in ("package", "container") and ref not in files}
    named = list(_named(base.references, base.repositories, now))
    lasting = {ref for ref, _ in named if ref is not None}
    before = [each for ref, artifact in files.items() for each in _file(artifact, now.get(ref))]
    before += [each for _, each in named]
    before += [now[ref] for ref in _behind(document, lasting, base.repositories) if ref in now]
    before += (
        [now[ref] for ref in software]
        if base.software is None
        else [item(plain(one)) for one in base.software]
    )
    others = now.keys() - files.keys() - software
    data = [now[ref] for ref in others if now[ref].kind == "other"]
    return compare([*before, *data], now.values())


def _file(artifact: Artifact, now: Item | None) -> Iterator[Item]:
    """What a model file was on the base."""
    digest = f"sha256:{artifact.previous_sha256}" if artifact.previous_sha256 else None
    if artifact.change == "removed":
        yield Item("model", f"model:{artifact.path}", artifact.path, digest)
    elif now is None or artifact.change == "added":
        return
    elif artifact.change == "modified":
        yield replace(now, version=digest or "before")
    elif artifact.change == "renamed" and artifact.previous_path:
        yield replace(now, name=artifact.previous_path, identity=f"model:{artifact.previous_path}")
    else:
        yield now


def _named(
    references: Iterable[Reference], repositories: Iterable[Repository], now: Mapping[str, Item]
) -> Iterator[tuple[str | None, Item]]:
    """What the base's source names: with the reference of what became of it, where it is still there."""
    moved = {refs.repository(each): each.diff for each in repositories}
    for each in references:
        if each.repo_id is None or each.repo_type == "other" or each.change == "added":
            continue
        ref = refs.hub(each.repo_type, each.repo_id, each.resolved_revision)
        kind = kind_of_hub(each.repo_type)
        head = now.get(ref)
        if each.change == "modified" and (previous := each.previous) is not None:
            version = previous.resolved_revision or previous.revision
            licence = head.license if head and previous.repo_id == each.repo_id else None
            if (diff := moved.get(ref)) and diff.license:
                licence = _as_listed(diff.license.partition(ARROW)[0])
            yield ref, Item(kind, f"{kind}:{previous.repo_id}", previous.repo_id, version, licence)
        elif head is not None:  # also where the reference is gone, and another place names the same
            yield ref, head
        elif each.change == "removed":
            version = each.resolved_revision or each.revision
            yield None, Item(kind, f"{kind}:{each.repo_id}", each.repo_id, version)


def _as_listed(name: str) -> str:
    """The Hub's name of a licence as SPDX writes it, so that it compares with that of a document."""
    from cyclonedx.spdx import fixup_id

    return fixup_id(name) or name


def _behind(document: Mapping[str, Any], lasting: set[str], repositories: Iterable[Repository]) -> set[str]:
    """What the repositories that stay lead to: base models and data sets that came with them before.

    What the publisher has added between the two commits is not among it.
    """
    edges = {
        str(entry.get("ref")): [str(ref) for ref in entry.get("dependsOn") or ()]
        for entry in dicts(document.get("dependencies"))
    }
    new = {
        refs.hub("model", name[1:], None)
        for each in repositories
        if refs.repository(each) in lasting and each.diff
        for name in each.diff.base_models
        if name.startswith("+")
    }
    found: set[str] = set()
    waiting = sorted(lasting)
    while waiting:
        for ref in edges.get(waiting.pop(), ()):
            if ref not in found and ref not in lasting and not _is_one_of(ref, new):
                found.add(ref)
                waiting.append(ref)
    return found


def _is_one_of(ref: str, names: set[str]) -> bool:
    """Whether a reference is of one of these repositories, at any commit."""
    bare = ref.partition("@")[0].replace("pkg:huggingface/", "hub:")
    return bare in names
