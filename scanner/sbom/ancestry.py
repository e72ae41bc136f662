"""What a model was made from, as its card states it: several levels, each base model a component as well."""

from __future__ import annotations

from scanner.domain import Repository
from scanner.sbom import licenses, purl, refs
from scanner.sbom.cyclonedx import Component, Pedigree, text, unique_properties
from scanner.sbom.hub_index import Index

MOST_ANCESTORS = 10
"""So many ancestors stand within one component; the edges of the document know of all."""

NOT_STATED = "not stated"


def pedigree(repository: Repository, index: Index) -> Pedigree | None:
    """The ancestors, nearest first, each with its own; ``None`` where the card names none.

    They are listed without references of their own, since each that is known has its own entry in the
    document, which ``modelward:component`` names.
    """
    ancestors = _Walk(index).above(repository, (refs.repository(repository),))
    if not ancestors:
        return None
    relation = text(repository.base_model_relation or NOT_STATED, 100)
    return Pedigree(ancestors=ancestors, notes=f"relation to its base models, as its card says: {relation}")


class _Walk:
    """A walk that ends: never in a circle, never beyond the number of ancestors."""

    def __init__(self, index: Index) -> None:
        self._index, self._left = index, MOST_ANCESTORS

    def above(self, repository: Repository, path: tuple[str, ...]) -> list[Component]:
        found: list[Component] = []
        for name in repository.base_models:
            base = self._index.named("model", name)
            why = repository.not_followed.get(name, "its card was not looked up")
            ref = self._index.of_name("model", name, why)
            if ref in path or self._left == 0:
                continue
            self._left -= 1
            found.append(self._ancestor(name, base, ref, repository.base_model_relation, path))
        return found

    def _ancestor(
        self, name: str, base: Repository | None, ref: str, relation: str | None, path: tuple[str, ...]
    ) -> Component:
        group, _, short = (base.id if base else text(name, 300)).rpartition("/")
        own = self.above(base, (*path, ref)) if base else []
        return Component(
            type="machine-learning-model",
            group=group or None,
            name=short,
            version=base.revision if base else None,
            licenses=licenses.of(base) if base else None,
            purl=purl.hub_model(base.id, base.revision) if base and base.revision else None,
            pedigree=Pedigree(ancestors=own) if own else None,
            properties=unique_properties(
                [
                    ("modelward:component", ref),
                    ("modelward:relation", text(relation or NOT_STATED, 100)),
                ]
            ),
        )
