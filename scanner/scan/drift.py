"""What a modified model imports and calls that it did not before, and the reverse."""

from __future__ import annotations

from scanner.inspect import limits
from scanner.inspect.interface import Look

Fields = dict[str, object]

_FACTS = ("imports", "calls")
"""Facts of a look: sorted lists of ``module.name``, and of calls as they are written."""


def drift(before: Look, after: Look) -> Fields:
    """Fields of an artifact, for each fact what is new and what is gone.

    A side with gaps may hold more than is known of it: then nothing is said to be missing from that side. Of
    lists that were cut, only what comes before both cuts is compared.
    """
    fields: Fields = {}
    for fact in _FACTS:
        old, new = _items(before, fact), _items(after, fact)
        ends = [items[-1] for items in (old, new) if len(items) >= limits.FACT_ITEMS]
        added = () if _partial(before) else set(new) - set(old)
        removed = () if _partial(after) else set(old) - set(new)
        for name, items in (("added", added), ("removed", removed)):
            fields[f"{fact}_{name}"] = sorted(item for item in items if not ends or item <= min(ends))
    return fields


def _items(look: Look, fact: str) -> list[str]:
    found = look.facts.get(fact)
    return sorted(found) if isinstance(found, list) else []


def _partial(look: Look) -> bool:
    return bool(look.gaps) or look.need is not None or look.format is None
