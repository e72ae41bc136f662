"""Search the changed source files, both sides, for what they name; modules that they import are asked for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from scanner.discover.find import LARGEST, searches
from scanner.discover.interface import Edit, Found, Mention, Sibling, Source, UnsafeLoad
from scanner.evidence import REGULAR_MODES, ChangedPath, Evidence, Side, TreeEntry
from scanner.exchange import BlobRequest
from scanner.scan.asking import Asking
from scanner.scan.workshop import Job, Workshop

_MOST_WANTS = 20
"""So many modules are fetched for one file."""

_SIBLING = 1 << 20
"""Bytes of a module that are read for its constants."""

_ROOTS = ("src", "lib", "app")
"""Folders that Python projects put on the search path."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What one changed file names, on head and on the base; null where that side is not searched."""

    path: ChangedPath
    new: Found | None
    old: Found | None


_Pair = tuple[str, str, bool]
"""Key of the object, path, and whether it is of the head."""


class Sources:
    """Searches the files of a change. ``pending`` is true while something that was asked for is to come."""

    def __init__(self, evidence: Evidence, workshop: Workshop, asking: Asking) -> None:
        self._evidence, self._workshop, self._asking = evidence, workshop, asking
        self._trees: dict[bool, dict[str, TreeEntry]] = {}
        self.pending = False
        self.unsearched: list[str] = []
        """Paths of files that are too large to be searched."""

    def search(self, paths: Iterable[ChangedPath]) -> list[Searched]:
        """Search both sides of every path whose name says that it is text."""
        wanted: list[tuple[ChangedPath, _Pair | None, _Pair | None]] = []
        for path in paths:
            new, old = self._pair(path.path, path.new, True), None
            if path.previous_path or path.old:
                old = self._pair(path.previous_path or path.path, path.old, False)
            if new or old:
                wanted.append((path, new, old))
        pairs = sorted({pair for _, new, old in wanted for pair in (new, old) if pair})
        found = self._find({pair: [] for pair in pairs})
        again = {pair: siblings for pair in pairs if (siblings := self._siblings(pair, found[pair].wants))}
        found |= self._find(again)
        return [
            Searched(path, found[new] if new else None, found[old] if old else None)
            for path, new, old in wanted
        ]

    def _pair(self, path: str, side: Side | None, head: bool) -> _Pair | None:
        """The side as something to search, once its bytes are here."""
        if side is None or side.key is None or side.mode not in REGULAR_MODES or not searches(path):
            return None
        stored = self._evidence.object(side.key)
        if stored is None:
            return None  # that it could not be had is said where it is looked at
        if stored.whole:
            return side.key, path, head
        if stored.size > LARGEST:
            if head:
                self.unsearched.append(path)
        elif side.key.startswith("git:") and self._asking.ask(BlobRequest(oid=side.oid)) is None:
            self.pending = True
        return None

    def _find(self, wanted: Mapping[_Pair, list[Sibling]]) -> dict[_Pair, Found]:
        jobs = [
            Job(
                "find",
                asdict(Source(pair[1], self._location(pair[0]), siblings)),
                (pair[0], pair[1], [(sibling.module, sibling.data) for sibling in siblings]),
            )
            for pair, siblings in wanted.items()
        ]
        values = self._workshop.results(jobs, _died)
        return {pair: found_from(value) for pair, value in zip(wanted, values, strict=True)}

    def _siblings(self, pair: _Pair, modules: list[str]) -> list[Sibling]:
        """The wanted modules that the repository has; those that are not here yet are asked for."""
        siblings = []
        for module in modules[:_MOST_WANTS] if pair[0].startswith("git:") else ():
            entry = next(filter(None, map(self._tree(pair[2]).get, _places(pair[1], module))), None)
            if entry is None or entry.mode not in REGULAR_MODES or (entry.size or 0) > _SIBLING:
                continue
            key = f"git:{entry.oid}"
            stored = self._evidence.object(key)
            if stored is not None and stored.whole:
                siblings.append(Sibling(module, self._location(key)))
            elif self._asking.ask(BlobRequest(oid=entry.oid)) is None:
                self.pending = True
        return siblings

    def _location(self, key: str) -> str:
        return str(self._evidence.location(key).absolute())

    def _tree(self, head: bool) -> dict[str, TreeEntry]:
        if head not in self._trees:
            manifest = self._evidence.manifest
            entries = self._evidence.tree(manifest.head_tree if head else manifest.base_tree)
            self._trees[head] = {entry.path: entry for entry in entries if entry.path.endswith(".py")}
        return self._trees[head]


def _places(path: str, module: str) -> Iterator[str]:
    """Where a module may be that ``path`` imports, nearest first."""
    name = module.lstrip(".")
    level = len(module) - len(name)
    inner = name.replace(".", "/")
    folder = posixpath.dirname(path)
    if level:
        for _ in range(level - 1):
            folder = posixpath.dirname(folder)
        folders = [folder]
    else:
        folders = [folder]
        while folder:
            folder = posixpath.dirname(folder)
            folders.append(folder)
        folders += _ROOTS
    for place in folders:
        stem = posixpath.join(place, inner) if inner else place
        yield f"{stem}.py"
        yield posixpath.join(stem, "__init__.py")


def _died(reason: str) -> dict[str, Any]:
    return asdict(Found(defeated=f"searching it for models ended the worker: {reason}"))


def found_from(value: dict[str, Any]) -> Found:
    """A :class:`Found` from the JSON that crossed the worker's door."""
    return Found(
        mentions=[Mention(**{**mention, "pin": _edit(mention["pin"])}) for mention in value["mentions"]],
        unsafe=[UnsafeLoad(**{**load, "fix": _edit(load["fix"])}) for load in value["unsafe"]],
        wants=value["wants"],
        gaps=value["gaps"],
        defeated=value["defeated"],
    )


def _edit(value: dict[str, Any] | None) -> Edit | None:
    return None if value is None else Edit(**value)
