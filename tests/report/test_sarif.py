from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from scanner.domain import Report, Severity, Verdict
from scanner.report.sarif import MAX_RESULTS, document
from tests.report import samples
from tests.report.hostile import texts

SCHEMA = Path(__file__).parent / "data" / "sarif-2.1.0.schema.json"


@cache
def validator() -> Any:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    checker = jsonschema.validators.validator_for(schema)
    checker.check_schema(schema)
    return checker(schema, format_checker=checker.FORMAT_CHECKER)


def run_of(report: Report) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(json.dumps(document(report)))
    validator().validate(written)
    run: dict[str, Any] = written["runs"][0]
    return run


@pytest.mark.parametrize("name", sorted(samples.GOLDEN))
def test_it_is_valid_and_the_same_each_time(name: str) -> None:
    report = samples.GOLDEN[name]()
    run_of(report)
    assert document(report) == document(samples.GOLDEN[name]())


def test_a_result_says_what_github_needs() -> None:
    run = run_of(samples.everything())
    result = run["results"][0]
    worst = samples.failing().findings[0]
    assert result["ruleId"] == worst.rule
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == worst.rule
    assert result["level"] == "error"
    assert result["partialFingerprints"] == {"modelward/v1": worst.fingerprint}
    assert result["baselineState"] == "new"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "models/ranker.bin", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"byteOffset": 214}
    by_rule = {item["ruleId"]: item for item in run["results"]}
    assert by_rule["denied-license"]["locations"][0]["physicalLocation"]["region"] == {"startLine": 41}
    assert by_rule["malformed-model"]["baselineState"] == "unchanged"
    assert by_rule["keras-lambda-layer"]["suppressions"][0]["justification"] == "Reviewed by hand."
    assert "suppressions" not in by_rule["denied-license"]
    assert run["results"][-1]["ruleId"] == "keras-lambda-layer"


def test_every_rule_says_what_to_do() -> None:
    rules = run_of(samples.everything())["tool"]["driver"]["rules"]
    assert rules[0]["id"] == "pickle-dangerous-import"
    assert rules[0]["properties"]["tags"][2] == "external/cwe/cwe-502"
    for rule in rules:
        assert rule["help"]["text"]
        assert len(rule["properties"]["tags"]) <= 10


def test_what_was_not_read_makes_the_run_incomplete() -> None:
    (invocation,) = run_of(samples.everything())["invocations"]
    assert invocation["executionSuccessful"] is False
    levels = [told["level"] for told in invocation["toolExecutionNotifications"]]
    assert levels == ["warning", "warning", "note"]
    assert run_of(samples.passing())["invocations"][0]["executionSuccessful"] is True


def test_the_worst_are_kept_and_the_cut_is_told() -> None:
    report = samples.many(MAX_RESULTS + 7)
    mild = report.findings[0].model_copy(update={"severity": Severity.LOW, "fingerprint": "mild"})
    run = run_of(report.model_copy(update={"findings": [mild, *report.findings[1:]]}))
    assert len(run["results"]) == MAX_RESULTS
    assert {result["level"] for result in run["results"]} == {"error"}
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].startswith(f"7 of {MAX_RESULTS + 7} findings are left out here")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü#?.bin", "a%20b/%C3%BC%23%3F.bin"),
        ("c:/x.bin", "c%3A/x.bin"),
        ("100%.bin", "100%25.bin"),
        ("new\nline", "new%0Aline"),
    ],
)
def test_a_path_is_percent_encoded(path: str, uri: str) -> None:
    found = samples.finding("malformed-model", path, evidence="x")
    (result,) = run_of(samples.report(Verdict.FAIL, findings=[found]))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_finding_always_has_a_place() -> None:
    nowhere = samples.finding("malformed-model", "x", evidence="x").model_copy(update={"path": None})
    absolute = samples.finding("malformed-model", "/tmp/x y.bin", evidence="x")
    first, second = run_of(samples.report(Verdict.FAIL, findings=[nowhere, absolute]))["results"]
    places = sorted(
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in (first, second)
    )
    assert places == [".", "file:///tmp/x%20y.bin"]


@settings(max_examples=60)
@given(path=texts, message=texts, rule=texts)
def test_hostile_text_stays_text(path: str, message: str, rule: str) -> None:
    known = samples.finding("malformed-model", "x", evidence="x")
    found = known.model_copy(
        update={"path": path, "message": message, "remediation": message, "rule": rule, "symbol": message}
    )
    (result,) = run_of(samples.report(Verdict.FAIL, findings=[found]))["results"]
    assert "](" not in result["message"]["text"]
    assert result["message"]["text"].isprintable()
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].isascii()


def test_a_note_for_the_report_is_no_alert() -> None:
    note = samples.finding("witness-disagrees", "a.pkl", symbol="builtins.getattr", evidence="x")
    assert run_of(samples.report(Verdict.PASS, findings=[note]))["results"] == []
    loud = note.model_copy(update={"severity": Severity.MEDIUM})
    (result,) = run_of(samples.report(Verdict.WARN, findings=[loud]))["results"]
    assert result["ruleId"] == "witness-disagrees"


def test_the_help_of_a_rule_is_its_page() -> None:
    rules = run_of(samples.everything())["tool"]["driver"]["rules"]
    assert all(rule["helpUri"].endswith(f"/docs/rules/{rule['id']}.md") for rule in rules)
