"""The page of the comparison, from the manifest of the corpus and the results that were measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from scripts.comparison.engines import ENGINES, MODELWARD, ROOT

PAGE = ROOT / "docs" / "comparison.md"
RESULTS = Path(__file__).parent / "results.json"
ANSWERS = ("high", "low", "error", "silent")

_HEAD = """\
# Comparison of engines

What Modelward and other scanners say of the same files. **It is our own corpus**: we wrote the hostile
files after the ways in which we know that a file hides, and we have corrected Modelward wherever it
missed one. So its column says that nothing known is missed, not how it would do on files that nobody
here has seen; and no rate here is a rate of the field. The other scanners never saw these files before.
Forms that no loader executes (raw deflate, a protocol that no unpickler knows) were taken out of it.
All of them are asked through their own API or command line, with their defaults, one file in one
process, with a limit of 60 seconds; nothing is loaded. Modelward is asked by `modelward inspect --json`
about the whole folder: it gives each file a worker with limits.

Written by `scripts/compare-engines`, which makes the corpus, makes an environment for each engine from
pinned requirements (`scripts/comparison/requirements/`), asks, and writes
`scripts/comparison/results.json` and this page. The corpus is made by `tests/corpus/`;
`tests/corpus/manifest.json` lists it.

HIGH is critical or high, LOW a weaker signal, ERR an error or an inconclusive answer, SILENT a clean
answer or a file that was skipped. Each cell is HIGH / LOW / ERR / SILENT. How the words of each engine
become one of the four stands in `scripts/comparison/ask.py`.
"""

_FIXTURES = """\
## The other scanners' own test files

Modelward on the files that picklescan, modelscan and modelaudit commit for their own tests, judged by
what those tests expect: of {hostile} hostile ones {high} are high or critical and {silent} silent; of
{honest} honest ones {above_low} are above low. `scripts/compare-engines --peers DIR` asks again; DIR
holds their repositories. We have corrected Modelward where it missed one of them, too.
"""

_TAIL = """\
## How to read it

- A scanner that reads pickles only is silent about other formats: that is no fault of it, but it is what
  its user gets. The families `layout`, `wrapper`, `stream` and `name` are about pickles.
- LOW about an honest file is a cost: each of them is something that a person looks at. Modelward's are
  notes of the severity low or info, which do not fail a check under the default policy.
- modelaudit-picklescan reads single pickle streams; nobody takes archives apart for it here.
- A file that modelscan skips is SILENT here: in a folder with other files nothing but a counter tells of
  it.
- The families are of different sizes, and their sizes are our choice. Compare within a row.
"""


def page(manifest: list[dict[str, Any]], results: dict[str, Any]) -> str:
    """The text of docs/comparison.md."""
    engines = [engine for engine in ENGINES if engine in results["versions"]]
    parts = [_HEAD]
    for hostile, title in ((True, "Hostile files"), (False, "Honest files")):
        rows = [row for row in manifest if row["hostile"] is hostile]
        parts.append(f"## {title} ({len(rows)})\n\n{_table(rows, engines, results)}")
    if MODELWARD in engines:
        parts.append(_own(manifest, results))
    if "fixtures" in results:
        parts.append(_FIXTURES.format(**results["fixtures"]))
    missing = [engine for engine in ENGINES if engine not in engines]
    if missing:
        left = ", ".join(missing)
        parts.append(f"Left out: {left}. `--engine` asks one of them and keeps the others' results.\n")
    return "\n".join([*parts, _TAIL])


def _table(rows: list[dict[str, Any]], engines: list[str], results: dict[str, Any]) -> str:
    heads = [f"{engine} {results['versions'][engine]}" for engine in engines]
    lines = [f"| family | {' | '.join(heads)} |", "|---|" + "---|" * len(engines)]
    families = list(dict.fromkeys(row["family"] for row in rows))
    for family in families:
        members = [row for row in rows if row["family"] == family]
        cells = [_cell(members, results["answers"][engine]) for engine in engines]
        lines.append(f"| {family} ({len(members)}) | {' | '.join(cells)} |")
    cells = [f"**{_cell(rows, results['answers'][engine])}**" for engine in engines]
    return "\n".join([*lines, f"| **all ({len(rows)})** | {' | '.join(cells)} |", ""])


def _cell(rows: Iterable[dict[str, Any]], answers: dict[str, str]) -> str:
    counts = Counter(answers[row["place"]].split()[0] for row in rows)
    return " / ".join(str(counts[answer]) for answer in ANSWERS)


def _own(manifest: list[dict[str, Any]], results: dict[str, Any]) -> str:
    """What Modelward promises of itself, measured."""
    own = {row["place"]: results["answers"][MODELWARD][row["place"]].split() for row in manifest}

    def those(wanted: Callable[[dict[str, Any]], bool]) -> list[list[str]]:
        return [own[row["place"]] for row in manifest if wanted(row)]

    hostile, honest = those(lambda row: row["hostile"]), those(lambda row: not row["hostile"])
    layouts = those(lambda row: bool(row.get("layout")))
    grave = sum(words[0] == "high" for words in hostile)
    silent = sum(words[0] == "silent" for words in hostile)
    above = sum(words[1] in ("medium", "high", "critical") for words in honest)
    quiet = sum(words[0] == "silent" for words in honest)
    named = sum(words[2] == "named" for words in layouts)
    rate = 100 * grave / len(hostile)
    lines = [
        "## What Modelward promises of itself",
        "",
        "| promise | measured here |",
        "|---|---|",
        f"| no hostile file is silent | {silent} of {len(hostile)} are |",
        f"| hostile files are high or critical | {grave} of {len(hostile)} ({rate:.1f} %) |",
        f"| no honest file is above low | {above} of {len(honest)} are; {quiet} have no finding at all |",
        f"| hostile layouts are named | {named} of {len(layouts)} |",
        "",
    ]
    return "\n".join(lines)
