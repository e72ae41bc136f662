"""The benchmarks: each builds its input in a scratch directory and gives rows for the table."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import inputs
from benchmarks.measure import Command, Row, Sample, run, several, side_by_side

ROOT = Path(__file__).resolve().parent.parent
MODELWARD: Command = (sys.executable, ROOT / "entrypoint.py")
_MODELSCAN = Path(sys.executable).with_name("modelscan")
_IMPORTS = "import pydantic, jinja2, click"


@dataclass(frozen=True, slots=True)
class Options:
    """``size`` of the large file in bytes; ``runs`` per command, or null for each benchmark's own number."""

    size: int = 2 << 30
    runs: int | None = None


def no_model(scratch: Path, options: Options) -> Iterator[Row]:
    """A change without a model in a large repository: what every pull request pays."""
    repository = scratch / "repository"
    inputs.long_history(repository, files=20_000, commits=5_000)
    ours, other = side_by_side(
        [*MODELWARD, "run", "--repo", repository, "--base", "HEAD~1", "--output", scratch / "report"],
        [sys.executable, "-c", _IMPORTS],
        scratch,
        options.runs or 9,
    )
    yield _at_most(
        "`run`, no model changed, 20,000 files, 5,000 commits",
        ours,
        f"`{_IMPORTS}`",
        other,
        3,
        peak_target="< 120 MB",
    )


def large_file(scratch: Path, options: Options) -> Iterator[Row]:
    """One large safetensors file: both digests and the look at its format, from disk and from git."""
    repository = scratch / "repository"
    inputs.empty_repository(repository)
    model = repository / "model.safetensors"
    inputs.safetensors(model, options.size)
    size = f"{options.size / (1 << 30):g} GiB safetensors"
    digest: Command = ["sha256sum", model]
    ours, other = side_by_side(
        [*MODELWARD, "inspect", model, "--output", scratch / "report"], digest, scratch, options.runs or 3
    )
    yield _at_most(f"`inspect`, {size}", ours, "`sha256sum`", other, 1, peak_target="< 250 MB")
    inputs.commit(repository, "add a model")
    ours, other = side_by_side(
        [*MODELWARD, "run", "--repo", repository, "--base", "HEAD~1", "--output", scratch / "report"],
        digest,
        scratch,
        options.runs or 3,
    )
    yield _at_most(f"`run`, a commit adds {size}", ours, "`sha256sum`", other, 3, peak_target="< 250 MB")


def many_pickles(scratch: Path, options: Options) -> Iterator[Row]:
    """A thousand small pickles beside one ``modelscan`` command a file, of which a sample is run."""
    count, sampled = 1000, 20
    repository = scratch / "repository"
    inputs.empty_repository(repository)
    paths = inputs.pickles(repository / "models", count)
    inputs.commit(repository, "add models")
    step = count // sampled
    single = statistics.median(run([_MODELSCAN, "--path", path], scratch).seconds for path in paths[::step])
    other = single * count
    note = f"`modelscan` was run on {sampled} of the {count:,} files and its median multiplied by {count:,}"
    for what, command in (
        ("inspect", [*MODELWARD, "inspect", *paths, "--output", scratch / "report"]),
        (
            "run",
            [*MODELWARD, "run", "--repo", repository, "--base", "HEAD~1", "--output", scratch / "report"],
        ),
    ):
        ours = several(command, scratch, options.runs or 3)
        yield Row(
            what=f"`{what}`, {count:,} small pickles",
            ours=ours.seconds,
            other_name="`modelscan`, one command a file",
            other=other,
            ratio=f"{other / ours.seconds:.0f} times faster",
            target="at least 20 times faster",
            peak=ours.peak,
            note=note,
        )


def hub_ranges(scratch: Path, options: Options) -> Iterator[Row]:
    """Large files of the Hub by range."""
    from benchmarks import hub  # it loads the program, which the other benchmarks should not carry

    yield from hub.ranges(scratch, min(options.size, 1 << 30), options.runs or 3)


def hub_shards(scratch: Path, options: Options) -> Iterator[Row]:
    """A repository of the Hub with very many bytes."""
    from benchmarks import hub

    yield from hub.shards(scratch, options.runs or 3)


def sources(scratch: Path, options: Options) -> Iterator[Row]:
    """The search for references in two thousand Python files, beside parsing them."""
    listed = scratch / "files"
    count = inputs.python_files(listed, 2_000)
    ours, other = side_by_side(
        [sys.executable, "-c", _SEARCH, ROOT, listed],
        [sys.executable, "-c", _PARSE, listed],
        scratch,
        options.runs or 5,
    )
    yield _at_most(
        f"references in {count:,} Python files", ours, "`ast.parse`", other, 1.2, peak_target="< 250 MB"
    )


def torch_files(scratch: Path, options: Options) -> Iterator[Row]:
    """The look at a large checkpoint, which comes on top of hashing it, beside that at a small one."""
    from benchmarks import sparse

    size = min(options.size, 1 << 30)
    for kind, write in (("zip", sparse.torch_zip), ("legacy", sparse.legacy_torch)):
        large, small = scratch / "large.pt", scratch / "small.pt"
        write(large, size, 200)
        write(small, 200 * 64, 200)
        ours, other = side_by_side(
            [sys.executable, "-c", _LOOK, ROOT, large],
            [sys.executable, "-c", _LOOK, ROOT, small],
            scratch,
            options.runs or 5,
        )
        yield Row(
            what=f"the look at a torch {kind} file of {size / (1 << 30):g} GiB",
            ours=ours.seconds,
            other_name="one of 13 kB, both with the start of Python",
            other=other.seconds,
            ratio=f"{ours.seconds - other.seconds:.2f} s longer",
            target="at most 0.3 s longer",
            peak=ours.peak,
            peak_target="< 150 MB",
        )


def software(scratch: Path, options: Options) -> Iterator[Row]:
    """The dependency manifests of a repository, read by syft and cyclonedx-py."""
    from benchmarks import software

    yield from software.rows(scratch, options.runs or 3)


def bill(scratch: Path, options: Options) -> Iterator[Row]:
    """A large bill of materials, made and validated."""
    from benchmarks import bill

    yield from bill.rows(scratch, options.runs or 3)


def machine(scratch: Path, options: Options) -> Iterator[Row]:
    """The pickle machine alone on 100 MB of small opcodes, beside a bare iteration of ``pickletools``."""
    for what, head, unit, tail in _SMALL:
        path = scratch / "small.pkl"
        inputs.small_opcodes(path, head, unit, tail)
        ours, other = side_by_side(
            [sys.executable, "-c", _WALK, ROOT, path],
            [sys.executable, "-c", _GENOPS, path],
            scratch,
            options.runs or 1,
        )
        yield _at_most(
            f"machine, 100 MB of {what}", ours, "`pickletools.genops`", other, 1, peak_target="< 150 MB"
        )


_SMALL = (
    ("numbers in one list", b"(", b"K\x01", b"l."),
    (
        "tuples, dictionaries and texts",
        b"]\x94",
        b"(K\x01K\x02M\x03\x04N\x88\x86\x94\x85}\x94\x8c\x01a\x94K\x05se",
        b".",
    ),
    ("memoised texts", b"", b"\x8c\x02ab\x940", b"N."),
    ("one thing memoised again and again", b"N", b"\x94", b"."),
)
"""What is in it, and how it is written: head, unit and tail."""

_GENOPS = """
import pickletools, sys
for _ in pickletools.genops(open(sys.argv[1], "rb")):
    pass
"""
_WALK = """
import os, sys
sys.path.insert(0, sys.argv[1])
from scanner.inspect.interface import Subject
from scanner.inspect.opcodes import Walker
from scanner.inspect.pickle_judge import Judge
from scanner.inspect.stream import SparseFile, Stream
size = os.path.getsize(sys.argv[2])
stream = Stream(SparseFile(Subject("small.pkl", sys.argv[2], size, [(0, size)])))
walk = Walker(stream, 0, Judge(lambda value, length: stream.at(value.offset, length))).run(10**9)
assert walk.stopped, walk.broken
"""
_LOOK = """
import os, sys
sys.path.insert(0, sys.argv[1])
from scanner.inspect.interface import Subject
from scanner.inspect.look import look_at
size = os.path.getsize(sys.argv[2])
look = look_at(Subject("model.pt", sys.argv[2], size, [(0, size)]))
assert look.coverage == "full" and not look.gaps, look
"""
_PARSE = """
import ast, sys
for path in open(sys.argv[1]).read().split():
    ast.parse(open(path, "rb").read())
"""
_SEARCH = """
import sys
sys.path.insert(0, sys.argv[1])
from scanner.discover.find import find
for path in open(sys.argv[2]).read().split():
    find({"path": path.lstrip("/"), "data": path, "siblings": []})
"""

CASES: dict[str, Callable[[Path, Options], Iterator[Row]]] = {
    "no-model": no_model,
    "large-file": large_file,
    "many-pickles": many_pickles,
    "hub-ranges": hub_ranges,
    "hub-shards": hub_shards,
    "sources": sources,
    "software": software,
    "bill": bill,
    "machine": machine,
    "torch-files": torch_files,
}


def _at_most(what: str, ours: Sample, other_name: str, other: Sample, times: float, peak_target: str) -> Row:
    return Row(
        what=what,
        ours=ours.seconds,
        other_name=other_name,
        other=other.seconds,
        ratio=f"{ours.seconds / other.seconds:.2f} times as long",
        target=f"at most {times:g}",
        peak=ours.peak,
        peak_target=peak_target,
    )
