"""collect, on real repositories: what is in the evidence, and what never gets in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from scanner.collect.collector import Collector
from scanner.collect.errors import CollectError
from scanner.collect.limits import PATCHED
from scanner.collect.wish import Wish
from scanner.evidence import EDGE, WHOLE, ChangedPath, Evidence, Manifest
from scanner.exchange import BlobRequest, LfsRequest
from tests.support import Repo


def collect(repo: Repo, folder: Path, **wish: object) -> Manifest:
    folder.mkdir(exist_ok=True)
    with Collector(folder, Wish(repository=repo.path, **wish)) as collector:  # type: ignore[arg-type]
        return collector.collect()


def by_path(manifest: Manifest) -> dict[str, ChangedPath]:
    return {path.path: path for path in manifest.paths}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo.make(tmp_path / "repo")


def test_every_kind_of_change_is_told_apart(repo: Repo, tmp_path: Path) -> None:
    repo.commit(
        {"kept": b"k", "edited": b"1\n2\n3\n", "moved": b"same", "gone": b"g", "mode": b"#!", "link": b"x"}
    )
    repo.branch("change")
    (repo.path / "moved").rename(repo.path / "moved here")
    (repo.path / "gone").unlink()
    (repo.path / "mode").chmod(0o755)
    (repo.path / "link").unlink()
    (repo.path / "link").symlink_to("kept")
    repo.commit({"edited": b"1\nnew\n3\nand\nmore\n", "empty": b"", "added": b"a\nb\n"})
    manifest = collect(repo, tmp_path / "evidence", base="main")
    paths = by_path(manifest)
    assert {path: changed.change for path, changed in paths.items()} == {
        "added": "added",
        "edited": "modified",
        "empty": "added",
        "gone": "removed",
        "link": "modified",
        "mode": "modified",
        "moved here": "renamed",
    }
    assert paths["moved here"].previous_path == "moved"
    assert paths["edited"].added_lines == [(2, 1), (4, 2)]
    assert paths["added"].added_lines == [(1, 2)]
    assert paths["empty"].added_lines == []
    assert paths["link"].added_lines is None
    assert paths["link"].new is not None
    assert paths["link"].new.mode == "120000"
    assert paths["mode"].old is not None
    assert paths["mode"].new is not None
    assert (paths["mode"].old.mode, paths["mode"].new.mode) == ("100644", "100755")
    assert paths["empty"].new is not None
    assert paths["empty"].new.size == 0


AWKWARD = [
    b"with space.pkl",
    b'quo"te.pkl',
    b"line\nbreak.pkl",
    b"tab\tand\\backslash.pkl",
    b"caf\xe9.pkl",
    "right\u202eto-left.pkl".encode(),
    b"-rf.pkl",
    b"diff --git a b.pkl",
    b"@@ -1 +1 @@.pkl",
    b":(glob)x.pkl",
]


def changed_lines(path: str) -> int:
    return 2 if "\n" in path else 1


def test_awkward_paths_are_kept_and_told_apart(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"start": b""})
    repo.branch("change")
    repo.commit({name: b"content of " + name + b"\n" for name in AWKWARD})
    folder = tmp_path / "evidence"
    manifest = collect(repo, folder, base="main")
    evidence = Evidence.open(folder)
    contents = {
        changed.path: evidence.read(changed.new.key, WHOLE) for changed in manifest.paths if changed.new
    }
    assert sorted(filter(None, contents.values())) == sorted(
        b"content of " + name + b"\n" for name in AWKWARD
    )
    assert "caf\\xe9.pkl" in contents
    assert 'quo"te.pkl' in contents
    assert "line\nbreak.pkl" in contents
    assert {entry.path for entry in evidence.tree(manifest.head_tree)} == {*contents, "start"}
    assert all(changed.added_lines == [(1, changed_lines(changed.path))] for changed in manifest.paths)


def test_content_that_looks_like_a_patch_adds_no_lines_elsewhere(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": b"", "b": b""})
    repo.branch("change")
    forged = b"x\ndiff --git a/b b/b\n@@ -0,0 +1,900 @@\n+y\n" + b"-" * 100_000 + b"\n@@ -1 +7 @@\n"
    repo.commit({"a": forged, "b": b"one\n"})
    paths = by_path(collect(repo, tmp_path / "evidence", base="main"))
    assert paths["a"].added_lines == [(1, forged.count(b"\n"))]
    assert paths["b"].added_lines == [(1, 1)]


def test_a_large_modified_file_leaves_the_lines_of_others_known(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": b"1\n", "large*?": b"x" * (PATCHED + 1), "z": b"1\n"})
    repo.branch("change")
    repo.commit({"a": b"1\n2\n", "large*?": b"y" * (PATCHED + 1), "z": b"0\n1\n"})
    paths = by_path(collect(repo, tmp_path / "evidence", base="main"))
    assert {name: path.added_lines for name, path in paths.items()} == {
        "a": [(2, 1)],
        "large*?": None,
        "z": [(1, 1)],
    }


def test_a_large_object_is_first_taken_by_its_ends_and_completed_on_request(
    repo: Repo, tmp_path: Path
) -> None:
    content = os.urandom(WHOLE + 3 * EDGE)
    repo.commit({"start": b""})
    repo.branch("change")
    repo.commit({"big.bin": content})
    folder = tmp_path / "evidence"
    with_collector = Wish(repository=repo.path, base="main")
    folder.mkdir()
    with Collector(folder, with_collector) as collector:
        manifest = collector.collect()
        side = by_path(manifest)["big.bin"].new
        assert side is not None
        evidence = Evidence.open(folder)
        stored = evidence.object(side.key)
        assert stored is not None
        assert stored.extents == [(0, EDGE), (len(content) - EDGE, EDGE)]
        assert stored.sha256 == hashlib.sha256(content).hexdigest()
        assert stored.sha512 == hashlib.sha512(content).hexdigest()
        assert evidence.read(side.key, 1 << 30) is None
        manifest = collector.answer(manifest, [BlobRequest(oid=side.oid, extents=[(EDGE, 10)])])
        middle = Evidence.open(folder).object(side.key)
        assert middle is not None
        assert middle.extents == [(0, EDGE + 10), (len(content) - EDGE, EDGE)]
        assert Evidence.open(folder).location(stored.key).read_bytes()[: EDGE + 10] == content[: EDGE + 10]
    with Collector(folder, with_collector) as later:
        later.resume(manifest)
        manifest = later.answer(manifest, [BlobRequest(oid=side.oid)])
    assert Evidence.open(folder).read(side.key, 1 << 30) == content
    assert [answer.served for answer in manifest.answers] == [True, True]


def test_a_blob_outside_both_trees_is_not_served(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"secret": b"only in history"})
    secret = repo.git("rev-parse", "HEAD:secret")
    (repo.path / "secret").unlink()
    repo.commit({"start": b""})
    repo.branch("change")
    repo.commit({"a": b"a"})
    folder = tmp_path / "evidence"
    folder.mkdir()
    with Collector(folder, Wish(repository=repo.path, base="main")) as collector:
        manifest = collector.collect()
        request = BlobRequest(oid=secret)
        manifest = collector.answer(manifest, [request, request])
        manifest = collector.answer(manifest, [request])
    (answer,) = manifest.answers
    assert not answer.served
    assert "neither the base nor the head" in answer.detail
    assert not (folder / "objects" / f"git-{secret}").exists()


def test_lfs_objects_come_from_the_clone_and_only_with_their_digest(repo: Repo, tmp_path: Path) -> None:
    good, bad = b"the real weights", b"other bytes"
    digest = hashlib.sha256(good).hexdigest()
    claimed = hashlib.sha256(b"never stored").hexdigest()
    for name, content in ((digest, good), (claimed, bad)):
        path = repo.path / ".git/lfs/objects" / name[:2] / name[2:4] / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    repo.commit({"start": b""})
    folder = tmp_path / "evidence"
    folder.mkdir()
    missing = hashlib.sha256(b"missing").hexdigest()
    with Collector(folder, Wish(repository=repo.path, mode="all")) as collector:
        manifest = collector.collect()
        asked = [LfsRequest(sha256=name, size=1) for name in (digest, claimed, missing)]
        manifest = collector.answer(manifest, asked)
    assert [answer.served for answer in manifest.answers] == [True, False, False]
    assert "declared SHA-256" in manifest.answers[1].detail
    assert "git lfs pull" in manifest.answers[2].action
    evidence = Evidence.open(folder)
    assert evidence.read(f"lfs:{digest}", WHOLE) == good
    assert evidence.object(f"lfs:{claimed}") is None


def test_nothing_of_the_workspace_is_run_or_obeyed(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"start": b"", ".gitattributes": b"* diff=evil filter=evil\n", "edited": b"1\n"})
    repo.branch("change")
    repo.commit({"edited": b"2\n", "m.pkl": b"\x80\x04N."})
    marker = tmp_path / "it ran"
    evil = repo.path / ".git/evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch '{marker}'\ncat\n")
    evil.chmod(0o755)
    for key in (
        *("core.fsmonitor", "core.pager", "core.sshCommand", "uploadpack.packObjectsHook", "diff.external"),
        *("diff.evil.textconv", "diff.evil.command", "filter.evil.clean", "filter.evil.process"),
    ):
        repo.git("config", key, str(evil))
    repo.git("config", "core.hooksPath", str(repo.path / ".git"))
    repo.git("config", "core.quotePath", "false")
    (repo.path / "edited").write_bytes(b"3\n")  # makes git compare the content of the working tree
    manifest = collect(repo, tmp_path / "evidence", base="main")
    assert by_path(manifest)["edited"].added_lines == [(1, 1)]
    assert [item.path for item in manifest.uncommitted] == ["edited"]
    assert not marker.exists()


def test_a_missing_object_is_not_fetched(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"start": b""})
    repo.branch("change")
    repo.commit({"m.pkl": b"\x80\x04N."})
    oid = repo.git("rev-parse", "HEAD:m.pkl")
    (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    marker = tmp_path / "it was fetched"
    repo.git("config", "extensions.partialClone", "origin")
    repo.git("config", "remote.origin.promisor", "true")
    repo.git("config", "remote.origin.url", f"ext::sh -c 'touch {marker}'")
    repo.git("config", "protocol.ext.allow", "always")
    manifest = collect(repo, tmp_path / "evidence", base="main")
    side = by_path(manifest)["m.pkl"].new
    assert side is not None
    assert side.size is None
    assert Evidence.open(tmp_path / "evidence").object(side.key) is None
    assert not marker.exists()


def test_linked_working_trees_shallow_clones_and_sha256_repositories(tmp_path: Path) -> None:
    first = Repo.make(tmp_path / "first")
    for number in range(3):
        first.commit({"f": b"%d" % number})
    first.git("worktree", "add", "--quiet", "-b", "change", str(tmp_path / "linked"))
    linked = Repo(tmp_path / "linked")
    linked.commit({"m.pkl": b"\x80\x04N."})
    assert set(by_path(collect(linked, tmp_path / "e1", base="main"))) == {"m.pkl"}

    first.git(
        "clone", "--quiet", "--depth=2", "--branch=change", f"file://{first.path}", str(tmp_path / "shallow")
    )
    shallow = Repo(tmp_path / "shallow")
    assert set(by_path(collect(shallow, tmp_path / "e2", base="HEAD~1"))) == {"m.pkl"}
    cut = collect(shallow, tmp_path / "e3", base="HEAD~2")
    assert cut.base_missing is not None
    assert cut.change.merge_base is None

    (tmp_path / "long").mkdir()
    long = Repo(tmp_path / "long")
    long.git("init", "--quiet", "--initial-branch=main", "--object-format=sha256")
    long.commit({"start": b""})
    long.branch("change")
    long.commit({"m.pkl": b"\x80\x04N."})
    manifest = collect(long, tmp_path / "e4", base="main")
    assert len(manifest.change.head or "") == 64
    assert set(by_path(manifest)) == {"m.pkl"}


def test_a_base_that_is_not_an_ancestor_is_compared_through_the_merge_base(
    repo: Repo, tmp_path: Path
) -> None:
    common = repo.commit({"start": b""})
    repo.branch("change")
    repo.commit({"mine": b"m"})
    repo.git("checkout", "--quiet", "main")
    tip = repo.commit({"theirs": b"t", ".github/modelward.yml": b"fail-on-severity: low\n"})
    repo.git("checkout", "--quiet", "change")
    folder = tmp_path / "evidence"
    manifest = collect(repo, folder, base="main")
    assert (manifest.change.base, manifest.change.merge_base) == (tip, common)
    assert set(by_path(manifest)) == {"mine"}
    assert manifest.config.source == "base"
    assert Evidence.open(folder).read(manifest.config.key, WHOLE) == b"fail-on-severity: low\n"


def test_without_a_base_the_upstream_default_branch_is_taken(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"start": b""})
    with pytest.raises(CollectError, match="--all"):
        collect(repo, tmp_path / "e0")
    repo.git("clone", "--quiet", str(repo.path), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    clone.branch("change")
    clone.commit({"m": b"m"})
    assert set(by_path(collect(clone, tmp_path / "e1"))) == {"m"}


def test_unrelated_histories_and_unknown_bases_leave_the_whole_head(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"start": b""})
    repo.git("checkout", "--quiet", "--orphan", "island")
    repo.commit({"m": b"m"})
    for number, base in enumerate(("main", "0" * 40, "no-such-branch", "-rf", "a\nb")):
        manifest = collect(repo, tmp_path / f"e{number}", base=base)
        assert manifest.base_missing is not None
        assert repr(base) in manifest.base_missing
        assert set(by_path(manifest)) == {"m", "start"}


def test_the_index_is_read_as_a_tree_and_left_alone(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": b"1"})
    repo.write({"a": b"2", "staged.pkl": b"\x80\x04N."})
    repo.git("add", "staged.pkl")
    before = (repo.path / ".git/index").read_bytes()
    objects = sorted((repo.path / ".git/objects").rglob("*"))
    manifest = collect(repo, tmp_path / "evidence", mode="staged")
    assert set(by_path(manifest)) == {"staged.pkl"}
    assert manifest.change.head is None
    assert (repo.path / ".git/index").read_bytes() == before
    assert sorted((repo.path / ".git/objects").rglob("*")) == objects


def test_uncommitted_files_are_taken_without_following_links(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a": b"1", ".gitignore": b"ignored\n"})
    repo.write({"new.pkl": b"\x80\x04N.", "ignored": b"i"})
    (repo.path / "link.pkl").symlink_to("/etc/passwd")
    os.mkfifo(repo.path / "pipe.pkl")
    manifest = collect(repo, tmp_path / "evidence", mode="all")
    assert [item.path for item in manifest.uncommitted] == ["new.pkl"]


def test_what_cannot_be_collected_is_one_clear_error(repo: Repo, tmp_path: Path) -> None:
    with pytest.raises(CollectError, match="not in a git repository"):
        collect(Repo(tmp_path), tmp_path / "e0")
    with pytest.raises(CollectError, match="'HEAD' names no commit"):
        collect(repo, tmp_path / "e1", mode="all")
    repo.commit({"a": b""})
    with pytest.raises(CollectError, match="'nope' names no commit"):
        collect(repo, tmp_path / "e2", head="nope", base="main")


def test_a_submodule_has_no_bytes(repo: Repo, tmp_path: Path) -> None:
    inner = Repo.make(tmp_path / "inner")
    commit = inner.commit({"m.pkl": b"\x80\x04N."})
    repo.commit({"start": b""})
    repo.branch("change")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},vendored")
    repo.git("commit", "--quiet", "--message", "add")
    changed = by_path(collect(repo, tmp_path / "evidence", base="main"))["vendored"]
    assert changed.new is not None
    assert (changed.new.mode, changed.new.key, changed.new.oid) == ("160000", None, commit)


def test_a_tree_that_repeats_itself_is_not_followed_to_its_end(repo: Repo, tmp_path: Path) -> None:
    """Twenty-five objects that stand for 2^24 paths."""
    repo.commit({"start": b""})
    repo.branch("change")
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"x")
    tree = repo.git("mktree", stdin=f"100644 blob {blob}\ta\n100644 blob {blob}\tb\n".encode())
    for _ in range(23):
        tree = repo.git("mktree", stdin=f"040000 tree {tree}\ta\n040000 tree {tree}\tb\n".encode())
    repo.git("update-ref", "refs/heads/bomb", repo.git("commit-tree", "-p", "main", "-m", "bomb", tree))
    repo.git("repack", "-adq")
    for number, wish in enumerate(({"base": "main"}, {"mode": "all"})):
        with pytest.raises(CollectError, match=r"more than \d+"):
            collect(repo, tmp_path / f"e{number}", head="bomb", **wish)
