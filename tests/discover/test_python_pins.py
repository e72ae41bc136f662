"""Edits that pin: they apply, the file parses, and the commit is found."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.discover import python
from scanner.discover.interface import Edit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
HEAD = "from transformers import AutoModel\nimport timm\n"


def apply(source: str, edit: Edit) -> str:
    lines = source.encode().split(b"\n")
    starts = [sum(len(line) + 1 for line in lines[:index]) for index in range(len(lines))]
    first, last = starts[edit.line - 1] + edit.column, starts[edit.end_line - 1] + edit.end_column
    data = source.encode()
    return (data[:first] + edit.text.replace("{commit}", COMMIT).encode() + data[last:]).decode()


def pinned(source: str) -> str:
    (mention,) = python.find(source, "x.py").mentions
    assert mention.pin is not None
    after = apply(source, mention.pin)
    ast.parse(after)
    (again,) = python.find(after, "x.py").mentions
    assert (again.revision, again.revision_state) == (COMMIT, "literal")
    same = {"revision": None, "revision_state": "absent", "pin": None, "call_end_line": 0, "expression": ""}
    assert replace(again, **same) == replace(mention, **same)  # type: ignore[arg-type]
    return after


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ("('org/a')", f"('org/a', revision=\"{COMMIT}\")"),
        ("('org/a', )", f"('org/a', revision=\"{COMMIT}\" )"),
        ("(('org/a'))", f"(('org/a'), revision=\"{COMMIT}\")"),
        ("('org/a', revision='main')", f"('org/a', revision='{COMMIT}')"),
        ("('org/a', revision=None)", f"('org/a', revision=\"{COMMIT}\")"),
        ("('org/a', **{'revision': 'v1'})", f"('org/a', **{{'revision': '{COMMIT}'}})"),
        ("('org/a', *x)", f"('org/a', *x, revision=\"{COMMIT}\")"),
        ("(\n    'org/a',\n)", f"(\n    'org/a',\n    revision=\"{COMMIT}\",\n)"),
        ("(\n    'org/a'\n)", f"(\n    'org/a',\n    revision=\"{COMMIT}\"\n)"),
        ("(\n    'org/a'  # é, )\n)", f"(\n    'org/a',  # é, )\n    revision=\"{COMMIT}\"\n)"),
    ],
)
def test_the_keyword_is_added_or_replaced_in_the_form_of_the_call(call: str, after: str) -> None:
    assert (
        pinned(f"{HEAD}é = AutoModel.from_pretrained{call}\n")
        == f"{HEAD}é = AutoModel.from_pretrained{after}\n"
    )


def test_an_id_with_a_prefix_is_pinned_within() -> None:
    assert f"'hf-hub:org/a@{COMMIT}'" in pinned(HEAD + "timm.create_model('hf-hub:org/a')")
    assert f"'hf-hub:org/a@{COMMIT}'" in pinned(HEAD + "timm.create_model('hf-hub:org/a@main')")


@pytest.mark.parametrize(
    "call",
    [
        "AutoModel.from_pretrained('org/a', **kw)",
        "AutoModel.from_pretrained('org/a', revision=REV)",
        "AutoModel.from_pretrained('org/a' if x else 'org/b')",
    ],
)
def test_no_edit_where_it_could_break_the_call(call: str) -> None:
    assert [one.pin for one in python.find(HEAD + call, "x.py").mentions if one.pin] == []


def test_line_ends_of_windows_are_kept() -> None:
    source = HEAD + "AutoModel.from_pretrained(\n    'org/a',\n)\n"
    (mention,) = python.find(source.replace("\n", "\r\n"), "x.py").mentions
    assert mention.pin is not None
    assert mention.pin.text == '\r\n    revision="{commit}",'


_GAPS = st.sampled_from(["", " ", "\n    ", "  # note, )\n    "])


@settings(max_examples=150, deadline=None)
@given(
    _GAPS, _GAPS, _GAPS, st.sampled_from(["", ","]), st.sampled_from(["", ", k=1", ", *x", ", k=(1)"]), _GAPS
)
def test_any_layout_of_a_call_can_be_pinned(a: str, b: str, c: str, comma: str, more: str, d: str) -> None:
    pinned(f"{HEAD}AutoModel.from_pretrained({a}'org/a'{b}{more}{c}{comma}{d})\n")
