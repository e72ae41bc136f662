"""Coverage as a guide: atheris over one target, in a process of its own.

The modules of the program are instrumented as they are imported, so this module imports none of them itself.
Half of the mutations are ours, half are libFuzzer's.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_HANG = 20
"""Seconds beyond which libFuzzer calls one input a hang."""
_MEMORY = 2048
"""Megabytes of the process beyond which it ends the run."""


def guided(targets: list[str], options: argparse.Namespace) -> int:
    """Run each target; what reaches something new is kept in a folder of its name under ``options.keep``."""
    worst = 0
    options.crashes.mkdir(parents=True, exist_ok=True)
    for target in targets:
        folder = options.keep / target
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.fuzz.guided", target, str(folder), str(options.seed)]
        command += [f"-runs={options.runs}", f"-seed={options.seed}", f"-timeout={_HANG}"]
        command += [f"-max_total_time={int(options.seconds or 0)}", f"-rss_limit_mb={_MEMORY}"]
        command += ["-max_len=32768", "-len_control=0", "-print_final_stats=1"]
        command += [f"-artifact_prefix={options.crashes / target}-guided-"]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        lines = (ended.stdout + ended.stderr).splitlines()
        told = [line for line in lines if line.startswith("#") and "cov:" in line][-1:]
        print(f"{target:20} {''.join(told)}", flush=True)
        if ended.returncode:
            worst = 1
            print("\n".join(f"    {line}" for line in lines[-12:]), flush=True)
    return worst


def _main(target: str, folder: str, seed: str, arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["scanner"], enable_loader_override=False):
        from tests.fuzz import campaign
        from tests.fuzz.corpus import named, stored
        from tests.fuzz.mutate import LARGEST, changed
        from tests.fuzz.seeds import seeds_for
        from tests.fuzz.targets import TARGETS, check

        campaign.warm(target)
    for data in (*seeds_for(target)[0], *seeds_for(target)[1], *stored(target).values()):
        (Path(folder) / named(data)).write_bytes(data)

    def once(data: bytes) -> None:
        check(TARGETS[target], data)

    def other(data: bytes, most: int, number: int) -> bytes:
        rng = random.Random(f"{target} {seed} {number}")
        if rng.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return changed(target, data, rng)[: min(most, LARGEST)]

    atheris.Setup([sys.argv[0], *arguments, folder], once, custom_mutator=other)
    atheris.Fuzz()


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
