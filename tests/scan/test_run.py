"""``modelward run``, end to end on real repositories."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import resource
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scanner.demo.models import hostile_pickle, hostile_torch_legacy, safetensors
from tests.support import ENTRYPOINT, Repo, modelward, run

EVIL = hostile_pickle("echo hello")
LEGACY = hostile_torch_legacy("echo hello")
WEIGHTS = safetensors({"w": [1.0, 2.0]})
BENIGN = pickle.dumps({"w": [1, 2, 3]}, protocol=4)

LOCK = {
    "name": "x",
    "lockfileVersion": 3,
    "packages": {"": {"dependencies": {"left-pad": "1.3.0"}}, "node_modules/left-pad": {"version": "1.3.0"}},
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo.make(tmp_path / "repo")
    made.commit({"README.md": b"# x\n", "models/old.safetensors": WEIGHTS})
    made.branch("change")
    return made


def test_the_sample_of_the_design(repo: Repo, tmp_path: Path) -> None:
    """A pickle under an innocent name, a legacy torch file, weights, a link, and two kinds of software."""
    (repo.path / "model.bin").symlink_to("models/old.safetensors")
    repo.commit(
        {
            "notes.txt": EVIL,
            "ranker.pt": LEGACY,
            "head.safetensors": safetensors({"h": [3.0]}),
            "requirements.txt": b"requests==2.32.0\n",
            "package-lock.json": json.dumps(LOCK).encode(),
        }
    )
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert ran.status == 1, ran.err
    report = ran.report
    assert report["verdict"] == "fail"
    assert ran.artifact("notes.txt")["format"] == "pickle"
    assert "pickle-dangerous-import" in ran.rules("notes.txt")
    assert ran.artifact("ranker.pt")["format"] == "torch-legacy"
    assert "pickle-dangerous-import" in ran.rules("ranker.pt")
    good = ran.artifact("head.safetensors")
    assert (good["status"], good["coverage"], good["sha256_origin"]) == ("scanned", "full", "computed")
    assert ran.rules("head.safetensors") == set()
    assert ran.rules("model.bin") == {"symlink-not-followed"}
    assert ran.artifact("model.bin")["status"] == "skipped"
    assert ran.artifact("models/old.safetensors")["change"] == "unchanged"
    assert all(finding["new"] for finding in report["findings"])

    bom = json.loads((ran.output / "sbom.cdx.json").read_bytes())
    components = {component["name"]: component for component in bom["components"]}
    models = {name for name, component in components.items() if component["type"] == "machine-learning-model"}
    assert {"notes.txt", "ranker.pt", "head.safetensors", "old.safetensors"} <= {
        Path(name).name for name in models
    }
    assert {"pkg:pypi/requests@2.32.0", "pkg:npm/left-pad@1.3.0"} <= {
        component.get("purl") for component in bom["components"]
    }
    sarif = json.loads((ran.output / "results.sarif").read_bytes())
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} >= {"pickle-dangerous-import"}
    assert (ran.output / "comment.md").read_text().startswith("**Do not merge")
    assert "notes.txt" in ran.out
    assert json.loads((ran.output / "requests.json").read_bytes())["requests"] == []
    assert sorted(path.name for path in ran.output.iterdir()) == [
        ".gitignore", "comment.md", "report.json", "requests.json", "results.sarif", "sbom.cdx.json", "summary.md",
        "timings.json",
    ]  # fmt: skip

    again = run(repo, tmp_path / "again", "--base", "main")
    for name in (
        "report.json",
        "sbom.cdx.json",
        "results.sarif",
        "comment.md",
        "summary.md",
        "requests.json",
    ):
        assert (ran.output / name).read_bytes() == (again.output / name).read_bytes(), name


def test_a_change_without_models_passes_and_says_so(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"src/app.py": b"import os\n", "docs/c.md": b"(dp0\nhello\n."})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert (ran.status, ran.report["verdict"], ran.report["artifacts"]) == (0, "pass", [])
    assert ran.report["sbom"]["written"] is False
    assert not (ran.output / "sbom.cdx.json").exists()


def test_old_findings_are_told_from_new_ones(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"m.pkl": pickle.dumps(pickle.loads)})
    repo.branch("next")
    repo.commit({"m.pkl": pickle.dumps([pickle.loads, os.system]), "moved.pkl": BENIGN})
    ran = run(repo, tmp_path / "report", "--base", "change")
    new = {finding["symbol"]: finding["new"] for finding in ran.report["findings"]}
    assert new == {"_pickle.loads": False, "posix.system": True}
    changed = ran.artifact("m.pkl")
    assert changed["change"] == "modified"
    assert changed["previous_sha256"] == hashlib.sha256(pickle.dumps(pickle.loads)).hexdigest()
    assert ran.status == 1


def test_a_renamed_and_a_removed_model(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a.pkl": EVIL, "b.pkl": BENIGN})
    repo.branch("next")
    (repo.path / "a.pkl").rename(repo.path / "z.pkl")
    (repo.path / "b.pkl").unlink()
    repo.commit()
    ran = run(repo, tmp_path / "report", "--base", "change")
    moved, gone = ran.artifact("z.pkl"), ran.artifact("b.pkl")
    assert (moved["change"], moved["previous_path"]) == ("renamed", "a.pkl")
    assert (gone["change"], gone["status"]) == ("removed", "skipped")
    assert [finding["new"] for finding in ran.report["findings"]] == [False]
    assert ran.status == 1  # an old finding, but in a file that the change touches


def test_whole_tree_and_index(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"m.pkl": EVIL})
    everything = run(repo, tmp_path / "all", "--all")
    assert everything.status == 1
    assert [finding["new"] for finding in everything.report["findings"]] == [None]
    assert everything.artifact("models/old.safetensors")["status"] == "scanned"
    assert (tmp_path / "all/sbom.cdx.json").exists()
    repo.write({"staged.pkl": EVIL, "loose.pkl": EVIL, "loose.txt": b"text"})
    repo.git("add", "staged.pkl")
    staged = run(repo, tmp_path / "staged", "--staged")
    assert staged.status == 1
    assert [artifact["path"] for artifact in staged.report["artifacts"] if artifact["change"] == "added"] == [
        "staged.pkl"
    ]
    head = run(repo, tmp_path / "head", "--base", "HEAD")
    assert head.status == 0
    text = " ".join(head.report["warnings"])
    assert "uncommitted model files, which were not judged: 2 (loose.pkl, staged.pkl)" in text
    assert "--all" in text


def test_git_lfs_pointers_are_followed_into_the_clone_only(repo: Repo, tmp_path: Path) -> None:
    oid = hashlib.sha256(EVIL).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(EVIL)}\n".encode()
    repo.commit({"m.pkl": pointer})
    without = run(repo, tmp_path / "without", "--base", "main")
    assert (without.status, without.report["verdict"]) == (3, "incomplete")
    artifact = without.artifact("m.pkl")
    assert (artifact["source"], artifact["sha256"], artifact["sha256_origin"]) == ("lfs", oid, "declared")
    assert artifact["size"] == len(EVIL)
    (gap,) = without.report["incomplete"]
    assert (gap["cause"], gap["subject"]) == ("access", "m.pkl")
    assert "git lfs pull" in gap["action"]
    stored = repo.path / ".git/lfs/objects" / oid[:2] / oid[2:4] / oid
    stored.parent.mkdir(parents=True)
    stored.write_bytes(EVIL)
    present = run(repo, tmp_path / "present", "--base", "main")
    assert present.status == 1
    assert present.artifact("m.pkl")["sha256_origin"] == "computed"
    assert "pickle-dangerous-import" in present.rules("m.pkl")


def test_a_large_pickle_takes_a_second_round(repo: Repo, tmp_path: Path) -> None:
    filler = os.urandom(3 << 20)
    repo.commit({"big.pkl": pickle.dumps([filler, os.system], protocol=4)})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert ran.status == 1
    assert ran.artifact("big.pkl")["bytes_read"] > len(filler)


def test_exceptions_and_configuration_come_from_the_base(repo: Repo, tmp_path: Path) -> None:
    digest = hashlib.sha256(EVIL).hexdigest()
    exception = (
        "exceptions:\n"
        f"  - {{rule: pickle-dangerous-import, sha256: {digest}, reason: known, owner: me, expires: 9999-12-31}}\n"
    ).encode()
    repo.commit({"m.pkl": EVIL, ".github/modelward.yml": exception})
    on_head = run(repo, tmp_path / "head", "--base", "main")
    assert on_head.status == 1
    assert "policy-changed" in on_head.rules(".github/modelward.yml")
    repo.git("checkout", "--quiet", "main")
    repo.commit({".github/modelward.yml": exception})
    repo.branch("again")
    repo.commit({"m.pkl": EVIL})
    on_base = run(repo, tmp_path / "base", "--base", "main")
    assert on_base.status == 0, on_base.out
    (finding,) = on_base.report["findings"]
    assert finding["suppressed"]["owner"] == "me"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"fail-on-severty: high\n", 'modelward.yml:1:1: unknown key "fail-on-severty"'),
        (b"fail-on-severity: high\nrules:\n  pickle-dangerous-imprt: off\n", "pickle-dangerous-import"),
        (b"a: &a [x]\nb: [*a, *a]\n", "anchors are not allowed"),
        (b"\xff\xfe\x00", "modelward.yml:1"),
        (b"[" * 10_000, "modelward.yml:1"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_a_clear_error(
    repo: Repo, tmp_path: Path, text: bytes, said: str
) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({".github/modelward.yml": text})
    repo.branch("next")
    repo.commit({"m.pkl": BENIGN})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert ran.report["verdict"] == "incomplete"
    assert any(said in reason for reason in ran.report["reasons"])


def test_a_base_that_is_not_there_is_no_clean_report(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"m.safetensors": WEIGHTS})
    ran = run(repo, tmp_path / "report", "--base", "f" * 40)
    assert (ran.status, ran.report["verdict"]) == (3, "incomplete")
    assert ran.artifact("m.safetensors")["status"] == "scanned"
    assert "the base commit" in {gap["subject"] for gap in ran.report["incomplete"]}
    repo.commit({"m.pkl": EVIL})
    assert run(repo, tmp_path / "report", "--base", "f" * 40).status == 1


def test_no_git_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    ran = modelward("run", "--repo", folder, output=tmp_path / "report")
    assert ran.status == 2
    assert "not in a git repository" in ran.err
    assert ran.report["verdict"] == "incomplete"
    repo = Repo.make(tmp_path / "repo")
    repo.commit({"a": b""})
    empty = tmp_path / "bin"
    empty.mkdir()
    ran = run(repo, tmp_path / "report", "--all", env={"PATH": str(empty)})
    assert ran.status == 2
    assert "git was not found" in ran.err


def test_files_in_the_tree_cannot_steer_the_program(repo: Repo, tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    code = f"open({str(marker)!r}, 'w').close()\n".encode()
    hostile: dict[str | bytes, bytes] = {
        f"{name}.py": code
        for name in ("json", "sitecustomize", "usercustomize", "modelscan", "pydantic", "pickle")
    }
    hostile["modelscan-settings.toml"] = b"[unsafe_globals]\n"
    hostile[".syft.yaml"] = b"exclude: ['**']\nselect-catalogers: [none]\n"
    repo.commit({**hostile, "m.pkl": EVIL, "requirements.txt": b"requests==2.32.0\n"})
    ran = modelward(
        "run",
        "--base",
        "main",
        cwd=repo.path,
        output=tmp_path / "report",
        env={"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert ran.status == 1
    assert "pickle-dangerous-import" in ran.rules("m.pkl")
    assert b"pkg:pypi/requests@2.32.0" in (ran.output / "sbom.cdx.json").read_bytes()
    assert not marker.exists()


def test_a_file_that_kills_its_worker_is_told_and_spares_the_others(repo: Repo, tmp_path: Path) -> None:
    """A pickle that makes its reader hold far more than the worker may."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\0" * (256 << 20))
        archive.writestr("archive/version", b"3\n")
    repo.commit({"bomb.pt": bomb.getvalue(), "m.pkl": EVIL, "w.safetensors": WEIGHTS})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert ran.status == 1
    assert ran.artifact("bomb.pt")["status"] == "incomplete"
    assert "hostile" in {gap["cause"] for gap in ran.report["incomplete"] if gap["artifact"] == "git:bomb.pt"}
    assert ran.artifact("w.safetensors")["status"] == "scanned"
    assert "pickle-dangerous-import" in ran.rules("m.pkl")


def test_truncated_archives_are_incomplete(repo: Repo, tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("archive/data.pkl", BENIGN * 50)
    repo.commit({"cut.pt": whole.getvalue()[: len(whole.getvalue()) // 2]})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert (ran.status, ran.artifact("cut.pt")["status"]) == (3, "incomplete")


def test_a_full_disk_leaves_no_half_report(repo: Repo, tmp_path: Path) -> None:
    """A file size limit stands in for the full disk: writing fails in the middle of a document."""
    repo.commit({f"{number}.pkl": EVIL for number in range(40)})
    output = tmp_path / "report"
    assert run(repo, output, "--base", "main").status == 1
    done = subprocess.run(
        [
            sys.executable,
            str(ENTRYPOINT),
            "run",
            "--repo",
            str(repo.path),
            "--base",
            "main",
            "--output",
            str(output),
        ],
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
    )
    assert done.returncode == 4
    assert b"modelward: " in done.stderr
    assert b"Traceback" not in done.stderr
    left = {path.name for path in output.iterdir()}
    assert not any(name.startswith(".aside") for name in left)
    if "report.json" in left:
        assert json.loads((output / "report.json").read_bytes())["verdict"] == "incomplete"


def test_an_interrupted_run_leaves_no_report(repo: Repo, tmp_path: Path) -> None:
    """The signal comes while git is asked, which here is a program that waits for it."""
    repo.commit({"m.pkl": EVIL})
    git = tmp_path / "bin/git"
    git.parent.mkdir()
    git.write_text(f"#!/bin/sh\necho ready > '{tmp_path}/ready'\nexec sleep 60\n")
    git.chmod(0o755)
    os.mkfifo(tmp_path / "ready")
    output = tmp_path / "report"
    process = subprocess.Popen(
        [
            sys.executable,
            str(ENTRYPOINT),
            "run",
            "--repo",
            str(repo.path),
            "--base",
            "main",
            "--output",
            str(output),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PATH": f"{git.parent}:/usr/bin:/bin"},
        start_new_session=True,
    )
    (tmp_path / "ready").read_text()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"interrupted" in err
    assert b"Traceback" not in err
    assert not (output / "report.json").exists()


def test_the_phases_one_by_one(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"big.pkl": pickle.dumps([os.urandom(2 << 20), os.system], protocol=4)})
    evidence, output = tmp_path / "evidence", tmp_path / "report"
    where = ("--repo", repo.path, "--base", "main", "--evidence", evidence)
    assert modelward("collect", *where).status == 0
    assert modelward("scan", "--evidence", evidence, output=output).status == 0
    requests = json.loads((output / "requests.json").read_bytes())["requests"]
    assert [request["kind"] for request in requests] == ["blob"]
    assert modelward("gate", "--report", output).status == 3
    assert modelward("collect", *where, "--requests", output / "requests.json").status == 0
    assert modelward("scan", "--evidence", evidence, output=output).status == 0
    assert json.loads((output / "requests.json").read_bytes())["requests"] == []
    head = repo.git("rev-parse", "HEAD")
    assert modelward("gate", "--report", output, "--head", head).status == 1
    other = modelward("gate", "--report", output, "--head", "0" * 40)
    assert other.status == 3
    assert "not of 000" in other.err
    dry = modelward("publish", "--report", output, "--dry-run")
    assert (dry.status, dry.out.strip()) == (0, (output / "comment.md").read_text().strip())
    alone = run(repo, tmp_path / "alone", "--base", "main")
    assert (alone.output / "report.json").read_bytes() == (output / "report.json").read_bytes()


def test_gate_without_a_report_fails(tmp_path: Path) -> None:
    ran = modelward("gate", "--report", tmp_path)
    assert ran.status == 3
    assert "run scan first" in ran.err
    (tmp_path / "report.json").write_text('{"verdict": "pass"}')
    assert modelward("gate", "--report", tmp_path).status == 3


NO_OUTSIDE = """
import sys
def forbid(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        raise PermissionError(event)
sys.addaudithook(forbid)
sys.argv[:] = sys.argv[1:]
sys.path.insert(0, sys.argv.pop(0))
from scanner.cli import main
main()
"""


def test_scan_is_a_pure_function_of_its_evidence(repo: Repo, tmp_path: Path) -> None:
    """Once as it comes; once moved, with no environment, no network and another clock: the same bytes."""
    repo.commit({"m.pkl": EVIL, "w.safetensors": WEIGHTS, "requirements.txt": b"requests==2.32.0\n"})
    evidence, first, second = tmp_path / "evidence", tmp_path / "first", tmp_path / "second"
    where = ("--repo", repo.path, "--base", "main", "--evidence", evidence)
    modelward("collect", *where)
    modelward("scan", "--evidence", evidence, output=first)
    modelward("collect", *where, "--requests", first / "requests.json")
    assert modelward("scan", "--evidence", evidence, output=first).status == 0
    moved = tmp_path / "elsewhere"
    shutil.move(evidence, moved)
    network = ["unshare", "--net", "--map-root-user"] if _can_unshare() else []
    done = subprocess.run(
        [*network, sys.executable, "-I", "-c", NO_OUTSIDE, str(ENTRYPOINT.parent), "modelward", "scan",
         "--evidence", str(moved), "--output", str(second)],
        env={},
        cwd="/",
        capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in first.iterdir() if path.name not in ("timings.json", ".gitignore"))
    assert "sbom.cdx.json" in names
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def _can_unshare() -> bool:
    probe = ["unshare", "--net", "--map-root-user", "true"]
    return (
        bool(shutil.which("unshare"))
        and subprocess.run(probe, capture_output=True, check=False).returncode == 0
    )


def test_inspect_judges_single_files(tmp_path: Path) -> None:
    files = {"evil.pkl": EVIL, "good.safetensors": WEIGHTS, "b": LEGACY, "text.txt": b"hello\n"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    ran = modelward("inspect", tmp_path / "good.safetensors", "--json")
    assert ran.status == 0
    report = json.loads(ran.out)
    (artifact,) = report["artifacts"]
    assert (artifact["source"], artifact["status"]) == ("local", "scanned")
    assert artifact["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert artifact["sha512"] == hashlib.sha512(WEIGHTS).hexdigest()
    everything = modelward("inspect", tmp_path, output=tmp_path / "report")
    assert everything.status == 1
    assert {Path(item["path"]).name for item in everything.report["artifacts"]} == set(files) - {"text.txt"}
    assert modelward("inspect", tmp_path / "nope.pkl").status == 2
    assert modelward("inspect", "/dev/zero").status == 2
    assert modelward("inspect", "hf://org/name").status == 2
    assert modelward("inspect").status == 2


def test_the_demo_behaves_as_it_says(tmp_path: Path) -> None:
    ran = modelward("demo", "--output", tmp_path / "demo")
    assert ran.status == 0, ran.out + ran.err
    good, bad = (
        json.loads((tmp_path / f"demo/report-{name}/report.json").read_bytes())
        for name in ("add-safetensors", "add-ranker")
    )
    assert (good["verdict"], bad["verdict"]) == ("pass", "fail")
    assert modelward("demo", "--output", tmp_path / "demo").status == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").touch()
    assert modelward("demo", "--output", tmp_path / "mine").status == 2
