"""The bill of materials, as far as a report tells of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scanner.domain.base import Cause, Noun, Severity
from scanner.domain.findings import Suppression


class Vulnerability(Noun):
    """A known vulnerability of a package, as a vulnerability database describes it."""

    id: str
    aliases: list[str] = []
    purl: str = Field(description="the package of the software that is affected")
    paths: list[str] = Field([], description="manifests that name the package")
    severity: Severity | None = Field(None, description="null where the database states none")
    score: float | None = Field(None, description="CVSS base score")
    vector: str | None = Field(None, description="CVSS vector")
    cwe: list[str] = []
    summary: str = ""
    fixed: list[str] = Field([], description="versions that no longer have it")
    published: str | None = None
    modified: str | None = None
    url: str | None = None
    new: bool | None = Field(
        None, description="false when the base has the package in this version; null without a base"
    )
    suppressed: Suppression | None = None
    blocking: bool = Field(False, description="whether it is a reason for the verdict 'fail'")


class VulnerabilityAssessment(Noun):
    """How far the software was compared with a vulnerability database; silence would read as clean."""

    state: Literal["assessed", "partly", "not-assessed"]
    reason: str = ""
    cause: Cause | None = Field(None, description="why a question was not asked or not answered")
    source: str | None = Field(None, description="name of the database")
    packages: int = Field(0, description="packages that were asked about")


FieldState = Literal["present", "unknown", "absent", "not-applicable"]
"""``unknown`` is stated as unknown; ``absent`` is silence."""


class FieldResult(Noun):
    """One data field of a completeness profile."""

    field: str
    title: str
    group: str = Field("", description="heading of the standard, or its clause")
    state: FieldState
    present: int = Field(0, description="of the components that should have it, how many do")
    of: int = 0
    missing: list[str] = Field([], description="the first components that lack it")


class ProfileResult(Noun):
    """How much of a published list of data fields a document has; no score and no claim."""

    kind: Literal["profile", "mapping"] = Field(
        "profile", description="what a standard asks for, or where clauses find what there is"
    )
    profile: str
    title: str
    version: str
    fields: list[FieldResult] = []


class BillChange(Noun):
    """One difference between two bills of materials."""

    kind: Literal["model", "data", "package", "container", "other"]
    change: Literal["added", "removed", "updated"]
    name: str
    before: str | None = Field(None, description="version or digest")
    after: str | None = None
    license_before: str | None = None
    license_after: str | None = None
    purl: str | None = None


class SbomSummary(Noun):
    """Whether an SBOM was written, and what it leaves open."""

    written: bool
    reason: str = Field(description="why it was written or not")
    spec_version: Literal["1.6", "1.7"] = "1.6"
    components: int = 0
    complete: bool = False
    warnings: list[str] = []
    assessment: VulnerabilityAssessment | None = None
    profiles: list[ProfileResult] = []
    changes: list[BillChange] = Field([], description="what the change does to the bill; the first of them")
    changes_count: int = 0
