"""What a change does to the bill of materials, and which data fields the bill has, as a reader sees it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from scanner.domain import BillChange, FieldResult, FieldState, ProfileResult, SbomSummary
from scanner.words import counted

_HEX = re.compile(r"(?:sha256:)?[0-9a-f]{40,64}")
_SHORT = 7
_KINDS = {
    "model": ("model", "models"),
    "data": ("data set", "data sets"),
    "container": ("container", "containers"),
    "package": ("package", "packages"),
    "other": ("component", "components"),
}
_WHAT = ("added", "removed", "updated")
_STATES: dict[FieldState, str] = {
    "present": "present",
    "unknown": "stated unknown",
    "absent": "absent",
    "not-applicable": "not applicable",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One difference, in the columns of a table; every text may be hostile."""

    change: str
    kind: str
    name: str
    before: str
    after: str
    """Versions in brief; empty where there is none."""
    license_before: str
    """Of an update that changes it, else empty."""
    license: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One heading of a profile, or clause of a mapping: its fields by what the document says of them."""

    group: str
    fields: tuple[tuple[str, str], ...]
    """Title, and state in words."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one list of data fields the document has."""

    title: str
    version: str
    present: int
    unknown: int
    absent: tuple[str, ...]
    """Titles, with how many components do have the field, where there are several."""
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Bill:
    """What a reader is told of the bill of materials."""

    entries: tuple[Entry, ...] = ()
    count: int = 0
    """All differences; the report lists only the first of a great many."""
    told: str = ""
    """The counts in a few words; nothing where nothing changes."""
    profiles: tuple[Coverage, ...] = ()
    mappings: tuple[Coverage, ...] = ()

    @property
    def unlisted(self) -> int:
        """Differences that the report does not list either."""
        return max(0, self.count - len(self.entries))


def bill(summary: SbomSummary | None) -> Bill:
    """The bill of a report; empty where there is none."""
    if summary is None or not summary.written:
        return Bill()
    return Bill(
        entries=tuple(map(_entry, summary.changes)),
        count=summary.changes_count,
        told=_told(summary),
        profiles=tuple(_coverage(each) for each in summary.profiles if each.kind == "profile"),
        mappings=tuple(_coverage(each) for each in summary.profiles if each.kind == "mapping"),
    )


def _told(summary: SbomSummary) -> str:
    """``2 models added, 1 package updated``; the number alone where not all of them are listed."""
    if summary.changes_count > len(summary.changes):
        return counted(summary.changes_count, "change")
    found: Counter[tuple[str, str]] = Counter((each.kind, each.change) for each in summary.changes)
    parts = [
        f"{counted(found[kind, what], *_KINDS[kind])} {what}"
        for kind in _KINDS
        for what in _WHAT
        if (kind, what) in found
    ]
    licences = sum(
        each.change == "updated" and each.license_before != each.license_after for each in summary.changes
    )
    return ", ".join([*parts, *([f"{counted(licences, 'licence')} changed"] if licences else [])])


def _entry(change: BillChange) -> Entry:
    updated, unknown = change.change == "updated", "unknown"
    moved = updated and change.license_before != change.license_after
    return Entry(
        change=change.change,
        kind=_KINDS[change.kind][0],
        name=change.name,
        before="" if updated and change.before == change.after else brief_version(change.before),
        after=brief_version(change.after),
        license_before=(change.license_before or unknown) if moved else "",
        license=change.license_after or (unknown if moved else change.license_before or ""),
    )


def _coverage(result: ProfileResult) -> Coverage:
    states = Counter(field.state for field in result.fields)
    groups: dict[str, list[FieldResult]] = {}
    for field in result.fields:
        groups.setdefault(field.group, []).append(field)
    return Coverage(
        result.title,
        result.version,
        states["present"],
        states["unknown"],
        tuple(_share(field) for field in result.fields if field.state == "absent"),
        tuple(
            Clause(group, tuple((field.title, _state(field)) for field in fields))
            for group, fields in groups.items()
        ),
    )


def _state(field: FieldResult) -> str:
    said = _STATES[field.state]
    if field.state == "present" or not field.present:
        return said
    return f"present {field.present:,} of {field.of:,} times, else {said}"


def _share(field: FieldResult) -> str:
    return f"{field.title} ({field.present:,} of {field.of:,} have it)" if field.of > 1 else field.title


def sentence(change: BillChange) -> str:
    """One difference on one line of plain text; the caller makes it harmless for where it goes."""
    versions = {
        "added": brief_version(change.after),
        "removed": brief_version(change.before),
        "updated": f"{brief_version(change.before) or 'unknown'} → {brief_version(change.after) or 'unknown'}"
        if change.before != change.after
        else brief_version(change.after),
    }[change.change]
    licence = _license(change)
    said = f"({'licence ' if change.change == 'updated' else ''}{licence})" if licence else ""
    return " ".join(
        part for part in (change.change, _KINDS[change.kind][0], change.name, versions, said) if part
    )


def _license(change: BillChange) -> str:
    """The licence, or what became of it in an update; empty where there is nothing to say."""
    before, after = change.license_before, change.license_after
    if change.change == "updated":
        return f"{before or 'unknown'} → {after or 'unknown'}" if before != after else ""
    return after or before or ""


def brief_version(version: str | None) -> str:
    """A version as it is, a commit or a digest cut to its beginning."""
    if version is None:
        return ""
    if _HEX.fullmatch(version):
        return version.removeprefix("sha256:")[:_SHORT]
    return version
