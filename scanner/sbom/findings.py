"""What was found in models and in code as a document holds it: one entry a fingerprint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scanner.domain import Artifact, Finding, Reference, Repository
from scanner.rules import RULES
from scanner.sbom import refs
from scanner.sbom.advisories import analysis
from scanner.sbom.cyclonedx import Affects, Rating, Source, relative, text, unique_properties
from scanner.sbom.cyclonedx import Vulnerability as Entry
from scanner.sbom.part import Part

_NAME = "Modelward"
_CWE = re.compile(r"CWE-([1-9]\d{0,5})")
_MEMBER, _SYMBOL = 512, 256


def vulnerabilities(
    findings: Iterable[Finding],
    artifacts: Iterable[Artifact],
    references: Iterable[Reference],
    repositories: Iterable[Repository],
    root: str = refs.ROOT,
) -> Part:
    """The entries of findings, sorted by rule and fingerprint; each names the very component it is about.

    A finding says itself which artifact or reference it is about, so that its place may be written as it
    likes. What is about none of them, or about one that the document does not list (a removed file), is
    about ``root``.
    """
    subjects = _Subjects(artifacts, references, list(repositories), root)
    entries: dict[str, Entry] = {}
    for finding in sorted(findings, key=lambda each: (each.rule, each.fingerprint, each.path or "")):
        entry = _entry(finding, subjects.of(finding))
        known = entries.setdefault(entry.bom_ref or "", entry)
        if known is not entry:
            entries[entry.bom_ref or ""] = _united(known, entry)
    return Part(vulnerabilities=tuple(entries.values()))


class _Subjects:
    """From a finding to the component that has it."""

    def __init__(
        self,
        artifacts: Iterable[Artifact],
        references: Iterable[Reference],
        repositories: Sequence[Repository],
        root: str,
    ) -> None:
        self._artifacts = {each.id: each for each in artifacts}
        self._references = {each.id: each for each in references}
        self._repositories: dict[tuple[str, str, str | None], str] = {
            (each.type, each.id.casefold(), each.revision): refs.repository(each) for each in repositories
        }
        self._named = (
            {each.id: refs.repository(each) for each in repositories} if root == refs.INSPECTED else {}
        )
        """Without a repository, what is found about one of the Hub goes by its name."""
        self._root = root

    def of(self, finding: Finding) -> str:
        artifact = self._artifacts.get(finding.artifact or "")
        if artifact is not None and artifact.change != "removed":
            return refs.artifact(artifact)
        reference = self._references.get(finding.reference or "")
        if reference is not None and reference.repo_id and reference.change != "removed":
            name = reference.repo_id.casefold()
            return self._repositories.get(
                (reference.repo_type, name, reference.resolved_revision), self._root
            )
        return self._named.get(finding.path or "", self._root)


def _entry(finding: Finding, ref: str) -> Entry:
    rule = RULES.get(finding.rule)
    told = [finding.message]
    if finding.evidence and finding.evidence not in finding.message:
        told.append(f"Evidence: {finding.evidence}")
    return Entry(
        bom_ref=f"finding:{finding.fingerprint}",
        id=finding.rule,
        source=Source(name=_NAME, url=rule.url if rule else None),
        ratings=[Rating(source=Source(name=_NAME), severity=finding.severity.value, method="other")],
        cwes=sorted({int(found[1]) for cwe in finding.cwe if (found := _CWE.fullmatch(cwe))}) or None,
        description=text(finding.title),
        detail=text("\n".join(told)),
        recommendation=text(finding.remediation) or None,
        analysis=analysis(finding.suppressed) if finding.suppressed else None,
        affects=[Affects(ref=ref)],
        properties=unique_properties(_place(finding)),
    )


def _place(finding: Finding) -> list[tuple[str, str]]:
    """Where it is, each part for itself: a place is for reading, never for comparing."""
    line = f":{finding.line}" if finding.line is not None else ""
    told = {
        "fingerprint": finding.fingerprint,
        "place": relative(finding.path) + line if finding.path else None,
        "member": text(finding.member, _MEMBER) if finding.member else None,
        "offset": str(finding.offset) if finding.offset is not None else None,
        "symbol": text(finding.symbol, _SYMBOL) if finding.symbol else None,
        "new": str(finding.new).lower() if finding.new is not None else None,
    }
    pairs = [(f"modelward:finding:{name}", value) for name, value in told.items() if value is not None]
    return pairs + [("modelward:finding:engine", text(engine, _SYMBOL)) for engine in finding.engines]


def _united(one: Entry, other: Entry) -> Entry:
    """The same finding at several places: all components, all places; accepted only if it is everywhere."""
    affected = {each.ref for entry in (one, other) for each in entry.affects or ()}
    pairs = [(each.name, each.value) for entry in (one, other) for each in entry.properties or ()]
    return one.model_copy(
        update={
            "affects": [Affects(ref=ref) for ref in sorted(affected)],
            "properties": unique_properties(pairs),
            "analysis": one.analysis if other.analysis else None,
        }
    )
