"""Records of repositories, as the embedded Hub's API gives them to the real client's session."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from scanner.collect.limits import HUB_COMMIT_PAGES, HUB_COMMITS, HUB_TREE_PAGES
from scanner.demo.hub.state import Account, Fault, Repository
from scanner.exchange import Answer, HubRecordRequest
from tests.collect.hubs import Desk, desk, rows


def parsed(made: Desk, answer: Answer, role: str) -> Any:
    return json.loads(made.document(answer, role))


def test_a_record_takes_five_requests_and_holds_the_bodies_as_they_came(tmp_path: Path) -> None:
    with desk(tmp_path, {"pytorch_model.bin": b"weights"}) as made:
        repository = made.server.state.repositories["model", "acme/tiny"]
        repository.scans["pytorch_model.bin"] = {"virusTotalScan": "unsafe"}
        answer = made.record()
        assert (answer.served, answer.lacking) == (True, {})
        assert sorted(answer.documents) == ["commits.0", "info", "organization", "refs", "tree.0"]
        assert len(made.server.log) == 5
        head = repository.branches["main"]
        assert parsed(made, answer, "info")["sha"] == head
        assert parsed(made, answer, "info")["cardData"] == {"license": "mit"}
        (row,) = (row for row in parsed(made, answer, "tree.0") if row["path"] == "pytorch_model.bin")
        assert row["securityFileStatus"]["virusTotalScan"]["status"] == "unsafe"
        assert parsed(made, answer, "commits.0")[0]["id"] == head
        assert all(
            head in each.target for each in made.server.asked("/tree/") + made.server.asked("/commits/")
        )
        assert all(each.headers["accept-encoding"] == "identity" for each in made.server.log)
        assert all(key.startswith("hub:") and made.store.get(key) for key in answer.documents.values())


def test_the_owner_may_be_a_user_and_is_asked_for_once(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        made.server.state.accounts["jo"] = Account("jo", "user")
        for name in ("a", "b"):
            made.server.state.add(Repository(f"jo/{name}")).commit({"x": b"x"})
        answers = made.ask(
            *(HubRecordRequest(repo_type="model", repo_id=f"jo/{name}") for name in ("a", "b"))
        )
        assert [sorted(answer.documents) for answer in answers] == [
            ["commits.0", "info", "refs", "tree.0", "user"]
        ] * 2
        assert parsed(made, answers[0], "user")["user"] == "jo"
        assert len(made.server.asked("/overview")) == 2


def test_a_revision_is_quoted_and_leads_to_a_commit(tmp_path: Path) -> None:
    with desk(tmp_path, {"a": b"a"}) as made:
        repository = made.server.state.repositories["model", "acme/tiny"]
        first = repository.history(repository.commits[repository.branches["main"]])[-1].id
        pull = repository.commit({"evil.bin": b"x"}, branch="refs/pr/1")
        for revision, commit in ((first, first), ("refs/pr/1", pull), (pull, pull)):
            answer = made.record(revision=revision)
            assert parsed(made, answer, "info")["sha"] == commit
            assert parsed(made, answer, "commits.0")[0]["id"] == commit
            assert repository.branches["main"] in made.document(answer, "main.0").decode()
        assert made.server.asked("/revision/refs%2Fpr%2F1")
        assert "main.0" not in made.record(revision="main").documents
        assert len(made.server.asked("/commits/main")) == 1, "what records have in common is asked for once"


def test_the_old_name_of_a_repository_and_one_without_a_name_space(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        made.server.state.renamed["model", "tiny"] = "acme/tiny"
        made.server.state.add(Repository("plain")).commit({"a": b"a"})
        answer = made.record("tiny")
        assert parsed(made, answer, "info")["id"] == "acme/tiny"
        assert "organization" in answer.documents
        assert all("/acme/tiny/" in each.target for each in made.server.asked("/tree/"))
        assert sorted(made.record("plain").documents) == ["commits.0", "info", "refs", "tree.0"]


@pytest.mark.parametrize("kind", ["dataset", "space", "kernel"])
def test_other_types_of_repositories(tmp_path: Path, kind: Any) -> None:
    with desk(tmp_path) as made:
        made.server.state.add(Repository("acme/other", kind)).commit({"a": b"a"})
        (answer,) = made.ask(HubRecordRequest(repo_type=kind, repo_id="acme/other"))
        assert answer.served
        assert made.server.asked(f"/api/{kind}s/acme/other/tree/")


def test_all_pages_of_a_tree(tmp_path: Path) -> None:
    with desk(tmp_path, {f"{number:03}.txt": b"" for number in range(160)}) as made:
        answer = made.record()
        pages = [parsed(made, answer, f"tree.{page}") for page in range(4)]
        assert [len(page) for page in pages] == [50, 50, 50, 11]
        assert len({row["path"] for page in pages for row in page}) == 161


def test_a_long_history_is_cut_and_its_beginning_is_there(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        repository = made.server.state.repositories["model", "acme/tiny"]
        for number in range(4 * HUB_COMMITS):
            repository.commit({}, f"number {number}", date="2025-01-01T00:00:00.000Z")
        first = repository.history(repository.commits[repository.branches["main"]])[-1].id
        answer = made.record()
        assert {"commits.0", "commits.1", "commits.2", "commits.last"} <= set(answer.documents)
        assert "commits.3" not in answer.documents
        assert parsed(made, answer, "commits.last")[-1]["id"] == first
        assert answer.lacking == {"commits": "only the newest 3000 of 4001 commits were fetched"}
        recent = repository.history(repository.commits[repository.branches["main"]])[HUB_COMMITS].id
        pinned = made.record(revision=recent)
        assert [role for role in pinned.documents if role.startswith("main")] == ["main.0", "main.1"]
        assert "main" not in pinned.lacking, "the commit was found; the rest of the history says no more"
        assert "main" in made.record(revision=first).lacking


def test_parts_that_cannot_be_had_are_called_lacking(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        made.server.state.misbehave(
            Fault("status", "/refs", value=500), Fault("status", "/overview", value=400)
        )
        answer = made.record()
        assert answer.served
        assert sorted(answer.lacking) == ["organization", "refs"]
        assert answer.lacking["refs"].endswith("does not serve it now: status 500")


def test_what_the_hub_does_not_show(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        state = made.server.state
        for repository in (
            Repository("acme/private", private=True),
            Repository("acme/disabled", disabled=True),
            Repository("acme/gated", gated="manual"),
        ):
            state.add(repository).commit({"a": b"a"})
        answers = [
            made.record("acme/absent"),
            made.record("acme/private"),
            made.record("acme/disabled"),
            made.record(revision="nope"),
            made.record("acme/gated"),
        ]
        assert rows(answers) == [
            (False, "access", "not-found"),
            (False, "access", "not-found"),
            (False, "access", "disabled"),
            (False, "access", "revision-not-found"),
            (True, None, None),
        ]
        assert all(answer.detail and answer.action for answer in answers[:4])
        state.misbehave(
            Fault("status", "/api/models/acme/tiny", value=403, headers={"X-Error-Code": "GatedRepo"})
        )
        assert rows([made.record()]) == [(False, "access", "gated")]


def test_a_tree_that_cannot_be_had_makes_the_record_unserved(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        made.server.state.misbehave(
            Fault("status", "/tree/", value=403, headers={"X-Error-Code": "GatedRepo"})
        )
        answer = made.record()
        assert rows([answer]) == [(False, "access", "gated")]
        assert "info" in answer.documents


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<html>", "names no repository"),
        (b"[1]", "names no repository"),
        (b"[" * 100_000, "names no repository"),
        (b'{"id": "../x", "sha": "' + b"0" * 40 + b'"}', "names no repository"),
        (b'{"id": "a/b/../c", "sha": "' + b"0" * 40 + b'"}', "names no repository"),
        (b'{"id": "acme/tiny", "sha": 1}', "names no commit"),
        (b'{"id": "acme/tiny", "sha": "main"}', "names no commit"),
    ],
)
def test_information_that_is_none(tmp_path: Path, body: bytes, says: str) -> None:
    with desk(tmp_path) as made:
        made.server.state.misbehave(Fault("body", "/api/models/acme/tiny", body=body))
        answer = made.record()
        assert rows([answer]) == [(False, "unreadable", None)]
        assert says in answer.detail


def test_a_listing_without_end(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        made.server.state.misbehave(Fault("endless", "/tree/"), Fault("endless", "/commits/"))
        answer = made.record()
        assert answer.served
        assert len(made.server.asked("/tree/")) == HUB_TREE_PAGES
        assert "more than 200 pages" in answer.lacking["tree"]
        assert len(made.server.asked("/commits/")) == HUB_COMMIT_PAGES
        assert "more than 3 pages" in answer.lacking["commits"]


@pytest.mark.parametrize("link", ["?cursor=a", "http://127.0.0.1:9/elsewhere?cursor=a"])
def test_a_listing_that_leads_back_or_elsewhere(tmp_path: Path, link: str) -> None:
    with desk(tmp_path) as made:
        headers = {"Link": f'<{link}>; rel="next"'}
        made.server.state.misbehave(Fault("body", "/tree/", body=b"[]", headers=headers))
        answer = made.record()
        assert "back to one that was there before" in answer.lacking["tree"]
        first, second = made.server.asked("/tree/")
        assert second.target == first.target.partition("?")[0] + "?cursor=a"


@pytest.mark.parametrize("name", ["acme/..", "../acme", "acme/.", "acme/a/b", "acme/a?b", ".", ""])
def test_a_name_that_leads_elsewhere_cannot_be_asked_for(name: str) -> None:
    with pytest.raises(ValidationError):
        HubRecordRequest(repo_type="model", repo_id=name)
