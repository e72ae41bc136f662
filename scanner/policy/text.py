"""Words out of a configuration, made fit for one line of a terminal."""

from __future__ import annotations

_SHOWN = 60


def printable(text: str) -> str:
    """``text`` with whatever would not show, or would steer a terminal, written as an escape."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def quoted(text: str) -> str:
    """``text`` in quotation marks, on one line, shortened."""
    return f'"{printable(text[:_SHOWN])}{"…" if len(text) > _SHOWN else ""}"'
