"""What stands behind a model of the Hub: several levels, data sets, and what was left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.hub.state import Repository
from scanner.scan.lineage import MOST_FOLLOWED, MOST_LEVELS
from tests.scan.hubs import Scene, scenes
from tests.support import Ran, Repo


@pytest.fixture
def scene(tmp_path: Path, repo: Repo) -> Iterator[Scene]:
    yield from scenes(tmp_path, repo)


def published(scene: Scene, name: str, front: dict[str, Any], kind: Any = "model") -> str:
    """Publish a repository whose card has ``front``; its commit."""
    card = f"---\n{json.dumps({'license': 'mit', **front})}\n---\n# {name}\n\n## Uses\n\nFor {name}.\n"
    return scene.hub.state.add(Repository(name, kind)).commit({"README.md": card.encode()})


def named(scene: Scene, name: str, commit: str, *arguments: str) -> Ran:
    source = (
        f'from transformers import AutoModel\n\nAutoModel.from_pretrained("{name}", revision="{commit}")\n'
    )
    return scene.change({"serve.py": source}, *arguments)


def repositories(ran: Ran) -> dict[str, dict[str, Any]]:
    return {f"{one['type']}:{one['id']}": one for one in ran.report["repositories"]}


def test_bases_and_data_sets_are_looked_up_and_nothing_of_them_is_fetched(scene: Scene) -> None:
    published(scene, "acme/root", {"license": "mit", "datasets": ["acme/corpus", "The Pile"]})
    published(scene, "acme/middle", {"base_model": "acme/root"})
    published(scene, "acme/corpus", {"pretty_name": "Corpus", "license": "cc0-1.0"}, "dataset")
    top = published(
        scene, "acme/top", {"base_model": ["acme/middle", "acme/absent"], "base_model_relation": "merge"}
    )
    ran = named(scene, "acme/top", top)
    assert ran.report["verdict"] == "pass", ran.out
    found = repositories(ran)
    assert set(found) == {"model:acme/top", "model:acme/middle", "model:acme/root", "dataset:acme/corpus"}
    assert found["dataset:acme/corpus"]["card"]["dataset"]["pretty_name"] == ["Corpus"]
    assert found["model:acme/root"]["not_followed"] == {
        "datasets/The Pile": "no repository of the Hub can have this name"
    }
    assert list(found["model:acme/top"]["not_followed"]) == ["acme/absent"]
    assert found["model:acme/top"]["card"]["texts"] == {"intended-use": "For acme/top."}
    fetched = [target for target in scene.targets() if "/resolve/" in target]
    assert all("acme/top" in target for target in fetched)


def test_circles_end(scene: Scene) -> None:
    published(scene, "acme/a", {"base_model": "acme/b"})
    commit = published(scene, "acme/b", {"base_model": ["acme/a", "acme/b"]})
    found = repositories(named(scene, "acme/b", commit))
    assert {name: one["not_followed"] for name, one in found.items()} == {
        "model:acme/a": {},
        "model:acme/b": {},
    }


def test_levels_are_counted(scene: Scene) -> None:
    commits = [
        published(scene, f"acme/m{number}", {"base_model": f"acme/m{number + 1}"})
        for number in range(MOST_LEVELS + 3)
    ]
    ran = named(scene, "acme/m0", commits[0])
    assert ran.report["verdict"] == "pass", ran.out
    found = repositories(ran)
    assert len(found) == MOST_LEVELS + 1
    last = found[f"model:acme/m{MOST_LEVELS}"]
    assert list(last["not_followed"]) == [f"acme/m{MOST_LEVELS + 1}"]


def test_a_card_that_names_too_many_gets_some(scene: Scene) -> None:
    names = [f"acme/d{number:02}" for number in range(MOST_FOLLOWED + 2)]
    for name in names:
        published(scene, name, {}, "dataset")
    commit = published(scene, "acme/many", {"datasets": names, "base_model": "acme/base"})
    ran = named(scene, "acme/many", commit)
    assert ran.report["verdict"] == "pass", ran.out
    found = repositories(ran)
    assert "model:acme/base" in found, "base models come before data sets"
    assert sum(name.startswith("dataset:") for name in found) == MOST_FOLLOWED - 1
    assert list(found["model:acme/many"]["not_followed"]) == [f"datasets/{name}" for name in names[-3:]]


def test_another_name_of_a_base_is_known(scene: Scene) -> None:
    commit = published(scene, "acme/tuned", {"base_model": "gpt2"})
    found = repositories(named(scene, "acme/tuned", commit))
    assert found["model:acme/base"]["named"] == ["gpt2"]


def test_the_configuration_is_read_where_its_bytes_are(scene: Scene) -> None:
    found = repositories(named(scene, "acme/ner", scene.good))
    assert found["model:acme/ner"]["card"]["config"] == {"model_type": "bert"}
    assert found["model:acme/ner"]["origins"]["card.config"] == "computed"


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"model_type": {"a": [1]}}', b"[" * 5_000])
def test_a_hostile_configuration_says_nothing(scene: Scene, body: bytes) -> None:
    commit = scene.hub.state.add(Repository("acme/odd", config={})).commit({"config.json": body})
    assert repositories(named(scene, "acme/odd", commit))["model:acme/odd"]["card"] is None
