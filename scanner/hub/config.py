"""What a model's configuration says of it: architecture, sizes, context length, quantisation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from scanner.hub.documents import Unusable, parse
from scanner.hub.texts import clean

CONFIG = "config.json"
CONFIG_BYTES = 1 << 20
"""A larger configuration is not read."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "model_type": ("model_type",),
    "dtype": ("torch_dtype", "dtype"),
    "context_length": ("max_sequence_length", "max_seq_len", "seq_length", "n_positions", "n_ctx"),
    **{
        name: (name,)
        for name in (
            "d_model",
            "hidden_act",
            "hidden_size",
            "intermediate_size",
            "layer_norm_epsilon",
            "max_position_embeddings",
            "num_attention_heads",
            "num_hidden_layers",
            "num_key_value_heads",
            "num_layers",
            "tokenizer_class",
            "transformers_version",
            "vocab_size",
        )
    },
}
"""Our name of a fact, and the keys of configurations that state it, the first that is there wins."""

_INNER = ("text_config", "llm_config", "language_config")
"""Where configurations of models with several parts keep those of the language model."""

_ARCHITECTURES = 5
_VALUE = 100


def read(job: dict[str, Any]) -> dict[str, str]:
    """The facts of the file at ``job["path"]``; none where it cannot be read."""
    try:
        with open(job["path"], "rb") as file:
            return facts(parse(file.read(CONFIG_BYTES + 1), CONFIG_BYTES))
    except (OSError, Unusable):
        return {}


def facts(config: Any) -> dict[str, str]:
    """The facts that a configuration states, by our names; values of another type are passed over."""
    if not isinstance(config, dict):
        return {}
    inner: dict[str, Any] = next((config[key] for key in _INNER if isinstance(config.get(key), dict)), {})
    found: dict[str, str] = {}
    for name, keys in _NAMES.items():
        stated = (_text(part.get(key)) for part in (config, inner) for key in keys)
        if value := next(filter(None, stated), ""):
            found[name] = value
    named = config.get("architectures")
    if isinstance(named, list):
        kept = [clean(each.strip(), _VALUE) for each in named[:_ARCHITECTURES] if isinstance(each, str)]
        if any(kept):
            found["architecture"] = ", ".join(filter(None, kept))
    if quantization := _quantization(config.get("quantization_config")):
        found["quantization"] = quantization
    return dict(sorted(found.items()))


def _text(value: Any) -> str:
    """A text or a number as a text; empty for anything else."""
    if isinstance(value, str):
        return clean(value.strip(), _VALUE)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return ""
    return str(value)


def _quantization(config: Any) -> str:
    """Method and bits, for example ``gptq, 4 bit``."""
    if not isinstance(config, dict):
        return ""
    method = config.get("quant_method")
    bits = config.get("bits") or next(
        (size for size in (4, 8) if config.get(f"load_in_{size}bit") is True), None
    )
    words = [clean(method.strip(), _VALUE)] if isinstance(method, str) and method.strip() else []
    if isinstance(bits, int) and not isinstance(bits, bool) and 0 < bits <= 64:
        words.append(f"{bits} bit")
    return ", ".join(words)
