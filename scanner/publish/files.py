"""Files of the report directory.

What parsed hostile bytes wrote them, so no link is followed and no pipe is waited for.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path


class NotPlain(ValueError):
    """Not a regular file, or larger than allowed; the text says which."""


def opened(path: Path, limit: int) -> BufferedReader:
    """A regular file of at most ``limit`` bytes, opened for reading.

    Raises:
        OSError: there is none, or it is a symbolic link.
        NotPlain: it is something else, or too large.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    state = os.fstat(handle)
    if stat.S_ISREG(state.st_mode) and state.st_size <= limit:
        return os.fdopen(handle, "rb")
    os.close(handle)
    raise NotPlain(f"larger than {limit} bytes" if stat.S_ISREG(state.st_mode) else "not a regular file")
