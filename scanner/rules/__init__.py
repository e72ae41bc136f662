"""The rule registry: one row a rule, used by the findings, the configuration and the documentation."""

from __future__ import annotations

from scanner.rules import contents, files, formats, loading, pickles, references, witnesses
from scanner.rules.rule import DOCS, Rule

__all__ = ["DOCS", "RULES", "Rule"]

RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        *files.ROWS,
        *pickles.ROWS,
        *formats.ROWS,
        *witnesses.ROWS,
        *loading.ROWS,
        *references.ROWS,
        *contents.ROWS,
    )
}
"""Every rule by its id, in the order of the documentation."""
