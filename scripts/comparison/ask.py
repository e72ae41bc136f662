"""Ask one engine about one file or folder: ``python ask.py ENGINE PATH``, in the environment of that engine.

Prints one JSON object: ``answer`` is ``high``, ``low``, ``error`` or ``silent``, ``said`` is what the engine
said, shortened. Nothing here knows Modelward, and nothing is loaded: only the engines' own ways to look.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ORDER = ("silent", "error", "low", "high")
Answer = tuple[str, str]


def modelscan(path: Path) -> Answer:
    """Critical and high are HIGH, medium and low LOW; a file that it skips is no error of its own."""
    scan = importlib.import_module("modelscan.modelscan").ModelScan()
    found = scan.scan(path)
    issues = found["issues"]
    if issues:
        grave = any(one["severity"] in ("CRITICAL", "HIGH") for one in issues)
        return "high" if grave else "low", "; ".join(one["description"] for one in issues)
    errors = found["errors"]
    return ("error", "; ".join(str(one) for one in errors)) if errors else ("silent", "")


def picklescan(path: Path) -> Answer:
    """Dangerous globals are HIGH, suspicious ones LOW."""
    scanner = importlib.import_module("picklescan.scanner")
    found = (scanner.scan_directory_path if path.is_dir() else scanner.scan_file_path)(str(path))
    said = "; ".join(f"{one.module}.{one.name} {one.safety.value}" for one in found.globals)
    if found.issues_count:
        return "high", said
    if found.scan_err:
        return "error", said
    suspicious = any(one.safety.value == "suspicious" for one in found.globals)
    return ("low" if suspicious else "silent"), said


def fickling(path: Path) -> Answer:
    """Overtly malicious, or likely so, is HIGH; possibly, suspicious and likely unsafe is LOW."""
    import zipfile

    fickling_itself = importlib.import_module("fickling")

    def one(file: Path) -> Answer:
        if zipfile.is_zipfile(file):
            results = list(fickling_itself.scan_zip_archive(str(file), graceful=True).values())
        else:
            results = [fickling_itself.scan_file(str(file), graceful=True)]
        worst = max((int(part.severity.value[0]) for result in results for part in result.results), default=0)
        said = f"severity {worst} of 5"
        if worst:
            return ("high" if worst >= 4 else "low"), said
        errors = [str(error) for result in results for error in result.errors]
        return ("error", "; ".join(errors)) if errors else ("silent", said)

    return _worst(one, path)


def modelaudit_picklescan(path: Path) -> Answer:
    """Its own verdicts: malicious is HIGH, suspicious LOW, anything that is not complete ERR."""
    package = importlib.import_module("modelaudit_picklescan")

    def one(file: Path) -> Answer:
        report = package.scan_bytes(file.read_bytes())
        said = "; ".join(finding.message for finding in report.findings)
        verdict = {"malicious": "high", "suspicious": "low"}.get(report.verdict.value)
        if verdict:
            return verdict, said
        complete = report.status.value == "complete" and report.verdict.value == "clean"
        return ("silent" if complete else "error"), said or report.status.value

    return _worst(one, path)


def modelaudit(path: Path) -> Answer:
    """Critical is HIGH, warning LOW; telemetry is off."""
    command = [str(Path(sys.executable).with_name("modelaudit")), "scan", "--format", "json", str(path)]
    quiet = {"PROMPTFOO_DISABLE_TELEMETRY": "1", "NO_ANALYTICS": "1", "DO_NOT_TRACK": "1"}
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **quiet}, check=False)
    try:
        found = json.loads(ran.stdout[ran.stdout.index("{") :])
    except ValueError:
        return "error", ran.stderr or ran.stdout
    issues = [one for one in found.get("issues", []) if one.get("severity") in ("critical", "warning")]
    said = "; ".join(str(one.get("message")) for one in issues)
    if any(one["severity"] == "critical" for one in issues):
        return "high", said
    if issues:
        return "low", said
    failed = ran.returncode not in (0, 1) or found.get("has_errors") or not found.get("success", True)
    return ("error" if failed else "silent"), ""


def _worst(ask: Callable[[Path], Answer], path: Path) -> Answer:
    """The gravest answer about a file, or about any file of a folder."""
    answers = list(_answers(ask, path))
    return max(answers, key=lambda answer: ORDER.index(answer[0]), default=("silent", ""))


def _answers(ask: Callable[[Path], Answer], path: Path) -> Iterator[Answer]:
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            try:
                yield ask(file)
            except Exception as error:
                yield "error", f"{type(error).__name__}: {error}"


ENGINES: dict[str, Callable[[Path], Answer]] = {
    "modelscan": modelscan,
    "picklescan": picklescan,
    "fickling": fickling,
    "modelaudit-picklescan": modelaudit_picklescan,
    "modelaudit": modelaudit,
}


def main() -> None:
    """Print the answer, whatever the engine prints or raises."""
    engine, path = sys.argv[1:]
    answer: dict[str, Any]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            word, said = ENGINES[engine](Path(path))
        except Exception as error:
            word, said = "error", f"{type(error).__name__}: {error}"
    answer = {"answer": word, "said": " ".join(said.split())[:160]}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
