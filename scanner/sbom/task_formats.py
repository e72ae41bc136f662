"""What goes into a model and what comes out, where its task defines that (https://huggingface.co/tasks)."""

from __future__ import annotations

from collections.abc import Mapping

_ROWS = """
audio-classification: audio > label scores
audio-to-audio: audio > audio
automatic-speech-recognition: audio > text
depth-estimation: image > depth map
document-question-answering: image, text > text
feature-extraction: text > embedding
fill-mask: text > token probabilities
image-classification: image > label scores
image-feature-extraction: image > embedding
image-segmentation: image > segmentation masks
image-text-to-text: image, text > text
image-to-image: image > image
image-to-text: image > text
image-to-video: image > video
mask-generation: image > segmentation masks
object-detection: image > bounding boxes, label scores
question-answering: text > text
sentence-similarity: text > similarity score
summarization: text > text
table-question-answering: table, text > text
tabular-classification: table > label scores
tabular-regression: table > numbers
text-classification: text > label scores
text-generation: text > text
text-ranking: text > relevance scores
text-to-audio: text > audio
text-to-image: text > image
text-to-speech: text > audio
text-to-video: text > video
text2text-generation: text > text
time-series-forecasting: time series > time series
token-classification: text > label per token
translation: text > text
unconditional-image-generation: nothing > image
video-classification: video > label scores
visual-question-answering: image, text > text
voice-activity-detection: audio > time spans
zero-shot-classification: text > label scores
zero-shot-image-classification: image, text > label scores
zero-shot-object-detection: image, text > bounding boxes, label scores
"""


def _read(rows: str) -> Mapping[str, tuple[list[str], list[str]]]:
    table: dict[str, tuple[list[str], list[str]]] = {}
    for row in rows.strip().splitlines():
        task, _, formats = row.partition(": ")
        taken, _, given = formats.partition(" > ")
        table[task] = (taken.split(", "), given.split(", "))
    return table


FORMATS = _read(_ROWS)
"""Inputs and outputs by the Hub's name of the task."""
