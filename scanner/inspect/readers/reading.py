"""What a small reader of ours hands back, and how it gives up."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.inspect.interface import Facts, Gap, Sighting

READER = "modelward"
"""The engine name under which our own readers report."""

REVIEW = "Review it by hand, or accept it by its digest in the configuration."
REWRITE = "Write the file again with the format's own library, or remove it."
SPLIT = "Split the file, or review it by hand and accept it by its digest in the configuration."


class Unreadable(Exception):
    """The bytes are not what they claim to be; ``str()`` says why, ``cause`` is a value of Cause."""

    def __init__(self, detail: str, cause: str = "unreadable", action: str = REVIEW) -> None:
        super().__init__(detail)
        self.cause = cause
        self.action = action


@dataclass(slots=True)
class Reading:
    """What one reader saw in one stream; member paths are filled in by the caller."""

    sightings: list[Sighting] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    facts: Facts = field(default_factory=dict)
    embedded: list[tuple[str, bytes]] = field(default_factory=list)
    """Files within texts of the stream (base64 and the like), decoded, each with a name for it."""

    def malformed(self, detail: str, severity: str | None = None, offset: int | None = None) -> None:
        """Note that the file breaks a rule of its format, and where if one place does."""
        rule = "malformed-model"
        self.sightings.append(
            Sighting(rule, READER, symbol=detail, offset=offset, evidence=detail, severity=severity)
        )

    def saw(
        self,
        rule: str,
        symbol: str,
        evidence: str = "",
        offset: int | None = None,
        severity: str | None = None,
        arguments: str | None = None,
    ) -> None:
        """Note something that acts; ``severity`` only where it differs from the rule's."""
        self.sightings.append(
            Sighting(
                rule,
                READER,
                symbol=symbol,
                arguments=arguments,
                evidence=evidence,
                offset=offset,
                severity=severity,
            )
        )

    def credentials(self, text: str, where: str) -> None:
        """Note every credential in a text; ``where`` says whose text it is. What it says is never kept."""
        from scanner.inspect.secrets import secrets_in

        for secret in secrets_in(text):
            self.saw("secret-in-model", f"{secret.kind} ({secret.masked})", where)

    def left_open(self, detail: str, cause: str = "unreadable", action: str = REVIEW) -> None:
        """Note something that was not read."""
        self.gaps.append(Gap(cause, detail, action))

    def merge(self, other: Reading) -> None:
        """Add what another reader saw in the same stream."""
        self.sightings += other.sightings
        self.gaps += other.gaps
        self.facts.update(other.facts)
        self.embedded += other.embedded
