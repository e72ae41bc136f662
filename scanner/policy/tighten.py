"""What the caller's inputs do to a configuration: set it where there is none, else only make it stricter."""

from __future__ import annotations

from scanner.domain import Severity
from scanner.evidence import Inputs
from scanner.policy.config import Config

_SBOM = ("never", "auto", "always")
"""From the least to the most."""


def tighten(config: Config, inputs: Inputs, *, configured: bool) -> tuple[Config, list[str]]:
    """The configuration in force, and a warning for each input that would have loosened it.

    ``configured`` is false when there is no configuration file: inputs then decide.
    """
    changes: dict[str, object] = {}
    warnings = []
    for name, is_stricter in (
        ("fail_on_severity", lambda given, held: gate_rank(given) <= gate_rank(held)),
        ("fail_on_vulnerability", lambda given, held: gate_rank(given) <= gate_rank(held)),
        ("fail_on_incomplete", lambda given, held: given >= held),
        ("sbom", lambda given, held: _SBOM.index(given) >= _SBOM.index(held)),
    ):
        given, held = getattr(inputs, name), getattr(config, name)
        if given is None or given == held:
            continue
        if configured and not is_stricter(given, held):
            warnings.append(
                f"input {name.replace('_', '-')}: {_shown(given)} was ignored, since the configuration says "
                f"{_shown(held)} and inputs can only make it stricter"
            )
        else:
            changes[name] = given
    return config.model_copy(update=changes), warnings


def gate_rank(gate: str) -> int:
    """The lowest severity rank that fails: 0 for ``info`` up to 5, which nothing reaches, for ``never``."""
    return len(Severity) if gate == "never" else Severity(gate).rank


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
