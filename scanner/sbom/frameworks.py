"""Which package of the software loads which model: told by the imports of the code that names the model.

The source says which module is imported, not which distribution brings it, nor which of several versions: so
each of these edges is inferred, and says so.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from scanner.domain import Reference
from scanner.sbom import purl, refs
from scanner.sbom.cyclonedx import Component, Dependency, text
from scanner.sbom.feeders.cyclonedx_py import normalised
from scanner.sbom.part import Part

LOADED_WITH = "modelward:framework"
"""Property of a model: which package loads it, where, and that this is inferred."""

DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "FlagEmbedding": ("flagembedding",),
    "InstructorEmbedding": ("instructorembedding",),
    "auto_gptq": ("auto-gptq",),
    "awq": ("autoawq",),
    "haystack": ("haystack-ai", "farm-haystack"),
    "keras_cv": ("keras-cv", "keras-hub"),
    "llama_cpp": ("llama-cpp-python",),
    "llama_index": ("llama-index", "llama-index-core"),
    "lm_eval": ("lm-eval",),
    "nemo": ("nemo-toolkit",),
    "open_clip": ("open-clip-torch",),
    "pyannote": ("pyannote-audio",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-macos", "tf-nightly"),
    "torch": ("torch", "pytorch"),
}
"""Distributions that bring a module of that name, where it is not the module's own name."""

_MOST_PLACES = 20
"""Places that are named of one model."""


def frameworks(references: Sequence[Reference], software: Sequence[Component]) -> Part:
    """Edges from models of the Hub to the packages of ``software`` that the code loads them with.

    Where the software has the package in several versions, the one counts that a manifest nearest above the
    code names; where that does not tell them apart, all of them do.
    """
    packages: dict[str, list[Component]] = {}
    for component in software:
        if component.purl and component.purl.startswith("pkg:pypi/"):
            packages.setdefault(normalised(purl.parse(component.purl).name), []).append(component)
    edges: dict[str, set[str]] = {}
    told: dict[str, set[tuple[str, str]]] = {}
    for reference in references:
        if reference.package is None or reference.repo_id is None or reference.change == "removed":
            continue
        if reference.repo_type != "model":
            continue
        model = refs.hub(reference.repo_type, reference.repo_id, reference.resolved_revision)
        for package in _of_module(reference.package, reference.path, packages):
            edges.setdefault(model, set()).add(package.bom_ref or "")
            place = f"{reference.path}:{reference.line}"
            told.setdefault(model, set()).add(
                (LOADED_WITH, text(f"{package.bom_ref} (inferred from the import in {place})", 1024))
            )
    return Part(
        dependencies=tuple(
            Dependency(ref=model, depends_on=sorted(found)) for model, found in sorted(edges.items())
        ),
        properties={model: tuple(sorted(found)[:_MOST_PLACES]) for model, found in sorted(told.items())},
    )


def _of_module(module: str, path: str, packages: Mapping[str, list[Component]]) -> list[Component]:
    names = DISTRIBUTIONS.get(module, (normalised(module),))
    found = [component for name in names for component in packages.get(name, ())]
    folder = path
    while folder and len(found) > 1:
        folder = posixpath.dirname(folder)
        near = [component for component in found if folder in _folders(component)]
        if near:
            return near
    return found


def _folders(component: Component) -> set[str]:
    """The folders of the manifests that name it."""
    places = (component.evidence.occurrences or []) if component.evidence else []
    return {posixpath.dirname(place.location) for place in places}
