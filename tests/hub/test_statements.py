"""What card data state beyond the usual fields: everything may be of any type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.hub.config import facts
from scanner.hub.describe import FilesRead, describe
from scanner.hub.documents import Fields
from scanner.hub.interface import HubCard
from scanner.hub.statements import statements
from scanner.hub.texts import Problems
from tests.hub.bodies import TREE, bodies, file, info, record
from tests.hub.makers import a_record, hub_file

INDEX = [
    {
        "name": "ranker",
        "results": [
            {
                "task": {"type": "text-classification", "name": "Classify"},
                "dataset": {"name": "IMDB", "type": "stanfordnlp/imdb", "config": "plain", "split": "test"},
                "metrics": [
                    {"type": "accuracy", "value": 0.91, "verified": True},
                    {"name": "F1", "value": "91 ± 2"},
                    {"type": "loss", "value": {"a": 1}},
                    "none",
                ],
            },
            "no result",
        ],
    }
]


def said(card: dict[str, Any], repo_type: str = "model", **more: Any) -> tuple[HubCard, list[str]]:
    problems = Problems()
    fields = Fields({"cardData": card, **more}, "info", problems)
    files = [
        hub_file("LICENSE.txt"),
        hub_file("src/LICENSE"),
        hub_file("licenses/NOTICE"),
        hub_file("model.py"),
    ]
    return statements(fields, repo_type, files, problems), problems.told


def test_results_are_kept_as_they_are_written() -> None:
    found, problems = said({"model-index": INDEX})
    first = {"task": "text-classification", "dataset": "IMDB", "split": "plain / test"}
    assert found.metrics == [
        {"type": "accuracy", "value": "0.91", "verified": True, **first},
        {"type": "F1", "value": "91 ± 2", "verified": None, **first},
    ]
    assert problems == [
        "info.cardData.model-index.results is not an object",
        "info.cardData.model-index.results.metrics is not an object",
        "info.cardData.model-index has a metric without type or value",
    ]


def test_results_are_bounded() -> None:
    metric = {"type": "f1", "value": 1}
    many = [{"results": [{"metrics": [metric] * 150}] * 3}] * 30
    found, problems = said({"model-index": many})
    assert len(found.metrics) == 200
    assert problems == [
        "info.cardData.model-index has more than 20 entries",
        "info.cardData.model-index has more than 200 metrics",
    ]


@pytest.mark.parametrize(
    ("value", "kept", "told"),
    [
        (12.5, {"emissions": "12.5"}, 0),
        (7, {"emissions": "7"}, 0),
        ("1,2 kg", {"emissions": "1,2 kg"}, 0),
        ({"emissions": 3, "source": "mlco2", "odd": 1}, {"emissions": "3", "source": "mlco2"}, 0),
        ({"emissions": [3], "source": True}, {}, 1),
        (float("inf"), {}, 1),
        (10**200, {}, 1),
        (True, {}, 1),
        ([1], {}, 1),
        (None, {}, 0),
    ],
)
def test_emissions(value: Any, kept: dict[str, str], told: int) -> None:
    found, problems = said({"co2_eq_emissions": value})
    assert (found.emissions, len(problems)) == (kept, told)


def test_tags_papers_and_licence_files() -> None:
    tags = ["b", "arxiv:1810.04805", "doi:10.57967/hf/0039", "arxiv:odd", 5]
    found, _ = said({"tags": ["a", "b"]}, tags=tags)
    assert found.tags == ["a", "arxiv:1810.04805", "arxiv:odd", "b", "doi:10.57967/hf/0039"]
    assert found.papers == ["arxiv:1810.04805", "doi:10.57967/hf/0039"]
    assert found.license_files == ["LICENSE.txt", "licenses/NOTICE"]


def test_only_data_sets_have_the_fields_of_data_sets() -> None:
    card = {"pretty_name": "News", "size_categories": ["1K<n<10K"], "source_datasets": {"a": 1}, "other": "x"}
    assert said(card)[0].dataset == {}
    assert said(card, "dataset")[0].dataset == {"pretty_name": ["News"], "size_categories": ["1K<n<10K"]}


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({"architectures": ["A", 3, "B"]}, {"architecture": "A, B"}),
        ({"model_type": "bert", "d_model": 7.5}, {"model_type": "bert", "d_model": "7.5"}),
        ({"text_config": {"hidden_size": 8, "n_positions": 9}}, {"hidden_size": "8", "context_length": "9"}),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, {"quantization": "gptq, 4 bit"}),
        ({"quantization_config": {"load_in_8bit": True}}, {"quantization": "8 bit"}),
        ({"quantization_config": {"quant_method": 4, "bits": "x"}}, {}),
        ({"torch_dtype": "bfloat16", "vocab_size": True, "hidden_size": float("nan")}, {"dtype": "bfloat16"}),
        (["model_type"], {}),
    ],
)
def test_what_a_configuration_says(config: Any, found: dict[str, str]) -> None:
    assert facts(config) == found


def test_the_card_of_a_repository_says_who_says_it(tmp_path: Path) -> None:
    card = {"model-index": INDEX, "co2_eq_emissions": 3, "tags": ["x"]}
    given = bodies(info=info(cardData=card), tree__0=[*TREE, file("LICENSE")])
    made = describe(
        record(tmp_path, given), read=FilesRead(["Uses"], {"users": "All."}, ["arxiv:2401.01234"])
    )
    assert made.card is not None
    assert made.card.config == {"architecture": "Ranker"}
    assert made.card.license_files == ["LICENSE"]
    assert {name: who for name, who in made.origins.items() if name.startswith("card.")} == {
        "card.config": "asserted",
        "card.emissions": "stated",
        "card.license_files": "asserted",
        "card.metrics": "stated",
        "card.papers": "stated",
        "card.tags": "asserted",
        "card.texts": "stated",
    }
    computed = describe(a_record(), read=FilesRead(config={"model_type": "bert"}))
    assert computed.origins["card.config"] == "computed"
    assert describe(a_record()).card is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
KEYS = st.sampled_from(
    ["model-index", "co2_eq_emissions", "tags", "pretty_name", "language", "license", "source_datasets"]
)


@settings(max_examples=300)
@given(st.dictionaries(KEYS, JSON), st.sampled_from(["model", "dataset"]), JSON, JSON, JSON)
def test_no_card_makes_it_raise(card: dict[str, Any], kind: str, config: Any, gguf: Any, tags: Any) -> None:
    found, problems = said(card, kind, config=config, gguf=gguf, tags=tags)
    texts = [*found.tags, *found.emissions.values(), *found.config.values()]
    texts += [value for row in found.metrics for value in row.values() if isinstance(value, str)]
    assert all(text and text.isprintable() and len(text) <= 300 for text in [*texts, *problems])
    describe(a_record(repo_type=kind, card=found))
