"""What a text is by the part that it plays, rather than by its content."""

from __future__ import annotations

from scanner.inspect.interface import BUNDLED


def by_role(role: str, name: str) -> list[str]:
    """What a file is by the part that it plays: Python is looked at only where it comes with a model."""
    return ["python"] if role == BUNDLED and name.lower().endswith((".py", ".pyw")) else []
