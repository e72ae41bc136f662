"""Bytes that stand where no loader looks: in comments, between members, behind the end, behind junk."""

from __future__ import annotations

from scanner.inspect.encoded_pickles import encoded_pickle
from scanner.inspect.examination import CONTAINERS, Examination, Item
from scanner.inspect.formats import FORMATS
from scanner.inspect.gravest import is_grave
from scanner.inspect.recognise import recognise
from scanner.inspect.recognise_pickles import buried_pickle
from scanner.inspect.stream import Stream, window

_ACTING = CONTAINERS | {"pickle", "joblib", "torch-legacy", "npy", "hdf5", "buried-pickle"}
"""What is worth looking at outside of its place; texts are not."""


def look_at_stray(examination: Examination, item: Item, content: Stream, where: str) -> str | None:
    """Look at stray bytes if a loader could read them; the title of what they are, if they are something.

    Raises:
        Unreadable: a cap is reached.
    """
    formats = [found for found in recognise(content, "") if found in _ACTING]
    if not formats:
        return None
    examination.enter(item)
    before = examination.models
    member = f"({where})" if item.member is None else f"{item.member}!({where})"
    turned_out = examination.look_as(formats, content, "", member, item.depth + 1)
    return FORMATS[turned_out].title if turned_out and examination.models > before else None


def look_at_buried(examination: Examination, item: Item) -> None:
    """Look at a pickle that begins behind other bytes, as a loader finds it that skips them."""
    start = buried_pickle(item.stream)
    if start is None:
        _look_at_spelt(examination, item)
        return
    before = len(examination.look.sightings)
    content = window(item.stream, start, item.stream.size - start)
    examination.look_as(["pickle"], content, "", item.member, item.depth + 1)
    acts = len(examination.look.sightings) > before
    detail = f"a pickle begins behind {start} other bytes: no loader reads it unless it is told where"
    examination.malformed(item.member, detail, "high" if acts else "low", offset=start)


def _look_at_spelt(examination: Examination, item: Item) -> None:
    """Look at a pickle that a text spells; one that only holds data is no matter."""
    content = encoded_pickle(item.stream, item.name)
    if content is None:
        return
    examination.enter(item)
    before = len(examination.look.sightings)
    member = "(decoded)" if item.member is None else f"{item.member}!(decoded)"
    examination.look_as(["pickle"], content, "", member, item.depth + 1)
    if any(map(is_grave, examination.look.sightings[before:])):
        detail = (
            "a pickle is written as text (base64 or hexadecimal), which hides it from who reads the bytes"
        )
        examination.malformed(item.member, detail, "high", offset=0)
