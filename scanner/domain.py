"""The nouns of a report: what ``report.json`` holds, and nothing that reads or writes it.

Every class is immutable and refuses unknown fields, so that a report is either whole or not a report.
The JSON Schema of :class:`Report` is committed as ``docs/schemas/report.schema.json``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = "1"

Sha256 = str
"""64 lower-case hexadecimal digits."""


class Noun(BaseModel):
    """Base of every model that is written to a file: immutable, closed, built on first use."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Severity(StrEnum):
    """How bad a finding is; ordered by :attr:`rank`."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for ``info`` up to 4 for ``critical``."""
        return _RANK[self]


_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Verdict(StrEnum):
    """The answer to "may this be merged?"."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    INCOMPLETE = "incomplete"


class Cause(StrEnum):
    """Why something was not looked at; decides whether the verdict becomes ``incomplete`` or ``warn``."""

    HOSTILE = "hostile"
    UNREADABLE = "unreadable"
    BUDGET = "budget"
    ACCESS = "access"
    RATE = "rate"
    OFFLINE = "offline"
    UNCHANGED = "unchanged"


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


HubType = Literal["model", "dataset", "space", "kernel"]
"""What a repository of the Hub holds."""

PathChange = Literal["added", "modified", "removed", "renamed", "unchanged"]


class LayerRead(Noun):
    """One layer of a model file: the file itself, a member of an archive, or a stream within one."""

    member: str | None = Field(None, description="outermost first, joined by '!'; null for the file itself")
    format: str
    size: int = Field(description="bytes, unpacked")
    read: Literal["full", "partial", "none"] = Field(description="how far; 'incomplete' says what is missing")
    engines: list[str] = Field([], description="who looked at it")


class Artifact(Noun):
    """One model file, wherever it lives."""

    id: str
    source: Literal["git", "lfs", "dvc", "hub", "local"]
    path: str
    previous_path: str | None = None
    repository_id: str | None = None
    revision: str | None = None
    change: PathChange
    previous_sha256: Sha256 | None = None
    format: str
    size: int | None = Field(None, description="bytes")
    git_oid: str | None = None
    sha256: Sha256 | None = None
    sha512: str | None = None
    sha256_origin: Literal["computed", "declared"] | None = None
    coverage: Literal["full", "structural", "none"]
    bytes_read: int = Field(0, description="bytes of this file that were looked at")
    status: Literal["scanned", "incomplete", "skipped"]
    engines: list[str] = []
    facts: dict[str, str | int | float | bool | list[str]] = Field(
        default={}, description="what the readers computed from the bytes, for example parameter_count"
    )
    layers: list[LayerRead] = Field(
        [], description="the first layers that were met; empty where the file is its only layer"
    )
    layer_count: int = Field(0, description="all layers that were met, listed or not")
    imports_added: list[str] = Field([], description="names that the base did not import")
    imports_removed: list[str] = Field([], description="names that only the base imported")
    calls_added: list[str] = Field([], description="calls that the base did not make")
    calls_removed: list[str] = Field([], description="calls that only the base made")


class PreviousReference(Noun):
    """What a changed reference named on the base."""

    repo_id: str
    revision: str | None = None
    resolved_revision: str | None = None


class Reference(Noun):
    """One place in the source that names a model, data set, Space or kernel."""

    id: str
    repo_id: str | None = Field(description="as the Hub calls it where that is known, else as it is written")
    repo_type: HubType | Literal["other"]
    revision: str | None = None
    resolved_revision: str | None = None
    pinned: bool = Field(description="whether it names a full commit id of the repository")
    loader: str = Field(description="id of the row of the table of loaders")
    trust_remote_code: bool | None = Field(None, description="null when it cannot be told from the source")
    path: str
    line: int
    end_line: int
    in_diff: bool
    change: Literal["added", "modified", "removed", "unchanged"]
    previous: PreviousReference | None = None
    resolution: Literal["resolved", "unresolved", "not_found", "gated", "local", "not_checked"]
    expression: str | None = Field(None, description="as it is written, where repo_id does not say the same")
    files: list[str] = Field([], description="names or patterns of the files it loads; empty means all")
    store: str | None = Field(
        None, description="for 'other': s3, gcs, mlflow, kaggle, ngc, torch-hub, url, …"
    )


class RepositoryDiff(Noun):
    """What lies between two commits of one Hub repository."""

    from_revision: str | None = None
    to_revision: str | None = None
    files: list[str] = Field([], description="paths that differ, sorted")
    added: list[str] = Field([], description="those of them that are new")
    removed: list[str] = Field([], description="those of them that are gone")
    license: str | None = Field(None, description="'before → after' when it changed")
    base_models: list[str] = Field([], description="'+org/new' and '-org/old'")
    remote_code: list[str] = Field([], description="'+name' and '-name' of code that a loader may run")
    commits: int | None = Field(
        None, description="how many lie between; null when neither leads to the other"
    )


Origin = Literal["stated", "computed", "asserted"]
"""Who says so: the publisher in the card, we from bytes, or the Hub."""


class RepositoryFile(Noun):
    """One file of a Hub repository at its commit."""

    path: str
    size: int
    oid: str = Field(description="git object id")
    sha256: Sha256 | None = Field(None, description="of a file in the large storage, as the Hub declares it")
    hub_scans: dict[str, str] = Field({}, description="scanner and its status")


class Repository(Noun):
    """One Hub repository at one commit; ``origins`` says for each field who says so."""

    id: str
    type: HubType
    revision: str | None = Field(None, description="the commit")
    named: list[str] = Field([], description="ids under which the source names it, where they differ from id")
    identity: str | None = Field(
        None, description="the Hub's own id (_id), which a new owner of the name cannot keep"
    )
    author: str | None = None
    author_kind: Literal["organization", "user"] | None = None
    author_verified: bool | None = None
    author_created: str | None = None
    license: str | None = None
    license_name: str | None = None
    license_link: str | None = None
    library: str | None = None
    task: str | None = None
    languages: list[str] = []
    base_models: list[str] = []
    base_model_relation: str | None = None
    datasets: list[str] = []
    card_sections: list[str] = []
    gated: bool | None = None
    private: bool | None = None
    disabled: bool | None = None
    created: str | None = None
    last_modified: str | None = None
    commits: int | None = Field(None, description="how many lead to this one")
    first_commit: str | None = None
    parameters: int | None = None
    downloads: int | None = None
    likes: int | None = None
    remote_code: list[str] = Field([], description="code that a loader may run: names of auto_map, files")
    files: list[RepositoryFile] = []
    files_complete: bool = Field(False, description="whether these are all files of the commit")
    hub_scans: dict[str, str] = Field({}, description="scanner and the worst that it says of a file")
    diff: RepositoryDiff | None = None
    origins: dict[str, Origin] = {}


class Fix(Noun):
    """A mechanical edit that resolves a finding: lines ``line`` to ``end_line`` become ``replacement``."""

    path: str
    line: int
    end_line: int
    replacement: str


class Suppression(Noun):
    """Why a finding does not count: an exception or an allow list of the base configuration."""

    reason: str
    owner: str | None = None
    expires: date | None = None


class Finding(Noun):
    """One thing wrong: rule, severity, subject, place, evidence, why it matters, what to do."""

    fingerprint: str
    rule: str
    severity: Severity
    title: str
    message: str
    remediation: str
    artifact: str | None = Field(None, description="id of the artifact it is about")
    reference: str | None = Field(None, description="id of the reference it is about")
    path: str | None = None
    line: int | None = None
    member: str | None = Field(None, description="member of an archive, outermost first, joined by '!'")
    offset: int | None = Field(None, description="bytes from the start of the member")
    symbol: str | None = Field(None, description="what would run or what is wrong, for example posix.system")
    engines: list[str] = []
    evidence: str = ""
    cwe: list[str] = []
    owasp: list[str] = []
    atlas: list[str] = []
    new: bool | None = Field(None, description="null when there is no base to compare with")
    fix: Fix | None = None
    suppressed: Suppression | None = None
    blocking: bool = Field(False, description="whether it is a reason for the verdict 'fail'")


class Incomplete(Noun):
    """Something that was not looked at, why, and what to do about it."""

    subject: str
    cause: Cause
    detail: str
    action: str
    artifact: str | None = None
    waived: str | None = Field(None, description="why it does not make the verdict 'incomplete'")


class SbomSummary(Noun):
    """Whether an SBOM was written, and what it leaves open."""

    written: bool
    reason: str = Field(description="why it was written or not")
    components: int = 0
    complete: bool = False
    warnings: list[str] = []


class PolicySummary(Noun):
    """Which configuration was in force."""

    source: str = Field(description="'base', 'head', 'file', 'central' or 'default'")
    path: str | None = None
    fail_on_severity: Severity | Literal["never"] = Severity.HIGH
    fail_on_incomplete: bool = True


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
    sbom: SbomSummary | None = None
    totals: Totals = Field(default_factory=Totals)


def fingerprint(rule: str, place: str, member: str | None, symbol: str | None, arguments: str | None) -> str:
    """The identity of a finding: 32 hexadecimal digits over rule, place, member, symbol and arguments.

    ``place`` is a path or a repository id. Lines, offsets and engines are left out on purpose: the same
    fact at another offset, or told by another engine, is the same finding.
    """
    parts: Iterable[str] = (rule, place, member or "", symbol or "", " ".join((arguments or "").split()))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
