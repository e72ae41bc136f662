"""Ids that no known call loads: constants, registries, arguments of other calls, lists of arguments."""

from __future__ import annotations

import pytest

from scanner.discover import python
from scanner.organisations import ORGANISATIONS

FOUND = {
    "a constant": ('MODEL_NAME = "TinyLlama/TinyLlama-1.1B-intermediate-step-1431k-3T"\n', 1),
    "in a branch": ('if small:\n    name = model_name = "EleutherAI/pythia-160m"\nload(model_name)\n', 2),
    "a keyword": ('x = ZeroShotClassification(topics, model="facebook/bart-large-mnli")\n', 1),
    "a first argument": ('SentenceTransformerBackend("sentence-transformers/all-MiniLM-L6-v2")\n', 1),
    "a parameter": ('def run(\n    model_name="Qwen/Qwen2-7B",\n):\n    pass\n', 2),
    "a loop": ('for model in ["Qwen/Qwen2-7B"]:\n    run(model)\n', 1),
    "a list of arguments": ('run(["serve", "--model", "Qwen/Qwen2-7B"])\n', 1),
    "a parameter of tests": ('@parametrize("model_id", ["Qwen/Qwen2-7B"])\ndef test(model_id): ...\n', 1),
}  # fmt: skip


@pytest.mark.parametrize(("source", "line"), FOUND.values(), ids=FOUND)
def test_an_id_of_a_known_organisation_needs_no_other_sign_of_the_hub(source: str, line: int) -> None:
    (mention,) = python.find(source, "app.py").mentions
    assert (mention.line, mention.loader, mention.pin) == (line, "named-value", None)
    assert mention.repo_id is not None
    assert mention.repo_id.partition("/")[0] in ORGANISATIONS


@pytest.mark.parametrize(
    "source",
    [
        'model = "openai/gpt-4o"\n',
        'model = "google/gemini-2.0-flash"\n',
        'REPO = "facebook/react-18"\n',
        'repo_url = model_url = "microsoft/vscode-17"\n',
        'image = "nvidia/cuda-12"\n',
        'if model == "Qwen/Qwen2-7B":\n    pass\n',
        'log("the model Qwen/Qwen2-7B", "Qwen/Qwen2-7B")\n',
        'model_name = "unknown/thing-7b"\n'.replace("model_name", "title"),
        'model_id = "org/model"\nrepo_id = "Owner/Repo"\n',
        'MODELS = 1\nPROJECTS = ["huggingface/transformers", "microsoft/vscode"]\n'.replace("PROJECTS", "x"),
    ],
)
def test_what_only_looks_like_an_id_is_none(source: str) -> None:
    assert python.find(source, "app.py").mentions == []


def test_keys_and_elements_of_a_registry_are_models() -> None:
    source = """
MODELS = None
MAPPER = {
    "unsloth/llama-3-8b-bnb-4bit": ("unsloth/llama-3-8b", "meta-llama/Meta-Llama-3-8B"),
    "unsloth/mistral-7b": "a text",
}
"""
    found = python.find(source, "app.py").mentions
    assert [(one.line, one.repo_id) for one in found] == [
        (4, "meta-llama/Meta-Llama-3-8B"),
        (4, "unsloth/llama-3-8b"),
        (4, "unsloth/llama-3-8b-bnb-4bit"),
        (5, "unsloth/mistral-7b"),
    ]


def test_litgpt_takes_ids_with_an_owner_alone() -> None:
    source = """from litgpt import LLM
LLM.load("EleutherAI/pythia-160m", tokenizer_dir="org/t-1")
LLM.load("pythia")
"""
    found = python.find(source, "app.py").mentions
    assert [(one.repo_id, one.loader) for one in found] == [
        ("EleutherAI/pythia-160m", "litgpt.LLM"),
        ("org/t-1", "litgpt.LLM"),
    ]


def test_a_topic_model_of_one_segment_is_a_folder() -> None:
    source = 'from bertopic import BERTopic\nBERTopic.load("my_model")\nBERTopic.load("org/topics-1")\n'
    assert [one.repo_id for one in python.find(source, "app.py").mentions] == ["org/topics-1"]
