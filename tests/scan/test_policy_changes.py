"""What a change does to the policy is announced; what merely lies beside it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import Repo, run

CALLS = b"jobs:\n  a:\n    steps:\n      - uses: acme/Modelward@0123\n"
RUNS = b"jobs:\n  a:\n    steps:\n      - run: pipx run modelward run\n"
OTHER = b"jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo.make(tmp_path / "repo")
    made.commit(
        {
            ".github/workflows/calls.yml": CALLS,
            ".github/workflows/gone.yaml": RUNS,
            ".github/workflows/moved.yml": CALLS + b"# moved\n",
            ".github/workflows/other.yml": OTHER,
            ".github/workflows/kept.yml": CALLS + b"# kept\n",
            ".github/modelward.yml": b"fail-on-severity: high\n",
            "docs/workflow.yml": CALLS,
        }
    )
    made.branch("change")
    return made


def test_workflows_that_call_the_action_are_announced(repo: Repo, tmp_path: Path) -> None:
    (repo.path / ".github/workflows/gone.yaml").unlink()
    (repo.path / ".github/workflows/moved.yml").rename(repo.path / "elsewhere.yml")
    repo.commit(
        {
            ".github/workflows/calls.yml": OTHER,
            ".github/workflows/new.yml": RUNS + b"# new\n",
            ".github/workflows/other.yml": OTHER + b"# x\n",
            ".github/workflows/deep/er.yml": CALLS,
            ".github/modelward.yml": b"fail-on-severity: never\n",
            "docs/workflow.yml": CALLS + b"# x\n",
        }
    )
    ran = run(repo, tmp_path / "report", "--base", "main")
    announced = {item["path"]: item for item in ran.report["findings"] if item["rule"] == "policy-changed"}
    assert set(announced) == {
        ".github/modelward.yml",
        ".github/workflows/calls.yml",
        ".github/workflows/gone.yaml",
        ".github/workflows/new.yml",
        "elsewhere.yml",
    }
    assert {(item["severity"], item["new"]) for item in announced.values()} == {("info", True)}
    assert ran.report["policy"]["fail_on_severity"] == "high"


def test_a_whole_tree_changes_no_policy(repo: Repo, tmp_path: Path) -> None:
    ran = run(repo, tmp_path / "report", "--all")
    assert [item for item in ran.report["findings"] if item["rule"] == "policy-changed"] == []


def test_a_dvc_file_is_reported_with_its_recorded_digest(repo: Repo, tmp_path: Path) -> None:
    digest = "0123456789abcdef" * 2
    pointer = f"outs:\n- md5: {digest}\n  size: 4096\n  hash: md5\n  path: model.pkl\n".encode()
    repo.commit({"model.pkl.dvc": pointer})
    ran = run(repo, tmp_path / "report", "--base", "main")
    artifact = ran.artifact("model.pkl.dvc")
    assert (artifact["source"], artifact["size"]) == ("dvc", 4096)
    assert "sha256" not in artifact or artifact["sha256"] is None
    assert artifact["facts"]["digests"] == [f"md5:{digest}"]
    (gap,) = ran.report["incomplete"]
    assert gap["detail"] == f"its bytes are in a DVC remote (md5:{digest})"
