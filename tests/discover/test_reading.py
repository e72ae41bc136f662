"""A module is read as far as something asks for it, and let go of at once."""

from __future__ import annotations

import ast
import gc
from pathlib import Path

import pytest

from scanner.discover import python
from scanner.discover.find import find
from scanner.discover.reading import read_module

CALL = "from transformers import AutoModel\n"

FOUND = {
    "an imported alias": "from transformers import AutoModel as A\nA.from_pretrained('org/a')\n",
    "an alias of a class": "from sentence_transformers import SentenceTransformer as S\nS('org/a')\n",
    "an assigned alias": f"{CALL}fetch = AutoModel.from_pretrained\nfetch('org/a')\n",
    "a walrus in a function": f"{CALL}def f():\n    if m := 'org/a':\n        AutoModel.from_pretrained(m)\n",
    "an attribute of another function": f"""{CALL}
class A:
    def __init__(self):
        self.name = "org/a"

    def load(self):
        AutoModel.from_pretrained(self.name)
""",
    "a call in another function": f"""{CALL}
def load(name):
    AutoModel.from_pretrained(name)

def main():
    def inner():
        load("org/a")
""",
    "what another function returns": f"""{CALL}
def name():
    return "org/a"

def load():
    AutoModel.from_pretrained(name())
""",
    "a guard": f"""{CALL}
match x:
    case 1:
        pass
    case 2 if AutoModel.from_pretrained("org/a"):
        pass
""",
    "several on a line": f"{CALL}x = (1,\n2); AutoModel.from_pretrained('org/a'); y = 3\n",
}  # fmt: skip


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_what_an_argument_depends_on_is_read(source: str) -> None:
    assert [one.repo_id for one in python.find(source, "a.py").mentions] == ["org/a"]


@pytest.mark.parametrize(
    "source",
    [
        "# model = AutoModel.from_pretrained(name)\n",
        'def from_pretrained(name):\n    """See [`~A.from_pretrained`]: the pipeline is loaded."""\n',
        "import json, torch\njson.load(file)\n",
    ],
)
def test_a_name_that_no_code_calls_is_not_worth_parsing(source: str) -> None:
    assert not python.may_name(source)


def test_a_name_that_stands_for_another_module_is_looked_at() -> None:
    (load,) = python.find("import pickle as json\njson.load(file)\n", "a.py").unsafe
    assert load.symbol == "pickle.load"


def test_the_words_of_a_wrapper_are_no_elements() -> None:
    source = """from sentence_transformers import SentenceTransformer
for name in tqdm({"all-MiniLM-L6-v2": 1}, desc="progress"):
    SentenceTransformer(name)
for name in dict(first="all-mpnet-base-v2"):
    SentenceTransformer(name)
"""
    found = python.find(source, "a.py")
    assert found.gaps == []
    assert [one.repo_id for one in found.mentions] == [
        "sentence-transformers/all-MiniLM-L6-v2",
        "sentence-transformers/first",
    ]


def test_functions_are_read_when_their_lines_are_asked_for() -> None:
    source = "def f():\n    x = 1\n\ndef g():\n    def h():\n        y = 2\n"
    module = read_module(source, ast.parse(source))
    assert [one.first for one in module.statements] == []
    assert [one.first for one in module.on_lines([6])] == [6]
    assert [one.first for one in module.unread] == [2]


def test_a_tree_is_freed_without_the_collector(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(FOUND["an attribute of another function"] * 50)
    job = {"path": "a.py", "data": str(path)}
    find(job)
    gc.collect()
    gc.disable()
    try:
        assert find(job)["mentions"]
        assert not gc.isenabled()
        assert gc.collect() < 100
    finally:
        gc.enable()
    find(job)
    assert gc.isenabled()
