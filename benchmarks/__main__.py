"""``python -m benchmarks [NAME...]``: run the benchmarks and print a Markdown table."""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator
from os import cpu_count
from pathlib import Path

from benchmarks.cases import CASES, Options
from benchmarks.measure import CommandFailed, Row


def main() -> int:
    """Parse the command line, run, print; 0 unless a measured command failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(CASES)} (default: all)")
    parser.add_argument(
        "--mib", type=int, default=2048, help="size of the large file in MiB (default: %(default)s)"
    )
    parser.add_argument("--runs", type=int, help="measured runs of each command (default: 3 to 9)")
    parser.add_argument("--scratch", type=Path, help="directory for the inputs, which are removed at the end")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in CASES]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(CASES)}")
    options = Options(size=arguments.mib << 20, runs=arguments.runs)
    try:
        rows = list(_measure(arguments.names or list(CASES), options, arguments.scratch))
    except CommandFailed as failure:
        print(f"benchmarks: {failure}", file=sys.stderr)
        return 1
    print(
        f"Python {platform.python_version()}, {cpu_count()} cores, {platform.system()} {platform.machine()}\n"
    )
    print("\n".join(_table(rows)))
    return 0


def _measure(names: Iterable[str], options: Options, scratch: Path | None) -> Iterator[Row]:
    for name in names:
        with tempfile.TemporaryDirectory(prefix="modelward-bench-", dir=scratch) as directory:
            print(f"benchmarks: {name}", file=sys.stderr)
            yield from CASES[name](Path(directory), options)


def _table(rows: list[Row]) -> Iterator[str]:
    yield "| what | ours | other | ratio | target | peak memory |"
    yield "|---|---:|---:|---|---|---:|"
    for row in rows:
        peak = f"{row.peak / 1e6:.0f} MB" + (f" (target {row.peak_target})" if row.peak_target else "")
        other = f"{row.other:.2f} s ({row.other_name})"
        yield f"| {row.what} | {row.ours:.2f} s | {other} | {row.ratio} | {row.target} | {peak} |"
    yield ""
    yield "Times are medians; memory is the peak over all processes of ours together."
    for note in dict.fromkeys(row.note for row in rows if row.note):
        yield f"{note}."


if __name__ == "__main__":
    sys.exit(main())
