"""Python that a loader imports because a configuration beside it says so: ``auto_map`` and its like.

Source: transformers' ``dynamic_module_utils`` takes ``module.Class`` from the configuration's own folder;
diffusers looks in the folder of a component, too; ``custom_generate/generate.py`` lies one folder below.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from scanner.evidence import REGULAR_MODES, ChangedPath
from scanner.scan.looking import Looker

_RULE = "remote-code-reference"
_PYTHON = (".py", ".pyw")


def imported(looker: Looker, paths: Iterable[ChangedPath]) -> set[tuple[str, str]]:
    """The (key, base name) pairs of the Python that the configurations of a change lead to.

    The looker has looked at every path before. A module is searched in the configuration's folder and in
    those right below it; code of another repository is not here.
    """
    folders: set[str] = set()
    python: list[tuple[str, str, str]] = []
    for path in paths:
        for side, where in ((path.new, path.path), (path.old, path.previous_path or path.path)):
            if side is None or side.key is None or side.mode not in REGULAR_MODES:
                continue
            folder, name = posixpath.split(where)
            if name.lower().endswith(_PYTHON):
                python.append((folder, side.key, name))
            elif looker.evidence.object(side.key) and _names_its_own_code(looker, side.key, name):
                folders.add(folder)
    return {
        (key, name)
        for folder, key, name in python
        if folder in folders or (folder and posixpath.dirname(folder) in folders)
    }


def _names_its_own_code(looker: Looker, key: str, name: str) -> bool:
    return any(
        seen.rule == _RULE and "/" not in (seen.symbol or "/") for seen in looker.glance(key, name).sightings
    )
