"""Words that decide whether a value is the id of a repository on the Hub: data, one set a question."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


RESERVED = _set(
    """about transformers activity admin agents amazon-sagemaker api api-inference assets auth avatars
    billing blog brand chat changelog classroom code-of-conduct coc collections community console
    contact content-guidelines content-policy context course daily_papers deploy discord docs doc
    documentation download endpoints enterprise events explore exploreapi faq favicon.ico feed
    forgot_password front help hf-internal hub huggingchat icons images inference inference-api
    inference-endpoints inference-providers inbox integrations jobs join js landing leaderboard learn
    legal llms.txt login logout logos meetup metrics mcp modal new new-dataset new-space notifications
    npm oauth off oidc onboarding organizations orgs papers playground posts pricing privacy pro
    providers reset_password resources robots.txt search security settings shop sign-up signup
    sitemap.xml static status storage subscribe subscribe-enterprise subscriptions support tasks team
    terms terms-of-service training-cluster transformers-docs try users verify watch welcome widgets
    work xet zapier zero-gpu-explorers.ico"""
)
"""First segments of addresses of the Hub that no namespace has: the site's own pages."""

ORGANISATION_PAGES = _set(
    """activity collections datasets followers following likes models organizations papers posts settings
    spaces teams members about upvotes"""
)
"""Second segments that are pages about a namespace, no repositories."""

REPOSITORY_PAGES = _set(
    """blame blob commit commits discussions edit embed raw resolve settings tree upload viewer
    embed-viewer sql logs info colab kaggle new"""
)
"""Segments that follow a repository's id."""

PLACEHOLDER_NAMESPACES = _set(
    """author author-name company foo hf-user hf-username hfusername huggingface-username me model-org
    my_org my-org my-organization my-user my-username my-hf-username my_username myorg mynamespace
    myuser myusername name namespace org org-id org-name org_name organisation organization owner path
    path-to path_to repo repo-owner repo_owner some some-org someorg someone someuser the-org user
    user-id user-name user_id user_name userid username xxx xxxx xyz you your your-hf-name
    your-namespace your_namespace yourname your-name your-org your_org yourorg yourusername
    your-username your_username"""
)
"""Namespaces that stand for the reader's own, compared without case."""

PLACEHOLDER_NAMES = _set(
    """model-id model_id model-name model_name modelname repo-id repo_id repo-name repo_name reponame
    dataset-name dataset_name dataset-id your-model your_model yourmodel your-dataset your-model-name
    your-repo your-space my-awesome-model xxx xxxx"""
)
"""Names that stand for any repository; ``your-…`` and ``your_…`` do so always."""

FOLDERS = _set(
    """adapters app apps artifacts asset assets base benchmark benchmarks bin build cache ckpt ckpts
    checkpoint checkpoints cmd code conf config configs content core data data_dir dataset dataset_dir
    dist doc docs download downloads env envs etc eval evals evaluation example examples exp experiment
    experiments exps export exported file files finetune finetuned finetuned_models fixtures gguf ggufs
    hf_models home image images img imgs include input inputs json lib libs llm llms local local_models
    log logs lora loras main media mnt mlruns model model_cache model_dir model_files model_weights
    model_zoo models module modules native node_modules notebooks opt out output outputs package
    packages path pipelines ports pretrain pretrain_models pretrained pretrained_model pretrained_models
    pretrained-models prompts public res resource resources result results root run runs sample samples
    save saved saved_model saved_models saves script scripts server service services share shared site
    src srv static storage task tasks template templates test tests tmp tokenizer tokenizers tools train
    trained trained_models training tree types usr utils var vendor video weight weights work workdir
    workspace www your_path"""
)
"""First segments that are folders of a repository or a machine far more often than namespaces."""

MEDIA_TYPES = _set("application audio chemical font image message model multipart text video")
ZONES = _set("africa america antarctica arctic asia atlantic australia etc europe indian pacific us")

FILE_ENDINGS = (
    ".bat",
    ".bin",
    ".bz2",
    ".c",
    ".cc",
    ".cfg",
    ".ckpt",
    ".conf",
    ".cpp",
    ".cs",
    ".css",
    ".csv",
    ".cu",
    ".db",
    ".doc",
    ".dockerfile",
    ".env",
    ".exe",
    ".flac",
    ".gif",
    ".git",
    ".go",
    ".gz",
    ".h",
    ".h5",
    ".hpp",
    ".htm",
    ".html",
    ".ico",
    ".ini",
    ".ipynb",
    ".java",
    ".jinja",
    ".jinja2",
    ".jpeg",
    ".jpg",
    ".js",
    ".json",
    ".jsonc",
    ".jsonl",
    ".jsx",
    ".keras",
    ".lock",
    ".log",
    ".lua",
    ".md",
    ".mdx",
    ".mjs",
    ".model",
    ".mp3",
    ".mp4",
    ".msgpack",
    ".nemo",
    ".npy",
    ".npz",
    ".onnx",
    ".parquet",
    ".pb",
    ".pdf",
    ".php",
    ".pickle",
    ".pkl",
    ".png",
    ".properties",
    ".proto",
    ".ps1",
    ".pt",
    ".pth",
    ".py",
    ".pyc",
    ".rb",
    ".rs",
    ".rst",
    ".safetensors",
    ".sh",
    ".sql",
    ".svg",
    ".svelte",
    ".tar",
    ".tf",
    ".tflite",
    ".tgz",
    ".tmpl",
    ".toml",
    ".ts",
    ".tsv",
    ".tsx",
    ".txt",
    ".vue",
    ".wav",
    ".webm",
    ".webp",
    ".whl",
    ".xml",
    ".yaml",
    ".yml",
    ".zip",
)
"""Endings of files: a second segment that has one is a file in a folder."""

WEIGHT_ENDINGS = (
    ".safetensors",
    ".gguf",
    ".ggml",
    ".pt",
    ".pth",
    ".ckpt",
    ".onnx",
    ".h5",
    ".keras",
    ".pkl",
    ".pickle",
    ".joblib",
    ".tflite",
    ".nemo",
    ".mlmodel",
    ".pdparams",
    ".msgpack",
    ".caffemodel",
    ".weights",
)
"""Endings of model files; an address of one on any host names a model."""

REGISTRIES = _set(
    "docker.io gcr.io ghcr.io lscr.io mcr.microsoft.com nvcr.io public.ecr.aws quay.io registry.k8s.io"
)

HOSTED = _set(
    """ai21 ai_gateway aiml anthropic assemblyai azure azure_ai azureml bedrock bedrock_converse cerebras
    chatgpt claude cloudflare codestral cohere cohere_chat custom dashscope datarobot
    deepinfra deepseek deepgram elevenlabs empower featherless_ai fireworks fireworks_ai friendliai
    galadriel gemini gemini-pro gigachat github github_copilot github_models google-vertex google_genai
    google_vertexai google-ai groq hosted_vllm hyperbolic inflection jina_ai lambda_ai litellm
    litellm_proxy llamafile llamagate lm_studio lmstudio mariner maritalk meta meta_llama mistral
    moonshot moonshotai. nebius nlp_cloud novita nscale nvidia_nim oci oobabooga ollama ollama_chat
    openai_like openai-compatible openrouter perplexity petals predibase replicate sagemaker
    sagemaker_chat sambanova snowflake text-completion-openai together together_ai topaz triton v0
    vercel vercel_ai_gateway vertex vertex_ai vertex_ai_beta vertexai vllm volcengine voyage watsonx
    x-ai xai xinference zhipu zhipuai"""
)
"""First segments by which routers of hosted models name a provider."""

HOSTED_PATTERNS = (
    r"openai/(?:gpt-?[345](?!.*oss)|gpt-image|gpt-chat|gpt-realtime|gpt-audio|o[134]\b|chatgpt|codex|computer-use|davinci)",
    r"openai/(?:text-(?:embedding|davinci|moderation)|dall-e|tts-|whisper-1$|sora|omni-)",
    r"databricks/databricks-",
    r"google/(?:gemini|palm|imagen|veo|chat-bison|text-bison|text-embedding|learnlm)",
    r"mistralai/(?:mistral-(?:large|medium|small|tiny|saba|nemo)(?:-latest|-\d{4})?$|codestral-latest)",
    r"mistralai/mi[sx]tral[a-z0-9.-]*:",
    r"(?:qwen|nousresearch|thudm|z-ai|inception|liquid|arcee-ai/(?:coder|virtuoso)|amazon/nova)[a-z-]*/",
    r"meta-llama/llama-[a-z0-9.-]*$",
    r"microsoft/(?:mai-ds|wizardlm-2-8x22b$)",
    r"[\w.-]+/[\w.-]+:(?:free|beta|nitro|extended|online|thinking)$",
)
"""Ids of hosted models that look like ids of the Hub; with their case, as routers write them small."""

PREFIXES = (
    "huggingface:",
    "huggingface/",
    "hugging_face/",
    "hf:",
    "hf/",
    "HF://",
    "models--",
)
"""What tools put before an id to say that it is one of the Hub."""

SINGLE_MODELS = _set(
    """albert-base-v1 albert-base-v2 albert-large-v1 albert-large-v2 albert-xlarge-v1 albert-xlarge-v2
    albert-xxlarge-v1 albert-xxlarge-v2 bert-base-cased bert-base-cased-finetuned-mrpc bert-base-chinese
    bert-base-german-cased bert-base-german-dbmdz-cased bert-base-german-dbmdz-uncased
    bert-base-multilingual-cased bert-base-multilingual-uncased bert-base-uncased bert-large-cased
    bert-large-cased-whole-word-masking bert-large-cased-whole-word-masking-finetuned-squad
    bert-large-uncased bert-large-uncased-whole-word-masking
    bert-large-uncased-whole-word-masking-finetuned-squad camembert-base ctrl distilbert-base-cased
    distilbert-base-cased-distilled-squad distilbert-base-german-cased
    distilbert-base-multilingual-cased distilbert-base-uncased distilbert-base-uncased-distilled-squad
    distilbert-base-uncased-finetuned-sst-2-english distilgpt2 distilroberta-base gpt2 gpt2-large
    gpt2-medium gpt2-xl openai-gpt roberta-base roberta-base-openai-detector roberta-large
    roberta-large-mnli roberta-large-openai-detector t5-11b t5-3b t5-base t5-large t5-small
    transfo-xl-wt103 xlm-clm-ende-1024 xlm-clm-enfr-1024 xlm-mlm-100-1280 xlm-mlm-17-1280
    xlm-mlm-en-2048 xlm-mlm-ende-1024 xlm-mlm-enfr-1024 xlm-mlm-enro-1024 xlm-mlm-tlm-xnli15-1024
    xlm-mlm-xnli15-1024 xlm-roberta-base xlm-roberta-large xlm-roberta-large-finetuned-conll02-dutch
    xlm-roberta-large-finetuned-conll02-spanish xlm-roberta-large-finetuned-conll03-english
    xlm-roberta-large-finetuned-conll03-german xlnet-base-cased xlnet-large-cased"""
)
"""Models of the Hub whose id has one segment (those of its first days)."""

SINGLE_SENTENCE_MODELS = _set(
    """all-MiniLM-L12-v1 all-MiniLM-L12-v2 all-MiniLM-L6-v1 all-MiniLM-L6-v2 all-distilroberta-v1
    all-mpnet-base-v1 all-mpnet-base-v2 all-roberta-large-v1 allenai-specter clip-ViT-B-16 clip-ViT-B-32
    clip-ViT-B-32-multilingual-v1 clip-ViT-L-14 distiluse-base-multilingual-cased
    distiluse-base-multilingual-cased-v1 distiluse-base-multilingual-cased-v2 gtr-t5-base gtr-t5-large
    gtr-t5-xl gtr-t5-xxl LaBSE msmarco-MiniLM-L-6-v3 msmarco-MiniLM-L6-cos-v5 msmarco-bert-base-dot-v5
    msmarco-distilbert-base-v4 msmarco-distilbert-base-tas-b multi-qa-MiniLM-L6-cos-v1
    multi-qa-MiniLM-L6-dot-v1 multi-qa-distilbert-cos-v1 multi-qa-mpnet-base-cos-v1
    multi-qa-mpnet-base-dot-v1 nli-mpnet-base-v2 paraphrase-MiniLM-L3-v2 paraphrase-MiniLM-L6-v2
    paraphrase-albert-small-v2 paraphrase-distilroberta-base-v1 paraphrase-distilroberta-base-v2
    paraphrase-mpnet-base-v2 paraphrase-multilingual-MiniLM-L12-v2 paraphrase-multilingual-mpnet-base-v2
    paraphrase-xlm-r-multilingual-v1 sentence-t5-base sentence-t5-large sentence-t5-xl sentence-t5-xxl
    stsb-roberta-base stsb-roberta-large"""
)
"""Bare names to which sentence-transformers adds its own namespace."""

SINGLE_DATASETS = _set(
    """ag_news amazon_polarity anli arxiv_dataset bigpatent billsum blimp boolq bookcorpus c4 cc_news
    cifar10 cifar100 cnn_dailymail commonsense_qa conll2003 daily_dialog dbpedia_14 emotion eli5
    fashion_mnist glue gsm8k hellaswag imdb lambada librispeech_asr ms_marco mnist multi_news
    natural_questions openbookqa openwebtext oscar paws piqa ptb_text_only pubmed_qa quora race
    rotten_tomatoes samsum scitldr sciq snli squad squad_v2 sst2 super_glue swag tiny_shakespeare trec
    trivia_qa truthful_qa tweet_eval wikipedia wikitext winogrande wmt14 wmt16 wmt19 xnli xquad xsum
    yahoo_answers_topics yelp_polarity yelp_review_full"""
)
"""Data sets whose id has one segment."""

HUB_NAMESPACES = _set(
    """01-ai AdaptLLM AI-MO AIDC-AI Alibaba-NLP Alpha-VLLM AnswerDotAI Anthropic BAAI BeIR ByteDance-Seed
    CohereForAI CohereLabs CompVis DeepFloyd Deci DiscoResearch EleutherAI Falconsai FinGPT
    FreedomIntelligence GAIR GoToCompany GSAI-ML Helsinki-NLP HuggingFaceFW HuggingFaceH4 HuggingFaceM4
    HuggingFaceTB HuggingFaceBR4 Intel IDEA-Research InstantX Intelligent-Internet JetBrains KoboldAI
    Kwai-Kolors LLM360 LanguageBind Lightricks LiquidAI Linaqruf LSX-UniWue MBZUAI MaziyarPanahi
    MiniMaxAI MoritzLaurer NbAiLab NousResearch NovaSky-AI OFA-Sys OpenAssistant OpenBMB OpenGVLab
    OpenGPT-X OpenLLM-France OpenMOSS-Team Open-Orca OpenRLHF PKU-Alignment Phind PygmalionAI Qdrant
    Qwen RedHatAI SG161222 Salesforce SamLowe ServiceNow-AI SimianLuo Snowflake StabilityAI Systran
    THUDM TIGER-Lab TabbyML TencentARC TheBloke TinyLlama Trelis Undi95 VAGOsolutions Vision-CAIR
    WhereIsAI WizardLM WizardLMTeam Xenova XLabs-AI YituTech Zyphra agentica-org ai-forever ai4bharat
    allenai apple argilla bartowski baichuan-inc bigcode bigscience bofenghuang briaai bullerwins cais
    camembert cardiffnlp ccdv cerebras-ai ckiplab codellama cognitivecomputations colbert-ir coqui
    cross-encoder csebuetnlp databricks dandelin dbmdz deepseek-ai deepset distil-whisper distilbert
    dslim emilyalsentzer facebook fixie-ai fofr gaunernst google-bert google-t5 guillaumekln h2oai
    h94 hexgrad hf-internal-testing hfl hkunlp hpcai-tech huggyllama HuggingFace ibm-granite
    ibm-nasa-geospatial inclusionAI inceptionai infly intfloat internlm impira j-hartmann jinaai
    jondurbin jonatasgrosman karakuri-ai kandinsky-community kyutai lambdalabs latent-consistency
    liuhaotian llava-hf lmms-lab lmstudio-community lmsys lvwerra lxyuan madebyollin maidalun1020
    mattmdjaga meta-llama michaelfeil microsoft mistral-community mistralai mixedbread-ai ml6team
    mlabonne mlc-ai mlx-community mosaicml mrm8488 moonshotai nari-labs neulab neuralmagic nlpai-lab
    nlpconnect nlptown nomic-ai nreimers numind nvidia oliverguhr onnx-community onnx-models openai
    openai-community openbmb openchat opengvlab openlm-research optimum osunlp papluca patrickvonplaten
    philschmid pyannote prajjwal1 prithivida princeton-nlp project-baize prompthero pszemraj ptx0 rasa
    rhasspy rinna runwayml sail salesforce sayakpaul segmind sentence-transformers sapienzanlp
    speechbrain sshleifer stabilityai stanfordnlp suno superb swiss-ai tabularisai tencent teknium
    terminusresearch textattack tiiuae timbrooks timm timdettmers togethercomputer tohoku-nlp
    trl-internal-testing trl-lib ucinlp unsloth uer ultralyticsplus upstage urchade utrobinmv valhalla
    vidore vikhyatk vinai warp-ai watt-ai wukevin xai-org xlangai xlm-roberta xinsir yanolja yiyanghkust
    zai-org zeroscope"""
)
"""Namespaces of the Hub that are well known: a bare id under one of them is taken also in a weaker place."""

AMBIGUOUS_NAMESPACES = _set(
    """apple argilla databricks facebook google huggingface intel microsoft nvidia openai qdrant salesforce
    sail tencent unsloth amazon ibm upstage optimum"""
)
"""Well-known namespaces that are as well known elsewhere: images and repositories of code have the same."""
