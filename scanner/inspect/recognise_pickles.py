"""Pickles have no magic number: what tells them is a walk over their opcodes."""

from __future__ import annotations

import re
from contextlib import suppress

from scanner.inspect import limits
from scanner.inspect.formats import names_a_model
from scanner.inspect.opcodes import Walker
from scanner.inspect.pickle_machine import Walk
from scanner.inspect.stream import NotCollected, Stream, window

_PROTOCOL = re.compile(rb"\x80[\x02-\x05]")
_BLANK = b"\xef\xbb\xbf\xfe\xff\0\t\n\r "
"""Byte order marks and blank bytes."""
_ZIP = b"PK"
_LONG_WALK = 100
"""Opcodes that no text or other binary walks by chance."""
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z")
_PICKLED_NAMES = (".pkl", ".pickle", ".dill", ".joblib", ".pt", ".pth", ".ckpt", ".sav", ".p")


def recognise_pickle(stream: Stream, basename: str, known: bool) -> tuple[list[str], int | None]:
    """The pickle that a stream is, if it is one, and where it ends if the walk came so far.

    ``known`` when its magic number already says something.

    Raises:
        NotCollected: nothing can be said without more bytes.
    """
    if known and stream.at(0, 2) == _ZIP:
        # ``P`` asks for a persistent id, which no loader of a bare pickle has; a line may end anywhere.
        return [], None
    walker = Walker(stream, 0)
    missing = None
    try:
        walk = walker.run(limits.RECOGNISE_OPCODES)
    except NotCollected as error:
        walk, missing = walker.walk, error
    survived = not known and (walk.limited or (missing is not None and walk.opcodes >= _LONG_WALK))
    if not _acts_like_a_pickle(walk, stream, basename, survived):
        if missing is not None and not known and walk.opcodes <= 2 and not names_a_model(basename):
            # One counted argument leads out of what was collected: the bytes behind it decide.
            raise NotCollected(missing.extents, exact=True) from missing
        return [], None
    end = walk.end if walk.stopped else None
    if walk.magic:
        return ["torch-legacy"], None  # raw tensors follow
    return ["joblib" if walk.joblib else "pickle"], end


def _acts_like_a_pickle(walk: Walk, stream: Stream, basename: str, survived: bool) -> bool:
    """Whether a walk is evidence enough; ordinary text walks a few opcodes by chance.

    Text that happens to name two words after a ``c`` is an import; so without a protocol header only a call,
    or a whole pickle that fills the file, counts. Under a pickle's own name any step counts.
    """
    odd = next((at for pair, at in walk.imports.items() if not all(map(_NAME.match, pair))), None)
    called = walk.first_call is not None and (odd is None or walk.first_call < odd)
    if walk.protocol is not None and walk.opcodes >= 3:
        return walk.protocol >= 2 or walk.stopped or called
    if called and walk.imports:
        return True
    if walk.stopped and walk.tidy and walk.opcodes >= 4 and odd is None:
        return walk.end == stream.size or bool(_another(stream, walk.end))
    if survived and len(walk.kinds) > 1:
        return True
    return basename.lower().endswith(_PICKLED_NAMES) and (walk.stopped or bool(walk.imports)) and odd is None


def _another(stream: Stream, position: int) -> bool:
    """Whether a further pickle stands at ``position``."""
    rest = window(stream, position, min(stream.size - position, limits.HEAD_BYTES))
    try:
        walk = Walker(rest, 0).run(limits.RECOGNISE_OPCODES)
    except NotCollected:
        return False
    return walk.stopped and walk.tidy and walk.opcodes >= 2


def buried_pickle(stream: Stream) -> int | None:
    """Where a pickle that imports something begins behind other bytes, in the head of a stream.

    Blank bytes may stand before any pickle, anything else before one with a protocol header.
    """
    try:
        head = stream.at(0, limits.HEAD_BYTES)
    except NotCollected:
        return None
    blank = len(head) - len(head.lstrip(_BLANK))
    starts = [match.start() for match in _PROTOCOL.finditer(head)]
    for start in [blank, *starts[: limits.BURIED_PICKLES]]:
        if 0 < start < stream.size and _imports(stream, start):
            return start
    return None


def _imports(stream: Stream, start: int) -> bool:
    """Whether a pickle stands here that names something to import, spelt as such a thing is."""
    walker = Walker(window(stream, start, stream.size - start), 0)
    with suppress(NotCollected):
        walker.run(limits.BURIED_OPCODES)
    walk = walker.walk
    spelt = bool(walk.imports) and all(_NAME.match(part) for pair in walk.imports for part in pair)
    return spelt and (walk.stopped or walk.first_call is not None or walk.opcodes >= _LONG_WALK)
