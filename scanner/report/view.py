"""What a reader needs to know of a report, in the order of reading: one row per model, the worst first.

Pure: :class:`~scanner.domain.Report` in, plain data out. Comment, summary and console show the same view, so
they cannot disagree. Every string here may still be hostile; whoever prints it escapes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from scanner.domain import Artifact, Cause, Finding, Incomplete, Reference, Report, Severity
from scanner.report.accept import Acceptable, acceptable, acceptable_vulnerability
from scanner.report.bill import Bill, bill
from scanner.report.headline import headline
from scanner.report.known import Known, known
from scanner.report.mentioned import Mentioned, mentioned, said, short
from scanner.report.plain import cut
from scanner.words import is_aside, is_report_only

_TEXT_LIMIT, _EVIDENCE_LIMIT = 2_000, 200
"""Characters of a message and of an evidence that are looked at; whoever prints them cuts further."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule says of one model: its worst finding, and how many more of the same rule there are."""

    rule: str
    severity: Severity
    text: str
    symbol: str | None
    evidence: str
    file: str | None
    """File of a Hub repository, where the row is about the repository as a whole."""
    member: str | None
    offset: int | None
    do: str
    decides: bool
    """True when it makes the verdict ``fail``."""
    more: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Why something was not looked at."""

    cause: Cause
    why: str
    do: str
    waived: str | None


@dataclass(frozen=True, slots=True)
class Drift:
    """What a modified model imports or calls now, or no longer."""

    what: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """All there is to say about one model, or about several that were not read for one reason."""

    names: tuple[str, ...]
    said: tuple[Said, ...] = ()
    unread: tuple[Unread, ...] = ()
    places: tuple[str, ...] = ()
    """Where the source names it: ``serve.py:41``."""
    before: str | None = None
    after: str | None = None
    """Short commits of a Hub repository, before and after the change."""
    was: str | None = None
    """Former path of a renamed file."""
    changes: str = ""
    """What lies between the two commits."""
    drifts: tuple[Drift, ...] = ()

    @property
    def severity(self) -> Severity | None:
        """The worst severity; null when nothing was found because it was not read."""
        return self.said[0].severity if self.said else None

    @property
    def todo(self) -> tuple[str, ...]:
        """What to do, each thing once."""
        return tuple(dict.fromkeys([*(said.do for said in self.said), *(gap.do for gap in self.unread)]))


@dataclass(frozen=True, slots=True)
class View:
    """A report as it is read."""

    rows: tuple[Row, ...]
    folded: tuple[Row, ...]
    """Below the gate, in tests, examples and documentation."""
    notes: tuple[Row, ...]
    """Findings of severity ``info``: worth knowing, nothing wrong."""
    aside: tuple[Row, ...]
    """Not looked at, and nobody has to act."""
    accepted: tuple[Finding, ...]
    acceptable: tuple[Acceptable, ...]
    removed: tuple[str, ...]
    older: int
    read: int
    of: int
    references: int
    mentioned: tuple[Mentioned, ...]
    """References that the change adds or modifies."""
    drifted: tuple[tuple[str, tuple[Drift, ...]], ...]
    """Models without a row that import or call something else than before, by path."""
    unchecked: int
    """References of the change that name something that was not looked up."""
    known: Known = field(default_factory=Known)
    bill: Bill = field(default_factory=Bill)
    headline: str = field(default="")

    @property
    def unread(self) -> int:
        """How many subjects were not read and should have been."""
        return sum(len(row.names) for row in self.rows if row.unread)

    @property
    def aside_count(self) -> int:
        """How many subjects nobody has to act on were not looked at."""
        return sum(len(row.names) for row in self.aside)

    @property
    def nothing(self) -> bool:
        """True when the report speaks of no model at all."""
        told = (self.rows, self.folded, self.notes, self.aside, self.accepted, self.removed)
        return not (any(told) or self.of or self.references or self.older or self.known.deciding)


def view(report: Report) -> View:
    """What a reader needs of ``report``; the same report gives the same view."""
    subjects = _Subjects(report)
    told = [finding for finding in report.findings if not finding.suppressed and not _is_unsaid(finding)]
    shown = [finding for finding in told if subjects.is_shown(finding)]
    notes = [f for f in shown if f.severity is Severity.INFO and not f.blocking]
    problems = [f for f in shown if f.severity is not Severity.INFO or f.blocking]
    rows = _rows(subjects, problems, [gap for gap in report.incomplete if not _is_aside(gap)])
    folded = [row for row in rows if _is_folded(row)]
    looked_at = [a for a in report.artifacts if a.change != "removed" and a.status != "skipped"]
    result = View(
        rows=tuple(row for row in rows if not _is_folded(row)),
        folded=tuple(folded),
        notes=tuple(replace(row, changes="", drifts=()) for row in _rows(subjects, notes, [])),
        aside=tuple(_rows(subjects, [], [gap for gap in report.incomplete if _is_aside(gap)])),
        accepted=tuple(sorted((f for f in report.findings if f.suppressed), key=_worst_first)),
        acceptable=(*_acceptable(subjects, problems), *_acceptable_vulnerabilities(report)),
        removed=tuple(sorted(a.path for a in report.artifacts if a.change == "removed")),
        older=len(told) - len(shown),
        read=sum(a.status == "scanned" for a in looked_at),
        of=len(looked_at),
        references=sum(reference.change != "removed" for reference in report.references),
        mentioned=tuple(mentioned(report)),
        drifted=tuple(_drifted(report, {name for row in rows for name in row.names})),
        unchecked=sum(one.in_diff and one.resolution == "not_checked" for one in report.references),
        known=known(report),
        bill=bill(report.sbom),
    )
    return replace(result, headline=headline(result, report.verdict, report.change.mode, report.reasons))


class _Subjects:
    """Which model a finding or a gap is about."""

    def __init__(self, report: Report) -> None:
        self.artifacts = {artifact.id: artifact for artifact in report.artifacts}
        self.references = {reference.id: reference for reference in report.references}
        self.diffs = {(one.id, one.revision): one.diff for one in report.repositories if one.diff}

    def changes(self, reference: Reference | None) -> str:
        """What lies between the commit that the base names and this one."""
        if reference is None or reference.repo_id is None:
            return ""
        diff = self.diffs.get((reference.repo_id, reference.resolved_revision))
        return ", ".join(said(diff)) if diff and reference.previous else ""

    def of(self, subject: Finding | Incomplete) -> Artifact | Reference | None:
        reference = subject.reference if isinstance(subject, Finding) else None
        return self.artifacts.get(subject.artifact or "") or self.references.get(reference or "")

    def name(self, subject: Finding | Incomplete) -> str:
        """The name of the row: a path, a Hub repository, or what the report calls it."""
        found = self.of(subject)
        if isinstance(found, Artifact):
            return found.repository_id if found.source == "hub" and found.repository_id else found.path
        if found:
            return found.repo_id or found.expression or f"{found.path}:{found.line}"
        if isinstance(subject, Incomplete):
            return subject.subject
        return subject.path or "this change"

    def is_shown(self, finding: Finding) -> bool:
        """New, or in a file the change itself modifies; what the base already had is only counted."""
        if finding.new is not False or finding.blocking:
            return True
        found = self.of(finding)
        return found is not None and found.change not in ("unchanged", "removed")


def _worst_first(finding: Finding) -> tuple[object, ...]:
    return (
        -finding.severity.rank,
        finding.rule,
        finding.path or "",
        finding.offset or 0,
        finding.fingerprint,
    )


def _rows(subjects: _Subjects, findings: Iterable[Finding], gaps: Iterable[Incomplete]) -> list[Row]:
    found: dict[str, list[Finding]] = defaultdict(list)
    missing: dict[str, list[Incomplete]] = defaultdict(list)
    for finding in findings:
        found[subjects.name(finding)].append(finding)
    for gap in gaps:
        missing[subjects.name(gap)].append(gap)
    rows = [_row(subjects, name, found[name], missing[name]) for name in sorted({*found, *missing})]
    return sorted(_together(rows), key=lambda row: (-_rank(row), row.names))


def _rank(row: Row) -> int:
    return -1 if row.severity is None else row.severity.rank


def _row(subjects: _Subjects, name: str, findings: list[Finding], gaps: list[Incomplete]) -> Row:
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=_worst_first):
        by_rule[finding.rule].append(finding)
    about = [*map(subjects.of, findings), *map(subjects.of, gaps)]
    named_by = (subjects.references.get(finding.reference or "") for finding in findings)
    references = [reference for reference in named_by if reference]
    files = [subject for subject in about if isinstance(subject, Artifact)]
    named = references[0] if references else None
    return Row(
        names=(name,),
        said=tuple(_said(subjects, same) for same in by_rule.values()),
        unread=tuple(
            dict.fromkeys(Unread(gap.cause, gap.detail.rstrip("."), gap.action, gap.waived) for gap in gaps)
        ),
        places=tuple(dict.fromkeys(f"{reference.path}:{reference.line}" for reference in references)),
        before=short(named.previous.resolved_revision or named.previous.revision)
        if named and named.previous
        else None,
        after=short(named.resolved_revision or named.revision) if named else None,
        changes=subjects.changes(named),
        drifts=_drifts(files[0]) if len({file.id for file in files}) == 1 else (),
        was=next((file.previous_path for file in files if file.change == "renamed"), None),
    )


def _drifts(artifact: Artifact) -> tuple[Drift, ...]:
    told = (
        ("imports now also", artifact.imports_added),
        ("no longer imports", artifact.imports_removed),
        ("calls now also", artifact.calls_added),
        ("no longer calls", artifact.calls_removed),
    )
    return tuple(Drift(what, tuple(names)) for what, names in told if names)


def _drifted(report: Report, told: set[str]) -> Iterable[tuple[str, tuple[Drift, ...]]]:
    for artifact in sorted(report.artifacts, key=lambda artifact: artifact.path):
        drifts = _drifts(artifact)
        if drifts and artifact.path not in told:
            yield artifact.path, drifts


def _said(subjects: _Subjects, same: list[Finding]) -> Said:
    worst = same[0]
    about = subjects.of(worst)
    text, symbol, evidence = _told(worst)
    return Said(
        rule=worst.rule,
        severity=worst.severity,
        text=text,
        symbol=symbol,
        evidence=evidence,
        file=about.path
        if isinstance(about, Artifact) and about.source == "hub" and about.path not in text
        else None,
        member=worst.member,
        offset=worst.offset,
        do=worst.remediation,
        decides=any(finding.blocking for finding in same),
        more=len(same) - 1,
    )


def _told(finding: Finding) -> tuple[str, str | None, str]:
    """Message, symbol and evidence, none of them saying again what another says."""
    text = cut(finding.message, _TEXT_LIMIT).rstrip(".")
    symbol, evidence = finding.symbol, cut(finding.evidence, _EVIDENCE_LIMIT)
    if not evidence or evidence in text:
        return text, symbol, ""
    if symbol and evidence.startswith(symbol) and symbol in text:
        return text.replace(symbol, evidence, 1), evidence, ""
    return text, symbol, evidence


def _together(rows: Iterable[Row]) -> list[Row]:
    """Models about which there is nothing to say but that they were not read, for one reason, share a row."""
    shared: dict[tuple[object, ...], Row] = {}
    for position, row in enumerate(rows):
        own = row.said or row.places or row.was
        key: tuple[object, ...] = (position,) if own else ("unread", row.unread)
        first = shared.get(key)
        shared[key] = replace(first, names=first.names + row.names) if first else row
    return list(shared.values())


def _is_unsaid(finding: Finding) -> bool:
    """True for what only ``report.json`` tells."""
    return is_report_only(finding.rule, finding.severity, finding.blocking)


def _is_aside(gap: Incomplete) -> bool:
    """True where nobody has to act: counted, and told in a fold."""
    return gap.cause in (Cause.OFFLINE, Cause.UNCHANGED) or gap.waived is not None


def _is_folded(row: Row) -> bool:
    if row.unread or any(said.decides for said in row.said):
        return False
    where = row.places or row.names
    return all(is_aside(place.rpartition(":")[0] if row.places else place) for place in where)


def _acceptable_vulnerabilities(report: Report) -> Iterable[Acceptable]:
    """One exception for each vulnerability that decides, however many packages have it."""
    deciding = sorted(
        (one for one in report.vulnerabilities if one.blocking), key=lambda one: (one.id, one.purl)
    )
    found = {one.id: item for one in reversed(deciding) if (item := acceptable_vulnerability(one))}
    return [found[name] for name in sorted(found)]


def _acceptable(subjects: _Subjects, findings: Iterable[Finding]) -> Iterable[Acceptable]:
    seen: dict[tuple[str | None, str], Acceptable] = {}
    for finding in sorted((finding for finding in findings if finding.blocking), key=_worst_first):
        item = acceptable(finding, subjects.of(finding), subjects.name(finding))
        if item:
            seen.setdefault((item.rule, item.value), item)
    return seen.values()
