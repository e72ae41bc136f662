"""Deny lists and allow lists."""

from __future__ import annotations

import pytest

from scanner.domain import Severity, Verdict, fingerprint
from scanner.policy.apply import Judgement
from tests.policy.makers import C1, C2, A, B, artifact, judged, reference, repository


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
