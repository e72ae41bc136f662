"""The documents of a report directory: the SBOM, and everything else that is made from the report."""

from __future__ import annotations

import json

from scanner import __version__
from scanner.domain import EngineRef, Report, SbomSummary
from scanner.evidence import Evidence, Manifest
from scanner.exchange import Request, Requests
from scanner.policy.config import Config
from scanner.policy.material import Material
from scanner.policy.tighten import tighten
from scanner.scan.asking import Asking
from scanner.scan.timings import Timings


def software_bill(
    evidence: Evidence,
    asking: Asking,
    config: Config,
    material: Material,
    engines: list[EngineRef],
    syft: str | None,
) -> tuple[SbomSummary, bytes | None]:
    """The SBOM of head as a whole, where one is wanted; it is validated each time it is made."""
    manifest = evidence.manifest
    why_not = _unwanted(evidence, config, material)
    if why_not:
        return SbomSummary(written=False, reason=why_not), None
    from scanner.sbom import document, software, validate
    from scanner.sbom.feeders.syft import locate
    from scanner.scan.software import gather

    manifests = gather(evidence, asking, manifest.head_tree) if manifest.head_tree else None
    if asking.requests:
        return SbomSummary(written=False, reason="evidence is still being collected"), None
    found = software.collect(manifests.files, locate(syft), gaps=manifests.gaps) if manifests else None
    bom = document.build(
        manifest.change,
        manifest.document_time,
        __version__,
        material.artifacts,
        material.findings,
        found,
        engines,
    )
    data = document.serialise(bom)
    defects = validate.check(data)
    warnings = [
        *(found.warnings if found else []),
        *(f"the SBOM is not valid: {defect}" for defect in defects),
    ]
    summary = SbomSummary(
        written=not defects,
        reason="it did not pass validation" if defects else "valid CycloneDX 1.6",
        components=len(bom.components or ()),
        complete=all(part.aggregate == "complete" for part in bom.compositions or () if part.assemblies),
        warnings=warnings,
    )
    return summary, None if defects else data


def warm() -> None:
    """Load what every pass needs, ahead of its use."""
    from scanner.report import render, sarif  # noqa: F401

    render.warm()
    for noun in (Manifest, Report):
        noun.model_rebuild()


def _unwanted(evidence: Evidence, config: Config, material: Material) -> str | None:
    """Why no SBOM is wanted, or ``None``."""
    manifest = evidence.manifest
    wish = tighten(config, manifest.inputs, configured=manifest.config.source != "default")[0].sbom
    if wish == "never":
        return "switched off"
    if wish == "always" or manifest.change.merge_base is None:
        return None
    if any(artifact.change != "unchanged" for artifact in material.artifacts):
        return None
    from scanner.sbom import manifests

    if manifests.touches(path.path for path in manifest.paths):
        return None
    return "the change touches no model, no reference and no dependency manifest"


def files(report: Report, sbom: bytes | None, requests: list[Request], timings: Timings) -> dict[str, bytes]:
    """Every file of the report directory by its name."""
    from scanner.report import render, sarif

    documents = {
        "report.json": report.model_dump_json(indent=2).encode() + b"\n",
        "requests.json": Requests(requests=requests).model_dump_json(indent=2).encode() + b"\n",
        "results.sarif": _json(sarif.document(report)),
        "comment.md": render.comment(report).encode(),
        "summary.md": render.summary(report).encode(),
        "timings.json": timings.to_json(),
    }
    return documents if sbom is None else {**documents, "sbom.cdx.json": sbom}


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8") + b"\n"
