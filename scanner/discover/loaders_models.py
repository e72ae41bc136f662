"""Rows of the table of loaders: transformers, diffusers, sentence-transformers, and their like."""

from __future__ import annotations

from scanner.discover.loader import Argument, Loader, Prefix

_TF = (
    "transformers",
    "adapters",
    "optimum",
    "auto_gptq",
    "awq",
    "gptqmodel",
    "intel_extension_for_transformers",
)
_MODEL = ("pretrained_model_name_or_path", "model_name_or_path", "model_id", "model_name", "repo_id", "model")
_ANY_MODEL = (*_MODEL, "pretrained_model_or_path", "model_path_or_repo_id", "checkpoint", "path", "model_dir")
_FILE = ("filename", "subfolder", "weight_name", "gguf_file", "allow_patterns", "variant_file")
_CODE = "trust_remote_code"


def _id(position: int | None, *names: str, objects: bool = False) -> Argument:
    return Argument(position, names, objects=objects)


def _unpinnable(position: int | None, *names: str) -> Argument:
    return Argument(position, names, revision=())


_FIRST = (_id(0, *_ANY_MODEL),)
_PIPELINE = (
    _id(1, "model", objects=True),
    _id(2, "config", objects=True),
    _id(3, "tokenizer", objects=True),
    _id(4, "feature_extractor", objects=True),
    _id(5, "image_processor", objects=True),
    _id(6, "processor", objects=True),
    _id(None, "assistant_model", objects=True),
)

MODELS: tuple[Loader, ...] = (
    # transformers and what is built like it
    Loader("peft.from_pretrained", "peft",
        "Peft*Model|PeftModel*|PeftMixedModel*|LoraModel*.from_pretrained", (_id(1, "model_id"),), ("peft",),
        files=_FILE),
    Loader("transformers.pipeline", "transformers", "pipeline", _PIPELINE, ("transformers", "optimum"),
        "name", switch=_CODE, options=("model_kwargs",)),
    Loader("diffusers.from_pretrained", "diffusers",
        "*Pipeline|AutoPipeline*|UNet*|Autoencoder*|*Scheduler|ControlNet*"
        "|*Transformer2DModel|T2IAdapter*|MotionAdapter|FlowMatch*" "|DiffusionPipeline*.from_pretrained",
        (_id(0, "pretrained_model_name_or_path", "pretrained_model_or_path", "repo_id"),
        Argument(None, ("custom_pipeline",), ("custom_revision",))), ("diffusers", "optimum", "nunchaku"),
        switch=_CODE, files=_FILE),
    Loader("llama_cpp.from_pretrained", "llama-cpp-python", "Llama.from_pretrained",
        (_unpinnable(0, "repo_id"),), ("llama_cpp",), files=(1, "filename", "additional_files")),
    Loader("llama_cpp.LlamaHFTokenizer", "llama-cpp-python", "LlamaHFTokenizer.from_pretrained",
        (_unpinnable(0, "hf_tokenizer_path"),), ("llama_cpp",)),
    Loader("ctransformers.from_pretrained", "ctransformers",
        "AutoModel*|AutoConfig|AutoTokenizer.from_pretrained", (_id(0, "model_path_or_repo_id"),),
        ("ctransformers",), "import", files=("model_file",)),
    Loader("pyannote.from_pretrained", "pyannote.audio", "Pipeline|Model|Inference.from_pretrained",
        (Argument(0, ("checkpoint", "checkpoint_path")),), ("pyannote",), "import",
        prefixes=(Prefix("", at_revision=True),), files=("subfolder",)),
    Loader("pyannote.Inference", "pyannote.audio", "Inference|PretrainedSpeakerEmbedding",
        (Argument(0, ("model", "embedding"), objects=True),), ("pyannote",), "import",
        prefixes=(Prefix("", at_revision=True),)),
    Loader("model2vec.from_pretrained", "model2vec", "StaticModel*.from_pretrained",
        (_unpinnable(0, "path"),), ("model2vec",), files=("subfolder",)),
    Loader("model2vec.distill", "model2vec", "distill", (_unpinnable(0, "model_name"),), ("model2vec",),
        "import", switch=_CODE),
    Loader("nemo.from_pretrained", "NeMo", "*.from_pretrained", (_unpinnable(0, "model_name"),), ("nemo",),
        "import", one_segment=False),
    Loader("unsloth.from_pretrained", "unsloth", "Fast*.from_pretrained",
        (_id(0, "model_name"), _unpinnable(None, "tokenizer_name")), ("unsloth",), switch=_CODE),
    Loader("openvino.from_pretrained", "optimum", "OV*|ORT*|INC*|Neuron*|Gaudi*.from_pretrained", _FIRST,
        ("optimum",), switch=_CODE, files=(*_FILE, "file_name")),
    Loader("sentence_transformers.modules", "sentence-transformers",
        "Transformer|CLIPModel|SparseStaticEmbedding", (_unpinnable(0, "model_name_or_path"),),
        ("sentence_transformers",), "import"),
    Loader("sentence_transformers.load", "sentence-transformers",
        "Dense|Pooling|StaticEmbedding|MLMTransformer.from_pretrained", _FIRST, ("sentence_transformers",),
        "import"),
    Loader("transformers.from_pretrained", "transformers and libraries of its form", "*.from_pretrained",
        (Argument(0, _ANY_MODEL, ("revision", "code_revision")),), _TF, switch=_CODE, files=_FILE),
    Loader("transformers.get_config_dict", "transformers", "*.get_config_dict", _FIRST, _TF, "import"),
    Loader("transformers.load_config", "diffusers", "*.load_config", _FIRST, ("diffusers",), "import",
        files=_FILE),
    Loader("transformers.cached_file", "transformers", "cached_file", (_id(0, "path_or_repo_id"),),
        ("transformers",), "name", files=(1, "filename", "subfolder")),
    Loader("transformers.load_adapter", "transformers, peft, adapters", "*.load_adapter",
        (_id(0, "model_id", "peft_model_id", "adapter_name_or_path", "lora_path"),), (*_TF, "peft"),
        quiet=True),
    Loader("transformers.load_tool", "transformers", "load_tool", (_id(0, "task_or_repo_id", "repo_id"),),
        ("transformers", "smolagents"), "name", "space", always_code=True),
    Loader("transformers.generate", "transformers", "*.generate", (_unpinnable(None, "custom_generate"),),
        ("transformers",), switch=_CODE, quiet=True),
    # diffusers
    Loader("diffusers.from_single_file", "diffusers", "*.from_single_file",
        (_id(0, "pretrained_model_link_or_path", "pretrained_model_link_or_path_or_dict"),
        _id(None, "config", objects=True)), ("diffusers",), files=("subfolder",)),
    Loader("diffusers.load_lora_weights", "diffusers", "*.load_lora_weights",
        (_id(0, "pretrained_model_name_or_path_or_dict"),), ("diffusers",), files=_FILE),
    Loader("diffusers.load_ip_adapter", "diffusers", "*.load_ip_adapter",
        (_id(0, "pretrained_model_name_or_path_or_dict"),
        _unpinnable(None, "image_encoder_pretrained_model_name_or_path")), ("diffusers",), files=_FILE),
    Loader("diffusers.load_textual_inversion", "diffusers", "*.load_textual_inversion",
        (_id(0, "pretrained_model_name_or_path"),), ("diffusers",), files=_FILE),
    Loader("diffusers.load_lora", "diffusers", "*.lora_state_dict|load_attn_procs",
        (_id(0, "pretrained_model_name_or_path_or_dict", "pretrained_model_name_or_path"),), ("diffusers",),
        files=_FILE),
    # sentence-transformers
    Loader("sentence_transformers.SentenceTransformer", "sentence-transformers", "SentenceTransformer",
        (_id(0, "model_name_or_path"),), ("sentence_transformers",), namespace="sentence-transformers",
        switch=_CODE),
    Loader("sentence_transformers.CrossEncoder", "sentence-transformers", "CrossEncoder",
        (_id(0, "model_name", "model_name_or_path"),), ("sentence_transformers",), switch=_CODE),
    Loader("sentence_transformers.SparseEncoder", "sentence-transformers", "SparseEncoder",
        (_id(0, "model_name_or_path"),), ("sentence_transformers",), switch=_CODE),
    # peft, trl, setfit and other trainers
    Loader("peft.LoraConfig", "peft", "*Config",
        (Argument(None, ("base_model_name_or_path",), ("revision",)),), ("peft",), "import"),
    Loader("trl.trainer", "trl", "*Trainer", (Argument(0, ("model",), (), objects=True),
        Argument(None, ("ref_model", "reward_model"), (), objects=True),
        Argument(1, ("reward_funcs",), (), objects=True)), ("trl",), "import"),
    Loader("trl.ModelConfig", "trl", "ModelConfig",
        (Argument(0, ("model_name_or_path",), ("model_revision",)),), ("trl",), "import", switch=_CODE),
    Loader("setfit.SetFitModel", "setfit", "SetFitModel", _FIRST, ("setfit",), switch=_CODE),
)  # fmt: skip
