"""The policy applied to findings and gaps: verdicts, lists, exceptions, inputs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from scanner.domain import (
    Artifact,
    Cause,
    Finding,
    Incomplete,
    Reference,
    Repository,
    Severity,
    Verdict,
    fingerprint,
)
from scanner.evidence import BaseConfig, Inputs
from scanner.policy.apply import Judgement, exit_status, judge
from scanner.policy.config import Config
from scanner.policy.load import load
from scanner.policy.material import Material
from scanner.policy.verdict import CAUSES

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


NEVER = "fail-on-severity: never"
LENIENT = "fail-on-incomplete: false"
KEEP = {"artifacts": [artifact(change="unchanged")]}

TABLE: dict[str, tuple[str, dict[str, Any], Verdict]] = {
    "nothing": ("", {}, Verdict.PASS),
    "info alone": ("", {"findings": [finding("info")]}, Verdict.PASS),
    "low": ("", {"findings": [finding("low")]}, Verdict.WARN),
    "medium": ("", {"findings": [finding("medium")]}, Verdict.WARN),
    "high": ("", {"findings": [finding("high")]}, Verdict.FAIL),
    "critical": ("", {"findings": [finding("critical")]}, Verdict.FAIL),
    "a lower gate": ("fail-on-severity: medium", {"findings": [finding("medium")]}, Verdict.FAIL),
    "the lowest gate": ("fail-on-severity: info", {"findings": [finding("info")]}, Verdict.FAIL),
    "a higher gate": ("fail-on-severity: critical", {"findings": [finding("high")]}, Verdict.WARN),
    "no gate": (NEVER, {"findings": [finding("critical")]}, Verdict.WARN),
    "without a base": ("", {"findings": [finding(new=None)], **KEEP}, Verdict.FAIL),
    "old, in the change": ("", {"findings": [finding(new=False)]}, Verdict.FAIL),
    "old, in a modified file": (
        "",
        {"findings": [finding(new=False)], "artifacts": [artifact(change="modified")]},
        Verdict.FAIL,
    ),
    "old, in a renamed file": (
        "",
        {"findings": [finding(new=False)], "artifacts": [artifact(change="renamed")]},
        Verdict.FAIL,
    ),
    "old, elsewhere": ("", {"findings": [finding(new=False)], **KEEP}, Verdict.WARN),
    "old info, elsewhere": ("", {"findings": [finding("info", new=False)], **KEEP}, Verdict.PASS),
    "new, in an unchanged file": ("", {"findings": [finding()], **KEEP}, Verdict.FAIL),
    "old, on a line of the diff": (
        "",
        {"findings": [finding(new=False, artifact=None, reference="ref")], "references": [reference()]},
        Verdict.FAIL,
    ),
    "old, on another line": (
        "",
        {
            "findings": [finding(new=False, artifact=None, reference="ref")],
            "references": [reference(in_diff=False, change="unchanged")],
        },
        Verdict.WARN,
    ),
    "hostile": ("", {"incomplete": [gap("hostile")]}, Verdict.INCOMPLETE),
    "unreadable": ("", {"incomplete": [gap("unreadable")]}, Verdict.INCOMPLETE),
    "budget": ("", {"incomplete": [gap("budget")]}, Verdict.INCOMPLETE),
    "access": ("", {"incomplete": [gap("access")]}, Verdict.INCOMPLETE),
    "rate": ("", {"incomplete": [gap("rate")]}, Verdict.INCOMPLETE),
    "offline": ("", {"incomplete": [gap("offline")]}, Verdict.WARN),
    "unchanged": ("", {"incomplete": [gap("unchanged")]}, Verdict.PASS),
    "hostile, tolerated": (LENIENT, {"incomplete": [gap("hostile")]}, Verdict.WARN),
    "unchanged, tolerated": (LENIENT, {"incomplete": [gap("unchanged")]}, Verdict.PASS),
    "fail wins": ("", {"findings": [finding()], "incomplete": [gap("hostile")]}, Verdict.FAIL),
    "incomplete wins": ("", {"findings": [finding("low")], "incomplete": [gap("rate")]}, Verdict.INCOMPLETE),
    "an address that is not checked": (
        "",
        {"references": [reference(resolution="not_checked")]},
        Verdict.WARN,
    ),
    "the same outside the change": (
        "",
        {"references": [reference(resolution="not_checked", in_diff=False, change="unchanged")]},
        Verdict.PASS,
    ),
    "an expression": ("", {"references": [reference(resolution="unresolved", repo_id=None)]}, Verdict.PASS),
}


@pytest.mark.parametrize(("config", "given", "verdict"), TABLE.values(), ids=TABLE)
def test_verdicts(config: str, given: dict[str, Any], verdict: Verdict) -> None:
    judgement = judged(config, **given)
    assert judgement.verdict is verdict
    assert any(found.blocking for found in judgement.findings) is (verdict is Verdict.FAIL)


@pytest.mark.parametrize(
    ("verdict", "status"), [(Verdict.PASS, 0), (Verdict.WARN, 0), (Verdict.FAIL, 1), (Verdict.INCOMPLETE, 3)]
)
def test_exit_statuses(verdict: Verdict, status: int) -> None:
    assert exit_status(verdict) == status


def test_reasons_are_told_worst_first() -> None:
    judgement = judged(
        f"exceptions: [{{rule: keras-lambda-layer, sha256: {A}, reason: r, owner: o, expires: 2030-01-01}}]",
        findings=[
            finding("medium"),
            finding("high"),
            finding("critical"),
            finding("critical", fingerprint="f" * 32),
            finding("low", new=False, artifact="other", fingerprint="e" * 32),
            finding("high", rule="keras-lambda-layer", fingerprint="d" * 32),
        ],
        incomplete=[gap("offline"), gap("budget"), gap("hostile"), gap("budget"), gap("unchanged")],
        artifacts=[artifact(), artifact("other", change="unchanged")],
        references=[reference(resolution="not_checked")],
    )
    assert judgement.reasons == [
        "2 critical findings at or above high",
        "1 high finding at or above high",
        "1 file not read: broken or made to mislead",
        "2 files not read: over the budget",
        "1 medium finding below the gate",
        "1 low older finding outside the change",
        "1 file not read: offline",
        "1 reference not checked",
        "1 finding accepted by the policy",
    ]
    assert [found.severity.value for found in judgement.findings] == [
        "critical", "critical", "high", "high", "medium", "low",
    ]  # fmt: skip


def test_totals() -> None:
    judgement = judged(
        findings=[finding("high"), finding("low", new=False, fingerprint="e" * 32)],
        artifacts=[
            artifact(),
            artifact("b", status="incomplete"),
            artifact("c", status="skipped", change="unchanged"),
            artifact("d", status="skipped", change="removed"),
        ],
        references=[reference(), reference("gone", change="removed")],
        repositories=[repository()],
    )
    totals = judgement.totals
    assert (totals.artifacts, totals.scanned, totals.incomplete, totals.skipped) == (3, 1, 1, 1)
    assert (totals.references, totals.repositories) == (1, 1)
    assert totals.findings == {"high": 1, "low": 1}
    assert (totals.new_findings, totals.old_findings, totals.suppressed) == (1, 1, 0)


def test_the_order_of_what_is_found_does_not_matter() -> None:
    found = [
        finding(level, fingerprint=f"{number}" * 32) for number, level in enumerate(("low", "high", "low"))
    ]
    assert judged(findings=found) == judged(findings=found[::-1])


def test_rules_change_severities_or_vanish() -> None:
    louder = judged("rules: {malformed-model: critical}", findings=[finding("low")])
    assert [found.severity for found in louder.findings] == [Severity.CRITICAL]
    assert louder.verdict is Verdict.FAIL
    gone = judged("rules: {malformed-model: off}", findings=[finding("critical")])
    assert gone.findings == []
    assert gone.verdict is Verdict.PASS
    lists_too = judged(f"rules: {{denied-digest: low}}\ndeny: {{digests: [{A}]}}")
    assert [found.severity for found in lists_too.findings] == [Severity.LOW]


def excepted(subject: str, expires: str = "2030-01-01", rule: str = "malformed-model") -> str:
    return f"exceptions: [{{rule: {rule}, {subject}, reason: known, owner: me, expires: {expires}}}]"


def test_an_exception_suppresses_and_is_shown() -> None:
    judgement = judged(excepted(f"sha256: {A}"), findings=[finding("critical")])
    assert judgement.verdict is Verdict.PASS
    assert judgement.findings[0].blocking is False
    suppressed = judgement.findings[0].suppressed
    assert suppressed is not None
    assert (suppressed.reason, suppressed.owner, suppressed.expires) == ("known", "me", date(2030, 1, 1))
    assert judgement.totals.suppressed == 1
    assert judgement.totals.findings == {}
    assert judgement.warnings == []


@pytest.mark.parametrize(
    ("config", "files"),
    [
        (excepted(f"sha256: {B}"), [artifact()]),
        (excepted(f"sha256: {A}", rule="keras-lambda-layer"), [artifact()]),
        (excepted(f"sha256: {A}"), [artifact(sha256_origin="declared")]),
        (excepted(f"sha256: {A}"), [artifact(sha256_origin=None)]),
        (excepted(f"sha256: {A}"), []),
        (excepted(f"repository: acme/ner@{C1}"), [artifact()]),
        (excepted(f"repository: acme/ner@{C1}"), [artifact(repository_id="acme/ner", revision=C2)]),
        (excepted(f"repository: acme/ner@{C1}"), [artifact(repository_id="acme/ner", revision="main")]),
    ],
)
def test_an_exception_fits_only_its_rule_and_its_bytes(config: str, files: list[Artifact]) -> None:
    judgement = judged(config, findings=[finding("critical")], artifacts=files)
    assert judgement.findings[0].suppressed is None
    assert judgement.verdict is Verdict.FAIL


def test_an_exception_for_a_repository_at_a_commit() -> None:
    config = excepted(f"repository: Acme/NER@{C1}")
    hub = artifact(source="hub", repository_id="acme/ner", revision=C1)
    assert judged(config, findings=[finding()], artifacts=[hub]).verdict is Verdict.PASS
    named = finding(artifact=None, reference="ref")
    assert judged(config, findings=[named], references=[reference()]).verdict is Verdict.PASS
    moved = reference(resolved_revision=C2)
    assert judged(config, findings=[named], references=[moved]).verdict is Verdict.FAIL
    data = reference(repo_type="dataset")
    assert judged(config, findings=[named], references=[data]).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("expires", "verdict", "warning"),
    [
        ("2026-06-14", Verdict.FAIL, f"on {A} expired after 2026-06-14: remove it, or have me renew it"),
        ("2026-06-15", Verdict.PASS, f"on {A} expires after 2026-06-15: remove it, or have me renew it"),
        ("2026-06-29", Verdict.PASS, "expires after 2026-06-29"),
        ("2026-06-30", Verdict.PASS, None),
    ],
)
def test_exceptions_expire(expires: str, verdict: Verdict, warning: str | None) -> None:
    judgement = judged(excepted(f"sha256: {A}", expires), findings=[finding()])
    assert judgement.verdict is verdict
    assert len(judgement.warnings) == (warning is not None)
    assert all(warning in told for told in judgement.warnings if warning)


def test_exceptions_that_matter_nowhere_are_only_counted() -> None:
    lines = [
        f"- {{rule: malformed-model, sha256: {B}, reason: r, owner: o, expires: {day}}}"
        for day in ("2026-01-01", "2026-02-01", "2026-06-20", "2030-01-01")
    ]
    judgement = judged("exceptions:\n" + "\n".join(lines))
    assert judgement.warnings == [
        "2 exceptions without a finding here expired: remove or renew",
        "1 exception without a finding here will expire within 14 days",
    ]


def test_the_latest_of_several_exceptions_counts() -> None:
    lines = [
        f"- {{rule: malformed-model, sha256: {A}, reason: {day}, owner: o, expires: {day}}}"
        for day in ("2026-01-01", "2028-01-01", "2027-01-01")
    ]
    judgement = judged("exceptions:\n" + "\n".join(lines), findings=[finding()])
    suppressed = judgement.findings[0].suppressed
    assert suppressed is not None
    assert suppressed.reason == "2028-01-01"


def test_a_trusted_digest_covers_findings_and_gaps() -> None:
    config = f"allow: {{digests: [{A}]}}"
    judgement = judged(config, findings=[finding("critical")], incomplete=[gap("hostile")])
    assert judgement.verdict is Verdict.PASS
    suppressed = judgement.findings[0].suppressed
    assert suppressed is not None
    assert suppressed.reason == "the digest of the file is on the allow list"
    assert judgement.incomplete[0].waived == "the digest of the file is on the allow list"
    declared = [artifact(sha256_origin="declared")]
    assert judged(config, findings=[finding()], artifacts=declared).verdict is Verdict.FAIL
    assert judged(config, incomplete=[gap("hostile")], artifacts=declared).verdict is Verdict.INCOMPLETE


def test_deny_wins_over_allow() -> None:
    judgement = judged(f"allow: {{digests: [{A}]}}\ndeny: {{digests: [{A}]}}")
    assert [(found.rule, found.suppressed) for found in judgement.findings] == [("denied-digest", None)]
    both = judged("allow: {publishers: [acme]}\ndeny: {publishers: [acme]}", references=[reference()])
    assert [found.rule for found in both.findings] == ["denied-publisher"]
    named = judged("allow: {repositories: [acme/ner]}\ndeny: {publishers: [acme]}", references=[reference()])
    assert [found.rule for found in named.findings] == ["denied-publisher"]


def test_a_denied_digest() -> None:
    config = f"deny: {{digests: [{A}]}}"
    judgement = judged(config)
    (found,) = judgement.findings
    assert (found.rule, found.severity, found.path, found.artifact) == (
        "denied-digest",
        Severity.CRITICAL,
        "model.pkl",
        "model",
    )
    assert found.message == f"The SHA-256 digest {A} is denied by the configuration."
    assert found.fingerprint == fingerprint("denied-digest", "model.pkl", None, A, None)
    assert found.new is True
    assert judgement.verdict is Verdict.FAIL
    assert judged(config, artifacts=[artifact(sha256_origin="declared")]).verdict is Verdict.FAIL
    assert judged(config, artifacts=[artifact(sha256=B)]).findings == []
    assert judged(config, artifacts=[artifact(change="removed")]).findings == []
    old = judged(config, artifacts=[artifact(change="unchanged")])
    assert (old.findings[0].new, old.verdict) == (False, Verdict.WARN)
    assert judged(config, has_base=False).findings[0].new is None


def rules_of(judgement: Judgement) -> list[str]:
    return [found.rule for found in judgement.findings]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("deny: {publishers: [ACME]}", ["denied-publisher"]),
        ("deny: {publishers: [acm]}", []),
        ("deny: {repositories: [Acme/Ner]}", ["denied-repository"]),
        (f"deny: {{repositories: ['acme/ner@{C1}']}}", ["denied-repository"]),
        (f"deny: {{repositories: ['acme/ner@{C2}']}}", []),
        ("deny: {repositories: [datasets/acme/ner]}", []),
        ("deny: {licenses: [Apache-2.0]}", ["denied-license"]),
        ("deny: {licenses: [mit]}", []),
        ("allow: {publishers: [acme]}", []),
        ("allow: {publishers: [other]}", ["denied-publisher"]),
        ("allow: {repositories: [acme/ner]}", []),
        ("allow: {repositories: [acme/other]}", ["denied-repository"]),
        ("allow: {publishers: [other], repositories: [acme/ner]}", []),
        ("allow: {publishers: [acme], repositories: [other/one]}", []),
        ("allow: {publishers: [x], repositories: [other/one]}", ["denied-publisher"]),
        (f"allow: {{repositories: ['acme/ner@{C2}']}}", ["denied-repository"]),
        ("allow: {licenses: [apache-2.0, mit]}", []),
        ("allow: {licenses: [mit]}", ["denied-license"]),
        ("allow: {licenses: [mit], publishers: [acme]}", ["denied-license"]),
    ],
)
def test_lists_for_the_hub(config: str, expected: list[str]) -> None:
    judgement = judged(config, references=[reference()], repositories=[repository()])
    assert rules_of(judgement) == expected
    assert judgement.verdict is (Verdict.FAIL if expected else Verdict.PASS)
    for found in judgement.findings:
        assert (found.path, found.line, found.reference) == ("serve.py", 41, "ref")
        assert ("not on the allow list" in found.message) is config.startswith("allow")


def test_lists_reach_repositories_that_were_only_named() -> None:
    assert rules_of(judged("deny: {publishers: [acme]}", references=[reference()])) == ["denied-publisher"]
    assert rules_of(judged("allow: {licenses: [mit]}", references=[reference()])) == []
    assert rules_of(judged("allow: {publishers: [x]}", references=[reference(repo="gpt2")])) == [
        "denied-publisher"
    ]
    for harmless in ({"resolution": "local"}, {"change": "removed"}, {"repo_type": "other"}):
        assert rules_of(judged("deny: {publishers: [acme]}", references=[reference(**harmless)])) == []


def test_a_licence_that_nobody_states_is_not_on_an_allow_list() -> None:
    (found,) = judged("allow: {licenses: [mit]}", repositories=[repository(license=None)]).findings
    assert found.message == "The licence unknown is not on the allow list of the configuration."


def test_a_repository_is_denied_once_and_on_a_line_of_the_diff() -> None:
    references = [
        reference("r1", path="a.py", in_diff=False, change="unchanged"),
        reference("r2", path="b.py", line=3, resolved_revision=C2),
        reference("r3", path="c.py"),
    ]
    (found,) = judged("deny: {repositories: [acme/ner]}", references=references).findings
    assert (found.path, found.new) == ("c.py", True)
    untouched = [reference(in_diff=False, change="unchanged")]
    judgement = judged("deny: {publishers: [acme]}", references=untouched)
    assert (judgement.findings[0].new, judgement.verdict) == (False, Verdict.WARN)


def test_a_licence_stated_in_a_file() -> None:
    stated = artifact(facts={"license": "CC-BY-NC-4.0"})
    (found,) = judged("deny: {licenses: [cc-by-nc-4.0]}", artifacts=[stated]).findings
    assert (found.rule, found.path, found.symbol) == ("denied-license", "model.pkl", "CC-BY-NC-4.0")
    assert judged("allow: {licenses: [mit]}", artifacts=[stated]).findings == []


def test_an_allowed_publisher_may_be_unread() -> None:
    unread = gap("access", subject=f"Acme/NER@{C1}", artifact=None)
    given: dict[str, Any] = {"incomplete": [unread], "references": [reference(resolution="gated")]}
    assert judged(**given).verdict is Verdict.INCOMPLETE
    allowed = judged("allow: {publishers: [acme]}", **given)
    assert allowed.verdict is Verdict.WARN
    assert allowed.incomplete[0].waived == "the publisher acme is on the allow list"
    assert allowed.reasons == ["1 subject not read: no access, allowed"]
    hostile = {**given, "incomplete": [gap("hostile", subject=f"acme/ner@{C1}", artifact=None)]}
    assert judged("allow: {publishers: [acme]}", **hostile).verdict is Verdict.INCOMPLETE
    elsewhere = {**given, "incomplete": [gap("access", subject="acme/model.bin", artifact=None)]}
    assert judged("allow: {publishers: [acme]}", **elsewhere).verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize("source", ["base", "head", "file"])
@pytest.mark.parametrize(
    ("held", "wished", "expected"),
    [
        ("high", "medium", "medium"),
        ("high", "critical", "high"),
        ("never", "critical", "critical"),
        ("info", "never", "info"),
        ("high", "high", "high"),
    ],
)
def test_inputs_only_tighten_a_configuration(source: str, held: Any, wished: Any, expected: str) -> None:
    inputs = Inputs(fail_on_severity=wished)
    judgement = judged(f"fail-on-severity: {held}", inputs=inputs, source=source)
    assert judgement.policy.fail_on_severity == expected
    assert bool(judgement.warnings) is (expected != wished)
    assert (judgement.policy.source, judgement.policy.path) == (source, ".github/modelward.yml")


def test_inputs_only_tighten_completeness() -> None:
    strict = judged(LENIENT, inputs=Inputs(fail_on_incomplete=True), incomplete=[gap("hostile")])
    assert (strict.verdict, strict.warnings) == (Verdict.INCOMPLETE, [])
    kept = judged("", inputs=Inputs(fail_on_incomplete=False), incomplete=[gap("hostile")])
    assert kept.verdict is Verdict.INCOMPLETE
    assert kept.warnings == [
        "input fail-on-incomplete: false was ignored, since the configuration says true and inputs can only "
        "make it stricter"
    ]


def test_without_a_configuration_inputs_decide() -> None:
    inputs = Inputs(fail_on_severity="never", fail_on_incomplete=False)
    judgement = judged("", inputs=inputs, source="default", findings=[finding()], incomplete=[gap("hostile")])
    assert judgement.verdict is Verdict.WARN
    assert judgement.warnings == []
    assert (judgement.policy.fail_on_severity, judgement.policy.fail_on_incomplete) == ("never", False)
    assert judgement.policy.path is None


def test_the_sbom_can_be_wished_for_but_not_away() -> None:
    from scanner.policy.tighten import tighten

    for held, wished, expected in (
        ("auto", "always", "always"),
        ("always", "never", "always"),
        ("never", "auto", "auto"),
    ):
        config = load(f"sbom: {held}".encode(), "x")
        settled, warnings = tighten(config, Inputs.model_validate({"sbom": wished}), configured=True)
        assert settled.sbom == expected
        assert bool(warnings) is (expected != wished)


def test_every_cause_that_counts_has_words() -> None:
    assert set(CAUSES) == set(Cause) - {Cause.UNCHANGED}
