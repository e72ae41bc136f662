"""Calls of JavaScript and TypeScript that name repositories: data."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.discover.interface import RepoType


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


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
        _words(
            """downloadFile downloadFileToCacheDir snapshotDownload listFiles fileExists fileDownloadInfo
pathsInfo listCommits parseSafetensorsMetadata checkRepoAccess getRepo repoExists"""
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
        _words(
            """.textGeneration .textGenerationStream .chatCompletion .chatCompletionStream .featureExtraction
.textToImage .imageToText .automaticSpeechRecognition .summarization .translation
.questionAnswering .textClassification .zeroShotClassification .tokenClassification .fillMask
.sentenceSimilarity .imageClassification .imageSegmentation .objectDetection .textToSpeech
.conversational .request .visualQuestionAnswering .documentQuestionAnswering .imageToImage
.textToVideo .audioClassification .audioToAudio .tableQuestionAnswering .tabularClassification
.zeroShotImageClassification .streamingRequest textGeneration chatCompletion featureExtraction
textToImage chatCompletionStream"""
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
