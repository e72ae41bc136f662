"""Who supplied which values: ``citations``, which version 1.7 of the format has, out of the origins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from scanner.sbom import origins
from scanner.sbom.cyclonedx import Bom, Citation, Component

_NOTES = {
    "stated by the publisher": "stated by the publisher in the repository of the component, not verified",
    "asserted by the Hub": "asserted by the Hugging Face Hub about the component, not verified",
    "computed from bytes": "computed from the bytes",
    "inferred": "inferred, neither stated nor computed",
}
_BY_US = frozenset({"computed from bytes", "inferred"})


def of(bom: Bom, tool: str) -> list[Citation]:
    """One citation for each origin of each component; ``tool`` is the reference of the one who computed.

    What the publisher states, and what the Hub says of it, is attributed to the component's own entry, which
    names its supplier and where its card lies.
    """
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for pointer, component in _described(bom):
        for name, says in origins.of(component).items():
            if name in origins.POINTERS and says in _NOTES:
                by = tool if says in _BY_US else component.bom_ref or tool
                found[by, says].append(pointer + origins.POINTERS[name])
    return [
        Citation(
            bom_ref=f"citation:{number}",
            pointers=sorted(pointers),
            timestamp=bom.metadata.timestamp,
            attributed_to=by,
            note=_NOTES[says],
        )
        for number, ((by, says), pointers) in enumerate(sorted(found.items()), 1)
    ]


def _described(bom: Bom) -> Iterator[tuple[str, Component]]:
    """Every component with its JSON pointer, nested ones too."""
    waiting = [(f"/components/{number}", each) for number, each in enumerate(bom.components)]
    while waiting:
        pointer, component = waiting.pop()
        yield pointer, component
        waiting += [
            (f"{pointer}/components/{number}", each) for number, each in enumerate(component.components or ())
        ]
