"""What a section of a card is about, by the usual words of its heading.

The words are those of the Hub's own templates for model and data set cards
(https://huggingface.co/docs/hub/model-card-annotated) and of the cards that came before them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_OTHER = re.compile(r"[^a-z0-9]+")


class _Row(NamedTuple):
    topic: str
    whole: frozenset[str]
    """The heading is one of these."""
    within: tuple[str, ...]
    """The heading has one of these among its words."""


def _row(topic: str, whole: str, within: str = "") -> _Row:
    return _Row(topic, frozenset(_split(whole)), tuple(f" {phrase} " for phrase in _split(within)))


def _split(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split(",") if phrase.strip()]


_TABLE = (
    _row(
        "description",
        "model description, model details, description, overview, model overview, model summary, summary, "
        "introduction, about, abstract, dataset description, dataset summary, dataset details",
    ),
    _row(
        "intended-use",
        "use, uses, use case, use cases, applications, intended usage",
        "intended use, intended uses, direct use, downstream use, considerations for using the data",
    ),
    _row("users", "users, audience, primary users", "intended users, target audience"),
    _row("out-of-scope", "", "out of scope, misuse, prohibited uses, prohibited use"),
    _row("limitations", "caveats", "limitation, limitations, known issues"),
    _row("bias", "safety", "bias, biases, risk, risks, ethics, ethical, fairness, social impact"),
    _row("tradeoffs", "", "tradeoff, tradeoffs, trade off, trade offs"),
    _row(
        "training-data",
        "data, dataset, datasets, source data",
        "training data, training dataset, training datasets, pretraining data, pre training data",
    ),
    _row(
        "training-procedure",
        "training, training recipe, fine tuning",
        "training procedure, training details, training hyperparameters",
    ),
    _row(
        "evaluation",
        "results, performance, metrics, benchmark, benchmarks",
        "evaluation, eval results, benchmark results",
    ),
    _row("environmental", "", "environmental impact, carbon emissions, co2 emissions, energy consumption"),
    _row("citation", "cite", "citation, citations, citing, bibtex, how to cite"),
    _row("contact", "maintainers", "contact, contacts"),
    _row("personal-data", "", "personal and sensitive information, personal data, sensitive data"),
)


def topics(heading: str) -> tuple[str, ...]:
    """The topics that a heading names, in a fixed order; a heading may name several."""
    words = _OTHER.sub(" ", heading.lower()).strip()
    padded = f" {words} "
    return tuple(
        row.topic for row in _TABLE if words in row.whole or any(phrase in padded for phrase in row.within)
    )
