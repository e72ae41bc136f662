"""What speaks against the repositories of a change, as findings at the lines that name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scanner.domain import Finding, Reference
from scanner.evidence import Evidence
from scanner.hub.alarms import alarms
from scanner.hub.interface import Record
from scanner.hub.lock import Lock
from scanner.hub.provenance import Judged, Objection, judge
from scanner.inspect.interface import Sighting
from scanner.scan.edits import fix_of
from scanner.scan.findings import ENGINE, finding, milder
from scanner.scan.records import Known
from scanner.scan.references import Named
from scanner.scan.remote_files import full_name
from scanner.scan.subject import Subject
from scanner.words import is_aside

_OF_THE_PLACE = frozenset(
    {"unpinned-reference", "mutable-revision", "commit-like-name", "repository-renamed"}
)
"""Rules about a line of source; the others are about the repository, and told once."""

_PICKLES = frozenset({"pickle", "joblib", "torch-zip", "torch-legacy", "torchscript"})
_PICKLE_NAMES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")


def of_files(subject: Subject, *, compared: bool) -> Iterator[Finding]:
    """What was seen in the files, and what the Hub's own scanners say, at the line that leads there."""
    for found in subject.looked.findings:
        yield _placed(found, subject, compared)
    artifacts = {artifact.path: artifact.id for artifact in subject.looked.artifacts}
    for alarm in alarms(subject.record) if subject.wanted else ():
        severity = alarm.severity.value
        sighting = Sighting(
            "hub-scanner-alarm",
            alarm.scanner,
            symbol=alarm.scanner,
            evidence=alarm.evidence,
            severity=severity,
        )
        place = f"{subject.name}/{alarm.path}"
        found = finding(sighting, alarm.path, artifacts.get(alarm.path), None, place=place)
        yield _placed(found, subject, compared)


def _placed(found: Finding, subject: Subject, compared: bool) -> Finding:
    """The finding at the reference; one step milder where only tests, examples and documents name it."""
    place = subject.place
    if place is None:
        return found.model_copy(update={"new": True if compared else None})
    update: dict[str, object] = {
        "new": place.change in ("added", "modified") if compared else None,
        "reference": place.id,
        "path": place.path,
        "line": place.line,
    }
    if all(is_aside(named.reference.path) for named in subject.named):
        update["severity"] = milder(found.severity)
    return found.model_copy(update=update)


def of_references(
    evidence: Evidence,
    named: Sequence[tuple[Named, Known | None]],
    subjects: Mapping[tuple[str, str], Subject],
    lock: Lock | None,
    *,
    compared: bool,
) -> Iterator[Finding]:
    """What speaks against each reference, with the edit that pins it.

    Of a reference that the change leaves alone only what its own text says; it counts as known before.
    """
    others = sorted({known.record.repo_id for _, known in named if known and known.record})
    kinds = {key: weights(subject) for key, subject in subjects.items()}
    ordinals: Counter[tuple[str, str, str]] = Counter()
    told: set[tuple[str, str, str]] = set()
    for one, known in sorted(named, key=lambda pair: not pair[0].reference.in_diff):
        if one.reference.change == "removed":
            continue
        record = known.record if known else None
        subject = subjects.get(_key(record)) if record else None
        files = kinds[_key(record)] if record and subject else ([], [])
        for objection in judge(_judged(evidence, one, known, subject, files, lock, others)):
            about = (objection.rule, objection.symbol, objection.evidence)
            if objection.rule not in _OF_THE_PLACE and about in told:
                continue
            told.add(about)
            identity = (one.reference.path, objection.rule, objection.symbol)
            ordinals[identity] += 1
            yield _finding(evidence, one, objection, record, ordinals[identity], compared)


def _key(record: Record) -> tuple[str, str]:
    return full_name(record.repo_type, record.repo_id), record.commit


def _judged(
    evidence: Evidence,
    named: Named,
    known: Known | None,
    subject: Subject | None,
    files: tuple[list[str], list[str]],
    lock: Lock | None,
    others: Iterable[str],
) -> Judged:
    reference, mention = named.reference, named.mention
    record = known.record if known else None
    pickles, safetensors = files
    names = [record.repo_id if record else None, mention.repo_id]
    entries = (lock.entry(reference.repo_type, name) for name in names if name) if lock else iter(())
    return Judged(
        reference=reference,
        named=mention.repo_id or "",
        revision_state=mention.revision_state,
        policy_date=evidence.manifest.policy_date,
        record=record,
        refusal=known.refusal if known else None,
        previous=subject.before if subject else None,
        pickles=pickles,
        safetensors=safetensors,
        locked=next(filter(None, entries), None),
        others=others,
        loads=named.loads,
        side=is_aside(reference.path),
    )


def weights(subject: Subject) -> tuple[list[str], list[str]]:
    """Paths of weight files that are a pickle, and of those that are safetensors.

    By their content as far as it was looked at, else by what their names promise.
    """
    looked = {artifact.path: artifact.format for artifact in subject.looked.artifacts}
    pickles, safetensors = [], []
    for file in subject.record.files:
        name = file.path.rpartition("/")[2].lower()
        known = looked.get(file.path, "unknown")
        if known in _PICKLES or (known == "unknown" and name.endswith(_PICKLE_NAMES)):
            pickles.append(file.path)
        elif known == "safetensors" or (known == "unknown" and name.endswith(".safetensors")):
            safetensors.append(file.path)
    return pickles, safetensors


def _finding(
    evidence: Evidence,
    named: Named,
    objection: Objection,
    record: Record | None,
    ordinal: int,
    compared: bool,
) -> Finding:
    reference = named.reference
    arguments = f"{objection.arguments or ''}{f'#{ordinal}' if ordinal > 1 else ''}" or None
    fix = None
    if objection.pin and record:
        fix = fix_of(evidence, named.path, named.mention.pin, record.commit)
    found = finding(_sighting(objection, arguments), reference.path, None, None)
    return found.model_copy(
        update={
            "reference": reference.id,
            "line": reference.line if fix is None else fix.line,
            "fix": fix,
            "new": reference.change in ("added", "modified") if compared else None,
        }
    )


def _sighting(objection: Objection, arguments: str | None) -> Sighting:
    return Sighting(
        objection.rule,
        ENGINE,
        symbol=objection.symbol,
        arguments=arguments,
        evidence=objection.evidence,
        severity=objection.severity.value if objection.severity else None,
    )


def of_repository(subject: Subject, evidence: Evidence, requested: str | None) -> Iterator[Finding]:
    """What speaks against a repository that the caller named itself: how a source pins it is no question."""
    record = subject.record
    pickles, safetensors = weights(subject)
    judged = Judged(
        reference=Reference(
            id=subject.name,
            repo_id=record.repo_id,
            repo_type=record.repo_type,
            revision=requested,
            resolved_revision=record.commit,
            pinned=requested == record.commit,
            loader="inspect",
            path=subject.name,
            line=0,
            end_line=0,
            in_diff=False,
            change="added",
            resolution="resolved",
        ),
        named=record.repo_id,
        revision_state="literal" if requested else "unresolved",
        policy_date=evidence.manifest.policy_date,
        record=record,
        pickles=pickles,
        safetensors=safetensors,
    )
    for objection in judge(judged):
        yield finding(_sighting(objection, objection.arguments), subject.name, None, None)


def unresolved(named: Iterable[Named], *, compared: bool) -> Iterator[Finding]:
    """A note for each new reference that cannot be told from the source."""
    told: set[tuple[str, str]] = set()
    for one in named:
        reference = one.reference
        if reference.resolution != "unresolved" or not reference.in_diff or reference.change == "unchanged":
            continue
        key = (reference.path, reference.expression or "")
        if key in told:
            continue
        told.add(key)
        sighting = Sighting("unresolved-reference", ENGINE, symbol=reference.expression or "?")
        found = finding(sighting, reference.path, None, True if compared else None)
        yield found.model_copy(update={"reference": reference.id, "line": reference.line})
