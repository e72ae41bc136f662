"""The table of Python loaders, one row a loader; the first row that fits a call is the one that counts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
_HUB = ("huggingface_hub",)
_MODEL = ("pretrained_model_name_or_path", "model_name_or_path", "model_id", "model_name", "repo_id", "model")
_ANY_MODEL = (*_MODEL, "pretrained_model_or_path", "model_path_or_repo_id", "checkpoint", "path", "model_dir")
_FILE = ("filename", "subfolder", "weight_name", "gguf_file", "allow_patterns", "variant_file")
_CODE = "trust_remote_code"

_HF = Prefix("hf://", at_revision=True)
_HF_HUB = (Prefix("hf-hub:", at_revision=True), Prefix("hf_hub:", at_revision=True))
_TYPED = (
    Prefix("hf://datasets/", "dataset", at_revision=True),
    Prefix("hf://spaces/", "space", at_revision=True),
    _HF,
    Prefix("datasets/", "dataset", at_revision=True),
    Prefix("spaces/", "space", at_revision=True),
    Prefix("", at_revision=True),
)
_WHISPER = {
    size: f"Systran/faster-whisper-{size}"
    for size in ("tiny", "tiny.en", "base", "base.en", "small", "small.en", "medium", "medium.en", "large-v1",
                 "large-v2", "large-v3")
}  # fmt: skip
_GRADIO = (Prefix("models/", "model"), Prefix("huggingface/", "model"), Prefix("spaces/", "space"))


def _id(position: int | None, *names: str, objects: bool = False) -> Argument:
    return Argument(position, names, objects=objects)


def _unpinnable(position: int | None, *names: str) -> Argument:
    return Argument(position, names, revision=())


_FIRST = (_id(0, *_ANY_MODEL),)
_FIRST_FIXED = (_unpinnable(0, *_ANY_MODEL),)
_REPO = (_id(0, "repo_id", "repo", "id"),)
_VLLM = (
    _id(0, "model"),
    Argument(1, ("tokenizer",), ("tokenizer_revision",), objects=True),
    _unpinnable(None, "speculative_model", "hf_config_path"),
)
_PIPELINE = (
    _id(1, "model", objects=True),
    _id(2, "config", objects=True),
    _id(3, "tokenizer", objects=True),
    _id(4, "feature_extractor", objects=True),
    _id(5, "image_processor", objects=True),
    _id(6, "processor", objects=True),
    _id(None, "assistant_model", objects=True),
)

_ROWS = (
    # transformers and what is built like it
    Loader(
        "peft.from_pretrained", "peft", "Peft*Model|PeftModel*|PeftMixedModel*|LoraModel*.from_pretrained",
        (_id(1, "model_id"),), ("peft",), files=_FILE,
    ),
    Loader(
        "transformers.pipeline", "transformers", "pipeline", _PIPELINE, ("transformers", "optimum"),
        "name", switch=_CODE, options=("model_kwargs",),
    ),
    Loader(
        "diffusers.from_pretrained", "diffusers",
        "*Pipeline|AutoPipeline*|UNet*|Autoencoder*|*Scheduler|ControlNet*|*Transformer2DModel|T2IAdapter*"
        "|MotionAdapter|FlowMatch*|DiffusionPipeline*.from_pretrained",
        (_id(0, "pretrained_model_name_or_path", "pretrained_model_or_path", "repo_id"),
         Argument(None, ("custom_pipeline",), ("custom_revision",))),
        ("diffusers", "optimum", "nunchaku"), switch=_CODE, files=_FILE,
    ),
    Loader(
        "llama_cpp.from_pretrained", "llama-cpp-python", "Llama.from_pretrained", (_unpinnable(0, "repo_id"),),
        ("llama_cpp",), files=(1, "filename", "additional_files"),
    ),
    Loader(
        "llama_cpp.LlamaHFTokenizer", "llama-cpp-python", "LlamaHFTokenizer.from_pretrained",
        (_unpinnable(0, "hf_tokenizer_path"),), ("llama_cpp",),
    ),
    Loader(
        "ctransformers.from_pretrained", "ctransformers", "AutoModel*|AutoConfig|AutoTokenizer.from_pretrained",
        (_id(0, "model_path_or_repo_id"),), ("ctransformers",), "import", files=("model_file",),
    ),
    Loader(
        "pyannote.from_pretrained", "pyannote.audio", "Pipeline|Model|Inference.from_pretrained",
        (Argument(0, ("checkpoint", "checkpoint_path")),), ("pyannote",), "import",
        prefixes=(Prefix("", at_revision=True),), files=("subfolder",),
    ),
    Loader(
        "pyannote.Inference", "pyannote.audio", "Inference|PretrainedSpeakerEmbedding",
        (Argument(0, ("model", "embedding"), objects=True),), ("pyannote",), "import",
        prefixes=(Prefix("", at_revision=True),),
    ),
    Loader("model2vec.from_pretrained", "model2vec", "StaticModel*.from_pretrained",
           (_unpinnable(0, "path"),), ("model2vec",), files=("subfolder",)),
    Loader("model2vec.distill", "model2vec", "distill", (_unpinnable(0, "model_name"),), ("model2vec",), "import",
           switch=_CODE),
    Loader("nemo.from_pretrained", "NeMo", "*.from_pretrained", (_unpinnable(0, "model_name"),), ("nemo",),
           "import", one_segment=False),
    Loader("unsloth.from_pretrained", "unsloth", "Fast*.from_pretrained",
           (_id(0, "model_name"), _unpinnable(None, "tokenizer_name")), ("unsloth",), switch=_CODE),
    Loader("openvino.from_pretrained", "optimum", "OV*|ORT*|INC*|Neuron*|Gaudi*.from_pretrained", _FIRST,
           ("optimum",), switch=_CODE, files=(*_FILE, "file_name")),
    Loader("sentence_transformers.modules", "sentence-transformers", "Transformer|CLIPModel|SparseStaticEmbedding",
           (_unpinnable(0, "model_name_or_path"),), ("sentence_transformers",), "import"),
    Loader("sentence_transformers.load", "sentence-transformers", "Dense|Pooling|StaticEmbedding|MLMTransformer"
           ".from_pretrained", _FIRST, ("sentence_transformers",), "import"),
    Loader("transformers.from_pretrained", "transformers and libraries of its form", "*.from_pretrained",
           (Argument(0, _ANY_MODEL, ("revision", "code_revision")),), _TF, switch=_CODE, files=_FILE),
    Loader("transformers.get_config_dict", "transformers", "*.get_config_dict", _FIRST, _TF, "import"),
    Loader("transformers.load_config", "diffusers", "*.load_config", _FIRST, ("diffusers",), "import",
           files=_FILE),
    Loader("transformers.cached_file", "transformers", "cached_file",
           (_id(0, "path_or_repo_id"),), ("transformers",), "name", files=(1, "filename", "subfolder")),
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
    Loader("peft.LoraConfig", "peft", "*Config", (Argument(None, ("base_model_name_or_path",), ("revision",)),),
           ("peft",), "import"),
    Loader("trl.trainer", "trl", "*Trainer",
           (Argument(0, ("model",), (), objects=True), Argument(None, ("ref_model", "reward_model"), (),
            objects=True), Argument(1, ("reward_funcs",), (), objects=True)), ("trl",), "import"),
    Loader("trl.ModelConfig", "trl", "ModelConfig", (Argument(0, ("model_name_or_path",), ("model_revision",)),),
           ("trl",), "import", switch=_CODE),
    Loader("setfit.SetFitModel", "setfit", "SetFitModel", _FIRST, ("setfit",), switch=_CODE),
    # huggingface_hub
    Loader("huggingface_hub.download", "huggingface_hub", "hf_hub_download", _REPO, _HUB,
           type_keyword="repo_type", files=(1, "filename", "subfolder")),
    Loader("huggingface_hub.snapshot_download", "huggingface_hub", "snapshot_download", _REPO,
           (*_HUB, "modelscope"), type_keyword="repo_type", files=("allow_patterns",)),
    Loader("huggingface_hub.hf_hub_url", "huggingface_hub", "hf_hub_url", _REPO, _HUB,
           type_keyword="repo_type", files=(1, "filename")),
    Loader("huggingface_hub.try_to_load_from_cache", "huggingface_hub", "try_to_load_from_cache", _REPO, _HUB,
           type_keyword="repo_type", files=(1, "filename")),
    *(
        Loader(f"huggingface_hub.{name}", "huggingface_hub", name, (_id(0, "repo_id"),), _HUB, "import", kind)
        for name, kind in (("model_info", "model"), ("dataset_info", "dataset"), ("space_info", "space"))
    ),
    *(
        Loader(f"huggingface_hub.{name}", "huggingface_hub", name, (_id(0, "repo_id"),), _HUB, evidence,
               type_keyword="repo_type")
        for name, evidence in (
            ("repo_info", "import"), ("list_repo_files", "anywhere"), ("list_repo_tree", "anywhere"),
            ("list_repo_commits", "anywhere"), ("list_repo_refs", "anywhere"), ("file_exists", "import"),
            ("repo_exists", "import"), ("revision_exists", "import"), ("get_paths_info", "import"),
            ("get_safetensors_metadata", "anywhere"), ("from_pretrained_keras", "anywhere"),
            ("from_pretrained_fastai", "anywhere"), ("auth_check", "import"),
        )
    ),
    Loader("huggingface_hub.card", "huggingface_hub", "ModelCard|RepoCard.load", (_unpinnable(0, "repo_id_or_path"),),
           _HUB),
    Loader("huggingface_hub.dataset_card", "huggingface_hub", "DatasetCard.load",
           (_unpinnable(0, "repo_id_or_path"),), _HUB, repo_type="dataset"),
    Loader("huggingface_hub.space_card", "huggingface_hub", "SpaceCard.load",
           (_unpinnable(0, "repo_id_or_path"),), _HUB, repo_type="space"),
    Loader("huggingface_hub.InferenceClient", "huggingface_hub", "InferenceClient",
           (_unpinnable(0, "model", "base_url"),), _HUB),
    Loader("huggingface_hub.AsyncInferenceClient", "huggingface_hub", "AsyncInferenceClient",
           (_unpinnable(0, "model"),), _HUB),
    Loader("huggingface_hub.InferenceApi", "huggingface_hub", "InferenceApi", (_unpinnable(0, "repo_id"),), _HUB),
    *(
        Loader(f"huggingface_hub.HfFileSystem.{name}", "huggingface_hub", f"HfFileSystem.{name}",
               (_unpinnable(0, "path"),), _HUB, "import", prefixes=_TYPED, within=True)
        for name in ("open", "ls", "glob", "find", "info", "exists", "cat", "cat_file", "read_text", "get")
    ),
    # data sets
    Loader("datasets.load_dataset", "datasets", "load_dataset", (_id(0, "path"),), ("datasets",), "name",
           "dataset", prefixes=(Prefix("hf://datasets/"), Prefix("")), switch=_CODE,
           files=("data_files",), builders=True),
    Loader("datasets.load_dataset_builder", "datasets", "load_dataset_builder", (_id(0, "path"),), ("datasets",),
           "anywhere", "dataset", switch=_CODE, files=("data_files",), builders=True),
    *(
        Loader(f"datasets.{name}", "datasets", name, (_id(0, "path"),), ("datasets",), "anywhere", "dataset",
               builders=True)
        for name in ("get_dataset_config_names", "get_dataset_split_names", "get_dataset_infos",
                     "get_dataset_config_info", "get_dataset_default_config_name")
    ),
    Loader("evaluate.load", "evaluate", "load", (_id(0, "path"),), ("evaluate",), "import", "space",
           namespace="evaluate-metric", always_code=True),
    Loader("evaluate.combine", "evaluate", "combine", (_unpinnable(0, "evaluations"),), ("evaluate",), "import",
           "space", namespace="evaluate-metric", always_code=True),
    Loader("datasets.load_metric", "datasets", "load_metric", (_id(0, "path"),), ("datasets",), "import", "space",
           namespace="evaluate-metric", always_code=True),
    # servers and clients
    Loader("vllm.LLM", "vllm", "LLM", _VLLM, ("vllm",), "name", switch=_CODE),
    *(
        Loader(f"vllm.{name}", "vllm", name, _VLLM, ("vllm",), switch=_CODE)
        for name in ("EngineArgs", "AsyncEngineArgs")
    ),
    Loader("vllm.LoRARequest", "vllm", "LoRARequest", (_unpinnable(2, "lora_path", "lora_local_path"),), ("vllm",)),
    Loader("sglang.Engine", "sglang", "Engine|Runtime", (_id(None, "model_path"), Argument(None, ("tokenizer_path",),
           ())), ("sglang",), "import", switch=_CODE),
    Loader("lmdeploy.pipeline", "lmdeploy", "pipeline", (_unpinnable(0, "model_path"),), ("lmdeploy",), "import",
           switch=_CODE),
    Loader("tensorrt_llm.LLM", "tensorrt-llm", "LLM", (_id(0, "model"),), ("tensorrt_llm",), "import", switch=_CODE),
    # frameworks
    Loader("langchain.HuggingFacePipeline", "langchain", "HuggingFacePipeline.from_model_id",
           (_unpinnable(0, "model_id"),),
           ("langchain_huggingface", "langchain_community", "langchain"), switch=_CODE, options=("model_kwargs",)),
    *(
        Loader(f"langchain.{name}", "langchain", name,
               (_unpinnable(None, "model_name", "model"),),
               ("langchain_huggingface", "langchain_community", "langchain"), switch=_CODE,
               namespace="sentence-transformers", options=("model_kwargs",))
        for name in ("HuggingFaceEmbeddings", "HuggingFaceInstructEmbeddings", "HuggingFaceBgeEmbeddings",
                     "SentenceTransformerEmbeddings")
    ),
    *(
        Loader(f"langchain.{name}", "langchain", name, (_unpinnable(None, "repo_id", "model_id", "model"),),
               ("langchain_huggingface", "langchain_community", "langchain"))
        for name in ("HuggingFaceEndpoint", "HuggingFaceHub", "HuggingFaceEndpointEmbeddings",
                     "HuggingFaceHubEmbeddings", "ChatHuggingFace")
    ),
    Loader("langchain.HuggingFaceCrossEncoder", "langchain", "HuggingFaceCrossEncoder",
           (_unpinnable(None, "model_name"),), ("langchain_community", "langchain"), options=("model_kwargs",)),
    Loader("langchain.HuggingFaceInferenceAPIEmbeddings", "langchain", "HuggingFaceInferenceAPIEmbeddings",
           (_unpinnable(None, "model_name"),), ("langchain_community", "langchain")),
    Loader("langchain.VLLM", "langchain", "VLLM", (_unpinnable(None, "model"),), ("langchain_community",), "import"),
    Loader("langchain.HuggingFaceDatasetLoader", "langchain", "HuggingFaceDatasetLoader",
           (_unpinnable(0, "path"),), ("langchain_community", "langchain"), repo_type="dataset"),
    *(
        Loader(f"llama_index.{name}", "llama-index", name,
               (_unpinnable(0, "model_name", "model"), _unpinnable(None, "tokenizer_name")), ("llama_index",),
               switch=_CODE, options=("model_kwargs",))
        for name in ("HuggingFaceEmbedding", "HuggingFaceLLM", "HuggingFaceInferenceAPI", "OptimumEmbedding",
                     "HuggingFaceInferenceAPIEmbedding", "InstructorEmbedding")
    ),
    Loader("llama_index.SentenceTransformerRerank", "llama-index", "SentenceTransformerRerank",
           (_unpinnable(None, "model"),), ("llama_index",)),
    Loader("llama_index.ColbertRerank", "llama-index", "ColbertRerank|FlagEmbeddingReranker",
           (_unpinnable(None, "model", "tokenizer"),), ("llama_index",)),
    *(
        Loader(f"haystack.{name}", "haystack", name, (_unpinnable(0, "model", "model_name_or_path"),), ("haystack",
               "haystack_integrations"), evidence, switch=_CODE, options=("huggingface_pipeline_kwargs",))
        for name, evidence in (
            ("SentenceTransformersTextEmbedder", "anywhere"), ("SentenceTransformersDocumentEmbedder", "anywhere"),
            ("SentenceTransformersSimilarityRanker", "anywhere"), ("TransformersSimilarityRanker", "anywhere"),
            ("SentenceTransformersDiversityRanker", "anywhere"), ("HuggingFaceLocalGenerator", "anywhere"),
            ("HuggingFaceLocalChatGenerator", "anywhere"), ("ExtractiveReader", "import"), ("FARMReader", "anywhere"),
            ("TransformersReader", "import"), ("NamedEntityExtractor", "import"),
            ("TransformersTextRouter", "import"), ("TransformersZeroShotTextRouter", "import"),
            ("FastembedTextEmbedder", "import"), ("FastembedDocumentEmbedder", "import"),
        )
    ),
    Loader("bertopic.BERTopic", "bertopic", "BERTopic", (Argument(None, ("embedding_model",), (), objects=True),),
           ("bertopic",), namespace="sentence-transformers"),
    Loader("keybert.KeyBERT", "keybert", "KeyBERT", (Argument(0, ("model",), (), objects=True),), ("keybert",),
           namespace="sentence-transformers"),
    Loader("bertopic.load", "bertopic", "BERTopic.load", (_unpinnable(0, "path"),), ("bertopic",)),
    Loader("chromadb.embedding", "chromadb", "SentenceTransformerEmbeddingFunction",
           (_unpinnable(0, "model_name"),), ("chromadb",), namespace="sentence-transformers"),
    Loader("chromadb.huggingface", "chromadb", "HuggingFaceEmbeddingFunction", (_unpinnable(None, "model_name"),),
           ("chromadb",)),
    Loader("smolagents.from_hub", "smolagents", "Tool|*Agent|MultiStepAgent.from_hub", (_id(0, "repo_id"),),
           ("smolagents", "transformers"), "name", "space", switch=_CODE),
    Loader("smolagents.from_space", "smolagents", "Tool.from_space", (_unpinnable(0, "space_id"),),
           ("smolagents", "transformers"), "anywhere", "space"),
    *(
        Loader(f"smolagents.{name}", "smolagents", name, (_unpinnable(0, "model_id"),), ("smolagents",),
               "import", switch=_CODE)
        for name in ("TransformersModel", "HfApiModel", "InferenceClientModel", "VLLMModel", "MLXModel")
    ),
    Loader("kernels.get_kernel", "kernels", "get_kernel", (_id(0, "repo_id"),), ("kernels",), "name", "kernel",
           always_code=True),
    Loader("kernels.has_kernel", "kernels", "has_kernel|get_locked_kernel|load_kernel",
           (_id(0, "repo_id"),), ("kernels",), "import", "kernel", always_code=True),
    Loader("kernels.LayerRepository", "kernels", "LayerRepository|FuncRepository", (_id(0, "repo_id"),),
           ("kernels",), "anywhere", "kernel", always_code=True),
    Loader("gradio.load", "gradio", "load", (_unpinnable(0, "name"),), ("gradio",), "import",
           prefixes=(*_GRADIO, Prefix("")), one_segment=False),
    Loader("gradio.Interface.load", "gradio", "Interface|Blocks.load", (_unpinnable(0, "name"),), ("gradio",),
           "import", prefixes=_GRADIO, needs_prefix=True, quiet=True),
    Loader("gradio_client.Client", "gradio", "Client", (_unpinnable(0, "src", "space"),), ("gradio_client",),
           "import", "space"),
    # other libraries
    Loader("timm.create_model", "timm", "create_model", (_unpinnable(0, "model_name"),), ("timm",), "name",
           prefixes=_HF_HUB, needs_prefix=True, quiet=True),
    Loader("open_clip.create", "open_clip", "create_model_and_transforms|create_model_from_pretrained"
           "|create_model|get_tokenizer", (_unpinnable(0, "model_name"),), ("open_clip",), "import",
           prefixes=(Prefix("hf-hub:"),), needs_prefix=True, quiet=True),
    Loader("keras.load_model", "keras", "load_model", (_unpinnable(0, "filepath"),), ("keras", "tensorflow",
           "tf_keras"), "name", prefixes=(Prefix("hf://"),), needs_prefix=True, quiet=True),
    Loader("keras_hub.from_preset", "keras-hub", "*.from_preset", (_unpinnable(0, "preset"),),
           ("keras_hub", "keras_nlp", "keras_cv"), prefixes=(Prefix("hf://"), Prefix("kaggle://", "other",
           store="kaggle")), needs_prefix=True, quiet=True),
    Loader("flair.load", "flair", "*.load", (_unpinnable(0, "model_path", "model_name"),), ("flair",), "import",
           one_segment=False),
    Loader("flair.embeddings", "flair", "Transformer*Embeddings", (_unpinnable(0, "model", "embeddings"),),
           ("flair",)),
    Loader("speechbrain.from_hparams", "speechbrain", "*.from_hparams", (_id(None, "source"),), ("speechbrain",),
           always_code=True),
    Loader("speechbrain.foreign_class", "speechbrain", "foreign_class", (_unpinnable(0, "source"),),
           ("speechbrain",), always_code=True),
    Loader("mlx_lm.load", "mlx-lm", "load", (_id(0, "path_or_hf_repo"), Argument(None, ("adapter_path",), ())),
           ("mlx_lm", "mlx_vlm", "mlx_audio", "mlx_embeddings"), "import", switch=_CODE,
           options=("tokenizer_config",)),
    Loader("mlx_whisper.transcribe", "mlx-whisper", "transcribe", (_unpinnable(None, "path_or_hf_repo"),),
           ("mlx_whisper",), "name", quiet=True),
    Loader("faster_whisper.WhisperModel", "faster-whisper", "WhisperModel", (_id(0, "model_size_or_path"),),
           ("faster_whisper",), aliases=_WHISPER),
    Loader("whisperx.load_align_model", "whisperx", "load_align_model", (_unpinnable(None, "model_name"),),
           ("whisperx",), quiet=True),
    Loader("fastembed.embedding", "fastembed", "TextEmbedding|SparseTextEmbedding|LateInteractionTextEmbedding"
           "|ImageEmbedding|TextCrossEncoder", (_unpinnable(0, "model_name"),), ("fastembed",), "import"),
    Loader("FlagEmbedding.load", "FlagEmbedding", "BGEM3FlagModel|FlagModel|FlagReranker|FlagLLMReranker"
           "|LayerWiseFlagLLMReranker|FlagLLMModel", (_unpinnable(0, "model_name_or_path"),), ("FlagEmbedding",),
           switch=_CODE),
    Loader("FlagEmbedding.from_finetuned", "FlagEmbedding", "FlagAuto*.from_finetuned",
           (_unpinnable(0, "model_name_or_path"),), ("FlagEmbedding",), switch=_CODE),
    Loader("ctranslate2.convert", "ctranslate2", "TransformersConverter", (_id(0, "model_name_or_path"),),
           ("ctranslate2",), switch=_CODE),
    Loader("simpletransformers", "simpletransformers", "*Model", (_unpinnable(1, "model_name"),
           ), ("simpletransformers",), "import"),
    Loader("bert_score", "bert-score", "score|BERTScorer", (_unpinnable(None, "model_type"),),
           ("bert_score",), "import"),
    Loader("outlines.models", "outlines", "transformers|vllm|mlxlm", (_unpinnable(0, "model_name"),),
           ("outlines",), "import"),
    Loader("ragatouille.from_pretrained", "ragatouille", "RAGPretrainedModel.from_pretrained", _FIRST_FIXED,
           ("ragatouille",)),
    Loader("tokenizers.from_pretrained", "tokenizers", "Tokenizer.from_pretrained", (_id(0, "identifier"),),
           ("tokenizers",), "import"),
    Loader("transformer_lens", "transformer_lens", "HookedTransformer.from_pretrained", _FIRST,
           ("transformer_lens",), switch=_CODE),
    Loader("InstructorEmbedding", "InstructorEmbedding", "INSTRUCTOR", (_unpinnable(0, "model_name_or_path"),),
           ("InstructorEmbedding",)),
    Loader("lm_eval.HFLM", "lm-eval", "HFLM", (_id(0, "pretrained", objects=True),), ("lm_eval",), switch=_CODE),
    # other stores
    Loader("torch.hub.load", "torch", "hub.load", (_unpinnable(0, "repo_or_dir"),), ("torch",), "name",
           "other", store="torch-hub", always_code=True),
    Loader("torch.hub.url", "torch", "load_state_dict_from_url|load_url", (_unpinnable(0, "url"),),
           ("torch", "torchvision", "timm"), "anywhere", "other", store="url", quiet=True),
    Loader("torch.hub.download", "torch", "download_url_to_file", (_unpinnable(0, "url"),), ("torch",), "import",
           "other", store="url", quiet=True),
    Loader("kagglehub.model_download", "kagglehub", "model_download", (_unpinnable(0, "handle"),), ("kagglehub",),
           "anywhere", "other", store="kaggle"),
    Loader("kagglehub.dataset_download", "kagglehub", "dataset_download", (_unpinnable(0, "handle"),),
           ("kagglehub",), "anywhere", "other", store="kaggle"),
    Loader("tensorflow_hub", "tensorflow-hub", "load|KerasLayer|resolve", (_unpinnable(0, "handle"),),
           ("tensorflow_hub",), "import", "other", store="url"),
    Loader("mlflow.load_model", "mlflow", "load_model", (_unpinnable(0, "model_uri"),), ("mlflow",), "import",
           "other", store="mlflow"),
    Loader("modelscope.snapshot_download", "modelscope", "snapshot_download|dataset_snapshot_download",
           (_unpinnable(0, "model_id"),), ("modelscope",), "import", "other", store="modelscope"),
    Loader("wandb.artifact", "wandb", "use_artifact", (_unpinnable(0, "artifact_or_name"),), ("wandb",), "import",
           "other", store="wandb", quiet=True),
)  # fmt: skip

NAMED = "named-value"
"""Loader of an id that stands under a name which says what it is, where no call is seen that loads it."""

LIBRARIES = frozenset(
    [
        "accelerate",
        "altair",
        "bs4",
        "click",
        "cv2",
        "django",
        "dotenv",
        "fastapi",
        "flask",
        "google",
        "httpx",
        "hydra",
        "jax",
        "langchain",
        "matplotlib",
        "numpy",
        "omegaconf",
        "openai",
        "pandas",
        "PIL",
        "plotly",
        "pydantic",
        "pytest",
        "pytest_asyncio",
        "pytorch_lightning",
        "requests",
        "scipy",
        "seaborn",
        "sklearn",
        "streamlit",
        "tensorflow",
        "torch",
        "torchaudio",
        "torchvision",
        "tqdm",
        "typer",
        "typing_extensions",
        "uvicorn",
        "wandb",
        "yaml",
    ]
).union(*(row.roots for row in _ROWS))
"""Packages that are no part of a project: nothing of theirs is wanted."""

PYTHON: Mapping[str, Loader] = MappingProxyType({row.id: row for row in _ROWS})
