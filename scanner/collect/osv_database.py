"""OSV's export in a local folder: one ``all.zip`` an ecosystem, one JSON file an advisory.

(https://google.github.io/osv.dev/data/#data-dumps) No advisory is parsed here: those are handed on in which
the name of a package stands as the value of a ``name``. Whether they are about it, and about its version, is
for scan to find out.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from scanner.collect.errors import Unserved
from scanner.collect.limits import OSV_ADVISORY, OSV_CANDIDATES, OSV_MEMBERS
from scanner.domain import Cause
from scanner.words import counted

_NAME = re.compile(rb'"name"\s*:\s*"([^"\\]{1,480})"')
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{1,99}\.json")
_SEPARATORS = re.compile(rb"[-_.]+")
_BROKEN = (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
_REPAIR = "fetch the export of OSV again, then run again"


@dataclass
class Candidates:
    """Bodies of advisories by id, and what is lacking by ecosystem."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)


class OsvDatabase:
    """A folder of ``<ecosystem>/all.zip``; each archive is gone through once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index: dict[str, dict[bytes, set[str]]] = {}

    def candidates(self, packages: Iterable[tuple[str, str]]) -> Candidates:
        """The advisories that name any of these packages, each given as ecosystem and name.

        Raises:
            Unserved: they are too many.
        """
        wanted: dict[str, set[bytes]] = {}
        for ecosystem, name in packages:
            wanted.setdefault(ecosystem, set()).add(_comparable(name.encode()))
        found = Candidates()
        for ecosystem in sorted(wanted):
            try:
                with zipfile.ZipFile(self._folder / ecosystem / "all.zip") as archive:
                    self._read(archive, ecosystem, wanted[ecosystem], found)
            except FileNotFoundError:
                found.lacking[ecosystem] = f"the local database has no {ecosystem}/all.zip"
            except _BROKEN:
                found.lacking[ecosystem] = f"{ecosystem}/all.zip of the local database cannot be read"
        return found

    def _read(self, archive: zipfile.ZipFile, ecosystem: str, wanted: set[bytes], found: Candidates) -> None:
        if ecosystem not in self._index:
            self._index[ecosystem] = _index(archive)
        index = self._index[ecosystem]
        if too_long := index.get(b""):
            what = counted(len(too_long), "advisory", "advisories")
            found.lacking[ecosystem] = f"{what} of {ecosystem} too long to be read"
        for member in sorted(set().union(*(index.get(name, ()) for name in wanted))):
            if len(found.bodies) == OSV_CANDIDATES:
                detail = f"more than {OSV_CANDIDATES} advisories of the local database name the packages"
                raise Unserved(Cause.BUDGET, detail, "split the change, then run again")
            found.bodies[member.removesuffix(".json")] = archive.read(member)


def _index(archive: zipfile.ZipFile) -> dict[bytes, set[str]]:
    """Which members have which names in them; under the empty name those that are too long to look."""
    members = archive.infolist()
    if len(members) > OSV_MEMBERS:
        raise Unserved(Cause.BUDGET, f"a local database holds more than {OSV_MEMBERS} advisories", _REPAIR)
    index: dict[bytes, set[str]] = {}
    for member in members:
        if not _MEMBER.fullmatch(member.filename):
            continue
        if member.file_size > OSV_ADVISORY:
            index.setdefault(b"", set()).add(member.filename)
            continue
        for name in set(_NAME.findall(archive.read(member))):
            index.setdefault(_comparable(name), set()).add(member.filename)
    return index


def _comparable(name: bytes) -> bytes:
    """A name without what some ecosystems do not tell apart: more may be equal here than are."""
    return _SEPARATORS.sub(b"-", name.lower())
