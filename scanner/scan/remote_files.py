"""The files of a Hub repository: which are looked at, and what became of it."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from pydantic import ValidationError

from scanner.domain import Artifact, Cause, Finding, Incomplete, PathChange
from scanner.evidence import StoredObject
from scanner.exchange import HubFileRequest
from scanner.hub.interface import HubFile, Record
from scanner.inspect import formats
from scanner.scan.artifacts import findings_of, gaps_of
from scanner.scan.coverage import layers_of
from scanner.scan.looking import Looker, Seen
from scanner.words import HUB_PREFIX

MOST_FILES = 10_000
"""So many files of one repository are considered."""

_MOST_GAPS = 3
"""With more files that share one gap, it is told once for the repository."""

CARD = "README.md"


_NO_MODELS = (
    ".md", ".txt", ".rst", ".json", ".jsonl", ".yaml", ".yml", ".toml", ".csv", ".tsv", ".html", ".css",
    ".js", ".ipynb", ".parquet", ".arrow", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".pdf",
    ".wav", ".mp3", ".flac", ".ogg", ".mp4", ".webm", ".mov", ".ttf", ".gitattributes", ".gitignore",
    "license", "notice",
)  # fmt: skip
"""Endings of files that no loader takes for a model; one that a reference names is looked at anyway."""


@dataclass
class Looked:
    """What became of the files of one repository."""

    artifacts: list[Artifact] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    incomplete: list[Incomplete] = field(default_factory=list)
    code_repositories: set[str] = field(default_factory=set)
    base_repositories: set[str] = field(default_factory=set)
    gated: bool = False
    """True when the Hub refused bytes because its terms have to be accepted first."""


def full_name(repo_type: str, repo_id: str) -> str:
    """``org/name``, ``datasets/org/name``, ``spaces/org/name`` or ``kernels/org/name``."""
    return HUB_PREFIX[repo_type] + repo_id


def is_code(path: str) -> bool:
    """Whether a loader that trusts remote code may import it."""
    return path.endswith(".py")


def plan(record: Record, only: Sequence[str]) -> list[HubFile]:
    """The files that a loader may open and that can act, or state something: weights, configurations, code.

    With ``only`` (names or patterns) these, whatever they are called, and the configurations: that is what is
    loaded.
    """
    return [
        file
        for file in record.files[:MOST_FILES]
        if formats.is_obeyed(posixpath.basename(file.path))
        or (any(fnmatchcase(file.path, pattern) for pattern in only) if only else _wanted(record, file.path))
    ]


def _wanted(record: Record, path: str) -> bool:
    """Of a data set models and code alone; of anything else whatever is not plainly text, media or data."""
    name = posixpath.basename(path).lower()
    if formats.names_a_model(name) or is_code(path):
        return True
    return record.repo_type != "dataset" and not name.endswith(_NO_MODELS)


def request_for(record: Record, file: HubFile) -> HubFileRequest | None:
    """The request for a whole file; ``None`` where the tree says something that cannot be asked for."""
    values = {
        "repo_type": record.repo_type,
        "repo_id": record.repo_id,
        "commit": record.commit,
        "path": file.path,
        "size": file.size,
        "oid": file.oid,
        "sha256": file.sha256,
    }
    try:
        return HubFileRequest.model_validate(values)
    except ValidationError:
        return None


def look_at(looker: Looker, record: Record, files: Iterable[HubFile], before: Record | None) -> Looked:
    """Look at the files; what was there already on the old commit ``before`` is listed and not looked at."""
    old = {file.path: file for file in before.files} if before else {}
    requests = [(file, request_for(record, file)) for file in files]
    changed = [(file, request) for file, request in requests if request and _change(file, old) != "unchanged"]
    looker.prepare((request.key, posixpath.basename(file.path)) for file, request in changed)
    looked = Looked()
    for file, request in requests:
        kind = _change(file, old)
        if request is None or kind == "unchanged":
            artifact = _listed(record, file, kind)
            looked.artifacts.append(artifact)
            if request is None:
                looked.incomplete.append(_unaskable(artifact))
            continue
        seen = looker.fetched(request)
        _note(looked, seen)
        if seen.look.format is None:
            continue
        previous = old.get(file.path)
        artifact = _artifact(record, file, seen, kind, previous.sha256 if previous else None)
        looked.artifacts.append(artifact)
        place = f"{full_name(record.repo_type, record.repo_id)}/{file.path}"
        looked.findings += findings_of(artifact, seen, file.path, None, place)
        looked.incomplete += gaps_of(artifact, seen)
    looked.incomplete = list(_told_once(looked.incomplete, record))
    return looked


def _unaskable(artifact: Artifact) -> Incomplete:
    return Incomplete(
        subject=f"{artifact.repository_id}/{artifact.path}",
        cause=Cause.UNREADABLE,
        detail="what the Hub says of its size or its digest can be of no file",
        action="run again; or review the repository by hand",
        artifact=artifact.id,
    )


def _change(file: HubFile, old: dict[str, HubFile]) -> PathChange:
    previous = old.get(file.path)
    if previous is None:
        return "added"
    return "unchanged" if previous.oid == file.oid else "modified"


def _note(looked: Looked, seen: Seen) -> None:
    """Other repositories that the file leads to, and whether its bytes are behind terms."""
    looked.gated |= seen.refusal == "gated"
    for name, found in (
        ("code_repositories", looked.code_repositories),
        ("base_repositories", looked.base_repositories),
    ):
        named = seen.look.facts.get(name)
        found.update(named if isinstance(named, list) else ())


def _identity(record: Record, path: str) -> str:
    return f"hub:{full_name(record.repo_type, record.repo_id)}@{record.commit}/{path}"


def _listed(record: Record, file: HubFile, change: PathChange) -> Artifact:
    """A file that was not looked at."""
    promised = sorted(formats.named_format(posixpath.basename(file.path)))
    return Artifact(
        id=_identity(record, file.path),
        source="hub",
        path=file.path,
        repository_id=full_name(record.repo_type, record.repo_id),
        revision=record.commit,
        change=change,
        format="python" if is_code(file.path) else promised[0] if len(promised) == 1 else "unknown",
        size=file.size,
        git_oid=file.oid,
        sha256=file.sha256,
        sha256_origin="declared" if file.sha256 else None,
        coverage="none",
        status="skipped",
    )


def _artifact(
    record: Record, file: HubFile, seen: Seen, change: PathChange, previous: str | None
) -> Artifact:
    look, stored = seen.look, seen.stored
    listed = _listed(record, file, change)
    computed = stored is not None and stored.whole and stored.digest_origin == "computed"
    update: dict[str, object] = {"previous_sha256": previous}
    if computed and stored is not None:
        update |= {"sha256": stored.sha256, "sha512": stored.sha512, "sha256_origin": "computed"}
    complete = not look.gaps and not seen.pending
    update |= {
        "format": look.format,
        "coverage": _coverage(look.coverage, stored, complete),
        "bytes_read": look.bytes_read,
        "status": "scanned" if complete else "incomplete",
        "engines": sorted(set(look.engines)),
        "facts": dict(sorted(look.facts.items())),
        **layers_of(look),
    }
    return listed.model_copy(update=update)


def _coverage(coverage: str, stored: StoredObject | None, complete: bool) -> str:
    """``full`` is claimed only of a file that was here whole."""
    if coverage == "full" and not (complete and stored is not None and stored.whole):
        return "structural"
    return coverage


def _told_once(gaps: Sequence[Incomplete], record: Record) -> Iterator[Incomplete]:
    """One entry for the repository where many of its files share a gap."""
    groups: dict[tuple[Cause, str, str], list[Incomplete]] = defaultdict(list)
    for gap in gaps:
        groups[gap.cause, gap.detail, gap.action].append(gap)
    for (cause, detail, action), same in groups.items():
        if len(same) <= _MOST_GAPS:
            yield from same
            continue
        yield Incomplete(
            subject=f"{full_name(record.repo_type, record.repo_id)}@{record.commit}",
            cause=cause,
            detail=f"{len(same)} files: {detail}",
            action=action,
        )
