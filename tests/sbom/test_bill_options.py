"""How the SBOM is asked for at a desk, and what there is of it without a repository."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.hub.server import EmbeddedHub
from scanner.demo.hub_repositories import sample_hub
from scanner.demo.models import hostile_pickle, safetensors
from scanner.evidence import Manifest
from scanner.sbom import validate
from tests.support import Ran, Repo, modelward, run

WEIGHTS = safetensors({"w": [1.0]})
OPTIONS = ("--sbom-version", "1.7", "--sbom-author", "sbom@example.org", "--spdx")


def bom(ran: Ran) -> dict[str, Any]:
    """The document, which has to be valid."""
    data = (ran.output / "sbom.cdx.json").read_bytes()
    assert validate.check(data) == []
    found: dict[str, Any] = json.loads(data)
    return found


def edges(document: dict[str, Any]) -> dict[str, list[str]]:
    return {entry["ref"]: entry["dependsOn"] for entry in document["dependencies"]}


def test_the_options_of_run_reach_the_document(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "repo")
    repo.commit({"m.safetensors": WEIGHTS})
    ran = run(repo, tmp_path / "report", "--all", "--offline", *OPTIONS)
    assert ran.status == 0, ran.err
    document = bom(ran)
    assert (document["specVersion"], document["metadata"]["authors"]) == (
        "1.7",
        [{"email": "sbom@example.org"}],
    )
    assert document["citations"]
    spdx = json.loads((ran.output / "sbom.spdx.json").read_bytes())
    assert spdx["spdxVersion"] == "SPDX-2.3"
    plain = run(repo, tmp_path / "plain", "--all", "--offline")
    assert bom(plain)["specVersion"] == "1.6"
    assert not (plain.output / "sbom.spdx.json").exists()


def test_the_options_of_collect_reach_the_manifest(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "repo")
    repo.commit({"m.safetensors": WEIGHTS})
    evidence = tmp_path / "evidence"
    ran = modelward("collect", "--repo", repo.path, "--all", "--evidence", evidence, *OPTIONS)
    assert ran.status == 0, ran.err
    inputs = Manifest.model_validate_json((evidence / "manifest.json").read_bytes()).inputs
    assert (inputs.sbom_version, inputs.sbom_author, inputs.spdx) == ("1.7", "sbom@example.org", True)


@pytest.mark.parametrize("words", [("--sbom-version", "1.5"), ("--sbom-author", "x" * 201)])
def test_what_cannot_be_is_wrong_usage(words: tuple[str, str]) -> None:
    ran = modelward("run", *words)
    assert (ran.status, words[0] in ran.err) == (2, True)


def test_single_files_are_components_that_tell_no_place_on_the_machine(tmp_path: Path) -> None:
    for folder, content in (("a", WEIGHTS), ("b", WEIGHTS), ("c", hostile_pickle("id"))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.bin").write_bytes(content)
    ran = modelward("inspect", tmp_path, *OPTIONS, output=tmp_path / "report")
    assert ran.status == 1, ran.err
    document = bom(ran)
    root = document["metadata"]["component"]
    assert (root["type"], root["name"], root["bom-ref"]) == ("file", "inspected models", "inspected")
    refs = {component["bom-ref"]: component for component in document["components"]}
    assert len(refs) == 3
    assert edges(document)["inspected"] == sorted(refs)
    assert {component["name"] for component in refs.values()} == {"m.bin"}
    digests = [component["hashes"][0]["content"] for component in refs.values()]
    assert digests.count(hashlib.sha256(WEIGHTS).hexdigest()) == 2
    assert any(place["ref"] in refs for entry in document["vulnerabilities"] for place in entry["affects"])
    for file in ("sbom.cdx.json", "sbom.spdx.json"):
        assert str(tmp_path) not in (ran.output / file).read_text()


@pytest.fixture
def hub() -> Iterator[EmbeddedHub]:
    with EmbeddedHub(sample_hub().state) as made:
        yield made


def test_a_model_of_the_hub_gets_a_bill_of_its_own(hub: EmbeddedHub, tmp_path: Path) -> None:
    """With files, card, base model and data; and without a repository that uses it."""
    env = {"HF_ENDPOINT": hub.endpoint}
    ran = modelward("inspect", "hf://larkspur/encoder", *OPTIONS, env=env, output=tmp_path / "report")
    assert ran.report["verdict"] == "pass", ran.out
    document = bom(ran)
    components = {component["name"]: component for component in document["components"]}
    model = components["encoder"]
    assert (model["type"], model["group"]) == ("machine-learning-model", "larkspur")
    assert model["purl"] == f"pkg:huggingface/larkspur/encoder@{model['version']}"
    assert edges(document)["inspected"] == [model["bom-ref"]]
    base, data = components["pretrained"]["bom-ref"], components["news"]["bom-ref"]
    assert edges(document)[model["bom-ref"]] == [base]
    assert edges(document)[base] == [data]
    assert model["modelCard"]["modelParameters"]["task"]
    assert model["pedigree"]["ancestors"][0]["name"] == "pretrained"
    assert model["licenses"][0]["license"]["id"] == "Apache-2.0"
    parts = {part["name"]: part for part in model["components"]}
    assert "README.md" in parts
    weights = parts["model.safetensors"]
    assert weights["hashes"][0]["alg"] == "SHA-256"
    assert "evidence" not in model, "no source names it"
    told = {each["profile"]: each["fields"] for each in ran.report["sbom"]["profiles"]}
    for profile in ("cisa-2026", "g7-ai-2026"):
        assert [field["field"] for field in told[profile] if field["state"] == "absent"] == []


def test_what_is_found_in_a_model_of_the_hub_affects_it_and_not_the_root(
    hub: EmbeddedHub, tmp_path: Path
) -> None:
    ran = modelward(
        "inspect", "hf://larkspur/ner", env={"HF_ENDPOINT": hub.endpoint}, output=tmp_path / "report"
    )
    assert ran.status == 1, ran.err
    document = bom(ran)
    (model,) = [component for component in document["components"] if component["name"] == "ner"]
    own = {model["bom-ref"], *(part["bom-ref"] for part in model["components"])}
    affected = {place["ref"] for entry in document["vulnerabilities"] for place in entry["affects"]}
    assert len(affected) > 1
    assert affected <= own
    assert model["bom-ref"] in affected, "of the repository as a whole"
