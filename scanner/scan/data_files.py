"""Files of data that a change adds or changes, with the digests that are known without fetching more."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from scanner.evidence import REGULAR_MODES, ChangedPath, Evidence, Side
from scanner.sbom.datasets import DataFile
from scanner.scan.looking import Looker

ENDINGS = (
    ".arff", ".arrow", ".avro", ".csv", ".feather", ".jsonl", ".libsvm", ".ndjson", ".orc", ".parquet",
    ".svmlight", ".tfrecord", ".tfrecords", ".tsv",
)  # fmt: skip
"""Names of files that hold data sets; the same names with the ending of a compression hold them, too."""

_COMPRESSED = (".bz2", ".gz", ".lz4", ".xz", ".zst")

MOST_FILES = 2_000


def data_files(
    evidence: Evidence, looker: Looker, paths: Sequence[ChangedPath], models: Container[str]
) -> Iterator[DataFile]:
    """The data files of head among ``paths``, up to 2,000; those of ``models`` are listed as models.

    A Git LFS pointer states digest and size of what it stands for.
    """
    found = [path for path in paths if path.new and path.path not in models and _holds_data(path.path)]
    for path in sorted(found, key=lambda one: one.path)[:MOST_FILES]:
        if path.new is not None and path.new.mode in REGULAR_MODES:
            yield _data_file(evidence, looker, path, path.new)


def _data_file(evidence: Evidence, looker: Looker, path: ChangedPath, side: Side) -> DataFile:
    stored = evidence.object(side.key)
    made = DataFile(path.path, path.change, side.size, side.oid, evidence.manifest.change.head)
    if stored is None:
        return made
    seen = looker.seen(stored.key, posixpath.basename(path.path), follow=False)
    if seen.lfs:
        sha256, size = seen.lfs
        return replace(made, size=size, sha256=sha256, sha256_origin="declared")
    if not stored.whole or stored.digest_origin != "computed":
        return replace(made, size=stored.size)
    return replace(
        made,
        size=stored.size,
        sha256=stored.sha256,
        sha512=stored.sha512,
        sha256_origin="computed",
    )


def _holds_data(path: str) -> bool:
    name = path.lower()
    for ending in _COMPRESSED:
        name = name.removesuffix(ending)
    return name.endswith(ENDINGS)
