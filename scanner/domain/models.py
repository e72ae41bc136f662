"""Model files, and the places in the source that name models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scanner.domain.base import Noun, Sha256

PathChange = Literal["added", "modified", "removed", "renamed", "unchanged"]


HubType = Literal["model", "dataset", "space", "kernel"]
"""What a repository of the Hub holds."""


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
    package: str | None = Field(
        None, description="the package that the loader is imported from, where an import shows it"
    )
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
