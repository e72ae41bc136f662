"""The report as a whole."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scanner.domain.base import Noun, Severity, Verdict
from scanner.domain.bill import SbomSummary, Vulnerability
from scanner.domain.findings import Finding, Incomplete
from scanner.domain.hub import Repository
from scanner.domain.models import Artifact, Reference

SCHEMA_VERSION = "1"


class EngineRef(Noun):
    """An engine that took part in the scan."""

    name: str
    version: str


class Tool(Noun):
    """The program that wrote the report."""

    name: Literal["modelward"] = "modelward"
    version: str
    engines: list[EngineRef] = []


Mode = Literal["change", "all", "staged", "files"]
"""What was looked at: a change between two commits, a whole tree, the index, or single files."""


class Change(Noun):
    """Which commits the report is about; object ids are full hexadecimal ids, absent ones are null."""

    repository: str | None = None
    mode: Mode
    base: str | None = None
    merge_base: str | None = None
    head: str | None = None


class PolicySummary(Noun):
    """Which configuration was in force."""

    source: str = Field(description="'base', 'head', 'file', 'central' or 'default'")
    path: str | None = None
    fail_on_severity: Severity | Literal["never"] = Severity.HIGH
    fail_on_incomplete: bool = True
    fail_on_vulnerability: Severity | Literal["never"] = "never"


class Totals(Noun):
    """Counts for a reader who reads nothing else."""

    artifacts: int = 0
    scanned: int = 0
    incomplete: int = 0
    skipped: int = 0
    references: int = 0
    repositories: int = 0
    findings: dict[str, int] = Field(default={}, description="by severity, suppressed ones left out")
    new_findings: int = 0
    old_findings: int = 0
    suppressed: int = 0
    vulnerabilities: int = Field(0, description="known ones of the software, accepted ones left out")
    new_vulnerabilities: int = Field(0, description="of these, in packages or versions the base lacks")


class Report(Noun):
    """Everything a scan has to say."""

    schema_version: Literal["1"] = "1"
    tool: Tool
    change: Change
    verdict: Verdict
    reasons: list[str]
    warnings: list[str] = []
    policy: PolicySummary = Field(default_factory=lambda: PolicySummary(source="default"))
    artifacts: list[Artifact] = []
    references: list[Reference] = []
    repositories: list[Repository] = []
    findings: list[Finding] = []
    incomplete: list[Incomplete] = []
    vulnerabilities: list[Vulnerability] = []
    sbom: SbomSummary | None = None
    totals: Totals = Field(default_factory=Totals)
