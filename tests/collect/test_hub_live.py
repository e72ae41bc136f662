"""The contract with the Hub itself: off unless ``MODELWARD_LIVE_HUB`` is set, since it needs the internet.

    MODELWARD_LIVE_HUB=1 pytest -m live

What the embedded Hub answers must be a part of what the Hub answers; else all other tests test a fiction.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.hub.hub import Hub
from scanner.collect.objects import ObjectStore
from scanner.collect.wish import Hub as Wish
from scanner.evidence import EDGE, HubSpent, edges
from scanner.exchange import Answer, HubFileRequest, HubRecordRequest
from tests.collect.hubs import desk, rows

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not os.environ.get("MODELWARD_LIVE_HUB"), reason="MODELWARD_LIVE_HUB is not set"),
]

OLD_NAME, NAME = "bert-base-uncased", "google-bert/bert-base-uncased"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    token = os.environ.get("MODELWARD_LIVE_HUB_TOKEN", "")
    with Hub(Wish(token=token), ObjectStore(tmp_path / "live"), HubSpent(), []) as made:
        yield made


def record(hub: Hub, repo_id: str) -> Answer:
    (answer,) = hub.answer_all([HubRecordRequest(repo_type="model", repo_id=repo_id)])
    return answer


def documents(root: Path, answer: Answer) -> dict[str, Any]:
    store = ObjectStore(root)
    return {role: json.loads(store.path(key).read_bytes()) for role, key in answer.documents.items()}


def test_a_record_has_the_shape_that_the_embedded_hub_gives_it(hub: Hub, tmp_path: Path) -> None:
    answer = record(hub, OLD_NAME)
    assert (answer.served, answer.lacking) == (True, {})
    live = documents(tmp_path / "live", answer)
    assert live["info"]["id"] == NAME
    with desk(tmp_path / "embedded", {"pytorch_model.bin": b"weights"}) as made:
        embedded = documents(tmp_path / "embedded", made.record())
    assert set(embedded["info"]) - set(live["info"]) == set()
    assert set(embedded["organization"]) - set(live["organization"]) == set()
    assert set(embedded["refs"]) - set(live["refs"]) == set()
    assert set(embedded["commits.0"][0]) - set(live["commits.0"][0]) == set()
    ours, theirs = (
        next(row for row in tree["tree.0"] if "lfs" in row and row["path"].endswith(".bin"))
        for tree in (embedded, live)
    )
    assert set(ours) - set(theirs) == set()
    assert set(ours["securityFileStatus"]) - set(theirs["securityFileStatus"]) == set()


def test_files_large_and_small(hub: Hub, tmp_path: Path) -> None:
    live = documents(tmp_path / "live", record(hub, OLD_NAME))
    tree = {row["path"]: row for row in live["tree.0"]}
    requests = [
        HubFileRequest(
            repo_type="model",
            repo_id=NAME,
            commit=live["info"]["sha"],
            path=path,
            size=tree[path]["size"],
            oid=tree[path]["oid"],
            sha256=tree[path].get("lfs", {}).get("oid"),
            extents=edges(tree[path]["size"]),
        )
        for path in ("config.json", "pytorch_model.bin")
    ]
    before = hub.spent
    assert rows(hub.answer_all(requests)) == [(True, None, None)] * 2
    assert hub.spent.bytes - before.bytes < 3 * EDGE
    assert hub.spent.requests - before.requests <= 5


def test_what_the_hub_does_not_show(hub: Hub) -> None:
    absent = record(hub, f"{NAME}-that-nobody-has-ever-made")
    assert rows([absent]) == [(False, "access", "not-found")]
