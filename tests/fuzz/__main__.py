"""``python -m tests.fuzz``: run targets with changed inputs, with coverage as a guide, or the corpus alone.

``run`` and ``replay`` are deterministic and need nothing but the tests' own libraries; ``guided`` needs
atheris. ``keep`` puts what ``guided`` found, and the seeds do not reach, into the corpus; ``reach`` says how
many lines of each folder the seeds and the corpus run. What fails is written to ``--crashes``, one file each,
and the status is 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import scanner
from tests.fuzz import campaign, reached
from tests.fuzz.corpus import named, stored
from tests.fuzz.mutate import made
from tests.fuzz.seeds import seeds_for
from tests.fuzz.targets import TARGETS


def main(arguments: list[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("way", choices=("run", "replay", "guided", "keep", "reach", "list"))
    parser.add_argument("--target", action="append", choices=sorted(TARGETS), help="default: every target")
    parser.add_argument("--runs", type=int, default=1000, help="inputs of each target")
    parser.add_argument("--seconds", type=float, help="end a target after so many, whatever --runs says")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other inputs")
    parser.add_argument("--crashes", type=Path, default=Path(tempfile.gettempdir()) / "modelward-fuzz")
    parser.add_argument("--keep", type=Path, help="guided: a folder for what reached something new")
    parser.add_argument("--json", type=Path, help="append one line of figures for each target")
    options = parser.parse_args(arguments)
    targets = options.target or sorted(TARGETS)
    if options.way == "list":
        print("\n".join(targets))
        return 0
    if options.way == "guided":
        from tests.fuzz.guided import guided

        return guided(targets, options)
    if options.way == "keep":
        return _keep(targets, options.keep)
    if options.way == "reach":
        return _reach(targets)
    return max(_one(target, options) for target in targets)


def _one(target: str, options: argparse.Namespace) -> int:
    if options.way == "replay":
        inputs = [*seeds_for(target)[0], *stored(target).values()]
        outcome = campaign.run(target, inputs.__getitem__, len(inputs), options.seconds)
    else:
        outcome = campaign.run(
            target, lambda number: made(target, options.seed, number), options.runs, options.seconds
        )
    speed = outcome.runs / outcome.seconds if outcome.seconds else 0.0
    print(
        f"{target:20} {outcome.runs:8,} inputs {speed:8,.0f}/s {outcome.peak >> 20:5} MiB "
        f"{len(outcome.failures)} failures "
        f"{len(outcome.slow)} slow {len(outcome.contained)} contained",
        flush=True,
    )
    kinds = {"failure": outcome.failures, "slow": outcome.slow, "contained": outcome.contained}
    for kind, found in kinds.items():
        for told, data in found.items():
            options.crashes.mkdir(parents=True, exist_ok=True)
            path = options.crashes / f"{target}-{kind}-{named(data)}"
            path.write_bytes(data)
            print(f"    {kind}: {told}\n    {path}", flush=True)
    if options.json:
        row = {"target": target, "runs": outcome.runs, "seconds": round(outcome.seconds, 2)}
        row |= {"peak": outcome.peak, "failures": sorted(outcome.failures), "slow": len(outcome.slow)}
        row["contained"] = len(outcome.contained)
        with options.json.open("a") as file:
            file.write(json.dumps(row) + "\n")
    return 1 if outcome.failures else 0


def _keep(targets: list[str], folder: Path) -> int:
    for target in targets:
        campaign.warm(target)
        found = [path.read_bytes() for path in sorted((folder / target).iterdir())]
        count, before, after = reached.keep(target, [*seeds_for(target)[0], *seeds_for(target)[1]], found)
        print(f"{target:20} {count:4} inputs {before:7,} -> {after:7,} edges", flush=True)
    return 0


def _reach(targets: list[str]) -> int:
    lines: dict[str, set[int]] = {}
    for target in targets:
        campaign.warm(target)
        for data in (*seeds_for(target)[0], *seeds_for(target)[1], *stored(target).values()):
            for path, line, _ in reached.edges_of(target, data):
                lines.setdefault(path, set()).add(line)
    folder = Path(scanner.__file__).parent
    for name in ("inspect", "inspect/readers", "inspect/engines", "inspect/names", "discover"):
        every = {str(path): reached.executable(path) for path in (folder / name).glob("*.py")}
        total = sum(map(len, every.values()))
        hit = sum(len(every[path] & lines.get(path, set())) for path in every)
        print(f"{name:20} {hit:6,} of {total:6,} lines {hit / total:.0%}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
