"""Configuration keys, environment variables and flags of scripts that name repositories: data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scanner.discover.interface import RepoType


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


Strong = Literal["strong", "weak", "context"]


@dataclass(frozen=True, slots=True)
class Key:
    """A family of configuration keys, environment variables and flags of scripts, in ``snake_case``."""

    id: str
    tool: str
    strength: Strong
    """``context``: only under a key that itself speaks of models."""
    names: tuple[str, ...]
    kind: RepoType = "model"
    revision: tuple[str, ...] = ("revision", "model_revision")
    """Keys beside it that hold its revision."""
    pin: str | None = None
    """The key that is added to pin it, where the tool has one."""
    suffix: bool = False
    """Whether longer keys that end in one of the names belong too."""
    list: bool = False
    """Whether the value names several, with commas or semicolons between."""


KEYS: tuple[Key, ...] = (
    Key(
        "model-name-or-path",
        "transformers, TRL, LLaMA-Factory",
        "strong",
        ("model_name_or_path", "pretrained_model_name_or_path", "model_name_or_id"),
        revision=("model_revision", "revision"),
        pin="model_revision",
        suffix=True,
    ),
    Key(
        "tokenizer-name-or-path",
        "transformers",
        "strong",
        _words(
            """tokenizer_name_or_path tokenizer_id tokenizer_model_id processor_name_or_path
tokenizer_name_or_id"""
        ),
        revision=("tokenizer_revision", "revision", "model_revision"),
        suffix=True,
    ),
    Key("base-model-name-or-path", "PEFT", "strong", ("base_model_name_or_path",), revision=("revision",)),
    Key(
        "base-model",
        "Axolotl, model cards",
        "strong",
        ("base_model", "base_model_config", "base_model_id"),
        revision=("revision_of_model", "base_model_revision", "model_revision", "revision"),
        suffix=True,
    ),
    Key(
        "adapter-name-or-path",
        "PEFT",
        "strong",
        _words(
            """adapter_name_or_path adapter_id lora_repo lora_id lora_repo_id lora_weights peft_model_id"""
        ),
        revision=("adapter_revision",),
        suffix=True,
    ),
    Key(
        "model-id",
        "TGI, TEI, SageMaker, KServe and many more",
        "strong",
        _words(
            """model_id hf_model hf_model_name hf_repo hf_repo_id hf_path hf_hub_id
hf_model_path gguf_repo gguf_repo_id
huggingface_repo huggingface_model huggingface_model_name huggingface_id hugging_face_id
huggingface_repo_id hf_id hf_name hf_checkpoint model_hf huggingface_path hugging_face_repo
hugging_face_model model_repo_id hf_tokenizer model_hub_id hf_hub"""
        ),
        revision=("revision", "model_revision", "hf_model_revision", "hf_revision"),
        suffix=True,
    ),
    Key(
        "repo-id",
        "huggingface_hub",
        "strong",
        ("repo_id",),
        revision=("revision", "repo_revision"),
        suffix=True,
    ),
    Key(
        "dataset-id",
        "datasets, TRL",
        "strong",
        _words(
            """hf_dataset hf_dataset_id hf_dataset_name dataset_id dataset_repo dataset_repo_id hf_hub_url
dataset_name_or_path hf_dataset_repo"""
        ),
        kind="dataset",
        revision=("dataset_revision", "revision"),
        suffix=True,
    ),
    Key("name-or-path", "config.json", "weak", ("_name_or_path",), revision=("_commit_hash",)),
    Key(
        "model-source",
        "Ray Serve LLM",
        "strong",
        ("model_source", "bucket_uri", "engine_model"),
        revision=("revision",),
    ),
    Key("lora-adapters", "TGI", "weak", ("lora_adapters", "lora_modules"), list=True),
    Key(
        "model",
        "many",
        "weak",
        _words(
            """model model_name model_path models checkpoint checkpoint_path ckpt ckpt_path pretrained
pretrained_model pretrained_path pretrained_model_name model_repo model_uri model_url model_dir
hub_id hub_model hub_repo llm vlm llm_name lm backbone embedder reranker embedding embeddings
embed cross_encoder encoder text_encoder vision_encoder image_encoder audio_encoder vision_tower
mm_vision_tower controlnet vae unet transformer lora loras adapter adapters adapter_path
lora_path lora_adapter lora_model_dir processor text_encoder_name encoder_name backbone_name
weights peft peft_path draft llm_id embedder_id embedding_id served_model actor critic policy
reward ref judge generator retriever classifier detector ner summarizer translator stt tts asr
whisper vocoder feature_extractor image_processor models_to_test model_names model_ids
model_list upscaler inpainting init_from pretrain embedding_model_name_or_id merge_model
custom_model hf_models"""
        ),
        suffix=True,
    ),
    Key(
        "tokenizer",
        "many",
        "weak",
        _words(
            """tokenizer tokenizer_name tokenizer_path tokenizer_config tokenizer_dir tokenizers
hf_tokenizer_name"""
        ),
        revision=("tokenizer_revision", "revision", "model_revision"),
        suffix=True,
    ),
    Key(
        "dataset",
        "many",
        "weak",
        _words(
            """dataset datasets dataset_name dataset_path dataset_names train_dataset eval_dataset data_path
train_data eval_data test_datasets pretraining_dataset dataset_mixer data_name data_paths
training_data dataset_dir benchmark_dataset val_dataset prompt_dataset train_file_dir"""
        ),
        kind="dataset",
        revision=("dataset_revision", "revision"),
        suffix=True,
    ),
    Key("space", "Gradio", "weak", ("space_id", "spaces", "space", "hf_space"), kind="space", suffix=True),
    Key(
        "name-beside",
        "many",
        "context",
        _words(
            """name path id source repo repository value uri url src file key location from slug identifier
ref_name huggingface hf hub hugging_face"""
        ),
    ),
)
"""Keys by strength. A value of a ``strong`` key that is filled in later is listed as unresolved."""

PINS: tuple[tuple[str, frozenset[str], str], ...] = (
    (
        "base-model",
        frozenset({"sequence_len", "micro_batch_size", "lora_r", "gradient_accumulation_steps"}),
        "revision_of_model",
    ),
    ("dataset-path", frozenset({"type", "split", "ds_type", "train_on_split"}), "revision"),
)
"""Rows whose tool is only known by the keys beside: one of those, and the key that is added to pin."""

CARD_KEYS: dict[str, tuple[str, RepoType]] = {
    "base_model": ("card.base-model", "model"),
    "base_models": ("card.base-model", "model"),
    "models": ("card.models", "model"),
    "datasets": ("card.datasets", "dataset"),
    "dataset": ("card.datasets", "dataset"),
    "new_version": ("card.new-version", "model"),
    "preload_from_hub": ("card.preload", "model"),
}
"""Keys of the front matter of a card on the Hub."""
