"""Inputs against a configuration."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.domain import Verdict
from scanner.evidence import Inputs
from scanner.policy.load import load
from scanner.policy.tighten import tighten
from tests.policy.makers import finding, gap, judged


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
    strict = judged(
        "fail-on-incomplete: false", inputs=Inputs(fail_on_incomplete=True), incomplete=[gap("hostile")]
    )
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
    for held, wished, expected in (
        ("auto", "always", "always"),
        ("always", "never", "always"),
        ("never", "auto", "auto"),
    ):
        config = load(f"sbom: {held}".encode(), "x")
        settled, warnings = tighten(config, Inputs.model_validate({"sbom": wished}), configured=True)
        assert settled.sbom == expected
        assert bool(warnings) is (expected != wished)
