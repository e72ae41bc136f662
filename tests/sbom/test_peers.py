"""What documents of other tools got wrong on a repository like this one, seen in a whole run of ours."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.hub.state import Repository
from scanner.demo.models import hostile_pickle, safetensors
from scanner.sbom.validate import check
from tests.scan.hubs import Scene, scenes
from tests.support import Ran, Repo, run

TRAIN = """\
import torch
from datasets import load_dataset
from transformers import AutoModel

PINNED = AutoModel.from_pretrained("acme/ner", revision="{good}")
LOOSE = AutoModel.from_pretrained("acme/chat")
ROWS = load_dataset("acme/news", revision="{rows}")
OTHER = AutoModel.from_pretrained("acme/base")
"""
WEIGHTS = safetensors({"w": [1.0, 2.0]})
EVIL = hostile_pickle("id")
CARD = b"---\nlicense: llama3\ndatasets:\n- acme/news\n- bookcorpus\n---\n# Chat\n\n## Bias\n\nEurope.\n"


class World:
    """A run, its document, and what it is compared with."""

    def __init__(self, ran: Ran, repo: Path, good: str, chat: str, rows: str) -> None:
        self.ran, self.repo = ran, repo
        self.good, self.chat, self.rows = good, chat, rows
        self.data = (ran.output / "sbom.cdx.json").read_bytes()
        self.bom: dict[str, Any] = json.loads(self.data)

    def all(self) -> list[dict[str, Any]]:
        """Every component, nested ones too."""
        found, waiting = [], list(self.bom["components"])
        while waiting:
            node = waiting.pop()
            found.append(node)
            waiting += node.get("components", ())
        return found

    def one(self, name: str, kind: str | None = None) -> dict[str, Any]:
        """The one component of that name."""
        (found,) = [each for each in self.all() if each["name"] == name and kind in (None, each["type"])]
        return found

    def rules(self, line: int) -> set[str]:
        return {
            each["rule"]
            for each in self.ran.report["findings"]
            if (each["path"], each["line"]) == ("train.py", line)
        }

    def repository(self, name: str) -> dict[str, Any]:
        """The one repository of the Hub of that name."""
        (found,) = [each for each in self.bom["components"] if f"{each.get('group')}/{each['name']}" == name]
        assert isinstance(found, dict)
        return found


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("peers")
    repo = Repo.make(folder / "repo")
    repo.commit({"README.md": b"# x\n"})
    repo.branch("change")
    yield from scenes(folder, repo)


@pytest.fixture(scope="module")
def world(scene: Scene) -> World:
    state = scene.hub.state
    rows = state.add(Repository("acme/news", repo_type="dataset")).commit(
        {"README.md": b"---\nlicense: mit\n---\n"}
    )
    chat = state.add(Repository("acme/chat")).commit({"README.md": CARD, "model.safetensors": WEIGHTS})
    scene.repo.commit(
        {
            "train.py": TRAIN.format(good=scene.good, rows=rows).encode(),
            "models/local.safetensors": WEIGHTS,
            "models/evil.pkl": EVIL,
            "config.json": b'{"model_type": "bert"}',
            "requirements.txt": b"torch==2.4.0\ntransformers==4.44.0\ndatasets==3.0.0\nnumpy\n",
        }
    )
    return World(scene.run(), scene.repo.path, scene.good, chat, rows)


def properties(node: dict[str, Any], name: str) -> list[str]:
    return [each["value"] for each in node.get("properties", ()) if each["name"] == name]


def test_the_document_passes_the_strict_check(world: World) -> None:
    """OWASP's generator writes keys that no schema has."""
    assert check(world.data) == []
    assert world.ran.report["sbom"]["written"] is True


def test_no_reference_and_no_value_is_a_place_on_this_machine(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """modelaudit uses absolute paths of the runner as references."""
    text = world.data.decode()
    for place in (str(world.repo), str(tmp_path_factory.getbasetemp()), str(Path.home()) + "/", "file:"):
        assert place not in text


def test_a_configuration_is_no_data_set(world: World) -> None:
    """modelaudit lists config.json as a data set."""
    assert {each["name"] for each in world.all() if each["type"] == "data"} == {"news", "bookcorpus"}


def test_local_weights_and_the_pickle_are_listed_with_their_digests(world: World) -> None:
    """cdxgen lists neither."""
    for name, data in (("local.safetensors", WEIGHTS), ("evil.pkl", EVIL)):
        listed = world.one(name, "machine-learning-model")
        digests = {each["alg"]: each["content"] for each in listed["hashes"]}
        assert digests["SHA-256"] == hashlib.sha256(data).hexdigest()
        assert digests["SHA-512"] == hashlib.sha512(data).hexdigest()


def test_revisions_are_recorded(world: World) -> None:
    """cdxgen drops ``revision=`` and ``load_dataset``."""
    assert world.repository("acme/ner")["version"] == world.good
    assert world.repository("acme/ner")["purl"] == f"pkg:huggingface/acme/ner@{world.good}"
    news = world.repository("acme/news")
    assert (news["type"], news["version"]) == ("data", world.rows)
    assert [(each["location"], each["line"]) for each in news["evidence"]["occurrences"]] == [("train.py", 7)]


def test_addresses_of_data_sets_are_not_doubled(world: World) -> None:
    """cdxgen makes ``datasets/datasets/bookcorpus`` of ``bookcorpus``."""
    assert "datasets/datasets" not in world.data.decode()
    links = [each["url"] for each in world.repository("acme/news")["externalReferences"]]
    assert any(link.endswith("/datasets/acme/news") for link in links)
    named = {
        each["ref"] for each in world.repository("acme/chat")["modelCard"]["modelParameters"]["datasets"]
    }
    assert named == {world.repository("acme/news")["bom-ref"], world.one("bookcorpus")["bom-ref"]}


def test_every_component_says_what_it_depends_on(world: World) -> None:
    """cdxgen leaves out ``dependsOn``; Trusera's graph is empty; OWASP's has one edge."""
    edges = {each["ref"]: each["dependsOn"] for each in world.bom["dependencies"]}
    root = world.bom["metadata"]["component"]["bom-ref"]
    assert set(edges) == {root} | {each["bom-ref"] for each in world.all()}
    assert world.repository("acme/news")["bom-ref"] in edges[world.repository("acme/chat")["bom-ref"]]
    assert world.repository("acme/chat")["bom-ref"] in edges[root]


def test_a_slash_in_a_name_pins_nothing(world: World) -> None:
    """Cisco's takes every name with a slash for pinned."""
    unpinned = {line: "unpinned-reference" in world.rules(line) for line in range(5, 9)}
    assert unpinned == {5: False, 6: True, 7: False, 8: True}


def test_no_second_model_is_missed(world: World) -> None:
    """Trusera misses the second model without a revision, and the data set."""
    places = {
        each["name"]: [place["line"] for place in each["evidence"]["occurrences"]]
        for each in world.bom["components"]
        if each.get("group") == "acme" and "evidence" in each
    }
    assert places == {"ner": [5], "chat": [6], "news": [7], "base": [8]}


def test_libraries_and_models_are_told_apart(world: World) -> None:
    """Trusera types them alike, and gives models a package URL of PyPI."""
    for node in world.all():
        address = node.get("purl", "")
        if node["type"] == "machine-learning-model":
            assert not address.startswith("pkg:pypi")
        if address.startswith("pkg:pypi"):
            assert node["type"] in ("library", "framework")
    assert {each["type"] for each in world.all() if each["name"] in ("torch", "numpy")} == {"library"}


def test_a_commit_is_no_digest(world: World) -> None:
    """AIBoMGen files the commit as a SHA-1 of the model."""
    commits = {world.good, world.chat, world.rows}
    for node in world.all():
        owners = [node, *node.get("externalReferences", ())]
        assert not {each["content"] for owner in owners for each in owner.get("hashes", ())} & commits
        assert "SHA-1" not in {each["alg"] for owner in owners for each in owner.get("hashes", ())}


def test_weights_of_the_hub_have_their_digest_and_its_origin(world: World) -> None:
    """Nobody else writes the digest that the Hub declares for each file."""
    chat = world.repository("acme/chat")
    (weights,) = [each for each in chat["components"] if each["name"] == "model.safetensors"]
    assert {"alg": "SHA-256", "content": hashlib.sha256(WEIGHTS).hexdigest()} in weights["hashes"]
    assert properties(weights, "modelward:origin:hashes")


def test_card_sections_go_where_the_schema_has_them(world: World) -> None:
    """OWASP's writes ``ethicalConsiderations[].description`` and ``datasets[].url``."""
    considerations = world.repository("acme/chat")["modelCard"]["considerations"]
    assert [set(each) for each in considerations["ethicalConsiderations"]] == [{"name"}]
    assert "Europe." in json.dumps(considerations)


def test_a_licence_that_spdx_does_not_know_keeps_its_name(world: World) -> None:
    """A licence that is no SPDX id is dropped by some, written as one by others."""
    (terms,) = world.repository("acme/chat")["licenses"]
    assert terms["license"]["name"] == "llama3"
    assert "id" not in terms["license"]


def test_a_finding_keeps_its_severity_and_its_file(world: World) -> None:
    """modelaudit's document says of a critical pickle that its risk is 0."""
    entries = [each for each in world.bom["vulnerabilities"] if each["id"] == "pickle-dangerous-import"]
    ref = world.one("evil.pkl", "machine-learning-model")["bom-ref"]
    affecting = [each for each in entries if {"ref": ref} in each["affects"]]
    assert {rating["severity"] for each in affecting for rating in each["ratings"]} == {"critical"}


def test_a_package_without_a_version_gets_none(world: World) -> None:
    """syft drops it, or reports the lower bound as if it were the version."""
    numpy = world.one("numpy")
    assert "version" not in numpy
    assert numpy["purl"] == "pkg:pypi/numpy"


def test_a_hub_that_cannot_be_reached_makes_no_plausible_document(
    scene: Scene, world: World, tmp_path: Path
) -> None:
    """OWASP's writes a document with version 1.0 all the same."""
    assert world.repository("acme/chat")["version"] == world.chat
    ran = run(scene.repo, tmp_path / "report", "--base", "main")
    assert ran.report["verdict"] != "pass"
    bom = json.loads((ran.output / "sbom.cdx.json").read_bytes())
    named = {each["name"]: each for each in bom["components"] if each.get("group") == "acme"}
    assert "version" not in named["chat"]
    assert properties(named["chat"], "modelward:known") == ["name only"]
    assert properties(named["chat"], "modelward:not_known")
    assert not re.search(r'"version": "1\.0"', json.dumps(bom["components"]))
    levels = {ref: each["aggregate"] for each in bom["compositions"] for ref in each.get("assemblies", ())}
    assert levels[named["chat"]["bom-ref"]] == "unknown"
    assert levels[bom["metadata"]["component"]["bom-ref"]] == "incomplete"
