"""What standards ask for: lists of data fields, as we read them. No scores, and no claim of conformity.

Read from secondary sources, not from the agencies' own texts: CISA's and the G7's lists from the rule
catalogues of checkers that implement them, BSI's from its technical guideline as those checkers cite it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Profile:
    """One standard; ``groups`` are ids of fields under the standard's own headings.

    ``models/<id>`` asks the field of models alone.
    """

    title: str
    version: str
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_DOCUMENT = (
    "sbom-author",
    "tool-name",
    "tool-version",
    "timestamp",
    "generation-context",
    "format",
    "format-version",
    "sbom-version",
    "sbom-identity",
    "sbom-signature",
)
_COMPONENT = (
    "producer",
    "name",
    "version",
    "identifier",
    "hash",
    "hash-algorithm",
    "license",
    "dependencies",
)

PROFILES: Mapping[str, Profile] = {
    "cisa-2026": Profile(
        "CISA Minimum Elements for a Software Bill of Materials",
        "2.1 (2026-07-29)",
        {"SBOM": _DOCUMENT, "Component": _COMPONENT, "Completeness": ("coverage",)},
    ),
    "g7-ai-2026": Profile(
        "G7 SBOM for AI, Minimum Elements",
        "2026-05-12",
        {
            "Metadata": _DOCUMENT,
            "System": ("system-name", "system-version", "system-producer", "dependencies"),
            "Models": (
                "models/producer",
                "models/name",
                "models/version",
                "models/identifier",
                "models/hash",
                "models/hash-algorithm",
                "models/license",
                "model-description",
                "model-task",
                "model-architecture",
                "model-parameters",
                "model-modality",
                "model-learning",
                "model-lineage",
                "model-datasets",
                "model-use",
                "model-limitations",
                "model-release",
            ),
            "Datasets": (
                "data-description",
                "data-provenance",
                "data-governance",
                "data-sensitivity",
                "data-hash",
            ),
            "Infrastructure": ("infrastructure",),
            "Security": ("security-findings", "security-report"),
            "KPI": ("model-metrics",),
        },
    ),
    "bsi-tr-03183-2": Profile(
        "BSI TR-03183-2, Software Bill of Materials",
        "2.1.0 (2025-08-20)",
        {
            "SBOM": ("sbom-author-contact", "timestamp", "format-version", "sbom-identity"),
            "Component": (
                "producer-contact",
                "name",
                "version",
                "filename",
                "dependencies",
                "license",
                "hash-sha512",
                "executable",
                "archive",
                "structured",
            ),
            "Additional": ("identifier", "distribution", "coverage"),
        },
    ),
}
"""Every profile by its id."""
