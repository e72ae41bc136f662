"""Words around keys and commands that decide what those mean: data."""

from __future__ import annotations

import re


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TARGETS = re.compile(
    r"(?:^|_)(?:hub_model_id|hub_dataset_id|push_to|upload|output|target|save|saved|export|served|dest|destination"
    r"|wandb|project|image|container|docker|s3|bucket_name|bedrock|openai|anthropic|azure|gemini|ollama|github|git"
    r"|alias|mlx_path|display|title|label|description)(?:_|$)"
)
"""Keys that say where something goes to, or that speak of another service: their values are no references."""

ALLOWED_TARGETS = frozenset({"target_model_name_or_path", "target_model", "target_tokenizer"})

TRANSPARENT = frozenset(_words("""default value enum choices options example values const examples"""))
"""Keys that only say of their parent which values it has (schemas, inputs of actions, sweeps)."""

CONTEXT = re.compile(
    r"model|tokenizer|llm|embed|rerank|dataset|lora|adapter|checkpoint|hugging|(?:^|_)hf(?:_|$)|vae|unet|controlnet"
    r"|processor|encoder|backbone|pretrained|transformer|diffus|whisper|(?:^|_)vlm|weights"
)
"""Keys around a ``context`` key that make it one that names a model."""

DATASET_CONTEXT = re.compile(r"dataset|^data$|^corpus$|pretraining_data|(?:^|_)data(?:_|$)")

REMOTE_CODE_KEYS = ("trust_remote_code", "allow_remote_code", "trust_remote")

COMMAND_KEYS = frozenset(
    _words(
        """command args entrypoint cmd extra_args extraargs run script scripts before_script after_script
        arguments commands vllm_extra_args engine_args exec postcreatecommand post_create_command setup
        container_args install build start shell program_args bash build_command start_command"""
    )
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

HOSTED_SERVERS = re.compile(
    r"openai\.com|openrouter\.ai|together\.(?:xyz|ai)|anthropic\.com|deepinfra\.com|fireworks\.ai|groq\.com|mistral\.ai"
    r"|api\.nvidia\.com|googleapis\.com|replicate\.com|cohere\.(?:ai|com)|azure\.com|novita\.ai|siliconflow"
)
"""Servers of hosted models: what is asked of them is loaded from nowhere."""

PROGRAMS = re.compile(
    r"(?:.*/)?(?:python[\d.]*|bash|sh|zsh|uv|uvx|poetry|torchrun|accelerate|deepspeed|docker|podman|nerdctl|srun|sbatch|make|just|node|npx|bun"
    r"|cargo|ollama|llm|modal|sky|ray|nohup|time|sudo|env|singularity|apptainer|CUDA_VISIBLE_DEVICES=.*|[\w-]+\.(?:py|sh|js|ts|mjs))"
    r"|\./\S+|\$\{?PYTHON\}?"
)
"""First words of commands whose bare arguments may be ids under a well-known namespace."""

WEB_KEYS = frozenset(_words("""uses image extends author license homepage bugs email $schema type engines"""))
"""Keys whose value, and whatever is below, names no model."""

MANIFESTS = frozenset(
    _words(
        """package-lock.json npm-shrinkwrap.json package.json composer.json composer.lock uv.lock
        poetry.lock pdm.lock pixi.lock cargo.lock pnpm-lock.yaml yarn.lock gemfile.lock go.sum
        flake.lock bun.lock tokenizer.json vocab.json merges.txt added_tokens.json
        special_tokens_map.json .pre-commit-config.yaml tsconfig.json renovate.json .prettierrc.json
        dependabot.yml mkdocs.yml codecov.yml .eslintrc.json deno.lock conda-lock.yml"""
    )
)
"""Files of which only the addresses are searched: their keys name packages, tokens or tools."""
