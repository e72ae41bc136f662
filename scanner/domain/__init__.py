"""The nouns of a report: what ``report.json`` holds, and nothing that reads or writes it.

Every class is immutable and refuses unknown fields, so that a report is either whole or not a report.
The JSON Schema of :class:`Report` is committed as ``docs/schemas/report.schema.json``.
"""

from __future__ import annotations

from scanner.domain.base import Cause, Noun, Severity, Sha256, Verdict, fingerprint
from scanner.domain.bill import (
    BillChange,
    FieldResult,
    FieldState,
    ProfileResult,
    SbomSummary,
    Vulnerability,
    VulnerabilityAssessment,
)
from scanner.domain.findings import Finding, Fix, Incomplete, Suppression
from scanner.domain.hub import Card, CardTopic, Metric, Origin, Repository, RepositoryDiff, RepositoryFile
from scanner.domain.models import Artifact, HubType, LayerRead, PathChange, PreviousReference, Reference
from scanner.domain.report import SCHEMA_VERSION, Change, EngineRef, Mode, PolicySummary, Report, Tool, Totals

__all__ = [
    "SCHEMA_VERSION",
    "Artifact",
    "BillChange",
    "Card",
    "CardTopic",
    "Cause",
    "Change",
    "EngineRef",
    "FieldResult",
    "FieldState",
    "Finding",
    "Fix",
    "HubType",
    "Incomplete",
    "LayerRead",
    "Metric",
    "Mode",
    "Noun",
    "Origin",
    "PathChange",
    "PolicySummary",
    "PreviousReference",
    "ProfileResult",
    "Reference",
    "Report",
    "Repository",
    "RepositoryDiff",
    "RepositoryFile",
    "SbomSummary",
    "Severity",
    "Sha256",
    "Suppression",
    "Tool",
    "Totals",
    "Verdict",
    "Vulnerability",
    "VulnerabilityAssessment",
    "fingerprint",
]
