"""What the data of a card state beyond the usual fields: tags, papers, results, emissions, data sets."""

from __future__ import annotations

import math
import posixpath
import re
from typing import Any

from scanner.hub import config
from scanner.hub.documents import Fields
from scanner.hub.interface import HubCard, HubFile
from scanner.hub.texts import Problems, clean

_TAGS = 200
_MOST_TAGS = 10_000
_TAG = 100
_FILES = 20
_MODELS = 20
_RESULTS = 200
_METRICS = 200
_VALUE = 100
_NUMBER_DIGITS = 100

_PAPER = re.compile(r"arxiv:(?:\d{4}\.\d{4,5}|[a-z-]{2,20}/\d{7})|doi:10\.\d{4,9}/[A-Za-z0-9._;()/:-]{1,150}")
_LICENSE_FILE = re.compile(
    r"(?:un)?licen[cs]es?(?:[._-][a-z0-9._-]{0,40})?|copying(?:\.[a-z]{1,10})?|notice(?:\.[a-z]{1,10})?"
    r"|use_policy(?:\.[a-z]{1,10})?"
)

_EMISSIONS = ("emissions", "source", "training_type", "geographical_location", "hardware_used")
"""https://huggingface.co/docs/hub/model-cards-co2"""

_OF_A_DATA_SET = (
    "annotations_creators", "language", "language_creators", "license", "multilinguality", "pretty_name",
    "size_categories", "source_datasets", "tags", "task_categories", "task_ids",
)  # fmt: skip
"""https://huggingface.co/docs/hub/datasets-cards"""


def statements(info: Fields, repo_type: str, files: list[HubFile], problems: Problems) -> HubCard:
    """Everything of it that has the type it should have; what has not is told to ``problems``."""
    card = info.inner("cardData")
    own, all_tags = card.texts("tags", _MOST_TAGS, _TAG), info.texts("tags", _MOST_TAGS, _TAG)
    gguf = info.inner("gguf") if isinstance(info.raw("gguf"), dict) else Fields(None, "info.gguf", problems)
    return HubCard(
        license_files=_license_files(files),
        tags=sorted({*own, *all_tags})[:_TAGS],
        papers=sorted(tag for tag in {*own, *all_tags} if _PAPER.fullmatch(tag)),
        metrics=_metrics(card.raw("model-index"), problems),
        emissions=_emissions(card.raw("co2_eq_emissions"), problems),
        config=_of_gguf(gguf) | config.facts(info.raw("config")),
        dataset=_of_a_data_set(card) if repo_type == "dataset" else {},
    )


def _license_files(files: list[HubFile]) -> list[str]:
    """Files in the root, or in a folder of licences, whose name says that they hold terms."""
    named = [
        file.path
        for file in files
        if _LICENSE_FILE.fullmatch(posixpath.basename(file.path).lower())
        and posixpath.dirname(file.path).lower() in ("", "license", "licenses")
    ]
    return named[:_FILES]


def _of_gguf(gguf: Fields) -> dict[str, str]:
    """What the Hub reads out of a GGUF header."""
    length = gguf.count("context_length")
    found = {
        "model_type": gguf.text("architecture", _VALUE),
        "context_length": None if length is None else str(length),
    }
    return {name: value for name, value in found.items() if value}


def _of_a_data_set(card: Fields) -> dict[str, list[str]]:
    found = {key: card.texts(key, limit=_VALUE) for key in _OF_A_DATA_SET if key in card}
    return {key: values for key, values in found.items() if values}


def _emissions(value: Any, problems: Problems) -> dict[str, str]:
    """``co2_eq_emissions``: grams, or an object that says them and where they come from."""
    where = "info.cardData.co2_eq_emissions"
    given = value if isinstance(value, dict) else {} if value is None else {"emissions": value}
    found: dict[str, str] = {}
    for key in _EMISSIONS:
        text = _written(given.get(key))
        if text:
            found[key] = text
        elif given.get(key) not in (None, ""):
            problems.tell(f"{where} is neither a number nor a text")
    return found


def _metrics(index: Any, problems: Problems) -> list[dict[str, Any]]:
    """The results of ``model-index`` (https://huggingface.co/docs/hub/model-cards), up to 200."""
    found: list[dict[str, Any]] = []
    where = "info.cardData.model-index"
    for model in _rows(index, where, _MODELS, problems):
        results = _rows(model.raw("results"), f"{where}.results", _RESULTS, problems)
        for result in results:
            task, dataset = result.inner("task"), result.inner("dataset")
            rows = _rows(result.raw("metrics"), f"{where}.results.metrics", _METRICS, problems)
            for metric in rows:
                value = _written(metric.raw("value"))
                kind = metric.text("type", _VALUE) or metric.text("name", _VALUE)
                if not kind or not value:
                    problems.tell(f"{where} has a metric without type or value")
                    continue
                if len(found) == _METRICS:
                    problems.tell(f"{where} has more than {_METRICS} metrics")
                    return found
                verified = metric.raw("verified")
                found.append(
                    {
                        "type": kind,
                        "value": value,
                        "task": task.text("type", _VALUE) or task.text("name", _VALUE),
                        "dataset": dataset.text("name", _VALUE) or dataset.text("type", _VALUE),
                        "split": _split(dataset),
                        "verified": verified if isinstance(verified, bool) else None,
                    }
                )
    return found


def _split(dataset: Fields) -> str | None:
    parts = [part for part in (dataset.text("config", _VALUE), dataset.text("split", _VALUE)) if part]
    return " / ".join(parts) or None


def _rows(value: Any, where: str, most: int, problems: Problems) -> list[Fields]:
    """The objects of a list."""
    if value is None:
        return []
    if not isinstance(value, list):
        problems.tell(f"{where} is not a list")
        return []
    if len(value) > most:
        problems.tell(f"{where} has more than {most} entries")
    return [Fields(row, where, problems) for row in value[:most]]


def _written(value: Any) -> str:
    """A number or a text as it is written; empty for anything else."""
    if isinstance(value, str):
        return clean(value.strip(), _VALUE)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else ""
    return str(value) if abs(value) < 10**_NUMBER_DIGITS else ""
