from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from scanner.report import escape
from scanner.report.plain import brief
from tests.report.hostile import ADDRESS, EMOJI, MENTION, REFERENCE, texts
from tests.report.markup import Page

PLACES = (
    "{}",
    "- {}",
    "x {} y",
    "<sub>x {}</sub>",
    "**{}**",
    "| a | b |\n|---|---|\n| {} | kept |",
    "<details><summary>s</summary>\n\n{}\n\n</details>",
)
"""Where the templates print a value."""


def assert_harmless(page: Page, place: str) -> None:
    expected = Page(place.format("x"))
    assert page.tags.keys() - expected.tags.keys() <= {"code"}
    assert all(page.tags[tag] == number for tag, number in expected.tags.items() if tag != "code")
    assert all(page.ends[tag] == number for tag, number in expected.ends.items() if tag != "code")
    assert page.targets == []
    assert page.comments == []
    for pattern in (MENTION, REFERENCE, EMOJI, ADDRESS):
        assert pattern.search(page.text) is None
    assert "$" not in page.text


@pytest.mark.parametrize("place", PLACES)
@given(text=texts)
@example(text="|")
@example(text="`")
@example(text="\\")
@example(text="a`|``b\\")
@example(text=" <!-- x --> ")
def test_a_name_is_code_and_nothing_else(place: str, text: str) -> None:
    page = Page(place.format(escape.code(text)))
    assert_harmless(page, place)
    if "kept" in place:
        assert page.text.rstrip().endswith("kept")


@pytest.mark.parametrize("place", PLACES)
@given(text=texts.filter(lambda text: text.strip(" ")), literal=some.none() | texts)
@example(text=" x ", literal=None)
@example(text="x y", literal="x")
@example(text="os_`@octocat`y", literal="os_")
@example(text="- x", literal=None)
@example(text="1. x", literal=None)
@example(text="a `b` c", literal="`b`")
@example(text="x_y`z z`w_v", literal="`z z`")
@example(text="Hi @a, see www.b.c; GH-1 or :x:!", literal=None)
def test_a_sentence_holds_words_and_code_and_nothing_else(place: str, text: str, literal: str | None) -> None:
    page = Page(place.format(escape.prose(text, literal)))
    assert_harmless(page, place)


@given(texts)
def test_a_name_is_shown_as_it_is(text: str) -> None:
    page = Page(f"x {escape.code(text)} y")
    seen = page.code + page.text
    for char in set(brief(text, escape.NAME_LIMIT, escape.NAME_TAIL)) - {" "}:
        assert char in seen


@given(some.lists(texts, max_size=4))
@example(["```", "@x", "[a](https://evil.example)"])
@example(["~~~~", "````", "@x"])
def test_a_fence_cannot_be_closed_from_inside(lines: list[str]) -> None:
    page = Page(f"{escape.fence(chr(10).join(lines), 'yaml')}\n\nafter @x")
    assert page.tags == {"pre": 1, "code": 1, "p": 1}
    assert page.text.strip() == "after @x"


@pytest.mark.parametrize(
    ("text", "literal", "markdown"),
    [
        ("Loading this file runs posix.system.", "posix.system", "Loading this file runs `posix.system`."),
        ("The name says .png; it is a_b.", None, "The name says .png; it is `a_b`."),
        ("Load with safe_mode=True, or ask.", None, "Load with `safe_mode=True`, or ask."),
        ("see: it", "not there", "see: it"),
        ("a|b", None, "`a`&#124;`b`"),
    ],
)
def test_sentences_stay_readable(text: str, literal: str | None, markdown: str) -> None:
    assert escape.prose(text, literal) == markdown


def test_long_text_is_cut() -> None:
    assert len(escape.code("a" * 10_000_000)) == escape.NAME_LIMIT + 2
    assert escape.code("a" * 200 + "/x.bin").endswith("/x.bin`")
    assert escape.prose("word " * 10_000).endswith("…")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://x.example/a)b",
        "https://x.example/ y",
        "https://x.example/<",
        "//x.example",
        "",
    ],
)
def test_only_clean_http_addresses_are_linked(url: str) -> None:
    with pytest.raises(ValueError, match="not an http"):
        escape.link("report", url)


def test_only_text_numbers_and_markdown_are_printed() -> None:
    assert escape.finalize(1_200) == "1200"
    assert escape.finalize(escape.code("a_b")) == "`a_b`"
    assert escape.finalize("<b>") == "`<b>`"
    assert escape.finalize(escape.code("a`b") + "<b>") != escape.code("a`b") + "<b>"
    unprintable: list[object] = [None, True, [], 1.5]
    for value in unprintable:
        with pytest.raises(TypeError):
            escape.finalize(value)
