"""Names that look like famous ones, and those that have every right to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.hub.famous import MODELS
from scanner.hub.names import edits, look_alike, skeleton
from scanner.organisations import ORGANISATIONS

SQUATS = {
    "mistralal/Mistral-7B-v0.1": "mistralai/Mistral-7B-v0.1",
    "mistrallai/Mistral-9": "mistralai/",
    "mistarlai/Mixtral-8x7B-v0.1": "mistralai/Mixtral-8x7B-v0.1",
    "meta-Ilama/Llama-3.1-8B": "meta-llama/Llama-3.1-8B",
    "metallama/anything": "meta-llama",
    "meta_llama/anything": "meta-llama",
    "rneta-llama/Llama-3.1-8B": "meta-llama/Llama-3.1-8B",
    "open-ai/privacy-filter": "openai/privacy-filter",
    "0penai/whisper-large-v3": "openai/whisper-large-v3",
    "openal/whisper-large-v3": "openai/whisper-large-v3",
    "opena\u0456/whisper": "openai/whisper",
    "g\u043eogle/x": "google",
    "g00gle/gemma-9": "google/gemma",
    "goggle/gemma-2b": "google/gemma-2b",
    "googel/flan-t5-base": "google/flan-t5-base",
    "Qwenn/Qwen2.5-7B-Instruct": "Qwen/Qwen2.5-7B-Instruct",
    "qvven/Qwen3-8B": "Qwen/Qwen3-8B",
    "deepseekai/DeepSeek-V3": "deepseek-ai/DeepSeek-V3",
    "deepseak-ai/DeepSeek-V9": "deepseek-ai/DeepSeek",
    "BAAl/bge-m3": "BAAI/bge-m3",
    "stabiltyai/sdxl-turbo": "stabilityai/sdxl-turbo",
    "sentence-transformer/all-MiniLM-L6-v2": "sentence-transformers/all-MiniLM-L6-v2",
    "sentense-tranformers/all-mpnet-base-v2": "sentence-transformers/all-mpnet-base-v2",
    "facebok/bart-large-cnn": "facebook/bart-large-cnn",
    "micosoft/phi-2": "microsoft/phi-2",
    "hugginface/CodeBERTa-small-v1": "huggingface/CodeBERTa-small-v1",
    "black-forest-lab/FLUX.1-dev": "black-forest-labs/FLUX.1-dev",
    "nvidai/parakeet-x": "nvidia/parakeet",
}

HONEST = [
    "acme/ranker",
    "someone/Llama-2-7b-hf",
    "mlx-somebody/Qwen2.5-7B-Instruct-4bit",
    "jane/bert-base-uncased",
    "bert-base-uncased",
    "gpt2",
    "Qwen/Qwen2-7B",
    "Qwen/Qwen2.5-7B",
    "QWEN/Qwen2.5-7B",
    "meta-llama/Llama-2-70b-hf",
    "meta-llama/Llama-3-70b-hf",
    "google/gemma-2-2b",
    "google-bert/bert-large-uncased",
    "zai-org/GLM-4.6",
    "xai-org/grok-1",
    "HuggingFaceH4/zephyr-7b-beta",
    "HuggingFaceM4/idefics3",
    "apples/fruit-classifier",
    "intelli/sentiment",
    "Intell/bar",
    "bart/small-model",
    "qwin/chess-engine",
    "timi/notes",
    "goole/weather",
    "nvidio/maps",
    "suna/song-tagger",
    "openaq/air-quality",
    "open-mmlab/mmdet",
    "thebluke/tabular",
    "amazom/parcels",
    "unsloths/zoo-animals",
    "hfi/insects",
    "ibn/arabic-ner",
    "",
    "/",
    "a/",
]


@pytest.mark.parametrize("squat", SQUATS)
def test_squats(squat: str) -> None:
    found = look_alike(squat)
    assert found is not None
    assert found[0] == squat
    assert SQUATS[squat] in found[1]


@pytest.mark.parametrize("honest", HONEST)
def test_honest_names(honest: str) -> None:
    assert look_alike(honest) is None


def test_no_famous_name_is_taken_for_another() -> None:
    assert [model for model in MODELS if look_alike(model, MODELS)] == []
    assert {model.partition("/")[0] for model in MODELS} <= ORGANISATIONS
    assert len(ORGANISATIONS) > 150
    assert len(MODELS) > 300


def test_fine_tunes_keep_their_names() -> None:
    names = [model.partition("/")[2] for model in MODELS]
    assert [name for name in names if look_alike(f"wholly-different/{name}")] == []


@pytest.mark.parametrize(
    ("name", "other", "alike"),
    [
        ("acne/ranker", "acme/ranker", True),
        ("acrne/Ranker", "acme/ranker", True),
        ("acme-corp/ranker", "acmecorp/ranker", True),
        ("acme/ranker", "acme/ranker", False),
        ("ACME/ranker", "acme/ranker", False),
        ("acme/ranker-v2", "acme/ranker-v1", False),
        ("acne/ranker", "acme/parser", False),
        ("team1/ranker", "team2/ranker", False),
        ("abc/ranker", "abd/ranker", False),
        ("acne/ranker", "ranker", False),
    ],
)
def test_other_names_of_the_same_source(name: str, other: str, alike: bool) -> None:
    expected = (name, f"{other}, which is named here too") if alike else None
    assert look_alike(name, [other]) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abc", "xbc", 1),
        ("abc", "cab", 2),
        ("abc", "xyz", 3),
    ],
)
def test_edits(one: str, other: str, expected: int) -> None:
    assert edits(one, other, 3) == expected
    assert edits(one, other, 1) == min(expected, 2)


WORDS = st.text(st.sampled_from("abc"), max_size=7)


def slow_edits(one: str, other: str) -> int:
    """The definition, written down."""
    if not one or not other:
        return len(one) + len(other)
    options = [
        slow_edits(one[1:], other) + 1,
        slow_edits(one, other[1:]) + 1,
        slow_edits(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if len(one) > 1 and len(other) > 1 and one[:2] == other[1::-1]:
        options.append(slow_edits(one[2:], other[2:]) + 1)
    return min(options)


@given(WORDS.filter(lambda word: len(word) < 6), WORDS.filter(lambda word: len(word) < 6))
def test_edits_are_those_of_the_definition(one: str, other: str) -> None:
    assert edits(one, other, 9) == slow_edits(one, other)
    assert edits(one, other, 2) == min(3, slow_edits(one, other))


@given(st.text(max_size=40))
def test_no_name_makes_it_raise(name: str) -> None:
    look_alike(name, [name, "a/b"])
    assert skeleton(name) == skeleton(name.replace("-", "_"))
