"""Known vulnerabilities of packages as a document holds them: one entry for all packages that have one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from scanner.domain import Suppression, Vulnerability
from scanner.sbom.cyclonedx import (
    Advisory,
    Affects,
    Analysis,
    Component,
    Rating,
    Source,
    VulnerabilityReference,
    text,
    unique_properties,
)
from scanner.sbom.cyclonedx import Vulnerability as Entry
from scanner.sbom.part import Part

_DATABASES = (
    ("GHSA-", "GitHub Advisory Database", "https://github.com/advisories/"),
    ("CVE-", "NVD", "https://nvd.nist.gov/vuln/detail/"),
    ("PYSEC-", "PyPI Advisory Database", "https://osv.dev/vulnerability/"),
    ("GO-", "Go Vulnerability Database", "https://pkg.go.dev/vuln/"),
    ("RUSTSEC-", "RustSec Advisory Database", "https://rustsec.org/advisories/"),
    ("MAL-", "OpenSSF Malicious Packages", "https://osv.dev/vulnerability/"),
)
_VECTOR = 512
_OSV = ("OSV", "https://osv.dev/vulnerability/")
_METHODS = (("CVSS:4", "CVSSv4"), ("CVSS:3.1", "CVSSv31"), ("CVSS:3.0", "CVSSv3"))
_WEB = re.compile(r"https?://[^\s\"'<>\\^`{}|]{1,2000}", re.ASCII)


def advisories(vulnerabilities: Iterable[Vulnerability], components: Sequence[Component]) -> Part:
    """The entries of known vulnerabilities, sorted by id; each names those of ``components`` that have it.

    A vulnerability that was accepted for the one and not for the other package has two entries: an analysis
    is of the whole entry. So have packages for which different versions are named as fixed.
    """
    refs: dict[str, list[str]] = {}
    for component in components:
        if component.purl and component.bom_ref:
            refs.setdefault(component.purl, []).append(component.bom_ref)
    groups: dict[str, list[Vulnerability]] = {}
    for one in vulnerabilities:
        shared = repr(one.model_dump(exclude={"purl", "paths", "new", "blocking"}))
        groups.setdefault(shared, []).append(one)
    entries = [_entry(group, refs) for _, group in sorted(groups.items())]
    return Part(vulnerabilities=tuple(sorted(entries, key=lambda each: (each.id or "", each.bom_ref or ""))))


def analysis(suppressed: Suppression) -> Analysis:
    """What an exception of the configuration says, in the words of VEX.

    Somebody accepts a risk: that is not a claim that there is none (``not_affected``, ``false_positive``),
    nor that it was removed (``resolved``). What is left is ``exploitable``, which the specification reads as
    "may be directly or indirectly exploitable", with the answer that it will stay, and who answers for it.
    """
    told = [f"Risk accepted: {suppressed.reason}"]
    if suppressed.owner:
        told.append(f"Owner: {suppressed.owner}")
    if suppressed.expires:
        told.append(f"Expires: {suppressed.expires.isoformat()}")
    return Analysis(state="exploitable", response=["will_not_fix"], detail=text("\n".join(told)))


def _entry(group: Sequence[Vulnerability], refs: dict[str, list[str]]) -> Entry:
    one = group[0]
    affected = sorted({ref for each in group for ref in refs.get(each.purl, ())})
    name, address = _database(one.id)
    return Entry(
        bom_ref=f"vulnerability:{one.id}:{affected[0] if affected else one.purl}",
        id=one.id,
        source=Source(name=name, url=address),
        references=[
            VulnerabilityReference(id=alias, source=Source(name=_database(alias)[0], url=_database(alias)[1]))
            for alias in sorted(set(one.aliases))
        ]
        or None,
        ratings=[_rating(one)],
        cwes=sorted({int(cwe.removeprefix("CWE-")) for cwe in one.cwe}) or None,
        description=text(one.summary) or None,
        recommendation=_recommendation(one),
        advisories=[Advisory(url=one.url)] if one.url and _WEB.fullmatch(one.url) else None,
        published=_moment(one.published),
        updated=_moment(one.modified),
        analysis=analysis(one.suppressed) if one.suppressed else None,
        affects=[Affects(ref=ref) for ref in affected] or None,
        properties=unique_properties(
            [("modelward:new", str(each.new).lower()) for each in group if each.new is not None]
        ),
    )


def _rating(one: Vulnerability) -> Rating:
    """The vector and its score; without one the database's own word; ``unknown`` where nothing is stated."""
    severity = one.severity.value if one.severity else "unknown"
    if not one.vector:
        return Rating(severity=severity, method="other" if one.severity else None)
    method = next((name for prefix, name in _METHODS if one.vector.startswith(prefix)), "CVSSv2")
    return Rating(severity=severity, score=one.score, method=method, vector=text(one.vector, _VECTOR))


def _moment(stated: str | None) -> str | None:
    """A point in time, if it is one."""
    try:
        datetime.fromisoformat(stated or "")
    except ValueError:
        return None
    return stated


def _recommendation(one: Vulnerability) -> str | None:
    if one.id.startswith("MAL-"):
        return "Remove the package: it is listed as malicious."
    if not one.fixed:
        return None
    return text(f"Update to {' or '.join(one.fixed[:5])}{' or a later fix' if len(one.fixed) > 5 else ''}.")


def _database(name: str) -> tuple[str, str]:
    """Whose id it is, and where it is explained."""
    for prefix, database, address in _DATABASES:
        if name.startswith(prefix):
            return database, address + name
    return _OSV[0], _OSV[1] + name
