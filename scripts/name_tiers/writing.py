"""The data files: one per top-level package and tier, a line per module and category."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from scripts.name_tiers.reach import Packed

DATA = Path(__file__).resolve().parent.parent.parent / "scanner" / "inspect" / "names" / "data"

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "names.md"
_BEGIN = "<!-- counts: written by scripts/name-tiers -->"
_END = "<!-- end of counts -->"


def dangerous_text(origin: str, packed: Packed, everything: dict[str, str]) -> str:
    """The dangerous names of one package.

    A line is a module, a category and names, between tabs. ``*`` stands for every module of the package,
    ``NAME=MODULE`` for an attribute that is that module; ``.NAME`` is a method, of whatever class.
    """
    lines = [f"# {origin}", "# Written by scripts/name-tiers; see docs/names.md."]
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for module, found in [("*", packed.anywhere), *packed.names.items()]:
        for name, category in found.items():
            kind, _, target = category.partition(":")
            short = f"{name}={target}" if target and target.rpartition(".")[2] != name else name
            rows[module, kind].append(short)
    for module, category in everything.items():
        rows[module, category].append("**")
    for (module, category), names in sorted(rows.items()):
        lines.append("\t".join((module, category, " ".join(sorted(names)))))
    return "\n".join(lines) + "\n"


def known_text(origin: str, names: dict[str, set[str]]) -> str:
    """The known names of one package: a line is a module, or ``*``, and names, between tabs."""
    lines = [f"# {origin}", "# Written by scripts/name-tiers; see docs/names.md."]
    lines += [f"{module}\t{' '.join(sorted(found))}" for module, found in sorted(names.items()) if found]
    return "\n".join(lines) + "\n"


def write_page(rows: list[tuple[str, str, Packed, dict[str, set[str]]]]) -> None:
    """The counts of ``docs/names.md``, between its markers."""
    head, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
    tail = rest.partition(_END)[2]
    lines = [
        "| package | walked | dangerous | known | the most frequent categories |",
        "|---|---|---:|---:|---|",
    ]
    for top, origin, packed, known in sorted(rows, key=lambda row: row[0]):
        counts: Counter[str] = Counter()
        for names in [packed.anywhere, *packed.names.values()]:
            counts.update(category.partition(":")[0] for category in names.values())
        most = ", ".join(f"{category} {count:,}" for category, count in _frequent(counts))
        total = sum(map(len, known.values()))
        lines.append(f"| `{top}` | {origin} | {counts.total():,} | {total:,} | {most} |")
    PAGE.write_text(head + _BEGIN + "\n" + "\n".join(lines) + "\n" + _END + tail, "utf-8")


def _frequent(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
