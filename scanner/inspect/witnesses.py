"""What several engines say of one pickle, brought together: one fact, one sighting.

Our own machine follows each stream opcode by opcode and knows what is called with what. The other engines are
witnesses: they know names alone. So

- a witness that names what our machine reports is added to that sighting, which keeps its words;
- where our machine does not know a name either way, the graver word stands;
- a witness that alone calls a name dangerous, which our machine judged harmless after it read the stream to
  its end, leaves a note with both opinions;
- what a witness alone says of a whole module, of which we walked the sources and found nothing in that name
  and in its use, is *low*;
- that a name is on no list of a witness says nothing about a stream that our machine read to its end;
- anything else that a witness says stands: of a stream that broke, or of a name that our machine never met.
"""

from __future__ import annotations

import _compat_pickle
from collections.abc import Iterable, Mapping
from dataclasses import replace

from scanner.inspect.interface import Sighting
from scanner.inspect.readers.reading import READER
from scanner.words import DISAGREES

DANGEROUS = "pickle-dangerous-import"
SUSPICIOUS = "pickle-suspicious-import"

_RANKS = {"info": 0, "low": 1, "medium": 2, "high": 3, "critical": 4}
_SAID_OF_NAMES = frozenset({DANGEROUS, SUSPICIOUS})
"""What witnesses say of a name in a pickle."""
_UNREVIEWED = "pickle-unreviewed-"
"""Rules by which our machine says that it knows a name neither way."""
_UNKNOWN = "unknown"
"""What picklescan and modelscan call a name that they could not work out."""
_KEY_OF_KERAS = "keras-lambda-layer"
"""modelscan names no layer: what it says is about the file."""

_SAME_MODULE: Mapping[str, str] = {
    **_compat_pickle.IMPORT_MAPPING,
    "__builtins__": "builtins",
    "_io": "io",
    "_operator": "operator",
    "_pickle": "pickle",
    "_socket": "socket",
    "nt": "os",
    "numpy.core": "numpy._core",
    "posix": "os",
}
"""Modules that are one, or that the unpickler takes for one when it reads what Python 2 wrote."""


class Known:
    """The names that our machine judged harmless, member by member."""

    def __init__(self) -> None:
        self._names: dict[str | None, frozenset[str] | None] = {}
        self._walked: dict[str | None, frozenset[str]] = {}

    def note(
        self, member: str | None, names: frozenset[str] | None, walked: frozenset[str] = frozenset()
    ) -> None:
        """One stream of a member; null for one that was not read to its end, which ends all certainty."""
        self._walked[member] = self._walked.get(member, frozenset()) | set(map(spelling, walked))
        known = self._names.get(member, frozenset())
        spelled = None if names is None else frozenset(map(spelling, names))
        self._names[member] = None if known is None or spelled is None else known | spelled

    def whole(self, member: str | None) -> bool:
        """Whether every stream of the member was read to its end."""
        return self._names.get(member) is not None

    def innocuous(self, sighting: Sighting) -> bool:
        """Whether our machine found nothing in this name, though it vouches for nothing either."""
        named = spelling(sighting.symbol or "")
        return self.whole(sighting.member) and named in self._walked.get(sighting.member, ())

    def harmless(self, sighting: Sighting) -> bool:
        """Whether our machine contradicts a witness: it knows the name, or the witness only guessed."""
        names = self._names.get(sighting.member)
        if names is None or sighting.symbol is None:
            return False
        return _guessed(sighting.symbol) or spelling(sighting.symbol) in names


def spelling(symbol: str) -> str:
    """One spelling for what is one name: ``posix.system`` and ``nt.system`` are ``os.system``."""
    parts = symbol.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module = _SAME_MODULE.get(".".join(parts[:length]))
        if module is not None:
            return ".".join((module, *parts[length:]))
    return symbol


def reconciled(sightings: Iterable[Sighting], known: Known) -> list[Sighting]:
    """The sightings with the witnesses' words brought together; their order is not kept."""
    result: list[Sighting] = []
    claims: dict[tuple[str | None, ...], list[Sighting]] = {}
    for sighting in sightings:
        if _is_claim(sighting):
            claims.setdefault(_key(sighting), []).append(sighting)
        else:
            result.append(sighting)
    ours: dict[tuple[str | None, ...], list[int]] = {}
    for position, sighting in enumerate(result):
        if sighting.engine == READER and (sighting.symbol is not None or sighting.rule == _KEY_OF_KERAS):
            ours.setdefault(_key(sighting), []).append(position)
    for key, said in claims.items():
        claim = _as_one(said)
        places = ours.get(key, [])
        for position in places:
            result[position] = _confirmed(result[position], claim)
        if not places:
            result += _alone(claim, known)
    return result


def _is_claim(sighting: Sighting) -> bool:
    """Whether this is a witness's word that ours may already say."""
    return sighting.engine != READER and (sighting.rule in _SAID_OF_NAMES or sighting.rule == _KEY_OF_KERAS)


def _key(sighting: Sighting) -> tuple[str | None, ...]:
    """What a sighting is about, whatever is said of it."""
    if sighting.rule == _KEY_OF_KERAS:
        return _KEY_OF_KERAS, sighting.member
    family = sighting.rule.partition("-")[0]
    return family, sighting.member, spelling(sighting.symbol or "")


def _as_one(said: list[Sighting]) -> Sighting:
    """What several witnesses say of one name: the gravest word, and everybody who said something."""
    said = sorted(said, key=lambda one: (-_rank(one), one.engine, one.symbol or ""))
    others = sorted({one.engine for one in said} - {said[0].engine})
    return replace(said[0], witnesses=others)


def _confirmed(own: Sighting, claim: Sighting) -> Sighting:
    """Our sighting, told by the witnesses too; in their words where we only say that we do not know."""
    witnesses = sorted({*own.witnesses, claim.engine, *claim.witnesses})
    if own.rule.startswith(_UNREVIEWED) and claim.rule == DANGEROUS:
        return replace(own, rule=claim.rule, severity=claim.severity, witnesses=witnesses)
    return replace(own, witnesses=witnesses)


def _alone(claim: Sighting, known: Known) -> list[Sighting]:
    """What is left of a claim that our machine does not make."""
    if claim.rule == SUSPICIOUS and known.whole(claim.member):
        return []
    told = " and ".join(sorted((claim.engine, *claim.witnesses)))
    if claim.rule == DANGEROUS and known.innocuous(claim) and not known.harmless(claim):
        evidence = f"dangerous by its module, says {told}; {READER} found nothing in its sources"
        return [replace(claim, severity="low", evidence=evidence)]
    if claim.rule == _KEY_OF_KERAS or not known.harmless(claim):
        return [claim]
    why = (
        "knows every name in it"
        if _guessed(claim.symbol or "")
        else "knows it as harmless as it is used here"
    )
    evidence = f"dangerous by its name alone, says {told}; {READER} read the whole stream and {why}"
    return [
        replace(claim, rule=DISAGREES, severity=None, evidence=evidence, witnesses=[*claim.witnesses, READER])
    ]


def _guessed(symbol: str) -> bool:
    """Whether the witness could not work the name out."""
    return _UNKNOWN in symbol.split(".")


def _rank(sighting: Sighting) -> int:
    return _RANKS.get(sighting.severity or "", 2)
