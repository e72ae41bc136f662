"""Several engines, one fact: who is believed, and what is left of a disagreement."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inspect.examination import Examination
from scanner.inspect.interface import Layer, Sighting
from scanner.inspect.stream import memory
from scanner.inspect.witnesses import DANGEROUS, SUSPICIOUS, Known, reconciled, spelling
from scanner.rules import RULES
from scanner.words import DISAGREES
from tests.inspect.looking import look_at

OWN, MODELSCAN, PICKLESCAN = "modelward", "modelscan", "picklescan"
UNREVIEWED = "pickle-unreviewed-import"
Told = tuple[str, str, str | None, str | None, tuple[str, ...]]


def known(member: str | None = None, *names: str) -> Known:
    """A member that our machine read to its end, and the names in it that it judged harmless."""
    made = Known()
    made.note(member, frozenset(names))
    return made


def own(rule: str, symbol: str, severity: str | None = None, member: str | None = None) -> Sighting:
    arguments = "('id',)"
    return Sighting(rule, OWN, symbol, arguments, member, 7, f"{symbol}{arguments}", severity)


def claim(engine: str, symbol: str, rule: str = DANGEROUS, severity: str = "high") -> Sighting:
    return Sighting(rule, engine, symbol, evidence=symbol, severity=severity)


def told(sightings: list[Sighting]) -> list[Told]:
    return sorted(
        (one.rule, one.engine, one.symbol, one.severity, tuple(sorted(one.witnesses))) for one in sightings
    )


@pytest.mark.parametrize(
    ("symbol", "same"),
    [
        ("posix.system", "os.system"),
        ("nt.system", "os.system"),
        ("os.system", "os.system"),
        ("__builtin__.eval", "builtins.eval"),
        ("__builtins__.eval", "builtins.eval"),
        ("copy_reg._reconstructor", "copyreg._reconstructor"),
        ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"),
        ("numpy.corex.f", "numpy.corex.f"),
        ("posixpath.join", "posixpath.join"),
        ("_operator.attrgetter", "operator.attrgetter"),
        ("os", "os"),
        ("", ""),
        (".", "."),
    ],
)
def test_one_name_has_one_spelling(symbol: str, same: str) -> None:
    assert spelling(symbol) == same


@given(st.text(alphabet="os.ixpntumy_c", max_size=30))
def test_a_spelling_stays_what_it_is(symbol: str) -> None:
    assert spelling(spelling(symbol)) == spelling(symbol)


def test_what_we_report_keeps_our_words_and_names_every_witness() -> None:
    mine = own(DANGEROUS, "posix.system", "critical")
    said = [claim(MODELSCAN, "nt.system", severity="critical"), mine, claim(PICKLESCAN, "os.system")]
    (one,) = reconciled(said, Known())
    assert (one.symbol, one.arguments, one.offset, one.severity) == ("posix.system", "('id',)", 7, "critical")
    assert (one.engine, one.witnesses) == (OWN, [MODELSCAN, PICKLESCAN])


def test_our_milder_judgement_holds_and_our_ignorance_does_not() -> None:
    graver = claim(PICKLESCAN, "a.b")
    assert told(reconciled([own(SUSPICIOUS, "a.b", "medium"), graver], known(None))) == [
        (SUSPICIOUS, OWN, "a.b", "medium", (PICKLESCAN,))
    ]
    (raised,) = reconciled([own(UNREVIEWED, "a.b", "low"), graver], known(None))
    assert (raised.rule, raised.severity, raised.arguments, raised.offset) == (
        DANGEROUS,
        "high",
        "('id',)",
        7,
    )
    milder = claim(PICKLESCAN, "a.b", SUSPICIOUS, "low")
    assert told(reconciled([own(UNREVIEWED, "a.b", "low"), milder], known(None))) == [
        (UNREVIEWED, OWN, "a.b", "low", (PICKLESCAN,))
    ]


def test_a_claim_against_our_reasons_becomes_a_note_with_both_opinions() -> None:
    said = [
        claim(MODELSCAN, "builtins.getattr", severity="critical"),
        claim(PICKLESCAN, "__builtin__.getattr"),
    ]
    (note,) = reconciled(said, known(None, "builtins.getattr"))
    assert (note.rule, note.severity, note.engine) == (DISAGREES, None, MODELSCAN)
    assert sorted(note.witnesses) == [OWN, PICKLESCAN]
    for opinion in (MODELSCAN, PICKLESCAN, "dangerous", OWN, "harmless"):
        assert opinion in note.evidence
    assert RULES[DISAGREES].severity == "info"


def test_being_on_no_list_is_no_opinion() -> None:
    said = [claim(PICKLESCAN, "sklearn.tree.Tree", SUSPICIOUS, "low")]
    assert reconciled(said, known(None, "sklearn.tree.Tree")) == []
    assert reconciled(said, Known()) == said


@pytest.mark.parametrize(
    ("names", "stands"),
    [
        (known(None), True),  # our machine did not meet that name
        (known("other", "a.b"), True),  # that was another member
        (Known(), True),  # nobody read it to its end
        (known(None, "a.b"), False),
    ],
)
def test_a_witness_is_overruled_only_by_a_judgement_of_that_very_name(names: Known, stands: bool) -> None:
    (left,) = reconciled([claim(PICKLESCAN, "a.b")], names)
    assert (left.rule == DANGEROUS) == stands


def test_one_stream_that_broke_ends_the_certainty_about_its_member() -> None:
    for order in ((frozenset({"a.b"}), None), (None, frozenset({"a.b"}))):
        names = Known()
        for stream in order:
            names.note("data.pkl", stream)
        said = Sighting(DANGEROUS, PICKLESCAN, "a.b", member="data.pkl", severity="high")
        assert reconciled([said], names) == [said]


def test_a_name_that_the_witness_guessed_counts_where_we_know_all_of_them_for_nothing() -> None:
    for symbol in ("unknown.unknown", "unknown.system"):
        guess = claim(PICKLESCAN, symbol)
        assert [one.rule for one in reconciled([guess], known(None, "a.b"))] == [DISAGREES]
        assert reconciled([guess], Known()) == [guess]


def test_witnesses_without_us_are_one_finding_as_grave_as_the_gravest() -> None:
    said = [claim(PICKLESCAN, "os.system"), claim(MODELSCAN, "os.system", severity="critical")]
    assert told(reconciled(said, Known())) == [(DANGEROUS, MODELSCAN, "os.system", "critical", (PICKLESCAN,))]
    assert told(reconciled(said[::-1], Known())) == told(reconciled(said, Known()))


def test_calls_with_other_arguments_stay_apart_and_other_members_too() -> None:
    first, second = own(DANGEROUS, "os.system"), own(DANGEROUS, "os.system")
    second.arguments = "('rm',)"
    elsewhere = own(DANGEROUS, "os.system", member="b.pkl")
    left = reconciled([first, second, elsewhere, claim(MODELSCAN, "os.system")], Known())
    assert [(one.arguments, one.member, one.witnesses) for one in left] == [
        ("('id',)", None, [MODELSCAN]),
        ("('rm',)", None, [MODELSCAN]),
        ("('id',)", "b.pkl", []),
    ]


def test_a_layer_of_keras_is_told_once_and_other_rules_pass_unchanged() -> None:
    layer = Sighting("keras-lambda-layer", OWN, "lambda_1", member="model.h5")
    named = Sighting("keras-lambda-layer", MODELSCAN, "Lambda", member="model.h5")
    other = Sighting("malformed-model", OWN, "x", evidence="x")
    (one, same) = reconciled([named, layer, other], Known())
    assert (one.symbol, one.witnesses, same) == ("lambda_1", [MODELSCAN], other)
    assert reconciled([named], Known()) == [named]


def test_what_a_witness_misses_is_a_gap_only_where_we_did_not_read_to_the_end() -> None:
    data = b"\x80\x02c\xc3\xa9\nname\n."  # a name that neither witness can read
    for names, gaps in ((None, True), (frozenset({"é.name"}), False)):
        examination = Examination({})
        examination.engines(Layer("pickle", memory(data), len(data), None, 3, names))
        assert bool(examination.finish("pickle", len(data), True).gaps) == gaps


def test_what_is_too_large_for_the_witnesses_is_not_shown() -> None:
    data = b"cos\nsystem\n."
    for names, gaps in ((None, ["budget"]), (frozenset({"x.y"}), [])):
        examination = Examination({})
        examination.engines(Layer("pickle", memory(data), len(data), None, 1_000_001, names))
        look = examination.finish("pickle", len(data), True)
        assert (look.sightings, [gap.cause for gap in look.gaps]) == ([], gaps)


def test_a_look_ends_with_the_opinions_brought_together() -> None:
    data = b"\x80\x02c__builtin__\ngetattr\n."
    examination = Examination({})
    names = frozenset({"builtins.getattr"})
    examination.engines(Layer("pickle", memory(data), len(data), "data.pkl", 3, names))
    (note,) = examination.finish("pickle", len(data), True).sightings
    assert (note.rule, note.member, sorted([note.engine, *note.witnesses])) == (
        DISAGREES,
        "data.pkl",
        [MODELSCAN, OWN, PICKLESCAN],
    )


def test_a_whole_module_that_a_witness_forbids_is_low_where_its_sources_hold_nothing(tmp_path: Path) -> None:
    """``uuid`` is on the list of picklescan as a whole; the name itself is judged by our tiers."""
    (told,) = look_at(tmp_path, "m.pkl", b"\x80\x02cuuid\nRFC_4122\n.").sightings
    assert (told.rule, told.engine, told.severity) == (DANGEROUS, PICKLESCAN, "low")
    (told,) = look_at(tmp_path, "m.pkl", b"\x80\x02cuuid\nRFC_4122\n(I1\ntR.").sightings
    assert (told.engine, told.severity) == (OWN, "high"), "called, it is what the witness says"
    found = look_at(tmp_path, "m.pkl", b"\x80\x02cuuid\nRFC_4122\nN").sightings
    assert "high" in {told.severity for told in found}, "nobody read it to its end"
    found = look_at(tmp_path, "m.pkl", b"\x80\x02cuuid\n_get_command_stdout\n.").sightings
    assert [told.severity for told in found] == ["high"], "its sources run a command"
