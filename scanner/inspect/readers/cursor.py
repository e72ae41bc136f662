"""A walk along a stream of values that say their own length."""

from __future__ import annotations

from scanner.inspect.readers.reading import Unreadable
from scanner.inspect.stream import Stream

_TRUNCATED = "the file is truncated: it ends inside a value"


class Cursor:
    """Takes and skips bytes; the end of the stream is never stepped over."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    def take(self, length: int) -> bytes:
        """The next bytes.

        Raises:
            Unreadable: there are not so many.
        """
        data = self.stream.read(length)
        if len(data) < length:
            raise Unreadable(_TRUNCATED)
        return data

    def skip(self, length: int) -> None:
        """Step over bytes.

        Raises:
            Unreadable: there are not so many.
        """
        if self.stream.tell() + length > self.stream.size:
            raise Unreadable(_TRUNCATED)
        self.stream.seek(length, 1)
