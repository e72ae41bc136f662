"""From an event, the inputs and the options to what a run is to look at, and how it is written down."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.collect.errors import CollectError
from scanner.collect.runner import wish_of
from scanner.collect.wish import Wish
from scanner.event import Event
from scanner.inputs import ActionInputs

HEAD, BASE = "a" * 40, "b" * 40


def wish(name: str, ref: str | None, asked: bool = True, before: str | None = BASE, **given: Any) -> Wish:
    event = Event(
        name,
        "acme/shop",
        "https://github.com",
        "https://api.github.com",
        HEAD,
        before,
        whole=name in ("schedule", "workflow_dispatch"),
        ref=ref,
        default_branch="main",
    )
    inputs = ActionInputs.read({"INPUT_DEPENDENCY-SNAPSHOT": str(asked).lower()})
    return wish_of(event, inputs, **given)


def test_a_push_to_the_default_branch_is_looked_at_whole_for_a_snapshot() -> None:
    found = wish("push", "refs/heads/main")
    assert (found.mode, found.base, found.head) == ("all", None, HEAD)


@pytest.mark.parametrize(
    ("name", "ref", "asked"),
    [
        ("push", "refs/heads/main", False),
        ("push", "refs/heads/topic", True),
        ("push", "refs/tags/main", True),
        ("pull_request", None, True),
        ("merge_group", None, True),
    ],
)
def test_everything_else_that_changes_something_stays_a_change(
    name: str, ref: str | None, asked: bool
) -> None:
    found = wish(name, ref, asked)
    assert (found.mode, found.base) == ("change", BASE)


@pytest.mark.parametrize("name", ["schedule", "workflow_dispatch"])
@pytest.mark.parametrize("asked", [True, False])
def test_runs_without_a_change_are_of_the_whole_tree_anyway(name: str, asked: bool) -> None:
    assert wish(name, "refs/heads/main", asked, before=None).mode == "all"


def test_a_base_that_the_caller_names_wins() -> None:
    found = wish("push", "refs/heads/main", base="c" * 40)
    assert (found.mode, found.base) == ("change", "c" * 40)


def test_a_workflow_run_brings_nothing_to_look_at() -> None:
    with pytest.raises(CollectError, match="only publish here"):
        wish("workflow_run", None)


def test_how_the_bill_is_written_is_an_input_and_an_option_wins() -> None:
    given = {"sbom_version": "1.7", "spdx": True}
    inputs = wish("pull_request", None).asked.inputs
    assert (inputs["sbom_version"], inputs["spdx"]) == ("1.6", False)
    assert wish("pull_request", None, sbom=given).asked.inputs == inputs | given
