"""What is known of a Hub repository: plain data that crosses the worker's door.

Nothing here imports pydantic: workers start often and must start fast.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SCANNERS = ("avScan", "pickleImportScan", "protectAiScan", "jFrogScan", "virusTotalScan")
"""The Hub's own scanners, by the names that its API gives them."""


@dataclass(slots=True)
class HubFile:
    """One file at the commit, as the tree declares it."""

    path: str
    size: int
    oid: str
    sha256: str | None = None
    scans: dict[str, str] = field(default_factory=dict)
    """Scanner and status: unscanned, safe, queued, error, caution, suspicious, unsafe."""
    messages: dict[str, str] = field(default_factory=dict)
    """Scanner and its explanation, of those that raise an alarm or failed."""


@dataclass(slots=True)
class HubCommit:
    """One commit of the history."""

    id: str
    date: str
    title: str
    authors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class HubCard:
    """What the card states, and what the Hub reads out of a configuration, beyond the usual fields."""

    license_files: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    """``arxiv:…`` and ``doi:…`` of the tags."""
    metrics: list[dict[str, Any]] = field(default_factory=list)
    """Each with the fields of :class:`scanner.domain.Metric`."""
    emissions: dict[str, str] = field(default_factory=dict)
    config: dict[str, str] = field(default_factory=dict)
    dataset: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """One repository at one commit. Every text is printable and clipped, every list bounded.

    A value that the Hub did not give, or gave in another type, is null or empty; ``problems`` says so.
    """

    repo_type: str
    repo_id: str
    """Canonical."""
    commit: str
    """Empty where the Hub's description could not be read: then nothing below is known of it."""
    identity: str | None = None
    author: str | None = None
    author_kind: str | None = None
    author_verified: bool | None = None
    author_created: str | None = None
    created: str | None = None
    last_modified: str | None = None
    private: bool | None = None
    gated: str | None = None
    """``auto``, ``manual``, ``no``, or null when it is not said."""
    disabled: bool | None = None
    license: str | None = None
    license_name: str | None = None
    license_link: str | None = None
    library: str | None = None
    task: str | None = None
    languages: list[str] = field(default_factory=list)
    base_models: list[str] = field(default_factory=list)
    base_model_relation: str | None = None
    datasets: list[str] = field(default_factory=list)
    parameters: int | None = None
    downloads: int | None = None
    likes: int | None = None
    auto_map: list[str] = field(default_factory=list)
    """Classes that ``auto_map`` names; ``other/repo--module.Class`` for another repository."""
    files: list[HubFile] = field(default_factory=list)
    files_complete: bool = False
    commits: list[HubCommit] = field(default_factory=list)
    """Newest first, as far as they were collected."""
    commit_count: int | None = None
    first_commit: str | None = None
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    reachable: bool | None = None
    """Whether the commit is on a branch or a tag; null when that cannot be told."""
    card: HubCard = field(default_factory=HubCard)
    stated: list[str] = field(default_factory=list)
    """Fields whose value stands in the card; the others are the Hub's own account."""
    problems: list[str] = field(default_factory=list)


def restored(value: dict[str, Any]) -> Record:
    """The record out of the JSON that crossed the worker's door."""
    files = [HubFile(**file) for file in value["files"]]
    commits = [HubCommit(**commit) for commit in value["commits"]]
    return Record(**{**value, "files": files, "commits": commits, "card": HubCard(**value["card"])})
