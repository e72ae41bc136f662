from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given

from scanner.report.plain import brief, cut, log_line, visible
from tests.report.hostile import texts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("models/ranker.bin", "models/ranker.bin"),
        ("größe 漢字 🤗", "größe 漢字 🤗"),
        ("model\u202egnp.exe", "model[U+202E]gnp.exe"),
        ("a\nb\tc", "a[U+000A]b[U+0009]c"),
        ("\x1b[31mred", "[U+001B][31mred"),
        ("a\u200bb\u00a0c\ufe0fd\u3164", "a[U+200B]b[U+00A0]c[U+FE0F]d[U+3164]"),
        ("\ud800\U000e0041", "[U+D800][U+E0041]"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_cut_keeps_the_end_where_the_file_name_is() -> None:
    assert cut("a" * 50 + "/model.bin", 21, tail=9) == "a" * 11 + "…model.bin"
    assert cut("short", 5) == "short"
    assert cut("longer", 5) == "long…"


def test_what_is_made_visible_still_fits() -> None:
    assert len(brief("\u202e" * 10_000_000, 120, 48)) == 120


@given(texts)
def test_no_line_is_a_command_or_steers_a_terminal(text: str) -> None:
    line = log_line(text)
    assert "::" not in line
    assert "##[" not in line
    assert not {char for char in line if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert log_line(line) == line


@pytest.mark.parametrize(
    "command", ["::error file=x::y", "  ::debug::y", "x ##[error]y", "###[group]", ":::a:::"]
)
def test_commands_are_broken_up_and_stay_readable(command: str) -> None:
    broken = log_line(command)
    assert broken != command
    assert re.sub(r"(:|##) (?=[:\[])", r"\1", broken) == command
