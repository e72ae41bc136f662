"""The bill of materials as a snapshot for GitHub's dependency graph.

Every dependency goes under the first file that names it, so that the graph shows where it comes from. What
has no package URL with a version is not a dependency in the graph's sense and is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from scanner.domain.snapshot import Resolved, Snapshot, SnapshotManifest, SourceFile
from scanner.sbom.foreign import Context, Node, dicts, inner, properties
from scanner.sbom.occurrences import PINNED

MAX_FILES = 998
"""Files that are named; what more of them name goes into one manifest."""
MAX_RESOLVED = 20_000
_BEHIND = "models behind models"
_MORE = "further files"
_NO_FILES = frozenset({_BEHIND, _MORE})


def snapshot(document: Mapping[str, Any]) -> Snapshot:
    """The models of the Hub and the packages of a document of ours, by the file that names them."""
    nodes = {
        str(node.get("bom-ref")): node
        for node in Context(dict(document)).stated[:MAX_RESOLVED]
        if _address(node)
    }
    edges = {
        str(each.get("ref")): _texts(each.get("dependsOn")) for each in dicts(document.get("dependencies"))
    }
    root = str(inner(document, "metadata", "component", "bom-ref"))
    direct = set(edges.get(root, ()))
    manifests: dict[str, dict[str, Resolved]] = defaultdict(dict)
    for ref, node in sorted(nodes.items()):
        place = _place(node) or _BEHIND
        if place not in manifests and len(manifests.keys() - _NO_FILES) >= MAX_FILES:
            place = place if place in _NO_FILES else _MORE
        manifests[place][_address(node)] = Resolved(
            package_url=_address(node),
            relationship="direct" if ref in direct else "indirect",
            scope="development" if node.get("scope") == "optional" else "runtime",
            dependencies=sorted({_address(nodes[end]) for end in edges.get(ref, ()) if end in nodes}),
            metadata=_metadata(node),
        )
    return Snapshot(
        manifests={
            place: SnapshotManifest(
                name=place,
                file=None if place in _NO_FILES else SourceFile(source_location=place),
                resolved=dict(sorted(resolved.items())),
            )
            for place, resolved in sorted(manifests.items())
        }
    )


def _address(node: Node) -> str:
    """The package URL of something with a version; empty for anything else."""
    address = node.get("purl")
    return address if isinstance(address, str) and node.get("version") and len(address) <= 2048 else ""


def _place(node: Node) -> str | None:
    """The first file that names the component."""
    named = [each.get("location") for each in dicts(inner(node, "evidence", "occurrences"))]
    return min((each for each in named if isinstance(each, str)), default=None)


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _metadata(node: Node) -> dict[str, str]:
    """What a reader of the graph wants to know of a model."""
    if node.get("type") != "machine-learning-model":
        return {}
    pinned = properties(node, PINNED)
    return {"type": "machine-learning-model", **({"pinned": pinned[0]} if pinned else {})}
