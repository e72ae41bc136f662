"""scan as a child process that waits: started early, it has loaded its modules when the evidence is ready.

One JSON line in asks for one pass; JSON lines out tell progress and, last, how the pass ended.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.worker import Crew


def serve() -> None:
    """Answer passes until standard input ends.

    A question is ``{"evidence": folder, "output": folder, "syft": path or null}``. An answer is
    ``{"progress": [done, all]}``, ``{"done": number of requests}``, ``{"wrong": text}`` for a configuration
    that cannot be used, or ``{"broken": text}``.
    """
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)

    def tell(answer: dict[str, Any]) -> None:
        answers.write(json.dumps(answer).encode() + b"\n")

    try:
        _serve(tell)
    except Exception as error:  # the parent has to hear of it, whatever it is
        tell({"broken": f"scan failed: {type(error).__name__}: {error}"})


def _serve(tell: Callable[[dict[str, Any]], None]) -> None:
    from scanner.scan.work import TASK
    from scanner.worker import Crew

    with Crew(TASK) as crew:
        crew.hire()  # it loads its modules while this process loads its own
        from scanner.scan import documents, scan  # noqa: F401 - for _answer

        documents.warm()
        for line in sys.stdin.buffer:
            tell(_answer(json.loads(line), crew, tell))


def _answer(question: dict[str, Any], crew: Crew, tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    from scanner.policy.load import ConfigError
    from scanner.scan.scan import scan

    try:
        scanned = scan(
            Path(question["evidence"]),
            Path(question["output"]),
            crew,
            syft=question["syft"],
            progress=lambda done, total: tell({"progress": [done, total]}),
        )
    except ConfigError as error:
        return {"wrong": str(error)}
    except OSError as error:
        return {"broken": f"the report cannot be written: {error}"}
    return {"done": len(scanned.requests)}
