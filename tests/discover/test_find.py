"""The worker's task: which files are searched, how bytes become text, and addresses beside calls."""

from __future__ import annotations

import codecs
from dataclasses import asdict
from pathlib import Path

import pytest

from scanner.discover.find import LARGEST, TASK, find_in, finder, searches
from scanner.discover.interface import Source
from scanner.worker import PARSER, Done, run

CODE = "from transformers import AutoModel\nAutoModel.from_pretrained('google/flan-t5')\n"


def search(folder: Path, name: str, data: bytes) -> Source:
    (folder / "object").write_bytes(data)
    return Source(name, str(folder / "object"))


@pytest.mark.parametrize(
    "name", ["a.py", "A.IPYNB", "x/Dockerfile.gpu", "notes", "a.md", ".env.local", "a.rs"]
)
def test_text_is_searched(name: str) -> None:
    assert searches(name)


@pytest.mark.parametrize("name", ["a.safetensors", "a.png", "dist/a.min.js", "package-lock.json"])
def test_what_is_no_source_is_not_searched(name: str) -> None:
    assert not searches(name)


def test_files_go_to_their_finder() -> None:
    assert [finder(name) for name in ("d/a.py", "requirements-dev.txt", "Dockerfile", "a.rs")] == [
        "python", "requirements", "docker", None,
    ]  # fmt: skip


def test_the_mark_of_a_file_moves_edits_of_its_first_line(tmp_path: Path) -> None:
    one_line = CODE.replace("\n", ";", 1).encode()
    plain = find_in(search(tmp_path, "a.py", one_line)).mentions[0].pin
    marked = find_in(search(tmp_path, "a.py", codecs.BOM_UTF8 + one_line)).mentions[0].pin
    assert plain is not None
    assert marked is not None
    assert marked.column == plain.column + 3


def test_another_encoding_is_read_and_not_edited(tmp_path: Path) -> None:
    source = ("# -*- coding: latin-1 -*-\nx = 'é'\n" + CODE).encode("latin-1")
    (mention,) = find_in(search(tmp_path, "a.py", source)).mentions
    assert (mention.repo_id, mention.line, mention.pin) == ("google/flan-t5", 4, None)


def test_bytes_and_large_files(tmp_path: Path) -> None:
    assert find_in(search(tmp_path, "a.py", CODE.encode() + b"\0")).mentions == []
    assert find_in(search(tmp_path, "a.py", b" " * (LARGEST + 1))).gaps


def test_an_address_that_a_call_covers_is_said_once(tmp_path: Path) -> None:
    site = "https://huggingface.co"
    source = CODE.replace("')", f"')  # {site}/google/flan-t5") + f"# {site}/org9/other\n"
    found = find_in(search(tmp_path, "a.py", source.encode()))
    assert [(one.repo_id, one.line) for one in found.mentions] == [("google/flan-t5", 2), ("org9/other", 3)]


def test_the_task_answers_through_the_door(tmp_path: Path) -> None:
    source = search(tmp_path, "a.py", CODE.encode())
    (outcome,) = run(TASK, [asdict(source)], PARSER)
    assert isinstance(outcome, Done)
    assert outcome.value["mentions"][0]["repo_id"] == "google/flan-t5"
