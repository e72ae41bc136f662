"""From changed paths and looks to artifacts, findings and what is incomplete."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.domain import Artifact, Cause, Finding, Incomplete, PathChange
from scanner.evidence import REGULAR_MODES, SUBMODULE_MODE, SYMLINK_MODE, ChangedPath, Evidence, Side
from scanner.inspect import formats
from scanner.inspect.interface import Gap, Sighting
from scanner.scan.coverage import layers_of
from scanner.scan.drift import drift
from scanner.scan.findings import finding
from scanner.scan.looking import Looker, Seen

_DVC = "dvc-pointer"

_MOST_GAPS = 20
"""So many different gaps of one artifact are told one by one."""

_MOST_DIGESTS = 3
"""So many digests of a DVC file are named in the reason; all of them are facts of the artifact."""

_DIGITS = 16
"""A size has fewer digits than this."""


@dataclass
class Gathered:
    """What one pass over the change found."""

    artifacts: list[Artifact] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    incomplete: list[Incomplete] = field(default_factory=list)
    links: int = 0
    """Symbolic links that do not look like models."""


def subjects(path: ChangedPath) -> Iterator[tuple[str, str]]:
    """The (key, base name) pairs of a changed path that have to be looked at."""
    for side, name in ((path.new, path.path), (path.old, path.previous_path or path.path)):
        if side is not None and side.key is not None and side.mode in REGULAR_MODES:
            yield side.key, posixpath.basename(name)


def gather(evidence: Evidence, looker: Looker, paths: list[ChangedPath], *, compared: bool) -> Gathered:
    """Look up every changed path; ``compared``: there is a base that findings can be new against."""
    gathered = Gathered()
    for path in paths:
        _gather_one(gathered, evidence, looker, path, compared)
    return gathered


def _gather_one(
    gathered: Gathered, evidence: Evidence, looker: Looker, path: ChangedPath, compared: bool
) -> None:
    special = path.new or path.old
    if special is not None and special.mode == SYMLINK_MODE and path.new is not None:
        _gather_link(gathered, evidence, path, compared)
    elif special is not None and special.mode == SUBMODULE_MODE and path.new is not None:
        sighting = Sighting("submodule-not-followed", "git", symbol=path.new.oid[:12])
        gathered.findings.append(finding(sighting, path.path, None, True if compared else None))
    new = _seen(looker, path.new, path.path)
    old = _seen(looker, path.old, path.previous_path or path.path, follow=path.new is not None)
    if new is None and old is None:
        return
    if new is None:
        gathered.artifacts.append(_removed(evidence, path, old))
        return
    artifact = _artifact(evidence, path, new, old)
    gathered.artifacts.append(artifact)
    before = (
        {item.fingerprint for item in findings_of(artifact, old, path.previous_path or path.path, None)}
        if old
        else set()
    )
    for item in findings_of(artifact, new, path.path, None):
        fresh = (item.fingerprint not in before) if compared else None
        gathered.findings.append(item.model_copy(update={"new": fresh}))
    gathered.incomplete += gaps_of(artifact, new)


def _seen(looker: Looker, side: Side | None, path: str, *, follow: bool = True) -> Seen | None:
    """What is known of one side, if it is a model; an empty file is one only by its name."""
    name = posixpath.basename(path)
    if side is None or side.key is None or side.mode not in REGULAR_MODES:
        return None
    seen = looker.seen(side.key, name, follow=follow)
    if seen.look.format is None or (seen.look.format == "empty" and not formats.names_a_model(name)):
        return None
    return seen


def _artifact(evidence: Evidence, path: ChangedPath, seen: Seen, old: Seen | None) -> Artifact:
    assert path.new is not None and path.new.key is not None
    elsewhere = seen.look.format == _DVC
    source = "lfs" if seen.lfs else "dvc" if elsewhere else path.new.key.partition(":")[0]
    stored = None if elsewhere else seen.stored  # what is stored of it is the pointer
    absent = seen.lfs is not None and stored is None
    sha256 = seen.lfs[0] if seen.lfs and absent else stored.sha256 if stored else None
    declared = absent or (stored is not None and stored.digest_origin == "declared")
    size = path.new.size
    if elsewhere:
        size = _recorded_size(seen)
    elif seen.lfs and absent:
        size = seen.lfs[1]
    elif stored:
        size = stored.size
    whole = not seen.look.gaps and not seen.pending
    return Artifact.model_validate(
        {
            "id": f"{'local' if source == 'file' else source}:{path.path}",
            "source": "local" if source == "file" else source,
            "path": path.path,
            "previous_path": path.previous_path,
            "change": path.change,
            "previous_sha256": _digest(evidence, path.old, old),
            "format": seen.look.format,
            "size": size,
            "git_oid": path.new.oid if source != "file" else None,
            "sha256": sha256,
            "sha512": stored.sha512 if stored else None,
            "sha256_origin": None if sha256 is None else "declared" if declared else "computed",
            "coverage": seen.look.coverage if whole or seen.look.coverage != "full" else "structural",
            "bytes_read": seen.look.bytes_read,
            "status": "scanned" if whole else "incomplete",
            "engines": sorted(set(seen.look.engines)),
            "facts": {} if absent else dict(sorted(seen.look.facts.items())),
            **layers_of(seen.look),
            **(drift(old.look, seen.look) if old and not absent and not old.pending else {}),
        }
    )


def _recorded_size(seen: Seen) -> int | None:
    """The size that a DVC file records, if it stands for one file; bytes."""
    sizes = seen.look.facts.get("sizes")
    known = isinstance(sizes, list) and len(sizes) == 1 and sizes[0].isascii() and sizes[0].isdigit()
    return int(sizes[0]) if known and isinstance(sizes, list) and len(sizes[0]) < _DIGITS else None


def _recorded_digests(seen: Seen) -> str:
    """The digests that a DVC file records, in words."""
    digests = seen.look.facts.get("digests")
    named = [digest for digest in digests if digest] if isinstance(digests, list) else []
    more = f" and {len(named) - _MOST_DIGESTS} more" if len(named) > _MOST_DIGESTS else ""
    return f" ({', '.join(named[:_MOST_DIGESTS])}{more})" if named else ""


def _removed(evidence: Evidence, path: ChangedPath, old: Seen | None) -> Artifact:
    assert old is not None
    source = "lfs" if old.lfs else "dvc" if old.look.format == _DVC else "git"
    return Artifact.model_validate(
        {
            "id": f"{source}:{path.previous_path or path.path}",
            "source": source,
            "path": path.previous_path or path.path,
            "change": "removed",
            "previous_sha256": _digest(evidence, path.old, old),
            "format": old.look.format,
            "coverage": "none",
            "status": "skipped",
        }
    )


def _digest(evidence: Evidence, side: Side | None, seen: Seen | None) -> str | None:
    """SHA-256 of the model on that side: of the Git LFS object where there is a pointer."""
    if seen is not None and seen.lfs:
        return seen.lfs[0]
    if seen is not None and seen.look.format == _DVC:
        return None
    stored = evidence.object(side.key) if side else None
    return stored.sha256 if stored else None


def findings_of(
    artifact: Artifact, seen: Seen | None, path: str, new: bool | None, place: str | None = None
) -> Iterator[Finding]:
    """Findings of one side, each told once; they are identified by ``place`` or the path on head."""
    if seen is None:
        return
    told: dict[str, Finding] = {}
    for sighting in [*seen.look.sightings, *_name_sightings(path, seen)]:
        item = finding(sighting, artifact.path, artifact.id, new, place=place)
        known = told.get(item.fingerprint)
        if known is not None:
            engines = sorted({*known.engines, *item.engines})
            worst = max(known.severity, item.severity, key=lambda severity: severity.rank)
            item = known.model_copy(update={"engines": engines, "severity": worst})
        told[item.fingerprint] = item
    yield from told.values()


def _name_sightings(path: str, seen: Seen) -> Iterator[Sighting]:
    """What the name says against what the content is."""
    clash = formats.contradiction(posixpath.basename(path), str(seen.look.format))
    if clash is None:
        return
    promised, content, unsafe = clash
    acts = formats.FORMATS[str(seen.look.format)].can_act
    yield Sighting(
        "safe-name-unsafe-content" if unsafe else "name-contradicts-content",
        "modelward",
        symbol=content,
        evidence=promised,
        severity=None if acts else "low",
    )


def gaps_of(artifact: Artifact, seen: Seen) -> Iterator[Incomplete]:
    """One entry a cause and reason; members that share them are counted."""
    gaps = list(seen.look.gaps)
    if seen.pending:
        gaps.append(
            Gap(
                Cause.BUDGET, "the rounds ended before its bytes were read", "run again, or review it by hand"
            )
        )
    if seen.look.format == _DVC:
        gaps.append(
            Gap(
                Cause.ACCESS,
                f"its bytes are in a DVC remote{_recorded_digests(seen)}",
                "run 'dvc pull' and name the file with 'inspect'",
            )
        )
    groups: dict[tuple[str, str, str], list[str | None]] = {}
    for gap in gaps:
        groups.setdefault((gap.cause, gap.detail, gap.action), []).append(gap.member)
    for (cause, detail, action), members in list(groups.items())[:_MOST_GAPS]:
        member = f"!{members[0]}" if members[0] else ""
        more = f" (and {len(members) - 1} more of its members)" if len(members) > 1 else ""
        yield Incomplete(
            subject=f"{artifact.path}{member}",
            cause=Cause(cause),
            detail=detail + more,
            action=action,
            artifact=artifact.id,
        )
    if len(groups) > _MOST_GAPS:
        detail = f"{len(groups) - _MOST_GAPS} further reasons are left out"
        yield Incomplete(
            subject=artifact.path,
            cause=Cause.HOSTILE,
            detail=detail,
            action="review the file by hand",
            artifact=artifact.id,
        )


def _gather_link(gathered: Gathered, evidence: Evidence, path: ChangedPath, compared: bool) -> None:
    """A symbolic link is named and never followed; only one that looks like a model is a finding."""
    assert path.new is not None
    data = evidence.read(path.new.key, 1 << 16)
    target = (data or b"").decode("utf-8", "backslashreplace")
    names = (posixpath.basename(path.path), posixpath.basename(target))
    if not any(formats.names_a_model(name) for name in names):
        gathered.links += 1
        return
    place = posixpath.normpath(posixpath.join(posixpath.dirname(path.path), target))
    escapes = target.startswith("/") or place == ".." or place.startswith("../")
    rule = "symlink-escapes-repository" if escapes else "symlink-not-followed"
    artifact = Artifact(
        id=f"git:{path.path}",
        source="git",
        path=path.path,
        previous_path=path.previous_path,
        change=path.change,
        format="symlink",
        size=path.new.size,
        git_oid=path.new.oid,
        coverage="none",
        status="skipped",
    )
    gathered.artifacts.append(artifact)
    fresh = path.old != path.new if compared else None
    gathered.findings.append(
        finding(Sighting(rule, "git", symbol=target or "?"), path.path, artifact.id, fresh)
    )


def is_model(path: str, mode: str) -> bool:
    """Whether a regular file is a model by its name."""
    return mode in REGULAR_MODES and formats.names_a_model(posixpath.basename(path))


def skipped(path: str, side: Side, change: PathChange) -> Artifact:
    """A model that is listed by name and object id, and was not looked at."""
    promised = sorted(formats.named_format(posixpath.basename(path)))
    return Artifact(
        id=f"git:{path}",
        source="git",
        path=path,
        change=change,
        format=promised[0] if len(promised) == 1 else "unknown",
        size=side.size,
        git_oid=side.oid,
        coverage="none",
        status="skipped",
    )
