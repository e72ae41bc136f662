"""Reading a repository's dependency manifests: tools side by side, and an unchanged tree only once."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import inputs
from benchmarks.measure import Command, Row, run, side_by_side

ROOT = Path(__file__).resolve().parent.parent

_COLLECT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from scanner.sbom.feeders.syft import locate
from scanner.sbom.software import Side, collect_all
folder, parallel, times = Path(sys.argv[2]), int(sys.argv[3]) or None, int(sys.argv[4])
files = {name: (folder / name).read_bytes() for name in ("requirements.txt", "package-lock.json")}
for found in collect_all([Side(files)] * times, locate(None), parallel=parallel):
    assert found.complete and len(found.components) == int(sys.argv[5]), found.warnings
"""
_BOTH = """
import sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from scanner.evidence import Evidence
from scanner.exchange import Requests
from scanner.sbom.feeders.syft import locate
from scanner.scan.asking import Asking
from scanner.scan.kept import Kept
from scanner.scan.software import head_and_base
evidence = Evidence.open(Path(sys.argv[2]))
asking = Asking(evidence.manifest)
with tempfile.TemporaryDirectory() as folder:
    head, base = head_and_base(evidence, asking, Kept(Path(folder)), locate(None))
Path(sys.argv[3]).write_text(Requests(requests=asking.requests).model_dump_json())
assert asking.requests or (head is not None and head == base and len(head.components) == int(sys.argv[4]))
"""


def rows(scratch: Path, runs: int) -> Iterator[Row]:
    """The two rows of the table."""
    repository = scratch / "repository"
    inputs.empty_repository(repository)
    count = _manifests(repository)
    inputs.commit(repository, "name the software")

    def collected(parallel: int, times: int) -> Command:
        numbers = [str(number) for number in (parallel, times, count)]
        return [sys.executable, "-c", _COLLECT, ROOT, repository, *numbers]

    ours, other = side_by_side(collected(0, 1), collected(1, 1), scratch, runs)
    yield Row(
        what=f"software, {count:,} packages: syft and cyclonedx-py side by side",
        ours=ours.seconds,
        other_name="one after the other",
        other=other.seconds,
        ratio=f"{ours.seconds / other.seconds:.2f} times as long",
        target="below 1",
        peak=ours.peak,
    )
    (repository / "README.md").write_text("Another line.\n")
    inputs.commit(repository, "change what is no manifest")
    both = _with_evidence(scratch, repository, count)
    ours, other = side_by_side(both, collected(0, 2), scratch, runs)
    yield Row(
        what="software of head and base, the manifests unchanged",
        ours=ours.seconds,
        other_name="both read",
        other=other.seconds,
        ratio=f"{ours.seconds / other.seconds:.2f} times as long",
        target="at most 0.75",
        peak=ours.peak,
        note="Of an unchanged tree every tool is started once; a test counts that",
    )


def _manifests(folder: Path, count: int = 1_500) -> int:
    """Write a requirements file and a lock file of npm; returns how many packages they name together."""
    lines = [f"package-{number}=={number}.0 --hash=sha256:{number:064x}\n" for number in range(count)]
    (folder / "requirements.txt").write_text("".join(lines))
    packages: dict[str, dict[str, object]] = {"": {"name": "web", "version": "1.0.0"}}
    for number in range(2 * count):
        packages[f"node_modules/module-{number}"] = {"version": f"{number}.0.0", "license": "MIT"}
    lock = {"name": "web", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return 3 * count + 1


def _with_evidence(scratch: Path, repository: Path, count: int) -> Command:
    """What reads both sides, once everything that it asks for is there."""
    evidence, wanted = scratch / "evidence", scratch / "requests.json"
    command: Command = [sys.executable, "-c", _BOTH, ROOT, evidence, wanted, str(count)]
    words: list[str | Path] = [sys.executable, ROOT / "entrypoint.py", "collect", "--repo", repository]
    words += ["--base", "HEAD~1", "--evidence", evidence]
    run(words, scratch)
    run(command, scratch)
    run([*words, "--requests", wanted], scratch)
    return command
