"""Files of data that a change brings in: found by name, with the digests that are known."""

from __future__ import annotations

import hashlib
from pathlib import Path

from scanner.evidence import Evidence
from scanner.sbom.datasets import DataFile
from scanner.scan.artifacts import subjects
from scanner.scan.asking import Asking
from scanner.scan.data_files import data_files
from scanner.scan.kept import Kept
from scanner.scan.looking import Looker
from scanner.scan.work import TASK
from scanner.scan.workshop import Workshop
from scanner.worker import Crew
from tests.support import Repo, modelward

CSV = b"text,label\nBerlin,LOC\n"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12345\n".encode()


def found(repo: Repo, folder: Path, models: frozenset[str] = frozenset()) -> dict[str, DataFile]:
    """What is found in the evidence of the branch."""
    ran = modelward("collect", "--repo", repo.path, "--base", "main", "--evidence", folder)
    assert ran.status == 0, ran.err
    evidence = Evidence.open(folder)
    paths = evidence.manifest.paths
    with Crew(TASK) as crew:
        looker = Looker(evidence, Workshop(Kept(folder / "kept"), crew), Asking(evidence.manifest))
        looker.prepare({pair for path in paths for pair in subjects(path)})
        return {one.path: one for one in data_files(evidence, looker, paths, models)}


def test_digests_are_computed_or_declared_and_the_commit_is_the_head(repo: Repo, tmp_path: Path) -> None:
    head = repo.commit(
        {
            "data/train.csv": CSV,
            "data/part.parquet": POINTER,
            "data/rows.JSONL.gz": b"\x1f\x8b",
            "data/large.tsv": b"a\tb\n" * (1 << 19),
            "data/link.csv.txt": CSV,
            "models/new.csv": CSV,
        }
    )
    made = found(repo, tmp_path / "evidence", frozenset({"models/new.csv"}))
    assert set(made) == {"data/train.csv", "data/part.parquet", "data/rows.JSONL.gz", "data/large.tsv"}
    train = made["data/train.csv"]
    assert (train.commit, train.change, train.size) == (head, "added", len(CSV))
    assert (train.sha256, train.sha256_origin) == (hashlib.sha256(CSV).hexdigest(), "computed")
    assert train.git_oid == repo.git("rev-parse", "HEAD:data/train.csv")
    part = made["data/part.parquet"]
    assert (part.size, part.sha256, part.sha512, part.sha256_origin) == (12345, "a" * 64, None, "declared")
    large = made["data/large.tsv"]
    assert large.size == 4 << 19
    assert large.sha256 in (None, hashlib.sha256(b"a\tb\n" * (1 << 19)).hexdigest())


def test_what_is_gone_is_not_there(repo: Repo, tmp_path: Path) -> None:
    repo.git("checkout", "--quiet", "main")
    repo.commit({"old.csv": CSV})
    repo.git("checkout", "--quiet", "-B", "change")
    repo.git("rm", "--quiet", "old.csv")
    repo.commit()
    assert found(repo, tmp_path / "evidence") == {}
