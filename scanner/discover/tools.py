"""Commands, their flags, environment variables and configuration keys that name repositories: data.

One row says where the id stands, which flag or key holds the revision and which one allows remote code. The
rows follow the tools' own documentation; a page of the documentation is made of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from scanner.discover.interface import RepoType


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag whose value names a repository."""

    names: tuple[str, ...]
    kind: RepoType = "model"
    revision: tuple[str, ...] = ()
    """Flags that hold its revision; the first is the one that is added."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the shell that loads a repository."""

    id: str
    tool: str
    words: tuple[str, ...]
    """The words it begins with, each a pattern of the whole word."""
    position: int | None = None
    """Which word after those is the id, counted from 0 without the flags."""
    flags: tuple[Flag, ...] = ()
    revision: tuple[str, ...] = ()
    """Flags that hold the revision of the positional id, and of every flag that has none of its own."""
    remote_code: tuple[str, ...] = ()
    kind_flag: str | None = None
    """The flag that says whether it is a model, a data set or a Space."""
    file_flags: tuple[str, ...] = ()
    more_files: bool = False
    """Whether the words after the id are names of files."""
    switches: tuple[str, ...] = ()
    """Flags that take no value, so that the word after them is not theirs."""
    store: str | None = None
    """Another store than the Hub, where the command asks that one."""


_TRUST = ("--trust-remote-code", "--trust_remote_code")
_REVISION = ("--revision",)
_VLLM = (
    Flag(("--model",), revision=_REVISION),
    Flag(("--tokenizer",), revision=("--tokenizer-revision",)),
    Flag(("--speculative-model", "--speculative_model", "--draft-model")),
    Flag(("--hf-config-path",)),
)
_SGLANG = (
    Flag(("--model-path", "--model"), revision=_REVISION),
    Flag(("--tokenizer-path", "--tokenizer")),
    Flag(("--speculative-draft-model-path", "--speculative-draft", "--draft-model-path")),
)
_LLAMA = (
    Flag(("-hf", "-hfr", "--hf-repo")),
    Flag(("-hfd", "-hfrd", "--hf-repo-draft")),
    Flag(("-hfv", "-hfrv", "--hf-repo-v")),
)
_MODEL = (Flag(("--model", "-m"), revision=_REVISION),)
_HF_SWITCHES = ("--quiet", "--force-download", "--resume-download", "--no-force-download", "-q", "--dry-run")

COMMANDS: tuple[Command, ...] = (
    Command(
        "hf-download",
        "huggingface_hub",
        (r"hf|huggingface-cli", "download"),
        0,
        revision=_REVISION,
        kind_flag="--repo-type",
        file_flags=("--include", "--exclude"),
        more_files=True,
        switches=_HF_SWITCHES,
    ),
    Command("hf-info", "huggingface_hub", (r"hf", r"models?", "info"), 0, revision=_REVISION),
    Command(
        "hf-dataset-info",
        "huggingface_hub",
        (r"hf", r"datasets?", "info"),
        0,
        (Flag(("--",), "dataset"),),
        _REVISION,
    ),
    Command(
        "hfd", "hfd", (r"(?:.*/)?hfd(?:\.sh)?",), 0, revision=_REVISION, file_flags=("--include", "--exclude")
    ),
    Command(
        "modelscope-download",
        "ModelScope",
        ("modelscope", "download"),
        0,
        (Flag(("--model",)),),
        store="modelscope",
    ),
    Command("vllm-serve", "vLLM", ("vllm", r"serve|chat|complete|bench"), 0, _VLLM, _REVISION, _TRUST),
    Command("vllm-server", "vLLM", (r"vllm\.entrypoints\S*",), None, _VLLM, _REVISION, _TRUST),
    Command("vllm-image", "vLLM", (r"vllm-openai",), 0, _VLLM, _REVISION, _TRUST),
    Command("aphrodite-run", "Aphrodite", ("aphrodite", "run"), 0, _VLLM, _REVISION, _TRUST),
    Command("sglang-serve", "SGLang", ("sglang", "serve"), 0, _SGLANG, _REVISION, _TRUST),
    Command("sglang-server", "SGLang", (r"sglang\.\S+",), None, _SGLANG, _REVISION, _TRUST),
    Command(
        "text-generation-inference",
        "TGI",
        (r"text-generation-launcher",),
        None,
        (Flag(("--model-id",), revision=_REVISION), Flag(("--tokenizer-name",)), Flag(("--lora-adapters",))),
        _REVISION,
        _TRUST,
    ),
    Command(
        "text-generation-server",
        "TGI",
        ("text-generation-server", r"download-weights|serve|quantize"),
        0,
        revision=_REVISION,
        remote_code=_TRUST,
    ),
    Command(
        "text-embeddings-inference",
        "TEI",
        ("text-embeddings-router",),
        None,
        (Flag(("--model-id",), revision=_REVISION),),
        _REVISION,
    ),
    Command(
        "llama.cpp",
        "llama.cpp",
        (
            r"(?:.*/)?llama-(?:server|cli|embedding|run|bench|simple|perplexity|tts|batched|mtmd-cli|llava-cli|infill|retrieval|swift|imatrix|speculative|parallel|lookup)[a-z-]*(?:\.exe)?",
        ),
        None,
        _LLAMA,
        file_flags=("-hff", "--hf-file"),
    ),
    Command("lmdeploy", "LMDeploy", ("lmdeploy", "serve", r"\w+"), 0, (), _REVISION, _TRUST),
    Command("lmdeploy-lite", "LMDeploy", ("lmdeploy", "lite", r"\w+"), 0, (), _REVISION),
    Command("lmdeploy-chat", "LMDeploy", ("lmdeploy", "chat"), 0, (), _REVISION, _TRUST),
    Command("trtllm-serve", "TensorRT-LLM", ("trtllm-serve",), 0, (), (), _TRUST),
    Command(
        "mlx-lm",
        "MLX LM",
        (r"mlx_(?:lm|vlm|audio|whisper)\S*",),
        None,
        (Flag(("--model", "--hf-path")),),
        (),
        _TRUST,
    ),
    Command("mlc-llm", "MLC LLM", (r"mlc_llm", r"\w+"), 0),
    Command("optimum-export", "Optimum", ("optimum-cli", "export", r"\w+"), None, _MODEL, (), _TRUST),
    Command(
        "ctranslate2",
        "CTranslate2",
        ("ct2-transformers-converter",),
        None,
        _MODEL,
        _REVISION,
        _TRUST,
    ),
    Command("torchtune-download", "torchtune", ("tune", "download"), 0),
    Command("litgpt", "LitGPT", ("litgpt", r"download|finetune\w*|chat|serve|generate|evaluate|pretrain"), 0),
    Command(
        "transformers-chat",
        "transformers",
        (r"transformers(?:-cli)?", r"chat|run|download"),
        0,
        (),
        (),
        _TRUST,
    ),
    Command(
        "infinity",
        "Infinity",
        ("infinity_emb", "v2"),
        None,
        (Flag(("--model-id",), revision=_REVISION),),
        _REVISION,
    ),
    Command(
        "mistral.rs",
        "mistral.rs",
        (r"mistralrs(?:-server)?",),
        None,
        (Flag(("-m", "--model-id", "-t", "--tok-model-id")),),
    ),
    Command(
        "tgi-benchmark", "TGI", ("text-generation-benchmark",), None, (Flag(("--tokenizer-name", "-t")),)
    ),
    Command("spacy-download", "spaCy", ("spacy-huggingface-hub", "download"), 0),
    Command(
        "lm-eval", "lm-evaluation-harness", (r"lm[-_]eval\S*",), None, (Flag(("--tokenizer",)),), (), _TRUST
    ),
)
"""Commands, by their first words; a wrapper such as ``docker run``, ``python -m`` or ``accelerate launch`` may stand before."""

IMAGES: tuple[tuple[str, str], ...] = (
    (r"(?:^|/)text-generation-inference(?::|$)", "text-generation-inference"),
    (r"(?:^|/)text-embeddings-inference(?::|$)", "text-embeddings-inference"),
    (r"(?:^|/)vllm-(?:openai|cpu|tpu|neuron|hpu)[\w.-]*(?::|$)", "vllm-image"),
    (r"(?:^|/)lmsysorg/sglang(?::|$)", "sglang-server"),
    (r"(?:^|/)llama\.cpp(?::|$)", "llama.cpp"),
)
"""Container images whose entry point is one of the commands."""

ARGUMENTS = ("--model_args", "--model-args", "--model_kwargs", "-a")
"""Flags whose value is a list ``name=value,…`` (evaluation harnesses)."""

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
        (
            "tokenizer_name_or_path",
            "tokenizer_id",
            "tokenizer_model_id",
            "processor_name_or_path",
            "tokenizer_name_or_id",
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
        (
            "adapter_name_or_path",
            "adapter_id",
            "lora_repo",
            "lora_id",
            "lora_repo_id",
            "lora_weights",
            "peft_model_id",
        ),
        revision=("adapter_revision",),
        suffix=True,
    ),
    Key(
        "model-id",
        "TGI, TEI, SageMaker, KServe and many more",
        "strong",
        (
            "model_id",
            "hf_model",
            "hf_model_name",
            "hf_repo",
            "hf_repo_id",
            "hf_path",
            "hf_hub_id",
            "hf_model_path",
            "huggingface_repo",
            "huggingface_model",
            "huggingface_model_name",
            "huggingface_id",
            "hugging_face_id",
            "huggingface_repo_id",
            "hf_id",
            "hf_name",
            "hf_checkpoint",
            "model_hf",
            "huggingface_path",
            "hugging_face_repo",
            "hugging_face_model",
            "model_repo_id",
            "hf_tokenizer",
            "model_hub_id",
            "hf_hub",
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
        (
            "hf_dataset",
            "hf_dataset_id",
            "hf_dataset_name",
            "dataset_id",
            "dataset_repo",
            "dataset_repo_id",
            "hf_hub_url",
            "dataset_name_or_path",
            "hf_dataset_repo",
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
        (
            "model",
            "model_name",
            "model_path",
            "models",
            "checkpoint",
            "checkpoint_path",
            "ckpt",
            "ckpt_path",
            "pretrained",
            "pretrained_model",
            "pretrained_path",
            "pretrained_model_name",
            "model_repo",
            "model_uri",
            "model_url",
            "model_dir",
            "hub_id",
            "hub_model",
            "hub_repo",
            "llm",
            "vlm",
            "llm_name",
            "lm",
            "backbone",
            "embedder",
            "reranker",
            "embedding",
            "embeddings",
            "embed",
            "cross_encoder",
            "encoder",
            "text_encoder",
            "vision_encoder",
            "image_encoder",
            "audio_encoder",
            "vision_tower",
            "mm_vision_tower",
            "controlnet",
            "vae",
            "unet",
            "transformer",
            "lora",
            "loras",
            "adapter",
            "adapters",
            "adapter_path",
            "lora_path",
            "lora_adapter",
            "lora_model_dir",
            "processor",
            "text_encoder_name",
            "encoder_name",
            "backbone_name",
            "weights",
            "peft",
            "peft_path",
            "draft",
            "llm_id",
            "embedder_id",
            "embedding_id",
            "served_model",
            "actor",
            "critic",
            "policy",
            "reward",
            "ref",
            "judge",
            "generator",
            "retriever",
            "classifier",
            "detector",
            "ner",
            "summarizer",
            "translator",
            "stt",
            "tts",
            "asr",
            "whisper",
            "vocoder",
            "feature_extractor",
            "image_processor",
            "models_to_test",
            "model_names",
            "model_ids",
            "model_list",
            "upscaler",
            "inpainting",
            "init_from",
            "pretrain",
            "embedding_model_name_or_id",
            "merge_model",
            "custom_model",
            "hf_models",
        ),
        suffix=True,
    ),
    Key(
        "tokenizer",
        "many",
        "weak",
        (
            "tokenizer",
            "tokenizer_name",
            "tokenizer_path",
            "tokenizer_config",
            "tokenizer_dir",
            "tokenizers",
            "hf_tokenizer_name",
        ),
        revision=("tokenizer_revision", "revision", "model_revision"),
        suffix=True,
    ),
    Key(
        "dataset",
        "many",
        "weak",
        (
            "dataset",
            "datasets",
            "dataset_name",
            "dataset_path",
            "dataset_names",
            "train_dataset",
            "eval_dataset",
            "data_path",
            "train_data",
            "eval_data",
            "test_datasets",
            "pretraining_dataset",
            "dataset_mixer",
            "data_name",
            "data_paths",
            "training_data",
            "dataset_dir",
            "benchmark_dataset",
            "val_dataset",
            "prompt_dataset",
            "train_file_dir",
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
        (
            "name",
            "path",
            "id",
            "source",
            "repo",
            "repository",
            "value",
            "uri",
            "url",
            "src",
            "file",
            "key",
            "location",
            "from",
            "slug",
            "identifier",
            "ref_name",
            "huggingface",
            "hf",
            "hub",
            "hugging_face",
        ),
    ),
)
"""Keys by strength. A value of a ``strong`` key that is filled in later is listed as unresolved."""

TARGETS = re.compile(
    r"(?:^|_)(?:hub_model_id|hub_dataset_id|push_to|upload|output|target|save|saved|export|served|dest|destination"
    r"|wandb|project|image|container|docker|s3|bucket_name|bedrock|openai|anthropic|azure|gemini|ollama|github|git"
    r"|alias|mlx_path|display|title|label|description)(?:_|$)"
)
"""Keys that say where something goes to, or that speak of another service: their values are no references."""

ALLOWED_TARGETS = frozenset({"target_model_name_or_path", "target_model", "target_tokenizer"})

TRANSPARENT = frozenset(
    {"default", "value", "enum", "choices", "options", "example", "values", "const", "examples"}
)
"""Keys that only say of their parent which values it has (schemas, inputs of actions, sweeps)."""

CONTEXT = re.compile(
    r"model|tokenizer|llm|embed|rerank|dataset|lora|adapter|checkpoint|hugging|(?:^|_)hf(?:_|$)|vae|unet|controlnet"
    r"|processor|encoder|backbone|pretrained|transformer|diffus|whisper|(?:^|_)vlm|weights"
)
"""Keys around a ``context`` key that make it one that names a model."""

DATASET_CONTEXT = re.compile(r"dataset|^data$|^corpus$|pretraining_data|(?:^|_)data(?:_|$)")

REVISION_KEYS = ("revision", "model_revision", "hf_revision")
REMOTE_CODE_KEYS = ("trust_remote_code", "allow_remote_code", "trust_remote")

COMMAND_KEYS = frozenset(
    {
        "command",
        "args",
        "entrypoint",
        "cmd",
        "extra_args",
        "extraargs",
        "run",
        "script",
        "scripts",
        "before_script",
        "after_script",
        "arguments",
        "commands",
        "vllm_extra_args",
        "engine_args",
        "exec",
        "postcreatecommand",
        "post_create_command",
        "setup",
        "container_args",
        "install",
        "build",
        "start",
        "shell",
        "program_args",
        "bash",
        "build_command",
        "start_command",
    }
)
"""Keys whose value is a command or its words."""

REPOSITORY_KEYS_OF_IMAGES = frozenset({"tag", "pull_policy", "image", "registry", "digest"})
"""Keys beside a ``repository`` that make it one of a container image."""

ANSWER_KEYS = frozenset(
    {"choices", "usage", "object", "system_fingerprint", "finish_reason", "prompt_tokens"}
)
"""Keys beside a ``model`` that make the mapping the answer of a server, which loads nothing."""

HUB_MARKS = frozenset({"hf_hub", "huggingface", "hf", "huggingface_hub", "hugging_face", "hub", "hf-hub"})
"""Values beside a ``context`` key that say that it names something of the Hub."""

PROGRAMS = re.compile(
    r"(?:.*/)?(?:python[\d.]*|bash|sh|zsh|uv|uvx|poetry|torchrun|accelerate|deepspeed|docker|podman|nerdctl|srun|sbatch|make|just|node|npx|bun"
    r"|cargo|ollama|llm|modal|sky|ray|nohup|time|sudo|env|singularity|apptainer|CUDA_VISIBLE_DEVICES=.*|[\w-]+\.(?:py|sh|js|ts|mjs))"
    r"|\./\S+|\$\{?PYTHON\}?"
)
"""First words of commands whose bare arguments may be ids under a well-known namespace."""

WEB_KEYS = frozenset(
    {
        "uses",
        "image",
        "extends",
        "author",
        "license",
        "homepage",
        "bugs",
        "email",
        "$schema",
        "type",
        "engines",
    }
)
"""Keys whose value, and whatever is below, names no model."""

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

MANIFESTS = frozenset(
    {
        "package-lock.json",
        "npm-shrinkwrap.json",
        "package.json",
        "composer.json",
        "composer.lock",
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "pixi.lock",
        "cargo.lock",
        "pnpm-lock.yaml",
        "yarn.lock",
        "gemfile.lock",
        "go.sum",
        "flake.lock",
        "bun.lock",
        "tokenizer.json",
        "vocab.json",
        "merges.txt",
        "added_tokens.json",
        "special_tokens_map.json",
        ".pre-commit-config.yaml",
        "tsconfig.json",
        "renovate.json",
        ".prettierrc.json",
        "dependabot.yml",
        "mkdocs.yml",
        "codecov.yml",
        ".eslintrc.json",
        "deno.lock",
        "conda-lock.yml",
    }
)
"""Files of which only the addresses are searched: their keys name packages, tokens or tools."""


@dataclass(frozen=True, slots=True)
class ScriptCall:
    """A call of JavaScript or TypeScript that names a repository."""

    id: str
    tool: str
    packages: tuple[str, ...]
    """Beginnings of the packages that export it; none: its name alone tells."""
    names: tuple[str, ...]
    """Names of the function or, after a dot, of the method."""
    position: int = 0
    """Which argument is the id, counted from 0."""
    key: str | None = None
    """The property of that argument, where it is an object."""
    kind: RepoType = "model"
    options: int | None = None
    """Which argument holds ``revision``; null where the call takes none."""


TRANSFORMERS_JS = ("@xenova/transformers", "@huggingface/transformers")
SCRIPT_CALLS: tuple[ScriptCall, ...] = (
    ScriptCall("transformers.js-pipeline", "transformers.js", TRANSFORMERS_JS, ("pipeline",), 1, options=2),
    ScriptCall("transformers.js-from-pretrained", "transformers.js", (), (".from_pretrained",), 0, options=1),
    ScriptCall(
        "huggingface.js-hub",
        "@huggingface/hub",
        ("@huggingface/hub",),
        (
            "downloadFile",
            "downloadFileToCacheDir",
            "snapshotDownload",
            "listFiles",
            "fileExists",
            "fileDownloadInfo",
            "pathsInfo",
            "listCommits",
            "parseSafetensorsMetadata",
            "checkRepoAccess",
            "getRepo",
            "repoExists",
        ),
        0,
        "repo",
        options=0,
    ),
    ScriptCall(
        "huggingface.js-model-info",
        "@huggingface/hub",
        ("@huggingface/hub",),
        ("modelInfo",),
        0,
        "name",
        options=0,
    ),
    ScriptCall(
        "huggingface.js-dataset-info",
        "@huggingface/hub",
        ("@huggingface/hub",),
        ("datasetInfo",),
        0,
        "name",
        "dataset",
        0,
    ),
    ScriptCall(
        "huggingface.js-space-info",
        "@huggingface/hub",
        ("@huggingface/hub",),
        ("spaceInfo",),
        0,
        "name",
        "space",
    ),
    ScriptCall(
        "huggingface.js-inference",
        "@huggingface/inference",
        ("@huggingface/inference",),
        (
            ".textGeneration",
            ".textGenerationStream",
            ".chatCompletion",
            ".chatCompletionStream",
            ".featureExtraction",
            ".textToImage",
            ".imageToText",
            ".automaticSpeechRecognition",
            ".summarization",
            ".translation",
            ".questionAnswering",
            ".textClassification",
            ".zeroShotClassification",
            ".tokenClassification",
            ".fillMask",
            ".sentenceSimilarity",
            ".imageClassification",
            ".imageSegmentation",
            ".objectDetection",
            ".textToSpeech",
            ".conversational",
            ".request",
            ".visualQuestionAnswering",
            ".documentQuestionAnswering",
            ".imageToImage",
            ".textToVideo",
            ".audioClassification",
            ".audioToAudio",
            ".tableQuestionAnswering",
            ".tabularClassification",
            ".zeroShotImageClassification",
            ".streamingRequest",
            "textGeneration",
            "chatCompletion",
            "featureExtraction",
            "textToImage",
            "chatCompletionStream",
        ),
        0,
        "model",
    ),
    ScriptCall(
        "gradio-client",
        "@gradio/client",
        ("@gradio/client",),
        ("Client.connect", "client", "duplicate", "Client.duplicate"),
        0,
        kind="space",
    ),
    ScriptCall(
        "langchain.js",
        "LangChain.js",
        (),
        ("HuggingFaceTransformersEmbeddings", "HuggingFaceInferenceEmbeddings", "HuggingFaceInference"),
        0,
        "model",
    ),
    ScriptCall(
        "langchain.js-name",
        "LangChain.js",
        (),
        ("HuggingFaceTransformersEmbeddings", "HuggingFaceEmbedding", "HuggingFaceLLM"),
        0,
        "modelName",
    ),
    ScriptCall(
        "ai-sdk",
        "AI SDK",
        ("@ai-sdk/huggingface", "@browser-ai/transformers-js", "@built-in-ai/transformers-js"),
        ("huggingface", "transformersJS"),
        0,
    ),
    ScriptCall("kokoro-js", "kokoro-js", (), (".fromPretrained",), 0),
)
"""Calls of JavaScript and TypeScript."""
