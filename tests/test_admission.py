"""The policies of examples/admission, evaluated on what publish writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.domain import Cause, Incomplete, Report, Severity, Verdict
from scanner.event import Event
from scanner.publish import predicates
from tests.report import samples
from tests.report.samples import finding, report
from tests.support import ROOT

FOLDER = ROOT / "examples" / "admission"
REGO = (FOLDER / "verdict.rego").read_text("utf-8")
CLUSTER: dict[str, Any] = yaml.safe_load((FOLDER / "cluster-image-policy.yaml").read_text("utf-8"))
(AUTHORITY,) = CLUSTER["spec"]["authorities"]
(ATTESTATION,) = AUTHORITY["attestations"]
POLICIES = [
    pytest.param(REGO, "data.signature.allow", id="cosign"),
    pytest.param(ATTESTATION["policy"]["data"], "data.sigstore.isCompliant", id="policy-controller"),
]
EVENT = Event("push", "acme/shop", "https://github.com", "https://api.github.com", samples.HEAD, samples.BASE)
GAP = Incomplete(subject="m.bin", cause=Cause.BUDGET, detail="", action="")


def statement(given: Report) -> dict[str, Any]:
    """What ``actions/attest`` makes of the predicate."""
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "m.bin", "digest": {"sha256": "a" * 64}}],
        "predicateType": predicates.TYPE,
        "predicate": predicates.predicate(given, EVENT, 0),
    }


def admits(policy: str, query: str, given: Any) -> bool:
    regopy = pytest.importorskip("regopy", reason="it has wheels for Linux alone")
    evaluator = regopy.Interpreter()
    evaluator.add_module("policy", policy)
    evaluator.set_input(given)
    answer = json.loads(str(evaluator.query(f"answer := {query}")))["bindings"]["answer"]
    assert isinstance(answer, bool)
    return answer


@pytest.mark.parametrize(("policy", "query"), POLICIES)
@pytest.mark.parametrize(
    ("given", "admitted"),
    [
        (samples.passing(), True),
        (
            report(Verdict.WARN, findings=[finding("pickle-suspicious-import", "m.bin", severity="medium")]),
            True,
        ),
        (report(Verdict.WARN, findings=[finding("pickle-dangerous-import", "m.bin")]), False),
        (report(Verdict.WARN, incomplete=[GAP]), False),
        (report(Verdict.INCOMPLETE, incomplete=[GAP]), False),
        (samples.failing(), False),
        (report(Verdict.FAIL), False),
    ],
)
def test_only_a_verdict_that_passed_and_hid_nothing_is_admitted(
    policy: str, query: str, given: Report, admitted: bool
) -> None:
    assert admits(policy, query, statement(given)) is admitted


@pytest.mark.parametrize(("policy", "query"), POLICIES)
@pytest.mark.parametrize(
    "changed",
    [
        {"predicateType": "https://slsa.dev/provenance/v1"},
        {"predicate": {"properties": sorted(predicates.PROPERTIES)}},
        {"predicate": {"verifier": {"id": "https://example.org/v0"}, "properties": [*predicates.PROPERTIES]}},
        {"predicate": {}},
        {"predicate": None},
        {"predicate": {"verifier": {"id": f"{predicates.VERIFIER}/v0"}, "properties": []}},
        {
            "predicate": {
                "verifier": {"id": f"{predicates.VERIFIER}/v0"},
                "properties": "MODELWARD_POLICY_PASSED",
            }
        },
    ],
)
def test_what_somebody_else_says_is_not(policy: str, query: str, changed: dict[str, Any]) -> None:
    good = statement(samples.passing())
    assert admits(policy, query, good)
    assert not admits(policy, query, {**good, **changed})


@pytest.mark.parametrize(("policy", "query"), POLICIES)
def test_the_policies_ask_for_what_there_is(policy: str, query: str) -> None:
    asked = set(re.findall(r"MODELWARD_\w+", policy))
    assert asked == {"MODELWARD_ALL_MODELS_READ", "MODELWARD_NO_HIGH_FINDINGS", "MODELWARD_POLICY_PASSED"}
    assert asked <= predicates.PROPERTIES.keys()
    assert f'"{predicates.TYPE}"' in policy
    assert f'"{statement(samples.passing())["predicate"]["verifier"]["id"]}"' in policy


def test_the_cluster_asks_who_signed_by_workflow_and_branch() -> None:
    assert (CLUSTER["apiVersion"], CLUSTER["kind"]) == ("policy.sigstore.dev/v1beta1", "ClusterImagePolicy")
    assert ATTESTATION["predicateType"] == predicates.TYPE
    (identity,) = AUTHORITY["keyless"]["identities"]
    assert identity["issuer"] == "https://token.actions.githubusercontent.com"
    assert re.fullmatch(
        r"https://github\.com/\S+/\.github/workflows/\S+\.yml@refs/heads/main", identity["subject"]
    )
    assert identity["subject"] in (FOLDER / "README.md").read_text("utf-8")
    assert not {"subjectRegExp", "issuerRegExp"} & identity.keys()


def test_the_severities_of_the_samples_are_what_the_cases_say() -> None:
    assert finding("pickle-dangerous-import", "m.bin").severity in (Severity.HIGH, Severity.CRITICAL)


def test_links_of_the_page_lead_somewhere() -> None:
    page: Path
    for page in (FOLDER / "README.md", ROOT / "docs/attestation.md", ROOT / "docs/dependency-graph.md"):
        for target in re.findall(r"\]\((?!https:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), (page.name, target)
