"""What the next step signs: nothing that was not verified, and no file whose bytes nobody read."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain import (
    Artifact,
    Cause,
    Change,
    Incomplete,
    PolicySummary,
    Report,
    SbomSummary,
    Verdict,
    VulnerabilityAssessment,
)
from scanner.event import Event
from scanner.publish import predicates
from scanner.publish.predicates import (
    MAX_CHECKSUMS,
    MAX_SUBJECTS,
    PROPERTIES,
    predicate,
    properties,
    subjects,
)
from tests.publish.stage import HEAD, Stage, stage
from tests.report import samples
from tests.report.samples import artifact, finding, report
from tests.support import ROOT

NOW = 1_800_000_000.0
EVENT = Event("push", "acme/shop", "https://github.com", "https://api.github.com", HEAD, samples.BASE)
PASSED = {"MODELWARD_POLICY_PASSED", "MODELWARD_VERDICT_PASS"}
FOUND_NOTHING = {"MODELWARD_NO_CRITICAL_FINDINGS", "MODELWARD_NO_HIGH_FINDINGS"}
READ = "MODELWARD_ALL_MODELS_READ"


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as made:
        yield made


def gap(cause: Cause = Cause.BUDGET, waived: str | None = None) -> Incomplete:
    return Incomplete(subject="m.bin", cause=cause, detail="", action="", waived=waived)


def held(verdict: Verdict, **more: Any) -> set[str]:
    return set(properties(report(verdict, **more)))


def test_the_shape_is_that_of_the_specification() -> None:
    made = predicate(samples.passing(), EVENT, NOW)
    assert made.keys() == {"verifier", "timeCreated", "properties"}
    assert made["verifier"].keys() == {"id", "policies"}
    assert re.fullmatch(r"https://[^/]+/.+/v\d+", made["verifier"]["id"])
    assert made["timeCreated"] == "2027-01-15T08:00:00Z"
    assert made["properties"] == sorted(set(made["properties"]))
    assert set(made["properties"]) <= PROPERTIES.keys()
    assert len(json.dumps(made)) < 1_000  # of the 16 MB that can be attested


def test_the_policy_is_named_at_the_commit_it_was_read_from() -> None:
    made = predicate(samples.passing(), EVENT, NOW)
    address = f"https://github.com/acme/shop/blob/{samples.BASE}/.github/modelward.yml"
    assert made["verifier"]["policies"] == [{"name": ".github/modelward.yml", "uri": address}]


@pytest.mark.parametrize(
    ("policy", "uris"),
    [
        (PolicySummary(source="default"), []),
        (PolicySummary(source="central", path="acme/policy/x.yml@main"), []),
        (PolicySummary(source="head", path="a b#?.yml"), [f"/blob/{HEAD}/a%20b%23%3F.yml"]),
        (PolicySummary(source="base", path="x.yml"), [f"/blob/{samples.BASE}/x.yml"]),
    ],
)
def test_policies_that_cannot_be_named_are_an_empty_list(policy: PolicySummary, uris: list[str]) -> None:
    named = predicate(report(Verdict.PASS, policy=policy), EVENT, NOW)["verifier"]["policies"]
    assert [each["uri"] for each in named] == [f"https://github.com/acme/shop{uri}" for uri in uris]


def test_what_passes_in_everything_has_every_property() -> None:
    sbom = SbomSummary(written=True, reason="", assessment=VulnerabilityAssessment(state="assessed"))
    assert held(Verdict.PASS, sbom=sbom, change=Change(mode="all", head=HEAD)) == PROPERTIES.keys()


@pytest.mark.parametrize(
    ("verdict", "passed"),
    [
        (Verdict.PASS, PASSED),
        (Verdict.WARN, {"MODELWARD_POLICY_PASSED"}),
        (Verdict.FAIL, set()),
        (Verdict.INCOMPLETE, set()),
    ],
)
def test_each_verdict_says_what_it_is_and_no_more(verdict: Verdict, passed: set[str]) -> None:
    known = {READ, *FOUND_NOTHING} if verdict is not Verdict.INCOMPLETE else set()
    assert held(verdict) == passed | known


def test_an_incomplete_report_claims_nothing_of_the_files() -> None:
    assert (
        held(Verdict.INCOMPLETE, incomplete=[gap()], artifacts=[artifact("m.bin", status="incomplete")])
        == set()
    )


@pytest.mark.parametrize(
    ("unread", "missing"),
    [
        (gap(), {READ, *FOUND_NOTHING}),  # fail-on-incomplete: false
        (gap(Cause.OFFLINE), {READ, *FOUND_NOTHING}),
        (gap(waived="a trusted publisher"), {READ}),  # accepted, and still not read
        (gap(Cause.UNCHANGED), set()),  # not part of the change
    ],
)
def test_what_was_not_read_is_not_called_read(unread: Incomplete, missing: set[str]) -> None:
    assert held(Verdict.WARN, incomplete=[unread]) == held(Verdict.WARN) - missing


def test_a_reference_that_nobody_could_check_is_not_read() -> None:
    (checked,) = samples.failing().references
    other = checked.model_copy(update={"resolution": "not_checked"})
    assert READ in held(Verdict.WARN, references=[checked])
    assert READ not in held(Verdict.WARN, references=[other])


@pytest.mark.parametrize(
    ("severity", "missing"),
    [
        ("critical", FOUND_NOTHING),
        ("high", {"MODELWARD_NO_HIGH_FINDINGS"}),
        ("medium", set()),
    ],
)
def test_a_finding_takes_the_property_of_its_severity_away(severity: str, missing: set[str]) -> None:
    one = finding("pickle-dangerous-import", "m.bin", severity=severity)
    assert held(Verdict.WARN, findings=[one]) == held(Verdict.WARN) - missing  # fail-on-severity: never


def test_an_accepted_finding_is_no_finding() -> None:
    assert held(Verdict.PASS, findings=samples.passing().findings) >= FOUND_NOTHING


@pytest.mark.parametrize(
    "more",
    [
        {"source": "hub"},
        {"source": "dvc"},
        {"sha256_origin": "declared"},
        {"sha256": None},
        {"sha256": "A" * 64},
        {"sha256": "0" * 63},
        {"status": "incomplete"},
        {"change": "removed"},
    ],
)
def test_a_subject_is_a_file_of_the_repository_whose_bytes_were_read(more: dict[str, Any]) -> None:
    good, other = artifact("a.bin"), artifact("b.bin", **more)
    assert subjects(report(Verdict.PASS, artifacts=[other, good])) == [f"{good.sha256}  a.bin\n"]


@pytest.mark.parametrize("path", ["a\nb", "a\rb", "a\\b", "a\x1b[0m", "a\u202eb", "a\u2028b", "a\udc80b"])
def test_a_path_that_could_read_as_two_is_no_subject(path: str) -> None:
    assert subjects(report(Verdict.PASS, artifacts=[artifact(path)])) == []


@given(st.lists(st.text(min_size=1, max_size=20), max_size=5))
def test_no_path_makes_a_line_of_its_own(paths: list[str]) -> None:
    lines = subjects(report(Verdict.PASS, artifacts=[artifact(path) for path in paths]))
    for line in "".join(lines).splitlines(keepends=True):
        digest, path = re.fullmatch(r"([0-9a-f]{64})  (.+)\n", line).groups()  # type: ignore[union-attr]
        assert path in paths
        assert digest == artifact(path).sha256


def test_sha256sum_accepts_the_file(tmp_path: Path) -> None:
    names = ["a.bin", "models/b c.bin", " lead.bin", "*star.bin", "-dash.bin", "über.bin"]
    artifacts = []
    for name in names:
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
        digest = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout[:64]
        artifacts.append(artifact(name, sha256=digest))
    predicates.write(report(Verdict.PASS, artifacts=artifacts), EVENT, tmp_path, NOW)
    command = ["sha256sum", "--check", "--strict", str(tmp_path / predicates.SUBJECTS)]
    done = subprocess.run(command, cwd=tmp_path / "tree", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count(": OK")) == (0, len(names)), done.stderr


@pytest.mark.parametrize(("number", "length"), [(MAX_SUBJECTS + 3, 1), (MAX_SUBJECTS, 1_000)])
def test_an_attestation_is_not_given_more_than_it_takes(tmp_path: Path, number: int, length: int) -> None:
    artifacts = [artifact(f"{index:04}{'x' * length}") for index in range(number)]
    said = predicates.write(report(Verdict.PASS, artifacts=artifacts), EVENT, tmp_path, NOW)
    text = (tmp_path / predicates.SUBJECTS).read_text()
    assert 0 < text.count("\n") <= MAX_SUBJECTS
    assert len(text) <= MAX_CHECKSUMS
    assert said is not None
    assert said.startswith(f"{number - text.count(chr(10))} model files left out of subjects.sha256")


def signed(on: Stage, given: Report, event: str = "push", **more: Any) -> tuple[Path, Any]:
    folder = on.folder / "said"
    return folder, on.run(given, event, env={"MODELWARD_ATTESTATION": str(folder)}, **more)


def test_publish_writes_the_files_where_the_next_step_takes_them(on: Stage) -> None:
    folder, _ = signed(on, samples.passing())
    assert {path.name for path in folder.iterdir()} == {"verdict.svr.json", "subjects.sha256"}
    assert json.loads((folder / "verdict.svr.json").read_text())["properties"] == properties(
        samples.passing()
    )


def test_without_models_there_are_no_subjects(on: Stage) -> None:
    folder, _ = signed(on, samples.nothing())
    assert [path.name for path in folder.iterdir()] == ["verdict.svr.json"]


def test_a_verdict_that_a_stranger_may_have_written_is_not_offered(on: Stage) -> None:
    on.pull.head_repository = "mallory/shop"
    folder, ran = signed(on, samples.passing(), "workflow_run")
    assert ran.outputs["verdict"] == "pass"
    assert not folder.exists()


def test_files_for_which_there_is_no_room_are_told(on: Stage) -> None:
    artifacts: list[Artifact] = [artifact(f"{index:04}.bin") for index in range(MAX_SUBJECTS + 1)]
    _, ran = signed(on, report(Verdict.PASS, artifacts=artifacts))
    assert any("1 model file left out of subjects.sha256" in line for line in ran.commands)


def test_every_property_is_documented_with_its_meaning() -> None:
    page = (ROOT / "docs" / "attestation.md").read_text("utf-8")
    rows = re.findall(r"^\| `(MODELWARD_\w+)` \| (.+?) \|$", page, re.MULTILINE)
    assert rows == sorted(PROPERTIES.items())
