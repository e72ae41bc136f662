"""The inputs as a runner passes them."""

from __future__ import annotations

import pytest

from scanner.inputs import ActionInputs, InputError


def test_nothing_given_decides_nothing() -> None:
    inputs = ActionInputs.read({"INPUT_FAIL-ON-SEVERITY": "", "INPUT_COMMENT-SUMMARY-IN-PR": "  "})
    assert inputs == ActionInputs()
    assert inputs.fail_on_severity is None
    assert inputs.comment_summary_in_pr == "auto"


@pytest.mark.parametrize("variable", ["INPUT_FAIL-ON-SEVERITY", "INPUT_FAIL_ON_SEVERITY"])
def test_hyphens_may_be_underscores(variable: str) -> None:
    assert ActionInputs.read({variable: " critical "}).fail_on_severity == "critical"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False), (" TRUE ", True)])
def test_truth_is_text(text: str, value: bool) -> None:
    assert ActionInputs.read({"INPUT_CHECK-RUN": text}).check_run is value


def test_every_input_has_a_name_in_kebab_case_and_a_description() -> None:
    for name, field in ActionInputs.model_fields.items():
        assert field.alias == name.replace("_", "-")
        assert field.description
        assert field.description.endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("comment-summary-in-pr", "sometimes"),
        ("fail-on-severity", "severe"),
        ("check-run", "maybe"),
        ("comment-id", "a b"),
        ("comment-id", "-->"),
        ("comment-id", "x" * 65),
        ("check-name", "x" * 101),
        ("lfs-budget", "-1"),
        ("lfs-budget", "1 GB"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(InputError, match=f"^input {name}: "):
        ActionInputs.read({f"INPUT_{name.upper()}": value})


def test_an_unknown_variable_is_nobody_s() -> None:
    assert ActionInputs.read({"INPUT_SOMETHING": "x"}) == ActionInputs()
