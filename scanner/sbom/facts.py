"""Facts that readers computed from bytes, under the names of the CycloneDX taxonomy where it has them."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.sbom.cyclonedx import text

_AI = "cdx:ai-ml:model"
PARAMETERS = f"{_AI}:parameter:count"
LANGUAGE = f"{_AI}:language"
_HYPERPARAMETERS = frozenset(
    {
        "context_length",
        "d_model",
        "hidden_act",
        "hidden_size",
        "intermediate_size",
        "layer_norm_epsilon",
        "layer_norm_type",
        "max_position_embeddings",
        "num_attention_heads",
        "num_hidden_layers",
        "num_key_value_heads",
        "num_layers",
        "quantization",
        "tokenizer_class",
        "vocab_size",
    }
)
_MOST = 100


def property_name(fact: str) -> str:
    """The name of the property that carries a fact (cdx:ai-ml, June 2026; ours for all others)."""
    if fact == "parameter_count":
        return PARAMETERS
    return f"{_AI}:hyperparameter:{fact}" if fact in _HYPERPARAMETERS else f"modelward:{text(fact, 128)}"


def fact_properties(facts: Mapping[str, object]) -> list[tuple[str, str]]:
    """A property for each fact, one for each entry of a list; booleans as JSON writes them."""
    return [
        (property_name(name), as_text(each))
        for name, value in facts.items()
        for each in (value[:_MOST] if isinstance(value, list) else [value])
    ]


def as_text(value: object) -> str:
    """A value as a property holds it."""
    return str(value).lower() if isinstance(value, bool) else text(str(value))
