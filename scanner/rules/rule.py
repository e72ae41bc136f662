"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass

DOCS = "https://github.com/modelward/modelward/blob/main/docs/rules"


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
