"""Records, references and what is judged, with the values that a test does not care about."""

from __future__ import annotations

from datetime import date
from typing import Any

from scanner.domain import Reference
from scanner.hub.interface import HubCommit, HubFile, Record
from scanner.hub.provenance import Judged

HEAD, PARENT, ROOT = "a1" * 20, "b2" * 20, "c3" * 20
OID, OTHER_OID = "e5" * 20, "f6" * 20
TODAY = date(2026, 6, 15)


def hub_file(path: str, oid: str = OID, **more: Any) -> HubFile:
    return HubFile(path, more.pop("size", 12), oid, **more)


def commits(*ids: str) -> list[HubCommit]:
    return [HubCommit(identity, "2024-05-01T10:20:30Z", "title") for identity in ids]


def a_record(**changes: Any) -> Record:
    values: dict[str, Any] = {
        "repo_type": "model",
        "repo_id": "acme/ranker",
        "commit": HEAD,
        "identity": "id1",
        "author": "acme",
        "author_kind": "organization",
        "license": "mit",
        "files": [hub_file("model.safetensors")],
        "files_complete": True,
        "branches": {"main": HEAD},
        "reachable": True,
        "first_commit": ROOT,
    }
    return Record(**{**values, **changes})


def a_reference(**changes: Any) -> Reference:
    values: dict[str, Any] = {
        "id": "serve.py:1",
        "repo_id": "acme/ranker",
        "repo_type": "model",
        "pinned": False,
        "loader": "transformers",
        "trust_remote_code": False,
        "path": "serve.py",
        "line": 1,
        "end_line": 1,
        "in_diff": True,
        "change": "added",
        "resolution": "resolved",
    }
    return Reference(**{**values, **changes})


def judged(revision: str | None = HEAD, *, reference: dict[str, Any] | None = None, **changes: Any) -> Judged:
    values: dict[str, Any] = {
        "reference": a_reference(revision=revision, **(reference or {})),
        "named": "acme/ranker",
        "revision_state": "absent" if revision is None else "literal",
        "policy_date": TODAY,
        "record": a_record(),
    }
    return Judged(**{**values, **changes})
