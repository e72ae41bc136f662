"""Known vulnerabilities as a reader sees them: folded, open where they decide, harmless whatever they say."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from scanner.domain import Report, SbomSummary, Suppression, Verdict, Vulnerability, VulnerabilityAssessment
from scanner.policy.load import load
from scanner.report.accept import exceptions
from scanner.report.console import show
from scanner.report.render import check, comment, headline, summary
from scanner.report.view import view
from tests.report import samples
from tests.report.hostile import texts
from tests.report.markup import Page

PAGE = "https://osv.dev/vulnerability/"


def known(name: str = "GHSA-aaaa-bbbb-cccc", **more: Any) -> Vulnerability:
    fields = {
        "id": name,
        "purl": "pkg:pypi/jinja2@2.4.1",
        "paths": ["requirements.txt"],
        "severity": "high",
        "summary": "Sandbox escape",
        "fixed": ["2.10.1"],
        "url": PAGE + name,
        "new": True,
    }
    return Vulnerability.model_validate({**fields, **more})


def report(*told: Vulnerability, state: str = "assessed", reason: str = "", **more: Any) -> Report:
    assessment = VulnerabilityAssessment.model_validate({"state": state, "reason": reason})
    bill = SbomSummary(written=True, reason="valid", components=9, complete=True, assessment=assessment)
    blocks = any(one.blocking for one in told)
    verdict = Verdict.FAIL if blocks else Verdict.PASS
    fields = {"artifacts": [samples.artifact("m.pkl")], "vulnerabilities": list(told), "sbom": bill}
    return samples.report(verdict, **{**fields, **more})


def console(made: Report) -> str:
    stream = io.StringIO()
    show(made, stream, colour=False)
    return stream.getvalue()


@pytest.mark.parametrize("render", [comment, summary, check])
def test_they_are_listed_in_a_fold(render: Callable[..., str]) -> None:
    text = render(report(known(), known("CVE-2026-2", new=False, severity=None, fixed=[], url=None)))
    assert "<details><summary>Known vulnerabilities (2, 1 new)</summary>" in text
    assert (
        f"| high, new | `pypi/jinja2@2.4.1` | [`GHSA-aaaa-bbbb-cccc`]({PAGE}GHSA-aaaa-bbbb-cccc): "
        "Sandbox escape | `2.10.1` | `requirements.txt` |" in text
    )
    assert "| unknown, older | `pypi/jinja2@2.4.1` | `CVE-2026-2`: Sandbox escape | not known |" in text
    assert "2 known vulnerabilities (1 new)" in text
    assert "No problem found" in text


def test_what_decides_is_open_first_and_in_the_headline() -> None:
    made = report(known("CVE-2026-1", severity="critical"), known(blocking=True))
    text = comment(made)
    assert headline(made) == "Do not merge: 1 known vulnerability"
    assert "<details open><summary>Known vulnerabilities (2, 2 new)" in text
    assert text.index("**high**, new") < text.index("| critical, new")


def test_without_models_the_headline_still_says_why() -> None:
    assert headline(report(known(blocking=True), artifacts=[])) == "Do not merge: 1 known vulnerability"


def test_the_exception_to_copy_is_one_that_the_policy_takes() -> None:
    made = view(report(known(blocking=True), known(blocking=True, purl="pkg:pypi/b@1"), known("CVE-2026-1")))
    text = exceptions(made.acceptable)
    config = load(text.replace("YYYY-MM-DD", "2027-01-31").encode(), "x")
    assert [one.vulnerability for one in config.exceptions] == ["ghsa-aaaa-bbbb-cccc"]


@pytest.mark.parametrize("render", [comment, summary, check, console])
@pytest.mark.parametrize(
    ("state", "told"), [("not-assessed", "known vulnerabilities not assessed"), ("partly", "partly assessed")]
)
def test_what_was_not_assessed_is_said(render: Callable[[Report], str], state: str, told: str) -> None:
    assert told in render(report(state=state, reason="offline"))
    assert "vulnerabilit" not in render(report())


def test_the_reason_is_told() -> None:
    made = report(known(), state="partly", reason="2 packages without a version")
    assert "Not everything was assessed: 2 packages without a version" in comment(made)
    assert "known vulnerabilities partly assessed: 2 packages without a version" in summary(made)
    assert "2 packages without a version" in console(made)


def test_the_accepted_are_counted() -> None:
    made = report(known(), known("CVE-2026-1", suppressed=Suppression(reason="x")))
    assert "Known vulnerabilities (1, 1 new, 1 accepted)" in comment(made)


def test_the_console_names_them() -> None:
    assert (
        "known vulnerability: high new pypi/jinja2@2.4.1 GHSA-aaaa-bbbb-cccc: Sandbox escape; fixed in 2.10.1"
        in console(report(known()))
    )


def test_thousands_of_them_fit() -> None:
    made = report(*(known(f"CVE-2026-{number}") for number in range(5_000)))
    assert len(comment(made)) <= 65_536
    shown = comment(made).count("\n| high")
    assert 0 < shown < 5_000
    assert f"{5_000 - shown} more in `report.json`." in comment(made)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
@given(text=texts)
def test_hostile_texts_make_no_markup(text: str) -> None:
    odd = known(text, purl=f"pkg:{text}", paths=[text], summary=text, fixed=[text], url=text, blocking=True)
    plain = Page(comment(report(known("X", url=None, blocking=True))))
    page = Page(comment(report(odd, state="partly", reason=text)))
    assert page.targets == []
    assert set(page.tags) <= {*plain.tags, "code", "p", "pre"}
    assert page.comments == []
