"""Archives one behind another in one file, as distributed checkpoints of PyTorch keep their tensors.

Source: ``torch.distributed.checkpoint.filesystem``: each item of a ``.distcp`` file is what ``torch.save``
wrote, and the metadata beside it says where each begins.
"""

from __future__ import annotations

from scanner.inspect import limits
from scanner.inspect.stream import Extent, Stream
from scanner.inspect.zip_directory import LOCATOR, LOCATOR_MARK, RECORD, RECORD_MARK
from scanner.inspect.zip_layout import END, END_MARK, LOCAL_MARK

ENDING = ".distcp"


def archives_in_a_row(stream: Stream) -> list[Extent]:
    """Where each archive of a row begins, and its length; empty unless more than one fill the stream."""
    found: list[Extent] = []
    end = stream.size
    while end and len(found) <= limits.CONTAINER_MEMBERS:
        start = _start(stream, end)
        if start is None:
            return []
        found.append((start, end - start))
        end = start
    return found[::-1] if len(found) > 1 and not end else []


def _start(stream: Stream, end: int) -> int | None:
    """Where the archive begins that ends at ``end`` without a comment; ``None`` if there is none."""
    position = end - END.size
    if position < 0:
        return None
    mark, *_, size, offset, comment = END.unpack(stream.at(position, END.size))
    if mark != END_MARK or comment:
        return None
    record = position - LOCATOR.size - RECORD.size
    if record >= 0 and stream.at(position - LOCATOR.size, 4) == LOCATOR_MARK:
        data = stream.at(record, RECORD.size)
        if not data.startswith(RECORD_MARK):
            return None
        size, offset = RECORD.unpack(data)[-2:]
        position = record
    start = position - int(size) - int(offset)
    return start if 0 <= start < end and stream.at(start, 4) == LOCAL_MARK else None
