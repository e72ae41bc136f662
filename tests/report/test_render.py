from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from scanner.domain import Artifact, Finding, Incomplete, Reference, Report, Verdict
from scanner.report.render import COMMENT_LIMIT, RESERVE, SUMMARY_LIMIT, Links, check, comment, summary
from scanner.report.view import view
from tests.report import samples
from tests.report.hostile import ADDRESS, EMOJI, MENTION, REFERENCE, texts
from tests.report.markup import Page

GOLDEN = Path(__file__).parents[1] / "golden"
OURS = {"h2", "h3", "p", "strong", "br", "code", "pre", "details", "summary", "sub", "ul", "li"}
OURS |= {"table", "thead", "tbody", "tr", "th", "td"}
"""All that the templates write themselves."""


@pytest.mark.parametrize("name", sorted(samples.GOLDEN))
def test_comment_is_as_it_was(name: str) -> None:
    path = GOLDEN / f"comment-{name}.md"
    text = comment(samples.GOLDEN[name](), samples.LINKS)
    if os.environ.get("MODELWARD_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_change_without_models_is_one_line() -> None:
    assert comment(samples.nothing()).splitlines()[:2] == [
        "**No model files or references in this change**",
        "",
    ]
    assert len(comment(samples.nothing()).splitlines()) == 3


def test_links_are_there_only_when_they_are_given() -> None:
    report = samples.everything()
    assert Page(comment(report)).targets == []
    with_links = Page(comment(report, samples.LINKS))
    assert sorted(with_links.targets) == sorted(
        [samples.LINKS.sbom, samples.LINKS.report, samples.LINKS.run, samples.LINKS.docs]  # type: ignore[type-var]
    )
    with pytest.raises(ValueError, match="not an http"):
        Links(report="javascript:alert(1)")


@pytest.mark.parametrize("render", [comment, summary, check])
def test_the_summary_and_the_comment_hold_what_a_reader_needs(render: Callable[..., str]) -> None:
    page = Page(render(samples.everything()))
    text = page.text + page.code
    for said in (
        "models/ranker.bin",
        "offset 214",
        "acme/ner",
        "serve.py:41",
        "LFS answered 403",
        "models/gone.bin",
        "not committed",
        "31 older findings",
        "1 accepted finding",
        "Read 5 of 7",
        "imports now also",
        "no longer imports",
        "a.b(1)",
        "pickle-dangerous-import",
        samples.HEAD,
        "0.1.0",
    ):
        assert said in text


def test_the_accepted_are_named_in_the_summary() -> None:
    text = summary(samples.everything())
    assert "Reviewed by hand." in text
    assert "2027-01-31" in text


def test_1200_findings_fit_and_the_cut_is_told() -> None:
    text = comment(samples.many(1_200), samples.LINKS)
    assert len(text) <= COMMENT_LIMIT - RESERVE
    shown = text.count("\n| 🔴 |")
    assert shown >= 100
    assert f"{1_200 - shown:,} rows of 1,200 left out here" in text
    assert samples.LINKS.report is not None
    assert samples.LINKS.report in text
    assert summary(samples.many(1_200)).count("\n| 🔴 |") == 1_200


def test_what_a_fold_leaves_out_is_counted() -> None:
    findings = [
        samples.finding("pickle-suspicious-import", f"examples/{number:03}.pkl", symbol="x.y")
        for number in range(300)
    ]
    text = comment(samples.report(Verdict.WARN, findings=findings, warnings=["w"] * 300), limit=20_000)
    shown = text.count("\n| 🟡 |")
    assert 0 < shown < 300
    assert f"{300 - shown} more in `report.json`." in text
    assert f"{300 - text.count('- ⚠️ w')} further warnings in `report.json`" in text


def test_huge_strings_fit() -> None:
    report = samples.many(1_200)
    huge = "|`\u202e漢" * 50_000
    findings = [
        finding.model_copy(
            update={
                "message": huge,
                "remediation": huge + str(n),
                "evidence": huge,
                "member": huge,
                "rule": huge,
            }
        )
        for n, finding in enumerate(report.findings)
    ]
    report = report.model_copy(
        update={"findings": findings, "warnings": [huge] * 500, "reasons": [huge] * 500, "incomplete": []}
    )
    text = comment(report)
    assert len(text) <= COMMENT_LIMIT - RESERVE
    assert text.startswith("**Do not merge: 1,200 critical findings**\n")
    assert "\n| 🔴 |" in text
    assert "left out here" in text
    assert len(summary(report).encode()) <= SUMMARY_LIMIT - RESERVE


@pytest.mark.parametrize("limit", [60_000, 20_000, 8_000, 4_000, 2_000])
def test_each_step_down_keeps_the_verdict_and_says_where_the_rest_is(limit: int) -> None:
    text = comment(samples.many(400), limit=limit)
    assert len(text) <= limit - RESERVE
    assert text.startswith("**Do not merge: 400 malicious files**")
    assert "everything is in `report.json`" in text


def test_no_room_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="allow more"):
        comment(samples.many(5), limit=RESERVE)


def _shake(draw: some.DrawFn, report: Report) -> Report:
    """``report`` with hostile text wherever there is text that nothing constrains."""
    ids = {artifact.id: draw(texts) + str(n) for n, artifact in enumerate(report.artifacts)}
    ids |= {reference.id: draw(texts) + str(n) for n, reference in enumerate(report.references)}
    named = {
        Artifact: ("path", "format", "previous_path", "repository_id", "revision", "sha256"),
        Reference: ("repo_id", "revision", "resolved_revision", "loader", "path", "expression"),
        Finding: (
            "fingerprint",
            "rule",
            "title",
            "message",
            "remediation",
            "path",
            "member",
            "symbol",
            "evidence",
        ),
        Incomplete: ("subject", "detail", "action"),
    }

    def shaken(item: Artifact | Reference | Finding | Incomplete) -> object:
        changed: dict[str, object] = {name: draw(texts) for name in named[type(item)]}
        if isinstance(item, Artifact | Reference):
            changed["id"] = ids[item.id]
            if isinstance(item, Artifact) and (item.imports_added or item.calls_added):
                changed |= {"imports_added": [draw(texts), draw(texts)], "calls_removed": [draw(texts)]}
        else:
            changed["artifact"] = ids.get(item.artifact or "")
        if isinstance(item, Finding):
            changed["reference"] = ids.get(item.reference or "")
            changed["engines"] = [draw(texts)]
            if item.suppressed:
                changed["suppressed"] = item.suppressed.model_copy(
                    update={"reason": draw(texts), "owner": draw(texts)}
                )
        if isinstance(item, Reference) and item.previous:
            changed["previous"] = item.previous.model_copy(
                update={"repo_id": draw(texts), "revision": draw(texts), "resolved_revision": draw(texts)}
            )
        return item.model_copy(update=changed)

    assert report.sbom is not None
    changes = [
        each.model_copy(
            update={
                key: draw(texts) for key in ("name", "before", "after", "license_before", "license_after")
            }
        )
        for each in report.sbom.changes
    ]
    profiles = [
        each.model_copy(
            update={
                "title": draw(texts),
                "version": draw(texts),
                "fields": [
                    field.model_copy(update={"title": draw(texts), "group": draw(texts)})
                    for field in each.fields
                ],
            }
        )
        for each in report.sbom.profiles
    ]
    bill = {"reason": draw(texts), "warnings": [draw(texts)], "changes": changes, "profiles": profiles}
    return report.model_copy(
        update={
            "tool": report.tool.model_copy(update={"version": draw(texts)}),
            "change": report.change.model_copy(update={"repository": draw(texts), "head": draw(texts)}),
            "policy": report.policy.model_copy(update={"source": draw(texts), "path": draw(texts)}),
            "sbom": report.sbom.model_copy(update=bill),
            "reasons": [draw(texts)],
            "warnings": [draw(texts), draw(texts)],
            "verdict": draw(some.sampled_from(Verdict)),
            "artifacts": [shaken(item) for item in report.artifacts],
            "references": [shaken(item) for item in report.references],
            "findings": [shaken(item) for item in (*report.findings[:4], *report.findings[-4:])],
            "incomplete": [shaken(item) for item in report.incomplete],
        }
    )


@some.composite
def hostile_reports(draw: some.DrawFn) -> Report:
    return _shake(draw, samples.everything())


def _lines_outside_fences(markdown: str) -> list[str]:
    lines: list[str] = []
    fence = ""
    for line in markdown.splitlines():
        if not fence and line.startswith("```"):
            fence = line.removesuffix("yaml")
        elif fence:
            fence = "" if line == fence else fence
        else:
            lines.append(line)
    return lines


@pytest.mark.parametrize("render", [comment, summary, check])
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(report=hostile_reports())
def test_nothing_in_a_report_becomes_markup(render: Callable[..., str], report: Report) -> None:
    markdown = render(report)
    page = Page(markdown)
    assert page.tags.keys() <= OURS
    assert page.targets == []
    assert page.comments == []
    assert (page.tags - page.ends).keys() <= {"br"}
    assert not page.ends - page.tags
    for pattern in (MENTION, REFERENCE, EMOJI, ADDRESS):
        assert pattern.search(page.text) is None
    assert "$" not in page.text

    columns = 0
    rows = 0
    for line in _lines_outside_fences(markdown):
        if not line.startswith("|"):
            assert "|" not in line
            columns = 0
            continue
        columns = columns or line.count("|")
        assert line.count("|") == columns
        rows += not set(line) <= set("|-")
    assert page.tags["tr"] == rows
    shown = view(report)
    models = len(shown.rows) + len(shown.folded) + len(shown.notes) + len(shown.aside)
    assert rows >= models


def test_text_of_a_report_is_never_a_template() -> None:
    found = samples.finding("pickle-dangerous-import", "{{ 7 * 7 }}.bin", symbol="{% include 'x' %}")
    page = Page(comment(samples.report(Verdict.FAIL, findings=[found])))
    assert "{{ 7 * 7 }}.bin" in page.code
    assert "49" not in page.text + page.code
