"""How bad an advisory says it is: a CVSS vector, scored by a library, else the database's own word."""

from __future__ import annotations

from typing import Any, NamedTuple

_TYPES = ("CVSS_V4", "CVSS_V3", "CVSS_V2")
"""The newest first: of several vectors that one counts."""

_LONGEST = 400
_WORDS = {"LOW": "low", "MODERATE": "medium", "MEDIUM": "medium", "HIGH": "high", "CRITICAL": "critical"}
_BOUNDS = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))
"""The qualitative scale of CVSS 3 and 4; it is used for CVSS 2, too, which has no ``critical`` of its own."""

MALICIOUS = "MAL-"
"""Ids of the database of malicious packages, which states no severity of them."""


class Rated(NamedTuple):
    """All null when nothing is stated, or nothing that can be read."""

    severity: str | None = None
    score: float | None = None
    vector: str | None = None


def rate(identity: str, *stated: Any, word: Any = None) -> Rated:
    """What the first of ``stated`` says that can be read, each a ``severity`` of the OSV schema.

    ``word`` is the database's own, as GitHub has it in ``database_specific``. An entry of a malicious
    package is critical.
    """
    for entries in stated:
        vectors = {
            entry["type"]: entry["score"]
            for entry in (entries if isinstance(entries, list) else [])[:100]
            if isinstance(entry, dict)
            and isinstance(entry.get("type"), str)
            and isinstance(entry.get("score"), str)
        }
        for kind in _TYPES:
            if kind in vectors and (rated := _scored(kind, vectors[kind])):
                return rated
    if isinstance(word, str) and word.upper() in _WORDS:
        return Rated(_WORDS[word.upper()])
    return Rated("critical") if identity.startswith(MALICIOUS) else Rated()


def _scored(kind: str, vector: str) -> Rated | None:
    """The base score of a vector; ``None`` when it is none."""
    if len(vector) > _LONGEST or not vector.isascii():
        return None
    import cvss

    try:
        made = {"CVSS_V4": cvss.CVSS4, "CVSS_V3": cvss.CVSS3, "CVSS_V2": cvss.CVSS2}[kind](vector)
        score = float(made.scores()[0])
    except Exception:  # the library's own errors, and what odd vectors do to it
        return None
    return Rated(next((word for bound, word in _BOUNDS if score >= bound), "info"), score, vector)
