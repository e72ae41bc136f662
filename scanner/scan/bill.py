"""The bill of materials of head: what it needs before the policy judges, and what is written of it after."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner import __version__
from scanner.domain import (
    BillChange,
    Cause,
    EngineRef,
    SbomSummary,
    VulnerabilityAssessment,
)
from scanner.evidence import ChangedPath, Evidence
from scanner.policy.config import Config
from scanner.policy.material import Material
from scanner.policy.tighten import tighten
from scanner.scan.asking import Asking
from scanner.scan.kept import Kept
from scanner.scan.looking import Looker
from scanner.scan.workshop import Workshop

if TYPE_CHECKING:
    from scanner.policy.apply import Judgement
    from scanner.sbom.part import Part
    from scanner.sbom.software import Software
    from scanner.scan.vulnerabilities import Assessed

MOST_CHANGES = 500
"""Differences to the base that the report lists; it counts the others."""

_LAST = frozenset({"osv-query", "osv-advisories"})
"""Questions whose answers a document can do without: until they come, it says "not assessed"."""
_LARGE = 1_000
"""Packages; a larger document is made once, when everything is answered."""

_COLLECTING = "evidence is still being collected"


@dataclass(frozen=True)
class Bill:
    """What is known of the software before the policy judges; ``why_not`` says why no document is wanted."""

    why_not: str | None = None
    head: Software | None = None
    base: Software | None = None
    images: Part | None = None
    base_images: Part | None = None
    assessed: Assessed | None = None
    unassessed: VulnerabilityAssessment | None = None
    """Where no document is wanted, and the policy asks for known vulnerabilities all the same."""

    @property
    def assessment(self) -> VulnerabilityAssessment | None:
        """How far the software was compared with a vulnerability database."""
        return self.assessed.assessment if self.assessed else self.unassessed


def gather(
    evidence: Evidence,
    asking: Asking,
    workshop: Workshop,
    kept: Kept,
    config: Config,
    material: Material,
    syft: str | None,
) -> Bill:
    """The software of both sides and its known vulnerabilities, where a document is wanted."""
    in_force = tighten(config, evidence.manifest.inputs, configured=_configured(evidence))[0]
    if why_not := _unwanted(evidence, in_force.sbom, material):
        return Bill(why_not, unassessed=_unassessed(evidence, in_force, why_not))
    from scanner.sbom.feeders.syft import locate
    from scanner.scan import images, software
    from scanner.scan.vulnerabilities import assess

    head, base = software.head_and_base(evidence, asking, kept, locate(syft))
    head_images, base_images = images.head_and_base(evidence, asking, workshop)
    assessed = None
    if head is not None:
        before = [each.purl for each in base.components if each.purl] if base else None
        assessed = assess(head.components, evidence, asking, workshop, base=before, complete=head.complete)
    return Bill(None, head, base, head_images, base_images, assessed)


def write(
    evidence: Evidence,
    asking: Asking,
    looker: Looker,
    paths: Sequence[ChangedPath],
    material: Material,
    judgement: Judgement,
    bill: Bill,
    engines: Sequence[EngineRef],
) -> tuple[SbomSummary, dict[str, bytes]]:
    """The documents of the bill by name, and what the report says of them; each is validated when made."""
    if bill.why_not:
        return SbomSummary(written=False, reason=bill.why_not, assessment=bill.assessment), {}
    if _is_early(asking, bill):
        return SbomSummary(written=False, reason=_COLLECTING, assessment=bill.assessment), {}
    from scanner.sbom import document, split, validate
    from scanner.sbom.completeness.evaluate import profiles
    from scanner.sbom.cyclonedx import plain

    manifest = evidence.manifest
    about = document.About(
        manifest.change,
        manifest.document_time,
        __version__,
        [*engines, *(bill.head.tools if bill.head else ())],
        manifest.inputs.sbom_author,
        manifest.inputs.sbom_version,
    )
    bom = document.build(about, _parts(evidence, looker, paths, material, judgement, bill))
    documents = split.documents(bom)
    defects = [defect for data in documents.values() for defect in validate.check(data)]
    values = plain(bom)
    changes = _changes(values, material, bill) if material.has_base else []
    summary = SbomSummary(
        written=not defects,
        reason="it did not pass validation" if defects else f"valid CycloneDX {bom.spec_version}",
        spec_version=bom.spec_version,
        components=len(bom.components),
        complete=all(part.aggregate == "complete" for part in bom.compositions or () if part.assemblies),
        warnings=[
            *(bill.head.warnings if bill.head else []),
            *(f"the SBOM is not valid: {defect}" for defect in defects),
        ],
        assessment=bill.assessment,
        profiles=profiles(values),
        changes=changes[:MOST_CHANGES],
        changes_count=len(changes),
    )
    if defects:
        return summary, {}
    return summary, {**documents, **_others(evidence, values)}


def _others(evidence: Evidence, document: dict[str, object]) -> dict[str, bytes]:
    """The same bill in other shapes, for those who asked for them or can take them."""
    from scanner.sbom import spdx
    from scanner.sbom.snapshot import snapshot

    found = {}
    if evidence.manifest.inputs.spdx:
        found["sbom.spdx.json"] = spdx.convert(document)
    if evidence.manifest.change.mode == "all":
        graph = snapshot(document).model_dump(mode="json")
        found["dependency-snapshot.json"] = json.dumps(graph, indent=1).encode("ascii") + b"\n"
    return found


def _parts(
    evidence: Evidence,
    looker: Looker,
    paths: Sequence[ChangedPath],
    material: Material,
    judgement: Judgement,
    bill: Bill,
) -> list[Part]:
    """What each builder has to say."""
    from scanner.sbom import document
    from scanner.sbom.advisories import advisories
    from scanner.sbom.described import describe
    from scanner.sbom.findings import vulnerabilities
    from scanner.sbom.frameworks import frameworks
    from scanner.sbom.packages import software_part
    from scanner.sbom.part import Part
    from scanner.scan.data_files import data_files

    change = evidence.manifest.change
    models = {artifact.path for artifact in material.artifacts if artifact.repository_id is None}
    data = list(data_files(evidence, looker, paths, models))
    parts = [
        describe(change, material.artifacts, material.references, material.repositories, data),
        vulnerabilities(
            judgement.findings,
            material.artifacts,
            material.references,
            material.repositories,
            document.root_ref(change),
        ),
    ]
    if bill.head is not None:
        parts += [
            software_part(bill.head),
            frameworks(material.references, bill.head.components),
            advisories(judgement.vulnerabilities, bill.head.components),
        ]
    else:
        parts.append(Part(gaps=("packages were not looked for: there is no repository to search",)))
    assessment = bill.assessment
    if assessment is not None and assessment.state != "assessed":
        how = "in part" if assessment.state == "partly" else "not"
        said = f"known vulnerabilities of the packages were {how} assessed: {assessment.reason}"
        parts.append(Part(gaps=(said,)))
    return parts if bill.images is None else [*parts, bill.images]


def _changes(document: dict[str, object], material: Material, bill: Bill) -> list[BillChange]:
    from scanner.sbom.changes import Base, changes

    known = bill.base is not None and bill.base_images is not None
    software = [
        *(bill.base.components if bill.base else ()),
        *(bill.base_images.components if bill.base_images else ()),
    ]
    base = Base(material.artifacts, material.references, material.repositories, software if known else None)
    return changes(document, base)


def _is_early(asking: Asking, bill: Bill) -> bool:
    """Whether so much is still to come that a document would be wrong, or made in vain."""
    if all(request.kind in _LAST for request in asking.requests):
        return bool(asking.requests) and bill.head is not None and len(bill.head.components) > _LARGE
    return True


def _configured(evidence: Evidence) -> bool:
    return evidence.manifest.config.source != "default"


def _unwanted(evidence: Evidence, wish: str, material: Material) -> str | None:
    """Why no SBOM is wanted, or ``None``."""
    if wish == "never":
        return "switched off"
    if wish == "always" or evidence.manifest.change.merge_base is None:
        return None
    if any(artifact.change != "unchanged" for artifact in material.artifacts):
        return None
    if any(reference.change != "unchanged" for reference in material.references) or _touches(evidence):
        return None
    return "the change touches no model, no reference and no dependency manifest"


def _touches(evidence: Evidence) -> bool:
    from scanner.sbom import manifests

    return manifests.touches(path.path for path in evidence.manifest.paths)


def _unassessed(evidence: Evidence, config: Config, why: str) -> VulnerabilityAssessment | None:
    """A gate for known vulnerabilities that nobody looked for is said, where the change touches packages."""
    if config.fail_on_vulnerability == "never" or not _touches(evidence):
        return None
    return VulnerabilityAssessment(
        state="not-assessed", reason=f"no SBOM was made ({why})", cause=Cause.OFFLINE
    )
