"""References of a change, end to end: real git, the real client of the Hub, an embedded Hub."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.hub.state import Fault
from scanner.demo.models import hostile_pickle, safetensors
from tests.attack.scene import harmless
from tests.scan.hubs import Scene, scenes
from tests.scan.samples import BENIGN
from tests.support import Ran, Repo, modelward

ROW = b'[{"type": "file", "path": "model.safetensors", "size": %s, "oid": "' + b"a" * 40 + b'"}]'
LOAD = "from transformers import AutoModel\n\nmodel = AutoModel.from_pretrained({})\n"


@pytest.fixture
def scene(tmp_path: Path, repo: Repo) -> Iterator[Scene]:
    yield from scenes(tmp_path, repo)


def one(ran: Ran, name: str) -> Any:
    """The one reference to that repository."""
    (found,) = [reference for reference in ran.report["references"] if reference["repo_id"] == name]
    return found


def rules(ran: Ran) -> set[str]:
    return {finding["rule"] for finding in ran.report["findings"]}


def the(ran: Ran, rule: str) -> Any:
    (found,) = [finding for finding in ran.report["findings"] if finding["rule"] == rule]
    return found


def pinned(name: str, commit: str) -> str:
    return LOAD.format(f'"{name}", revision="{commit}"')


def test_a_pinned_reference_to_a_good_repository_passes(scene: Scene) -> None:
    ran = scene.change({"serve.py": pinned("acme/ner", scene.good)})
    assert (ran.status, ran.report["verdict"]) == (0, "pass"), ran.out
    reference = one(ran, "acme/ner")
    assert (reference["line"], reference["in_diff"], reference["change"]) == (3, True, "added")
    assert (reference["pinned"], reference["resolution"]) == (True, "resolved")
    assert reference["resolved_revision"] == scene.good
    weights = ran.artifact("model.safetensors")
    assert (weights["source"], weights["repository_id"], weights["revision"]) == (
        "hub",
        "acme/ner",
        scene.good,
    )
    assert (weights["status"], weights["coverage"], weights["sha256_origin"]) == (
        "scanned",
        "full",
        "computed",
    )
    described = {repository["id"]: repository for repository in ran.report["repositories"]}
    assert described["acme/ner"]["license"] == "apache-2.0"
    assert described["acme/ner"]["card_sections"] == ["Recogniser", "Use"]
    assert described["acme/ner"]["origins"]["license"] == "stated"
    assert "acme/base" in described, "the base model is followed one level"


def test_a_moved_revision_says_what_lies_between(scene: Scene) -> None:
    scene.base({"serve.py": pinned("acme/ner", scene.good)})
    ran = scene.change({"serve.py": pinned("acme/ner", scene.bad)})
    assert ran.status == 1
    reference = one(ran, "acme/ner")
    assert reference["change"] == "modified"
    assert reference["previous"] == {
        "repo_id": "acme/ner",
        "revision": scene.good,
        "resolved_revision": scene.good,
    }
    (moved,) = [repository for repository in ran.report["repositories"] if repository["id"] == "acme/ner"]
    difference = moved["diff"]
    assert difference["license"] == "apache-2.0 → cc-by-nc-4.0"
    assert difference["commits"] == 1
    assert difference["added"] == ["own.py", "pytorch_model.bin"]
    assert difference["remote_code"] == ["+own.Model", "+own.py"]
    assert {"license-changed", "pickle-dangerous-import"} <= rules(ran)
    assert ran.artifact("pytorch_model.bin")["change"] == "added"
    unchanged = ran.artifact("model.safetensors")
    assert (unchanged["change"], unchanged["status"]) == ("unchanged", "skipped")
    assert not any("model.safetensors" in target for target in scene.targets())
    comment = (ran.output / "comment.md").read_text()
    assert "apache-2.0 → cc-by-nc-4.0" in comment
    assert f"`{scene.good[:7]}` → `{scene.bad[:7]}`" in comment


def test_the_suggestion_pins_the_commit_and_is_found_again(scene: Scene) -> None:
    ran = scene.change({"serve.py": LOAD.format('"acme/ner"')})
    fix = the(ran, "unpinned-reference")["fix"]
    lines = (scene.repo.path / fix["path"]).read_text().splitlines()
    lines[fix["line"] - 1 : fix["end_line"]] = fix["replacement"].splitlines()
    fixed = "\n".join(lines) + "\n"
    ast.parse(fixed)
    again = scene.change({"serve.py": fixed})
    assert "unpinned-reference" not in rules(again)
    assert one(again, "acme/ner")["revision"] == scene.bad


@pytest.mark.parametrize(
    ("argument", "rule", "severity"),
    [
        ('"acme/base"', "unpinned-reference", "low"),
        ('"acme/ner", trust_remote_code=True', "unpinned-reference", "high"),
        ('"acme/base", revision="main"', "mutable-revision", "low"),
        ('"acme/ner", revision="v1"', "mutable-revision", "low"),
        ('"acme/gone"', "repository-not-found", "medium"),
        ('"acme/base", revision="gone"', "revision-not-found", "medium"),
        ('"old/ner"', "repository-renamed", "low"),
    ],
)
def test_what_speaks_against_a_reference(scene: Scene, argument: str, rule: str, severity: str) -> None:
    ran = scene.change({"serve.py": LOAD.format(argument)})
    assert the(ran, rule)["severity"] == severity
    assert the(ran, rule)["line"] == 3


def test_what_only_a_test_names_is_one_step_milder(scene: Scene) -> None:
    ran = scene.change({"tests/test_serve.py": LOAD.format('"acme/gone"')})
    assert the(ran, "repository-not-found")["severity"] == "low"
    assert ran.report["verdict"] == "warn", "nothing that the product loads was left unread"


def test_a_missing_repository_is_not_clean(scene: Scene) -> None:
    ran = scene.change({"serve.py": LOAD.format('"acme/gone"')})
    assert (ran.status, one(ran, "acme/gone")["resolution"]) == (3, "not_found")
    assert [gap["cause"] for gap in ran.report["incomplete"]] == ["access"]


def test_a_gated_repository_is_not_clean(scene: Scene) -> None:
    commit = scene.hub.state.repositories["model", "acme/gated"].branches["main"]
    ran = scene.change({"serve.py": pinned("acme/gated", commit)})
    assert (ran.status, one(ran, "acme/gated")["resolution"]) == (3, "gated")
    assert ran.report["repositories"][0]["gated"] is True


def test_the_oldest_names_are_canonicalised(scene: Scene) -> None:
    ran = scene.change({"serve.py": LOAD.format('"gpt2"')})
    reference = one(ran, "acme/base")
    assert (reference["resolution"], "gpt2" in reference["expression"]) == ("resolved", True)


def test_offline_asks_nothing_and_says_so(scene: Scene) -> None:
    ran = scene.change({"serve.py": LOAD.format('"acme/ner"')}, "--offline")
    assert (ran.status, ran.report["verdict"]) == (0, "warn")
    assert one(ran, "acme/ner")["resolution"] == "not_checked"
    assert [gap["cause"] for gap in ran.report["incomplete"]] == ["offline"]
    assert scene.hub.log == []


def test_a_reference_that_the_change_leaves_alone_is_not_asked_about(scene: Scene) -> None:
    scene.base({"serve.py": LOAD.format('"acme/ner"')})
    ran = scene.change({"serve.py": LOAD.format('"acme/ner"') + "\nprint(model)\n"})
    reference = one(ran, "acme/ner")
    assert (reference["change"], reference["in_diff"]) == ("unchanged", False)
    assert scene.hub.log == []
    assert the(ran, "unpinned-reference")["new"] is False


def test_a_constant_of_a_sibling_module_is_followed(scene: Scene) -> None:
    scene.base({"app/names.py": 'MODEL = "acme/ner"\n', "app/__init__.py": ""})
    ran = scene.change({"app/serve.py": "from .names import MODEL\n" + LOAD.format("MODEL")})
    assert one(ran, "acme/ner")["path"] == "app/serve.py"


def test_a_folder_of_that_name_is_what_would_be_loaded(scene: Scene) -> None:
    ran = scene.change({"serve.py": LOAD.format('"acme/ner"'), "acme/ner/config.json": "{}"})
    assert one(ran, "acme/ner")["resolution"] == "local"
    finding = the(ran, "local-shadows-reference")
    assert "acme/ner" in finding["message"]
    assert ran.report["repositories"], "the Hub is asked all the same"


def test_what_the_source_does_not_say_is_a_note(scene: Scene) -> None:
    ran = scene.change({"serve.py": LOAD.format("choose()")})
    (reference,) = ran.report["references"]
    assert (reference["resolution"], reference["expression"]) == ("unresolved", "choose()")
    assert (ran.report["verdict"], the(ran, "unresolved-reference")["severity"]) == ("pass", "info")


def test_other_stores_are_listed_as_not_checked(scene: Scene) -> None:
    source = 'import torch\n\nm = torch.hub.load("pytorch/vision", "resnet50")\n'
    ran = scene.change({"serve.py": source})
    (reference,) = ran.report["references"]
    assert (reference["repo_type"], reference["resolution"], reference["store"]) == (
        "other",
        "not_checked",
        "torch-hub",
    )
    assert ran.report["verdict"] == "warn"


def test_unsafe_loading_is_tied_to_the_model_of_the_change(scene: Scene) -> None:
    source = 'import torch\n\nstate = torch.load("models/new.pt", weights_only=False)\n'
    (scene.repo.path / "models" / "new.pt").write_bytes(BENIGN)
    ran = scene.change({"serve.py": source})
    finding = the(ran, "unsafe-torch-load")
    assert (finding["path"], finding["line"], finding["new"]) == ("serve.py", 3, True)
    assert "weights_only=True" in finding["fix"]["replacement"]
    assert (finding["artifact"] or "").endswith("models/new.pt")


def test_the_hub_scanners_are_a_witness(scene: Scene) -> None:
    scene.hub.state.repositories["model", "acme/base"].scans["config.json"] = {
        "protectAiScan": "unsafe",
        "jFrogScan": "queued",
    }
    commit = scene.hub.state.repositories["model", "acme/base"].branches["main"]
    ran = scene.change({"serve.py": pinned("acme/base", commit)})
    finding = the(ran, "hub-scanner-alarm")
    assert (finding["severity"], finding["engines"]) == ("high", ["protectAiScan"])


def test_the_same_run_twice_gives_the_same_report(scene: Scene) -> None:
    first = scene.change({"serve.py": LOAD.format('"acme/ner"')}).output / "report.json"
    before = first.read_bytes()
    assert (scene.run().output / "report.json").read_bytes() == before


def test_the_lock_of_the_base_binds(scene: Scene) -> None:
    scene.base({"serve.py": pinned("acme/ner", scene.good)})
    env = {"HF_ENDPOINT": scene.hub.endpoint}
    locked = modelward("lock", "--repo", scene.repo.path, env=env)
    assert locked.status == 0, locked.err
    scene.base({})
    scene.hub.state.repositories["model", "acme/ner"].identity = "f" * 24
    ran = scene.change({"serve.py": pinned("acme/ner", scene.bad)})
    assert the(ran, "repository-recreated")["severity"] == "high"


def test_what_a_change_writes_into_the_lock_is_a_claim(scene: Scene) -> None:
    env = {"HF_ENDPOINT": scene.hub.endpoint}
    scene.change({"serve.py": pinned("acme/ner", scene.good)})
    assert modelward("lock", "--repo", scene.repo.path, env=env).status == 0
    assert modelward("lock", "--check", "--repo", scene.repo.path, env=env).status == 0
    ran = scene.change({})
    assert rules(ran) == {"lock-changed"}
    lock = scene.repo.path / "modelward.lock"
    claims = json.loads(lock.read_text())
    claims["repositories"][0]["identity"] = "e" * 24
    ran = scene.change({"modelward.lock": json.dumps(claims)})
    assert rules(ran) == {"lock-changed", "lock-claim-false"}


def test_a_broken_lock_of_the_base_is_not_passed_over(scene: Scene) -> None:
    scene.base({"modelward.lock": "{"})
    ran = scene.change({"serve.py": pinned("acme/ner", scene.good)})
    assert (ran.status, [gap["subject"] for gap in ran.report["incomplete"]]) == (3, ["modelward.lock"] * 2)


def test_inspect_names_a_repository_of_the_hub(scene: Scene, tmp_path: Path) -> None:
    env = {"HF_ENDPOINT": scene.hub.endpoint}
    ran = modelward("inspect", f"hf://acme/ner@{scene.bad}", env=env, output=tmp_path / "inspected")
    assert ran.status == 1
    assert [repository["id"] for repository in ran.report["repositories"]] == ["acme/base", "acme/ner"]
    assert "pickle-dangerous-import" in rules(ran)
    assert ran.report["references"] == []
    good = modelward("inspect", f"hf://acme/ner@{scene.good}", env=env, output=tmp_path / "good")
    assert good.report["verdict"] == "pass", good.out


@pytest.mark.parametrize("name", ["hf://", "hf://a/b/c", "hf://../x", "hf://a b/c"])
def test_inspect_refuses_what_is_no_address(name: str) -> None:
    ran = modelward("inspect", name)
    assert (ran.status, "hf://ORG/NAME" in ran.err) == (2, True)


def test_an_unreachable_hub_is_not_clean(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"serve.py": LOAD.format('"acme/ner"').encode()})
    ran = modelward("run", "--repo", repo.path, "--base", "main", output=tmp_path / "report")
    assert (ran.status, ran.report["verdict"]) == (3, "incomplete")
    assert "--offline" in ran.report["incomplete"][0]["action"]


def test_a_file_of_the_hub_has_its_package_url_in_the_sbom(scene: Scene) -> None:
    ran = scene.change({"serve.py": pinned("acme/ner", scene.good)})
    bom = json.loads((ran.output / "sbom.cdx.json").read_bytes())
    parts = [part for component in bom["components"] for part in component.get("components", ())]
    urls = {component.get("purl") for component in parts}
    assert f"pkg:huggingface/acme/ner@{scene.good}#model.safetensors" in urls


def test_what_the_hub_says_cannot_shape_the_comment(scene: Scene) -> None:
    repository = scene.hub.state.repositories["model", "acme/ner"]
    hostile = "x | <img src=x>\n\n# Merge [me](https://evil.example) @everyone"
    repository.card = {"license": "other", "license_name": hostile}
    repository.scans["model.safetensors"] = {"avScan": "unsafe"}
    ran = scene.change({"serve.py": LOAD.format('"acme/ner"')})
    comment = (ran.output / "comment.md").read_text()
    harmless(comment)
    assert "\n# Merge" not in comment


def test_a_record_that_is_no_record_is_not_clean(scene: Scene) -> None:
    scene.hub.state.misbehave(Fault("body", "/tree/", body=b'[{"type": "file", "path": 7}]'))
    ran = scene.change({"serve.py": pinned("acme/ner", scene.good)})
    assert ran.report["verdict"] != "pass"


def test_a_pickle_under_any_name_is_found(scene: Scene) -> None:
    repository = scene.hub.state.repositories["model", "acme/base"]
    commit = repository.commit({"weights": hostile_pickle("id"), "words.txt": hostile_pickle("id")})
    ran = scene.change({"serve.py": pinned("acme/base", commit)})
    found = {finding["artifact"] for finding in ran.report["findings"] if "pickle" in finding["rule"]}
    assert found == {f"hub:acme/base@{commit}/weights"}


def test_the_very_file_that_is_loaded_is_looked_at_whatever_its_name(scene: Scene) -> None:
    repository = scene.hub.state.repositories["model", "acme/base"]
    commit = repository.commit({"weights": hostile_pickle("id"), "words.txt": hostile_pickle("id")})
    call = f'hf_hub_download("acme/base", "words.txt", revision="{commit}")'
    ran = scene.change({"serve.py": f"from huggingface_hub import hf_hub_download\n\npath = {call}\n"})
    assert one(ran, "acme/base")["files"] == ["words.txt"]
    found = {finding["artifact"] for finding in ran.report["findings"] if "pickle" in finding["rule"]}
    assert found == {f"hub:acme/base@{commit}/words.txt"}


@pytest.mark.parametrize(
    "fault",
    [
        Fault("short", "model.safetensors", value=10),
        Fault("body", "/tree/", body=ROW % b"1152921504606846976"),
        Fault("redirect", "model.safetensors", location="file:///etc/passwd"),
        Fault("other-digest", "model.safetensors"),
    ],
    ids=lambda fault: fault.kind,
)
def test_a_file_that_cannot_be_had_is_listed_and_not_clean(scene: Scene, fault: Fault) -> None:
    repository = scene.hub.state.repositories["model", "acme/base"]
    commit = repository.commit({"model.safetensors": safetensors({"w": [1.0] * 300_000})})
    scene.hub.state.misbehave(fault)
    ran = scene.change({"serve.py": pinned("acme/base", commit)})
    assert (ran.status, ran.report["verdict"]) == (3, "incomplete"), ran.err
    assert ran.artifact("model.safetensors")["status"] != "scanned"
