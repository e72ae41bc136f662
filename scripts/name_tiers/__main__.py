"""Walk the sources and write the data files."""

from __future__ import annotations

import argparse
import sys
import sysconfig
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from scanner.inspect.names.tables import STANDARD, top_of
from scripts.name_tiers.flow import Reach
from scripts.name_tiers.innocent import EVERYTHING, NOT_DANGEROUS, UNINTERESTING
from scripts.name_tiers.known import anywhere, known_of
from scripts.name_tiers.natives import NATIVE_CATEGORIES, NATIVE_NAMES
from scripts.name_tiers.reach import Judge, Packed, Tiers, pack, tiers_of
from scripts.name_tiers.reviewed_packages import COMPILED
from scripts.name_tiers.sources import Package, packages
from scripts.name_tiers.symbols import Function, Universe
from scripts.name_tiers.vocabulary import KNOWN, MOVED
from scripts.name_tiers.writing import DATA, dangerous_text, known_text, write_page

HAND = "reviewed by hand"
"""The origin of packages that were not walked."""
FIRST = (
    "numpy", "requests", "urllib3", "huggingface-hub", "fsspec", "pyyaml", "cloudpickle", "dill", "joblib",
    "scipy", "pandas", "torch", "scikit-learn", "tokenizers", "safetensors", "transformers",
)  # fmt: skip
"""Walked before the others, which call them."""


@dataclass(slots=True)
class Walked:
    """What one package's walk left for its files."""

    origins: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)


def main() -> int:
    """Read the command line and do as it says."""
    parser = argparse.ArgumentParser(prog="scripts/name-tiers", description=__doc__)
    parser.add_argument(
        "--packages", type=Path, required=True, help="a folder of wheels and NAME-VERSION folders"
    )
    parser.add_argument("--stdlib", type=Path, action="append", help="a standard library; may be repeated")
    parser.add_argument("--only", action="append", help="these distributions and those walked first")
    parser.add_argument("--write", action="store_true", help="write the data files and docs/names.md")
    parser.add_argument(
        "--explain", action="append", default=[], metavar="NAME", help="say what a name reaches"
    )
    options = parser.parse_args()
    universe = Universe()
    reach = Reach(universe)
    judge = Judge(universe, reach)
    standards = options.stdlib or [Path(sysconfig.get_path("stdlib"))]
    found = [Package(STANDARD, _version_of(place), place) for place in standards]
    found += _in_order(packages(options.packages), options.only)
    rows: list[tuple[str, str, Packed, dict[str, set[str]]]] = []
    written: set[str] = set()
    DATA.mkdir(exist_ok=True)
    for number, package in enumerate(found):
        walked = _walk(universe, reach, package, number)
        if package.name == STANDARD and number + 1 < len(standards):
            continue
        for top, modules in _tops(package.name, walked.modules).items():
            origin = f"{package.name} {package.version}"
            if len(modules) > 1 or any(top_of(module) == top for module in (*EVERYTHING, *KNOWN)):
                rows.append(
                    (top, origin, *_write(options, judge, top, modules, walked.functions, origin, written))
                )
        print(f"{package.name} {package.version}: {len(walked.modules)} modules", file=sys.stderr)
    rest = {top_of(name) for name in (*EVERYTHING, *KNOWN, *NATIVE_CATEGORIES)} - {row[0] for row in rows}
    rows += [(top, HAND, *_write(options, judge, top, [], [], HAND, written)) for top in sorted(rest)]
    for name in options.explain:
        print("\n".join(judge.path(_key(universe, name))) or f"{name} reaches nothing")
    if options.write:
        for old in sorted(DATA.iterdir()):
            if old.name not in written:
                old.unlink()
        write_page(rows)
    return 0


def _version_of(place: Path) -> str:
    return place.name.removeprefix("python")


def _in_order(found: list[Package], only: list[str] | None) -> list[Package]:
    order = {name: number for number, name in enumerate(FIRST)}
    wanted = [item for item in found if not only or item.name in only]
    return sorted(wanted, key=lambda item: (order.get(item.name, len(order)), item.name))


def _walk(universe: Universe, reach: Reach, package: Package, number: int) -> Walked:
    walked = Walked()
    for source in package.sources():
        if number and package.name != STANDARD and source.module.partition(".")[0] in sys.stdlib_module_names:
            continue
        tree = source.parse()
        if tree is not None:
            walked.functions += universe.read(source.module, source.package, tree)
            walked.modules.append(source.module)
    universe.forget_lines()
    reach.add(walked.functions)
    return walked


def _tops(distribution: str, modules: list[str]) -> dict[str, list[str]]:
    if distribution == STANDARD:
        return {STANDARD: modules}
    tops: dict[str, list[str]] = defaultdict(list)
    for module in modules:
        tops[module.partition(".")[0]].append(module)
    return tops


def _write(
    options: argparse.Namespace,
    judge: Judge,
    top: str,
    modules: list[str],
    functions: list[Function],
    origin: str,
    written: set[str],
) -> tuple[Packed, dict[str, set[str]]]:
    """Judge one package, and write its files if that is asked for."""
    everything, packed, known = _judged(judge, top, modules, functions)
    if options.write:
        texts = {
            f"{top}.dangerous": dangerous_text(origin, packed, everything),
            f"{top}.known": known_text(origin, known),
        }
        for name, text in texts.items():
            (DATA / name).write_text(text, "utf-8")
        written |= set(texts)
    return packed, known


def _belongs(module: str, top: str) -> bool:
    return top_of(module) == top


def _judged(
    judge: Judge, top: str, modules: list[str], functions: list[Function]
) -> tuple[dict[str, str], Packed, dict[str, set[str]]]:
    everything = {module: category for module, category in EVERYTHING.items() if _belongs(module, top)}
    tiers = tiers_of(judge, top, modules)
    _add_reviewed(tiers, top)
    known = known_of(judge, tiers, modules, functions, everything)
    _add_vocabulary(known, tiers, top)
    _take_out(tiers, top, everything)
    packed = pack(tiers)
    for module in list(known):
        known[module] -= set(packed.names.get(module, ()))
        known[module] -= set(tiers.names.get(module, ()))
        if not known[module]:
            del known[module]
    return everything, packed, known if top == STANDARD else anywhere(known, packed)


def _add_reviewed(tiers: Tiers, top: str) -> None:
    """What was reviewed by hand, and compiled modules, which no walk sees."""
    if top == STANDARD:
        for module, names in NATIVE_NAMES.items():
            tiers.neutral[module] |= {name for name in names if f"{module}.{name}" not in NATIVE_CATEGORIES}
    for dotted, category in NATIVE_CATEGORIES.items():
        module, name = _split(
            dotted, set(COMPILED) | set(tiers.neutral) | set(tiers.names) | set(NATIVE_NAMES)
        )
        if _belongs(module, top) and dotted not in NOT_DANGEROUS:
            tiers.names[module][name] = category
            tiers.neutral[module].discard(name)
            first, _, rest = name.partition(".")
            if rest and first.islower():  # perhaps a module that this version has no more
                tiers.names[f"{module}.{first}"][rest] = category


def _split(dotted: str, modules: set[str]) -> tuple[str, str]:
    """The longest module that is known, else everything that is written small."""
    parts = dotted.split(".")
    for place in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:place])
        if module in modules:
            return module, ".".join(parts[place:])
    place = next((n for n, part in enumerate(parts) if n and part[:1].isupper()), len(parts) - 1)
    return ".".join(parts[:place]), ".".join(parts[place:])


def _add_vocabulary(known: dict[str, set[str]], tiers: Tiers, top: str) -> None:
    for module, words in KNOWN.items():
        if _belongs(module, top):
            known[module] = known.get(module, set()) | set(words.split())
            for name in words.split():
                if tiers.names[module].get(name, "module").startswith("module"):
                    tiers.names[module].pop(name, None)
    for old, new in MOVED.items():
        if _belongs(old, top) and new in known:
            known[old] = known.get(old, set()) | known[new]


def _walled(module: str, everything: dict[str, str]) -> str:
    """The category that a module has as a whole; empty if it has none."""
    while module:
        if module in everything:
            return everything[module]
        module = module.rpartition(".")[0]
    return ""


def _take_out(tiers: Tiers, top: str, everything: dict[str, str]) -> None:
    """What a whole module's category says already."""
    for module in list(tiers.names):
        category = _walled(module, everything)
        if category:
            precise = top == STANDARD and module.partition(".")[0] not in UNINTERESTING
            tiers.names[module] = {
                name: own
                for name, own in tiers.names[module].items()
                if (module, name) in _EXACT or (precise and own != category)
            }
            tiers.neutral.pop(module, None)


_EXACT = frozenset(tuple(dotted.rsplit(".", 1)) for dotted in NATIVE_CATEGORIES)
"""Reviewed names keep their own category also where the whole module has one."""


def _key(universe: Universe, dotted: str) -> str:
    module, name = _split(dotted, set(universe.modules))
    for target in universe.resolve(module, tuple(name.split("."))):
        return target.key
    return f"{module}:{name}"


if __name__ == "__main__":
    sys.exit(main())
