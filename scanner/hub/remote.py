"""Code in a repository that a loader may run."""

from __future__ import annotations

from scanner.hub.interface import Record


def code_files(record: Record) -> set[str]:
    """Paths of the Python files."""
    return {file.path for file in record.files if file.path.endswith(".py")}


def remote_code(record: Record) -> list[str]:
    """Classes that ``auto_map`` names, then the paths of Python files."""
    return [*record.auto_map, *sorted(code_files(record))]
