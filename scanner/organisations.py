"""Organisations of the Hub that everybody knows: by them an id is known, and imitated.

An organisation that is listed is never called similar to another one, so only names may stand here that are
known to belong to whom they seem to belong to.
"""

from __future__ import annotations

# fmt: off
ORGANISATIONS = frozenset(
    {
        "01-ai", "ai-forever", "ai21labs", "ai4bharat", "AIDC-AI", "Alibaba-NLP", "alibaba-pai", "allenai",
        "amazon", "answerdotai", "anthracite-org", "apple", "arcee-ai", "ArliAI", "autogluon", "BAAI",
        "baichuan-inc", "baidu", "bartowski", "bigcode", "bigscience", "black-forest-labs", "briaai",
        "ByteDance", "ByteDance-Seed", "cagliostrolab", "cardiffnlp", "cerebras", "CohereForAI", "CohereLabs",
        "Comfy-Org", "CompVis", "coqui", "cross-encoder", "databricks", "DeepFloyd", "deepseek-ai", "deepset",
        "distil-whisper", "distilbert", "dslim", "dunzhang", "EleutherAI", "emilyalsentzer", "emozilla",
        "espnet", "facebook", "FacebookAI", "fal", "fastai", "FinGPT", "fishaudio", "flair", "fnlp",
        "FunAudioLLM", "gaianet", "genmo", "google", "google-bert", "google-t5", "gradientai", "gradio",
        "h2oai", "h94", "Helsinki-NLP", "hexgrad", "hfl", "hpcai-tech", "huggingface", "huggingface-course",
        "huggingface-projects", "HuggingFaceBR4", "HuggingFaceFV", "HuggingFaceFW", "HuggingFaceH4",
        "huggingfacejs", "HuggingFaceM4", "HuggingFaceTB", "huggyllama", "ibm", "ibm-granite",
        "ibm-nasa-geospatial", "IDEA-CCNL", "IDEA-Research", "impira", "InstantX", "instructlab", "Intel",
        "internlm", "intfloat", "jinaai", "jonatasgrosman", "kakaobrain", "KBLab", "Kijai", "kyutai", "laion",
        "latitudegames", "LGAI-EXAONE", "lightonai", "Lightricks", "LiquidAI", "liuhaotian", "llava-hf",
        "lllyasviel", "lmms-lab", "lmstudio-community", "lmsys", "madebyollin", "MaziyarPanahi", "meta-llama",
        "microsoft", "MiniMaxAI", "mistral-community", "mistralai", "MIT", "mixedbread-ai", "mlabonne",
        "mlx-community", "moonshotai", "mosaicml", "myshell-ai", "nari-labs", "naver", "neuralmagic",
        "NexaAIDev", "nlpaueb", "nlpconnect", "nlptown", "nomic-ai", "NousResearch", "numind", "nvidia",
        "OFA-Sys", "onnx-community", "onnxmodelzoo", "Open-Orca", "openai", "openai-community",
        "OpenAssistant", "openbmb", "openchat", "OpenGVLab", "openlm-research", "optimum", "osunlp",
        "PaddlePaddle", "parler-tts", "patrickjohncyh", "PixArt-alpha", "playgroundai", "prajjwal1",
        "princeton-nlp", "ProsusAI", "pszemraj", "pyannote", "Qwen", "RedHatAI", "rednote-hilab", "replit",
        "runwayml", "RWKV", "SakanaAI", "Salesforce", "SamLowe", "sberbank-ai", "sdadas", "segmind",
        "sentence-transformers", "ServiceNow", "ServiceNow-AI", "sesame", "setfit", "Skywork", "smallcloudai",
        "Snowflake", "spacy", "speechbrain", "stabilityai", "StanfordAIMI", "stanfordnlp", "state-spaces",
        "stepfun-ai", "suno", "SWivid", "syscv-community", "teknium", "tencent", "tencent-hunyuan",
        "TencentARC", "TheBloke", "thenlper", "THUDM", "tiiuae", "timbrooks", "timm", "TinyLlama",
        "togethercomputer", "transformers-community", "trl-lib", "unsloth", "unstructuredio", "upstage",
        "valhalla", "vennify", "vikhyatk", "vinai", "voidful", "Wan-AI", "WhereIsAI", "WizardLM",
        "WizardLMTeam", "xai-org", "Xenova", "XiaomiMiMo", "XLabs-AI", "xlnet", "yiyanghkust", "zai-org",
        "zed-industries",
    }
)
"""Name spaces, as the Hub writes them."""
# fmt: on
