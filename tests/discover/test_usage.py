"""Commands and examples in comments and docstrings of Python sources."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.discover import python
from scanner.discover.usage import find_usage

DOCSTRING = '''"""Trains.

python train.py \\
    --model_name_or_path Qwen/Qwen2.5-1.5B-Instruct \\
    --dataset_name trl-lib/Capybara

python download-model.py facebook/opt-1.3b
"""
'''


def found(source: str) -> list[tuple[int, str | None, str]]:
    mentions = python.find(source, "train.py").mentions
    assert all(one.pin is None for one in mentions)
    return [(one.line, one.repo_id, one.repo_type) for one in mentions]


def test_a_usage_block_names_models_and_datasets() -> None:
    expected = [
        (4, "Qwen/Qwen2.5-1.5B-Instruct", "model"),
        (5, "trl-lib/Capybara", "dataset"),
        (7, "facebook/opt-1.3b", "model"),
    ]
    assert found(DOCSTRING) == expected
    assert found(DOCSTRING.replace("\\\n", "\\\\\n")) == expected
    assert found(DOCSTRING.replace("\n", "\r\n")) == expected


def test_a_command_in_a_comment_counts() -> None:
    source = """import os
# vllm serve Qwen/Qwen3-8B --port 8000
#   $ CUDA=0 python a.py \\
#     --model TinyLlama/TinyLlama-1.1B
"""
    assert found(source) == [(2, "Qwen/Qwen3-8B", "model"), (4, "TinyLlama/TinyLlama-1.1B", "model")]


def test_prose_and_strings_of_other_kinds_are_no_commands() -> None:
    assert found("# python is used with org/model-7b here\n") == []
    assert found('print("vllm serve Qwen/Qwen3-8B")\n') == []


def test_examples_of_the_interpreter_are_read_and_never_edited() -> None:
    source = '''
def train():
    """
    >>> from datasets import load_dataset
    >>> data = load_dataset(
    ...     "trl-lib/tldr",
    ... )
    Dataset
    >>> this does not parse

    >>> from transformers import AutoModel
    >>> AutoModel.from_pretrained("org/a")
    """
'''
    assert found(source) == [(6, "trl-lib/tldr", "dataset"), (12, "org/a", "model")]


def test_literal_blocks_are_read() -> None:
    source = '''
class A:
    """Makes.

    Example:
        ::

            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(
                "org/a"
            )

    .. code-block:: python

        SentenceTransformer("org/b")

    Prose about SentenceTransformer("org/c").
    """
'''
    assert found(source) == [(11, "org/a", "model"), (16, "org/b", "model")]


def test_an_example_does_not_stand_for_code_around_it() -> None:
    source = '"""\n>>> AutoModel.from_pretrained("org/a")\n"""\nAutoModel.from_pretrained("org/b")\n'
    first = python.find(source, "a.py").mentions[0]
    assert (first.line, first.repo_id, first.pin) == (2, "org/a", None)
    (mention,) = [one for one in python.find(source, "a.py").mentions if one.repo_id == "org/b"]
    assert mention.pin is not None


@given(st.text(alphabet="#>.$ \\\n\"'python.hf-modelserve/=aQ1", max_size=200))
def test_any_text_is_searched_without_failing(text: str) -> None:
    last = text.count("\n") + 1
    assert all(1 <= one.line <= last for one in find_usage(text, "a.py", {"python", "hf", "vllm"}))
