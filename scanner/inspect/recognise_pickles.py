"""Pickles have no magic number: what tells them is a walk over their opcodes."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import islice

from scanner.inspect import limits
from scanner.inspect.formats import names_a_model
from scanner.inspect.opcodes import Walker
from scanner.inspect.pickle_machine import Walk
from scanner.inspect.stream import NotCollected, Stream, window

_PROTOCOL = re.compile(rb"\x80[\x02-\x05]")
_TEXT_FORM = re.compile(
    rb"c[A-Za-z_][\w.]{0,99}\n[A-Za-z_][\w.]{0,99}\n[\]()}\x85-\x87\x8cBCIKMNSTUVXpq]"
    rb"|\((?:(?:[SV][^\n]{0,999}\n)+|[XU](?s:.){1,999}?)i[A-Za-z_][\w.]{0,99}\n[A-Za-z_][\w.]{0,99}\n"
)
"""An import as the first protocols write it, and something behind it."""
_PLAUSIBLE = re.compile(rb"\x80[\x02-\x05][\x95\x8cXUc(\]})KMJGNTCBI\x88-\x8a\x8e\x96FLSV]")
"""A protocol header and an opcode that a pickler writes next."""
_READABLE = bytes(range(32, 127)) + b"\t\n\r\f"
_STEP, _OVERLAP = 4 << 20, 1 << 10
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


def buried_pickle(stream: Stream, tail: bool = True, named: bool = True) -> int | None:
    """Where a pickle that imports something begins behind other bytes.

    Blank bytes may stand before any pickle, anything else before one with a protocol header, or before one
    without that calls what it imports, unless both the name (not ``named`` as a model) and the bytes are a
    text's. Without ``tail`` only the head of the stream is searched.
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
    readable = not named and not head.translate(None, _READABLE)
    for match in islice(() if readable else _TEXT_FORM.finditer(head, 1), limits.BURIED_PICKLES):
        if _imports(stream, match.start(), calls=True):
            return match.start()
    if not tail:
        return None
    further = _further_on(stream, b"\0" in head)
    return pickle_at_the_end(stream) if further is None else further


def _further_on(stream: Stream, binary: bool) -> int | None:
    """The same behind the head; texts may quote a pickle of the old form, so there it does not count."""
    end = min(stream.size, limits.BURIED_BYTES)
    patterns = (_PLAUSIBLE, _TEXT_FORM) if binary else (_PLAUSIBLE,)
    position, left = limits.HEAD_BYTES - _OVERLAP, limits.BURIED_FURTHER
    while position < end:
        if stream.missing(position, _STEP + _OVERLAP):
            return None
        block = stream.at(position, _STEP + _OVERLAP)
        found = {match.start(): pattern for pattern in patterns for match in pattern.finditer(block)}
        for at in sorted(at for at in found if at < _STEP)[:left]:
            left -= 1
            if _imports(stream, position + at, calls=found[at] is _TEXT_FORM):
                return position + at
        position += _STEP
    return None


def pickle_at_the_end(stream: Stream) -> int | None:
    """Where a pickle begins that imports something and ends with the stream; only the tail is searched."""
    length = min(stream.size, limits.HEAD_BYTES)
    try:
        tail = stream.at(stream.size - length, length)
    except NotCollected:
        return None
    for match in islice(_PROTOCOL.finditer(tail), limits.BURIED_PICKLES):
        start = stream.size - length + match.start()
        if start and _imports(stream, start, whole=True):
            return start
    return None


def begins_a_pickle(stream: Stream) -> bool:
    """Whether raw data is a pickle with a protocol header that imports something."""
    return _PROTOCOL.match(stream.at(0, min(2, stream.size))) is not None and _imports(stream, 0)


def calls_something(stream: Stream) -> bool:
    """Whether a pickle without a protocol header stands at the beginning, and calls what it imports."""
    return _imports(stream, 0, calls=True)


def _imports(stream: Stream, start: int, calls: bool = False, whole: bool = False) -> bool:
    """Whether a pickle stands here that names something to import, spelt as such a thing is.

    ``calls``: it must call it, too, since text may hold what looks like an import. ``whole``: it must end
    with the stream.
    """
    walker = Walker(window(stream, start, stream.size - start), 0)
    with suppress(NotCollected):
        walker.run(limits.BURIED_OPCODES)
    walk = walker.walk
    spelt = bool(walk.imports) and all(_NAME.match(part) for pair in walk.imports for part in pair)
    if whole:
        return spelt and walk.stopped and walk.end == stream.size - start
    if calls:
        return spelt and walk.first_call is not None
    return spelt and (walk.stopped or walk.first_call is not None or walk.opcodes >= _LONG_WALK)
