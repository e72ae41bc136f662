"""Rows of the table of loaders: servers, frameworks, other libraries, other stores."""

from __future__ import annotations

from scanner.discover.loader import Argument, Loader, Prefix

_MODEL = ("pretrained_model_name_or_path", "model_name_or_path", "model_id", "model_name", "repo_id", "model")
_ANY_MODEL = (*_MODEL, "pretrained_model_or_path", "model_path_or_repo_id", "checkpoint", "path", "model_dir")
_CODE = "trust_remote_code"
_HF_HUB = (Prefix("hf-hub:", at_revision=True), Prefix("hf_hub:", at_revision=True))
_WHISPER = {
    size: f"Systran/faster-whisper-{size}"
    for size in (
        "tiny",
        "tiny.en",
        "base",
        "base.en",
        "small",
        "small.en",
        "medium",
        "medium.en",
        "large-v1",
        "large-v2",
        "large-v3",
    )
}
_GRADIO = (Prefix("models/", "model"), Prefix("huggingface/", "model"), Prefix("spaces/", "space"))


def _id(position: int | None, *names: str, objects: bool = False) -> Argument:
    return Argument(position, names, objects=objects)


def _unpinnable(position: int | None, *names: str) -> Argument:
    return Argument(position, names, revision=())


_FIRST = (_id(0, *_ANY_MODEL),)
_FIRST_FIXED = (_unpinnable(0, *_ANY_MODEL),)
_VLLM = (
    _id(0, "model"),
    Argument(1, ("tokenizer",), ("tokenizer_revision",), objects=True),
    _unpinnable(None, "speculative_model", "hf_config_path"),
)

MORE: tuple[Loader, ...] = (
    # servers and clients
    Loader("vllm.LLM", "vllm", "LLM", _VLLM, ("vllm",), "name", switch=_CODE),
    *(
        Loader(f"vllm.{name}", "vllm", name, _VLLM, ("vllm",), switch=_CODE)
        for name in (
            "EngineArgs", "AsyncEngineArgs",
        )
    ),
    Loader("vllm.LoRARequest", "vllm", "LoRARequest", (_unpinnable(2, "lora_path", "lora_local_path"),),
        ("vllm",)),
    Loader("sglang.Engine", "sglang", "Engine|Runtime",
        (_id(None, "model_path"), Argument(None, ("tokenizer_path",), ())), ("sglang",), "import",
        switch=_CODE),
    Loader("lmdeploy.pipeline", "lmdeploy", "pipeline", (_unpinnable(0, "model_path"),), ("lmdeploy",),
        "import", switch=_CODE),
    Loader("litgpt.LLM", "litgpt", "LLM.load", (_unpinnable(0, "model"), _unpinnable(None, "tokenizer_dir")),
        ("litgpt",), "import", one_segment=False),
    Loader("tensorrt_llm.LLM", "tensorrt-llm", "LLM", (_id(0, "model"),), ("tensorrt_llm",), "import",
        switch=_CODE),
    # frameworks
    Loader("langchain.HuggingFacePipeline", "langchain", "HuggingFacePipeline.from_model_id",
        (_unpinnable(0, "model_id"),), ("langchain_huggingface", "langchain_community", "langchain"),
        switch=_CODE, options=("model_kwargs",)),
    *(
        Loader(f"langchain.{name}", "langchain", name, (_unpinnable(None, "model_name", "model"),),
            ("langchain_huggingface", "langchain_community", "langchain"), switch=_CODE,
            namespace="sentence-transformers", options=("model_kwargs",))
        for name in (
            "HuggingFaceEmbeddings", "HuggingFaceInstructEmbeddings", "HuggingFaceBgeEmbeddings",
            "SentenceTransformerEmbeddings",
        )
    ),
    *(
        Loader(f"langchain.{name}", "langchain", name, (_unpinnable(None, "repo_id", "model_id", "model"),),
            ("langchain_huggingface", "langchain_community", "langchain"))
        for name in (
            "HuggingFaceEndpoint", "HuggingFaceHub", "HuggingFaceEndpointEmbeddings",
            "HuggingFaceHubEmbeddings", "ChatHuggingFace",
        )
    ),
    Loader("langchain.HuggingFaceCrossEncoder", "langchain", "HuggingFaceCrossEncoder",
        (_unpinnable(None, "model_name"),), ("langchain_community", "langchain"), options=("model_kwargs",)),
    Loader("langchain.HuggingFaceInferenceAPIEmbeddings", "langchain", "HuggingFaceInferenceAPIEmbeddings",
        (_unpinnable(None, "model_name"),), ("langchain_community", "langchain")),
    Loader("langchain.VLLM", "langchain", "VLLM", (_unpinnable(None, "model"),), ("langchain_community",),
        "import"),
    Loader("langchain.HuggingFaceDatasetLoader", "langchain", "HuggingFaceDatasetLoader",
        (_unpinnable(0, "path"),), ("langchain_community", "langchain"), repo_type="dataset"),
    *(
        Loader(f"llama_index.{name}", "llama-index", name,
            (_unpinnable(0, "model_name", "model"), _unpinnable(None, "tokenizer_name")), ("llama_index",),
            switch=_CODE, options=("model_kwargs",))
        for name in (
            "HuggingFaceEmbedding", "HuggingFaceLLM", "HuggingFaceInferenceAPI", "OptimumEmbedding",
            "HuggingFaceInferenceAPIEmbedding", "InstructorEmbedding",
        )
    ),
    Loader("llama_index.SentenceTransformerRerank", "llama-index", "SentenceTransformerRerank",
        (_unpinnable(None, "model"),), ("llama_index",)),
    Loader("llama_index.ColbertRerank", "llama-index", "ColbertRerank|FlagEmbeddingReranker",
        (_unpinnable(None, "model", "tokenizer"),), ("llama_index",)),
    *(
        Loader(f"haystack.{name}", "haystack", name, (_unpinnable(0, "model", "model_name_or_path"),),
            ("haystack", "haystack_integrations"), "import", switch=_CODE,
            options=("huggingface_pipeline_kwargs",))
        for name in (
            "SentenceTransformersTextEmbedder", "SentenceTransformersDocumentEmbedder",
            "SentenceTransformersSimilarityRanker", "TransformersSimilarityRanker",
            "SentenceTransformersDiversityRanker", "HuggingFaceLocalGenerator",
            "HuggingFaceLocalChatGenerator", "ExtractiveReader", "FARMReader", "TransformersReader",
            "NamedEntityExtractor", "TransformersTextRouter", "TransformersZeroShotTextRouter",
            "FastembedTextEmbedder", "FastembedDocumentEmbedder",
        )
    ),
    Loader("bertopic.BERTopic", "bertopic", "BERTopic",
        (Argument(None, ("embedding_model",), (), objects=True),), ("bertopic",),
        namespace="sentence-transformers"),
    Loader("keybert.KeyBERT", "keybert", "KeyBERT", (Argument(0, ("model",), (), objects=True),),
        ("keybert",), namespace="sentence-transformers"),
    Loader("bertopic.load", "bertopic", "BERTopic.load", (_unpinnable(0, "path"),), ("bertopic",),
        one_segment=False),
    Loader("chromadb.embedding", "chromadb", "SentenceTransformerEmbeddingFunction",
        (_unpinnable(0, "model_name"),), ("chromadb",), namespace="sentence-transformers"),
    Loader("chromadb.huggingface", "chromadb", "HuggingFaceEmbeddingFunction",
        (_unpinnable(None, "model_name"),), ("chromadb",)),
    Loader("smolagents.from_hub", "smolagents", "Tool|*Agent|MultiStepAgent.from_hub", (_id(0, "repo_id"),),
        ("smolagents", "transformers"), "name", "space", switch=_CODE),
    Loader("smolagents.from_space", "smolagents", "Tool.from_space", (_unpinnable(0, "space_id"),),
        ("smolagents", "transformers"), "anywhere", "space"),
    *(
        Loader(f"smolagents.{name}", "smolagents", name, (_unpinnable(0, "model_id"),), ("smolagents",),
            "import", switch=_CODE)
        for name in (
            "TransformersModel", "HfApiModel", "InferenceClientModel", "VLLMModel", "MLXModel",
        )
    ),
    Loader("kernels.get_kernel", "kernels", "get_kernel", (_id(0, "repo_id"),), ("kernels",), "name",
        "kernel", always_code=True),
    Loader("kernels.has_kernel", "kernels", "has_kernel|get_locked_kernel|load_kernel", (_id(0, "repo_id"),),
        ("kernels",), "import", "kernel", always_code=True),
    Loader("kernels.LayerRepository", "kernels", "LayerRepository|FuncRepository", (_id(0, "repo_id"),),
        ("kernels",), "anywhere", "kernel", always_code=True),
    Loader("gradio.load", "gradio", "load", (_unpinnable(0, "name"),), ("gradio",), "import",
        prefixes=(*_GRADIO, Prefix("")), one_segment=False),
    Loader("gradio_client.Client", "gradio", "Client", (_unpinnable(0, "src", "space"),), ("gradio_client",),
        "import", "space"),
    # other libraries
    Loader("timm.create_model", "timm", "create_model", (_unpinnable(0, "model_name"),), ("timm",), "name",
        prefixes=_HF_HUB, needs_prefix=True, quiet=True),
    Loader("open_clip.create", "open_clip",
        "create_model_and_transforms|create_model_from_pretrained|create_model" "|get_tokenizer",
        (_unpinnable(0, "model_name"),), ("open_clip",), "import", prefixes=(Prefix("hf-hub:"),),
        needs_prefix=True, quiet=True),
    Loader("keras.load_model", "keras", "load_model", (_unpinnable(0, "filepath"),),
        ("keras", "tensorflow", "tf_keras"), "name", prefixes=(Prefix("hf://"),), needs_prefix=True,
        quiet=True),
    Loader("keras_hub.from_preset", "keras-hub", "*.from_preset", (_unpinnable(0, "preset"),),
        ("keras_hub", "keras_nlp", "keras_cv"),
        prefixes=(Prefix("hf://"), Prefix("kaggle://", "other", store="kaggle")), needs_prefix=True,
        quiet=True),
    Loader("flair.load", "flair", "*.load", (_unpinnable(0, "model_path", "model_name"),), ("flair",),
        "import", one_segment=False),
    Loader("flair.embeddings", "flair", "Transformer*Embeddings", (_unpinnable(0, "model", "embeddings"),),
        ("flair",)),
    Loader("speechbrain.from_hparams", "speechbrain", "*.from_hparams", (_id(None, "source"),),
        ("speechbrain",), always_code=True),
    Loader("speechbrain.foreign_class", "speechbrain", "foreign_class", (_unpinnable(0, "source"),),
        ("speechbrain",), always_code=True),
    Loader("mlx_lm.load", "mlx-lm", "load",
        (_id(0, "path_or_hf_repo"), Argument(None, ("adapter_path",), ())),
        ("mlx_lm", "mlx_vlm", "mlx_audio", "mlx_embeddings"), "import", switch=_CODE,
        options=("tokenizer_config",)),
    Loader("mlx_whisper.transcribe", "mlx-whisper", "transcribe", (_unpinnable(None, "path_or_hf_repo"),),
        ("mlx_whisper",), "name", quiet=True),
    Loader("faster_whisper.WhisperModel", "faster-whisper", "WhisperModel", (_id(0, "model_size_or_path"),),
        ("faster_whisper",), aliases=_WHISPER),
    Loader("whisperx.load_align_model", "whisperx", "load_align_model", (_unpinnable(None, "model_name"),),
        ("whisperx",), quiet=True),
    Loader("fastembed.embedding", "fastembed",
        "TextEmbedding|SparseTextEmbedding|LateInteractionTextEmbedding|ImageEmbedding" "|TextCrossEncoder",
        (_unpinnable(0, "model_name"),), ("fastembed",), "import"),
    Loader("FlagEmbedding.load", "FlagEmbedding",
        "BGEM3FlagModel|FlagModel|FlagReranker|FlagLLMReranker|LayerWiseFlagLLMReranker" "|FlagLLMModel",
        (_unpinnable(0, "model_name_or_path"),), ("FlagEmbedding",), switch=_CODE),
    Loader("FlagEmbedding.from_finetuned", "FlagEmbedding", "FlagAuto*.from_finetuned",
        (_unpinnable(0, "model_name_or_path"),), ("FlagEmbedding",), switch=_CODE),
    Loader("ctranslate2.convert", "ctranslate2", "TransformersConverter", (_id(0, "model_name_or_path"),),
        ("ctranslate2",), switch=_CODE),
    Loader("simpletransformers", "simpletransformers", "*Model", (_unpinnable(1, "model_name"),),
        ("simpletransformers",), "import"),
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
    Loader("InstructorEmbedding", "InstructorEmbedding", "INSTRUCTOR",
        (_unpinnable(0, "model_name_or_path"),), ("InstructorEmbedding",)),
    Loader("lm_eval.HFLM", "lm-eval", "HFLM", (_id(0, "pretrained", objects=True),), ("lm_eval",),
        switch=_CODE),
    # other stores
    Loader("torch.hub.load", "torch", "hub.load", (_unpinnable(0, "repo_or_dir"),), ("torch",), "name",
        "other", store="torch-hub", always_code=True),
    Loader("torch.hub.url", "torch", "load_state_dict_from_url|load_url", (_unpinnable(0, "url"),),
        ("torch", "torchvision", "timm"), "anywhere", "other", store="url", quiet=True),
    Loader("torch.hub.download", "torch", "download_url_to_file", (_unpinnable(0, "url"),), ("torch",),
        "import", "other", store="url", quiet=True),
    Loader("kagglehub.model_download", "kagglehub", "model_download", (_unpinnable(0, "handle"),),
        ("kagglehub",), "anywhere", "other", store="kaggle"),
    Loader("kagglehub.dataset_download", "kagglehub", "dataset_download", (_unpinnable(0, "handle"),),
        ("kagglehub",), "anywhere", "other", store="kaggle"),
    Loader("tensorflow_hub", "tensorflow-hub", "load|KerasLayer|resolve", (_unpinnable(0, "handle"),),
        ("tensorflow_hub",), "import", "other", store="url"),
    Loader("mlflow.load_model", "mlflow", "load_model", (_unpinnable(0, "model_uri"),), ("mlflow",),
        "import", "other", store="mlflow"),
    Loader("modelscope.snapshot_download", "modelscope", "snapshot_download|dataset_snapshot_download",
        (_unpinnable(0, "model_id"),), ("modelscope",), "import", "other", store="modelscope"),
    Loader("wandb.artifact", "wandb", "use_artifact", (_unpinnable(0, "artifact_or_name"),), ("wandb",),
        "import", "other", store="wandb", quiet=True),
)  # fmt: skip
