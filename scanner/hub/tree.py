"""The files of a repository at a commit, out of the pages of its tree, with what the Hub's scanners say."""

from __future__ import annotations

from typing import Any

from scanner.hub.documents import Documents, Fields
from scanner.hub.interface import SCANNERS, HubFile
from scanner.hub.texts import COMMIT, SHA256, Problems, clean

FILES = 100_000
"""Files that are recorded."""

_PATH = 1_024
_PATHS = 8 << 20
_STATUS = 40
_MESSAGE = 300
_IMPORTS = 10

QUIET = frozenset({"safe", "unscanned", "queued"})
"""What a scanner says that has no alarm and no reason to tell."""

RANK = {
    status: rank
    for rank, status in enumerate(("safe", "unscanned", "queued", "error", "caution", "suspicious", "unsafe"))
}
"""From the best to the worst."""

OVERALL = "hub"
"""Name for the Hub's own verdict, recorded only where it is worse than that of each scanner."""


def rank(status: str) -> int:
    """How bad a status is; one that we do not know counts as a caution."""
    return RANK.get(status, RANK["caution"])


def files(documents: Documents, siblings: Any, problems: Problems) -> tuple[list[HubFile], bool]:
    """The files in order of their paths, and whether these are all.

    ``siblings`` is the list of names that the repository's own description holds: a second witness.
    """
    found: dict[str, HubFile] = {}
    whole, characters = True, 0
    for page in documents.pages("tree"):
        for row in page:
            file = _file(row, problems)
            if file is None:
                whole = whole and _is_folder(row)
                continue
            characters += len(file.path)
            if len(found) == FILES or characters > _PATHS:
                problems.tell(f"the repository has more files than the {len(found):,} that are recorded")
                return _sorted(found), False
            if file.path in found:
                problems.tell(f"the tree has {file.path} twice")
                whole = False
            found[file.path] = file
    whole = documents.whole("tree") and whole
    if isinstance(siblings, list) and whole:
        named = [row.get("rfilename") for row in siblings if isinstance(row, dict)]
        missing = next((name for name in named if isinstance(name, str) and name not in found), None)
        if missing is not None:
            problems.tell(f"the tree lacks {missing}, which the repository's description names")
            whole = False
    return _sorted(found), whole


def _sorted(found: dict[str, HubFile]) -> list[HubFile]:
    return [found[path] for path in sorted(found)]


def _is_folder(row: Any) -> bool:
    return isinstance(row, dict) and row.get("type") == "directory"


def _file(row: Any, problems: Problems) -> HubFile | None:
    """One file, or ``None`` for what is no file or not described as one."""
    if _is_folder(row):
        return None
    if not isinstance(row, dict) or row.get("type") != "file":
        problems.tell("the tree has a row that is neither a file nor a folder")
        return None
    path = row.get("path")
    if not isinstance(path, str) or not _is_sane(path):
        problems.tell(
            f"the tree has a file whose path is not usable: {path if isinstance(path, str) else ''}"
        )
        return None
    fields = Fields(row, f"the tree's row of {clean(path, 100)}", problems)
    size, oid = fields.count("size"), fields.matched("oid", COMMIT)
    large = fields.inner("lfs") if row.get("lfs") is not None else None
    sha256 = large.matched("oid", SHA256) if large else None
    if size is None or oid is None or (large and sha256 is None):
        problems.tell(f"the tree does not say the size or digest of {path}")
        return None
    if large and large.count("size") not in (None, size):
        problems.tell(f"the tree says two sizes of {path}")
        return None
    file = HubFile(path, size, oid, sha256)
    _scans(file, fields.inner("securityFileStatus"))
    return file


def _is_sane(path: str) -> bool:
    parts = path.split("/")
    return len(path) <= _PATH and path.isprintable() and not {"", ".", ".."} & set(parts)


def _scans(file: HubFile, security: Fields) -> None:
    """All five scanners; the client library drops three of them."""
    for scanner in SCANNERS:
        scan = security.inner(scanner)
        status = scan.text("status", _STATUS)
        if status is None:
            continue
        file.scans[scanner] = status
        message = "; ".join(filter(None, (scan.text("message"), _imports(scan.raw("pickleImports")))))
        if message and status not in QUIET:
            file.messages[scanner] = clean(message, _MESSAGE)
    overall = security.text("status", _STATUS)
    if overall and rank(overall) > max(RANK["error"], *map(rank, file.scans.values()), 0):
        file.scans[OVERALL] = overall


def _imports(rows: Any) -> str:
    """What a pickle imports that is not innocuous."""
    named = [
        f"{row['module']}.{row['name']} ({row['safety']})"
        for row in (rows[:1_000] if isinstance(rows, list) else [])
        if isinstance(row, dict)
        and all(isinstance(row.get(key), str) for key in ("module", "name", "safety"))
        and row["safety"] != "innocuous"
    ]
    more = f" and {len(named) - _IMPORTS} more" if len(named) > _IMPORTS else ""
    return f"imports {', '.join(named[:_IMPORTS])}{more}" if named else ""
