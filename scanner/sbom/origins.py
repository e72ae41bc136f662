"""Who says so: each value of a described component names its origin, in every version of the format.

In 1.6 the origin is a property beside the value; in 1.7 the same properties also become ``citations``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from scanner.sbom.cyclonedx import Component

PREFIX = "modelward:origin:"

Says = Literal["stated by the publisher", "asserted by the Hub", "computed from bytes", "inferred"]

POINTERS: Mapping[str, str] = {
    "supplier": "/supplier",
    "authors": "/authors",
    "name": "/name",
    "version": "/version",
    "description": "/description",
    "license": "/licenses",
    "hashes": "/hashes",
    "tags": "/tags",
    "base_models": "/pedigree",
    "references": "/externalReferences",
    "files": "/components",
    "task": "/modelCard/modelParameters/task",
    "approach": "/modelCard/modelParameters/approach",
    "architecture_family": "/modelCard/modelParameters/architectureFamily",
    "architecture": "/modelCard/modelParameters/modelArchitecture",
    "datasets": "/modelCard/modelParameters/datasets",
    "inputs": "/modelCard/modelParameters/inputs",
    "outputs": "/modelCard/modelParameters/outputs",
    "metrics": "/modelCard/quantitativeAnalysis",
    "considerations": "/modelCard/considerations",
    "model_properties": "/modelCard/properties",
    "data": "/data",
}
"""What a component says, and where it says it: a JSON pointer from the component."""


def pairs(origins: Mapping[str, Says]) -> list[tuple[str, str]]:
    """The properties that carry ``origins``, by key of :data:`POINTERS`."""
    return [(f"{PREFIX}{name}", says) for name, says in sorted(origins.items())]


def of(component: Component) -> dict[str, str]:
    """The origins that a component carries, by key of :data:`POINTERS`."""
    return {
        each.name.removeprefix(PREFIX): each.value
        for each in component.properties or ()
        if each.name.startswith(PREFIX)
    }
