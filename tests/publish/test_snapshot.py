"""The snapshot for the dependency graph: of a whole tree of the default branch, where it was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from scanner.domain import Report
from scanner.domain.snapshot import Resolved, Snapshot, SnapshotManifest, SourceFile
from tests.publish.stage import HEAD, Ran, Stage, stage
from tests.report import samples
from tests.servers.operations import Access

MODEL = f"pkg:huggingface/acme/ner@{'a' * 40}"
SNAPSHOT = Snapshot(
    manifests={
        "serve.py": SnapshotManifest(
            name="serve.py",
            file=SourceFile(source_location="serve.py"),
            resolved={MODEL: Resolved(package_url=MODEL, relationship="direct", metadata={"pinned": "true"})},
        )
    }
)
GRANTS: dict[str, Access] = {"checks": "write", "contents": "write"}
MAIN = {"ref": "refs/heads/main"}


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as made:
        made.github.tokens["ghs_test"].grants = dict(GRANTS)
        yield made


def whole() -> Report:
    report = samples.passing()
    return report.model_copy(update={"change": report.change.model_copy(update={"mode": "all"})})


def pushed(
    on: Stage,
    report: Report | None = None,
    payload: dict[str, Any] | None = None,
    data: bytes | None = SNAPSHOT.model_dump_json().encode(),
    inputs: Mapping[str, str] | None = None,
) -> Ran:
    files = {} if data is None else {"dependency-snapshot.json": data}
    given = {"dependency-snapshot": "true", **(inputs or {})}
    return on.run(report or whole(), "push", payload=payload or MAIN, inputs=given, files=files)


def test_it_is_submitted_with_commit_branch_and_job(on: Stage) -> None:
    ran = pushed(on)
    (sent,) = on.github.state.snapshots
    assert (sent["version"], sent["sha"], sent["ref"]) == (0, HEAD, "refs/heads/main")
    assert sent["job"]["correlator"] == "modelward/modelward"
    assert sent["job"]["html_url"].endswith(f"/actions/runs/{sent['job']['id']}")
    assert sent["detector"]["name"] == "modelward"
    assert sent["scanned"] == "2027-01-15T08:00:00Z"
    (resolved,) = sent["manifests"]["serve.py"]["resolved"].values()
    assert (resolved["package_url"], resolved["relationship"]) == (MODEL, "direct")
    assert any("The dependency graph has the snapshot" in line for line in ran.commands)


def test_jobs_of_a_matrix_do_not_replace_each_other(on: Stage) -> None:
    pushed(on, inputs={"comment-id": "gpu"})
    assert on.github.state.snapshots[0]["job"]["correlator"] == "modelward/gpu"


@pytest.mark.parametrize(
    ("payload", "inputs"),
    [
        ({"ref": "refs/heads/topic"}, {}),
        ({"ref": "refs/tags/main"}, {}),
        (MAIN, {"dependency-snapshot": "false"}),
    ],
)
def test_nothing_is_submitted_elsewhere_or_unasked(
    on: Stage, payload: dict[str, Any], inputs: dict[str, str]
) -> None:
    ran = pushed(on, payload=payload, inputs=inputs)
    assert on.github.state.snapshots == []
    assert not any("snapshot" in line for line in ran.commands)


def test_a_part_of_the_tree_is_no_snapshot(on: Stage) -> None:
    ran = pushed(on, samples.passing())
    assert on.github.state.snapshots == []
    assert any("none was made of the whole tree" in line for line in ran.commands)


def test_without_a_file_the_reason_is_said(on: Stage) -> None:
    assert any("No dependency snapshot was submitted" in line for line in pushed(on, data=None).commands)


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"manifests": {"a": {"name": 1}}}', b'{"evil": 1}'])
def test_what_is_no_snapshot_is_not_sent(on: Stage, data: bytes) -> None:
    ran = pushed(on, data=data)
    assert on.github.state.snapshots == []
    assert any("is not a valid snapshot" in line for line in ran.commands)


def test_what_github_calls_invalid_is_said(on: Stage) -> None:
    on.github.state.snapshot_result = "INVALID"
    assert any("No dependency snapshot: " in line for line in pushed(on).commands)


def test_the_missing_permission_is_named(on: Stage) -> None:
    on.github.tokens["ghs_test"].grants["contents"] = "read"
    assert any("give the job contents: write" in line for line in pushed(on).commands)
