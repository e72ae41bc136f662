"""What the token must be able to do: exactly what is documented, and each part of it for a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.publish.stage import FORK, PULL, Ran, Stage, stage
from tests.report import samples
from tests.servers.github import Fault
from tests.servers.github_state import BOT
from tests.servers.operations import (
    COLLECT,
    OPERATIONS,
    PUBLISH,
    PUBLISH_RELEASE,
    PUBLISH_SNAPSHOT,
    permissions,
)
from tests.support import ROOT

PAGE = (ROOT / "docs" / "permissions.md").read_text("utf-8")
BLOCKS = [yaml.safe_load(block)["permissions"] for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
RELEASE = 17


def everything(on: Stage) -> list[Ran]:
    """Runs that make publish call each operation that it can call for a change."""
    on.github.state.add_comment(PULL, f"x\n\n<!-- modelward:modelward v1 head={'d' * 40} run=1-1 -->", BOT)
    on.github.state.add_comment(PULL, f"x\n\n<!-- modelward:modelward v1 head={'d' * 40} run=2-1 -->", BOT)
    on.github.fail("checks/create", Fault(502))
    return [
        on.run(samples.many(120), inputs={"review-comments": "false"}),
        on.run(samples.failing(), inputs={"comment-id": "other"}),
        on.run(samples.nothing(), inputs={"comment-id": "other"}),
        on.run(samples.nothing(), "workflow_run"),
    ]


def test_the_documented_blocks_are_those_of_the_operations() -> None:
    needed = ([*PUBLISH], [*PUBLISH_RELEASE], ["checks/create", *PUBLISH_SNAPSHOT])
    assert [permissions([*COLLECT, *operations]) for operations in needed] == BLOCKS


def test_every_operation_is_documented() -> None:
    rows = {name: f"{permission}: {access}" for name, (permission, access) in OPERATIONS.items()}
    assert dict(re.findall(r"^\| `([\w-]+/[\w-]+)` \| (.+?) \|$", PAGE, re.MULTILINE)) == rows


def test_with_them_nothing_is_missing_and_each_operation_is_called(tmp_path: Path) -> None:
    with stage(tmp_path, head_repository=FORK) as on:
        on.pull.head_repository = "acme/shop"
        on.github.tokens["ghs_test"].grants = dict(BLOCKS[0])
        first = everything(on)[:-1]
        on.pull.head_repository = FORK
        on.github.state.hides_fork_commits = True
        ran = on.run(samples.failing(), "workflow_run")
        assert not any("give the job" in each.out for each in [*first, ran])
        assert set(on.github.operations) == set(PUBLISH)


@pytest.mark.parametrize("name", [name for name, access in BLOCKS[0].items() if access == "write"])
def test_each_of_them_is_needed(tmp_path: Path, name: str) -> None:
    with stage(tmp_path) as on:
        on.github.tokens["ghs_test"].grants = {**BLOCKS[0], name: "read"}
        ran = on.run(samples.failing())
        assert any(f"give the job {name}: write" in line for line in ran.commands)


def test_a_release_needs_its_own(tmp_path: Path) -> None:
    payload = {"release": {"id": RELEASE, "tag_name": "v1"}}
    with stage(tmp_path) as on:
        on.github.tokens["ghs_test"].grants = dict(BLOCKS[1])
        on.github.state.add_release(RELEASE, "v1")
        for data in (b"1", b"2"):
            files = {"sbom.cdx.json": data}
            assert on.run(samples.passing(), "release", payload=payload, files=files).commands == []
        assert set(on.github.operations) == set(PUBLISH_RELEASE)
