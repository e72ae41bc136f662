"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass

DOCS = "https://github.com/modelward/modelward/blob/main/docs/rules"

DESERIALIZATION = {
    "cwe": ("CWE-502",),
    "owasp": ("ML06:2023", "LLM03:2025"),
    "atlas": ("AML.T0010", "AML.T0011.000"),
}
"""Classification of whatever runs when something is deserialised."""

SUPPLY = {"owasp": ("ML06:2023", "LLM03:2025"), "atlas": ("AML.T0010",)}
"""Classification of what comes in with a model."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong with a model.

    ``message`` is a :meth:`str.format` template over ``path``, ``symbol``, ``member`` and ``evidence``;
    ``severity`` is the default one: a sighting may be milder, and a configuration may change it.
    """

    id: str
    severity: str
    title: str
    message: str
    why: str
    remediation: str
    cwe: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()
    atlas: tuple[str, ...] = ()
    example: str = ""
    """What such a file or line looks like, and what comes of it: Markdown, for the page of the rule."""

    @property
    def url(self) -> str:
        """Where the rule is explained."""
        return f"{DOCS}/{self.id}.md"
