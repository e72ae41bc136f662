"""The table of loaders: every row is found by the call it describes."""

from __future__ import annotations

import pytest

from scanner.discover import python
from scanner.discover.loader import Loader
from scanner.discover.loaders import PYTHON


def source(row: Loader) -> tuple[str, str]:
    """A program that makes the call of a row, and the id in it."""
    owner = row.owners[0].replace("*", "X") if row.owners else "X" if row.call.startswith("*.") else ""
    name = row.names[0].replace("*", "X")
    first = owner or name
    argument = row.ids[0]
    named = "org/name-7b" if row.store != "url" else "https://example.invalid/m.pt"
    prefix = row.prefixes[0].text if row.needs_prefix else ""
    given = f"'{prefix}{named}'"
    if argument.position is None:
        given = f"{argument.names[0]}={given}"
    else:
        given = ", ".join(["0"] * argument.position + [given])
    made = "HfFileSystem()" if owner == "HfFileSystem" else owner
    call = f"{made}.{name}" if owner else name
    return f"from {row.roots[0]} import {first}\n{call}({given})\n", named


@pytest.mark.parametrize("row", PYTHON.values(), ids=PYTHON)
def test_the_call_of_a_row_is_found(row: Loader) -> None:
    text, named = source(row)
    mentions = python.find(text, "x.py").mentions
    assert named in [one.repo_id for one in mentions], text
    assert row.id in [one.loader for one in mentions], text


@pytest.mark.parametrize(
    ("call", "repo_id", "kind"),
    [
        (
            "sentence_transformers.SentenceTransformer('all-MiniLM-L6-v2')",
            "sentence-transformers/all-MiniLM-L6-v2",
            "model",
        ),
        ("sentence_transformers.SentenceTransformer('bert-base-uncased')", "bert-base-uncased", "model"),
        ("faster_whisper.WhisperModel('large-v3')", "Systran/faster-whisper-large-v3", "model"),
        ("evaluate.load('accuracy')", "evaluate-metric/accuracy", "space"),
        ("datasets.load_dataset('squad')", "squad", "dataset"),
        ("gradio.load('spaces/org/a')", "org/a", "space"),
        ("huggingface_hub.hf_hub_download('org/a', 'f', repo_type='dataset')", "org/a", "dataset"),
        ("mlflow.pyfunc.load_model('models:/m/1')", "models:/m/1", "other"),
        ("transformers.AutoModel.from_pretrained('s3://b/m')", "s3://b/m", "other"),
    ],
)
def test_ids_as_the_loader_asks_for_them(call: str, repo_id: str, kind: str) -> None:
    (mention,) = python.find(f"import {call.partition('.')[0]}\n{call}\n", "x.py").mentions
    assert (mention.repo_id, mention.repo_type) == (repo_id, kind)


def test_several_ids_of_one_call_are_several_mentions() -> None:
    text = "from transformers import pipeline\npipeline('x', model='org/a', tokenizer='org/b')\n"
    assert [one.repo_id for one in python.find(text, "x.py").mentions] == ["org/a", "org/b"]
