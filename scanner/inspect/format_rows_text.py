"""Text: configurations, pointers; and what is none of all."""

from __future__ import annotations

from scanner.inspect.format_row import NO_CODE, NONE_YET, OWN, Format

_CONFIGURATIONS = """
config tokenizer_config adapter_config generation_config preprocessor_config processor_config model_index
modules feature_extractor_config image_processor_config video_preprocessor_config chat_template
scheduler_config config_sentence_transformers sentence_bert_config quantize_config hyper_config peft_config
"""
HF_CONFIG_NAMES = (*(f"{name}.json" for name in _CONFIGURATIONS.split()), "chat_template.jinja")
TEMPLATE_ENDINGS = (".jinja", ".jinja2", ".j2", ".template", ".tmpl")
YAML_NAMES = ("mlmodel", "hyperparams.yaml", "model_config.yaml", "hparams.yaml", "config.yaml", "config.yml")
"""YAML that loaders obey, lower case."""
SHARD_INDEX = ".index.json"

ROWS = (
    Format(
        "hf-config",
        "a model configuration",
        (*HF_CONFIG_NAMES, ".json"),
        "its file name and their keys, or `auto_map` or `chat_template`; a Jinja chat template",
        "`auto_map`, custom pipelines, libraries that it names, chat templates",
        False,
        OWN,
        "every key, and every node of the templates, which are parsed and never rendered",
    ),
    Format(
        "shard-index",
        "an index of sharded weights",
        (SHARD_INDEX, ".json"),
        "the name `.index.json` and the key `weight_map`",
        "names of files that lead elsewhere",
        False,
        OWN,
        "every name of a file",
    ),
    Format(
        "mlmodel-yaml",
        "an MLflow model description",
        ("mlmodel",),
        "the name `MLmodel` and the key `flavors`",
        "`loader_module` and `code`, which MLflow imports",
        False,
        OWN,
        "every key and every tag",
    ),
    Format(
        "yaml-config",
        "a YAML configuration that names code",
        (".yaml", ".yml"),
        "`_target_` in `config.yaml`, `model_config.yaml` …, or one of the standard library; object tags; "
        "`chat_template`",
        "tags and `_target_`, which Hydra, NeMo, hyperpyyaml and unsafe loaders call; chat templates",
        False,
        OWN,
        "every tag and every target; nothing is constructed",
    ),
    Format(
        "python",
        "Python source that comes with a model",
        (".py", ".pyw"),
        "the name `.py`, where a model's repository or archive bundles it",
        "all of it: importing it runs what stands outside its functions",
        False,
        OWN,
        "every expression, with the moment at which it runs",
    ),
    Format(
        "lfs-pointer",
        "a Git LFS pointer",
        (),
        "the pointer's version line",
        NO_CODE,
        False,
        OWN,
        "digest and size",
    ),
    Format(
        "dvc-pointer",
        "a DVC pointer",
        (".dvc",),
        "the name `.dvc` and the key `outs`",
        NO_CODE,
        False,
        OWN,
        "digests, sizes and paths",
    ),
    Format("empty", "an empty file", (), "no byte", NO_CODE, False, OWN, "there is nothing", "nothing"),
    Format(
        "unknown",
        "content that no loader we know reads",
        (),
        "a model's name, and none of the above",
        "not known",
        True,
        NONE_YET,
        "not read",
        "nothing",
    ),
)
