"""What nobody states of a component, said in so many words: silence would read as carelessness.

The names are those of :data:`scanner.sbom.completeness.fields.FIELDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scanner.sbom.cyclonedx import (
    Component,
    Considerations,
    ModelCard,
    ModelParameters,
    Property,
    unique_properties,
)
from scanner.sbom.licenses import UNKNOWN as UNKNOWN_LICENSE

UNKNOWN = "modelward:unknown"

_Has = Callable[[Component], object]


def _card(component: Component) -> ModelCard:
    return component.model_card or ModelCard()


def _parameters(component: Component) -> ModelParameters:
    return _card(component).model_parameters or ModelParameters()


def _considerations(component: Component) -> Considerations:
    return _card(component).considerations or Considerations()


def _named(*names: str) -> _Has:
    def has(component: Component) -> bool:
        own = [*(component.properties or ()), *(_card(component).properties or ())]
        return any(each.name in names for each in own)

    return has


def _digest(component: Component) -> object:
    owners = [component, *(component.external_references or ()), *(component.components or ())]
    return any(owner.hashes for owner in owners)


def _sha512(component: Component) -> bool:
    return any(
        each.alg == "SHA-512"
        for owner in (component, *(component.external_references or ()))
        for each in owner.hashes or ()
    )


def _license(component: Component) -> bool:
    return any(
        choice.expression or (choice.license and choice.license.name != UNKNOWN_LICENSE)
        for choice in component.licenses or ()
    )


def _reference(component: Component) -> bool:
    kinds = {"distribution", "source-distribution", "vcs", "website"}
    return any(each.type in kinds for each in component.external_references or ())


_COMMON: Mapping[str, _Has] = {
    "producer": lambda one: one.supplier or one.manufacturer or one.authors or one.publisher,
    "producer-contact": lambda one: one.supplier and one.supplier.url,
    "version": lambda one: one.version,
    "identifier": lambda one: one.purl,
    "license": _license,
    "distribution": _reference,
}
_FILE: Mapping[str, _Has] = {
    "hash": _digest,
    "hash-algorithm": _digest,
    "hash-sha512": _sha512,
    "filename": _named("bsi:component:filename"),
    "executable": _named("bsi:component:executable"),
    "archive": _named("bsi:component:archive"),
    "structured": _named("bsi:component:structured"),
}
_MODEL: Mapping[str, _Has] = {
    "model-description": lambda one: one.description or _considerations(one).use_cases,
    "model-task": lambda one: _parameters(one).task,
    "model-architecture": lambda one: (
        _parameters(one).architecture_family or _parameters(one).model_architecture
    ),
    "model-parameters": _named("cdx:ai-ml:model:parameter:count"),
    "model-modality": lambda one: _parameters(one).inputs or _parameters(one).outputs,
    "model-learning": lambda one: _parameters(one).approach,
    "model-lineage": lambda one: one.pedigree,
    "model-datasets": lambda one: _parameters(one).datasets,
    "model-use": lambda one: _considerations(one).use_cases or _considerations(one).users,
    "model-limitations": lambda one: (
        _considerations(one).technical_limitations
        or _considerations(one).ethical_considerations
        or _considerations(one).performance_tradeoffs
    ),
    "model-metrics": lambda one: _card(one).quantitative_analysis,
    "model-energy": lambda one: _considerations(one).environmental_considerations,
    "model-release": _named("modelward:created"),
}
_DATA: Mapping[str, _Has] = {
    "data-provenance": lambda one: one.supplier or _reference(one),
    "data-sensitivity": lambda one: any(
        each.classification or each.sensitive_data for each in one.data or ()
    ),
    "data-governance": lambda one: any(each.governance for each in one.data or ()),
    "data-hash": _digest,
    "data-description": lambda one: one.description or any(each.description for each in one.data or ()),
}
_OF: Mapping[str, tuple[Mapping[str, _Has], ...]] = {
    "machine-learning-model": (_COMMON, _FILE, _MODEL),
    "data": (_COMMON, _DATA),
    "file": (_COMMON, _FILE),
}


def confessed(component: Component) -> Component:
    """The component with a property for each data field that nobody states of it."""
    missing = [
        name
        for table in _OF.get(component.type, (_COMMON, _FILE))
        for name, has in table.items()
        if not has(component)
    ]
    own = [(each.name, each.value) for each in component.properties or ()]
    made: list[Property] | None = unique_properties([*own, *((UNKNOWN, name) for name in missing)])
    return component.model_copy(update={"properties": made})
