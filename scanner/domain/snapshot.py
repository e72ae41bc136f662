"""What a repository depends on, in the shape that GitHub's dependency graph takes.

Names are those of the Dependency Submission API. The file is made without a network; who submits it adds the
job, the commit and the time.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from scanner.domain.base import Noun

_Text = Annotated[str, StringConstraints(max_length=4096)]


class Resolved(Noun):
    """One dependency; ``dependencies`` are package URLs of what it depends on itself."""

    package_url: _Text
    relationship: Literal["direct", "indirect"]
    scope: Literal["runtime", "development"] = "runtime"
    dependencies: list[_Text] = []
    metadata: dict[str, str] = {}


class SourceFile(Noun):
    """Where a manifest lies in the repository."""

    source_location: _Text


class SnapshotManifest(Noun):
    """What one file of the repository names: a lock file, or source that loads models."""

    name: _Text
    file: SourceFile | None = None
    resolved: dict[str, Resolved] = {}


class Snapshot(Noun):
    """``dependency-snapshot.json``."""

    schema_version: Literal["1"] = "1"
    manifests: Annotated[dict[str, SnapshotManifest], Field(max_length=1000)] = {}
