"""Paths in models that lead out of the folder of the model, or to another machine."""

from __future__ import annotations

import re

_DRIVE = re.compile(r"[A-Za-z]:")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def outside(place: str) -> str | None:
    """Why a path does not stay in the folder of the model, or ``None`` if it does."""
    parts = place.replace("\\", "/").split("/")
    if _URL.match(place):
        return "an address, not a file of the model"
    if ".." in parts:
        return "it leads out of the folder of the model"
    if parts[0].startswith("~") or "\0" in place:
        return "it leads out of the folder of the model"
    if (len(parts) > 1 and parts[0] == "") or _DRIVE.match(place) or parts[0].startswith("$"):
        return "an absolute path"
    return None
