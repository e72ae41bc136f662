"""The partial clone itself: budgets, what is left behind, and object names of 64 digits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scanner.collect.clone import Absent, Clone
from scanner.collect.errors import CollectError
from scanner.collect.repository import Repository
from scanner.collect.wish import Patience, Remote
from scanner.domain import Cause
from tests.servers.git import TOKEN, GitServer
from tests.support import Repo

LIMIT = 100_000


def remote(git: GitServer, patience: Patience = Patience()) -> Remote:  # noqa: B008 - immutable
    return Remote(git.url, "http://127.0.0.1:9", "acme/shop", TOKEN, patience=patience)


def test_a_change_that_is_too_large_is_fetched_in_parts(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "base")
    sizes = {"f0": 40_000, "f1": 40_000, "f2": 40_000, "f3": 40_000, "f4": 40_000, "big": 200_000}
    files: dict[str | bytes, bytes] = {name: os.urandom(size) for name, size in sizes.items()}
    head = repo.commit(files)
    oids = {name: repo.git("rev-parse", f"HEAD:{name}") for name in sizes}
    with GitServer(tmp_path / "served") as git:
        git.publish("acme/shop", repo.path / ".git")
        clone = Clone(tmp_path / "clone", remote(git), limit=LIMIT)
        clone.commits([head])
        failed = clone.blobs(oids.values())
    assert list(failed) == [oids["big"]]
    assert failed[oids["big"]].cause is Cause.BUDGET
    assert str(LIMIT) in failed[oids["big"]].detail
    with Repository(clone.path) as repository:
        assert repository.missing(oids.values()) == [oids["big"]]
    assert list(clone.path.rglob("tmp_*")) == []


def test_what_git_notes_in_the_clone_does_not_stay(tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "base")
    head = repo.commit({"a": b"a"})
    with GitServer(tmp_path / "served") as git:
        git.publish("acme/shop", repo.path / ".git")
        clone = Clone(tmp_path / "clone", remote(git))
        before = (clone.path / "config").read_text()
        clone.commits([head])
        assert clone.named("main") == clone.named("HEAD") == head
        with pytest.raises(Absent):
            clone.named("no-such-branch")
    assert (clone.path / "config").read_text() == before
    assert "remote" not in before
    assert not (clone.path / "FETCH_HEAD").exists()


@pytest.mark.parametrize("name", ["-x", "a..b", "a b", "a:b", "+a", "a\nb", "", "ext::sh", "é"])
def test_no_name_of_a_commit_becomes_an_option_or_a_refspec(tmp_path: Path, name: str) -> None:
    with GitServer(tmp_path / "served") as git:
        with pytest.raises(CollectError, match="no name of a commit"):
            Clone(tmp_path / "clone", remote(git)).named(name)
        assert git.asked == []


def test_only_http_is_fetched_from(tmp_path: Path) -> None:
    for url in ("ext::sh -c false", "file:///tmp", "ssh://host"):
        with pytest.raises(CollectError, match="use https"):
            Clone(tmp_path / "clone", Remote(url, url, "acme/shop"))


def test_a_server_that_stalls_is_given_up(tmp_path: Path) -> None:
    with GitServer(tmp_path / "served") as git:
        git.stalls = True
        clone = Clone(tmp_path / "clone", remote(git, Patience(fetch=0.5)))
        with pytest.raises(CollectError, match=r"did not send within 0\.5 seconds"):
            clone.commits(["1" * 40])


def test_a_repository_with_sha256_object_names(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    repo = Repo(tmp_path / "base")
    repo.git("init", "--quiet", "--initial-branch=main", "--object-format=sha256")
    head = repo.commit({"a": b"a"})
    with GitServer(tmp_path / "served") as git:
        git.publish("acme/shop", repo.path / ".git")
        Clone(tmp_path / "clone", remote(git), sha256=True).commits([head])
        again = Clone(tmp_path / "clone", remote(git))
        assert again.blobs([repo.git("rev-parse", "HEAD:a")]) == {}
    with Repository(again.path) as repository:
        assert repository.commits([head]) == [head]
        assert repository.missing([repo.git("rev-parse", "HEAD:a")]) == []
