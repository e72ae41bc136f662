"""The engines that are compared: how each gets an environment of its own, and how it is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODELWARD = "modelward"
PEERS = ("modelscan", "picklescan", "fickling", "modelaudit-picklescan", "modelaudit")
ENGINES = (MODELWARD, *PEERS)
USUAL = tuple(engine for engine in ENGINES if engine != "modelaudit")
"""Those that are asked unless others are named: modelaudit takes 444 MB and most of the time."""
SECONDS = 60
"""The time limit of one process: one engine, one file."""
_GRAVE = ("critical", "high")
_INSTALL_SECONDS = 900


def install(engine: str, folder: Path) -> str:
    """Make the environment of a peer from its pinned requirements; its version.

    Raises:
        OSError, subprocess.SubprocessError: it cannot be installed here.
    """
    requirements = HERE / "requirements" / f"{engine}.txt"
    home, stamp = folder / engine, folder / engine / ".made-from"
    wanted = requirements.read_text("utf-8")
    if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
        run = ("-m", "venv", "--clear", str(home))
        subprocess.run([sys.executable, *run], check=True, capture_output=True, timeout=_INSTALL_SECONDS)
        quiet = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements))
        subprocess.run(
            [str(_python(home)), *quiet], check=True, capture_output=True, timeout=_INSTALL_SECONDS
        )
        stamp.write_text(wanted, "utf-8")
    said = f"from importlib.metadata import version; print(version({engine!r}))"
    return subprocess.check_output([str(_python(home)), "-I", "-c", said], text=True).strip()


def _python(home: Path) -> Path:
    return home / "bin" / "python"


def ask(engine: str, environments: Path, path: Path) -> dict[str, Any]:
    """What a peer says of one file or folder, in a process of its own."""
    command = [str(_python(environments / engine)), "-I", str(HERE / "ask.py"), engine, str(path)]
    clean = {"PATH": os.environ.get("PATH", ""), "HOME": str(environments), "LANG": "C.UTF-8"}
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, cwd=ROOT, env=clean, check=False
        )
    except subprocess.TimeoutExpired:
        return {"answer": "error", "said": f"no answer within {SECONDS} s"}
    try:
        answer: dict[str, Any] = json.loads(ran.stdout)
    except ValueError:
        return {"answer": "error", "said": f"exit code {ran.returncode}"}
    return answer


def ask_modelward(folder: Path, paths: list[Path]) -> list[dict[str, Any]]:
    """What Modelward says of every path below ``folder``; it gives each look a worker with limits itself.

    Raises:
        ValueError: it printed no report.
    """
    command = [sys.executable, "-m", "scanner", "inspect", "--json", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    report = json.loads(ran.stdout)
    findings: dict[str, list[dict[str, Any]]] = {}
    for one in report["findings"]:
        findings.setdefault(one["path"], []).append(one)
    unfinished = {one["subject"] for one in report["incomplete"]}

    def of(path: Path) -> dict[str, Any]:
        files = [str(path)] if path.is_file() else [str(file) for file in sorted(path.rglob("*"))]
        return _answer(
            [one for file in files for one in findings.get(file, [])], not unfinished.isdisjoint(files)
        )

    return [of(path) for path in paths]


def _answer(findings: list[dict[str, Any]], incomplete: bool) -> dict[str, Any]:
    """The same four answers out of Modelward's own findings, and what names the layout."""
    order = ("info", "low", "medium", "high", "critical")
    worst = max((one["severity"] for one in findings), key=order.index, default=None)
    answer = "high" if worst in _GRAVE else "low" if worst else "error" if incomplete else "silent"
    said = [
        f"{one['rule']}: {one['symbol']}: {one['evidence']}" for one in findings if one["severity"] in _GRAVE
    ]
    return {"answer": answer, "severity": worst, "incomplete": incomplete, "said": sorted(said)}


def ask_all(
    engine: str, environments: Path, paths: list[Path], jobs: int, tell: Callable[[str], None]
) -> list[dict[str, Any]]:
    """The answers about every path, in order."""
    done = 0

    def one(path: Path) -> dict[str, Any]:
        nonlocal done
        answer = ask(engine, environments, path)
        done += 1
        if done % 100 == 0:
            tell(f"{engine}: {done} of {len(paths)}")
        return answer

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, paths))
