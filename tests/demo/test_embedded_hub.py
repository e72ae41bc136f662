"""The embedded Hub against the Hub's real client: what that reads of it is what is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.demo.hub.content import Content, given, sparse
from scanner.demo.hub.server import EmbeddedHub
from scanner.demo.hub.state import Account, Repository, rate_limited, tree_oid
from tests.support import Repo

WEIGHTS = bytes(range(256)) * 800
CONFIG = b'{"architectures": ["Tiny"]}'


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedHub]:
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    with EmbeddedHub() as made:
        repository = made.state.add(Repository("acme/tiny", card={"license": "mit"}, tags=["license:mit"]))
        repository.commit({"README.md": b"# tiny\n", ".gitattributes": b""}, "initial commit")
        repository.commit({"config.json": CONFIG, "pytorch_model.bin": WEIGHTS, "onnx/model.onnx": b"o"})
        repository.versions["v1"] = repository.branches["main"]
        repository.scans["pytorch_model.bin"] = {"pickleImportScan": "unsafe"}
        made.state.accounts["acme"] = Account("acme", verified=True)
        yield made
    from huggingface_hub import close_session

    close_session()


def client(hub: EmbeddedHub, token: str | bool = False) -> Any:
    from huggingface_hub import HfApi

    return HfApi(endpoint=hub.endpoint, token=token)


def head(hub: EmbeddedHub) -> str:
    return hub.state.repositories["model", "acme/tiny"].branches["main"]


def test_information(hub: EmbeddedHub) -> None:
    info = client(hub).model_info("acme/tiny", revision="v1", files_metadata=True, securityStatus=True)
    assert (info.id, info.sha, info.gated, info.private) == ("acme/tiny", head(hub), False, False)
    assert info.card_data.license == "mit"
    files = {each.rfilename: each for each in info.siblings}
    assert files["pytorch_model.bin"].lfs.sha256 == hashlib.sha256(WEIGHTS).hexdigest()
    assert files["config.json"].size == len(CONFIG)
    assert info.security_repo_status["filesWithIssues"] == [{"path": "pytorch_model.bin", "level": "unsafe"}]


def test_ids_are_those_that_git_computes(hub: EmbeddedHub, tmp_path: Path) -> None:
    repo = Repo.make(tmp_path / "git")
    content = given("pytorch_model.bin", WEIGHTS)
    files = {"README.md": b"# tiny\n", "a/b/x": b"1", "a.txt": b"2", "a/c": b"3", "w.bin": content.pointer}
    repo.commit({path: bytes(data) for path, data in files.items()})
    held = {path: given(path, data, large=False) for path, data in files.items()}
    assert repo.git("rev-parse", "HEAD^{tree}") == tree_oid(held)
    assert repo.git("rev-parse", "HEAD:w.bin") == content.oid
    repository = Repository("acme/git")
    oid = repository.commit(held, "the title", message="and more")
    commit = b"\n".join(
        [
            f"tree {tree_oid(held)}".encode(),
            b"author acme <> 1704110400 +0000\ncommitter acme <> 1704110400 +0000\n\nthe title\n\nand more",
        ]
    )
    assert repo.git("hash-object", "-t", "commit", "--stdin", stdin=commit) == oid


def test_tree_in_pages_with_scans_and_last_commits(hub: EmbeddedHub) -> None:
    repository = hub.state.repositories["model", "acme/tiny"]
    first = repository.history(repository.commits[head(hub)])[-1]
    repository.commit({f"many/{number:03}.txt": b"" for number in range(120)})
    rows = {row.path: row for row in client(hub).list_repo_tree("acme/tiny", recursive=True, expand=True)}
    assert len(rows) == 125 + 2
    assert len(hub.asked("/tree/")) == 3
    assert rows["README.md"].last_commit.oid == first.id
    assert rows["onnx"].last_commit.oid == repository.versions["v1"]
    assert rows["pytorch_model.bin"].security.pickle_import_scan["status"] == "unsafe"
    assert rows["config.json"].security.status == "safe"
    assert {row.path for row in client(hub).list_repo_tree("acme/tiny", "onnx")} == {"onnx/model.onnx"}
    assert "many" in {row.path for row in client(hub).list_repo_tree("acme/tiny")}


def test_commits_refs_and_paths(hub: EmbeddedHub) -> None:
    repository = hub.state.repositories["model", "acme/tiny"]
    for number in range(60):
        repository.commit({"n": str(number).encode()}, f"number {number}")
    pull = repository.commit({"evil.bin": b"x"}, branch="refs/pr/1")
    commits = client(hub).list_repo_commits("acme/tiny")
    assert [commits[0].commit_id, commits[0].title, len(commits)] == [head(hub), "number 59", 62]
    assert commits[-1].title == "initial commit"
    refs = client(hub).list_repo_refs("acme/tiny", include_pull_requests=True)
    assert [each.target_commit for each in refs.pull_requests] == [pull]
    assert [(each.name, each.ref) for each in refs.tags] == [("v1", "refs/tags/v1")]
    assert client(hub).model_info("acme/tiny", revision=pull).sha == pull
    found = client(hub).get_paths_info("acme/tiny", ["config.json", "absent"], expand=True)
    assert [each.path for each in found] == ["config.json"]


def test_owners(hub: EmbeddedHub) -> None:
    hub.state.accounts["jo"] = Account("jo", "user", created="2026-01-01T00:00:00.000Z")
    assert client(hub).get_organization_overview("acme").is_verified
    assert client(hub).get_user_overview("jo").createdAt.startswith("2026-01-01")


@pytest.mark.parametrize("cached", [False, True])
def test_downloads(hub: EmbeddedHub, tmp_path: Path, cached: bool) -> None:
    hub.state.cached_small_files = cached
    for path, data in (("config.json", CONFIG), ("pytorch_model.bin", WEIGHTS), ("onnx/model.onnx", b"o")):
        got = client(hub).hf_hub_download("acme/tiny", path, cache_dir=tmp_path)
        assert Path(got).read_bytes() == data
    assert [each.headers.get("authorization") for each in hub.asked(origin="storage")] == [None, None]


def test_ranges_of_a_file_that_is_not_there(hub: EmbeddedHub) -> None:
    from huggingface_hub import HfFileSystem

    size = 5_000_000_000
    hub.state.repositories["model", "acme/tiny"].commit({"huge.bin": sparse(size, {size - 4: b"tail"})})
    filesystem = HfFileSystem(endpoint=hub.endpoint, token=False, skip_instance_cache=True)
    with filesystem.open("acme/tiny/huge.bin", block_size=64) as stream:
        stream.seek(size - 6)
        assert stream.read() == b"\0\0tail"


@pytest.mark.parametrize("kind", ["dataset", "space", "kernel"])
def test_other_types(hub: EmbeddedHub, tmp_path: Path, kind: Any) -> None:
    oid = hub.state.add(Repository("acme/other", kind)).commit({"a.txt": b"a"})
    assert client(hub).repo_info("acme/other", repo_type=kind).sha == oid
    assert [each.path for each in client(hub).list_repo_tree("acme/other", repo_type=kind)] == ["a.txt"]
    got = client(hub).hf_hub_download("acme/other", "a.txt", repo_type=kind, cache_dir=tmp_path)
    assert Path(got).read_bytes() == b"a"


def test_what_is_refused(hub: EmbeddedHub, tmp_path: Path) -> None:
    from huggingface_hub import errors

    state = hub.state
    state.tokens["good"] = frozenset({"acme/private", "acme/gated"})
    state.tokens["other"] = frozenset()
    for repository in (
        Repository("acme/private", private=True),
        Repository("acme/gated", gated="auto"),
        Repository("acme/disabled", disabled=True),
    ):
        state.add(repository).commit({"a.txt": b"a"})
    state.renamed["model", "old/tiny"] = "acme/tiny"

    def fails(error: type[Exception], repo_id: str, token: str | bool = False, **options: Any) -> None:
        with pytest.raises(error):
            client(hub, token).model_info(repo_id, **options)

    fails(errors.RepositoryNotFoundError, "acme/absent")
    fails(errors.RepositoryNotFoundError, "acme/private")
    fails(errors.DisabledRepoError, "acme/disabled")
    fails(errors.RevisionNotFoundError, "acme/tiny", revision="nope")
    with pytest.raises(errors.HfHubHTTPError, match="Invalid credentials"):
        client(hub, "wrong").model_info("acme/tiny")
    assert client(hub, "good").model_info("acme/private").private
    assert client(hub).model_info("acme/gated").gated == "auto"
    assert client(hub).model_info("old/tiny").id == "acme/tiny"
    for token in (False, "other"):
        with pytest.raises(errors.GatedRepoError):
            client(hub, token).hf_hub_download("acme/gated", "a.txt", cache_dir=tmp_path)
    assert client(hub, "good").hf_hub_download("acme/gated", "a.txt", cache_dir=tmp_path)
    with pytest.raises(errors.EntryNotFoundError):
        client(hub).hf_hub_download("acme/tiny", "absent", cache_dir=tmp_path)
    state.misbehave(rate_limited("/api/", times=1))
    with pytest.raises(errors.HfHubHTTPError, match="Retry after 55 seconds"):
        client(hub).model_info("acme/tiny")


def test_sparse_content_is_what_was_described() -> None:
    content: Content = sparse(10, {0: b"ab", 7: b"xyz"})
    assert content.read(0, 99) == b"ab\0\0\0\0\0xyz"
    assert [content.read(1, 7), b"".join(content.chunks(8, 2))] == [b"b\0\0\0\0\0x", b"yz"]
