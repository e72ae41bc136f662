"""What no parser may do whatever the bytes are, and how it is caught when it does.

A hook of :func:`sys.addaudithook` sees every file that is opened, every connection, every process, every run
of code and every import; while a target runs, each of them is a violation. The hook cannot be removed, so it
is installed once and acts only in between.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scanner.inspect.stream import Raw, Stream

_FORBIDDEN = (
    *("code.", "ctypes.", "exec", "ftplib.", "glob.", "http.", "import", "marshal.", "open", "os."),
    *("pickle.", "poplib.", "pty.", "shutil.", "smtplib.", "socket.", "sqlite3.", "subprocess.", "tempfile."),
    *("urllib.", "webbrowser."),
)
_ENCODINGS = "encodings."
"""A source may name its encoding; the codec machinery then asks for a module of that package alone."""
_HARMLESS = ("os.listdir", "os.scandir")
"""What the search for such a module does on the import path."""
_NO_FILE = ("<unknown>", "<string>")
"""Where CPython looks for the line of a syntax error: a name that :func:`ast.parse` gives and no file has."""
READ_FREELY = 4 << 20
READ_TIMES = 4_000
"""Bytes that may be read for each byte of the input, beyond :data:`READ_FREELY`: many places get tried."""
PEAK = 768 << 20
"""Bytes by which the process may grow over one input: what is unpacked, up to 512 MiB, is held in memory."""


class Violation(BaseException):
    """A target did what it must not; no ``except Exception`` of a parser may hide it."""


class _Hook:
    def __init__(self) -> None:
        self.active = False
        self.installed = False
        self.allowed = ""
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.active or not event.startswith(_FORBIDDEN) or event in _HARMLESS:
            return
        if event == "import" and str(arguments[0]).startswith(_ENCODINGS):
            return
        if event == "open" and arguments and arguments[0] in (self.allowed, *_NO_FILE):
            return
        self.seen.append(f"{event} {str(arguments)[:200]}")
        raise Violation(self.seen[-1])


_HOOK = _Hook()


@contextmanager
def guarded(allowed: str = "") -> Iterator[None]:
    """Nothing within may open a file but ``allowed``, connect, start, import or run anything.

    Raises:
        Violation: it tried to, also where the parser has swallowed that.
    """
    if not _HOOK.installed:
        sys.addaudithook(_HOOK)
        _HOOK.installed = True
    _HOOK.seen.clear()
    _HOOK.allowed, _HOOK.active = allowed, True
    try:
        yield
    finally:
        _HOOK.active = False
    if _HOOK.seen:
        raise Violation(_HOOK.seen[0])


class _Counted(Raw):
    """Bytes in memory; reading them over and over again is a violation."""

    def __init__(self, data: bytes) -> None:
        super().__init__(len(data))
        self._data = data
        self._left = READ_FREELY + READ_TIMES * len(data)

    def fetch(self, offset: int, length: int) -> bytes:
        part = self._data[offset : offset + length]
        self._left -= len(part)
        if self._left < 0:
            raise Violation(f"more than {READ_TIMES:,} times the input was read")
        return part


def counted(data: bytes) -> Stream:
    """Bytes as a stream that counts what is read."""
    return Stream(_Counted(data))


class Subject:
    """One file in memory that the tasks of the workers can open by a path."""

    def __init__(self) -> None:
        self._descriptor = os.memfd_create("subject")
        self.path = f"/proc/self/fd/{self._descriptor}"

    def hold(self, data: bytes) -> str:
        """Have the file hold ``data``; its path."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, data, 0)
        return self.path


def peak() -> int:
    """The most memory, in bytes, that this process has had at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
