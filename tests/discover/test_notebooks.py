"""References in notebooks: lines of the raw file, shell lines, and edits that leave a notebook."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.discover import notebooks
from tests.discover.test_python_pins import COMMIT, apply

CODE = ["from transformers import AutoModel\n", 'M = "org/a"\n', "%matplotlib inline\n", "!ls -la\n"]
LOAD = ["AutoModel.from_pretrained(\n", '    M,  # "é"\n', ")"]


def notebook(*sources: Any, indent: int | None = 1) -> str:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [{"text": ["org/output"]}], "source": source}
             for source in sources]  # fmt: skip
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}, indent=indent, ensure_ascii=False)


@pytest.mark.parametrize("indent", [1, None])
@pytest.mark.parametrize("join", [False, True])
def test_lines_are_those_of_the_raw_file(indent: int | None, join: bool) -> None:
    text = notebook(*("".join(one) if join else one for one in (CODE, LOAD)), indent=indent)
    (mention,) = notebooks.find(text, "x.ipynb").mentions
    assert mention.repo_id == "org/a"
    assert "org/a" in text.split("\n")[mention.line - 1]
    assert "from_pretrained" in text.split("\n")[mention.call_line - 1]


@pytest.mark.parametrize(
    "load", [["AutoModel.from_pretrained(M)"], LOAD, ['AutoModel.from_pretrained(M, revision="x")']]
)
def test_a_pinned_notebook_is_one_still(load: list[str]) -> None:
    text = notebook(CODE, load)
    (mention,) = notebooks.find(text, "x.ipynb").mentions
    assert mention.pin is not None
    after = apply(text, mention.pin)
    assert json.loads(after)["cells"][0] == json.loads(text)["cells"][0]
    (again,) = notebooks.find(after, "x.ipynb").mentions
    assert (again.repo_id, again.revision) == ("org/a", COMMIT)


def test_no_edit_that_needs_a_line_where_lines_are_one_string() -> None:
    (mention,) = notebooks.find(notebook("".join(CODE), "".join(LOAD)), "x.ipynb").mentions
    assert mention.pin is None


def test_shell_lines_and_cells_are_searched_as_shell() -> None:
    text = notebook(["!hf download google/flan-t5"], ["%%bash\n", "hf download google/vit-base"])
    assert {one.repo_id for one in notebooks.find(text, "x.ipynb").mentions} == {
        "google/flan-t5",
        "google/vit-base",
    }


def test_a_cell_that_does_not_parse_hides_no_other() -> None:
    found = notebooks.find(notebook(CODE, ["print 'x'"], LOAD), "x.ipynb")
    assert [one.repo_id for one in found.mentions] == ["org/a"]
    assert "do not parse" in found.gaps[0]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"a": 1}', "[" * 100_000, '{"cells": ' + "[" * 500 + "]" * 500 + "}"]
)
def test_what_is_no_notebook_is_a_gap(text: str) -> None:
    assert notebooks.find(text, "x.ipynb").gaps
