"""What collect brings from a Hub is what the record is read from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.demo.hub.state import Repository
from scanner.hub.interface import Record, restored
from scanner.hub.record import read
from tests.collect.hubs import Desk, desk


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, {"model.safetensors": b"weights", "modeling.py": b"code"}) as made:
        yield made


def repository(hub: Desk) -> Repository:
    return hub.server.state.repositories["model", "acme/tiny"]


def read_record(hub: Desk, revision: str | None = None) -> Record:
    answer = hub.record(revision=revision)
    assert answer.served
    documents = {role: str(hub.store.path(key)) for role, key in answer.documents.items()}
    job = {"repo_type": "model", "repo_id": "acme/tiny", "documents": documents}
    return restored(read({**job, "lacking": sorted(answer.lacking)}))


def test_the_default_branch(hub: Desk) -> None:
    found = read_record(hub)
    first, last = repository(hub).commits
    assert found.problems == []
    assert (found.commit, found.first_commit, found.commit_count) == (last, first, 2)
    assert (found.author_kind, found.license, found.reachable) == ("organization", "mit", True)
    assert "modeling.py" in [file.path for file in found.files]
    assert found.files_complete


def test_what_the_owner_accepted_and_what_not(hub: Desk) -> None:
    held = repository(hub)
    first, last = held.commits
    stranger = held.commit({"evil.py": b"import os"}, branch="refs/pr/1")
    assert [read_record(hub, each).reachable for each in (first, last, stranger)] == [True, True, False]


def test_a_branch_and_a_tag_are_the_owners(hub: Desk) -> None:
    held = repository(hub)
    half = held.commit({"model.fp16.safetensors": b"half"}, branch="fp16")
    tagged = held.commit({"release.txt": b"1"}, branch="refs/pr/1")
    between = held.commit({"more.txt": b"1"}, branch="fp16")
    held.versions["v1"] = tagged
    found = [read_record(hub, each).reachable for each in (half, tagged, between)]
    assert found == [None, True, True]
