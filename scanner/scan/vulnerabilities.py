"""Known vulnerabilities of the software: which packages to ask about, and what became of the questions.

A question that was not asked, not answered, or not understood leaves the assessment ``partly`` or
``not-assessed``, with the reason. Nothing is ever clean for want of an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from pydantic import ValidationError

from scanner.domain import Cause, Severity, Vulnerability, VulnerabilityAssessment
from scanner.evidence import Evidence
from scanner.exchange import Answer, OsvAdvisoriesRequest, OsvQuery, OsvQueryRequest
from scanner.sbom import purl as purls
from scanner.sbom.cyclonedx import Component
from scanner.scan.asking import Asking
from scanner.scan.osv.ecosystems import ECOSYSTEMS, name_of
from scanner.scan.osv.together import together
from scanner.scan.workshop import Job, Workshop
from scanner.words import counted

SOURCE = "OSV"
MOST_PACKAGES = 20_000
MOST_ADVISORIES = 5_000
_QUERIES, _IDS, _PAGES = 1_000, 500, 10
"""Packages of one question, ids of one question, pages of one answer."""

_JOB = 50
"""Advisories that one job of a worker reads: what is lost where one of them ends the worker."""

_ADVISORY = "advisory:"
T = TypeVar("T")

_PAGE = "https://osv.dev/vulnerability/"


@dataclass(frozen=True)
class Assessed:
    """Sorted by severity, worst first, then by package and id; without ``suppressed`` and ``blocking``."""

    vulnerabilities: list[Vulnerability]
    assessment: VulnerabilityAssessment


@dataclass
class _Lack:
    """What was not assessed, and why; the first cause stands for all."""

    reasons: list[str] = field(default_factory=list)
    cause: Cause | None = None
    answered: bool = False
    """Whether there is an answer about any package."""

    def tell(self, reason: str, cause: Cause | None = None) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)
        self.cause = self.cause or cause


@dataclass(frozen=True, slots=True)
class _Package:
    """A package as it is asked for, and the components that are it."""

    query: OsvQuery
    version: str
    components: list[Component]

    @property
    def plain(self) -> dict[str, str]:
        query = self.query
        return {
            "purl": query.purl,
            "ecosystem": query.ecosystem,
            "name": query.name,
            "version": self.version,
        }


def assess(
    components: Sequence[Component],
    evidence: Evidence,
    asking: Asking,
    workshop: Workshop,
    *,
    base: Iterable[str] | None,
    complete: bool = True,
) -> Assessed:
    """The known vulnerabilities of packages; what is not answered yet is asked for.

    ``components`` are the software of head, and ``complete`` says whether that is all of it. ``base`` are the
    package URLs of the base's software, or ``None`` where there is nothing to compare with.
    """
    inputs, lack = evidence.manifest.inputs, _Lack()
    packages = _packages(components, lack)
    if not complete:
        lack.tell("the list of software is not complete")
    if not inputs.osv:
        why = "offline" if inputs.offline else "no vulnerability database is named"
        return _nothing(why, Cause.OFFLINE)
    if not packages:
        return Assessed([], _assessment(lack, 0))
    asked = _Asked(evidence, asking, workshop, packages, lack)
    entries = asked.entries()
    if asked.pending:
        return _nothing("the rounds ended before the vulnerability database had answered", Cause.BUDGET)
    known = None if base is None else {_bare(each) for each in base}
    found = [
        _vulnerability(entry, component, None if known is None else entry["purl"] not in known)
        for entry in together(entries)
        for component in packages[entry["purl"]].components
    ]
    return Assessed(sorted(found, key=order), _assessment(lack, len(packages)))


def order(one: Vulnerability) -> tuple[int, str, str]:
    """Worst first; what has no severity comes last."""
    return -(one.severity.rank if one.severity else -1), one.purl, one.id


class _Asked:
    """The questions of one pass and what was answered."""

    def __init__(
        self,
        evidence: Evidence,
        asking: Asking,
        workshop: Workshop,
        packages: Mapping[str, _Package],
        lack: _Lack,
    ) -> None:
        self._evidence, self._asking, self._workshop = evidence, asking, workshop
        self._packages, self._lack = packages, lack
        self.pending = False

    def entries(self) -> list[dict[str, Any]]:
        """What advisories say of the packages, of each advisory and package one entry."""
        claims: dict[str, list[str]] = {}
        entries: list[dict[str, Any]] = []
        queries = [package.query for package in self._packages.values()]
        for _ in range(_PAGES):
            requests = [OsvQueryRequest(queries=some) for some in _chunks(queries, _QUERIES)]
            answered = [(request, answer) for request in requests if (answer := self._served(request))]
            for request, answer in answered:
                if "batch" not in answer.documents:
                    entries += self._local(request, answer)
            queries = self._claims([each for each in answered if "batch" in each[1].documents], claims)
            if not queries:
                break
        else:
            self._lack.tell("an answer of the vulnerability database had too many pages", Cause.BUDGET)
        if not self.pending:
            entries += self._claimed(claims)
        return entries

    def _served(self, request: OsvQueryRequest | OsvAdvisoriesRequest) -> Answer | None:
        answer = self._asking.ask(request)
        if answer is None:
            self.pending = True
        elif not answer.served:
            self._lack.tell(answer.detail, answer.cause or Cause.ACCESS)
        return answer if answer and answer.served else None

    def _claims(
        self, answered: Sequence[tuple[OsvQueryRequest, Answer]], claims: dict[str, list[str]]
    ) -> list[OsvQuery]:
        """Note what a server says of which package; returns what has a further page."""
        jobs = [
            Job("osv-batch", {"path": path, "queries": len(request.queries)}, (key, len(request.queries)))
            for request, answer in answered
            for key, path in [(answer.documents["batch"], self._path(answer.documents["batch"]))]
        ]
        further: list[OsvQuery] = []
        for (request, _), value in zip(answered, self._workshop.results(jobs, _no_results), strict=True):
            if value["problem"]:
                self._lack.tell(
                    f"an answer of the vulnerability database cannot be read: {value['problem']}",
                    Cause.UNREADABLE,
                )
                continue
            self._lack.answered = True
            for query, result in zip(request.queries, value["results"], strict=True):
                for name in result["ids"]:
                    claims.setdefault(name, []).append(query.purl)
                if result["next"]:
                    further.append(query.model_copy(update={"page_token": result["next"]}))
        return further

    def _claimed(self, claims: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        """The advisories that a server named, read."""
        names = sorted(claims)
        if len(names) > MOST_ADVISORIES:
            self._lack.tell(f"of {len(names)} advisories {MOST_ADVISORIES} were read", Cause.BUDGET)
        documents: dict[str, str] = {}
        for some in _chunks(names[:MOST_ADVISORIES], _IDS):
            answer = self._served(OsvAdvisoriesRequest(ids=some))
            if answer is not None:
                documents.update(answer.documents)
                self._lacking(answer)
        return [] if self.pending else self._read(documents, claims, self._packages)

    def _local(self, request: OsvQueryRequest, answer: Answer) -> list[dict[str, Any]]:
        """What a local database has, compared with the versions here."""
        self._lacking(answer)
        self._lack.answered = self._lack.answered or len(answer.lacking) < len(
            {query.ecosystem for query in request.queries}
        )
        documents = {role.removeprefix(_ADVISORY): key for role, key in answer.documents.items()}
        return self._read(documents, None, [query.purl for query in request.queries])

    def _lacking(self, answer: Answer) -> None:
        reasons = sorted(set(answer.lacking.values()))
        for reason in reasons[:3]:
            self._lack.tell(reason, Cause.ACCESS)

    def _read(
        self, documents: Mapping[str, str], claims: Mapping[str, list[str]] | None, about: Iterable[str]
    ) -> list[dict[str, Any]]:
        packages = [self._packages[purl].plain for purl in about]
        jobs = []
        for names in _chunks(sorted(documents), _JOB):
            claimed = None if claims is None else {name: claims[name] for name in names if name in claims}
            meant = {purl for purls in claimed.values() for purl in purls} if claimed is not None else None
            some = [each for each in packages if meant is None or each["purl"] in meant]
            job = {
                "documents": {name: self._path(documents[name]) for name in names},
                "packages": some,
                "claims": claimed,
            }
            made_from = ([(name, documents[name]) for name in names], some, claimed)
            jobs.append(Job("osv-advisories", job, made_from))
        entries: list[dict[str, Any]] = []
        unknown: set[str] = set()
        for value in self._workshop.results(jobs, _no_entries):
            entries += value["entries"]
            unknown.update(value["unknown"])
            for name, problem in sorted(value["problems"].items())[:3]:
                self._lack.tell(f"advisory {name} cannot be read: {problem}", Cause.UNREADABLE)
        if unknown:
            what = counted(len(unknown), "package")
            self._lack.tell(f"the versions of {what} could not be compared with those of advisories")
        return entries

    def _path(self, key: str) -> str:
        return str(self._evidence.location(key).absolute())


def _packages(components: Sequence[Component], lack: _Lack) -> dict[str, _Package]:
    """What can be asked about, by the package URL it is asked for by; what cannot is noted."""
    found: dict[str, _Package] = {}
    without, foreign, odd = 0, set(), 0
    for component in components:
        if component.purl is None:
            without += 1
            continue
        parts = purls.parse(component.purl)
        ecosystem = ECOSYSTEMS.get(parts.type)
        if ecosystem is None:
            foreign.add(parts.type)
            continue
        if not parts.version:
            without += 1
            continue
        asked, name = _bare(component.purl), name_of(parts, ecosystem)
        try:
            query = OsvQuery(purl=asked, ecosystem=ecosystem.name, name=name or "")
        except ValidationError:
            odd += 1
            continue
        found.setdefault(asked, _Package(query, parts.version, [])).components.append(component)
    if without:
        lack.tell(f"{counted(without, 'package')} without a version")
    if foreign:
        lack.tell(f"the database knows no packages of the kinds {', '.join(sorted(foreign))}")
    if odd:
        lack.tell(f"{counted(odd, 'package')} with a name that the database cannot have")
    if len(found) > MOST_PACKAGES:
        lack.tell(f"of {len(found)} packages {MOST_PACKAGES} were asked about", Cause.BUDGET)
    return dict(islice(sorted(found.items()), MOST_PACKAGES))


def _bare(value: str) -> str:
    """A package URL without qualifiers and subpath: what a database is asked for."""
    try:
        return purls.write(purls.parse(value)._replace(subpath=None), {})
    except ValueError:
        return value


def _vulnerability(entry: Mapping[str, Any], component: Component, new: bool | None) -> Vulnerability:
    occurrences = component.evidence.occurrences or [] if component.evidence else []
    stated = {name: entry[name] for name in ("id", "aliases", "score", "vector", "cwe", "summary", "fixed")}
    return Vulnerability(
        **stated,
        purl=component.purl or entry["purl"],
        paths=sorted({occurrence.location for occurrence in occurrences}),
        severity=Severity(entry["severity"]) if entry["severity"] else None,
        published=entry["published"],
        modified=entry["modified"],
        url=_PAGE + entry["id"],
        new=new,
    )


def _assessment(lack: _Lack, asked: int) -> VulnerabilityAssessment:
    return VulnerabilityAssessment(
        state="not-assessed" if asked and not lack.answered else "partly" if lack.reasons else "assessed",
        reason="; ".join(lack.reasons),
        cause=lack.cause,
        source=SOURCE,
        packages=asked,
    )


def _nothing(reason: str, cause: Cause) -> Assessed:
    return Assessed([], VulnerabilityAssessment(state="not-assessed", reason=reason, cause=cause))


def _no_results(reason: str) -> dict[str, Any]:
    return {"results": [], "problem": f"it ended the worker ({reason})"}


def _no_entries(reason: str) -> dict[str, Any]:
    return {"entries": [], "unknown": [], "problems": {"": f"it ended the worker ({reason})"}}


def _chunks(items: Sequence[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
