"""Plain text by topic, out of cards that strangers wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.hub.card import body, headings
from scanner.hub.card_text import TEXT_CHARACTERS, papers, plain, read, texts
from scanner.hub.card_topics import topics

CARD = """\
---
license: mit
---
# Model Card for Ranker

Ranks **documents** by a [query](https://example.org "title").

## Uses

### Direct Use

Search <b>only</b>.

### Out-of-Scope Use

[More Information Needed]

## Bias, Risks, and Limitations

Old texts & `odd` ones.

<details><summary>More</summary>
Hidden text.<script>alert(1)</script>
</details>

## Training Details

### Training Data

- news
- books

| a | b |
|---|---|
| 1 | 2 |

### How to run

```python
print("no text")
```

## Citation

```bibtex
@misc{ranker, title={Ranker}}
```

## Uses

Never read: the first section counts.
"""


def texts_of(markdown: str) -> dict[str, str]:
    lines = body(markdown)
    return texts(lines, headings(lines))


def test_a_whole_card(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD + "\nSee https://arxiv.org/pdf/2401.01234v2.\n")
    found = read({"path": str(tmp_path / "README.md")})
    assert found["papers"] == ["arxiv:2401.01234"]
    assert found["sections"][:2] == ["Model Card for Ranker", "Uses"]
    limits = "Old texts & odd ones. More Hidden text."
    assert found["texts"] == {
        "bias": limits,
        "citation": "@misc{ranker, title={Ranker}}",
        "description": "Ranks documents by a query.",
        "intended-use": "Direct Use Search only.",
        "limitations": limits,
        "training-data": "news books a b 1 2",
    }
    assert "out-of-scope" not in found["texts"], "a template that nobody filled in says nothing"


@pytest.mark.parametrize(
    ("heading", "named"),
    [
        ("Intended uses & limitations", ("intended-use", "limitations")),
        ("Out-of-Scope Use", ("out-of-scope",)),
        ("🌍 Environmental Impact", ("environmental",)),
        ("**Training data**", ("training-data",)),
        ("How to use", ()),
        ("Because", ()),
        ("Personal and Sensitive Information", ("personal-data",)),
        ("", ()),
    ],
)
def test_topics_of_headings(heading: str, named: tuple[str, ...]) -> None:
    assert topics(heading) == named


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("a\nb  \nc", "a b c"),
        ("![alt](javascript:alert(1)) [x](data:text/html,1)", "alt x"),
        ("<style>p{}</style>seen", "seen"),
        ("x<script>y</script>", "xy"),
        ("&lt;b&gt; \x1b[31m\u202e", "<b> \ufffd[31m\ufffd"),
        ("    code", ""),
        ("> quoted", "quoted"),
    ],
)
def test_markup_goes_and_text_stays(markdown: str, shown: str) -> None:
    assert plain(markdown) == shown


def test_papers_are_linked_and_bounded() -> None:
    text = "arxiv.org/abs/hep-th/9901001 https://doi.org/10.1000/x.y). doi.org/10.1/short arxiv.org/abs/1"
    assert papers(text) == ["arxiv:hep-th/9901001", "doi:10.1000/x.y"]
    assert len(papers(" ".join(f"arxiv.org/abs/2401.{n:05}" for n in range(200)))) == 50


@given(st.text(st.sampled_from("#*_`[]()<>!-|&;\n\t =~\"'aé\u202e\x00")))
def test_no_markdown_makes_it_raise(part: str) -> None:
    found = texts_of(f"# t\n{part}\n## Uses\n{part}\n## Limitations\n{part}")
    assert all(text and text.isprintable() and len(text) <= TEXT_CHARACTERS for text in found.values())


PARTS = ("[", "![", "*a ", "<", "> ", "- ", "|a", "`", "<!--", "<a ", "&", "[a]: b\n")


@pytest.mark.parametrize("part", PARTS)
def test_a_huge_section_takes_no_long_time(part: str) -> None:
    assert len(texts_of("## Uses\n" + part * 200_000).get("intended-use", "")) <= TEXT_CHARACTERS
