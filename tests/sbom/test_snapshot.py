"""The snapshot for GitHub's dependency graph: nothing invented, nothing lost, and GitHub takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain import Artifact, Change, Reference, Repository
from scanner.domain.snapshot import Resolved, Snapshot
from scanner.sbom import document
from scanner.sbom.cyclonedx import (
    Component,
    Dependency,
    Evidence,
    Occurrence,
)
from scanner.sbom.described import describe
from scanner.sbom.part import Part
from scanner.sbom.snapshot import MAX_FILES, MAX_RESOLVED, snapshot
from tests.publish.stage import stage
from tests.report.samples import passing
from tests.sbom.hub_samples import COMMIT, OTHER, reference, repository
from tests.sbom.samples import CHANGE, artifact

NER = f"pkg:huggingface/acme/ner@{COMMIT}"
BASE = f"pkg:huggingface/acme/base@{OTHER}"
BEHIND = "models behind models"


def package(name: str, version: str | None = "1.0", place: str = "uv.lock", **more: Any) -> Component:
    address = f"pkg:pypi/{name}@{version}" if version else f"pkg:pypi/{name}"
    return Component(
        type="library",
        bom_ref=address,
        name=name,
        version=version,
        purl=address,
        evidence=Evidence(occurrences=[Occurrence(location=place, line=3)]),
        **more,
    )


def bill(*parts: Part) -> dict[str, Any]:
    """The document of these parts, as it is written."""
    about = document.About(CHANGE, 1_700_000_000, "1.2.3", [])
    parsed: dict[str, Any] = json.loads(document.serialise(document.build(about, parts)))
    return parsed


def models(
    repositories: list[Repository], references: list[Reference], artifacts: list[Artifact] | None = None
) -> Part:
    return describe(Change(mode="all"), artifacts or [], references, repositories)


def of(made: Snapshot) -> dict[str, dict[str, Resolved]]:
    return {name: manifest.resolved for name, manifest in made.manifests.items()}


FULL = bill(
    models(
        [
            repository(base_models=["acme/base"], base_model_relation="finetune"),
            repository("acme/base", revision=OTHER),
        ],
        [reference()],
        [artifact("git:m.pt", "m.pt")],
    ),
    Part(
        components=(
            package("torch"),
            package("sympy"),
            package("pytest", scope="optional"),
            package("loose", None),
        ),
        dependencies=(Dependency(ref="pkg:pypi/torch@1.0", depends_on=["pkg:pypi/sympy@1.0"]),),
        direct=("pkg:pypi/torch@1.0", "pkg:pypi/pytest@1.0", "pkg:pypi/loose"),
    ),
)


def test_models_and_packages_stand_under_the_file_that_names_them() -> None:
    found = of(snapshot(FULL))
    assert {name: sorted(resolved) for name, resolved in found.items()} == {
        BEHIND: [BASE],
        "serve.py": [NER],
        "uv.lock": ["pkg:pypi/pytest@1.0", "pkg:pypi/sympy@1.0", "pkg:pypi/torch@1.0"],
    }
    locations = {
        name: one.file and one.file.source_location for name, one in snapshot(FULL).manifests.items()
    }
    assert locations == {BEHIND: None, "serve.py": "serve.py", "uv.lock": "uv.lock"}


def test_what_is_behind_something_is_indirect_and_on_its_edge() -> None:
    found = of(snapshot(FULL))
    model, base = found["serve.py"][NER], found[BEHIND][BASE]
    torch, sympy = (found["uv.lock"][f"pkg:pypi/{name}@1.0"] for name in ("torch", "sympy"))
    assert (model.relationship, model.dependencies) == ("direct", [BASE])
    assert (base.relationship, base.dependencies) == ("indirect", [])
    assert (torch.relationship, torch.dependencies) == ("direct", [sympy.package_url])
    assert sympy.relationship == "indirect"


def test_what_only_tests_need_is_of_development() -> None:
    scopes = {url: one.scope for url, one in of(snapshot(FULL))["uv.lock"].items()}
    assert [url for url, scope in scopes.items() if scope == "development"] == ["pkg:pypi/pytest@1.0"]


def test_files_without_an_address_and_packages_without_a_version_are_no_dependencies() -> None:
    text = snapshot(FULL).model_dump_json()
    assert "m.pt" not in text
    assert "loose" not in text


@pytest.mark.parametrize(
    ("references", "pinned"),
    [
        ([reference()], "true"),
        ([reference(pinned=False, revision="main")], "false"),
        ([reference(), reference(id="serve.py:9", line=9, pinned=False, revision=None)], "false"),
    ],
)
def test_a_model_says_whether_the_source_pins_it(references: list[Reference], pinned: str) -> None:
    found = of(snapshot(bill(models([repository()], references))))["serve.py"][NER]
    assert found.metadata == {"type": "machine-learning-model", "pinned": pinned}


def test_of_a_model_that_no_source_names_nothing_is_said_about_pins() -> None:
    assert of(snapshot(FULL))[BEHIND][BASE].metadata == {"type": "machine-learning-model"}


def test_what_was_not_looked_up_has_the_address_that_the_source_gives() -> None:
    pinned = reference("acme/far", resolution="unresolved", resolved_revision=None)
    (found,) = of(snapshot(bill(models([], [pinned]))))["serve.py"].values()
    assert found.package_url == f"pkg:huggingface/acme/far@{COMMIT}"
    assert found.metadata["pinned"] == "true"


def test_data_sets_and_models_without_a_commit_have_no_address() -> None:
    lost = reference(
        "acme/gone",
        id="x.py:1",
        path="x.py",
        resolution="not_found",
        revision="main",
        pinned=False,
        resolved_revision=None,
    )
    news = repository("acme/news", type="dataset")
    loads = reference("acme/news", id="y.py:1", path="y.py", repo_type="dataset")
    assert snapshot(bill(models([news], [lost, loads]))).manifests == {}


def test_the_first_file_in_order_names_what_several_name() -> None:
    places = [reference(id=f"{path}:1", path=path, line=1) for path in ("z.py", "a/b.py", "m.py")]
    assert list(snapshot(bill(models([repository()], places))).manifests) == ["a/b.py"]


def test_the_same_document_gives_the_same_snapshot_in_any_order() -> None:
    turned = {**FULL, **{name: FULL[name][::-1] for name in ("components", "dependencies")}}
    assert snapshot(turned).model_dump_json() == snapshot(FULL).model_dump_json()


def test_which_files_are_named_does_not_depend_on_the_order() -> None:
    many = raw(MAX_FILES + 5, "f{}")
    turned = {"components": many["components"][::-1]}
    assert snapshot(turned).model_dump_json() == snapshot(many).model_dump_json()


def raw(count: int, place: Any = "uv.lock", **more: Any) -> dict[str, Any]:
    """A document of packages, as anybody may have written it; ``{}`` in ``place`` is the number."""
    return {
        "components": [
            {
                "bom-ref": f"r{index}",
                "type": "library",
                "version": "1",
                "purl": f"pkg:pypi/p{index}@1",
                "evidence": {
                    "occurrences": [{"location": place.format(index) if isinstance(place, str) else place}]
                },
                **more,
            }
            for index in range(count)
        ]
    }


def test_there_are_bounds() -> None:
    made = of(snapshot(raw(MAX_FILES + 5, "f{}")))
    assert (len(made), len(made["further files"])) == (MAX_FILES + 1, 5)
    made = of(snapshot(raw(MAX_RESOLVED + 5)))
    assert len(made["uv.lock"]) == MAX_RESOLVED
    assert snapshot(raw(1, purl=f"pkg:pypi/{'x' * 2048}@1")).manifests == {}


@pytest.mark.parametrize(
    "name", ["a\nb\r.txt", "\u202etxt.lock", "::error::x", "x" * 5_000, "../../etc/passwd", " "]
)
def test_any_file_name_is_only_a_name(name: str, tmp_path: Path) -> None:
    place = reference(id="h:1", path=name)
    sent = submitted(snapshot(bill(models([repository()], [place]))), tmp_path)
    assert [list(one["resolved"]) for one in sent["manifests"].values()] == [[NER]]


@pytest.mark.parametrize("junk", [None, 7, [], {}, "x", [[]], [{"location": 7}], True])
def test_a_document_of_anything_makes_a_snapshot_or_none(junk: Any) -> None:
    for name in ("components", "dependencies", "metadata"):
        snapshot({**FULL, name: junk})
    node = {"bom-ref": "r", "type": "library", "version": junk, "purl": "pkg:pypi/x@1", "evidence": junk}
    snapshot({"components": [node], "dependencies": [{"ref": "r", "dependsOn": junk}]})


@given(st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=8))
def test_no_model_is_lost_whatever_its_file_is_called(names: list[str]) -> None:
    components = raw(len(names))["components"]
    for component, name in zip(components, names, strict=True):
        component["evidence"]["occurrences"][0]["location"] = name
    found = of(snapshot({"components": components}))
    assert {url for resolved in found.values() for url in resolved} == {one["purl"] for one in components}


def submitted(made: Snapshot, folder: Path) -> Any:
    """What reaches a GitHub that holds every request to its own OpenAPI description."""
    report = passing()
    report = report.model_copy(update={"change": report.change.model_copy(update={"mode": "all"})})
    with stage(folder) as on:
        on.github.tokens["ghs_test"].grants = {"contents": "write"}
        files = {"dependency-snapshot.json": made.model_dump_json().encode()}
        given_ = {"dependency-snapshot": "true", "check-run": "false"}
        on.run(report, "push", payload={"ref": "refs/heads/main"}, inputs=given_, files=files)
        (sent,) = on.github.state.snapshots
    return sent


def test_github_takes_it(tmp_path: Path) -> None:
    sent = submitted(snapshot(FULL), tmp_path)
    assert sent["manifests"]["serve.py"]["resolved"][NER] == {
        "package_url": NER,
        "relationship": "direct",
        "scope": "runtime",
        "dependencies": [BASE],
        "metadata": {"type": "machine-learning-model", "pinned": "true"},
    }
