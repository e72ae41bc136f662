"""Where a finding is said inline, and what a review comment holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain import Fix, Report, Verdict
from scanner.publish.marker import findings_marker, marked_findings, run_marker
from scanner.publish.reviews import MAX_NEW, Place, places
from scanner.report.escape import suggestion
from scanner.report.render import review
from tests.publish.stage import KEY, PULL, stage
from tests.report import samples
from tests.report.markup import Page
from tests.servers.github_state import BOT


def one(source: str = "git", change: str = "added", **given: Any) -> Report:
    """A report with one finding on one model file."""
    artifact = samples.artifact("models/a.bin", source=source, change=change)
    found = samples.finding("malformed-model", artifact.path, artifact=artifact.id, **given)
    return samples.report(Verdict.FAIL, artifacts=[artifact], findings=[found])


@pytest.mark.parametrize("source", ["git", "lfs", "dvc"])
@pytest.mark.parametrize("change", ["added", "modified", "renamed"])
def test_a_changed_model_file_has_a_comment(source: str, change: str) -> None:
    assert list(places(one(source, change))) == [Place("models/a.bin")]


@pytest.mark.parametrize(
    ("source", "change"), [("hub", "added"), ("local", "added"), ("git", "unchanged"), ("git", "removed")]
)
def test_what_is_not_a_file_of_the_change_has_none(source: str, change: str) -> None:
    assert places(one(source, change)) == {}


def test_what_is_accepted_or_old_has_none() -> None:
    assert places(one(new=False)) == {}
    assert places(one(suppressed={"reason": "known"})) == {}


def test_a_fix_outside_the_diff_is_not_suggested() -> None:
    report = samples.everything()
    outside = [reference.model_copy(update={"in_diff": False}) for reference in report.references]
    assert any(place.lines for place in places(report))
    assert not any(place.lines for place in places(report.model_copy(update={"references": outside})))


def test_two_findings_with_one_fix_are_one_suggestion() -> None:
    report = samples.everything()
    (fixed,) = [finding for finding in report.findings if finding.fix]
    twin = fixed.model_copy(update={"fingerprint": "e" * 32, "rule": "other"})
    both = places(report.model_copy(update={"findings": [*report.findings, twin]}))
    assert [len(findings) for place, findings in both.items() if place.lines] == [2]


def test_the_worst_places_come_first_and_the_next_run_goes_on(tmp_path: Path) -> None:
    report = samples.many(MAX_NEW + 3)
    with stage(tmp_path, files={artifact.path: set() for artifact in report.artifacts}) as on:
        ran = on.run(report)
        assert "3 further places annotated: a run makes at most 10 review comments." in ran.out
        assert len(on.reviews()) == MAX_NEW
        on.run(report)
        assert len({each["path"] for each in on.reviews()}) == MAX_NEW + 3


def test_a_new_finding_in_a_file_that_has_a_comment_is_said_alone(tmp_path: Path) -> None:
    report = one()
    more = samples.finding(
        "pickle-dangerous-import", "models/a.bin", artifact="git:models/a.bin", symbol="os.system"
    )
    with stage(tmp_path, files={"models/a.bin": set()}) as on:
        on.run(report)
        on.run(report.model_copy(update={"findings": [*report.findings, more]}))
        _, second = on.reviews()
        assert marked_findings(second["body"], KEY) == {more.fingerprint}
        on.run(report.model_copy(update={"findings": [more]}))
        assert [each["id"] for each in on.reviews()] == [second["id"]]


def test_a_file_that_could_not_be_read_this_time_keeps_its_comment(tmp_path: Path) -> None:
    report = one()
    unread = samples.artifact("models/a.bin", status="incomplete", coverage="none")
    with stage(tmp_path, files={"models/a.bin": set()}) as on:
        on.run(report)
        on.run(samples.report(Verdict.INCOMPLETE, artifacts=[unread]))
        assert len(on.reviews()) == 1


def test_twins_of_a_race_are_removed(tmp_path: Path) -> None:
    report = one()
    marker = findings_marker(KEY, [report.findings[0].fingerprint])
    with stage(tmp_path) as on:
        kept = on.github.state.add_review(PULL, BOT, f"x\n\n{marker}")
        on.github.state.add_review(PULL, BOT, f"x\n\n{marker}")
        on.run(report)
        assert [each["id"] for each in on.reviews()] == [kept["id"]]


def test_a_comment_spells_out_eight_findings() -> None:
    findings = [samples.finding("malformed-model", "a.bin", symbol=str(number)) for number in range(11)]
    text = review(findings)
    assert text.count("**") == 16
    assert "3 further findings in this file." in text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_suggestion_holds_what_will_be_committed_or_is_none(text: str) -> None:
    try:
        block = suggestion(text)
    except ValueError:
        return
    lines = block.split("\n")
    marks = lines[0].removesuffix("suggestion")
    assert set(marks) == {"`"}
    assert lines[-1] == marks
    assert "\n".join(lines[1:-1]) == text
    assert not any(line.startswith(marks) for line in lines[1:-1])


@pytest.mark.parametrize("text", ["", "a\n", "\tx = `y`", "```\n````\n```", 'revision="abc",', "é ß 模型"])
def test_suggestions_that_can_be_seen(text: str) -> None:
    assert suggestion(text).startswith("```")


@pytest.mark.parametrize("text", ["a\u202eb", "a\u200bb", "\x1b[2K", "a\rb", "\u2028"])
def test_suggestions_that_cannot(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be seen"):
        suggestion(text)


HOSTILE = "@org/team ![x](http://203.0.113.7) <img src=x> <!-- modelward:modelward v1 --> `` | \u202e"


def test_a_review_comment_of_hostile_text_is_text() -> None:
    found = samples.finding("malformed-model", "a.bin").model_copy(
        update={"title": HOSTILE, "message": HOSTILE, "evidence": HOSTILE, "remediation": HOSTILE}
    )
    page = Page(review([found]))
    assert page.comments == []
    assert page.targets == []
    assert not page.tags.keys() - {"p", "strong", "code"}
    assert "@org" not in page.text


def test_a_replacement_cannot_end_its_block() -> None:
    fix = Fix(path="a", line=1, end_line=1, replacement="```\n@org/team\n```")
    page = Page(review([samples.finding("malformed-model", "a.bin")], fix.replacement))
    assert "@org/team" in page.code
    assert "@org" not in page.text


def test_a_marker_counts_only_for_its_key_and_at_the_end() -> None:
    marker = findings_marker("a", ["0" * 32, "1" * 32])
    assert marked_findings(f"x\n{marker}\n", "a") == {"0" * 32, "1" * 32}
    assert marked_findings(f"x\n{marker}\n", "b") == frozenset()
    assert marked_findings(f"{marker}\nx", "a") == frozenset()
    assert marked_findings("", "a") == frozenset()
    with pytest.raises(ValueError, match="32 hexadecimal digits"):
        findings_marker("a", ["x -->"])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!-- modelward:k v1 head=x run=1-1 -->",
        f"<!-- modelward:k v2 head={'a' * 40} run=1-1 -->",
        f"<!-- modelward:k v1 head={'a' * 40} run=1 -->",
        f"<!-- modelward:k v1 head={'a' * 40} run={'9' * 20}-1 -->",
        f"<!-- modelward:other v1 head={'a' * 40} run=1-1 -->",
        f"> <!-- modelward:k v1 head={'a' * 40} run=1-1 -->",
    ],
)
def test_what_is_no_marker_of_a_run(body: str) -> None:
    assert run_marker(body, "k") is None
