"""What can go wrong before there is any evidence."""

from __future__ import annotations


class CollectError(Exception):
    """The caller asked for something that cannot be collected; the text says what, and what to do."""
