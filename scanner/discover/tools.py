"""Commands of the shell that name repositories: data.

One row says where the id stands, which flag holds the revision and which one allows remote code. The rows
follow the tools' own documentation; a page of the documentation is made of them, of the keys
(:mod:`scanner.discover.keytable`) and of the calls (:mod:`scanner.discover.scriptcalls`).
"""

from __future__ import annotations

from dataclasses import dataclass

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

_HF_SWITCHES = ("--quiet", "--force-download", "--resume-download", "-q", "--dry-run")

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
"""Commands, by their first words; ``docker run``, ``python -m`` or ``accelerate launch`` may stand before."""

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
