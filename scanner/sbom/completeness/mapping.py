"""Which clauses of laws and frameworks the data fields of a document can inform: a mapping, no conformity.

EU AI Act: Regulation (EU) 2024/1689, Annexes IV and XI. NIST AI RMF 1.0 (AI 100-1); SSDF: SP 800-218 1.1.
What a clause demands is more than any document can show; the mapping says where a reader finds what there is.
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.sbom.completeness.profiles import Profile

MAPPINGS: Mapping[str, Profile] = {
    "eu-ai-act": Profile(
        "EU AI Act, Annexes IV and XI",
        "Regulation (EU) 2024/1689",
        {
            "Annex IV 1(a) purpose, provider, version": ("model-use", "producer", "version"),
            "Annex IV 1(c) software and its versions": ("infrastructure", "dependencies"),
            "Annex IV 2(a) pre-trained systems and tools of third parties": ("model-lineage", "identifier"),
            "Annex IV 2(b) general logic, design": ("model-architecture", "model-learning"),
            "Annex IV 2(d) data: provenance, scope, characteristics": (
                "model-datasets",
                "data-description",
                "data-provenance",
                "data-governance",
            ),
            "Annex IV 2(g) validation, metrics": ("model-metrics",),
            "Annex IV 2(h) cybersecurity": ("security-findings", "hash"),
            "Annex IV 3 capabilities and limitations": ("model-description", "model-limitations"),
            "Annex XI 1.1(a) tasks": ("model-task",),
            "Annex XI 1.1(b) acceptable use": ("model-use",),
            "Annex XI 1.1(c) release and distribution": ("model-release", "distribution"),
            "Annex XI 1.1(d) architecture and parameters": ("model-architecture", "model-parameters"),
            "Annex XI 1.1(e) modality of inputs and outputs": ("model-modality",),
            "Annex XI 1.1(f) licence": ("license",),
            "Annex XI 1.2(c) data for training, testing and validation": (
                "model-datasets",
                "data-provenance",
            ),
            "Annex XI 1.2(e) energy": ("model-energy",),
        },
    ),
    "nist-ai-rmf": Profile(
        "NIST AI Risk Management Framework",
        "1.0",
        {
            "GOVERN 1.6 inventory of AI systems": ("system-name", "name", "version", "identifier"),
            "GOVERN 6.1 risks of third parties": ("producer", "license", "data-governance"),
            "MAP 2.1 tasks and methods": ("model-task", "model-learning", "model-architecture"),
            "MAP 2.2 limits of knowledge": ("model-limitations", "model-use"),
            "MAP 4.1 legal risks of components": ("license", "model-datasets"),
            "MEASURE 2.7 security and resilience": ("security-findings", "security-report"),
            "MEASURE 2.12 environmental impact": ("model-energy",),
            "MANAGE 3.1 third-party resources": ("infrastructure", "dependencies", "hash"),
            "MANAGE 3.2 pre-trained models": ("model-lineage", "identifier", "version"),
        },
    ),
    "nist-ssdf": Profile(
        "NIST Secure Software Development Framework",
        "SP 800-218 1.1",
        {
            "PS.2.1 verification of integrity": ("hash", "hash-algorithm", "sbom-signature"),
            "PS.3.2 provenance data of components": ("producer", "identifier", "dependencies", "coverage"),
            "PW.4.1 well-secured components": ("version", "identifier", "license"),
            "PW.4.4 components are verified": ("hash", "security-findings"),
            "RV.1.1 vulnerabilities are gathered": ("security-findings",),
        },
    ),
}
"""Every mapping by its id; the headings are clauses, abridged."""
