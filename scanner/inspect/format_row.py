"""What a row of the table of formats is, and the words that several rows share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NONE_YET = "none yet"
MODELSCAN = "own machine, with modelscan and picklescan"
OWN = "own reader"
MEMBERS = "each member by its content"
NO_CODE = "nothing"
WHOLE_PICKLE = "every opcode of every pickle up to its STOP"
WHOLE_ARCHIVE = "the directory, and every member that can act"

Asks = Literal["whole", "header", "growing", "members", "metadata", "nothing"]
"""Which bytes a look asks for when it has a file's head and tail: everything; the header, of known length;
more and more of the beginning; the directory and the members that can act; metadata, wherever it lies; none.
"""


@dataclass(frozen=True, slots=True)
class Format:
    """One row: how a format is recognised, what can act in it, who looks at it, what "read in full" means.

    ``names`` are lower-case file-name endings (with their dot) or whole file names under which the format is
    expected. ``asks`` says which bytes a look needs when only the head and tail of a file were collected.
    """

    id: str
    title: str
    names: tuple[str, ...]
    recognised: str
    acts: str
    can_act: bool
    reader: str
    full: str
    asks: Asks = "whole"


def plain(id_: str, title: str, names: tuple[str, ...], recognised: str, full: str) -> Format:
    """A format that can hold no code, read by its header."""
    return Format(id_, title, names, recognised, NO_CODE, False, OWN, full, "header")


def unread(
    id_: str, title: str, names: tuple[str, ...], recognised: str, acts: str, can_act: bool = True
) -> Format:
    """A format that is recognised and not read yet."""
    return Format(id_, title, names, recognised, acts, can_act, NONE_YET, "not read yet", "nothing")
