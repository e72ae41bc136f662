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
    "images": "scanner.discover.images:find",
    "record": "scanner.hub.record:read",
    "card": "scanner.hub.card_text:read",
    "config": "scanner.hub.config:read",
    "osv-batch": "scanner.scan.osv.read:batch",
    "osv-advisories": "scanner.scan.osv.read:advisories",
}


def work(job: dict[str, Any]) -> Any:
    """Do one job: ``do`` names what, the rest is for whoever does it."""
    module, _, name = _DO[job.pop("do")].partition(":")
    function: Callable[[dict[str, Any]], Any] = getattr(import_module(module), name)
    return function(job)
