"""The workflows of the project, the examples for users, and the steps of a release."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.publish import outputs, predicates
from scripts import release
from tests.servers.operations import COLLECT, PUBLISH_SNAPSHOT, permissions

ROOT = Path(__file__).resolve().parent.parent
OWN = sorted((ROOT / ".github/workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / "examples").glob("*.yml"))
EXAMPLES_BY_NAME = {path.name: path for path in EXAMPLES}
PAGES = [ROOT / "README.md", ROOT / "examples/admission/README.md"]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
ATTEST = "actions/attest@1e69f48acb82d1966a394da916b4c1698aa569d6 # v4.2.2"
IMAGE = "ghcr.io/modelward/modelward@sha256:" + "0a" * 32
SHA_AND_VERSION = re.compile(r"^[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def read(path: Path) -> dict[Any, Any]:
    """A workflow. YAML 1.1 reads its key ``on`` as true."""
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text())
    return loaded


def uses(path: Path) -> list[str]:
    """What every step uses, with the comment behind it."""
    return re.findall(r"^\s*(?:- )?uses: (.+)$", path.read_text(), re.MULTILINE)


def events(path: Path) -> dict[str, Any]:
    declared = read(path)[True]
    return (
        declared
        if isinstance(declared, dict)
        else dict.fromkeys([declared] if isinstance(declared, str) else declared)
    )


@pytest.mark.parametrize("path", [*OWN, *EXAMPLES], ids=lambda path: path.name)
def test_a_workflow_has_no_right_that_a_job_does_not_ask_for(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]
    for name, job in workflow["jobs"].items():
        assert isinstance(job["permissions"], dict), name
        assert job["timeout-minutes"] <= 60, name
        assert job["runs-on"] != "ubuntu-latest", name
        for step in job["steps"]:
            if str(step.get("uses")).startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", [ROOT / "action.yml", *OWN], ids=lambda path: path.name)
def test_what_is_used_is_named_by_commit_and_version(path: Path) -> None:
    assert uses(path)
    for used in uses(path):
        assert SHA_AND_VERSION.match(used) or used.startswith("./ #"), used


def test_one_version_of_each_action_is_used() -> None:
    used: dict[str, set[str]] = {}
    for path in (ROOT / "action.yml", *OWN):
        for each in uses(path):
            repository, _, version = each.partition("@")
            used.setdefault("/".join(repository.split("/")[:2]), set()).add(version)
    assert {name for name, versions in used.items() if len(versions) > 1} == set()


@pytest.mark.parametrize("path", [*OWN, *EXAMPLES], ids=lambda path: path.name)
def test_no_event_has_a_filter_that_would_leave_a_required_check_unreported(path: Path) -> None:
    for name, filters in events(path).items():
        if name in ("pull_request", "merge_group"):
            assert not set(filters or {}) & {"paths", "paths-ignore"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_gives_the_action_only_what_it_takes(path: Path) -> None:
    steps = [step for job in read(path)["jobs"].values() for step in job["steps"]]
    (step,) = [step for step in steps if step["uses"].startswith("modelward/")]
    assert step["uses"] == "modelward/modelward@v0"
    assert step.get("with", {}).keys() <= ACTION["inputs"].keys()
    assert "paths:" not in path.read_text().replace("`paths:`", "")


@pytest.mark.parametrize("path", [*EXAMPLES, *PAGES], ids=lambda path: path.name)
def test_an_example_names_the_actions_of_others_as_we_do(path: Path) -> None:
    used = {each for each in uses(path) if not each.startswith("modelward/")}
    assert all(SHA_AND_VERSION.match(each) for each in used)
    of_ours = {each.partition("@")[0]: each for each in uses(ROOT / "action.yml")}
    assert used <= {ATTEST, *of_ours.values()}


@pytest.mark.parametrize("path", [EXAMPLES_BY_NAME["attest.yml"], *PAGES], ids=lambda path: path.name)
def test_what_is_signed_is_what_the_action_puts_out(path: Path) -> None:
    text = path.read_text()
    assert ATTEST in text
    assert set(re.findall(r"steps\.models\.outputs\.(\w+)", text)) <= ACTION["outputs"].keys()
    assert set(re.findall(r"predicate-type: (\S+)", text)) == {predicates.TYPE}


def test_the_job_that_signs_takes_the_files_that_the_other_kept() -> None:
    jobs = read(EXAMPLES_BY_NAME["attest.yml"])["jobs"]
    keep, fetch = jobs["models"]["steps"][-1], jobs["attest"]["steps"][0]
    assert keep["with"]["name"] == fetch["with"]["name"]
    given = [step["with"] for step in jobs["attest"]["steps"][1:]]
    named = {value for inputs in given for key, value in inputs.items() if key != "predicate-type"}
    assert named == {f"report/{outputs.SBOM}", f"said/{predicates.PREDICATE}", f"said/{predicates.SUBJECTS}"}
    assert jobs["attest"]["permissions"] == {"id-token": "write", "attestations": "write"}
    assert not {"id-token", "attestations"} & jobs["models"]["permissions"].keys()


def test_only_pushes_of_the_default_branch_get_to_write_a_snapshot() -> None:
    path = EXAMPLES_BY_NAME["dependency-graph.yml"]
    assert events(path) == {"push": {"branches": ["main"]}, "workflow_dispatch": None}
    (job,) = read(path)["jobs"].values()
    assert job["permissions"] == permissions([*COLLECT, *PUBLISH_SNAPSHOT])
    assert job["steps"][0]["with"]["dependency-snapshot"] is True


def test_every_example_is_named_where_users_look() -> None:
    text = (ROOT / "docs/github.md").read_text()
    assert [path.name for path in EXAMPLES if f"../examples/{path.name}" not in text] == []
    for target in re.findall(r"\]\((?!https:)([^)#]+)", text):
        assert (ROOT / "docs" / target).exists(), target


def test_the_halves_of_the_pair_belong_together() -> None:
    first, second = (read(ROOT / f"examples/fork-safe-{name}.yml") for name in ("scan", "publish"))
    assert second[True]["workflow_run"]["workflows"] == [first["name"]]
    (scan,), (publish,) = (list(half["jobs"].values()) for half in (first, second))
    assert scan["permissions"] == {"contents": "read"}
    assert scan["steps"][0]["with"]["artifact-name"] == publish["steps"][0]["with"]["artifact-name"]


def test_the_action_of_a_release_runs_the_image_of_that_release() -> None:
    text = release.pinned((ROOT / "action.yml").read_text(), IMAGE)
    released = yaml.safe_load(text)
    assert released["inputs"]["image"]["default"] == IMAGE
    released["inputs"]["image"]["default"] = ACTION["inputs"]["image"]["default"]
    assert released == ACTION
    assert yaml.safe_load(release.pinned(text, IMAGE.replace("0a", "0b"))) != yaml.safe_load(text)


@pytest.mark.parametrize(
    "image", ["", "ghcr.io/x/y:latest", f"{IMAGE}\n", f"{IMAGE} x", f"$(id)@{IMAGE[-71:]}"]
)
def test_an_image_without_a_digest_is_not_released(image: str) -> None:
    with pytest.raises(SystemExit, match="by its digest"):
        release.pinned((ROOT / "action.yml").read_text(), image)


def checkout(folder: Path, code: str, heading: str) -> Path:
    (folder / "scanner").mkdir()
    (folder / "scanner/__init__.py").write_text(f'__version__ = "{code}"\n')
    (folder / "CHANGELOG.md").write_text(
        f"# Changelog\n\n## {heading}\n\n### Added\n\n- This.\n\n## 0.0.1 - 2026-01-01\n\n- That.\n"
    )
    return folder


def test_a_release_is_of_what_the_code_and_the_changelog_say(tmp_path: Path) -> None:
    root = checkout(tmp_path, "1.2.3", "1.2.3 - 2026-11-20")
    release.check("1.2.3", root)
    assert release.notes("1.2.3", root) == "### Added\n\n- This.\n"


@pytest.mark.parametrize(
    ("version", "code", "heading", "says"),
    [
        ("1.2.3", "1.2.4", "1.2.3 - 2026-11-20", "scanner/__init__.py"),
        ("1.2.3", "1.2.3", "1.2.3 - unreleased", "CHANGELOG.md"),
        ("1.2.3", "1.2.3", "1.2.30 - 2026-11-20", "CHANGELOG.md"),
        ("v1.2.3", "v1.2.3", "v1.2.3 - 2026-11-20", "not a version"),
        ("1.2.3\nx", "1.2.3", "1.2.3 - 2026-11-20", "not a version"),
    ],
)
def test_a_release_that_does_not_agree_with_itself_is_refused(
    tmp_path: Path, version: str, code: str, heading: str, says: str
) -> None:
    with pytest.raises(SystemExit, match=says):
        release.check(version, checkout(tmp_path, code, heading))


def test_digests_that_are_none_are_not_joined(tmp_path: Path) -> None:
    for name, text in (("a", "sha256:" + "a" * 64), ("b", "latest; id")):
        (tmp_path / name).write_text(text)
    with pytest.raises(SystemExit, match="two platforms"):
        release.manifest("ghcr.io/x/y", "1.2.3", [tmp_path / "a", tmp_path / "b"])
    with pytest.raises(SystemExit, match="two platforms"):
        release.manifest("ghcr.io/x/y", "1.2.3", [tmp_path / "a", tmp_path / "a"])
