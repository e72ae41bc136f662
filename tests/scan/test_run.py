"""``modelward run``, end to end on real repositories."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from pathlib import Path

from scanner.demo.models import safetensors
from tests.scan.samples import BENIGN, EVIL, LEGACY, PACKAGE_LOCK, REQUIREMENTS
from tests.support import Repo, run


def test_the_sample_of_the_design(repo: Repo, tmp_path: Path) -> None:
    """A pickle under an innocent name, a legacy torch file, weights, a link, and two kinds of software."""
    (repo.path / "model.bin").symlink_to("models/old.safetensors")
    repo.commit(
        {
            "notes.txt": EVIL,
            "ranker.pt": LEGACY,
            "head.safetensors": safetensors({"h": [3.0]}),
            "requirements.txt": REQUIREMENTS,
            "package-lock.json": PACKAGE_LOCK,
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
    named = "comment.md report.json requests.json results.sarif sbom.cdx.json summary.md timings.json"
    assert {path.name for path in ran.output.iterdir()} == {".gitignore", *named.split()}

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
        f"exceptions:\n  - {{rule: pickle-dangerous-import, sha256: {digest}, "
        "reason: known, owner: me, expires: 9999-12-31}\n"
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
