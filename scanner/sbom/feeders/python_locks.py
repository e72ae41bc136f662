"""uv.lock and pylock.toml as feeds: each file is read in a confined process of its own, like any tool's."""

from __future__ import annotations

import json
import sys
from functools import partial
from importlib.metadata import version
from typing import Any

from scanner.domain import EngineRef
from scanner.sbom.cyclonedx import Component, Evidence, Occurrence, text
from scanner.sbom.feeders import convert
from scanner.sbom.feeders.interface import Feed, Job
from scanner.sbom.feeders.lock_packages import OURS
from scanner.sbom.feeders.process import TOOL, Command, ToolError
from scanner.worker import ROOT, Limits

UV = "modelward"
PYLOCK = "packaging"
"""Names of the feeders: who reads the file."""

_MAX_GAPS = 20
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from scanner.sbom.feeders.lock_reader import main; main(sys.argv[2], sys.argv[3])"
)


def reads(path: str) -> bool:
    """Whether the file of that name is read here."""
    name = path.rpartition("/")[2]
    return name == "uv.lock" or (name.startswith("pylock.") and name.endswith(".toml"))


def job(path: str, data: bytes, limits: Limits = TOOL) -> Job:
    """One run over the lock file at ``path``, which :func:`reads` knows."""
    is_uv = path.endswith("uv.lock")
    words = (sys.executable, "-I", "-c", _BOOT, str(ROOT), "uv" if is_uv else "pylock", path)
    tools = () if is_uv else (EngineRef(name=PYLOCK, version=version(PYLOCK)),)
    return Job(
        UV if is_uv else PYLOCK,
        path,
        Command(words, limits, data),
        partial(_read, path=path, data=data, tools=tools),
    )


def _read(output: bytes, path: str, data: bytes, tools: tuple[EngineRef, ...]) -> Feed:
    parsed = _answer(output)
    ours = parsed.get(OURS)
    ours = ours if isinstance(ours, dict) else {}
    named = convert.hosts_named([data])
    lines = ours.get("lines")
    lines = lines if isinstance(lines, dict) else {}
    found = [
        convert.component(raw, named, ("modelward:lock:",))
        for raw in convert.entries(parsed.get("components"))
    ]
    return Feed(
        components=tuple(_placed(each, path, lines) for each in found if each is not None),
        dependencies=tuple(convert.edges(parsed)),
        direct=_strings(ours.get("direct")),
        resolved=_strings(ours.get("resolved")),
        tools=tools,
        gaps=tuple(text(gap, 512) for gap in _strings(ours.get("gaps"))[:_MAX_GAPS]),
    )


def _answer(output: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(output)
    except (ValueError, RecursionError):
        raise ToolError("its answer was not JSON") from None
    if isinstance(parsed, dict) and isinstance(problem := parsed.get("problem"), str):
        raise ToolError(text(problem, 200))
    return dict(convert.document(output))


def _placed(found: Component, path: str, lines: dict[str, Any]) -> Component:
    line = lines.get(found.bom_ref or "")
    here = Occurrence(location=path, line=line if isinstance(line, int) and line > 0 else None)
    return found.model_copy(update={"evidence": Evidence(occurrences=[here])})


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
