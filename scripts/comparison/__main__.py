"""Make the corpus, ask the engines, write the results and the page: ``scripts/compare-engines``."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from scanner import __version__
from scripts.comparison.engines import ENGINES, MODELWARD, PEERS, USUAL, ask_all, ask_modelward, install
from scripts.comparison.page import PAGE, RESULTS, page
from tests.corpus.corpus import MANIFEST, lines, write


def main(arguments: list[str]) -> int:
    """0 when everything that was asked for is written."""
    options = _options(arguments)
    if options.render:
        PAGE.write_text(page(_json(MANIFEST), _json(RESULTS)), "utf-8")
        return 0
    with tempfile.TemporaryDirectory(prefix="modelward-corpus-") as temporary:
        if options.peers is not None:
            from scripts.comparison.peers import ask_of_fixtures

            fixtures = ask_of_fixtures(options.peers, Path(temporary))
            if not fixtures["hostile"]:
                _tell(f"{options.peers}: none of the peers' repositories is there; nothing was written")
                return 1
            results = _json(RESULTS) | {"fixtures": fixtures}
            _write(results)
            PAGE.write_text(page(_json(MANIFEST), results), "utf-8")
            return 0
        return _compare(options, Path(temporary))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/compare-engines", description=__doc__)
    parser.add_argument(
        "--environments",
        type=Path,
        default=Path(".venv-engines"),
        metavar="DIR",
        help="where the engines' environments are kept (default: %(default)s)",
    )
    parser.add_argument(
        "--engine",
        action="append",
        choices=ENGINES,
        help="ask this one only; the others' results stay as they are",
    )
    parser.add_argument(
        "--missing", action="store_true", help="ask only about what is new in the corpus since"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes at once (default: %(default)s)")
    parser.add_argument(
        "--render", action="store_true", help="only write the page from the results that exist"
    )
    parser.add_argument(
        "--peers",
        type=Path,
        metavar="DIR",
        help="only ask Modelward about the peers' fixtures, checked out below DIR",
    )
    return parser.parse_args(arguments)


def _compare(options: argparse.Namespace, corpus: Path) -> int:
    rows = write(corpus)
    MANIFEST.write_text(lines(rows), "utf-8")
    places = {row["place"] for row in rows}
    results: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    if not options.engine and not options.missing:
        results |= {"versions": {}, "answers": {}}
    versions: dict[str, str] = results.setdefault("versions", {})
    answers: dict[str, dict[str, str]] = results.setdefault("answers", {})
    for engine, said in answers.items():
        answers[engine] = {place: word for place, word in said.items() if place in places}
    environments = options.environments.absolute()
    for engine in options.engine or USUAL:
        try:
            version = __version__ if engine == MODELWARD else install(engine, environments)
        except (OSError, subprocess.SubprocessError) as error:
            _tell(f"{engine} cannot be installed here ({type(error).__name__}): its column is left out")
            versions.pop(engine, None)
            answers.pop(engine, None)
            continue
        kept = answers.get(engine, {}) if options.missing and engine != MODELWARD else {}
        asked = [row for row in rows if row["place"] not in kept]
        paths = [_subject(corpus, row) for row in asked]
        _tell(f"{engine} {version}: {len(paths)} files and folders")
        if engine == MODELWARD:
            found = ask_modelward(corpus, paths)
        else:
            found = ask_all(engine, environments, paths, options.jobs, _tell)
        versions[engine] = version
        new = {row["place"]: _kept(engine, row, one) for row, one in zip(asked, found, strict=True)}
        answers[engine] = {row["place"]: (kept | new)[row["place"]] for row in rows}
        _write(results)
    PAGE.write_text(page(rows, results), "utf-8")
    return 0


def _subject(corpus: Path, row: dict[str, Any]) -> Path:
    """The file itself, or the folder where there are several."""
    folder = corpus / str(row["place"])
    files: list[str] = row["files"]
    return folder / files[0] if len(files) == 1 else folder


def _kept(engine: str, row: dict[str, Any], found: dict[str, Any]) -> str:
    """The answer as it is committed: one word, for Modelward also its severity and what names the layout."""
    if engine in PEERS:
        return str(found["answer"])
    words = [found["answer"], found.get("severity") or "none"]
    if row.get("layout"):
        named = any(row["layout"] in one for one in found.get("said", []))
        words.append("named" if named else "unnamed")
    return " ".join(words)


def _write(results: dict[str, Any]) -> None:
    order = {
        part: {engine: results[part][engine] for engine in ENGINES if engine in results[part]}
        for part in ("versions", "answers")
    }
    RESULTS.write_text(json.dumps(results | order, indent=0, ensure_ascii=False) + "\n", "utf-8")


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
