"""Exceptions, trusted digests and waivers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scanner.domain import Artifact, Verdict
from tests.policy.makers import C1, C2, A, B, artifact, finding, gap, judged, reference


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
