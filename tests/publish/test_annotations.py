"""Workflow commands: what is annotated, in which order, and that no value can leave its place."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scanner.domain import (
    Artifact,
    Change,
    Finding,
    Incomplete,
    PolicySummary,
    Reference,
    Report,
    Tool,
    Verdict,
)
from scanner.publish.annotations import PER_LEVEL, Annotation, command, lines, of
from scanner.report.plain import visible


def finding(severity: str = "high", number: int = 0, **changes: Any) -> Finding:
    fields = {
        "fingerprint": f"{number:032x}",
        "rule": "malformed-model",
        "severity": severity,
        "title": "Broken",
        "message": "It is broken.",
        "remediation": "Remove it.",
        "path": "models/a.pkl",
        "new": True,
    }
    return Finding.model_validate({**fields, **changes})


def artifact(**changes: Any) -> Artifact:
    fields = {
        "id": "a",
        "source": "git",
        "path": "models/a.pkl",
        "change": "added",
        "format": "pickle",
        "coverage": "none",
        "status": "incomplete",
    }
    return Artifact.model_validate({**fields, **changes})


def report(**changes: Any) -> Report:
    fields = {
        "tool": Tool(version="1"),
        "change": Change(mode="change"),
        "verdict": Verdict.FAIL,
        "reasons": [],
    }
    return Report.model_validate({**fields, **changes})


def gap(cause: str, **changes: Any) -> Incomplete:
    fields = {"subject": "models/a.pkl", "cause": cause, "detail": "too large", "action": "Split it."}
    return Incomplete.model_validate({**fields, "artifact": "a", **changes})


def test_a_finding_is_said_on_its_line() -> None:
    said = list(lines(of(report(findings=[finding(path="src/a, b:c.py", line=7, blocking=True)]))))
    assert said == ["::error file=src/a%2C b%3Ac.py,line=7,title=Broken::It is broken. Remove it."]


def test_levels_follow_the_gate() -> None:
    found = [finding("critical", 1), finding("high", 2, blocking=True), finding("info", 3)]
    assert [line.split(" ")[0] for line in lines(of(report(findings=found)))] == [
        "::error",
        "::warning",
        "::notice",
    ]


def test_what_is_accepted_or_old_is_not_said() -> None:
    accepted = finding(suppressed={"reason": "known"})
    assert list(lines(of(report(findings=[accepted, finding(new=False)])))) == []
    assert len(list(lines(of(report(findings=[finding(new=False, blocking=True)]))))) == 1


def test_ten_of_each_level_worst_first_and_the_rest_counted() -> None:
    found = [finding("high", number, blocking=True, path=f"{number:02}") for number in range(13)]
    found += [finding("critical", 99, blocking=True, path="z")]
    found += [finding("low", 100 + number, path=f"{number:02}") for number in range(12)]
    said = list(lines(of(report(findings=found))))
    assert said[0].startswith("::error file=z,")
    assert said[1].startswith("::error file=00,")
    assert sum(line.startswith("::error") for line in said) == PER_LEVEL
    assert sum(line.startswith("::warning") for line in said) == PER_LEVEL
    assert said[-1] == "modelward: 6 more in the report; a step can show 10 annotations of each level"


def test_what_was_not_read_is_said() -> None:
    gaps = [gap("budget"), gap("offline"), gap("unchanged"), gap("access", waived="allowed")]
    said = list(lines(of(report(artifacts=[artifact()], incomplete=gaps))))
    assert said == ["::error file=models/a.pkl,title=Not read::models/a.pkl: too large. Split it."]
    lenient = PolicySummary(source="base", fail_on_incomplete=False)
    said = list(lines(of(report(artifacts=[artifact()], incomplete=gaps, policy=lenient))))
    assert [line.split(" ")[0] for line in said] == ["::warning"]


def test_a_finding_in_a_hub_repository_is_said_where_it_is_named() -> None:
    hub = artifact(source="hub", repository_id="acme/ner")
    fields = {
        "id": "r", "repo_id": "acme/ner", "repo_type": "model", "pinned": True, "loader": "x",
        "line": 4, "end_line": 4, "in_diff": True, "change": "added", "path": "serve.py",
        "resolution": "resolved",
    }  # fmt: skip
    named = report(
        artifacts=[hub],
        references=[Reference.model_validate(fields)],
        findings=[finding(artifact="a", reference="r"), finding(artifact="a", number=1)],
    )
    assert [line.split("::")[1] for line in lines(of(named))] == [
        "warning file=serve.py,line=4,title=Broken",
        "warning title=Broken",
    ]


COMMAND = re.compile(r"::(?P<level>error|warning|notice) (?P<properties>.*?)::(?P<message>.*)")


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """What the runner reads: the first two pairs of colons, commas between properties, escapes undone."""
    assert len(line.splitlines()) == 1
    found = COMMAND.fullmatch(line)
    assert found
    properties = dict(part.split("=", 1) for part in found["properties"].split(","))
    return found["level"], {key: undone(value) for key, value in properties.items()}, undone(found["message"])


def undone(text: str) -> str:
    for escaped, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escaped, char)
    return text


STEERING = st.lists(
    st.sampled_from(
        [":", "::", ",", "%", "%0A", "%25", "\n", "\r", "=", "line=1", "::error::", "##[", "\u2028", "\x1b["]
    )
    | st.characters(exclude_categories=["Cs"]),
    max_size=30,
).map("".join)


@given(STEERING, STEERING, STEERING.filter(bool))
def test_no_value_leaves_its_place(title: str, message: str, path: str) -> None:
    level, properties, said = parsed(command(Annotation("warning", title, message, path, 3)))
    assert level == "warning"
    assert set(properties) <= {"file", "line", "title"}
    assert properties["file"] == visible(path)
    assert properties["line"] == "3"
    if title.isascii() and title.isprintable() and title:
        assert properties["title"] == title
    if message.isascii() and message.isprintable():
        assert said == message


def test_long_values_are_cut() -> None:
    level, properties, said = parsed(command(Annotation("error", "t" * 10_000, "%" * 10_000, "p" * 10_000)))
    assert (level, len(properties["title"]), len(said), len(properties["file"])) == ("error", 120, 1000, 4096)


def test_a_note_for_the_report_is_not_annotated() -> None:
    report = Report(
        tool=Tool(version="1"), change=Change(mode="all"), verdict=Verdict.PASS, reasons=[],
        findings=[finding("info", rule="witness-disagrees")],
    )  # fmt: skip
    assert of(report) == []
    louder = report.model_copy(update={"findings": [finding("medium", rule="witness-disagrees")]})
    assert [said.level for said in of(louder)] == ["warning"]
