"""Two bills of materials compared; and what a change does to the bill of its base."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain import Artifact, BillChange, Reference, Repository, RepositoryDiff
from scanner.sbom import refs
from scanner.sbom.changes import Base, changes
from scanner.sbom.cyclonedx import Component
from scanner.sbom.diff import diff

A, B = "a" * 40, "b" * 40


def package(name: str, version: str, licence: str | None = None) -> dict[str, Any]:
    licences = {"licenses": [{"license": {"id": licence}}]} if licence else {}
    address = f"pkg:pypi/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        **licences,
    }


def document(*components: dict[str, Any], edges: dict[str, list[str]] | None = None) -> dict[str, Any]:
    dependencies = [{"ref": ref, "dependsOn": ends} for ref, ends in (edges or {}).items()]
    return {"components": list(components), "dependencies": dependencies}


def told(found: list[BillChange]) -> list[tuple[str, str, str, str | None, str | None]]:
    return [(one.change, one.kind, one.name, one.before, one.after) for one in found]


def test_added_removed_and_updated() -> None:
    old = document(package("a", "1"), package("b", "1"), package("c", "1"))
    new = document(package("a", "1"), package("b", "2"), package("d", "1"))
    assert told(diff(old, new)) == [
        ("updated", "package", "b", "1", "2"),
        ("removed", "package", "c", "1", None),
        ("added", "package", "d", None, "1"),
    ]


def test_another_licence_of_the_same_version_is_a_change() -> None:
    (found,) = diff(document(package("a", "1", "MIT")), document(package("a", "1", "GPL-3.0-only")))
    assert (found.license_before, found.license_after) == ("MIT", "GPL-3.0-only")
    assert (found.change, found.before, found.after) == ("updated", "1", "1")


def test_several_versions_of_one_package_are_compared_one_by_one() -> None:
    old = document(package("a", "1"), package("a", "2"))
    new = document(package("a", "2"), package("a", "3"), package("a", "4"))
    assert told(diff(old, new)) == [
        ("added", "package", "a", None, "3"),
        ("added", "package", "a", None, "4"),
        ("removed", "package", "a", "1", None),
    ]


_BILLS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("123"), st.sampled_from(["MIT", None])))


@given(_BILLS, _BILLS, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_nothing_differs_from_itself(
    left: list[tuple[str, str, str | None]], right: list[tuple[str, str, str | None]], dice: random.Random
) -> None:
    unique = [list({each[:2]: each for each in side}.values()) for side in (left, right)]
    old, new = (document(*(package(*each) for each in side)) for side in unique)
    assert diff(old, old) == []
    shuffled = document(*dice.sample(new["components"], len(new["components"])))
    assert diff(old, new) == diff(old, shuffled)
    there, back = diff(old, new), diff(new, old)
    assert len(there) == len(back)
    assert {(one.name, one.before, one.after) for one in there} == {
        (one.name, one.after, one.before) for one in back
    }


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["components", "name", "purl", "licenses", "hashes", "type"]), inner
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_can_be_compared(value: Any) -> None:
    assert diff({"components": value}, {"components": value}) == []


def artifact(path: str, change: str, before: str | None = None) -> Artifact:
    return Artifact.model_validate(
        {
            "id": path,
            "source": "git",
            "path": path,
            "change": change,
            "previous_sha256": before,
            "format": "safetensors",
            "coverage": "full",
            "status": "scanned",
            **({"previous_path": "old.bin"} if change == "renamed" else {}),
        }
    )


def file_node(path: str, sha256: str) -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{path}",
        "name": path,
        "hashes": [{"alg": "SHA-256", "content": sha256}],
        "properties": [{"name": "modelward:path", "value": path}],
    }


ONE, TWO = "1" * 64, "2" * 64


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("added", [("added", "model", "m.bin", None, f"sha256:{TWO}")]),
        ("modified", [("updated", "model", "m.bin", f"sha256:{ONE}", f"sha256:{TWO}")]),
        ("unchanged", []),
        (
            "renamed",
            [
                ("added", "model", "m.bin", None, f"sha256:{TWO}"),
                ("removed", "model", "old.bin", f"sha256:{TWO}", None),
            ],
        ),
    ],
)
def test_files_follow_the_change(change: str, expected: list[tuple[str, ...]]) -> None:
    base = Base([artifact("m.bin", change, ONE)], [], [], [])
    assert told(changes(document(file_node("m.bin", TWO)), base)) == expected


def test_a_removed_file_is_removed() -> None:
    base = Base([artifact("m.bin", "removed", ONE)], [], [], [])
    assert told(changes(document(), base)) == [("removed", "model", "m.bin", f"sha256:{ONE}", None)]


def reference(name: str, change: str, commit: str, previous: dict[str, str] | None = None) -> Reference:
    return Reference.model_validate(
        {
            "id": f"{name}-{change}",
            "repo_id": name,
            "repo_type": "model",
            "resolved_revision": commit,
            "pinned": True,
            "loader": "transformers",
            "path": "a.py",
            "line": 1,
            "end_line": 1,
            "in_diff": True,
            "change": change,
            "previous": previous,
            "resolution": "resolved",
        }
    )


def hub_node(name: str, commit: str, licence: str = "MIT") -> dict[str, Any]:
    group, _, short = name.partition("/")
    address = f"pkg:huggingface/{name}@{commit}"
    return {
        "type": "machine-learning-model",
        "bom-ref": address,
        "group": group,
        "name": short,
        "version": commit,
        "purl": address,
        "licenses": [{"license": {"id": licence}}],
    }


def test_a_new_reference_brings_its_repository_and_what_is_behind_it() -> None:
    model, base_model = hub_node("o/m", A), hub_node("o/base", B)
    head = document(model, base_model, edges={model["bom-ref"]: [base_model["bom-ref"]]})
    assert told(changes(head, Base([], [reference("o/m", "added", A)], [], []))) == [
        ("added", "model", "o/base", None, B),
        ("added", "model", "o/m", None, A),
    ]
    assert changes(head, Base([], [reference("o/m", "unchanged", A)], [], [])) == []


def test_a_moved_revision_is_an_update_with_both_licences() -> None:
    moved = reference("o/m", "modified", A, {"repo_id": "o/m", "resolved_revision": B})
    record = Repository(
        id="o/m",
        type="model",
        revision=A,
        diff=RepositoryDiff(license="apache-2.0 → mit", base_models=["+o/new"]),
    )
    model, old, new = hub_node("o/m", A), hub_node("o/old", B), hub_node("o/new", B)
    head = document(model, old, new, edges={model["bom-ref"]: [old["bom-ref"], new["bom-ref"]]})
    found = changes(head, Base([], [moved], [record], []))
    assert told(found) == [("updated", "model", "o/m", B, A), ("added", "model", "o/new", None, B)]
    assert [one.license_before for one in found if one.name == "o/m"] == ["Apache-2.0"]


def test_a_removed_reference_is_removed_unless_another_place_names_it() -> None:
    gone = reference("o/m", "removed", A)
    assert told(changes(document(), Base([], [gone], [], []))) == [("removed", "model", "o/m", A, None)]
    kept = reference("o/m", "unchanged", A)
    assert changes(document(hub_node("o/m", A)), Base([], [gone, kept], [], [])) == []


def test_packages_are_compared_only_where_the_base_s_are_known() -> None:
    head = document(package("a", "2"))
    assert changes(head, Base([], [], [], None)) == []
    before = Component(type="library", bom_ref="pkg:pypi/a@1", name="a", version="1", purl="pkg:pypi/a@1")
    assert told(changes(head, Base([], [], [], [before]))) == [("updated", "package", "a", "1", "2")]


def test_references_to_repositories_are_those_of_the_document() -> None:
    assert refs.hub("model", "o/m", A) == f"pkg:huggingface/o/m@{A}"
    assert refs.hub("model", "m", A) == f"hub:m@{A}"
    assert refs.hub("dataset", "o/d", None) == "hub:datasets/o/d"
