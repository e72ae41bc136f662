"""The one task of scan's workers: whatever reads hostile bytes, by name.

One crew does all of it, so that a run starts few processes and each loads only what its jobs need.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

TASK = "scanner.scan.work:work"

_DO = {
    "look": "scanner.inspect.look:look",
    "find": "scanner.discover.find:find",
    "record": "scanner.hub.record:read",
    "card": "scanner.hub.card:sections_of",
}


def work(job: dict[str, Any]) -> Any:
    """Do one job: ``do`` names what, the rest is for whoever does it."""
    module, _, name = _DO[job.pop("do")].partition(":")
    function: Callable[[dict[str, Any]], Any] = getattr(import_module(module), name)
    return function(job)
