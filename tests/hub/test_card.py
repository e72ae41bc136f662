"""Headings of a model card, held to what CommonMark calls a heading."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.hub.card import sections
from scanner.hub.card_text import read

CARD = """\
---
license: mit
# not a heading
title: |
  x
---

# Model *card*

Some text
over two lines
===

Bias
---

```python
# a comment
```

~~~~
# still code
~~~
# still code
~~~~

    # indented code
- a list
---
> # quoted

<!--
# for authors
-->
## Uses ##
#hashtag
####### seven
###
## Risks and limits
"""


def test_a_whole_card() -> None:
    assert sections(CARD) == ["Model *card*", "Some text over two lines", "Bias", "Uses", "Risks and limits"]


def test_front_matter_that_does_not_end_is_none() -> None:
    assert sections("---\n# Title\n") == ["Title"]
    assert sections("\ufeff---\na: b\n---\n# Title") == ["Title"]
    assert sections("") == []
    assert sections("---") == []


def test_bounds_and_what_cannot_be_printed() -> None:
    assert len(sections("# x\n" * 1_000)) == 100
    (long,) = sections("# " + "y" * 5_000)
    assert len(long) == 120
    assert sections("# a\u202eb\x1b[31m\n") == ["a\ufffdb\ufffd[31m"]
    assert sections("x" * (2 << 20) + "\n# late") == []


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "card"
    path.write_bytes(b"# caf\xe9\n# next\n")
    assert read({"path": str(path)})["sections"] == ["caf\ufffd", "next"]


def cmark(markdown: str) -> list[str]:
    """The headings at the top level, as GitHub's own parser has them."""
    html = cmarkgfm.markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    html = re.sub(r"(?s)<(blockquote|ul|ol)>.*?</\1>", "", html)
    texts = re.findall(r"(?s)<h[1-6]>(.*?)</h[1-6]>", html)
    return [letters(unescape(re.sub(r"<[^>]+>", "", text))) for text in texts if text.strip()]


def letters(text: str) -> str:
    """Without what inline markup consists of."""
    return re.sub(r"[\s`\\]+", "", text)


LINE = st.sampled_from(
    ["# one", "## two ##", "three", "===", "---", "", "```", "~~~", "````", "#", "   # four", "#five", "***",
     "\t# six", "    seven", "eight #", "# nine \\", "``` x`y", "-----", "==", "  ==  "]
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(LINE, max_size=8))
def test_it_sees_what_cmark_sees(lines: list[str]) -> None:
    markdown = "\n".join(["", *lines])
    assert [letters(title) for title in sections(markdown)] == cmark(markdown)


@given(st.text())
def test_no_text_makes_it_raise(markdown: str) -> None:
    assert all(title.isprintable() for title in sections(markdown))


LONG = 100_000


@pytest.mark.parametrize("line", ["#" * LONG, "# " + "#" * LONG + "x", "`" * LONG, " " * LONG + "#"])
def test_long_lines_take_no_long_time(line: str) -> None:
    assert len(sections(f"{line}\n" * 5)) <= 5
