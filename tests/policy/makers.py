"""What the tests of the policy judge: files, references, repositories, findings and gaps, made short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from scanner.domain import (
    Artifact,
    Finding,
    Incomplete,
    Reference,
    Repository,
    fingerprint,
)
from scanner.evidence import BaseConfig, Inputs
from scanner.policy.apply import Judgement, judge
from scanner.policy.config import Config
from scanner.policy.load import load
from scanner.policy.material import Material

TODAY = date(2026, 6, 15)
A, B = "a" * 64, "b" * 64
C1, C2 = "1" * 40, "2" * 40


def artifact(name: str = "model", **changes: Any) -> Artifact:
    fields = {
        "id": name,
        "source": "git",
        "path": f"{name}.pkl",
        "change": "added",
        "format": "pickle",
        "sha256": A,
        "sha256_origin": "computed",
        "coverage": "full",
        "status": "scanned",
    }
    return Artifact.model_validate({**fields, **changes})


def reference(name: str = "ref", repo: str = "acme/ner", **changes: Any) -> Reference:
    fields = {
        "id": name,
        "repo_id": repo,
        "repo_type": "model",
        "resolved_revision": C1,
        "pinned": True,
        "loader": "transformers",
        "path": "serve.py",
        "line": 41,
        "end_line": 41,
        "in_diff": True,
        "change": "added",
        "resolution": "resolved",
    }
    return Reference.model_validate({**fields, **changes})


def repository(name: str = "acme/ner", **changes: Any) -> Repository:
    fields = {
        "id": name,
        "type": "model",
        "revision": C1,
        "author": name.split("/")[0],
        "license": "apache-2.0",
    }
    return Repository.model_validate({**fields, **changes})


def finding(severity: str = "high", **changes: Any) -> Finding:
    fields = {
        "fingerprint": fingerprint("malformed-model", "model.pkl", None, severity, None),
        "rule": "malformed-model",
        "severity": severity,
        "title": "title",
        "message": "message",
        "remediation": "do",
        "artifact": "model",
        "path": "model.pkl",
        "new": True,
    }
    return Finding.model_validate({**fields, **changes})


def gap(cause: str, **changes: Any) -> Incomplete:
    fields = {
        "subject": "model.pkl",
        "cause": cause,
        "detail": "detail",
        "action": "act",
        "artifact": "model",
    }
    return Incomplete.model_validate({**fields, **changes})


def judged(
    config: Config | str = "",
    *,
    findings: Sequence[Finding] = (),
    incomplete: Sequence[Incomplete] = (),
    artifacts: Sequence[Artifact] | None = None,
    references: Sequence[Reference] = (),
    repositories: Sequence[Repository] = (),
    has_base: bool = True,
    inputs: Inputs | None = None,
    source: str = "base",
    today: date = TODAY,
) -> Judgement:
    if isinstance(config, str):
        config = load(config.encode(), "modelward.yml")
    files = [artifact()] if artifacts is None else artifacts
    material = Material(findings, incomplete, files, references, repositories, has_base)
    where = BaseConfig.model_validate({"source": source})
    return judge(config, material, today=today, inputs=inputs or Inputs(), source=where)
