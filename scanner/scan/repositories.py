"""The Hub repositories that a change names: looked up, looked at, compared with what was named before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.domain import Cause, Incomplete
from scanner.evidence import Evidence
from scanner.hub.describe import describe
from scanner.hub.diff import compare
from scanner.hub.interface import Record
from scanner.hub.provenance import is_commit, ref_kind
from scanner.scan import cards, provenance
from scanner.scan.lineage import follow
from scanner.scan.locks import Locks
from scanner.scan.looking import Looker
from scanner.scan.records import Known, Name, Records
from scanner.scan.references import Named
from scanner.scan.remote_files import MOST_FILES, full_name, is_code, look_at, plan
from scanner.scan.reviewed import Reviewed
from scanner.scan.subject import Subject, Subjects, subject_of
from scanner.scan.workshop import Workshop


def review(
    evidence: Evidence,
    looker: Looker,
    workshop: Workshop,
    all_named: Sequence[Named],
    locks: Locks,
    *,
    compared: bool,
) -> Reviewed:
    """Look up what is named, look at what is loaded, and say what speaks against it."""
    records = Records(evidence, workshop, looker.asking)
    direct = [Name(one.repo_type, one.repo_id, one.revision) for one in evidence.manifest.named]
    records.look_up([*direct, *(name for named in all_named for name in _names(named))])
    subjects: Subjects = {}
    requested: dict[int, str | None] = {}
    for name in direct:
        if record := records.get(name).record:
            subject, _ = subject_of(subjects, record)
            subject.asked, requested[id(subject)] = True, name.revision
    named_all = [_resolved(named, records) for named in all_named]
    for named in named_all:
        known = _known(named, records)
        if known and known.record:
            subject, _ = subject_of(subjects, known.record)
            subject.named.append(named)
            subject.before = subject.before or _before(named, records)
    reviewed = Reviewed()
    for subject in list(subjects.values()):
        _look(subject, looker)
    follow(subjects, records, lambda subject: _look(subject, looker))
    _unanswered(reviewed, direct, named_all, records)
    for subject in subjects.values():
        diff = compare(subject.before, subject.record) if subject.before else None
        names = {one.mention.repo_id for one in subject.named if one.mention.repo_id} | subject.aliases
        described = describe(
            subject.record,
            named=[name for name in names if name.casefold() != subject.record.repo_id.casefold()],
            read=cards.read(subject, evidence, looker, workshop),
            diff=diff,
            not_followed=subject.not_followed,
        )
        reviewed.repositories.append(described)
        reviewed.artifacts += subject.looked.artifacts
        reviewed.incomplete += subject.looked.incomplete
        reviewed.findings += provenance.of_files(subject, compared=compared)
        if subject.asked:
            reviewed.findings += provenance.of_repository(subject, evidence, requested.get(id(subject)))
    gated = {id(one) for subject in subjects.values() if subject.looked.gated for one in subject.named}
    reviewed.references = [
        one.reference.model_copy(update={"resolution": "gated"}) if id(one) in gated else one.reference
        for one in named_all
    ]
    judged = [(one, _known(one, records)) for one in named_all]
    reviewed.findings += provenance.of_references(evidence, judged, subjects, locks.base, compared=compared)
    reviewed.findings += locks.findings(subject.record for subject in subjects.values())
    reviewed.incomplete += locks.incomplete()
    reviewed.repositories.sort(key=lambda one: (one.type, one.id, one.revision or ""))
    return reviewed


def _name(named: Named) -> Name | None:
    """What the Hub is asked for a reference."""
    mention = named.mention
    if not named.asks or mention.repo_id is None or mention.repo_type == "other":
        return None
    return Name(mention.repo_type, mention.repo_id, mention.revision)


def _previous_name(named: Named) -> Name | None:
    """What it named on the base, where only the revision moved."""
    name, previous = _name(named), named.previous
    if name is None or previous is None or previous.repo_id != name.repo_id or previous.revision is None:
        return None
    return (
        Name(name.repo_type, name.repo_id, previous.revision) if previous.revision != name.revision else None
    )


def _names(named: Named) -> list[Name]:
    return [name for name in (_name(named), _previous_name(named)) if name]


def _known(named: Named, records: Records) -> Known | None:
    name = _name(named)
    return records.get(name) if name else None


def _before(named: Named, records: Records) -> Record | None:
    name = _previous_name(named)
    return records.get(name).record if name else None


def _resolved(named: Named, records: Records) -> Named:
    """The reference with what the Hub says of it."""
    reference, known = named.reference, _known(named, records)
    if known is None:
        pinned = is_commit(reference.revision)
        return _with(named, {"pinned": pinned})
    if known.record is None:
        missing = known.refusal in ("not-found", "revision-not-found")
        kept = reference.resolution == "local"
        resolution = "local" if kept else "not_found" if missing else _refused(known)
        return _with(named, {"resolution": resolution, "pinned": is_commit(reference.revision)})
    record, before = known.record, _before(named, records)
    previous = reference.previous
    if previous is not None and before is not None:
        previous = previous.model_copy(update={"resolved_revision": before.commit})
    changes: dict[str, object] = {
        "repo_id": record.repo_id,
        "resolved_revision": record.commit,
        "pinned": reference.revision == record.commit and ref_kind(reference.revision, record) is None,
        "previous": previous,
    }
    if reference.resolution != "local":
        changes["resolution"] = "resolved"
    if named.mention.repo_id != record.repo_id:
        changes["expression"] = named.mention.expression or named.mention.repo_id
    return _with(named, changes)


def _refused(known: Known) -> str:
    return "gated" if known.refusal == "gated" else "not_checked"


def _with(named: Named, changes: dict[str, object]) -> Named:
    reference = named.reference.model_copy(update=changes)
    return Named(reference, named.mention, named.previous, named.path)


def _look(subject: Subject, looker: Looker) -> None:
    if not subject.wanted:
        return
    files = plan(subject.record, subject.only)
    if subject.code_only:
        files = [file for file in files if is_code(file.path)]
    subject.looked = look_at(looker, subject.record, files, subject.before)
    subject.looked.incomplete += _unlisted(subject)


def _unlisted(subject: Subject) -> Iterator[Incomplete]:
    """Files that nobody looked at, because the Hub did not list them or because there are too many."""
    record = subject.record
    where = f"{subject.name}@{record.commit}"
    if not record.files_complete:
        why = "; ".join(record.problems[:3]) or "the list breaks off"
        detail = f"the Hub did not list all of its files: {why}"
        yield Incomplete(
            subject=where, cause=Cause.UNREADABLE, detail=detail, action="run again; or review it by hand"
        )
    if len(record.files) > MOST_FILES:
        detail = f"it has more than {MOST_FILES} files"
        action = "name the files that are loaded, or review it by hand"
        yield Incomplete(subject=where, cause=Cause.BUDGET, detail=detail, action=action)


def _unanswered(
    reviewed: Reviewed, direct: Iterable[Name], all_named: Sequence[Named], records: Records
) -> None:
    """Say once for each repository why nothing is known of it."""
    told: set[tuple[str, str]] = set()
    names = [(name, True) for name in direct]
    names += [(name, named.loads) for named in all_named if (name := _name(named))]
    for name, loads in sorted(names, key=lambda pair: not pair[1]):
        known = records.get(name)
        subject = full_name(name.repo_type, name.repo_id)
        if known.record is not None or (subject, known.detail) in told:
            continue
        if not loads and known.cause is not Cause.OFFLINE:
            continue  # a page that is linked and not there is a finding, nothing that was left unread
        told.add((subject, known.detail))
        reviewed.incomplete.append(known.gap(f"{subject}@{name.revision}" if name.revision else subject))
