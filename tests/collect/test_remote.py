"""collect on a runner: no checkout, objects fetched from a real git server, each kind of event."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.collect.errors import CollectError
from scanner.domain import Cause
from scanner.evidence import WHOLE, Evidence, Manifest
from scanner.exchange import BlobRequest
from tests.collect.forge import NAME, ZERO, Forge, by_path, pull_request
from tests.servers.git import BASIC, TOKEN, GitServer
from tests.servers.github import Fault
from tests.servers.github_state import Token
from tests.support import ROOT, Repo, modelward

PICKLE = b"\x80\x04N."


def change(served: Forge) -> tuple[str, str]:
    """A base, and a branch that adds a model and edits a file; returns both ends."""
    base = served.repo.commit({"start": b"s", "kept": b"k", "edited": b"1\n2\n", "docs/a": b"a"})
    served.repo.branch("change")
    head = served.repo.commit({"m.pkl": PICKLE, "edited": b"1\nnew\n2\n"})
    served.merge_base(base, head, base)
    return base, head


def expect_change(evidence: Path, manifest: Manifest, base: str, head: str) -> None:
    """The evidence of :func:`change`, wherever it was collected."""
    found = (manifest.change.repository, manifest.change.base, manifest.change.merge_base)
    assert found == (NAME, base, base)
    assert manifest.change.head == head
    paths = by_path(manifest)
    assert {path: changed.change for path, changed in paths.items()} == {
        "edited": "modified",
        "m.pkl": "added",
    }
    assert paths["edited"].added_lines == [(2, 1)]
    assert paths["m.pkl"].new is not None
    assert Evidence.open(evidence).read(paths["m.pkl"].new.key, WHOLE) == PICKLE
    assert manifest.base_missing is None


def test_a_pull_request_needs_no_checkout_and_two_transfers(served: Forge, tmp_path: Path) -> None:
    base, head = change(served)
    evidence = tmp_path / "evidence"
    env = served.environment("pull_request", pull_request(base, head), INPUT_SBOM="never")
    manifest = served.collect(env, evidence)
    expect_change(evidence, manifest, base, head)
    assert manifest.event.model_dump() == {"name": "pull_request", "pull_request": 7, "fork": False}
    assert manifest.inputs.sbom == "never"
    changed = [
        served.repo.git("rev-parse", f"{rev}:{path}")
        for rev, path in (("main", "edited"), ("change", "edited"), ("change", "m.pkl"))
    ]
    assert served.git.fetches == [sorted([base, head]), sorted(changed)]
    entries = {entry.path: entry.size for entry in Evidence.open(evidence).tree(manifest.head_tree)}
    assert entries == dict.fromkeys(["docs/a", "edited", "kept", "m.pkl", "start"])
    assert served.api.operations == ["repos/compare-commits-with-basehead"]


@pytest.mark.parametrize("name", ["pull_request_target", "merge_group", "push"])
def test_every_event_with_a_base_is_a_change(served: Forge, tmp_path: Path, name: str) -> None:
    base, head = change(served)
    payload = {
        "pull_request_target": pull_request(base, head, "mallory/shop"),
        "merge_group": {"merge_group": {"base_sha": base, "head_sha": head}},
        "push": {"before": base, "after": head, "repository": {"default_branch": "main"}},
    }[name]
    manifest = served.collect(served.environment(name, payload), tmp_path / "evidence")
    expect_change(tmp_path / "evidence", manifest, base, head)
    assert manifest.event.name == name
    assert manifest.event.fork is (name == "pull_request_target")


@pytest.mark.parametrize("name", ["schedule", "workflow_dispatch", "release"])
def test_every_event_without_a_base_is_a_whole_tree(served: Forge, tmp_path: Path, name: str) -> None:
    served.repo.commit({"a.pkl": PICKLE, "docs/b": b"b", ".github/modelward.yml": b"fail-on-severity: low\n"})
    head = served.repo.commit({"c": b"c"})
    payload = {"release": {"tag_name": "v1", "id": 5}}
    env = served.environment(name, payload, GITHUB_SHA=head)
    evidence = tmp_path / "evidence"
    manifest = served.collect(env, evidence)
    assert (manifest.change.mode, manifest.change.base, manifest.change.head) == ("all", None, head)
    assert set(by_path(manifest)) == {"a.pkl", "docs/b", "c", ".github/modelward.yml"}
    assert all(changed.new and Evidence.open(evidence).object(changed.new.key) for changed in manifest.paths)
    assert manifest.config.source == "head"
    assert served.api.operations == []


def test_a_fork_is_fetched_from_the_base_repository(served: Forge, tmp_path: Path) -> None:
    base = served.repo.commit({"start": b"s", "edited": b"1\n2\n"})
    served.repo.git("clone", "--quiet", str(served.repo.path), str(tmp_path / "fork"))
    fork = Repo(tmp_path / "fork")
    head = fork.commit({"m.pkl": PICKLE, "edited": b"1\nnew\n2\n"})
    served.repo.git("fetch", "--quiet", str(fork.path), f"{head}:refs/pull/7/head")
    served.merge_base(base, head, base)
    env = served.environment("pull_request", pull_request(base, head, "mallory/shop"))
    manifest = served.collect(env, tmp_path / "evidence")
    expect_change(tmp_path / "evidence", manifest, base, head)
    assert manifest.event.fork is True
    assert {asked.target.split(".git/")[0] for asked in served.git.asked} == {f"/{NAME}"}


def test_an_old_server_shows_the_head_of_a_pull_request_by_its_reference(
    served: Forge, tmp_path: Path
) -> None:
    base, head = change(served)
    served.repo.git("update-ref", "refs/pull/7/head", head)
    served.repo.git("checkout", "--quiet", "main")
    served.repo.git("branch", "-D", "change")
    other = served.repo.git("commit-tree", "-m", "x", f"{head}^{{tree}}")
    served.git.old = True
    served.git.settings["uploadpack.allowAnySHA1InWant"] = "false"
    served.merge_base(base, other, base)
    manifest = served.collect(
        served.environment("pull_request", pull_request(base, head)), tmp_path / "evidence"
    )
    assert (manifest.change.head, set(by_path(manifest))) == (head, {"m.pkl", "edited"})
    assert {answer.cause for answer in manifest.answers} == {Cause.ACCESS}
    assert "does not serve it by its object id" in manifest.answers[0].detail
    with pytest.raises(CollectError, match="run again on the newest"):
        served.collect(served.environment("pull_request", pull_request(base, other)), tmp_path / "stale")


def test_the_merge_base_and_the_configuration_of_a_base_that_went_on(served: Forge, tmp_path: Path) -> None:
    common = served.repo.commit({"start": b"s"})
    served.repo.branch("change")
    head = served.repo.commit({"mine": b"m", ".github/modelward.yml": b"fail-on-severity: never\n"})
    served.repo.git("checkout", "--quiet", "main")
    base = served.repo.commit({"theirs": b"t", ".github/modelward.yml": b"fail-on-severity: low\n"})
    served.merge_base(base, head, common)
    evidence = tmp_path / "evidence"
    manifest = served.collect(served.environment("pull_request", pull_request(base, head)), evidence)
    assert (manifest.change.base, manifest.change.merge_base) == (base, common)
    assert set(by_path(manifest)) == {"mine", ".github/modelward.yml"}
    assert manifest.config.source == "base"
    assert Evidence.open(evidence).read(manifest.config.key, WHOLE) == b"fail-on-severity: low\n"


def push(before: str, after: str) -> dict[str, object]:
    return {"before": before, "after": after, "repository": {"default_branch": "main"}}


def test_a_new_branch_is_compared_with_the_default_branch(served: Forge, tmp_path: Path) -> None:
    base, head = change(served)
    served.repo.git("checkout", "--quiet", "main")  # HEAD is the default branch, as on a forge
    manifest = served.collect(served.environment("push", push(ZERO, head)), tmp_path / "evidence")
    expect_change(tmp_path / "evidence", manifest, base, head)


def test_a_force_push_whose_before_is_gone_is_compared_with_the_default_branch(
    served: Forge, tmp_path: Path
) -> None:
    base, head = change(served)
    served.repo.git("checkout", "--quiet", "main")
    manifest = served.collect(served.environment("push", push("9" * 40, head)), tmp_path / "evidence")
    expect_change(tmp_path / "evidence", manifest, base, head)


@pytest.mark.parametrize("before", [ZERO, "9" * 40])
def test_the_default_branch_itself_without_a_known_before_is_a_whole_tree(
    served: Forge, tmp_path: Path, before: str
) -> None:
    head = served.repo.commit({"a": b"a", "b": b"b"})
    manifest = served.collect(served.environment("push", push(before, head)), tmp_path / "evidence")
    assert set(by_path(manifest)) == {"a", "b"}
    assert (manifest.change.base, manifest.base_missing) == (None, None)
    assert bool(manifest.warnings) is (before != ZERO)


def test_what_has_no_common_base_is_looked_at_whole_and_said(served: Forge, tmp_path: Path) -> None:
    base = served.repo.commit({"start": b"s"})
    served.repo.git("checkout", "--quiet", "--orphan", "island")
    head = served.repo.commit({"m": b"m"})
    unrelated = served.collect(
        served.environment("pull_request", pull_request(base, head)), tmp_path / "unrelated"
    )
    assert unrelated.base_missing is not None
    assert "share no history" in unrelated.base_missing
    gone = served.collect(served.environment("pull_request", pull_request("9" * 40, head)), tmp_path / "gone")
    assert gone.base_missing is not None
    assert "not a commit of acme/shop" in gone.base_missing
    assert set(by_path(unrelated)) == set(by_path(gone)) == {"m", "start"}


def test_options_win_over_the_event(served: Forge, tmp_path: Path) -> None:
    base, head = change(served)
    env = served.environment("pull_request", pull_request("9" * 40, "9" * 40))
    for number, options in enumerate(
        (["--base", base, "--head", head], ["--base", "main", "--head", "change"])
    ):
        evidence = tmp_path / f"evidence{number}"
        ran = modelward("collect", *options, "--evidence", evidence, env=env)
        assert ran.status == 0, ran.err
        expect_change(evidence, Evidence.open(evidence).manifest, base, head)
    whole = tmp_path / "whole"
    assert modelward("collect", "--all", "--head", head, "--evidence", whole, env=env).status == 0
    assert len(Evidence.open(whole).manifest.paths) == 5
    asked = len(served.git.asked)
    clone = tmp_path / "clone"
    ran = modelward(
        "collect", "--repo", served.repo.path, "--base", base, "--head", head, "--evidence", clone, env=env
    )
    assert ran.status == 0, ran.err
    expect_change(clone, Evidence.open(clone).manifest, base, head)
    assert len(served.git.asked) == asked


def test_the_second_half_of_a_pair_and_bad_inputs_are_refused(served: Forge, tmp_path: Path) -> None:
    env = served.environment("workflow_run", {"workflow_run": {"head_sha": "1" * 40}})
    ran = modelward("collect", "--evidence", tmp_path / "e", env=env)
    assert ran.status == 2
    assert "only publish here" in ran.err
    bad = served.environment("schedule", {}, GITHUB_SHA="1" * 40, INPUT_SBOM="perhaps")
    ran = modelward("collect", "--evidence", tmp_path / "e", env=bad)
    assert ran.status == 2
    assert "input sbom" in ran.err
    ran = modelward("collect", "--evidence", tmp_path / "e", env={"GITHUB_EVENT_NAME": "fork"})
    assert ran.status == 2
    assert "'fork' is not supported" in ran.err


def leaked(folder: Path, *secrets: bytes) -> list[Path]:
    """Files that hold one of the secrets."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if any(secret in path.read_bytes() for secret in secrets)]


def test_a_later_round_in_another_process_fetches_only_what_is_asked(served: Forge, tmp_path: Path) -> None:
    base, head = change(served)
    evidence, requests = tmp_path / "evidence", tmp_path / "requests.json"
    env = served.environment("pull_request", pull_request(base, head))
    first = modelward("collect", "--evidence", evidence, env=env)
    assert (first.status, first.out) == (0, "")
    kept, docs = (served.repo.git("rev-parse", f"change:{path}") for path in ("kept", "docs/a"))
    model = served.repo.git("rev-parse", "change:m.pkl")
    before = len(served.git.fetches)
    asked = ", ".join(f'{{"kind": "blob", "oid": "{oid}"}}' for oid in (kept, docs, model))
    requests.write_text(f'{{"requests": [{asked}]}}')
    second = modelward("collect", "--evidence", evidence, "--requests", requests, env=env)
    assert second.status == 0, second.err
    assert served.git.fetches[before:] == [sorted([kept, docs])]
    opened = Evidence.open(evidence)
    assert [answer.served for answer in opened.manifest.answers] == [True] * 3
    assert opened.read(f"git:{kept}", WHOLE) == b"k"
    secrets = (TOKEN.encode(), BASIC.encode(), base64.b64encode(TOKEN.encode()), BASIC.split()[1].encode())
    assert leaked(evidence, *secrets) == []
    assert not any(secret.decode() in first.err + second.err for secret in secrets)
    assert {asked.headers.get("authorization") for asked in served.git.asked} == {BASIC}


def test_a_blob_of_neither_tree_is_not_even_asked_for(served: Forge, tmp_path: Path) -> None:
    served.repo.commit({"secret": b"only in history"})
    secret = served.repo.git("rev-parse", "HEAD:secret")
    (served.repo.path / "secret").unlink()
    base, head = change(served)
    env = served.environment("pull_request", pull_request(base, head))
    served.collect(env, tmp_path / "evidence")
    before = len(served.git.asked)
    manifest = served.answer(env, tmp_path / "evidence", [BlobRequest(oid=secret)])
    assert [answer.served for answer in manifest.answers] == [False]
    assert "neither the base nor the head" in manifest.answers[0].detail
    assert len(served.git.asked) == before


def test_redirects_are_not_followed(served: Forge, tmp_path: Path) -> None:
    base, head = change(served)
    env = served.environment("pull_request", pull_request(base, head))
    with GitServer(tmp_path / "other") as other:
        served.git.redirect = other.url
        with pytest.raises(CollectError, match=r"fetching from .* failed"):
            served.collect(env, tmp_path / "evidence")
        assert other.asked == []


def test_a_server_that_refuses_or_says_nothing_is_one_clear_line(served: Forge, tmp_path: Path) -> None:
    base, head = change(served)
    env = served.environment("pull_request", pull_request(base, head))
    served.git.token = "Basic other"
    with pytest.raises(CollectError, match="contents: read"):
        served.collect(env, tmp_path / "e1")
    served.git.token = BASIC
    served.api.tokens["ghs_test"] = Token(grants={})
    with pytest.raises(CollectError, match=r"merge base is not known.*contents: read"):
        served.collect(env, tmp_path / "e2")
    served.api.tokens["ghs_test"] = Token()
    served.api.fail("repos/compare-commits-with-basehead", Fault(502), Fault(503))
    with pytest.raises(CollectError, match="status 503; run again"):
        served.collect(env, tmp_path / "e3")
    served.api.fail("repos/compare-commits-with-basehead", Fault(502))
    served.collect(env, tmp_path / "e4")


def test_a_blob_that_cannot_be_fetched_is_said_of_its_file(served: Forge, tmp_path: Path) -> None:
    base, head = change(served)
    oid = served.repo.git("rev-parse", "change:m.pkl")
    (served.repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    evidence = tmp_path / "evidence"
    manifest = served.collect(served.environment("pull_request", pull_request(base, head)), evidence)
    answers = {
        answer.request.oid: answer for answer in manifest.answers if isinstance(answer.request, BlobRequest)
    }
    assert oid in answers
    assert not answers[oid].served
    ran = modelward("scan", "--evidence", evidence, output=tmp_path / "report")
    assert ran.status == 0, ran.err
    (gap,) = [gap for gap in ran.report["incomplete"] if gap["subject"] == "m.pkl"]
    assert gap["detail"] == answers[oid].detail
    assert ran.report["verdict"] == "incomplete"


def test_a_desk_loads_no_http_client() -> None:
    modules = "scanner.collect.collector, scanner.rounds, scanner.cli"
    check = f"import sys, {modules}; sys.exit(bool({{'requests', 'urllib3', 'github'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0
