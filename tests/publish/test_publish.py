"""The phase as a whole, on real report directories and the runner's own files."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scanner.domain import Change, Finding, Report, Severity, Suppression, Tool, Verdict
from scanner.publish.outputs import MAX_SUMMARY, append_outputs, append_summary
from scanner.publish.publish import MAX_REPORT, PublishError, publish, read_report
from scanner.report.render import comment, summary


def finding(number: int, severity: Severity, **changes: Any) -> Finding:
    return Finding(
        fingerprint=f"{number:032x}",
        rule="malformed-model",
        severity=severity,
        title="Broken",
        message="It is broken.",
        remediation="Remove it.",
        path="a.pkl",
        **changes,
    )


REPORT = Report(
    tool=Tool(version="1"),
    change=Change(mode="change"),
    verdict=Verdict.FAIL,
    reasons=["1 high finding at or above high"],
    findings=[
        finding(1, Severity.HIGH, new=True, blocking=True),
        finding(2, Severity.CRITICAL, suppressed=Suppression(reason="known")),
    ],
)


def written(folder: Path, report: Report = REPORT) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "report.json").write_text(report.model_dump_json())
    return folder


def spoken(folder: Path, env: dict[str, str], dry_run: bool = False) -> str:
    out = io.StringIO()
    publish(folder, env, dry_run, out)
    return out.getvalue()


def outputs_of(text: str) -> dict[str, str]:
    """What the runner reads (actions/runner, FileCommandManager)."""
    found = {}
    rest = text.splitlines()
    while rest:
        name, _, delimiter = rest.pop(0).partition("<<")
        end = rest.index(delimiter)
        found[name], rest = "\n".join(rest[:end]), rest[end + 1 :]
    return found


def test_a_dry_run_prints_the_comment_and_changes_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path / "report")
    env = {"GITHUB_OUTPUT": str(tmp_path / "o"), "GITHUB_STEP_SUMMARY": str(tmp_path / "s")}
    assert spoken(folder, env, dry_run=True) == comment(REPORT)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report"]


def test_a_dry_run_on_a_runner_gives_no_commands(tmp_path: Path) -> None:
    text = spoken(written(tmp_path), {"GITHUB_ACTIONS": "true"}, dry_run=True)
    first, *_, last = text.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    assert last == f"::{token}::"
    assert comment(REPORT).rstrip() in text


def test_nothing_is_said_where_no_runner_listens(tmp_path: Path) -> None:
    assert spoken(written(tmp_path), {}) == ""
    assert spoken(written(tmp_path), {"GITHUB_OUTPUT": "", "GITHUB_STEP_SUMMARY": ""}) == ""


def test_a_runner_gets_summary_outputs_and_annotations(tmp_path: Path) -> None:
    folder = written(tmp_path / "report")
    (folder / "sbom.cdx.json").write_text("{}")
    step_summary, output = tmp_path / "summary", tmp_path / "output"
    step_summary.write_text("before\n")
    output.write_text("other=1\n")
    env = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(step_summary)}
    text = spoken(folder, env)
    assert text == "::error file=a.pkl,title=Broken::It is broken. Remove it.\n"
    assert step_summary.read_text() == "before\n" + summary(REPORT).rstrip() + "\n"
    told = output.read_text()
    assert told.startswith("other=1\n")
    assert outputs_of(told.removeprefix("other=1\n")) == {
        "verdict": "fail",
        "findings-count": "1",
        "highest-severity": "high",
        "report": str(folder / "report.json"),
        "sbom": str(folder / "sbom.cdx.json"),
        "spdx": "",
        "sarif": "",
    }


def test_a_report_without_findings(tmp_path: Path) -> None:
    report = REPORT.model_copy(update={"findings": [], "verdict": Verdict.PASS})
    output = tmp_path / "output"
    assert spoken(written(tmp_path / "report", report), {"GITHUB_OUTPUT": str(output)}) == ""
    told = outputs_of(output.read_text())
    assert (told["verdict"], told["findings-count"], told["highest-severity"]) == ("pass", "0", "none")


def test_an_output_cannot_end_itself(tmp_path: Path) -> None:
    path = tmp_path / "output"
    values = {"sbom": "a\nverdict=pass\nEOF\nverdict<<EOF", "verdict": "fail"}
    append_outputs(path, values)
    assert outputs_of(path.read_text()) == values
    first = path.read_text()
    path.unlink()
    append_outputs(path, values)
    assert path.read_text() != first


def test_a_summary_never_costs_what_was_there_before(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_bytes(b"x" * (MAX_SUMMARY - 4))
    assert append_summary(path, "abc")
    assert path.stat().st_size == MAX_SUMMARY
    assert not append_summary(path, "a")
    assert path.stat().st_size == MAX_SUMMARY
    text = spoken(written(tmp_path / "report"), {"GITHUB_STEP_SUMMARY": str(path)})
    assert text == "modelward: no room for the summary in GITHUB_STEP_SUMMARY; see summary.md\n"


def test_a_directory_without_a_report(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"report\.json: cannot be read .*; run scan first"):
        publish(tmp_path, {}, False, io.StringIO())


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "its start"),
        ("[]", "its start"),
        ('{"verdict": "pass"}', "tool"),
        (REPORT.model_dump_json().replace('"fail"', '"good"', 1), "verdict"),
        (REPORT.model_dump_json()[:-1] + ',"more":1}', "more"),
        (REPORT.model_dump_json().replace("broken", "\\ud800"), "its start"),
    ],
)
def test_a_report_that_is_not_one(tmp_path: Path, text: str, where: str) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(PublishError, match=rf"not a valid report \(at {where}\); run scan again"):
        read_report(tmp_path)


def test_a_report_that_is_too_large_is_not_parsed(tmp_path: Path) -> None:
    with (tmp_path / "report.json").open("wb") as stream:
        stream.truncate(MAX_REPORT + 1)
    with pytest.raises(PublishError, match="larger than"):
        read_report(tmp_path)


def test_templates_are_loaded_only_when_something_is_rendered() -> None:
    code = "import sys, scanner.publish.publish; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
