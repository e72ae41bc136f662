"""Models and data as a part of the document: what the source names, what stands behind it, what changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from scanner.domain import Artifact, Change, Reference, Repository
from scanner.sbom import occurrences, refs
from scanner.sbom.cyclonedx import Aggregate, Component, Dependency, text
from scanner.sbom.datasets import DataFile, data_file, ref_of_file
from scanner.sbom.hub_files import MOST_IN_ALL
from scanner.sbom.hub_index import Index
from scanner.sbom.models import coverage, model_component
from scanner.sbom.part import Part, Remark
from scanner.sbom.repositories import component, only_named
from scanner.words import HUB_PREFIX, counted

_MOST_GAPS = 50
_NOT_SEARCHED = "files that the change leaves alone were not searched for models and data sets that they name"
_NOT_LOOKED_UP = "the repository was not looked up"


@dataclass
class _Made:
    """The part in the making."""

    components: list[Component] = field(default_factory=list)
    edges: dict[str, set[str]] = field(default_factory=dict)
    direct: set[str] = field(default_factory=set)
    assemblies: dict[str, Aggregate] = field(default_factory=dict)
    known_edges: dict[str, Aggregate] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    within: dict[str, str] = field(default_factory=dict)
    files_left: int = MOST_IN_ALL
    """So many files of repositories of the Hub may still be listed."""

    def add(self, made: Component, parts: Aggregate, edges: Aggregate, depends_on: set[str]) -> None:
        """Take in a component, unless it is there."""
        ref = made.bom_ref or ""
        if ref in self.edges:
            return
        self.components.append(made)
        self.assemblies[ref], self.known_edges[ref] = parts, edges
        self.edges[ref] = depends_on - {ref}


def describe(
    change: Change,
    artifacts: Sequence[Artifact],
    references: Sequence[Reference],
    repositories: Sequence[Repository],
    data_files: Sequence[DataFile] = (),
) -> Part:
    """Components of models and data with their edges, and what is not known of them.

    The same arguments in any order give an equal part. What the change removes is left out.
    """
    made = _Made()
    present = [one for one in artifacts if one.change != "removed"]
    places = [one for one in references if one.change != "removed"]
    index = Index(repositories, places)
    named = _named(places, index, made)
    inside = _inside(present)
    own = {refs.repository(repository): repository for repository in repositories}
    for ref in sorted(own, key=lambda each: (each not in named, each)):
        repository = own[ref]
        key = (HUB_PREFIX[repository.type] + repository.id, repository.revision)
        _repository(made, repository, index, inside.pop(key, []), named.get(ref, []))
    for artifact in [*(one for one in present if one.source != "hub"), *chain.from_iterable(inside.values())]:
        made.add(model_component(artifact), coverage(artifact), "unknown", set())
        made.direct.add(refs.artifact(artifact))
    for entry in index.only_named.values():
        made.add(only_named(entry), "unknown", "unknown", set())
        made.remarks.append(
            Remark((entry.ref,), f"Only the name is known: {'; '.join(sorted(entry.reasons))}.")
        )
    for file in data_files:
        if file.change != "removed":
            made.add(data_file(file), "complete" if file.sha256 else "unknown", "unknown", set())
            made.direct.add(ref_of_file(file))
    if change.mode in ("change", "staged"):
        made.gaps.append(_NOT_SEARCHED)
    return _part(made)


def _part(made: _Made) -> Part:
    """The part, sorted; whatever nothing else leads to is the repository's own."""
    reached = {ref for ends in made.edges.values() for ref in ends}
    return Part(
        components=tuple(sorted(made.components, key=lambda one: one.bom_ref or "")),
        dependencies=tuple(
            Dependency(ref=ref, depends_on=sorted(ends)) for ref, ends in sorted(made.edges.items())
        ),
        direct=tuple(sorted(made.direct | (made.edges.keys() - reached))),
        assemblies=dict(sorted(made.assemblies.items())),
        edges=dict(sorted(made.known_edges.items())),
        within=dict(sorted(made.within.items())),
        remarks=tuple(sorted(made.remarks, key=lambda one: (one.subjects, one.text))),
        gaps=tuple(made.gaps),
    )


def _named(places: Sequence[Reference], index: Index, made: _Made) -> dict[str, list[Reference]]:
    """The references of each repository; what cannot be followed to a name is a gap."""
    found: dict[str, list[Reference]] = defaultdict(list)
    lost: list[str] = []
    for one in sorted(places, key=lambda one: one.id):
        target = index.of_reference(one)
        if target is None:
            if one.resolution != "local":
                lost.append(f"{text(one.path, 300)}:{one.line}: {text(one.expression or one.loader, 200)}")
            continue
        ref, repository = target
        made.direct.add(ref)
        if repository is not None:
            found[ref].append(one)
    made.gaps += [f"what is loaded here could not be told: {place}" for place in lost[:_MOST_GAPS]]
    if len(lost) > _MOST_GAPS:
        more = counted(len(lost) - _MOST_GAPS, "more place")
        made.gaps.append(f"what is loaded could not be told at {more}")
    return found


def _inside(artifacts: Sequence[Artifact]) -> dict[tuple[str, str | None], list[Artifact]]:
    """The files of each repository of the Hub at its commit."""
    found: dict[tuple[str, str | None], list[Artifact]] = defaultdict(list)
    for one in sorted(artifacts, key=lambda one: (one.path, one.id)):
        if one.source == "hub":
            found[one.repository_id or "", one.revision].append(one)
    return found


def _repository(
    made: _Made,
    repository: Repository,
    index: Index,
    artifacts: Sequence[Artifact],
    references: Sequence[Reference],
) -> None:
    data_refs = sorted(
        index.of_name("dataset", name, _why(repository, f"datasets/{name}")) for name in repository.datasets
    )
    named = [*repository.base_models, *_code(repository)]
    bases = {index.of_name("model", name, _why(repository, name)) for name in named}
    listed, whole = component(
        repository, index, artifacts, references, list(dict.fromkeys(data_refs)), made.files_left
    )
    made.files_left -= len(listed.components or ())
    stated = bool(repository.base_models or repository.datasets)
    made.add(
        listed,
        "complete" if whole else "incomplete",
        "incomplete" if stated else "unknown",
        bases | set(data_refs),
    )
    parts = {part.bom_ref for part in listed.components or ()}
    for artifact in artifacts:
        if (ref := refs.artifact(artifact)) in parts:
            made.assemblies[ref] = coverage(artifact)
        else:
            made.within[ref] = listed.bom_ref or ""
    made.remarks += [*occurrences.unpinned(listed.bom_ref or "", references), *_remarks(listed, repository)]


def _why(repository: Repository, name: str) -> str:
    return repository.not_followed.get(name, _NOT_LOOKED_UP)


def _code(repository: Repository) -> list[str]:
    """Repositories that the configuration takes code from."""
    return sorted({entry.partition("--")[0] for entry in repository.remote_code if "--" in entry})


def _remarks(listed: Component, repository: Repository) -> Iterator[Remark]:
    ref = listed.bom_ref or ""
    parts = len(listed.components or ())
    if parts < len(repository.files) or not repository.files_complete:
        end = "" if repository.files_complete else "; the Hub did not list all of them"
        counts = f"{parts} of {counted(len(repository.files), 'file')}"
        yield Remark((ref,), f"The document lists {counts} of the repository{end}.")
    if len(listed.licenses or ()) > 1:
        said = "Several licences are stated; whether one may choose among them is not."
        yield Remark((ref,), said)
