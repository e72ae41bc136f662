"""Models are tied to the package that the code loads them with, where its import shows it."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.discover.loaders import PYTHON
from scanner.domain import Reference
from scanner.sbom.cyclonedx import Component, Evidence, Occurrence
from scanner.sbom.frameworks import DISTRIBUTIONS, LOADED_WITH, frameworks

COMMIT = "0" * 40
NER = f"pkg:huggingface/acme/ner@{COMMIT}"


def reference(package: str | None, path: str = "app/serve.py", **more: object) -> Reference:
    given: Mapping[str, object] = {
        "id": f"{path}:3",
        "repo_id": "acme/ner",
        "repo_type": "model",
        "resolved_revision": COMMIT,
        "pinned": False,
        "loader": "transformers.from_pretrained",
        "package": package,
        "path": path,
        "line": 3,
        "end_line": 3,
        "in_diff": True,
        "change": "added",
        "resolution": "resolved",
        **more,
    }
    return Reference.model_validate(given)


def package(purl: str, *manifests: str) -> Component:
    places = Evidence(occurrences=[Occurrence(location=path) for path in manifests])
    return Component(
        type="library", bom_ref=purl, name="p", purl=purl, evidence=places if manifests else None
    )


TRANSFORMERS = package("pkg:pypi/transformers@4.40", "requirements.txt")


def edges(references: list[Reference], software: list[Component]) -> dict[str, list[str]]:
    return {edge.ref: edge.depends_on for edge in frameworks(references, software).dependencies}


def test_the_edge_says_that_it_is_inferred_and_where_from() -> None:
    part = frameworks([reference("transformers")], [TRANSFORMERS, package("pkg:npm/transformers@1")])
    (edge,) = part.dependencies
    assert (edge.ref, edge.depends_on) == (NER, [TRANSFORMERS.purl])
    assert part.properties == {
        NER: ((LOADED_WITH, f"{TRANSFORMERS.purl} (inferred from the import in app/serve.py:3)"),)
    }
    assert part.components == ()


def test_without_an_import_a_package_or_a_model_there_is_no_edge() -> None:
    assert edges([reference(None)], [TRANSFORMERS]) == {}
    assert edges([reference("diffusers")], [TRANSFORMERS]) == {}
    assert edges([reference("transformers", repo_id=None)], [TRANSFORMERS]) == {}
    assert edges([reference("transformers", repo_type="dataset")], [TRANSFORMERS]) == {}
    assert edges([reference("transformers", change="removed")], [TRANSFORMERS]) == {}


def test_modules_are_not_called_like_their_distributions() -> None:
    named = package("pkg:pypi/sentence-transformers@3")
    assert edges([reference("sentence_transformers")], [named]) == {NER: [named.purl]}
    llama = package("pkg:pypi/llama-cpp-python@0.2")
    assert edges([reference("llama_cpp")], [llama]) == {NER: [llama.purl]}


def test_of_several_versions_the_nearest_manifest_counts() -> None:
    near = package("pkg:pypi/transformers@4.30", "app/requirements.txt")
    other = package("pkg:pypi/transformers@4.20", "other/requirements.txt")
    assert edges([reference("transformers")], [TRANSFORMERS, near, other]) == {NER: [near.purl]}
    assert edges([reference("transformers", "lib/x.py")], [TRANSFORMERS, near, other]) == {
        NER: [TRANSFORMERS.purl]
    }
    assert edges([reference("transformers", "x.py")], [other, near]) == {NER: [other.purl, near.purl]}


def test_the_table_names_modules_of_loaders() -> None:
    assert set(DISTRIBUTIONS) <= {root for row in PYTHON.values() for root in row.roots}
