"""Names that a reader, or a typing error, takes for another one (typosquatting).

Whoever owns an organisation decides what stands in it, so what has to look alike is the organisation: a
famous one's own repositories resemble each other by right, and a model that others have tuned further keeps
its name under theirs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from scanner.hub.famous import MODELS
from scanner.organisations import ORGANISATIONS

_LONG = 12
"""An organisation with more letters may be two edits away instead of one."""

_SHORT = 5
"""One with fewer letters has too many honest neighbours: the repository must have the very same name, too."""

_SHORTEST = 4
"""With fewer letters than this, an edit makes another word."""

_STEM = 4
"""Letters that a family name has at least: ``llama``, ``qwen``."""

_FOREIGN = {
    "a": "\u0430\u0251\u03b1",
    "b": "\u0432",
    "c": "\u0441",
    "d": "\u0501",
    "e": "\u0435",
    "g": "\u0261",
    "h": "\u04bb\u043d",
    "j": "\u0458",
    "k": "\u03ba\u043a",
    "l": "\u0456\u03b9\u0131\u2113",
    "m": "\u043c",
    "n": "\u0578",
    "o": "\u043e\u03bf",
    "p": "\u0440\u03c1",
    "s": "\u0455",
    "t": "\u0442",
    "v": "\u03bd",
    "x": "\u0445",
    "y": "\u0443",
}
"""Letters of other scripts that look like a Latin one (Unicode TR 39)."""

_LOOKS_LIKE = str.maketrans(
    {
        **dict.fromkeys("-_.", ""),
        **dict.fromkeys("1i|", "l"),
        "0": "o",
        **{letter: latin for latin, letters in _FOREIGN.items() for letter in letters},
    }
)
"""What looks alike after case folding, and the marks that a reader skips."""

_PAIRS = (("rn", "m"), ("vv", "w"))
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[a-z]+")


def look_alike(repo_id: str, others: Iterable[str] = ()) -> tuple[str, str] | None:
    """The id and what it resembles without being it, or ``None``.

    It is compared with famous organisations, and with ``others``: ids that the same source names. An
    organisation that looks the same is enough; one that is an edit away (two for a long name) counts when
    the repository, too, has the name of a famous one, or of its family.
    """
    organisation, slash, name = repo_id.partition("/")
    if not slash or is_famous(repo_id):
        return None
    for famous in _neighbours(organisation):
        twin = _twin(name, famous)
        if twin or (len(famous) >= _SHORT and skeleton(famous) == skeleton(organisation)):
            return repo_id, twin or f"a repository of {famous}"
    double = min((other for other in others if _is_double(organisation, name, other)), default=None)
    return (repo_id, f"{double}, which is named here too") if double else None


def is_famous(repo_id: str) -> bool:
    """Whether it belongs to an organisation that everybody knows."""
    return repo_id.partition("/")[0].casefold() in _names()


@lru_cache(maxsize=1 << 14)
def skeleton(text: str) -> str:
    """What a reader sees: without case, hyphens, underscores and dots, look-alikes replaced by one letter."""
    seen = unicodedata.normalize("NFKC", text).casefold().translate(_LOOKS_LIKE)
    for pair, letter in _PAIRS:
        seen = seen.replace(pair, letter)
    return seen


def edits(one: str, other: str, most: int) -> int:
    """Letters to add, drop, replace or swap with their neighbour; ``most + 1`` when there are more.

    Optimal string alignment, the form of the Damerau-Levenshtein distance that edits no letter twice.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, right in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _near(one: str, other: str) -> bool:
    """Whether two skeletons of organisations are taken for each other."""
    length = min(len(one), len(other))
    most = 0 if length < _SHORTEST else 2 if length > _LONG else 1
    return edits(one, other, most) <= most


@lru_cache(maxsize=1 << 12)
def _neighbours(organisation: str) -> tuple[str, ...]:
    """Famous organisations that this one may be taken for, the likest first."""
    seen = skeleton(organisation)
    near = [famous for famous, other in _skeletons() if _near(seen, other)]
    return tuple(sorted(near, key=lambda famous: (edits(seen, skeleton(famous), 2), famous)))


def _twin(name: str, famous: str) -> str | None:
    """The famous repository that ``name`` has the name of, or resembles, or is of the family of."""
    seen = skeleton(name)
    own = _models(famous)
    short = len(famous) < _SHORT
    same = next((model for model, other in own + (() if short else _models(None)) if seen == other), None)
    if same or short:
        return same
    close = next((model for model, other in own if edits(seen, other, 1) <= 1), None)
    family = _family(name)
    kin = (model for model, _ in own if family and _family(model.partition("/")[2]) == family)
    return close or next(kin, None)


def _family(name: str) -> str:
    """The first word of a name: ``llama`` of ``Llama-3.1-8B``."""
    word = _LETTERS.search(name.casefold())
    return word.group() if word and len(word.group()) >= _STEM else ""


def _is_double(organisation: str, name: str, other: str) -> bool:
    """Whether ``other`` is the same repository but for an edit in its organisation; a number is no edit."""
    its_organisation, slash, its_name = other.partition("/")
    if not slash or skeleton(name) != skeleton(its_name):
        return False
    if organisation.casefold() == its_organisation.casefold():
        return False
    if _DIGITS.sub("", organisation) == _DIGITS.sub("", its_organisation):
        return False
    return _near(skeleton(organisation), skeleton(its_organisation))


@cache
def _names() -> frozenset[str]:
    return frozenset(organisation.casefold() for organisation in ORGANISATIONS)


@cache
def _skeletons() -> tuple[tuple[str, str], ...]:
    return tuple((organisation, skeleton(organisation)) for organisation in sorted(ORGANISATIONS))


@cache
def _models(organisation: str | None) -> tuple[tuple[str, str], ...]:
    """Famous models, of one organisation or of all, with the skeletons of their names."""
    return tuple(
        (model, skeleton(model.partition("/")[2]))
        for model in sorted(MODELS)
        if organisation is None or model.startswith(f"{organisation}/")
    )
